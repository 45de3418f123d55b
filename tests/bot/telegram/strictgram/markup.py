"""Telegram's HTML, MarkdownV2 and Markdown: text with markup -> (plain text, entities), or MarkupError as Telegram words it."""

import html
import re

TAGS = {
    "b": "bold",
    "strong": "bold",
    "i": "italic",
    "em": "italic",
    "u": "underline",
    "ins": "underline",
    "s": "strikethrough",
    "strike": "strikethrough",
    "del": "strikethrough",
    "span": "spoiler",
    "tg-spoiler": "spoiler",
    "a": "text_link",
    "code": "code",
    "pre": "pre",
    "blockquote": "blockquote",
    "tg-emoji": "custom_emoji",
    "tg-time": "date_time",
}
TAG = re.compile(r"<(/?)([^\s<>/]*)((?:\s+[\w-]+(?:\s*=\s*(?:\"[^\"]*\"|'[^']*'|[\w.-]+))?)*)\s*>")
ATTRIBUTE = re.compile(r"([\w-]+)(?:\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([\w.-]+)))?")
ENTITY = re.compile(r"&(?:lt|gt|amp|quot|#\d+|#x[0-9a-fA-F]+);")
RESERVED = "_*[]()~`>#+-=|{}.!"
MARKS = {"||": "spoiler", "__": "underline", "*": "bold", "_": "italic", "~": "strikethrough"}
AUTO = re.compile(r"(?<!\S)/[A-Za-z0-9_]{1,64}(?:@\w+)?|(?<!\w)@[A-Za-z]\w{3,31}|(?<!\w)#\w+|https?://\S+")


class MarkupError(ValueError):
    pass


def units(text):
    """Length as Telegram counts entity offsets: UTF-16 code units."""
    return len(text.encode("utf-16-le")) // 2


class _Builder:
    def __init__(self):
        self.text, self.size, self.entities, self.open = [], 0, [], []

    def put(self, text):
        self.text.append(text)
        self.size += units(text)

    def add(self, kind, start, **more):
        if self.size > start:
            self.entities.append({"type": kind, "offset": start, "length": self.size - start, **more})

    def done(self):
        plain = "".join(self.text)
        cut = units(plain.rstrip())
        kept = [{**e, "length": min(e["length"], cut - e["offset"])} for e in self.entities if e["offset"] < cut]
        return plain.rstrip(), sorted(kept, key=lambda e: (e["offset"], -e["length"], e["type"]))


def parse(text, mode=None):
    mode = (mode or "").lower()
    if mode == "html":
        return _html(text)
    if mode in ("markdownv2", "markdown"):
        return _markdown(text, mode == "markdownv2")
    if mode:
        raise MarkupError(f"unsupported parse_mode {mode!r}")
    return text.rstrip(), []


def _html(src):
    out, i = _Builder(), 0
    while i < len(src):
        if src[i] == "&" and (m := ENTITY.match(src, i)):
            out.put(html.unescape(m[0]))
            i = m.end()
        elif src[i] != "<":
            out.put(src[i])
            i += 1
        else:
            at, m = len(src[:i].encode()), TAG.match(src, i)
            name = (m[2] if m else re.match(r"</?([^\s>]*)", src[i:])[1]).lower()
            closing = src.startswith("</", i)
            if not closing and name not in TAGS:
                raise MarkupError(f'Unsupported start tag "{name}" at byte offset {at}')
            if closing and not out.open:
                raise MarkupError(f"Unexpected end tag at byte offset {at}")
            if not m:
                raise MarkupError(f"Unclosed {'end' if closing else 'start'} tag at byte offset {at}")
            if closing:
                tag, start, more = out.open.pop()
                if name and name != tag:
                    raise MarkupError(f'Unmatched end tag at byte offset {at}, expected "</{tag}>", found "</{name}>"')
                if tag == "code" and out.open and out.open[-1][0] == "pre":
                    out.open[-1][2].update(more)
                elif tag != "a" or more:
                    kind = "expandable_blockquote" if more.pop("expandable", None) else TAGS[tag]
                    out.add(kind, start, **more)
            else:
                given = {a[1].lower(): html.unescape(a[2] or a[3] or a[4] or "") for a in ATTRIBUTE.finditer(m[3])}
                more = {}
                if name == "span" and given.get("class") != "tg-spoiler":
                    raise MarkupError(f'Tag "span" must have class "tg-spoiler" at byte offset {at}')
                if name == "a" and given.get("href"):
                    more["url"] = given["href"]
                if name == "code" and given.get("class", "").startswith("language-"):
                    more["language"] = given["class"][9:]
                if name == "blockquote" and "expandable" in given:
                    more["expandable"] = True
                if name == "tg-emoji":
                    more["custom_emoji_id"] = given.get("emoji-id", "")
                if name == "tg-time":
                    more["unix_time"] = int(given.get("unix") or 0)
                out.open.append((name, out.size, more))
            i = m.end()
    if out.open:
        raise MarkupError(f'Can\'t find end tag corresponding to start tag "{out.open[-1][0]}"')
    return out.done()


def _markdown(src, v2):
    out, i, marks = _Builder(), 0, ("||", "__", "*", "_", "~") if v2 else ("*", "_")

    def until(stop, start):
        end = src.find(stop, start)
        if end < 0:
            raise MarkupError(f"Can't find end of the entity starting at byte offset {len(src[:i].encode())}")
        return end

    while i < len(src):
        mark = next((t for t in marks if src.startswith(t, i)), None)
        if src[i] == "\\" and i + 1 < len(src) and (ord(src[i + 1]) < 127 if v2 else src[i + 1] in "_*`["):
            out.put(src[i + 1])
            i += 2
        elif src[i] == "`":
            fence = "```" if src.startswith("```", i) else "`"
            end, start = until(fence, i + len(fence)), out.size
            out.put(re.sub(r"\\([`\\])", r"\1", src[i + len(fence) : end]))
            out.add("pre" if fence == "```" else "code", start)
            i = end + len(fence)
        elif mark:
            if out.open and out.open[-1][0] == mark:
                out.add(MARKS[mark], out.open.pop()[1])
            else:
                out.open.append((mark, out.size, i))
            i += len(mark)
        elif src[i] == "[" or (v2 and src.startswith("![", i)):
            i += src[i] == "!"
            out.open.append(("[", out.size, i))
            i += 1
        elif src[i] == "]" and out.open and out.open[-1][0] == "[":
            start = out.open.pop()[1]
            if src.startswith("](", i):
                end = until(")", i)
                out.add("text_link", start, url=src[i + 2 : end].replace("\\", ""))
                i = end
            i += 1
        elif v2 and src[i] == ">" and (i == 0 or src[i - 1] == "\n"):
            i += 1
        elif v2 and src[i] in RESERVED:
            raise MarkupError(f"Character '{src[i]}' is reserved and must be escaped with the preceding '\\'")
        else:
            out.put(src[i])
            i += 1
    if out.open:
        raise MarkupError(
            f"Can't find end of the entity starting at byte offset {len(src[: out.open[-1][2]].encode())}"
        )
    return out.done()


def detect(text):
    """The entities Telegram itself finds in what a user typed."""
    kinds = {"/": "bot_command", "@": "mention", "#": "hashtag", "h": "url"}
    return [
        {"type": kinds[m[0][0]], "offset": units(text[: m.start()]), "length": units(m[0])} for m in AUTO.finditer(text)
    ]
