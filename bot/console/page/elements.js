/**
 * Makes elements and icons: the only place that touches createElement.
 *
 * Everything that comes from the server goes in as text, so a product named <b> reads as <b>.
 */
const SVG = "http://www.w3.org/2000/svg";

/** Drawn at 24 x 24 with a round pen; no icon font, no emoji: a bare machine has neither. */
const ICONS = {
  send: ["M5 12h14", "M12 5l7 7-7 7"],
  ideas: [
    "M9 18h6M10 21h4",
    "M12 3a6 6 0 0 0-3.6 10.8c.7.6 1.1 1.3 1.1 2.2h5c0-.9.4-1.6 1.1-2.2A6 6 0 0 0 12 3z",
  ],
  close: ["M6 6l12 12", "M18 6L6 18"],
  add: ["M12 5v14", "M5 12h14"],
  down: ["M12 5v14", "M5 12l7 7 7-7"],
  clock: ["M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18z", "M12 7v5l3 2"],
  check: ["M5 12.5l4.5 4.5L19 7.5"],
  light: [
    "M12 8a4 4 0 1 0 0 8 4 4 0 0 0 0-8z",
    "M12 2v2M12 20v2M2 12h2M20 12h2",
    "M4.9 4.9l1.4 1.4M17.7 17.7l1.4 1.4M4.9 19.1l1.4-1.4M17.7 6.3l1.4-1.4",
  ],
  dark: ["M20 14.5A8.5 8.5 0 0 1 9.5 4a8.5 8.5 0 1 0 10.5 10.5z"],
  invite: [
    "M10 5a3.2 3.2 0 1 0 0 6.4A3.2 3.2 0 0 0 10 5z",
    "M3.5 19.5c0-3.3 2.9-5.4 6.5-5.4s6.5 2.1 6.5 5.4",
    "M19 7v6M16 10h6",
  ],
  people: [
    "M9 5a3 3 0 1 0 0 6 3 3 0 0 0 0-6z",
    "M3 19c0-3 2.7-5 6-5s6 2 6 5",
    "M15.5 5.4a3 3 0 0 1 0 5.2M17.5 14.5c2.1.7 3.5 2.3 3.5 4.5",
  ],
};

/**
 * An element with attributes and children. `text` becomes its text, `on` its listeners, true an empty attribute;
 * null, undefined and false leave an attribute or a child out.
 */
export function el(tag, { text, on = {}, ...attributes } = {}, ...children) {
  const element = document.createElement(tag);
  if (text !== undefined && text !== null) element.textContent = text;
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    element.setAttribute(name, value === true ? "" : String(value));
  }
  for (const [name, listener] of Object.entries(on)) element.addEventListener(name, listener);
  element.append(...children.filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

/** A drawing for sighted readers; the words stand on the button around it. */
export function icon(name) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("class", `icon icon-${name}`);
  svg.setAttribute("aria-hidden", "true");
  for (const line of ICONS[name]) {
    const path = document.createElementNS(SVG, "path");
    path.setAttribute("d", line);
    svg.append(path);
  }
  return svg;
}

/** A QR code from the path over its dark modules, with the white around it that readers need. */
export function qrCode({ size, path, border }, label) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", `${-border} ${-border} ${size + 2 * border} ${size + 2 * border}`);
  svg.setAttribute("class", "qr");
  svg.setAttribute("role", "img");
  svg.setAttribute("aria-label", label);
  const dark = document.createElementNS(SVG, "path");
  dark.setAttribute("d", path);
  svg.append(dark);
  return svg;
}

/** Text for screen readers only. */
export function spoken(text) {
  return el("span", { class: "spoken", text });
}
