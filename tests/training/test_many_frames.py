"""Very many frames, made up: what opening, splitting, sampling and a session take of memory; `make bench` has the time.

Each set is measured in a process of its own. What does not grow with the set, such as libraries, does not count.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from pyside.data.dataset import open_dataset
from tests.benchmarks import many_frames

MOST = 40  # bytes a frame
STEPS = ("open", "split", "sample", "draw", "draw again")


def grown(few: many_frames.Steps, many: many_frames.Steps, step: str) -> float:
    """The bytes of each further frame."""
    return (many[step]["bytes"] - few[step]["bytes"]) / (many["all"]["frames"] - few["all"]["frames"])


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> many_frames.Steps:
    return many_frames.measured("training", many_frames.made_up(tmp_path_factory.mktemp("few") / "set", 100, 1000))


def test_a_made_up_set_is_a_dataset(tmp_path: Path) -> None:
    dataset = open_dataset(many_frames.made_up(tmp_path / "set", 40, 100))
    assert len(dataset.table) == sum(one.n_frames for one in dataset.recordings) > 3900
    assert len({one.n_frames for one in dataset.recordings}) == many_frames.KINDS
    assert set(dataset.table.labels.tolist()) == {-1, 0, 1}


def test_a_training_on_a_million_frames_takes_few_bytes_a_frame(small: many_frames.Steps, tmp_path: Path) -> None:
    large = many_frames.measured("training", many_frames.made_up(tmp_path / "set", 1000, 1000))
    assert {step: bytes_a_frame for step in STEPS if (bytes_a_frame := grown(small, large, step)) > MOST} == {}


def test_a_session_takes_few_bytes_a_frame(tmp_path: Path) -> None:
    few, many = (many_frames.measured("session", tmp_path / str(n), n, 1000) for n in (20, 120))
    assert grown(few, many, "mark") < MOST and grown(few, many, "look") < MOST


@pytest.mark.slow
@pytest.mark.timeout(3600)
def test_a_training_on_a_hundred_million_frames_takes_few_bytes_a_frame(
    small: many_frames.Steps, tmp_path: Path
) -> None:
    large = many_frames.measured("training", many_frames.made_up(tmp_path / "set", 10_000, 10_000))
    assert large["all"]["frames"] > 0.99e8
    assert {step: bytes_a_frame for step in STEPS if (bytes_a_frame := grown(small, large, step)) > MOST} == {}
