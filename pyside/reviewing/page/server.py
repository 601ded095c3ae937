"""A local web server for one person: a page on 127.0.0.1 that shows events and takes corrections.

Only who knows its address can use it: each path begins with a random token. Requests for another host name, or from the
page of another site, are refused, so that a page elsewhere in the browser can neither read nor write. The page loads
nothing from elsewhere, and the text of names never becomes markup.
"""

from __future__ import annotations

import hmac
import http.server
import json
import secrets
import sys
import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from pyside.aliases import Record
from pyside.errors import BadReview, Outdated, TouchTrainError, printable
from pyside.evaluation.events import event_classes
from pyside.reviewing.blind.desk import BlindDesk
from pyside.reviewing.desk import Desk
from pyside.reviewing.page.pictures import Gallery, Pictures
from pyside.system.records import from_json

HERE = Path(__file__).parent
_FILES = {
    "": ("page.html", "text/html"),
    "page.css": ("page.css", "text/css"),
    "page.js": ("page.js", "text/javascript"),
    "blind.js": ("blind.js", "text/javascript"),
}
_AHEAD = 4  # events whose pictures are made before they are asked for
_LISTED = 14  # rows
_LARGEST_BODY = 10_000  # bytes
_LONGEST_NUMBER = 9  # digits
_ONCE = "once"
_NOT_FOR_YOU = b"This page is not for you. Open the address that TouchTrain printed."
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


class ReviewServer:
    """Serves the page of a review until it is ended.

    Args:
        desk: what is reviewed.
        idle: seconds without a request after which it ends.
        port: to listen on; 0 for any free one.

    Attributes:
        address: of the page, with the token.
    """

    def __init__(self, desk: Desk | BlindDesk, idle: float = 1800.0, port: int = 0):
        self.desk, self.gallery, self._idle = desk, Gallery(), idle
        self.is_blind = isinstance(desk, BlindDesk)
        self.token = secrets.token_urlsafe(24)
        self._invitations: set[str] = set()
        self._latest, self._over = time.monotonic(), threading.Event()
        self._server = _Server(("127.0.0.1", port), self._handler())
        self.port: int = self._server.server_address[1]
        self.address = f"http://127.0.0.1:{self.port}/{self.token}/"
        if (place := desk.next_place()) is not None:  # which the page asks for first
            self._begin_pictures(place)

    def serve(
        self, should_stop: Callable[[], bool] = lambda: False, progress: Callable[[Record], None] = lambda record: None
    ) -> str:
        """Serve until the person ends the review, nobody has asked for anything for long, or it is to stop.

        Args:
            should_stop: asked twice a second.
            progress: receives `Desk.progress` twice a second.

        Returns:
            ``ended`` (by the person), ``idle`` or ``stopped``.
        """
        thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.1}, daemon=True)
        thread.start()
        try:
            while True:
                if self._over.wait(0.5):
                    return "ended"
                if should_stop():
                    return "stopped"
                if time.monotonic() - self._latest > self._idle:
                    return "idle"
                progress(self.desk.progress())
        finally:
            self.close()
            thread.join(5)

    def close(self) -> None:
        """End it; corrections are on the disk already."""
        self._over.set()
        self._server.shutdown()
        self._server.server_close()
        self.gallery.close()

    def _handler(self) -> type[http.server.BaseHTTPRequestHandler]:
        server = self

        class Handler(_Handler):
            owner = server

        return Handler

    def invitation(self) -> str:
        """Return an address that leads to the page once: other users can see the command line of a browser."""
        key = secrets.token_urlsafe(24)
        self._invitations.add(key)
        return f"http://127.0.0.1:{self.port}/{_ONCE}/{key}"

    def is_invited(self, key: str) -> bool:
        """Return whether a key of `invitation` is good, which it is once."""
        known = key in self._invitations
        self._invitations.discard(key)
        return known

    @property
    def is_over(self) -> bool:
        """Whether the review has ended: connections that are open yet may neither read nor write any more."""
        return self._over.is_set()

    # --- what can be asked for -------------------------------------------------------------------------------------

    def asked(self) -> None:
        """Note that somebody is there."""
        self._latest = time.monotonic()

    def begin(self) -> Record:
        """Return what the page needs first."""
        return {
            "blind": self.is_blind,
            "session": printable(str(self.desk.source.path)),
            "has_model": self.desk.source.has_model,
            "class_names": list(self.desk.class_names),
            "touch": [self.desk.class_names.index(name) for name in event_classes(self.desk.class_names)],
            "warnings": self.desk.warnings,
            "place": self.desk.next_place(),
            "progress": self.desk.progress(),
        }

    def event(self, place: int) -> Record:
        """Return an event with what its pictures are, and have those of the next ones made."""
        self.desk.check(place)
        about, pictures = self.desk.about(place), self._pictures(place)
        following, ahead = place, list[int]()
        for _ in range(_AHEAD):
            found = self.desk.next_place(following)
            if found is None or found in (place, *ahead):
                break
            ahead.append(found)
            following = found
        for one in ahead:
            self._begin_pictures(one)
        return {
            **about,
            "next": ahead[0] if ahead else None,
            "progress": self.desk.progress(),
            "pictures": {
                "numbers": [number + 1 for number in pictures.numbers],
                "size": pictures.size,
                "strip": bool(pictures.strip),
                "whole": bool(pictures.whole),
                "shown": pictures.shown + 1,
                "frame_size": pictures.frame_size,
                "box": pictures.box,
                "remark": pictures.remark,
            },
        }

    def listed(self, start: int) -> Record:
        """Return the events from a place on, as a list for a person: ``events``, at most 14."""
        return {"events": [self.desk.row(place) for place in range(start, min(start + _LISTED, len(self.desk.events)))]}

    def picture(self, place: int, which: str) -> bytes:
        """Return a picture of an event as PNG: its ``strip`` or the ``whole`` frame; b"" if there is none."""
        self.desk.check(place)
        pictures = self._pictures(place)
        return pictures.strip if which == "strip" else pictures.whole

    def correct(self, what: Mapping[str, Any]) -> Record:
        """Take a correction, see `Desk.correct`."""
        place, kind, seen = what.get("place"), what.get("kind"), what.get("seen")
        if type(place) is not int or not isinstance(kind, str) or type(seen) is not int:
            raise BadReview("A correction has the place of an event, a kind, and the number of the last one seen.")
        how = {name: what[name] for name in ("frame", "to", "label", "touches") if name in what}
        return {**self.desk.correct(place, kind, seen, **how), "progress": self.desk.progress()}

    def undo(self) -> Record:
        """Take back the last correction."""
        return {"place": self.desk.undo(), "progress": self.desk.progress()}

    def result(self) -> Record:
        """Return what the page says at the end."""
        found = {"found": self.desk.result()["summary"]} if isinstance(self.desk, BlindDesk) else {}
        return {**self.desk.progress(), **found}

    def end(self) -> None:
        """End the review; the process may be gone at once."""
        self._over.set()

    def _begin_pictures(self, place: int) -> Any:
        event = self.desk.events[place]
        stamp = self.desk.stamp(event.recording)
        marks, frames = self.desk.marks(event.recording), self.desk.source.frames.get(event.recording)
        return self.gallery.prepare(marks, event.first, event.last, stamp, self.is_blind, frames)

    def _pictures(self, place: int) -> Pictures:
        found: Pictures = self._begin_pictures(place).result()
        return found


