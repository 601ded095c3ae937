"""What a conversion tells while it runs: often on a screen, seldom in a log."""

from __future__ import annotations

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
