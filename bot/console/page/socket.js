/**
 * One session's line to the server: comes back after every drop and sends again what was not confirmed.
 *
 * It dials with backoff, at once when the network or the reader comes back. What is kept goes out in order after
 * each hello. An entry that an open line does not confirm in time means the line is dead without saying so. One that
 * the server could not keep, and said so, goes out again on the same line after a while.
 */
const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 8_000;
const CONFIRM_WITHIN_MS = 10_000;
const SEND_AGAIN_MS = 5_000;

export class Line {
  /**
   * `kept` holds what must arrive; `after` gives the largest order seen; `hear` takes each message from the server;
   * `changed` hears "connecting", "online", "offline" or "refused".
   */
  constructor({ session, kept, after, hear, changed }) {
    Object.assign(this, { session, kept, after, hear, changed });
    this.socket = null;
    this.greeted = false;
    this.refused = false;
    this.drops = 0;
    this.waiting = null;
    this.unconfirmed = null;
    this.putOff = null;
    this.ended = new AbortController();
    const listen = { signal: this.ended.signal };
    addEventListener("online", () => this.dial(), listen);
    addEventListener("offline", () => this.refused || this.hangUp(), listen);
    addEventListener("pageshow", () => this.dial(), listen);
    document.addEventListener("visibilitychange", () => document.hidden || this.dial(), listen);
    changed("connecting");
    this.dial();
  }

  /** Sends an entry now, or with the next hello. */
  send(entry) {
    if (!this.greeted) return;
    const { kept_at, ...message } = entry;
    this.socket.send(JSON.stringify(message));
    this.unconfirmed ??= setTimeout(() => this.hangUp(), CONFIRM_WITHIN_MS);
  }

  /** The server has that entry. */
  confirmed(id) {
    this.kept.drop(id);
    clearTimeout(this.unconfirmed);
    this.unconfirmed = null;
    if (this.greeted && this.kept.entries.size && !this.putOff) {
      this.unconfirmed = setTimeout(() => this.hangUp(), CONFIRM_WITHIN_MS);
    }
  }

  /** The server has no room for an entry: the line is sound, and everything that waits goes out again later. */
  sendLater() {
    clearTimeout(this.unconfirmed);
    this.unconfirmed = null;
    this.putOff ??= setTimeout(() => this.sendKept(), SEND_AGAIN_MS);
  }

  sendKept() {
    clearTimeout(this.putOff);
    this.putOff = null;
    for (const entry of this.kept.inOrder()) this.send(entry);
  }

  /** Tries again after a refusal. */
  retry() {
    this.refused = false;
    this.changed("connecting");
    this.dial();
  }

  /** Ends the session for good. */
  close() {
    this.ended.abort();
    this.forget();
  }

  dial() {
    if (this.socket || this.refused) return;
    clearTimeout(this.waiting);
    const socket = new WebSocket(address(this.session, this.after()));
    this.socket = socket;
    socket.addEventListener("message", (event) => socket === this.socket && this.take(JSON.parse(event.data)));
    socket.addEventListener("close", () => socket === this.socket && this.hangUp());
  }

  take(message) {
    if (message.type === "hello") this.greet();
    if (message.type === "kept") this.confirmed(message.id);
    if (message.type === "not_kept") this.sendLater();
    if (message.type === "refused") this.refuse();
    this.hear(message);
  }

  greet() {
    this.greeted = true;
    this.drops = 0;
    this.changed("online");
    this.sendKept();
  }

  refuse() {
    this.refused = true;
    this.forget();
    this.changed("refused");
  }

  /** Lets go of the line and dials again after a while. */
  hangUp() {
    this.forget();
    this.changed("offline");
    const wait = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** this.drops) * (0.75 + Math.random() / 4);
    this.drops += 1;
    this.waiting = setTimeout(() => this.dial(), Math.max(FIRST_WAIT_MS, wait));
  }

  forget() {
    const socket = this.socket;
    this.socket = null;
    this.greeted = false;
    clearTimeout(this.waiting);
    clearTimeout(this.unconfirmed);
    clearTimeout(this.putOff);
    this.unconfirmed = null;
    this.putOff = null;
    socket?.close();
  }
}

function address({ person, chat }, after) {
  const scheme = location.protocol === "https:" ? "wss:" : "ws:";
  return `${scheme}//${location.host}/console/socket?${new URLSearchParams({ person, chat, after })}`;
}
