/**
 * The messages of one session, in the server's order: put in, redrawn in place, kept in view.
 *
 * An item is known by its id. A redraw older than what is shown is left out; what was said here is shown at once
 * and gives way to the server's item with the same id, so nothing stands there twice.
 */
import { drawItem, drawKept, drawSending, sender } from "./cards.js";
import { dayKey, dayName } from "./dates.js";
import { el, icon } from "./elements.js";
import { say } from "./words.js";

const NEAR_END_PX = 48;
const RUN_MS = 5 * 60_000;
const HIGHLIGHT_MS = 1_800;
const SHOWN_AT_MOST = 500;
const HAND_MS = 1_000;
const SCROLL_KEYS = new Set(["ArrowUp", "PageUp", "Home", "Tab"]);
const ANSWERED_WITHIN_MS = 10_000;

export class Log {
  /** `context` as in `drawItem`; the pane changes its fields and calls `redraw`. */
  constructor(context) {
    this.context = context;
    this.shown = new Map();
    this.said = new Set();
    this.sending = new Map();
    this.largestOrder = 0;
    this.top = 0;
    this.handUntil = 0;
    this.answerUntil = 0;
    this.rows = el("div", { class: "rows" });
    this.pending = el("div", { class: "rows" });
    this.typing = el("div", { class: "typing", "aria-hidden": "true", hidden: true }, el("i"), el("i"), el("i"));
    this.empty = el("div", { class: "empty", hidden: true });
    this.scroller = el("div", { class: "log", role: "log", "aria-live": "polite", "aria-busy": "true", tabindex: "0" });
    this.content = el("div", { class: "content" }, this.empty, this.rows, this.pending, this.typing);
    this.scroller.append(this.content);
    this.newer = el("button", { type: "button", class: "newer", hidden: true, on: { click: () => this.goToNews() } });
    this.element = el("div", { class: "log-frame" }, this.scroller, this.newer);
    this.followEnd();
  }

  /** Takes an item from the server. True when it is news: not seen before, or changed. */
  put(item) {
    const before = this.shown.get(item.id);
    if (before && (before.item.revision > item.revision || same(before.item, item))) return false;
    this.largestOrder = Math.max(this.largestOrder, item.order);
    if (item.client_id && item.me) this.replaceSending(item.client_id);
    if (before) this.change(before, item);
    else this.insert(item);
    this.tellNews(this.shown.get(item.id)?.place);
    return true;
  }

  /** Shows what the reader just said, unless the server's own item is already there. */
  showSending(entry) {
    if (this.said.has(entry.id) || this.sending.has(entry.id)) return;
    const place = drawSending(entry, this.context.language);
    this.sending.set(entry.id, { entry, place });
    this.pending.append(place);
    this.toEnd();
  }

  /** The reader tapped a card: should a new item be the answer, the view goes there. A redraw stays where it is. */
  expectAnswer() {
    this.answerUntil = Date.now() + ANSWERED_WITHIN_MS;
  }

  markKept(id) {
    const found = this.sending.get(id);
    if (found) drawKept(found.place, this.context.language);
  }

  get isEmpty() {
    return this.shown.size === 0 && this.sending.size === 0;
  }

  /** Draws everything again, after a change of language or rights. */
  redraw() {
    this.newer.replaceChildren(icon("down"), say(this.context.language, "newer"));
    for (const row of this.shown.values()) drawItem(row.place, row.item, this.context);
    for (const { entry, place } of this.sending.values()) place.replaceWith(this.drawSendingAgain(entry));
    this.relabelDays();
  }

  /** Says the days again: midnight has made today yesterday. */
  relabelDays() {
    for (const row of this.shown.values()) this.arrange(row.place);
  }

  drawSendingAgain(entry) {
    const place = drawSending(entry, this.context.language);
    this.sending.set(entry.id, { entry, place });
    return place;
  }

  replaceSending(id) {
    this.said.add(id);
    this.sending.get(id)?.place.remove();
    this.sending.delete(id);
  }

  change(row, item) {
    const focused = row.place.contains(document.activeElement) ? document.activeElement.dataset.button : undefined;
    const hadFocus = row.place.contains(document.activeElement);
    const moved = row.item.order !== item.order;
    row.item = item;
    if (moved) this.rows.insertBefore(row.place, this.placeAfter(item));
    drawItem(row.place, item, this.context);
    this.arrange(row.place);
    if (hadFocus) this.focusAgain(row.place, focused);
    row.place.classList.add("redrawn");
    setTimeout(() => row.place.classList.remove("redrawn"), HIGHLIGHT_MS);
  }

  /** A redraw takes the focused button away: a keyboard reader stays on the card. */
  focusAgain(place, button) {
    const verb = button?.split(".")[0];
    const buttons = [...place.querySelectorAll(".card-button")];
    const alike = buttons.find((one) => one.dataset.button.split(".")[0] === verb);
    (alike ?? buttons[0] ?? place.querySelector(".card"))?.focus({ preventScroll: true });
  }

