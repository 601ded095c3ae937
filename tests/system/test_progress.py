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


def test_a_screen_is_told_five_times_a_second_and_of_the_last_frame(monkeypatch: pytest.MonkeyPatch) -> None:
    records = told(monkeypatch, 2)
    assert 9 <= len(records) <= 12
    assert records[-1]["frames_done"] == 1000
    assert records[-1]["seconds_left"] == 0
    assert records[4]["frames_per_second"] == pytest.approx(500)
