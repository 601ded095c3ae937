"""The page of a review is for one person on this computer."""

from __future__ import annotations

import dataclasses
import http.client
import io
import json
import socket
import threading
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import numpy as np
import pytest
from PIL import Image

from pyside.curation.regions.view import View
from pyside.reviewing.blind.desk import BlindDesk
from pyside.reviewing.desk import Desk
from pyside.reviewing.page.pictures import Gallery
from pyside.reviewing.page.server import ReviewServer
from tests.curation.contacts.arrays import marks
from tests.data.conftest import WriteVideo

PNG = b"\x89PNG"


class Running:
    """A server in a thread, and requests to it as a browser makes them."""

    def __init__(self, session: Path, desk: Desk | BlindDesk | None = None, **how: Any):
        self.server = ReviewServer(desk or Desk(session), **how)
        self.ended: list[str] = []
        self.thread = threading.Thread(target=lambda: self.ended.append(self.server.serve()), daemon=True)
        self.thread.start()

    def ask(
        self, path: str, body: object = None, token: str | None = None, raw: bytes | None = None, **headers: str
    ) -> tuple[int, dict[str, str], bytes]:
        line = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=30)
        data = raw if raw is not None else None if body is None else json.dumps(body).encode()
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        method = "GET" if data is None else "POST"
        line.request(method, f"/{self.server.token if token is None else token}/{path}", data, named)
        answered = line.getresponse()
        found = answered.status, dict(answered.getheaders()), answered.read()
        line.close()
        return found

    def json(self, path: str, body: object = None) -> Any:
        status, _, data = self.ask(path, body)
        assert status == 200, data
        return json.loads(data)


@pytest.fixture
def running(session: Path) -> Iterator[Running]:
    """A review that is being served."""
    one = Running(session)
    yield one
    one.server.end()
    one.thread.join(10)
    assert not one.thread.is_alive()


def test_a_review_from_the_first_look_to_the_end(running: Running, session: Path) -> None:
    begun = running.json("begin")
    assert begun["class_names"] == ["NonTouch", "Touch"] and begun["touch"] == [1] and begun["place"] == 0
    event = running.json("event/0")
    assert (event["recording"], event["first"], event["last"], event["kind"]) == ("one", 41, 45, "touch")
    assert event["pictures"]["numbers"][0] == 36 and event["pictures"]["box"][2:] == [20, 20]
    assert event["trace"]["labels"][41 - event["trace"]["start"]] == 1
    for which in ("strip", "whole"):
        status, headers, data = running.ask(f"{which}/0")
        assert (status, headers["Content-Type"]) == (200, "image/png") and data.startswith(PNG)
    assert len(running.json("list/0")["events"]) == 4
    after = running.json("correct", {"place": 0, "kind": "no", "seen": event["seen"]})
    assert after["done"] and after["touches"] == [[11, 20, "Touch"]] and after["progress"]["done"] == 1
    assert (session / "corrections.jsonl").read_text(encoding="utf-8").count("\n") == 1
    assert running.json("undo", {}) == {"place": 0, "progress": running.json("begin")["progress"]}
    running.json("end", {})
    running.thread.join(10)
    assert running.ended == ["ended"]


def keys_in(record: Any) -> set[str]:
    """The keys of a record, and of all records in it."""
    if isinstance(record, Mapping):
        return {*record, *(key for one in record.values() for key in keys_in(one))}
    return {key for one in record for key in keys_in(one)} if isinstance(record, list) else set()


def test_a_blind_look_answers_nothing_that_tells_what_the_model_says(session: Path) -> None:
    one = Running(session, BlindDesk(session, 100, 0))
    begun = one.json("begin")
    assert begun["blind"] and begun["progress"] == {"events": 6, "done": 0, "seconds_left": None}
    hidden = {"trace", "probability", "labels", "label", "doubt", "reasons", "kind", "errors_left", "stratum", "given"}
    for place in range(6):
        event = one.json(f"event/{place}")
        rows = one.json(f"list/{place}")
        answered = one.json("correct", {"place": place, "kind": "no", "seen": event["seen"]})
        for record in (begun, event, rows, answered):
            assert not keys_in(record) & hidden
        assert event["touches"] == [] and event["answer"] is None
        numbers = [*range(event["first"], event["last"] + 1)]
        assert event["pictures"]["numbers"] == numbers and one.ask(f"strip/{place}")[2].startswith(PNG)
    first = one.json("event/0")["first"]
    marked = {"place": 0, "kind": "yes", "seen": 6, "touches": [[first, first + 2, "Touch"]]}
    assert one.json("correct", marked)["touches"] == marked["touches"]
    assert one.json("undo", {})["place"] == 0 and one.ask("correct", {**marked, "touches": "x"})[0] == 400
    assert "%" in " ".join(one.json("end", {})["found"])
    one.thread.join(10)
    assert not (session / "corrections.jsonl").exists()


