/**
 * The page: several sessions side by side, one at a time on a phone.
 *
 * It asks the server who there is, lays out the panes that the address names, and keeps tabs, keys, language and
 * theme. Begin reading here, then pane.js.
 */
import { el, icon, spoken } from "./elements.js";
import { Pane } from "./pane.js";
import { tab } from "./tabs.js";
import { onSystemTheme, switchTheme, theme } from "./theme.js";
import { languageOf, say } from "./words.js";
import { World, writeSession } from "./world.js";

const LANGUAGE_KEY = "stocktalk.language";
const NARROWEST_PANE_PX = 340;
const MOST_PANES = 9;
const MINUTE_MS = 60_000;
const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 8_000;
const REFUSED = 403;
const LONGEST_NOTE = 300;

const oneAtATime = matchMedia("(max-width: 719px), (max-height: 499px)");
const find = (selector) => document.querySelector(selector);

class Page {
  constructor(world) {
    this.world = world;
    this.panes = [];
    this.active = null;
    this.unread = new Set();
    this.language = readLanguage();
    for (const session of world.sessionsFrom(location.href).slice(0, MOST_PANES)) this.append(session);
    this.active = this.panes[0] ?? null;
    this.listen();
    this.label();
    this.arrange();
  }

  chosenLanguage() {
    return this.language;
  }

  /** The reader's choice, else what the first pane's person reads. */
  get barLanguage() {
    return this.language ?? this.followedLanguage;
  }

  get followedLanguage() {
    return this.panes[0] ? this.world.languageOf(this.panes[0].session) : languageOf(navigator.language);
  }

  append(session) {
    const pane = new Pane(this, session);
    pane.element.addEventListener("focusin", () => this.activate(pane));
    pane.element.addEventListener("pointerdown", () => this.activate(pane));
    this.panes.push(pane);
    find(".panes").append(pane.element);
    return pane;
  }

  /** Puts another session where this one was. */
  become(pane, session) {
    const place = this.panes.indexOf(pane);
    const next = this.append(session);
    this.panes.pop();
    this.panes[place] = next;
    pane.element.replaceWith(next.element);
    pane.end();
    this.unread.delete(pane);
    this.activate(next);
    this.rearranged();
    next.switcher.querySelector("select").focus();
  }

  close(pane) {
    if (this.panes.length === 1) return;
    const place = this.panes.indexOf(pane);
    this.panes.splice(place, 1);
    this.unread.delete(pane);
    pane.end();
    this.activate(this.panes[Math.min(place, this.panes.length - 1)]);
    this.rearranged();
    this.active.focus();
  }

  add() {
    const session = this.world.someoneElse(this.panes.map((pane) => pane.session));
    if (!session || this.panes.length >= MOST_PANES) return;
    this.activate(this.append(session));
    this.rearranged();
    this.active.switcher.querySelector("select").focus();
  }

  activate(pane) {
    this.unread.delete(pane);
    if (this.active === pane) return this.drawTabs();
    this.active = pane;
    this.arrange();
  }

  /** Something came for a pane: on a phone its tab says so. */
  news(pane) {
    if (!oneAtATime.matches || pane === this.active) return;
    this.unread.add(pane);
    this.drawTabs();
  }

  rearranged() {
    const asked = this.panes.map((pane) => writeSession(pane.session)).join(",");
    history.replaceState(null, "", `${location.pathname}?panes=${asked}`);
    this.label();
    this.arrange();
  }

  /** As many columns as fit, rows of even length, the last row stretched; on a phone one pane and tabs. */
  arrange() {
    const fitting = Math.max(1, Math.floor(find(".panes").clientWidth / NARROWEST_PANE_PX));
    const rows = Math.ceil(this.panes.length / fitting);
    find(".panes").style.setProperty("--columns", Math.ceil(this.panes.length / rows));
    find(".panes").style.setProperty("--rows", rows);
    for (const [index, pane] of this.panes.entries()) {
      pane.index = index;
      pane.element.hidden = oneAtATime.matches && pane !== this.active;
      pane.closer.hidden = this.panes.length === 1;
    }
    this.drawTabs();
  }

