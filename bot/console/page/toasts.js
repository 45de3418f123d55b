/**
 * The short answers over a chat: what a tap did, or why it did nothing.
 *
 * A toast leaves by itself, later when it is long, and lets taps through to what it covers. An alert waits longer
 * and has a button, for a refusal somebody should have read.
 */
import { el } from "./elements.js";
import { say } from "./words.js";

const SHORTEST_MS = 4_000;
const PER_LETTER_MS = 120;
const ALERT_MS = 20_000;
const AT_MOST = 2;

export class Toasts {
  constructor() {
    this.element = el("div", { class: "toasts", role: "status", "aria-live": "polite" });
  }

  show(text, { alert = false, language }) {
    const toast = el("div", { class: alert ? "toast alert" : "toast" }, el("p", { text }));
    if (alert) {
      const dismiss = el("button", { type: "button", class: "dismiss", text: say(language, "dismiss") });
      dismiss.addEventListener("click", () => toast.remove());
      toast.append(dismiss);
    }
    this.element.append(toast);
    while (this.element.children.length > AT_MOST) this.element.firstElementChild.remove();
    setTimeout(() => toast.remove(), alert ? ALERT_MS : Math.max(SHORTEST_MS, text.length * PER_LETTER_MS));
  }
}