def test_the_page_loads_nothing_from_elsewhere(running: Running) -> None:
    scripts = [("page.js", "text/javascript"), ("blind.js", "text/javascript")]
    for name, kind in (("", "text/html"), ("page.css", "text/css"), *scripts):
        status, headers, data = running.ask(name)
        assert status == 200 and headers["Content-Type"].startswith(kind)
        assert "default-src 'none'" in headers["Content-Security-Policy"] and headers["Cache-Control"] == "no-store"
        assert data.replace(b"http://www.w3.org/2000/svg", b"").find(b"http") < 0


def test_nobody_without_the_address_sees_or_writes_anything(running: Running, session: Path) -> None:
    own = urlsplit(running.server.address).netloc
    correction = {"place": 0, "kind": "no", "seen": 0}
    strangers: list[dict[str, Any]] = [
        {"token": "a" * 32},
        {"token": ""},
        {"token": "%00%C3%BC"},
        {"Host": "evil.example"},
        {"Host": f"evil.example:{running.server.port}"},
        {"Origin": "http://evil.example"},
        {"Origin": "null"},
        {"Sec_Fetch_Site": "cross-site"},
        {"Sec_Fetch_Site": "same-site"},
    ]
    for stranger in strangers:
        for body in (None, correction):
            status, _, data = running.ask("begin" if body is None else "correct", body, **stranger)
            assert status == 403 and str(session).encode() not in data, stranger
    assert not (session / "corrections.jsonl").exists()
    assert running.ask("correct", correction, Origin=f"http://{own}")[0] == 200


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("event/99", None, 400),
        ("event/-1", None, 404),
        ("event/x", None, 404),
        ("../begin", None, 404),
        ("page.html", None, 404),
        ("nothing", None, 404),
        ("correct", {}, 400),
        ("correct", {"place": 99, "kind": "no", "seen": 0}, 400),
        ("correct", {"place": True, "kind": "odd", "seen": 0}, 400),
        ("correct", [], 400),
        ("correct", {"place": True, "kind": "no", "seen": 0}, 400),
        ("correct", {"place": 0, "kind": "no", "seen": False}, 400),
        ("correct", {"place": 0.0, "kind": "no", "seen": 0}, 400),
        ("correct", {"place": 10**30, "kind": "no", "seen": 0}, 400),
        ("correct", {"place": 0, "kind": "yes", "seen": 0, "label": {}}, 400),
        ("correct", {"place": 0, "kind": "onset", "seen": 0, "frame": 41, "to": 10**30}, 400),
        (f"event/{'9' * 5000}", None, 404),
        ("event/", None, 404),
        ("strip/99", None, 400),
        ("nothing", {}, 404),
    ],
)
def test_what_makes_no_sense_is_refused_in_words(running: Running, path: str, body: object, status: int) -> None:
    assert running.ask(path, body)[0] == status
    assert running.json("begin")["progress"]["done"] == 0


@pytest.mark.parametrize("raw", [b"{", b"\xff", b"[" * 5000, b'{"place": NaN}', b"x" * 20_000])
def test_a_body_that_is_no_short_json_is_refused(running: Running, raw: bytes) -> None:
    assert running.ask("correct", raw=raw)[0] == 400


def test_a_connection_is_used_again_after_every_kind_of_request(running: Running) -> None:
    line = http.client.HTTPConnection("127.0.0.1", running.server.port, timeout=30)
    for method, path, body in (("POST", "undo", b"{}"), ("GET", "begin", None), ("POST", "correct", b"{}")) * 2:
        line.request(method, f"/{running.server.token}/{path}", body)
        assert line.getresponse().read().startswith(b"{")
    line.close()


def test_a_review_that_nobody_looks_at_ends_by_itself(session: Path) -> None:
    one = Running(session, idle=0.2)
    one.thread.join(20)
    assert one.ended == ["idle"]


