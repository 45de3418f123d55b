/**
 * The list in a pane's head: be somebody else, or speak in a group.
 */
import { el } from "./elements.js";
import { say } from "./words.js";
import { readSession, writeSession } from "./world.js";

/** A select of every session the world offers; `become(session)` hears the choice. */
export function personSwitcher(world, session, language, become) {
  const chosen = writeSession(session);
  const option = (one) => {
    const value = writeSession(one);
    return el("option", { value, selected: value === chosen, text: world.longName(one, language) });
  };
  const people = world.people.map(({ code }) => option({ person: code, chat: "me" }));
  const groups = world.groups.map((group) => groupOptions(group, world, language, option));
  const known = [...people, ...groups.flatMap((group) => [...group.children])].some(({ value }) => value === chosen);
  const select = el("select", { "aria-label": say(language, "person"), title: world.longName(session, language) });
  if (!known) select.append(option(session));
  select.append(el("optgroup", { label: say(language, "one_to_one") }, ...people), ...groups);
  select.value = chosen;
  select.addEventListener("change", () => become(readSession(select.value)));
  return select;
}

function groupOptions(group, world, language, option) {
  const members = group.members.map((person) => option({ person, chat: `group:${group.code}` }));
  return el("optgroup", { label: group[`title_${language}`] ?? group.code }, ...members);
}
