/**
 * Who there is to be: the people and groups of the chain, and what a pane's address means.
 *
 * A pane is written `u01` (that person, one to one with the bot) or `group:hq@u20` (u20 speaking in the group).
 */
import { languageOf, say } from "./words.js";

export class World {
  constructor({ title, people = [], groups = [], panes = [], instance = "" }) {
    this.title = title;
    this.people = people;
    this.groups = groups;
    this.panes = panes;
    this.instance = instance;
  }

  person(code) {
    return this.people.find((person) => person.code === code) ?? null;
  }

  group(code) {
    return this.groups.find((group) => group.code === code) ?? null;
  }

  /** The language a session begins in, before its hello says so. */
  languageOf(session) {
    return languageOf(this.person(session.person)?.language);
  }

  /** "王小丫 · 店员 · 西湖店", nothing said twice. A code the world does not know stands for itself. */
  who(code, language) {
    const person = this.person(code);
    if (!person) return code;
    const parts = [person.name, person[`role_${language}`], person[`place_${language}`]].filter(Boolean);
    return [...new Set(parts)].join(" · ");
  }

  /** The one or two words that name a session on a tab. */
  shortName(session, language) {
    const group = groupCode(session);
    if (group === null) return this.person(session.person)?.name ?? session.person;
    return this.group(group)?.[`title_${language}`] ?? group;
  }

  /** What the person switcher says about a session. */
  longName(session, language) {
    if (groupCode(session) === null) return this.who(session.person, language);
    const name = this.person(session.person)?.name ?? session.person;
    return say(language, "speaks", { group: this.shortName(session, language), name });
  }

  /** The sessions that an address asks for; the demo's own choice when it asks for none. */
  sessionsFrom(address) {
    const asked = (new URL(address).searchParams.get("panes") ?? "").split(",").map(readSession).filter(Boolean);
    return asked.length ? asked : this.panes.map(({ person, chat }) => ({ person, chat }));
  }

  /** The first person who has no pane yet, else the first of all. */
  someoneElse(sessions) {
    const taken = new Set(sessions.filter((session) => session.chat === "me").map((session) => session.person));
    const person = this.people.find(({ code }) => !taken.has(code)) ?? this.people[0];
    return person ? { person: person.code, chat: "me" } : null;
  }
}

/** The group's code, or null for a one-to-one chat. */
export function groupCode(session) {
  return session.chat.startsWith("group:") ? session.chat.slice("group:".length) : null;
}

/** `u01` or `group:hq@u20` as a session, null for anything else. */
export function readSession(text) {
  const found = /^(?:(group:[\w-]+)@)?([\w-]+)$/.exec(text.trim());
  return found ? { person: found[2], chat: found[1] ?? "me" } : null;
}

/** A session as it is written in an address. */
export function writeSession({ person, chat }) {
  return chat === "me" ? person : `${chat}@${person}`;
}