class _Server(http.server.ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing of a browser that has gone."""
        if not isinstance(sys.exc_info()[1], (ConnectionError, TimeoutError)):
            super().handle_error(request, client_address)


class _Handler(http.server.BaseHTTPRequestHandler):
    """Answers requests; the server it belongs to is `owner`."""

    owner: ReviewServer
    protocol_version = "HTTP/1.1"
    server_version, sys_version = "TouchTrain", ""
    timeout = 60  # seconds for a request to arrive

    def do_GET(self) -> None:
        """Answer a GET request."""
        self._answer(dict.fromkeys(_FILES, self._file), self._of_page)

    def do_POST(self) -> None:
        """Answer a POST request."""
        self._answer({"correct": self._correct, "undo": self._undo, "end": self._end}, None)

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing on the console."""

    def _answer(self, known: Mapping[str, Callable[[str], None]], other: Callable[[str], bool] | None) -> None:
        try:
            self._respond(known, other)
        except (ConnectionError, TimeoutError):
            self.close_connection = True

    def _respond(self, known: Mapping[str, Callable[[str], None]], other: Callable[[str], bool] | None) -> None:
        try:
            name = self._allowed()
            if self.owner.is_over:
                raise ConnectionResetError
            if name is None:
                if not self._invited():
                    self._send(403, "text/plain", _NOT_FOR_YOU)
                return
            self.owner.asked()
            if name in known:
                known[name](name)
            elif other is None or not other(name):
                self._send(404, "text/plain", b"There is no such page.")
        except Outdated as error:
            self._fail(409, error)
        except BadReview as error:
            self._fail(400, error)
        except TouchTrainError as error:
            self._fail(507, error)

    def _allowed(self) -> str | None:
        """Return the name of the page after the token; None if the request may not be answered."""
        token, slash, name = self._path().partition("/")
        known = hmac.compare_digest(token.encode("utf-8", "replace"), self.owner.token.encode())
        return name if known and slash and self._from_here(is_page=self.command == "GET" and not name) else None

    def _path(self) -> str:
        """Return the path that was asked for, without the first slash; "" if it is none."""
        try:
            return unquote(urlsplit(self.path).path).removeprefix("/")
        except ValueError:
            return ""

    def _from_here(self, is_page: bool) -> bool:
        """Return whether a request names this computer, and comes from our page, or opens it in a window."""
        hosts = [f"{name}:{self.owner.port}" for name in ("127.0.0.1", "localhost")]
        host, origin = self.headers.get("Host", ""), self.headers.get("Origin")
        sent = {name: self.headers.get(f"Sec-Fetch-{name}", "") for name in ("Site", "Mode", "Dest")}
        opened = is_page and (sent["Mode"], sent["Dest"]) == ("navigate", "document")
        from_here = sent["Site"] in ("", "none", "same-origin") or opened
        return host in hosts and origin in (None, f"http://{host}") and from_here

    def _invited(self) -> bool:
        """Lead who comes by an invitation to the page; returns whether that was so."""
        first, _, key = self._path().partition("/")
        if self.command != "GET" or first != _ONCE or not (self._from_here(True) and self.owner.is_invited(key)):
            return False
        self._send(303, "text/plain", b"", Location=f"/{self.owner.token}/")
        return True

    # --- pages -----------------------------------------------------------------------------------------------------

    def _file(self, name: str) -> None:
        file, kind = _FILES[name]
        self._send(200, f"{kind}; charset=utf-8", (HERE / file).read_bytes())

    def _of_page(self, name: str) -> bool:
        what, _, rest = name.partition("/")
        if name == "begin":
            self._json(self.owner.begin())
        elif not (rest.isdecimal() and len(rest) <= _LONGEST_NUMBER):
            return False
        elif what == "event":
            self._json(self.owner.event(int(rest)))
        elif what == "list":
            self._json(self.owner.listed(int(rest)))
        elif what in ("strip", "whole"):
            data = self.owner.picture(int(rest), what)
            self._send(200 if data else 204, "image/png", data)
        else:
            return False
        return True

    def _correct(self, name: str) -> None:
        self._json(self.owner.correct(self._body()))

    def _undo(self, name: str) -> None:
        self._body()
        self._json(self.owner.undo())

    def _end(self, name: str) -> None:
        self._body()
        try:
            self._json(self.owner.result())
        finally:
            self.owner.end()

    def _body(self) -> Mapping[str, Any]:
        length = self.headers.get("Content-Length", "")
        known = length.isdecimal() and len(length) <= _LONGEST_NUMBER
        if not known or int(length) > _LARGEST_BODY:
            raise BadReview("A correction is a short JSON object.")
        try:
            found = from_json(self.rfile.read(int(length)))
        except ValueError:
            found = None
        if not isinstance(found, dict):
            raise BadReview("A correction is a JSON object.")
        return found

    # --- sending ---------------------------------------------------------------------------------------------------

    def _json(self, record: Any) -> None:
        self._send(200, "application/json", json.dumps(record, allow_nan=False).encode())

    def _fail(self, status: int, error: TouchTrainError) -> None:
        body = json.dumps({"identifier": error.identifier, "error": printable(error.text)}).encode()
        self._send(status, "application/json", body)

    def _send(self, status: int, kind: str, body: bytes, **more: str) -> None:
        if self.command == "POST" and status != 200:
            self.close_connection = True  # what is left of its body is not read
        self.send_response(status)
        headers = {
            "Content-Type": kind,
            **({} if status == 204 else {"Content-Length": str(len(body))}),
            "Content-Security-Policy": _POLICY,
            "Cache-Control": "no-store",
            "Referrer-Policy": "no-referrer",
            "X-Content-Type-Options": "nosniff",
            "Cross-Origin-Resource-Policy": "same-origin",
            **more,
        }
        if self.close_connection:
            headers["Connection"] = "close"
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)
