/**
 * Where the reader writes: a field that grows, examples to tap, a button that sends.
 *
 * Enter sends, Shift+Enter makes a line. While an input method composes, Enter belongs to it.
 */
import { el, icon, spoken } from "./elements.js";
import { say } from "./words.js";

const LONGEST_TEXT = 4_096;
const COMPOSING_KEY = 229;

export class Composer {
  /** `send(text)` takes what was written. */
  constructor(send) {
    this.send = send;
    this.examples = [];
    this.input = el("textarea", { class: "composer-input", rows: "1", maxlength: LONGEST_TEXT, autocomplete: "off" });
    this.input.addEventListener("keydown", (event) => this.key(event));
    this.input.addEventListener("input", () => this.fit());
    this.button = el("button", { type: "submit", class: "composer-send round" });
    this.ideas = el("button", { type: "button", class: "composer-ideas round", hidden: true });
    this.ideas.setAttribute("aria-expanded", "false");
    this.ideas.addEventListener("click", () => this.showIdeas(this.panel.hidden));
    this.panel = el("div", { class: "ideas-panel", role: "group", hidden: true });
    this.form = el("form", { class: "composer" }, this.ideas, this.input, this.button);
    this.form.addEventListener("submit", (event) => this.submit(event));
    this.element = el("footer", { class: "foot" }, this.panel, this.form);
    this.element.addEventListener("keydown", (event) => event.key === "Escape" && this.showIdeas(false));
  }

  /** Says everything in that language; `placeholder` is the word for an empty field. */
  label(language, placeholder) {
    this.input.placeholder = say(language, placeholder);
    this.input.setAttribute("aria-label", say(language, "say"));
    this.button.replaceChildren(icon("send"), spoken(say(language, "send")));
    this.ideas.replaceChildren(icon("ideas"), spoken(say(language, "examples")));
    this.ideas.title = say(language, "examples");
    this.panel.setAttribute("aria-label", say(language, "examples"));
  }

  /** Sets the sentences behind the small button; `behind` is false while the empty chat shows them itself. */
  setExamples(examples, behind) {
    this.examples = examples;
    this.ideas.hidden = !behind || examples.length === 0;
    if (this.ideas.hidden) this.showIdeas(false);
  }

  focus() {
    this.input.focus();
  }

  showIdeas(open) {
    const hadFocus = this.panel.contains(document.activeElement);
    this.panel.replaceChildren(...(open ? exampleChips(this.examples, (text) => this.pick(text)) : []));
    this.panel.hidden = !open;
    this.ideas.setAttribute("aria-expanded", String(open));
    if (open) this.panel.querySelector("button")?.focus();
    else if (hadFocus) this.input.focus();
  }

  pick(text) {
    this.showIdeas(false);
    this.send(text);
  }

  key(event) {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.keyCode === COMPOSING_KEY) return;
    event.preventDefault();
    this.form.requestSubmit();
  }

  submit(event) {
    event.preventDefault();
    const text = this.input.value.trim();
    if (!text) return;
    this.input.value = "";
    this.fit();
    this.input.focus();
    this.send(text);
  }

  /** As high as its text; the style sheet says where it stops and scrolls. */
  fit() {
    this.input.style.height = "auto";
    const border = this.input.offsetHeight - this.input.clientHeight;
    if (this.input.value) this.input.style.height = `${this.input.scrollHeight + border}px`;
  }
}

/** Sentences as buttons: a tap says them. Nothing moves by a sentence alone, the card comes first. */
export function exampleChips(examples, pick) {
  const look = { type: "button", class: "example" };
  return examples.map((text) => el("button", { ...look, text, on: { click: () => pick(text) } }));
}
