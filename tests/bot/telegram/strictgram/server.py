"""The stub Bot API server: state, checks, answers. The user's side (driver API) is in driver.py."""

import asyncio
import copy
import json
import math
import re
import time
from collections import deque
from dataclasses import dataclass, field

import aiohttp
from aiohttp import web

from . import markup
from .schema import Schema, Upload

OFF_BY_DEFAULT = {"chat_member", "message_reaction", "message_reaction_count"}  # unless named in allowed_updates
NOT_MODIFIED = (
    "message is not modified: specified new message content and reply markup are exactly the same as a "
    "current content and reply markup of the message"
)
QUERY_OLD = "query is too old and response timeout expired or query ID is invalid"
COUNTED = re.compile(
    r"(send(?!ChatAction)|copy|forward|edit)", re.IGNORECASE
)  # methods that Telegram's flood limits count


class ApiError(Exception):
    def __init__(self, code, text, **parameters):
        super().__init__(text)
        self.code, self.parameters = code, parameters
        prefix = {400: "Bad Request: ", 403: "Forbidden: ", 409: "Conflict: "}.get(code, "")
        self.description = text if text.startswith(prefix) else prefix + text


@dataclass
class Chat:
    id: int
    type: str
    title: str = ""
    forum: bool = False
    user: dict = None  # private chats
    open: bool = True  # private: has the user started the bot
    bot: str = "member"  # the bot's own status here; "kicked" in private = blocked
    members: dict = field(default_factory=dict)  # user id -> status
    topics: set = field(default_factory=set)
    messages: dict = field(default_factory=dict)  # ids start at 1 in EVERY chat, so keying by message_id alone shows
    versions: dict = field(default_factory=dict)  # message id -> earlier states (for stale taps)
    moved_to: int = None
    last_id: int = 0
    sent: deque = field(default_factory=deque)  # times of counted calls

    def json(self):
        out = {"id": self.id, "type": self.type}
        out |= (
            {k: v for k, v in self.user.items() if k in ("first_name", "username")}
            if self.user
            else {"title": self.title}
        )
        return out | ({"is_forum": True} if self.forum else {})


@dataclass
class Fault:
    method: str
    kind: str
    times: int = 1
    skip: int = 0
    chat: int = None
    value: float = 0


