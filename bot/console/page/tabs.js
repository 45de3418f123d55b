/**
 * A pane's tab, for the phone: who it is, whether it is open, whether something new waits there.
 */
import { el, spoken } from "./elements.js";
import { say } from "./words.js";

export function tab(world, pane, language, { current, unread }, open) {
  const place = pane.element.dataset.pane;
  return el(
    "button",
    { type: "button", class: "tab", "data-tab": place, "aria-current": current && "true", on: { click: open } },
    pane.face.cloneNode(true),
    el("span", { class: "tab-name", text: world.shortName(pane.session, language) }),
    unread && el("i", { class: "unread" }),
    unread && spoken(say(language, "unread")),
  );
}
