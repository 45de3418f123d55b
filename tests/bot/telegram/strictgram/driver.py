"""The user's side: people, groups, taps, files, faults, and what a test reads back."""

import asyncio
import base64
import json
import re
import time
import urllib.error
import urllib.request

from aiohttp import web

from . import markup
from .schema import Upload
from .server import BotApi, Chat, Fault, view


class DriverError(Exception):
    """The test asked for something a person could not do (no such button, not in the group ...)."""


class StrictServer(BotApi):
    # ---- people and groups ----
    def user(self, name, language="en"):
        """Make a person known (any other call does it too) -> their id, which is also their private chat's id."""
        if name not in self.users:
            uid = 1000 + len(self.users) + 1
            self.users[name] = {
                "id": uid,
                "is_bot": False,
                "first_name": name,
                "username": f"{name}_user",
                "language_code": language,
            }
            self.chats[uid] = Chat(uid, "private", user=self.users[name], open=False)
        return self.users[name]["id"]

    def group(self, title, members=(), admin=None, forum=False, supergroup=True, bot="member"):
        """Make a group; its admin (or first member) adds the bot -> chat id. The bot gets my_chat_member."""
        cid = -(1001000000000 if supergroup else 5000) - len(self.chats) - 1
        chat = self.chats[cid] = Chat(cid, "supergroup" if supergroup else "group", title, forum, bot="left")
        for name in members:
            chat.members[self.user(name)] = "administrator" if name == admin else "member"
        self.bot_status(cid, bot, by=admin or next(iter(members), "owner"))
        return cid

    def topic(self, chat, name, by=None):
        """Open a forum topic -> its message_thread_id."""
        chat = self.chats[chat]
        creator = self.users[by or self._someone(chat)]
        message = self.store(chat, creator, forum_topic_created={"name": name, "icon_color": 7322096})
        message |= {"message_thread_id": message["message_id"], "is_topic_message": True}
        chat.topics.add(message["message_id"])
        self.push("message", message)
        return message["message_id"]

    def bot_status(self, chat, status, by):
        """Make the bot 'member', 'administrator', 'left' or 'kicked' in a group."""
        chat, user = self.chats[chat], self.users[self._name(by)]
        old, chat.bot = self.member(chat, self.me), status
        self.log("bot_status", chat.id, status=status, by=user["first_name"])
        self.push(
            "my_chat_member",
            {
                "chat": chat.json(),
                "from": user,
                "date": int(time.time()),
                "old_chat_member": old,
                "new_chat_member": self.member(chat, self.me),
            },
        )

    def member_status(self, chat, name, status):
        """A person joins ('member'), leaves ('left'), is banned ('kicked') or promoted ('administrator')."""
        chat, user = self.chats[chat], self.users[self._name(name)]
        old = self.member(chat, user)
        chat.members[user["id"]] = status
        service = {
            "member": {"new_chat_members": [user]},
            "left": {"left_chat_member": user},
            "kicked": {"left_chat_member": user},
        }.get(status)
        if service:
            self.push("message", self.store(chat, user, **service))
        if chat.bot == "administrator":
            self.push(
                "chat_member",
                {
                    "chat": chat.json(),
                    "from": user,
                    "date": int(time.time()),
                    "old_chat_member": old,
                    "new_chat_member": self.member(chat, user),
                },
            )

    def migrate(self, chat):
        """Upgrade a basic group to a supergroup -> the new id; calls to the old one then fail with migrate_to_chat_id."""
        old = self.chats[chat]
        new = Chat(
            -1001000000000 - len(self.chats) - 1, "supergroup", old.title, bot=old.bot, members=dict(old.members)
        )
        self.chats[new.id] = new
        who = self.users[self._someone(old)]
        self.push("message", self.store(old, who, migrate_to_chat_id=new.id))
        old.moved_to = new.id
        self.push("message", self.store(new, who, migrate_from_chat_id=old.id))
        return new.id

    def block(self, name, blocked=True):
        """The person blocks (or unblocks) the bot: its calls to them get 403, it gets my_chat_member."""
        chat = self.chats[self.user(name)]
        self.bot_status(chat.id, "kicked" if blocked else "member", by=name)

    # ---- what people do ----
    def say(self, name, text, chat=None, reply_to=None, thread=None):
        """Type a message, in the private chat or in `chat` -> message id. In a group with privacy on the bot sees only
        commands, mentions, replies to it and service messages, as in Telegram."""
        return self._post(name, chat, reply_to, thread, text=text, entities=markup.detect(text))

    def open_link(self, name, payload=""):
        """Open the bot by a t.me/<bot>?start=<payload> link and press START -> message id."""
        if payload and not re.fullmatch(r"[\w-]{1,64}", payload, re.ASCII):
            raise DriverError(f"a start payload has 1-64 characters of A-Z a-z 0-9 _ -: {payload!r}")
        return self.say(name, f"/start {payload}".strip())

    def photo(self, name, data, caption="", chat=None, reply_to=None, thread=None):
        sizes = [
            self.keep_file(Upload("photo.jpg", _bytes(data), "image/jpeg")) | {"width": w, "height": w}
            for w in (90, 800)
        ]
        return self._post(name, chat, reply_to, thread, photo=sizes, **_caption(caption))

    def document(
        self, name, data, filename, caption="", mime="application/octet-stream", chat=None, reply_to=None, thread=None
    ):
        file = self.keep_file(Upload(filename, _bytes(data), mime)) | {"file_name": filename, "mime_type": mime}
        return self._post(name, chat, reply_to, thread, document=file, **_caption(caption))

    def edit(self, name, message_id, text, chat=None):
        """Edit one's own earlier message (the bot gets edited_message)."""
        chat = self.chats[chat or self.user(name)]
        chat.messages[message_id] |= {"text": text, "entities": markup.detect(text), "edit_date": int(time.time())}
        self.log("user_edit", chat.id, who=name, message_id=message_id, text=text)
        self.push("edited_message", chat.messages[message_id])

    def react(self, name, message_id, emoji, chat=None):
        chat = self.chats[chat or self.user(name)]
        self.log("user_reaction", chat.id, who=name, message_id=message_id, emoji=emoji)
        if chat.type == "private" or chat.bot == "administrator":
            self.push(
                "message_reaction",
                {
                    "chat": chat.json(),
                    "message_id": message_id,
                    "user": self.users[name],
                    "date": int(time.time()),
                    "old_reaction": [],
                    "new_reaction": [{"type": "emoji", "emoji": emoji}],
                },
            )

    def tap(self, name, message_id, label, chat=None, stale=False):
        """Tap an inline button by its label -> callback query id. stale=True also finds buttons of earlier versions of
        the message (a phone that has not redrawn yet) and of deleted messages. URL and copy buttons return their value."""
        chat = self.chats[chat or self.user(name)]
        if chat.type != "private" and chat.members.get(self.user(name), "left") in ("left", "kicked"):
            raise DriverError(f"{name} is not in {chat.title}")
        current = chat.messages.get(message_id)
        shown = ([current] if current else []) + (chat.versions.get(message_id, [])[::-1] if stale else [])
        buttons = [b for m in shown for row in (m.get("reply_markup") or {}).get("inline_keyboard", []) for b in row]
        button = next((b for b in buttons if b["text"] == label), None) or next(
            (b for b in buttons if label in b["text"]), None
        )
        if button is None:
            raise DriverError(f"message {message_id} has no button {label!r}; it has {[b['text'] for b in buttons]}")
        if "callback_data" not in button:
            self.log("user_tap", chat.id, who=name, message_id=message_id, label=button["text"])
            return button.get("url") or button.get("copy_text", {}).get("text") or button
        qid = str(7000001 + len(self.callbacks))
        self.callbacks[qid] = {"at": self.clock(), "answered": False, "chat": chat.id, "user": name, "text": None}
        self.log(
            "user_tap",
            chat.id,
            who=name,
            message_id=message_id,
            label=button["text"],
            data=button["callback_data"],
            query=qid,
        )
        message = current or {"chat": chat.json(), "message_id": message_id, "date": 0}
        self.push(
            "callback_query",
            {
                "id": qid,
                "from": self.users[name],
                "message": message,
                "chat_instance": str(chat.id * 7),
                "data": button["callback_data"],
            },
        )
        return qid

    def query(self, name, text):
        """Type an inline query (@bot text) -> its id; the answer is in inline_results(id)."""
        self.user(name)
        qid = str(9000001 + len(self.inline))
        self.inline[qid] = {"results": None}
        self.push(
            "inline_query", {"id": qid, "from": self.users[name], "query": text, "offset": "", "chat_type": "sender"}
        )
        return qid

    def raw(self, kind, payload):
        """Push any other update as it is -> update_id."""
        return self.push(kind, payload)

    # ---- faults and disorder ----
    def fault(self, method, kind, times=1, skip=0, chat=None, value=0):
        """Spoil the next calls of a method ('*' = any). kind: '429' (value = retry_after), '500', '502', '403', '400';
        'timeout' / 'drop' (nothing is done) or 'timeout_after' / 'drop_after' (it IS done, the bot never hears);
        value = seconds to hang."""
        self.faults.append(Fault(method, str(kind), times, skip, chat, value))

    def redeliver(self, update_id):
        """Deliver an earlier update once more (Telegram does after a lost webhook answer or an unconfirmed poll)."""
        self.log("redelivered", update_id=update_id)
        self.deliver(self.history[update_id], again=True)

    def hold(self):
        """Keep new updates back, to release() them later."""
        self.held = []

    def release(self, order=None):
        """Deliver what was held, in the order given (indexes), e.g. [1, 0] = swapped."""
        held, self.held = self.held or [], None
        for i in order if order is not None else range(len(held)):
            self.deliver(held[i], again=order is not None)

    # ---- what a test reads ----
    def screen(self, chat):
        """The chat as a person sees it now: a list of messages with text and button labels."""
        return [view(m) for m in self.chats[self._id(chat)].messages.values()]

    def last(self, chat):
        """The newest message of the bot in a chat, as on the screen, or None."""
        return next(self._mine(chat), None)

    def transcript(self, chat=None):
        """All that happened (in a chat), in order: user acts, bot calls with arguments, errors, faults, toasts."""
        return [e for e in self.events if chat is None or e["chat"] == self._id(chat)]

    def toast(self, query_id):
        """What the person saw after a tap -> {'answered', 'text', 'alert'}."""
        return {k: self.callbacks[query_id].get(k) for k in ("answered", "text", "alert")}

    def inline_results(self, query_id):
        return self.inline[query_id]["results"]

    def file(self, file_id):
        """A file of the chat, base64: what the bot sent, or the person."""
        return base64.b64encode(self.files[file_id].data).decode()

    def problems(self, ignore=()):
        """Everything the bot did wrong: broken calls, floods, unanswered taps. An empty list is a clean run."""
        open_taps = [
            {"code": "unanswered_tap", "text": q, "chat": c["chat"]}
            for q, c in self.callbacks.items()
            if not c["answered"]
        ]
        return [v for v in self.violations + open_taps if v["code"] not in ignore]

    def state(self):
        """Commands per scope and language, webhook, reactions, library version of the checks."""
        return {
            "api": self.schema.version,
            "commands": [[*k, v] for k, v in self.commands.items()],
            "webhook": self.webhook,
            "reactions": [[*k, v] for k, v in self.reactions.items()],
            "pending": len(self.queue),
        }

    def save(self, path):
        """Write the whole run to a JSON file."""
        with open(path, "w", encoding="utf-8") as f:
            json.dump(
                {"events": self.events, "problems": self.problems(), "state": self.state()},
                f,
                ensure_ascii=False,
                indent=1,
            )

    async def wait(self, chat, contains="", timeout=5.0, after=0):
        """Wait until a message of the bot containing a text stands in the chat -> it, as on the screen."""
        end = time.monotonic() + timeout
        while time.monotonic() < end:
            for m in self._mine(chat):
                if m["message_id"] > after and contains in m["text"]:
                    return m
            await asyncio.sleep(0.02)
        raise DriverError(
            f"no message of the bot with {contains!r} in {timeout} s; the chat shows {self.screen(chat)[-3:]}"
        )

    async def settle(self, quiet=0.3, timeout=15.0):
        """Wait until the bot has taken every update and has been silent for `quiet` seconds."""
        end = time.monotonic() + timeout
        while time.monotonic() < end:
            waiting = self.queue or self.replays or any(self.lanes.values()) or self.busy > 0
            if not waiting and time.monotonic() - self.last_activity > quiet:
                return True
            await asyncio.sleep(0.02)
        raise DriverError(
            f"the bot is still busy after {timeout} s: {len(self.queue)} updates unconfirmed, {self.busy} calls open"
        )

    # ---- inside ----
    def _post(self, name, chat, reply_to, thread, **content):
        self.user(name)
        chat = self.chats[chat or self.user(name)]
        user = self.users[name]
        if chat.type == "private":
            if chat.bot == "kicked":
                raise DriverError(f"{name} has blocked the bot")
            chat.open = True
        elif chat.members.get(user["id"], "left") in ("left", "kicked"):
            raise DriverError(f"{name} is not in {chat.title}")
        more = {k: v for k, v in content.items() if v not in ("", [], None)}
        if reply_to:
            more["reply_to_message"] = {k: v for k, v in chat.messages[reply_to].items() if k != "reply_to_message"}
        if thread:
            more |= {"message_thread_id": thread, "is_topic_message": True}
        elif (
            reply_to and chat.type == "supergroup"
        ):  # as in Telegram: a reply thread's id, which is NOT a topic to send to
            more["message_thread_id"] = chat.messages[reply_to].get("message_thread_id", reply_to)
        message = self.store(chat, user, **more)
        seen = chat.bot not in ("left", "kicked") and (
            chat.type == "private" or chat.bot == "administrator" or self._meant(message, more)
        )
        update = self.push("message", message) if seen else None
        self.log("user", chat.id, who=name, view=view(message), update_id=update, seen_by_bot=seen)
        return message["message_id"]

    def _mine(self, chat):
        return (
            view(m) for m in reversed(self.chats[self._id(chat)].messages.values()) if m["from"]["id"] == self.me["id"]
        )

    def _meant(self, message, more):
        if self.me["can_read_all_group_messages"]:
            return True
        text, at = message.get("text") or message.get("caption") or "", "@" + self.me["username"]
        command = text.split()[0] if text.startswith("/") else ""
        return (
            (bool(command) and ("@" not in command or command.lower().endswith(at.lower())))
            or at.lower() in text.lower()
            or (more.get("reply_to_message", {}).get("from", {}).get("id") == self.me["id"])
        )

    def _name(self, name):
        self.user(name)
        return name

    def _someone(self, chat):
        return next((n for n, u in self.users.items() if u["id"] in chat.members), None) or self._name("owner")

    def _id(self, chat):
        return self.user(chat) if isinstance(chat, str) else chat

    async def _http_drive(self, request):
        name, body = request.match_info["name"], await request.json() if request.can_read_body else {}
        if name not in REMOTE:
            return web.json_response({"error": f"no such driver call: {name}"}, status=404)
        try:
            result = getattr(self, name)(*body.get("args", []), **body.get("kwargs", {}))
            return web.json_response({"result": await result if asyncio.iscoroutine(result) else result})
        except (DriverError, KeyError, TypeError, ValueError) as e:
            return web.json_response({"error": f"{type(e).__name__}: {e}"}, status=400)


REMOTE = {n for n, f in vars(StrictServer).items() if callable(f) and not n.startswith("_")}


class Driver:
    """The same calls from another process or thread: Driver('http://127.0.0.1:9000').say('ann', 'hello')."""

    def __init__(self, url):
        self._url = url.rstrip("/")

    def __getattr__(self, name):
        def call(*args, **kwargs):
            body = json.dumps(
                {"args": args, "kwargs": kwargs}, default=lambda b: {"b64": base64.b64encode(b).decode()}
            ).encode()
            request = urllib.request.Request(f"{self._url}/_drive/{name}", body, {"Content-Type": "application/json"})
            try:
                with urllib.request.urlopen(request, timeout=120) as r:
                    return json.load(r)["result"]
            except urllib.error.HTTPError as e:
                raise DriverError(json.load(e)["error"]) from None

        return call


def _bytes(data):
    return base64.b64decode(data["b64"]) if isinstance(data, dict) else bytes(data)


def _caption(caption):
    return {"caption": caption, "caption_entities": markup.detect(caption)} if caption else {}
