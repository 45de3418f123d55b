"""Uses the page as people do: says, taps, and reads what a pane shows."""

from __future__ import annotations

import json
from difflib import unified_diff
from pathlib import Path
from textwrap import dedent

from playwright.sync_api import BrowserContext, Locator, Page, TimeoutError, WebSocketRoute, expect

READS = (Path(__file__).parent / "reads.js").read_text(encoding="utf-8")
MEASURES = (Path(__file__).parent / "measures.js").read_text(encoding="utf-8")
PATIENCE_MS = 10_000
NOBODY_ANSWERS = ("WebSocket connection to", "net::ERR_")


class Pane:
    """One session on the page."""

    def __init__(self, page: Page, person: str, chat: str) -> None:
        """`chat` is "me" or "group:CODE"."""
        self.page = page
        self.at = page.locator(f'.pane[data-person="{person}"][data-chat="{chat}"]')
        self.field = self.at.locator(".composer-input")
        self.log = self.at.locator(".log")

    def says(self, text: str) -> None:
        """Type a message and send it with the button."""
        self.field.fill(text)
        self.at.locator(".composer-send").click()

    def button(self, label: str) -> Locator:
        """The newest button with this label."""
        return self.at.get_by_role("button", name=label, exact=True).last

    def taps(self, label: str) -> None:
        """Tap the newest button with this label."""
        self.button(label).click()

    def reads(self) -> str:
        """Everything the pane shows, as `reads.js` says."""
        return str(self.at.evaluate(READS))

    def shows(self, text: str) -> None:
        """Wait until the pane shows exactly this, and nothing besides."""
        wanted = dedent(text).strip()
        try:
            self.page.wait_for_function(
                f"([pane, wanted]) => ({READS.strip()})(pane) === wanted",
                arg=[self.at.element_handle(), wanted],
                timeout=PATIENCE_MS,
            )
        except TimeoutError:
            differs = unified_diff(wanted.split("\n"), self.reads().split("\n"), "wanted", "shown", lineterm="", n=9)
            raise AssertionError("\n".join(differs)) from None

    def toasts(self, text: str) -> None:
        """Wait until a toast says this."""
        expect(self.at.locator(".toast p").get_by_text(text, exact=True).last).to_be_visible()

    def is_online(self, online: bool = True) -> None:
        """Wait until the pane says that its line is up, or down."""
        expect(self.at).to_have_attribute("data-connection", "online" if online else "offline")


class Screen:
    """A page of the console in a browser context of its own, and everything that went wrong on it."""

    def __init__(self, context: BrowserContext, address: str) -> None:
        """Nothing is open before `opens`."""
        self.page, self.address = context.new_page(), address
        self.troubles: list[str] = []
        self.watch(self.page)

    def watch(self, page: Page) -> None:
        """Note what goes wrong on this page."""
        page.set_default_timeout(PATIENCE_MS)
        page.on("pageerror", lambda error: self.troubles.append(str(error)))
        page.on("console", lambda message: self._note(message.type, message.text))

    def _note(self, kind: str, text: str) -> None:
        lost = any(words in text for words in NOBODY_ANSWERS)  # a server that ends is no mistake of the page
        if kind in ("error", "warning") and not lost:
            self.troubles.append(text)

    def opens(self, *sessions: str) -> list[Pane]:
        """Open panes, written `u01` or `group:hq@u20`, and wait until each has caught up."""
        self.page.goto(f"{self.address}?panes={','.join(sessions)}")
        panes = [self.pane(session) for session in sessions]
        for pane in panes:
            expect(pane.log).to_have_attribute("aria-busy", "false")
        return panes

    def pane(self, session: str) -> Pane:
        """The pane of a session that is open."""
        chat, _, person = session.rpartition("@")
        return Pane(self.page, person, chat or "me")


class Wire:
    """The lines of a screen to the server, which a test may cut and mend.

    A deaf line loses everything the server says, a blind one only what is to be shown: toasts come through.
    """

    def __init__(self, screen: Screen) -> None:
        """Whole. To be laid before the page is opened."""
        self.page, self.whole, self.deaf, self.blind = screen.page, True, False, False
        self._lines: list[WebSocketRoute] = []
        self.page.route_web_socket("**/console/socket?**", self._opened)

    def cut(self) -> None:
        """Drop every line, and let none come back."""
        self.whole = False
        for line in self._lines:
            line.close()
        self._lines.clear()

    def mend(self) -> None:
        """Let lines through again, and have the page dial at once, as when a network comes back."""
        self.whole, self.deaf, self.blind = True, False, False
        self.page.evaluate("dispatchEvent(new Event('online'))")

    def _opened(self, line: WebSocketRoute) -> None:
        if not self.whole:
            line.close()
            return
        server = line.connect_to_server()
        server.on_message(lambda message: None if self._loses(message) else line.send(message))
        self._lines.append(line)

    def _loses(self, message: str | bytes) -> bool:
        return self.deaf or (self.blind and json.loads(message)["type"] == "item")
