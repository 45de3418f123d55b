// What is wrong with how the page looks now: {sideways, small, faint, cut, looked}, each a list of what and where.
() => {
  const MOST_LETTERS = 30;
  const LEAST_TAP_PX = 44;
  const LEAST_CONTRAST = 4.5;
  const ROUNDING_PX = 0.6;
  const CAN_TAP = "button, a[href], select, input, textarea, summary, [role=button], [tabindex]:not([tabindex='-1'])";
  const name = (element) => `${element.tagName.toLowerCase()}.${element.className || ""}`;
  const brief = (text) => text.trim().slice(0, MOST_LETTERS);
  const shown = (element) => element.checkVisibility({ visibilityProperty: true }) && element.getClientRects().length > 0;
  const forReadersOnly = (element) => {
    for (let one = element; one; one = one.parentElement) {
      const { width, height } = one.getBoundingClientRect();
      if (width <= 1 && height <= 1 && getComputedStyle(one).overflow === "hidden") return true;
    }
    return false;
  };

  // Any CSS colour as red, green, blue of 0..255 and alpha of 0..1: the canvas reads what the style sheet may write.
  const canvas = new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true });
  const channels = (colour) => {
    canvas.clearRect(0, 0, 1, 1);
    canvas.fillStyle = colour;
    canvas.fillRect(0, 0, 1, 1);
    const [red, green, blue, alpha] = canvas.getImageData(0, 0, 1, 1).data;
    return [red, green, blue, alpha / 255];
  };
  const over = ([r, g, b, alpha], below) => [r, g, b].map((one, at) => one * alpha + below[at] * (1 - alpha));
  const background = (element) => {
    const layers = [];
    for (let one = element; one; one = one.parentElement) {
      const style = getComputedStyle(one);
      if (style.backgroundImage !== "none") throw new Error(`a picture behind text: ${name(one)}`);
      if (Number(style.opacity) !== 1) throw new Error(`see-through text: ${name(one)}`);
      layers.push(channels(style.backgroundColor));
      if (layers.at(-1)[3] === 1) break;
    }
    if (layers.at(-1)[3] !== 1) throw new Error(`nothing solid behind ${name(element)}`);
    return layers.reduceRight((below, layer) => over(layer, below), [0, 0, 0]);
  };
  // WCAG 2.2, relative luminance and contrast ratio.
  const linear = (one) => (one / 255 <= 0.04045 ? one / 255 / 12.92 : ((one / 255 + 0.055) / 1.055) ** 2.4);
  const luminance = ([red, green, blue]) => 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue);
  const contrast = (element, colour) => {
    const behind = background(element);
    const [light, dark] = [luminance(over(channels(colour), behind)), luminance(behind)].sort((a, b) => b - a);
    return (light + 0.05) / (dark + 0.05);
  };

  const texts = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const element = walker.currentNode.parentElement;
    const range = document.createRange();
    range.selectNodeContents(walker.currentNode);
    const drawn = [...range.getClientRects()].some(({ width, height }) => width > 0 && height > 0);
    if (brief(walker.currentNode.data) && drawn && shown(element) && !forReadersOnly(element)) {
      texts.push([element, getComputedStyle(element).color, walker.currentNode.data]);
    }
  }
  for (const field of [...document.querySelectorAll("textarea, input, select")].filter(shown)) {
    texts.push([field, getComputedStyle(field).color, field.value || name(field)]);
    if (field.placeholder) texts.push([field, getComputedStyle(field, "::placeholder").color, field.placeholder]);
  }
  const faint = texts
    .map(([element, colour, text]) => [contrast(element, colour), `${brief(text)} (${name(element)})`])
    .filter(([ratio]) => ratio < LEAST_CONTRAST)
    .map(([ratio, what]) => `${ratio.toFixed(2)} ${what}`);

  const tappable = [...document.querySelectorAll(CAN_TAP)].filter(shown);
  const small = tappable
    .map((element) => [element.getBoundingClientRect(), element])
    .filter(([{ width, height }]) => Math.min(width, height) < LEAST_TAP_PX - ROUNDING_PX / 10)
    .map(([{ width, height }, one]) => `${width.toFixed(1)} x ${height.toFixed(1)} ${name(one)} ${brief(one.innerText)}`);

  const boxes = [document.documentElement, document.body, ...document.querySelectorAll(
    ".bar, .tabs, .panes, .pane, .head, .banner, .log, .content, .card, .card-facts, .bubble, .buttons, .foot",
  )].filter(shown);
  const sideways = boxes.filter((one) => one.scrollWidth > one.clientWidth + 1).map((one) => `${name(one)} scrolls`);
  for (const pane of [...document.querySelectorAll(".pane")].filter(shown)) {
    const { left, right } = pane.getBoundingClientRect();
    for (const one of [...pane.querySelectorAll("*")].filter(shown)) {
      const box = one.getBoundingClientRect();
      if (one.closest("option, optgroup, svg") || forReadersOnly(one)) continue;
      if (box.left < left - ROUNDING_PX || box.right > right + ROUNDING_PX) sideways.push(`${name(one)} sticks out`);
    }
  }
  return { sideways, small, faint, looked: { texts: texts.length, tappable: tappable.length, boxes: boxes.length } };
}
