/**
 * Keeps what was said or tapped until the server has it for certain.
 *
 * Every entry has a key of its own in localStorage: two tabs of one person never write over each other, and the
 * worst two tabs can do is send an entry twice, which its id makes harmless. Where storage is full or switched
 * off, memory holds the entry as long as the page lives.
 */
export class Kept {
  /** `instance` names the server's database: a tap meant for one is never sent to another. */
  constructor(instance, session) {
    this.prefix = `stocktalk.kept ${instance} ${session.person} ${session.chat} `;
    this.entries = new Map();
    for (const entry of stored(this.prefix)) this.entries.set(entry.id, entry);
  }

  /** Adds {type: "say", text} or {type: "tap", button, item} under a new id and returns the entry. */
  add(message) {
    const latest = Math.max(0, ...[...this.entries.values()].map((entry) => entry.kept_at));
    const entry = { ...message, id: newId(), kept_at: Math.max(Date.now(), latest + 1) };
    this.entries.set(entry.id, entry);
    try {
      localStorage.setItem(this.prefix + entry.id, JSON.stringify(entry));
    } catch {
      // Full or forbidden: the entry stays in memory and is sent from there.
    }
    return entry;
  }

  /** The server has it. */
  drop(id) {
    this.entries.delete(id);
    try {
      localStorage.removeItem(this.prefix + id);
    } catch {
      // Nothing was stored then.
    }
  }

  /** The tap on that button that is still on its way, if any: tapping again sends the same intention again. */
  tapOn(item, button) {
    const taps = this.inOrder().filter((entry) => entry.type === "tap");
    return taps.find((entry) => entry.item === item && entry.button === button) ?? null;
  }

  /** All entries, in the order in which they were made. */
  inOrder() {
    return [...this.entries.values()].sort((one, other) => one.kept_at - other.kept_at);
  }
}

function stored(prefix) {
  try {
    const keys = Object.keys(localStorage).filter((key) => key.startsWith(prefix));
    return keys.map((key) => readEntry(localStorage.getItem(key))).filter(Boolean);
  } catch {
    return [];
  }
}

function readEntry(text) {
  try {
    const entry = JSON.parse(text);
    return typeof entry?.id === "string" && ["say", "tap"].includes(entry.type) ? entry : null;
  } catch {
    return null;
  }
}

/** randomUUID exists only on https and localhost; a phone in the shop may read the page over plain http. */
function newId() {
  if (crypto.randomUUID) return crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}
