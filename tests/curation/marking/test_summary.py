"""What a session has done is said in a few lines, with every failure, warning and what to do."""

from __future__ import annotations

from typing import Any

from pyside.curation.marking.summary import summary

DONE: dict[str, Any] = {
    "path": "/lab/marked",
    "videos": 3,
    "done": 3,
    "kept": 0,
    "failed": 0,
    "failures": [],
    "frames": 1360,
    "left_out": 0,
    "touches": 17,
    "frames_per_second": 512.4,
    "device": "cpu",
    "decision": {"event_class": "Touch", "threshold": 0.4, "min_duration": 1},
    "warnings": [],
    "stopped": False,
}


def told(**fields: Any) -> str:
    return "\n".join(summary({**DONE, **fields}))


def test_all_that_was_marked_is_counted() -> None:
    text = told()
    assert all(part in text for part in ("3 videos", "/lab/marked", "1,360 frames", "17", "0.4", "512 frames/s"))
    assert not any(word in text for word in ("failed", "Warning", "left out", "as before", "Stopped"))


def test_what_the_labels_and_their_comparison_warn_of_is_said_once() -> None:
    comparison = {"summary": ["90 % equal", "Warning: labels: odd numbers", "Warning: swapped"]}
    text = told(warnings=["odd numbers"], comparison=comparison)
    assert text.count("odd numbers") == 1 and "Warning: swapped" in text


def test_one_video_is_one_video() -> None:
    assert "1 video in" in told(done=1) and "at least 3 frames" in told(
        decision={"event_class": "Touch", "threshold": 0.4, "min_duration": 3}
    )


def test_every_failure_and_warning_is_told_and_many_are_counted() -> None:
    failures = [{"name": f"v{number}", "why": f"reason {number}"} for number in range(25)]
    text = told(failed=25, failures=failures, warnings=["dark"] * 21)
    assert "25 videos" in text and "v0: reason 0" in text and "v24" not in text and "5 more" in text
    assert "Warning: dark" in text and "1 more" in text


def test_what_was_left_out_kept_and_stopped_is_told() -> None:
    text = told(left_out=7, kept=2, stopped=True, done=1, frames_per_second=None)
    assert all(part in text for part in ("7 of these", "2 videos, not marked again", "2 videos left", "same call"))


def test_without_a_threshold_none_is_told_and_a_new_decision_says_what_was_before() -> None:
    text = told(decision={"event_class": None, "threshold": None, "min_duration": 1}, touches_before=20)
    assert "decision" not in text and "17, before 20" in text