  insert(item) {
    const place = el("div");
    this.shown.set(item.id, { item, place });
    drawItem(place, item, this.context);
    this.rows.insertBefore(place, this.placeAfter(item));
    this.arrange(place);
    const next = nextItem(place);
    if (next) this.arrange(next);
    if (Date.now() < this.answerUntil) this.toEnd();
    this.answerUntil = 0;
    this.trim();
  }

  /** The row before which an item of that order belongs; null for the end, where nearly all belong. */
  placeAfter(item) {
    let next = null;
    for (let row = this.rows.lastElementChild; row; row = row.previousElementSibling) {
      if (!row.dataset.item || row.dataset.item === item.id) continue;
      if (this.shown.get(row.dataset.item).item.order <= item.order) return next;
      next = row.previousElementSibling?.classList.contains("day") ? row.previousElementSibling : row;
    }
    return next;
  }

  /** Gives a row its day line and its place in a run of messages by one sender. */
  arrange(place) {
    const item = this.shown.get(place.dataset.item).item;
    const above = previousItem(place);
    const before = above ? this.shown.get(above.dataset.item).item : null;
    const moment = new Date(item.at);
    const newDay = !Number.isNaN(moment.getTime()) && (!before || dayKey(new Date(before.at)) !== dayKey(moment));
    this.setDayLine(place, newDay ? dayName(moment, this.context.language) : null);
    place.classList.toggle("follows", !newDay && before !== null && sameRun(before, item));
  }

  /** Leaves a right day line alone: a screen reader would read it out again. */
  setDayLine(place, name) {
    const line = place.previousElementSibling?.classList.contains("day") ? place.previousElementSibling : null;
    if (line?.textContent === (name ?? undefined)) return;
    line?.remove();
    if (name) place.before(el("p", { class: "day" }, el("span", { text: name })));
  }

  trim() {
    while (this.shown.size > SHOWN_AT_MOST && this.stuck) {
      const oldest = this.rows.querySelector("[data-item]");
      this.shown.delete(oldest.dataset.item);
      oldest.previousElementSibling?.remove();
      oldest.remove();
      this.arrange(this.rows.querySelector("[data-item]"));
    }
  }

  /**
   * The end stays in view while the reader is there, whatever grows or shrinks: a card, the keyboard, a late font. Only
   * a scroll upwards by the reader's own hand leaves it: a card that folds moves the view up as well.
   */
  followEnd() {
    this.stick(true);
    this.scroller.addEventListener("scroll", () => this.noteScroll());
    for (const kind of ["wheel", "touchmove", "keydown", "pointerdown", "pointerup"]) {
      this.scroller.addEventListener(kind, (event) => this.noteHand(event), { passive: true });
    }
    const watch = new ResizeObserver(() => {
      this.noteScroll();
      if (this.stuck) this.toEnd();
    });
    watch.observe(this.scroller);
    watch.observe(this.content);
  }

  noteScroll() {
    const { scrollHeight, scrollTop, clientHeight } = this.scroller;
    if (scrollHeight - scrollTop - clientHeight < NEAR_END_PX) this.stick(true);
    else if (scrollTop < this.top && performance.now() < this.handUntil) this.stick(false);
    this.top = scrollTop;
  }

  /** The reader's hand is on the log; what scrolls now is meant. A tap on a button scrolls nothing. */
  noteHand(event) {
    if (event.type === "keydown" && !SCROLL_KEYS.has(event.key)) return;
    if (event.type.startsWith("pointer") && event.target !== this.scroller) return;
    this.handUntil = event.type === "pointerdown" ? Infinity : performance.now() + HAND_MS;
  }

  /** While the end is followed the browser may not hold on to a line further up: a fold there would look like a scroll. */
  stick(on) {
    this.stuck = on;
    this.scroller.classList.toggle("follows-end", on);
    if (on) this.newer.hidden = true;
  }

  toEnd() {
    this.stick(true);
    this.scroller.scrollTop = this.scroller.scrollHeight;
    this.top = this.scroller.scrollTop;
  }

  tellNews(place) {
    if (this.stuck || !place) return;
    this.news = place;
    this.newer.hidden = false;
  }

  goToNews() {
    this.newer.hidden = true;
    this.news?.scrollIntoView({ block: "end" });
    this.scroller.focus({ preventScroll: true });
  }
}

function same(one, other) {
  return JSON.stringify(one) === JSON.stringify(other);
}

function sameRun(before, item) {
  const close = Math.abs(Date.parse(item.at) - Date.parse(before.at)) < RUN_MS;
  return close && sender(before) === sender(item) && before.name === item.name;
}

function previousItem(place) {
  let row = place.previousElementSibling;
  while (row && !row.dataset.item) row = row.previousElementSibling;
  return row;
}

function nextItem(place) {
  let row = place.nextElementSibling;
  while (row && !row.dataset.item) row = row.nextElementSibling;
  return row;
}
