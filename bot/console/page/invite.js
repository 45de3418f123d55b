/**
 * The dialog in which somebody lets others in: whom and where, then the QR code and the link, and the open invites.
 *
 * The link is shown once and kept nowhere: closing the dialog forgets it. What can be chosen the server says, and
 * checks again.
 */
import { dayAndTime } from "./dates.js";
import { el, icon, qrCode, spoken } from "./elements.js";
import { languageOf, say } from "./words.js";

const ADDRESS = "/console/invites";

/** Opens the dialog for this person. It ends with the page element that it makes. */
export function openInvites(person, language, world) {
  const dialog = new Invites(person, languageOf(language), world.person(person)?.name ?? person);
  document.body.append(dialog.element);
  dialog.element.addEventListener("close", () => dialog.element.remove());
  dialog.element.showModal();
  dialog.load();
}

class Invites {
  constructor(person, language, name) {
    Object.assign(this, { person, language, choices: [] });
    this.middle = el("div", { class: "invite-middle" });
    this.open = el("div", { class: "invite-open" });
    this.note = el("p", { class: "invite-note", role: "alert", hidden: true });
    const close = el("button", { type: "button", class: "round quiet" }, icon("close"), spoken(this.say("invite_close")));
    close.addEventListener("click", () => this.element.close());
    const title = el("h2", { id: "invite-title", class: "invite-title", text: this.say("invite") });
    const by = el("p", { class: "invite-by", text: this.say("invite_by", { name }) });
    const head = el("header", { class: "invite-head" }, el("div", {}, title, by), close);
    const lang = language === "zh" ? "zh-CN" : "en";
    const about = { class: "invite", "aria-labelledby": "invite-title", lang };
    this.element = el("dialog", about, head, this.note, this.middle, this.open);
  }

  say(key, facts) {
    return say(this.language, key, facts);
  }

  async load() {
    const found = await this.ask(`${ADDRESS}?${new URLSearchParams({ person: this.person })}`);
    if (!found) return;
    this.roles = found.roles.map((role) => ({ label: role[this.language], wheres: role.wheres }));
    this.known = found.known;
    this.groups = found.groups;
    if (found.missing) this.tell(found.missing[this.language]);
    else this.showForm();
    this.showOpen(found.open);
  }

  showForm() {
    const who = this.select("invite_who");
    const where = this.select("invite_where");
    const options = [];
    const group = (label, entries) => {
      if (!entries.length) return;
      const inner = entries.map(({ label, wheres }) => {
        options.push(wheres);
        return el("option", { value: options.length - 1, text: label });
      });
      who.field.append(el("optgroup", { label: this.say(label) }, ...inner));
    };
    const single = (entry) => ({ label: entry[this.language], wheres: [entry] });
    group("invite_new", this.roles);
    group("invite_known", this.known.map(single));
    group("invite_group", this.groups.map(single));
    const places = () => options[Number(who.field.value)];
    const showPlaces = () => {
      const entries = places().map((one, index) => el("option", { value: index, text: one[this.language] }));
      where.field.replaceChildren(...entries);
      where.element.hidden = places().length === 1 && !this.hasPlace(places()[0]);
    };
    who.field.addEventListener("change", showPlaces);
    showPlaces();
    const make = el("button", { type: "submit", class: "card-button primary", text: this.say("invite_make") });
    const form = el("form", { class: "invite-form" }, who.element, where.element, make);
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.make(places()[Number(where.field.value)].lets_in, make);
    });
    this.middle.replaceChildren(form);
    who.field.focus();
  }

  /** Whether where somebody works is worth showing, even if there is no choice. */
  hasPlace({ lets_in }) {
    return lets_in.kind === "newcomer" && (lets_in.home_id ?? lets_in.region) !== null;
  }

  select(key) {
    const field = el("select", {});
    return { field, element: el("label", { class: "invite-field" }, el("span", { text: this.say(key) }), field) };
  }

  async make(lets_in, button) {
    button.disabled = true;
    const answer = await this.ask(ADDRESS, { person: this.person, lets_in });
    button.disabled = false;
    if (!answer) return;
    this.showMade(answer.made);
    this.showOpen(answer.open);
  }

  showMade(made) {
    const until = dayAndTime(made.until, this.language);
    const link = el("a", { class: "invite-link", href: made.link, target: "_blank", rel: "noreferrer", text: made.link });
    const copy = el("button", { type: "button", class: "card-button", text: this.say("invite_copy") });
    copy.addEventListener("click", () => this.copy(made.link, copy, link));
    const again = el("button", { type: "button", class: "card-button", text: this.say("invite_again") });
    again.addEventListener("click", () => this.showForm());
    this.middle.replaceChildren(
      el("p", { class: "invite-whom", text: made[this.language] }),
      el("p", { class: "invite-soft", text: this.say("invite_scan") }),
      qrCode(made, this.say("invite_qr")),
      link,
      el("p", { class: "invite-soft", text: this.say("invite_once", { until }) }),
      el("div", { class: "invite-buttons" }, copy, again),
    );
    copy.focus();
  }

  /** Without the right to the clipboard the link is selected, ready to be copied by hand. */
  async copy(text, button, link) {
    try {
      await navigator.clipboard.writeText(text);
      button.textContent = this.say("invite_copied");
    } catch {
      getSelection().selectAllChildren(link);
    }
  }

  showOpen(invites) {
    const lines = invites.map((one) => {
      const withdraw = el("button", { type: "button", class: "card-button", text: this.say("invite_withdraw") });
      withdraw.setAttribute("aria-label", `${this.say("invite_withdraw")}: ${one[this.language]}`);
      withdraw.addEventListener("click", () => this.withdraw(one.id, withdraw));
      const facts = { name: one.by, until: dayAndTime(one.until, this.language) };
      const about = el("p", { class: "invite-soft", text: this.say("invite_line", facts) });
      return el("li", {}, el("div", {}, el("p", { text: one[this.language] }), about), withdraw);
    });
    const none = el("p", { class: "invite-soft", text: this.say("invite_none") });
    const list = lines.length ? el("ul", { class: "invite-list" }, ...lines) : none;
    this.open.replaceChildren(el("h3", { class: "invite-subtitle", text: this.say("invite_open") }), list);
  }

  async withdraw(id, button) {
    button.disabled = true;
    const answer = await this.ask(`${ADDRESS}/withdraw`, { person: this.person, id });
    button.disabled = false;
    if (!answer) return;
    this.showOpen(answer.open);
    this.element.focus();
  }

  /** Asks the server; null where it said no, or nothing, and then the note says what it was. */
  async ask(address, body) {
    this.tell("");
    try {
      const request = body ? { method: "POST", body: JSON.stringify(body) } : { cache: "no-store" };
      const answer = await (await fetch(address, request)).json();
      if (!answer.refused) return answer;
      this.tell(answer.refused[this.language]);
    } catch {
      this.tell(this.say("invite_failed"));
    }
    return null;
  }

  tell(text) {
    this.note.textContent = text;
    this.note.hidden = !text;
  }
}