def test_the_end_is_answered_before_the_process_may_go(running: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    handler, over = running.server._server.RequestHandlerClass, []
    send = handler._send

    def noted(self: Any, *parts: Any, **headers: Any) -> None:
        send(self, *parts, **headers)
        over.append(running.server.is_over)

    monkeypatch.setattr(handler, "_send", noted)
    assert running.json("end", {})["events"] == 4
    running.thread.join(10)
    assert over == [False] and running.ended == ["ended"]


def test_a_server_on_a_taken_port_says_so(session: Path) -> None:
    one = Running(session)
    with pytest.raises(OSError):
        ReviewServer(Desk(session), port=one.server.port)
    one.server.end()
    one.thread.join(10)


@pytest.mark.parametrize("path", ["//[", "http://[/", "*", "/%FF/", "/once/", "/once/x"])
def test_a_path_that_is_none_is_refused(running: Running, path: str) -> None:
    with socket.create_connection(("127.0.0.1", running.server.port), timeout=30) as line:
        line.sendall(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{running.server.port}\r\n\r\n".encode())
        assert line.recv(100).startswith(b"HTTP/1.1 403")


@pytest.mark.parametrize("length", ["-1", "x", "1" * 5000, "\u00b2", "9" * 9])
def test_a_body_of_no_length_is_refused(running: Running, length: str) -> None:
    assert running.ask("correct", raw=b"{}", Content_Length=length)[0] == 400


@pytest.mark.parametrize("method", ["HEAD", "PUT", "OPTIONS", "DELETE", "TRACE"])
def test_other_methods_get_nothing(running: Running, method: str) -> None:
    line = http.client.HTTPConnection("127.0.0.1", running.server.port, timeout=30)
    line.request(method, f"/{running.server.token}/begin")
    answered = line.getresponse()
    assert answered.status == 501 and b"session" not in answered.read()
    line.close()


def test_the_address_may_be_opened_from_anywhere_but_nothing_of_the_session(running: Running) -> None:
    clicked = {"Sec_Fetch_Site": "cross-site", "Sec_Fetch_Mode": "navigate", "Sec_Fetch_Dest": "document"}
    assert running.ask("", **clicked)[0] == 200
    assert running.ask("begin", **clicked)[0] == 403 and running.ask("page.js", **clicked)[0] == 403
    assert running.ask("", **{**clicked, "Sec_Fetch_Dest": "iframe"})[0] == 403


def test_an_invitation_leads_to_the_page_once_and_does_not_hold_the_token(running: Running) -> None:
    invitation = running.server.invitation()
    assert running.server.token not in invitation
    _, once, key = urlsplit(invitation).path.split("/")
    assert running.ask(key, token=once, Host="evil.example")[0] == 403
    status, headers, _ = running.ask(key, token=once)
    assert (status, headers["Location"]) == (303, f"/{running.server.token}/")
    assert running.ask(key, token=once)[0] == 403


def test_a_client_that_vanishes_or_dawdles_keeps_nobody_waiting(running: Running) -> None:
    lines = [socket.create_connection(("127.0.0.1", running.server.port), timeout=30) for _ in range(100)]
    for number, line in enumerate(lines):
        path = f"/{running.server.token}/" + ("correct" if number % 2 else "whole/0")
        body = "Content-Length: 9000\r\n\r\n{" if number % 2 else "\r\n"
        method = "POST" if number % 2 else "GET"
        line.sendall(f"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1:{running.server.port}\r\n{body}".encode())
        if number % 3 == 0:
            line.close()
    assert running.json("event/0")["place"] == 0
    assert running.json("correct", {"place": 0, "kind": "no", "seen": 0})["done"]
    for line in lines:
        line.close()


@pytest.mark.parametrize("change", ["gone", "garbage", "shorter", "smaller", "folder"])
def test_a_video_that_is_not_what_it_was_is_told_and_its_event_can_be_answered(
    session: Path, write_video: WriteVideo, change: str
) -> None:
    video = session.parent / "videos" / "one.avi"
    video.unlink()
    if change == "garbage":
        video.write_bytes(b"RIFF" + bytes(5000))
    elif change == "shorter":
        write_video("videos/one.avi", np.zeros((30, 48, 64), np.uint8))
    elif change == "smaller":
        write_video("videos/one.avi", np.zeros((80, 16, 16), np.uint8))
    elif change == "folder":
        video.mkdir()
    one = Running(session)
    assert one.json("event/0")["pictures"]["remark"]
    assert one.json("correct", {"place": 0, "kind": "no", "seen": 0})["done"]
    one.json("end", {})
    one.thread.join(10)


@pytest.mark.parametrize("length", [80, 120])
def test_a_video_that_was_replaced_is_not_shown_as_the_one_that_was_marked_without_a_word(
    session: Path, write_video: WriteVideo, length: int
) -> None:
    write_video("videos/one.avi", np.zeros((length, 48, 64), np.uint8))
    one = Running(session)
    assert "changed" in one.json("event/0")["pictures"]["remark"]
    two = next(row["place"] for row in one.json("list/0")["events"] if row["recording"] == "two")
    assert one.json(f"event/{two}")["pictures"]["remark"] == ""
    one.json("end", {})
    one.thread.join(10)


def test_a_connection_that_outlasts_the_review_writes_nothing_more(running: Running, session: Path) -> None:
    line = http.client.HTTPConnection("127.0.0.1", running.server.port, timeout=30)
    line.request("GET", f"/{running.server.token}/begin")
    assert line.getresponse().read()
    running.json("end", {})
    running.thread.join(10)
    with pytest.raises((ConnectionError, http.client.HTTPException)):
        line.request("POST", f"/{running.server.token}/correct", json.dumps({"place": 0, "kind": "no", "seen": 0}))
        line.getresponse()
    assert not (session / "corrections.jsonl").exists()
    line.close()


def test_a_large_frame_is_shown_by_some_of_its_pixels(tmp_path: Path, write_video: WriteVideo) -> None:
    shades = np.zeros((3, 600, 2600), np.uint8)
    shades[:, :, 1300:] = 200
    video = write_video("large.avi", shades)
    view = View(np.zeros((3, 2), np.int32), (20, 20), (20, 20))
    one = dataclasses.replace(marks("large", np.array([0.0, 1.0, 0.0])), video=video, view=view)
    gallery = Gallery()
    found = gallery.prepare(one, 1, 1).result(60)
    gallery.close()
    shown = np.asarray(Image.open(io.BytesIO(found.whole)))
    assert found.frame_size == (600, 2600) and shown.shape == (200, 867)
    assert not shown[:, :433].any() and (shown[:, 434:] == 200).all()
