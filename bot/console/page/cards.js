/**
 * Draws one item of a chat: a card, the face of a document, or a plain message.
 *
 * A card's first line is its state, coloured by tone. Buttons carry the server's own word for what they do; the
 * page knows none of them.
 */
import { timeOfDay, wholeMoment } from "./dates.js";
import { el, icon } from "./elements.js";
import { say } from "./words.js";

const TONES = new Set(["waiting", "going", "done", "stopped", "attention", "plain"]);
const STYLES = new Set(["primary", "plain", "danger"]);

/** Fills `place` with the item. `context`: {language, inGroup, tap(item, button, element)}. */
export function drawItem(place, item, context) {
  place.className = `item from-${sender(item)} ${item.card ? "is-card" : "is-message"}`;
  place.dataset.item = item.id;
  place.dataset.from = sender(item);
  place.dataset.tone = TONES.has(item.tone) ? item.tone : "plain";
  const named = context.inGroup && !item.me;
  place.replaceChildren(
    ...(named ? [face(item), el("p", { class: "from", text: item.name ?? say(context.language, "bot") })] : []),
    item.card ? card(item, context) : bubble(item, context),
  );
}

/** What was said here and is not on the server's list yet, shown at once. */
export function drawSending(entry, language) {
  const place = el("div", { class: "item from-me is-message sending", "data-sending": entry.id, "data-from": "me" });
  const lines = entry.text.split("\n").map((line) => el("p", { class: "line", text: line }));
  const moment = new Date(entry.kept_at);
  const stamped = el("span", { class: "stamp" }, time(moment, language), mark("sending", language));
  place.append(el("div", { class: "bubble" }, ...lines, stamped));
  return place;
}

/** The server has it; its own item follows. */
export function drawKept(place, language) {
  place.classList.remove("sending");
  place.querySelector(".mark")?.replaceWith(mark("kept", language));
}

/** "bot", "person", or "me" for whoever this session is. */
export function sender(item) {
  return item.me ? "me" : item.from === "person" ? "person" : "bot";
}

function card(item, context) {
  const [state, ...facts] = item.lines;
  return el(
    "article",
    { class: "card", tabindex: "-1", "aria-label": state },
    el("p", { class: "card-state", text: state }),
    el("div", { class: "card-facts" }, ...lines(facts), stamp(item, context)),
    buttons(item, context),
  );
}

function bubble(item, context) {
  const said = [...lines(item.lines), stamp(item, context)];
  return el("div", { class: "bubble" }, ...said, buttons(item, context));
}

function lines(texts) {
  return texts.map((text) => el("p", { class: "line", text }));
}

function buttons(item, context) {
  if (!item.buttons?.length) return null;
  return el("div", { class: "buttons" }, ...item.buttons.map((button) => cardButton(item, button, context)));
}

function cardButton(item, { label, button, style }, context) {
  const look = STYLES.has(style) ? style : "plain";
  const element = el("button", { type: "button", class: `card-button ${look}`, "data-button": button, text: label });
  element.addEventListener("click", () => context.tap(item, button, element));
  return element;
}

function stamp(item, { language }) {
  return el("span", { class: "stamp" }, time(new Date(item.at), language));
}

function time(moment, language) {
  if (Number.isNaN(moment.getTime())) return el("time");
  const title = wholeMoment(moment, language);
  return el("time", { datetime: moment.toISOString(), title, text: timeOfDay(moment, language) });
}

function mark(kind, language) {
  const look = { class: "mark", role: "img", "aria-label": say(language, kind), title: say(language, kind) };
  return el("span", look, icon(kind === "kept" ? "check" : "clock"));
}

function face(item) {
  const bot = sender(item) === "bot";
  const letter = bot ? null : el("span", { text: (item.name ?? "?").slice(0, 1) });
  return el("span", { class: `face ${bot ? "face-bot" : "face-person"}`, "aria-hidden": "true" }, letter);
}
