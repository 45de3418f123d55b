/**
 * Days and times in the reader's own zone.
 *
 * What "today" is follows the server's clock, carried over in each hello, so a wrong clock on the reader's
 * machine does not call today yesterday. The zone is the browser's.
 */
const LOCALES = { zh: "zh-CN", en: "en-GB" };
const DAY_MS = 86_400_000;
const formats = new Map();
let ahead_ms = 0;

/** Takes over the server's present moment. */
export function setServerTime(iso) {
  const moment = Date.parse(iso ?? "");
  if (!Number.isNaN(moment)) ahead_ms = moment - Date.now();
}

/** "09:41" */
export function timeOfDay(moment, language) {
  return format(language, "time", { hour: "2-digit", minute: "2-digit", hourCycle: "h23" }).format(moment);
}

/** The whole moment with its zone, for the hint on a time. */
export function wholeMoment(moment, language) {
  return format(language, "whole", { dateStyle: "full", timeStyle: "long" }).format(moment);
}

/** Two moments of one day in the reader's zone give the same key. */
export function dayKey(moment) {
  return `${moment.getFullYear()}-${moment.getMonth() + 1}-${moment.getDate()}`;
}

/** "今天", "Yesterday", or the date with its weekday; the year only when it is another one. */
export function dayName(moment, language) {
  const name = nameOfDay(moment, language);
  return name.charAt(0).toUpperCase() + name.slice(1);
}

/** "tomorrow 10:01", as it stands in a sentence. */
export function dayAndTime(iso, language) {
  const moment = new Date(iso);
  return `${nameOfDay(moment, language)} ${timeOfDay(moment, language)}`;
}

function nameOfDay(moment, language) {
  const now = new Date(Date.now() + ahead_ms);
  const days = Math.round((midnight(moment) - midnight(now)) / DAY_MS);
  if (Math.abs(days) <= 1) return nearDay(language).format(days, "day");
  const year = moment.getFullYear() === now.getFullYear() ? undefined : "numeric";
  return format(language, `day${year ?? ""}`, { year, month: "long", day: "numeric", weekday: "short" }).format(moment);
}

function midnight(moment) {
  return Date.UTC(moment.getFullYear(), moment.getMonth(), moment.getDate());
}

function nearDay(language) {
  return cached(`near ${language}`, () => new Intl.RelativeTimeFormat(LOCALES[language], { numeric: "auto" }));
}

function format(language, name, options) {
  return cached(`${name} ${language}`, () => new Intl.DateTimeFormat(LOCALES[language], options));
}

/** Intl objects are dear to make and there are thousands of times in a long chat. */
function cached(key, make) {
  if (!formats.has(key)) formats.set(key, make());
  return formats.get(key);
}
