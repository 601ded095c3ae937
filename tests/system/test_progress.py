"""What a conversion tells while it runs: often on a screen, seldom in a log."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from pyside.system import progress
from pyside.system.progress import ConversionProgress


def told(monkeypatch: pytest.MonkeyPatch, seconds: float) -> list[dict[str, Any]]:
    """What is told of 1000 frames that are done one by one in so many seconds."""
    now = [0.0]
    monkeypatch.setattr(progress.time, "perf_counter", lambda: now[0])
    records: list[dict[str, Any]] = []
    shown = ConversionProgress(records.append, 1000, 1)
    for number in range(1, 1001):
        now[0] = seconds * number / 1000
        shown.add(1, "one", 1)
    return records


def test_a_short_conversion_writes_no_milestone_into_a_log(monkeypatch: pytest.MonkeyPatch) -> None:
    assert not any(record["milestone"] for record in told(monkeypatch, 4.9))


def test_a_long_conversion_has_a_milestone_each_tenth(monkeypatch: pytest.MonkeyPatch) -> None:
    milestones = [record["frames_done"] for record in told(monkeypatch, 1000) if record["milestone"]]
    assert milestones == list(range(100, 1001, 100))


def test_milestones_are_some_seconds_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    milestones = [record for record in told(monkeypatch, 20) if record["milestone"]]
    assert 3 <= len(milestones) <= 4


def moments(monkeypatch: pytest.MonkeyPatch, steps: list[tuple[float, int, bool]]) -> list[dict[str, Any]]:
    """What is told of frames that are done, or kept, at these times; 1000 in all."""
    now = [0.0]
    monkeypatch.setattr(progress.time, "perf_counter", lambda: now[0])
    records: list[dict[str, Any]] = []
    shown = ConversionProgress(records.append, 1000, 2)
    for now[0], frames, kept in steps:
        shown.add(1, "one", frames, kept)
    return records


def test_the_time_left_is_told_once_it_is_known_and_without_the_start_of_processes(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    records = moments(monkeypatch, [(3.0, 20, False), (3.5, 100, False), (4.0, 100, False), (5.0, 200, False)])
    assert [record.get("seconds_left") for record in records] == [None, None, 3.9, 2.9]


def test_what_is_kept_from_before_tells_nothing_of_the_time_left(monkeypatch: pytest.MonkeyPatch) -> None:
    records = moments(monkeypatch, [(0.3, 400, True), (0.6, 400, True), (1.6, 10, False), (2.6, 10, False)])
    assert [record.get("seconds_left") for record in records] == [None, None, 19.0, 18.0]


def test_a_screen_is_told_five_times_a_second_and_of_the_last_frame(monkeypatch: pytest.MonkeyPatch) -> None:
    records = told(monkeypatch, 2)
    assert 9 <= len(records) <= 12
    assert records[-1]["frames_done"] == 1000
    assert records[-1]["seconds_left"] == 0
    assert records[4]["frames_per_second"] == pytest.approx(500)


def test_a_notebook_shows_one_line_that_is_written_again_once_a_second() -> None:
    jupyter = pytest.importorskip("jupyter_client", reason="a notebook needs the extra octave, or Jupyter")
    root = Path(progress.__file__).parents[2]
    code = (
        f"import sys; sys.path.insert(0, {str(root)!r})\n"
        "from pyside.system.progress import ProgressLine\n"
        "shown = ProgressLine()\n"
        "for done in range(0, 101, 2):\n"
        "    shown({'frames_done': done, 'frames': 100})\n"
        "shown.end()\n"
    )
    told: list[dict[str, Any]] = []
    manager, client = jupyter.manager.start_new_kernel(kernel_name="python3", startup_timeout=120)
    try:
        client.execute_interactive(code, timeout=60, output_hook=lambda message: told.append(message["content"]))
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)
    assert {one["name"] for one in told if "text" in one} == {"stderr"}
    text = "".join(one.get("text", "") for one in told)
    assert text.startswith("\r") and text.endswith("\n") and text.count("\n") == 1
    assert re.findall(r"(\d+) %", text)[0] == "0" and re.findall(r"(\d+) %", text)[-1] == "100"
    assert text.count("\r") < 10
