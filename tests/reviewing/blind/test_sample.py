"""Windows are drawn at random, with probabilities that are known, and are kept as they were drawn."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from pyside.errors import BadSession
from pyside.reviewing.blind.sample import LEAD, LENGTH, STRATA, draw, keep, kinds_of, read, sample_file
from tests.conftest import raises_with


def kinds() -> dict[str, np.ndarray]:
    """Twenty recordings of 95 frames: each with a touch, every second with a near-touch; one without any label."""
    labels = np.zeros(95, np.int16)
    labels[40:50] = 1
    near = [(70, 72)]
    found = {f"r{n}": kinds_of(labels, labels == 1, near[: n % 2]) for n in range(20)}
    nothing = np.full(95, -1, np.int16)
    return {**found, "nothing": kinds_of(nothing, nothing == 1, near)}


def test_every_window_with_a_label_is_of_one_stratum() -> None:
    sample = draw(kinds(), 1000, 0)
    assert sample.strata == {"touch": 20, "near-touch": 10, "rest": 50} and len(sample.windows) == 80
    assert all(one.probability == 1 for one in sample.windows)
    of_one = sorted((one.counted_from, one.first, one.last) for one in sample.windows if one.recording == "r1")
    assert of_one == [(0, 0, 29), (30, 20, 59), (60, 50, 89), (90, 80, 94)]
    assert {one.last + 1 - one.first for one in sample.windows} <= {LENGTH, LENGTH + LEAD, 5 + LEAD}


def test_windows_are_drawn_as_often_as_their_probability_says_and_in_no_order() -> None:
    samples = [draw(kinds(), 20, seed) for seed in range(300)]
    counts = {(one.recording, one.first): 0 for one in draw(kinds(), 1000, 0).windows}
    probability = {}
    for sample in samples:
        assert len({(one.recording, one.first) for one in sample.windows}) == 20
        for one in sample.windows:
            counts[one.recording, one.first] += 1
            probability[one.recording, one.first] = one.probability
    assert probability.keys() == counts.keys()
    assert {round(one, 3) for one in probability.values()} == {5 / 20, 5 / 10, 10 / 50}
    off = [(counts[key] - 300 * p) / (300 * p * (1 - p)) ** 0.5 for key, p in probability.items()]
    assert np.max(np.abs(off)) < 4 and 0.7 < np.std(off) < 1.3
    first = [sample.windows[0].stratum for sample in samples]
    assert [first.count(name) / 300 for name in STRATA] == pytest.approx([0.25, 0.25, 0.5], abs=0.1)


def test_a_seed_is_one_sample_also_after_it_was_written(tmp_path: Path) -> None:
    sample = dataclasses.replace(draw(kinds(), 20, 3), recordings=[{"name": name, "frames": 95} for name in kinds()])
    assert sample.windows == draw(kinds(), 20, 3).windows != draw(kinds(), 20, 4).windows
    path = sample_file(tmp_path, 20, 3)
    keep(path, sample)
    assert read(path) == sample and path.name == "blind_20_seed_3.json"


@pytest.mark.parametrize(
    "change",
    [
        {"format": "other"},
        {"windows": []},
        {"windows": None},
        {"strata": []},
        {"recordings": []},
        {"seed": -1},
        {"recordings": [{"name": f"r{n}", "frames": 40} for n in range(20)]},
    ],
)
def test_a_sample_that_was_tampered_with_is_named(tmp_path: Path, change: dict[str, Any]) -> None:
    sample = dataclasses.replace(draw(kinds(), 20, 0), recordings=[{"name": name, "frames": 95} for name in kinds()])
    path = sample_file(tmp_path, 20, 0)
    keep(path, sample)
    path.write_text(json.dumps({**json.loads(path.read_text(encoding="utf-8")), **change}), encoding="utf-8")
    with raises_with(BadSession, path):
        read(path)
    path.write_bytes(b"{")
    with raises_with(BadSession, path):
        read(path)


def test_answers_whose_sample_is_lost_are_not_mixed_with_another(tmp_path: Path) -> None:
    path = sample_file(tmp_path, 20, 0)
    path.with_suffix(".jsonl").touch()
    with raises_with(BadSession, path.name):
        keep(path, draw(kinds(), 20, 0))
    assert not path.exists()
