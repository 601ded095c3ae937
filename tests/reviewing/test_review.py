"""A review as a command: it says its address, locks the session, and ends."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import threading
import urllib.request
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import pyside
from pyside.cli.text import print_result
from pyside.errors import BadLabels, Interrupted, InUse, LengthMismatch, PathMissing
from pyside.jobs import commands
from pyside.reviewing.blind.desk import BlindDesk
from pyside.reviewing.desk import Desk
from pyside.reviewing.given import given_labels
from pyside.reviewing.sources.opening import open_source
from tests.conftest import holds, raises_with, until


def served(session: Path, **options: Any) -> dict[str, Any]:
    """Run a review in this process, end it by its page, and return its result, with what it said."""
    said: list[str] = []
    result: dict[str, Any] = {}
    options = {"browser": False, "idle_minutes": 1, **options}

    def progress(record: dict[str, Any]) -> None:
        said.extend(record.get("said", []))

    def run() -> None:
        request = commands.by_name("review").request({"session": session}, options)
        result.update(commands.run(request, progress, lambda: False))

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    until(lambda: said)
    (address,) = re.findall(r"http://127\.0\.0\.1:\d+/[\w-]+/", said[0])
    with pytest.raises(InUse):
        commands.by_name("review").request({"session": session}, options)
    urllib.request.urlopen(urllib.request.Request(f"{address}end", b"{}"), timeout=30).read()
    thread.join(20)
    return result


def test_a_review_prints_its_address_keeps_others_out_and_says_what_was_done(session: Path) -> None:
    found = served(session)
    assert (found["kind"], found["ended"], found["events"], found["done"], found["corrections"]) == (
        "review",
        "ended",
        4,
        0,
        0,
    )
    assert pyside.review(session, browser=False, idle_minutes=0.01, isolated=False)["ended"] == "idle"


def test_a_blind_look_ends_with_what_is_left_or_was_found(session: Path, capsys: pytest.CaptureFixture[str]) -> None:
    found = served(session, blind=True, sample=3)
    assert (found["events"], found["done"], found["blind"]["left"]) == (3, 0, 3) and not found["blind"]["figures"]
    desk = BlindDesk(session, 3, 0)
    for place in range(3):
        desk.correct(place, "no", place)
    found = served(session, blind=True, sample=3, labels={"one": np.zeros(80)})
    assert [one["of"] for one in found["blind"]["figures"]] == ["session", "given"]
    assert Path(found["blind"]["labels"]).read_text(encoding="utf-8").startswith("video,frame,label")
    print_result(found, as_json=False)
    assert holds(capsys.readouterr().out, "95")


def interrupted(session: Path, **options: Any) -> str:
    """What a review says that Ctrl-C ends."""

    def press() -> bool:
        raise KeyboardInterrupt

    request = commands.by_name("review").request({"session": session}, {"browser": False, **options})
    with pytest.raises(Interrupted) as told:
        commands.run(request, lambda record: None, press)
    return told.value.text


def test_after_ctrl_c_a_review_says_what_is_kept_and_a_blind_look_what_it_found(session: Path) -> None:
    Desk(session).correct(0, "no", 0)
    assert holds(interrupted(session), "1 of 4", session)
    assert holds(interrupted(session, blind=True, sample=3), "0 of 3", session)
    desk = BlindDesk(session, 3, 0)
    for place in range(3):
        desk.correct(place, "no", place)
    assert holds(interrupted(session, blind=True, sample=3), "3 of 3", "95") and desk.result()["labels"]
    assert Path(desk.result()["labels"]).is_file()


def test_labels_of_a_person_are_paired_and_what_they_disagree_about_comes_first(session: Path, tmp_path: Path) -> None:
    given = np.zeros(80)
    given[[*range(10, 20), *range(60, 66)]] = 1
    labels, _ = given_labels(open_source(session), {"one": given}, None)
    assert list(labels) == ["one"] and labels["one"].tolist() == given.tolist()
    first, second, *_ = Desk(session, labels).events
    assert {(one.recording, one.first, one.reasons[0]) for one in (first, second)} == {
        ("one", 60, "disagrees"),
        ("one", 40, "disagrees"),
    }


def test_what_cannot_be_reviewed_is_said_before_anything_is_served(session: Path, tmp_path: Path) -> None:
    with raises_with(PathMissing, tmp_path / "nothing"):
        pyside.review(tmp_path / "nothing")
    with pytest.raises(BadLabels):
        pyside.review(session, {"one": np.zeros((2, 3, 4))}, isolated=False, browser=False)
    with raises_with(LengthMismatch, 80, 3, "no such option"):
        pyside.review(session, {"one": np.zeros(3)}, isolated=False, browser=False)
    with raises_with(BadLabels, "Whisk", "no such option"):
        pyside.review(session, {"one": np.array(["Whisk"] * 80)}, isolated=False, browser=False)


def test_the_address_is_printed_also_where_there_is_no_terminal_and_is_for_this_user_alone(session: Path) -> None:
    folder = session.parent / "job"
    program = "import sys, pyside; pyside.review(sys.argv[1], browser=False, isolated=sys.argv[2] == 'True')"
    for isolated in (False, True):
        line = [sys.executable, "-c", program, str(session), str(isolated)]
        temporary = {**os.environ, "TMPDIR": str(folder)}
        folder.mkdir(exist_ok=True)
        with subprocess.Popen(line, stderr=subprocess.PIPE, text=True, env=temporary) as process:
            assert process.stderr is not None
            said = next(text for text in process.stderr if "http" in text)
            (address,) = re.findall(r"http://127\.0\.0\.1:\d+/[\w-]+/", said)
            if isolated and os.name == "posix":
                (job,) = folder.glob("touchtrain-*")
                assert job.stat().st_mode & 0o077 == 0
            urllib.request.urlopen(urllib.request.Request(f"{address}end", b"{}"), timeout=30).read()
            assert "http" not in process.stderr.read()
        assert process.returncode == 0
