/**
 * One session on the page: a person's chat with the bot, or that person's seat in a group.
 *
 * It joins the line to the server, what is kept, the log, the toasts and the composer, and knows nothing of the
 * other panes.
 */
import { Composer, exampleChips } from "./composer.js";
import { setServerTime } from "./dates.js";
import { el, icon, spoken } from "./elements.js";
import { openInvites } from "./invite.js";
import { Kept } from "./kept.js";
import { Log } from "./log.js";
import { Line } from "./socket.js";
import { personSwitcher } from "./switcher.js";
import { Toasts } from "./toasts.js";
import { languageOf, say } from "./words.js";
import { groupCode } from "./world.js";

const BUSY_MS = 10_000;
const TYPING_MS = 15_000;

export class Pane {
  /** `page`: {world, chosenLanguage(), become(pane, session), close(pane), news(pane)}. */
  constructor(page, session) {
    this.page = page;
    this.session = session;
    this.spokenLanguage = page.world.languageOf(session);
    this.examples = [];
    this.caughtUp = false;
    this.putOff = new Set();
    this.connection = "connecting";
    this.kept = new Kept(page.world.instance, session);
    this.toasts = new Toasts();
    this.context = { language: this.language, inGroup: groupCode(session) !== null };
    this.context.tap = (item, button, element) => this.tap(item, button, element);
    this.log = new Log(this.context);
    this.composer = new Composer((text) => this.say(text));
    this.build();
    this.label();
    for (const entry of this.kept.inOrder()) if (entry.type === "say") this.log.showSending(entry);
    this.line = new Line({
      session,
      kept: this.kept,
      after: () => this.log.largestOrder,
      hear: (message) => this.hear(message),
      changed: (connection) => this.setConnection(connection),
    });
  }

  /** The page's language where the reader chose one, else the person's. */
  get language() {
    return this.page.chosenLanguage() ?? this.spokenLanguage;
  }

  /** Only whoever may let others in is offered to, and only where they are by themselves. */
  get mayInvite() {
    return groupCode(this.session) === null && Boolean(this.page.world.person(this.session.person)?.invites);
  }

  set index(index) {
    this.element.dataset.pane = index;
  }

  focus() {
    this.composer.focus();
  }

  end() {
    this.line.close();
    this.element.remove();
  }

  build() {
    this.face = el("span", { class: "face", "aria-hidden": "true" });
    this.switcher = el("div", { class: "switcher" });
    this.status = el("p", { class: "status" });
    this.inviter = el("button", { type: "button", class: "round quiet invite-colleague", hidden: !this.mayInvite });
    this.inviter.addEventListener("click", () => openInvites(this.session.person, this.language, this.page.world));
    this.closer = el("button", { type: "button", class: "round quiet close-pane" });
    this.closer.addEventListener("click", () => this.page.close(this));
    this.banner = el("div", { class: "banner", role: "alert", hidden: true });
    const head = el("header", { class: "head" }, this.face, this.switcher, this.status, this.inviter, this.closer);
    const middle = el("div", { class: "middle" }, this.log.element, this.toasts.element);
    const about = { class: "pane", "data-person": this.session.person, "data-chat": this.session.chat };
    this.element = el("section", about, head, this.banner, middle, this.composer.element);
  }

  /** Says everything on the pane again, in its language of now. */
  label() {
    const { language } = this;
    const { world } = this.page;
    const who = world.longName(this.session, language);
    this.context.language = language;
    this.element.lang = language === "zh" ? "zh-CN" : "en";
    this.element.setAttribute("aria-label", who);
    this.drawFace();
    const become = (session) => this.page.become(this, session);
    this.switcher.replaceChildren(personSwitcher(world, this.session, language, become));
    this.closer.replaceChildren(icon("close"), spoken(say(language, "close_pane")));
    this.closer.title = say(language, "close_pane");
    this.inviter.replaceChildren(icon("invite"), spoken(say(language, "invite")));
    this.inviter.title = say(language, "invite");
    this.log.scroller.setAttribute("aria-label", say(language, "log", { who }));
    this.composer.label(language, this.context.inGroup ? "placeholder_group" : "placeholder");
    this.log.redraw();
    this.setConnection(this.connection);
    this.showEmpty();
  }

  /** Drawn once per label: a letter for a person, two heads for a group. */
  drawFace() {
    const { world } = this.page;
    const role = world.person(this.session.person)?.role_en ?? "";
    this.face.className = this.context.inGroup ? "face face-group" : `face face-${hue(world, role)}`;
    const letter = world.person(this.session.person)?.name.slice(0, 1) ?? "?";
    this.face.replaceChildren(this.context.inGroup ? icon("people") : el("span", { text: letter }));
  }