class BotApi:
    def __init__(
        self,
        token="123456:STRICT-TEST-TOKEN",
        username="strict_bot",
        host="127.0.0.1",
        port=0,
        *,
        limits=True,
        privacy=True,
        per_second=30,
        chat_burst=5,
        group_per_minute=20,
        callback_ttl=30.0,
        retry_base=0.2,
        clock=time.monotonic,
    ):
        self.token, self.host, self.port, self.clock = token, host, port, clock
        self.me = {
            "id": int(token.split(":")[0]),
            "is_bot": True,
            "first_name": "Strict",
            "username": username,
            "can_join_groups": True,
            "can_read_all_group_messages": not privacy,
            "supports_inline_queries": True,
        }
        self.author = {
            k: self.me[k] for k in ("id", "is_bot", "first_name", "username")
        }  # the bot as a message's sender
        self.limits, self.per_second, self.chat_burst = limits, per_second, chat_burst
        self.group_per_minute, self.callback_ttl, self.retry_base = group_per_minute, callback_ttl, retry_base
        self.schema = Schema()
        self.users, self.chats, self.files, self.callbacks, self.inline = {}, {}, {}, {}, {}
        self.queue, self.replays, self.history, self.held = deque(), deque(), {}, None
        self.next_update, self.allowed, self.webhook, self.poller = 100001, None, None, None
        self.lanes, self.wake, self.tasks, self.busy, self.last_activity = {}, asyncio.Event(), set(), 0, 0.0
        self.events, self.violations, self.faults, self.sent = [], [], [], deque()
        self.commands, self.profile, self.reactions = {}, {}, {}

    # ---- life ----
    async def start(self):
        app = web.Application(client_max_size=64 * 2**20)
        app.router.add_route("*", "/bot{token:[^/]+}/{method}", self._http)
        app.router.add_get("/file/bot{token:[^/]+}/{path:.+}", self._http_file)
        app.router.add_post("/_drive/{name}", self._http_drive)
        self.runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.5)
        await self.runner.setup()
        site = web.TCPSite(self.runner, self.host, self.port)
        await site.start()
        self.port = site._server.sockets[0].getsockname()[1]
        self.session = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=10))
        return self

    async def stop(self):
        for task in list(self.tasks):
            task.cancel()
        await self.session.close()
        await self.runner.cleanup()

    async def __aenter__(self):
        return await self.start()

    async def __aexit__(self, *exc):
        await self.stop()

    url = property(lambda self: f"http://{self.host}:{self.port}")
    base_url = property(lambda self: self.url + "/bot")
    base_file_url = property(lambda self: self.url + "/file/bot")

    # ---- record ----
    def log(self, kind, chat=None, **more):
        self.last_activity = time.monotonic()
        self.events.append(
            {"n": len(self.events) + 1, "t": round(time.time(), 3), "kind": kind, "chat": chat, **copy.deepcopy(more)}
        )

    def violate(self, code, text, chat=None):
        self.violations.append({"code": code, "text": text, "chat": chat})
        self.log("violation", chat, code=code, text=text)

    # ---- HTTP ----
    async def _http(self, request):
        self.busy += 1
        try:
            return await self._answer(request)
        finally:
            self.busy -= 1
            self.last_activity = time.monotonic()

    async def _answer(self, request):
        if request.match_info["token"] != self.token:
            return _reply(ApiError(401, "Unauthorized"))
        name, raw = self.schema.name_of(request.match_info["method"]), dict(request.query)
        if not name:
            self.violate("unknown_method", request.match_info["method"])
            return _reply(ApiError(404, "Not Found: method not found"))
        if request.content_type == "application/json":
            raw |= await request.json()
        else:
            for key, value in (await request.post()).items():
                is_file = isinstance(value, web.FileField)
                raw[key] = Upload(value.filename, value.file.read(), value.content_type) if is_file else value
        if name == "getUpdates":
            fault = next((f for f in self.faults if f.method == name and f.times > 0), None)
            if fault:
                fault.times -= 1
                if not fault.kind.isdigit():
                    return await self._vanish(request, fault)
                more = {"retry_after": int(fault.value)} if fault.kind == "429" else {}
                return _reply(ApiError(int(fault.kind), "Injected fault", **more))
            params, found = self.schema.read(name, raw)
            return _reply(await self._get_updates(**params) if not found else ApiError(400, found[0][1]))
        fault = self._fault(name, raw.get("chat_id"))
        if fault and fault.kind in ("timeout", "drop"):
            self.log("fault", fault.chat, method=name, fault=fault.kind)
            return await self._vanish(request, fault)
        result = self.call(name, raw, fault)
        if fault and fault.kind in ("timeout_after", "drop_after"):
            self.log("fault", fault.chat, method=name, fault=fault.kind)
            return await self._vanish(request, fault)
        return _reply(result)

    async def _vanish(self, request, fault):
        if fault.kind.startswith("timeout"):
            await asyncio.sleep(fault.value or 30)
        request.transport.close()
        return web.Response(status=504)

    def _fault(self, method, chat):
        for f in self.faults:
            if f.method.lower() in ("*", method.lower()) and f.chat in (None, _int(chat)) and f.times > 0:
                if f.skip > 0:
                    f.skip -= 1
                    continue
                f.times -= 1
                return f

    async def _http_file(self, request):
        upload = next((u for i, u in self.files.items() if request.match_info["path"].startswith(i + "/")), None)
        if request.match_info["token"] != self.token or upload is None:
            return web.Response(status=404)
        return web.Response(body=upload.data, content_type="application/octet-stream")

    # ---- one call ----
    def call(self, name, raw, fault=None):
        """Check and carry out one call -> its result or an ApiError; everything is logged."""
        params, found = self.schema.read(name, raw)
        uploads = {k: v for k, v in raw.items() if isinstance(v, Upload)}
        chat_id = _int(params.get("chat_id"))
        shown = {k: f"<file {v.name} {len(v.data)} bytes>" if isinstance(v, Upload) else v for k, v in params.items()}
        for code, text in found:
            self.violate(code, text, chat_id)
        try:
            if fault and fault.kind.isdigit():
                raise {
                    "429": ApiError(
                        429,
                        f"Too Many Requests: retry after {int(fault.value or 3)}",
                        retry_after=int(fault.value or 3),
                    ),
                    "403": ApiError(403, "bot was blocked by the user"),
                }.get(fault.kind, ApiError(int(fault.kind), "Injected fault"))
            hard = [p for p in found if p[0] != "unknown_field"]
            if any("callback_data" in t for _, t in hard):
                raise ApiError(400, "BUTTON_DATA_INVALID")
            if hard:
                raise ApiError(400, hard[0][1])
            self._check(name, params)
            if COUNTED.match(name):
                self._flood(chat_id)
            handler = getattr(self, "_" + re.sub("([A-Z])", r"_\1", name).lower(), None)
            if handler:
                result = handler(params, uploads)
            elif name.startswith("send") and "Message" in self.schema.methods[name]["returns"]:
                result = self._send(name[4:], params, uploads)
            else:
                self._message_if_named(params)
                result = self.schema.blank(self.schema.methods[name]["returns"][0], params)
        except ApiError as e:
            e.parameters = {k: v for k, v in e.parameters.items() if v}
            self.log("error", chat_id, method=name, params=shown, code=e.code, description=e.description)
            if e.code == 400 and not fault:
                self.violate(
                    "not_modified" if NOT_MODIFIED in e.description else "rejected", f"{name}: {e.description}", chat_id
                )
            return e
        except Exception as e:  # a fault of this stub, never to be mistaken for the bot's
            self.violate("stub_error", f"{name}: {type(e).__name__}: {e}", chat_id)
            return ApiError(500, f"Internal Server Error: {e}")
        message = result if isinstance(result, dict) and "chat" in result else None
        self.log(
            "bot",
            chat_id,
            method=name,
            params=shown,
            message_id=message and message["message_id"],
            view=message and view(message),
        )
        return result

    def _check(self, name, params):
        for text, mode, low, high, key in self.schema.formatted(params, self.schema.methods[name]["fields"]):
            try:
                plain = markup.parse(text, mode)[0]
            except markup.MarkupError as e:
                raise ApiError(400, f"can't parse entities: {e}")
            if len(plain.strip()) < low:
                raise ApiError(400, f"message {key} is empty")
            if len(plain) > high:
                raise ApiError(400, "message is too long" if key == "text" else f"message {key} is too long")
        keyboard = (params.get("reply_markup") or {}).get("inline_keyboard")
        buttons = [b for row in keyboard or [] for b in row]
        if len(buttons) > 100:
            raise ApiError(400, "reply markup is too long")
        if any(len(row) > 8 for row in keyboard or []):
            self.violate("wide_row", "more than 8 buttons in a row", params.get("chat_id"))
        for b in buttons:
            actions = set(b) - {"text", "style", "icon_custom_emoji_id"}
            if len(actions) != 1:
                raise ApiError(
                    400,
                    "Text buttons are unallowed in the inline keyboard"
                    if not actions
                    else "button has several actions",
                )
            if not b["text"].strip():
                raise ApiError(400, "inline keyboard button text must be non-empty")
            if "url" in b and not re.match(r"(https?://[^\s/]+\.|https?://localhost|tg://)", b["url"]):
                raise ApiError(400, f"inline keyboard button URL '{b['url']}' is invalid: Wrong HTTP URL")

    def _flood(self, chat_id):
        now, chat = self.clock(), self.chats.get(chat_id)
        windows = [(self.sent, self.per_second, 1.0)]
        if chat:
            windows.append((chat.sent, self.chat_burst, float(self.chat_burst)))
            if chat.type != "private":
                windows.append((chat.sent, self.group_per_minute, 60.0))
        for times, allowed, span in windows if self.limits else ():
            recent = [t for t in times if t > now - span]
            if len(recent) >= allowed:
                wait = max(1, math.ceil(recent[-allowed] + span - now))
                self.violate("flood", f"more than {allowed} messages in {span:g} s", chat_id)
                raise ApiError(429, f"Too Many Requests: retry after {wait}", retry_after=wait)
        for times in [self.sent] + ([chat.sent] if chat else []):
            times.append(now)
            while times[0] < now - 61:
                times.popleft()

    def _chat(self, chat_id):
        chat = self.chats.get(_int(chat_id))
        if chat is None:
            raise ApiError(400, "chat not found")
        if chat.moved_to:
            raise ApiError(400, "group chat was upgraded to a supergroup chat", migrate_to_chat_id=chat.moved_to)
        if chat.type == "private" and not chat.open:
            raise ApiError(403, "bot can't initiate conversation with a user")
        if chat.bot == "kicked":
            raise ApiError(
                403, "bot was blocked by the user" if chat.user else f"bot was kicked from the {chat.type} chat"
            )
        if chat.bot == "left":
            raise ApiError(403, f"bot is not a member of the {chat.type} chat")
        return chat

    def _message_if_named(self, params, what="message", own=False):
        chat = self._chat(params["chat_id"]) if "chat_id" in params else None
        if chat is None or "message_id" not in params:
            return chat, None
        message = chat.messages.get(params["message_id"])
        if message is None:
            raise ApiError(400, f"{what} not found")
        if own and message["from"]["id"] != self.me["id"]:
            raise ApiError(400, "message can't be edited")
        return chat, message

    # ---- sending ----
    def store(self, chat, sender, **content):
        chat.last_id += 1
        message = {"message_id": chat.last_id, "from": sender, "chat": chat.json(), "date": int(time.time()), **content}
        chat.messages[chat.last_id] = message
        return message

    def keep_file(self, upload):
        file_id = f"file{len(self.files) + 1}"
        self.files[file_id] = upload
        return {"file_id": file_id, "file_unique_id": "u" + file_id, "file_size": len(upload.data)}

    def media(self, kind, value, uploads):
        if isinstance(value, str) and value.startswith("attach://"):
            value = uploads.get(value[9:])
            if value is None:
                raise ApiError(400, "there is no file in the request under the attach:// name")
        if isinstance(value, Upload):
            if len(value.data) > (10 if kind == "photo" else 50) * 2**20 or not value.data:
                raise ApiError(400, "file must be non-empty" if not value.data else "file is too big")
            file = self.keep_file(value) | (
                {} if kind == "photo" else {"file_name": value.name, "mime_type": value.mime}
            )
        elif value in self.files:
            file = {"file_id": value, "file_unique_id": "u" + value, "file_size": len(self.files[value].data)}
        else:
            raise ApiError(400, "wrong file identifier/HTTP URL specified")
        if kind == "photo":
            return [file | {"width": 800, "height": 600}]
        return self.schema.blank(kind.title().replace("_", ""), file)

    def _content(self, kind, p, uploads):
        if kind == "message":
            text, entities = markup.parse(p["text"], p.get("parse_mode"))
            return {
                "text": text,
                **({"entities": entities or p.get("entities")} if entities or p.get("entities") else {}),
            }
        key = re.sub("(?<!^)([A-Z])", r"_\1", kind).lower()
        out = {}
        if key in ("photo", "document", "video", "audio", "animation", "voice", "video_note", "sticker"):
            out[key] = self.media(key, p.get(key, p.get("media")), uploads)
            if p.get("caption"):
                out["caption"], entities = markup.parse(p["caption"], p.get("parse_mode"))
                out |= {"caption_entities": entities} if entities else {}
        else:
            out[key] = self.schema.blank(
                "".join(w.title() for w in key.split("_")), p.get(key) if isinstance(p.get(key), dict) else p
            )
        return out

    def _send(self, kind, p, uploads):
        chat = self._chat(p["chat_id"])
        extra, thread, reply = {}, p.get("message_thread_id"), p.get("reply_parameters") or {}
        if thread is not None:
            if thread not in chat.topics:
                raise ApiError(400, "message thread not found")
            extra |= {"message_thread_id": thread, "is_topic_message": True}
        if target := reply.get("message_id"):
            if target in chat.messages:
                extra["reply_to_message"] = {k: v for k, v in chat.messages[target].items() if k != "reply_to_message"}
            elif not reply.get("allow_sending_without_reply"):
                raise ApiError(400, "message to be replied not found")
        content = self._content("message" if kind == "Message" else kind[0].lower() + kind[1:], p, uploads)
        shown = p.get("reply_markup") or {}
        if "inline_keyboard" in shown:
            extra["reply_markup"] = shown
        message = self.store(chat, self.author, **content, **extra)
        if shown and "inline_keyboard" not in shown:
            self.log("reply_keyboard", chat.id, markup=shown)
        return message

    def _send_media_group(self, p, uploads):
        if not 2 <= len(p["media"]) <= 10:
            raise ApiError(400, "an album must have 2-10 items")
        return [self._send(m["type"].title(), {**p, **m}, uploads) for m in p["media"]]

    def _send_chat_action(self, p, uploads):
        return bool(self._chat(p["chat_id"]))

    def _copy_message(self, p, uploads):
        return {"message_id": self._forward_message(p, uploads, origin=False)["message_id"]}

    def _forward_message(self, p, uploads, origin=True):
        source = self._message_if_named(
            {"chat_id": p["from_chat_id"], "message_id": p["message_id"]}, "message to forward"
        )[1]
        skip = {"message_id", "chat", "date", "from", "reply_markup", "edit_date", "reply_to_message"}
        more = (
            {"forward_origin": {"type": "user", "date": source["date"], "sender_user": source["from"]}}
            if origin
            else {}
        )
        return self.store(
            self._chat(p["chat_id"]), self.author, **{k: v for k, v in source.items() if k not in skip}, **more
        )

    # ---- changing what was sent ----
    def _edit(self, p, needs, **content):
        if "inline_message_id" in p:
            return True
        if "chat_id" not in p or "message_id" not in p:
            raise ApiError(400, "message identifier is not specified")
        chat, old = self._message_if_named(p, "message to edit", own=True)
        if needs and not any(k in old for k in needs):
            raise ApiError(400, f"there is no {needs[0]} in the message to edit")
        new = {
            k: v
            for k, v in old.items()
            if k != "reply_markup" and not (content and k in ("entities", "caption_entities"))
        } | content
        if p.get("reply_markup", {}).get("inline_keyboard"):
            new["reply_markup"] = p["reply_markup"]
        if {**new, "edit_date": 0} == {**old, "edit_date": 0}:
            raise ApiError(400, NOT_MODIFIED)
        chat.versions.setdefault(old["message_id"], []).append(old)
        chat.messages[old["message_id"]] = new | {"edit_date": int(time.time())}
        return chat.messages[old["message_id"]]

    def _edit_message_text(self, p, uploads):
        return self._edit(p, ("text", "rich_message"), **self._content("message", p, uploads))

    def _edit_message_caption(self, p, uploads):
        caption, entities = markup.parse(p.get("caption", ""), p.get("parse_mode"))
        return self._edit(
            p,
            ("photo", "document", "video", "animation", "audio"),
            caption=caption,
            **({"caption_entities": entities} if entities else {}),
        )

    def _edit_message_media(self, p, uploads):
        return self._edit(p, (), **self._content(p["media"]["type"], p["media"], uploads))

    def _edit_message_reply_markup(self, p, uploads):
        return self._edit(p, ())

    def _delete_message(self, p, uploads):
        chat, message = self._message_if_named(p, "message to delete")
        if message["from"]["id"] != self.me["id"] and chat.type != "private" and chat.bot != "administrator":
            raise ApiError(400, "message can't be deleted")
        chat.versions.setdefault(message["message_id"], []).append(chat.messages.pop(message["message_id"]))
        return True

    def _answer_callback_query(self, p, uploads):
        query = self.callbacks.get(p["callback_query_id"])
        if query is None or query["answered"] or self.clock() - query["at"] > self.callback_ttl:
            raise ApiError(400, QUERY_OLD)
        query |= {"answered": True, "text": p.get("text"), "alert": bool(p.get("show_alert"))}
        self.log("toast", query["chat"], user=query["user"], text=p.get("text"), alert=bool(p.get("show_alert")))
        return True

    def _answer_inline_query(self, p, uploads):
        query = self.inline.get(p["inline_query_id"])
        if query is None or len(p["results"]) > 50:
            raise ApiError(400, QUERY_OLD if query is None else "RESULTS_TOO_MUCH")
        query["results"] = p["results"]
        return True

    def _set_message_reaction(self, p, uploads):
        chat, message = self._message_if_named(p, "message to react")
        if any(r["type"] == "emoji" and r["emoji"] not in self.schema.reactions for r in p.get("reaction", [])):
            raise ApiError(400, "REACTION_INVALID")
        self.reactions[chat.id, message["message_id"]] = p.get("reaction", [])
        return True

    # ---- the bot itself, chats, files ----
    def _get_me(self, p, uploads):
        return self.me

    def _set_my_commands(self, p, uploads):
        bad = [c["command"] for c in p["commands"] if not re.fullmatch(r"[a-z0-9_]{1,32}", c["command"])]
        if bad or len(p["commands"]) > 100:
            raise ApiError(400, "BOT_COMMAND_INVALID" if bad else "BOT_COMMANDS_TOO_MUCH")
        self.commands[
            json.dumps(p.get("scope") or {"type": "default"}, sort_keys=True), p.get("language_code") or ""
        ] = p["commands"]
        return True

    def _get_my_commands(self, p, uploads):
        return self.commands.get(
            (json.dumps(p.get("scope") or {"type": "default"}, sort_keys=True), p.get("language_code") or ""), []
        )

    def _set_my_description(self, p, uploads):
        self.profile["description", p.get("language_code") or ""] = p.get("description") or ""
        return True

    def _get_my_description(self, p, uploads):
        return {"description": self.profile.get(("description", p.get("language_code") or ""), "")}

    def _set_my_short_description(self, p, uploads):
        self.profile["short", p.get("language_code") or ""] = p.get("short_description") or ""
        return True

    def _get_my_short_description(self, p, uploads):
        return {"short_description": self.profile.get(("short", p.get("language_code") or ""), "")}

    def _get_chat(self, p, uploads):
        return self.schema.blank(
            "ChatFullInfo", self._chat(p["chat_id"]).json() | {"max_reaction_count": 11, "accent_color_id": 0}
        )

    def member(self, chat, user):
        status = chat.bot if user["id"] == self.me["id"] else chat.members.get(user["id"], "left")
        kind = {"creator": "Owner", "administrator": "Administrator", "kicked": "Banned", "left": "Left"}.get(
            status, "Member"
        )
        return self.schema.blank("ChatMember" + kind, {"user": user, "status": status})

    def _get_chat_member(self, p, uploads):
        user = next((u for u in [self.me, *self.users.values()] if u["id"] == p["user_id"]), None)
        if user is None:
            raise ApiError(400, "user not found")
        return self.member(self._chat(p["chat_id"]), user)

    def _get_chat_administrators(self, p, uploads):
        chat = self._chat(p["chat_id"])
        return [
            self.member(chat, u)
            for u in [self.me, *self.users.values()]
            if self.member(chat, u)["status"] in ("creator", "administrator")
        ]

    def _get_file(self, p, uploads):
        upload = self.files.get(p["file_id"])
        if upload is None or len(upload.data) > 20 * 2**20:
            raise ApiError(
                400, "wrong file_id or the file is temporarily unavailable" if upload is None else "file is too big"
            )
        return {
            "file_id": p["file_id"],
            "file_unique_id": "u" + p["file_id"],
            "file_size": len(upload.data),
            "file_path": f"{p['file_id']}/{upload.name}",
        }

    # ---- updates: long polling and webhook ----
    def push(self, kind, payload):
        """Put one update on its way to the bot -> its update_id, or None where the bot does not subscribe to the kind."""
        if kind not in self.allowed if self.allowed else kind in OFF_BY_DEFAULT:
            return None
        update = {"update_id": self.next_update, kind: copy.deepcopy(payload)}
        self.next_update += 1
        self.history[update["update_id"]] = update
        self.held.append(update) if self.held is not None else self.deliver(update)
        return update["update_id"]

    def deliver(self, update, again=False):
        self.last_activity = time.monotonic()
        if not self.webhook:
            (self.replays if again else self.queue).append(update)
            return self.wake.set()
        kind, body = next(
            (k, v) for k, v in update.items() if k != "update_id"
        )  # like the real server: one lane a chat for
        who = body["chat"] if "chat" in body else body["from"]  # messages, another a user for button taps
        lane = self.lanes.setdefault((kind in ("message", "edited_message") or kind, who["id"]), deque())
        lane.append(update)
        if len(lane) == 1:
            task = asyncio.get_running_loop().create_task(self._drain(lane))
            self.tasks.add(task)
            task.add_done_callback(self.tasks.discard)

    async def _drain(self, lane):
        while lane and self.webhook:
            headers = {"X-Telegram-Bot-Api-Secret-Token": self.webhook["secret"]} if self.webhook["secret"] else {}
            for attempt in range(8):
                try:
                    async with self.session.post(self.webhook["url"], json=lane[0], headers=headers) as r:
                        body = await r.read()
                        if 200 <= r.status < 300:
                            self._webhook_reply(body)
                            break
                        self.webhook["error"] = f"Wrong response from the webhook: {r.status} {r.reason}"
                except (TimeoutError, aiohttp.ClientError) as e:
                    self.webhook["error"] = str(e) or type(e).__name__
                self.log(
                    "webhook_retry", update_id=lane[0]["update_id"], attempt=attempt + 1, error=self.webhook["error"]
                )
                await asyncio.sleep(self.retry_base * 2**attempt)
            else:
                self.log("webhook_dropped", update_id=lane[0]["update_id"])
            lane.popleft()

    def _webhook_reply(self, body):
        try:
            reply = json.loads(body)
            name = self.schema.name_of(reply.pop("method", ""))
        except (ValueError, AttributeError):
            return
        if name and not name.startswith("get"):
            self.call(name, reply)

    async def _get_updates(self, offset=0, limit=100, timeout=0, allowed_updates=None):
        if self.webhook:
            return ApiError(
                409,
                "can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first",
            )
        if allowed_updates is not None:
            self.allowed = allowed_updates
        while offset > 0 and self.queue and self.queue[0]["update_id"] < offset:
            self.queue.popleft()
        while offset < 0 and len(self.queue) > -offset:
            self.queue.popleft()
        me = self.poller = object()
        self.wake.set()
        ends = time.monotonic() + min(timeout, 50)
        while not (self.queue or self.replays):
            self.wake = asyncio.Event()
            self.busy -= 1
            try:
                await asyncio.wait_for(self.wake.wait(), max(0.0, ends - time.monotonic()))
            except TimeoutError:
                return []
            finally:
                self.busy += 1
            if self.poller is not me:
                self.violate("conflict", "two getUpdates at once")
                return ApiError(
                    409, "terminated by other getUpdates request; make sure that only one bot instance is running"
                )
        again = [self.replays.popleft() for _ in range(len(self.replays))]
        return again + list(self.queue)[:limit]

    def _set_webhook(self, p, uploads):
        if p["url"] and not re.match(r"https://|http://(127\.0\.0\.1|localhost)[:/]", p["url"]):
            raise ApiError(400, "bad webhook: An HTTPS URL must be provided for webhook")
        if not re.fullmatch(r"[\w-]{0,256}", p.get("secret_token") or "", re.ASCII):
            raise ApiError(400, "secret token contains unallowed characters")
        self.allowed = p.get("allowed_updates", self.allowed)
        self.webhook = {"url": p["url"], "secret": p.get("secret_token") or "", "error": None} if p["url"] else None
        waiting, self.queue, self.lanes = list(self.queue), deque(), {}
        for update in [] if p.get("drop_pending_updates") else waiting:
            self.deliver(update)
        return True

    def _delete_webhook(self, p, uploads):
        pending = [u for lane in self.lanes.values() for u in lane]
        self.webhook, self.lanes = None, {}
        self.queue.extend(pending)
        if p.get("drop_pending_updates"):
            self.queue.clear()
        return True

    def _get_webhook_info(self, p, uploads):
        hook = self.webhook or {"url": "", "error": None}
        pending = len(self.queue) + sum(map(len, self.lanes.values()))
        error = {"last_error_date": int(time.time()), "last_error_message": hook["error"]} if hook["error"] else {}
        return {"url": hook["url"], "has_custom_certificate": False, "pending_update_count": pending, **error}


def view(message):
    """What a person sees of one message."""
    rows = (message.get("reply_markup") or {}).get("inline_keyboard") or []
    out = {
        "message_id": message["message_id"],
        "from": message["from"]["first_name"],
        "text": message.get("text", message.get("caption", "")),
    }
    media = next(
        (k for k in ("photo", "document", "video", "checklist", "rich_message", "poll", "location") if k in message),
        None,
    )
    thread, reply = message.get("message_thread_id"), message.get("reply_to_message")
    return (
        out
        | ({"media": media, "file": (message[media] if media == "document" else {}).get("file_name")} if media else {})
        | ({"buttons": [[b["text"] for b in row] for row in rows]} if rows else {})
        | ({"edited": True} if "edit_date" in message else {})
        | ({"thread": thread} if thread else {})
        | ({"reply_to": reply["message_id"]} if reply else {})
    )


def _int(value):
    return int(value) if isinstance(value, int) or re.fullmatch(r"-?\d+", str(value)) else value


def _reply(result):
    if isinstance(result, ApiError):
        body = {"ok": False, "error_code": result.code, "description": result.description}
        return web.json_response(
            body | ({"parameters": result.parameters} if result.parameters else {}), status=result.code
        )
    return web.json_response({"ok": True, "result": result})