  drawTabs() {
    const tabs = find(".tabs");
    const focused = [...tabs.children].indexOf(document.activeElement);
    const state = (pane) => ({ current: pane === this.active, unread: this.unread.has(pane) });
    tabs.replaceChildren(
      ...this.panes.map((pane) => tab(this.world, pane, this.barLanguage, state(pane), () => this.activate(pane))),
    );
    tabs.children[focused]?.focus();
  }

  label() {
    const language = this.barLanguage;
    document.documentElement.lang = language === "zh" ? "zh-CN" : "en";
    document.title = [this.world.title, "Stocktalk"].filter(Boolean).join(" · ");
    find(".brand-chain").textContent = this.world.title;
    find(".tabs").setAttribute("aria-label", say(language, "tabs"));
    tool(".add-pane", icon("add"), say(language, "add_pane"), true);
    find(".add-pane").hidden = this.panes.length >= MOST_PANES;
    tool(".switch-language", null, say(language, "other_language"), true);
    find(".switch-language").lang = language === "zh" ? "en" : "zh-CN";
    this.labelTheme();
  }

  labelTheme() {
    const other = theme() === "dark" ? "light" : "dark";
    tool(".switch-theme", icon(other), say(this.barLanguage, `to_${other}`), false);
  }

  /** The other language for the whole page; back to each person's own when that is what the choice comes to. */
  switchLanguage() {
    const other = this.barLanguage === "zh" ? "en" : "zh";
    this.language = other === this.followedLanguage ? null : other;
    keepLanguage(this.language);
    this.label();
    for (const pane of this.panes) pane.label();
    this.drawTabs();
  }

  listen() {
    find(".add-pane").addEventListener("click", () => this.add());
    find(".switch-language").addEventListener("click", () => this.switchLanguage());
    find(".switch-theme").addEventListener("click", () => (switchTheme(), this.labelTheme()));
    onSystemTheme(() => this.labelTheme());
    addEventListener("resize", () => this.arrange());
    addEventListener("keydown", (event) => this.key(event));
    setInterval(() => this.panes.forEach((pane) => pane.log.relabelDays()), MINUTE_MS);
  }

  /** Alt and a digit jump to a pane. The key's place counts: on some keyboards Alt changes its letter. */
  key(event) {
    const digit = /^(?:Digit|Numpad)([1-9])$/.exec(event.code);
    const pane = digit && event.altKey && !event.ctrlKey && this.panes[digit[1] - 1];
    if (!pane) return;
    event.preventDefault();
    this.activate(pane);
    pane.focus();
  }
}

function tool(selector, drawing, words, shown) {
  const label = shown ? el("span", { class: "tool-words", text: words }) : spoken(words);
  find(selector).replaceChildren(...(drawing ? [drawing, label] : [label]));
  find(selector).title = words;
}

function readLanguage() {
  try {
    return localStorage.getItem(LANGUAGE_KEY);
  } catch {
    return null;
  }
}

function keepLanguage(language) {
  try {
    if (language) localStorage.setItem(LANGUAGE_KEY, language);
    else localStorage.removeItem(LANGUAGE_KEY);
  } catch {
    // Without storage the choice lives in this page only.
  }
}

/** Asks until the server answers: the page may be open before the server is up. */
async function fetchWorld() {
  for (let wait = FIRST_WAIT_MS; ; wait = Math.min(LONGEST_WAIT_MS, wait * 2)) {
    let refusal = "";
    try {
      const answer = await fetch("/console/world", { cache: "no-store" });
      if (answer.ok) return new World(await answer.json());
      if (answer.status === REFUSED) refusal = await answer.text();
    } catch {
      // No answer at all: the note below says so, and the loop asks again.
    }
    note(refusal.slice(0, LONGEST_NOTE) || say(navigator.language, "no_server"));
    await new Promise((resolve) => setTimeout(resolve, wait));
  }
}

function note(text) {
  find(".page-note").textContent = text ?? "";
  find(".page-note").hidden = !text;
}

const world = await fetchWorld();
note(null);
new Page(world);