  setConnection(connection) {
    this.connection = connection;
    this.element.dataset.connection = connection === "online" ? "online" : "offline";
    this.status.replaceChildren(el("i", { class: "dot" }), say(this.language, connection));
    if (connection !== "online") this.setTyping(false);
    if (connection === "connecting" || connection === "online") this.banner.hidden = true;
  }

  hear(message) {
    const take = {
      hello: () => this.greet(message),
      item: () => this.takeItem(message.item),
      kept: () => this.takeKept(message.id),
      not_kept: () => this.notKept(message),
      toast: () => this.toast(message),
      typing: () => this.setTyping(message.on),
      refused: () => this.refuse(message.text),
      caught_up: () => this.catchUp(),
    }[message.type];
    take?.();
  }

  greet({ language, examples, server_time }) {
    setServerTime(server_time);
    this.spokenLanguage = languageOf(language);
    this.examples = examples ?? [];
    this.label();
  }

  takeItem(item) {
    if (item.client_id && this.kept.entries.has(item.client_id)) this.line.confirmed(item.client_id);
    const news = this.log.put(item);
    this.showEmpty();
    if (news && this.caughtUp && !item.me) this.page.news(this);
  }

  catchUp() {
    this.caughtUp = true;
    this.log.scroller.setAttribute("aria-busy", "false");
    this.showEmpty();
  }

  say(text) {
    const entry = this.kept.add({ type: "say", text });
    this.log.showSending(entry);
    this.showEmpty();
    this.line.send(entry);
  }

  /** Sends a tap. A tap still on its way is sent again as itself: one intention, one id. */
  tap(item, button, element) {
    if (element.getAttribute("aria-busy") === "true") return;
    const entry = this.kept.tapOn(item.id, button) ?? this.kept.add({ type: "tap", button, item: item.id });
    element.setAttribute("aria-busy", "true");
    element.dataset.tap = entry.id;
    setTimeout(() => rest(element), BUSY_MS);
    this.putOff.delete(entry.id);
    this.log.expectAnswer();
    if (this.connection !== "online") this.toast({ text: say(this.language, "waits_for_line") });
    this.line.send(entry);
  }

  toast({ text, tap, alert }) {
    this.toasts.show(text, { alert, language: this.language });
    for (const element of this.element.querySelectorAll(".card-button[data-tap]")) {
      if (element.dataset.tap === tap) rest(element);
    }
  }

  takeKept(id) {
    this.putOff.delete(id);
    this.log.markKept(id);
  }

  /** The server could not take it, and says why: once, since the line sends it again by itself until it can. */
  notKept({ id, text }) {
    if (!this.putOff.has(id)) this.toast({ text, tap: id, alert: true });
    this.putOff.add(id);
  }

  setTyping(on) {
    clearTimeout(this.typingEnds);
    this.log.typing.hidden = !on;
    if (on) this.typingEnds = setTimeout(() => this.setTyping(false), TYPING_MS);
  }

  refuse(text) {
    const retry = el("button", { type: "button", class: "retry", text: say(this.language, "retry") });
    retry.addEventListener("click", () => this.line.retry());
    this.banner.replaceChildren(el("p", { text }), retry);
    this.banner.hidden = false;
  }

  /** An empty chat says who is here and what can be said; later the examples wait behind a small button. */
  showEmpty() {
    const empty = this.caughtUp && this.log.isEmpty;
    if (empty) this.log.empty.replaceChildren(...this.welcome(this.examples));
    this.log.empty.hidden = !empty;
    this.composer.setExamples(this.examples, !empty);
  }

  welcome(examples) {
    const { world } = this.page;
    const who = world.who(this.session.person, this.language);
    const open = this.context.inGroup ? "welcome_group" : "welcome_try";
    const group = world.shortName(this.session, this.language);
    const line = say(this.language, examples.length ? open : "welcome_say", { group });
    return [
      el("p", { class: "welcome-who", text: say(this.language, "welcome", { who }) }),
      el("p", { class: "welcome-try", text: line }),
      el("div", { class: "chips" }, ...exampleChips(examples, (text) => this.say(text))),
    ];
  }
}

/** A colour for each role, the same on every pane. */
export function hue(world, role) {
  const roles = [...new Set(world.people.map((person) => person.role_en))];
  return Math.max(0, roles.indexOf(role)) % 6;
}

function rest(element) {
  element.removeAttribute("aria-busy");
  delete element.dataset.tap;
}
