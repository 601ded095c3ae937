"""Traces in time: of the worst recordings, and small, but nothing vanishes."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from matplotlib.figure import Figure

from pyside.evaluation.predictions import Predictions
from pyside.evaluation.report import page, plots
from pyside.evaluation.report.traces import Trace, close_ups, of_side, traces_svg
from pyside.settings import speaking
from tests.conftest import holds

NAMES = ("NonTouch", "Touch")


def side(lengths: list[int], wrong: list[int], first: int = 0) -> tuple[Predictions, np.ndarray]:
    """A recording of each length, in which the first frames are predicted wrongly; the decided classes beside it."""
    labels = np.concatenate([np.arange(length) // 7 % 2 for length in lengths])
    decided = labels.copy()
    starts = np.cumsum([0, *lengths[:-1]])
    for start, number in zip(starts, wrong, strict=True):
        decided[start : start + number] = 1 - labels[start : start + number]
    touch = np.where(decided == 1, 0.9, 0.1)
    found = Predictions(
        NAMES,
        labels,
        np.stack([1 - touch, touch], axis=1).astype(np.float32),
        np.repeat(np.arange(len(lengths)), lengths),
        tuple(f"day{number}" for number in range(len(lengths))),
        np.concatenate([np.arange(first, first + length) for length in lengths]),
        np.arange(len(labels)),
    )
    return found, decided


@pytest.fixture
def drawn(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """The axes of each plot that is drawn from here on."""
    found: list[Any] = []

    def keep(draw: Any, name: str, *_: Any) -> str:
        found.append(Figure().subplots())
        draw(found[-1], name)
        return ""

    monkeypatch.setattr(plots, "svg", keep)
    return found


def bars_at(axes: Any, height: float) -> list[tuple[float, float]]:
    """Beginning and end of the bars around a height."""
    corners = [one for patch in axes.patches for one in patch.get_path().to_polygons()]
    around = [one for one in corners if abs(one[:, 1].mean() - height) < 0.05 and np.ptp(one[:, 1]) > 0.1]
    return [(one[:, 0].min(), one[:, 0].max()) for one in around]


def test_the_worst_recordings_come_first_and_the_rest_is_counted() -> None:
    shown, left = of_side(*side([40, 50, 60, 40], [2, 10, 0, 4]), 0.5, most=3)
    assert ([one.recording for one in shown], left) == (["day1", "day3", "day0"], 1)
    assert {len(one) for one in shown} == {40, 50} and shown[0].threshold == 0.5


def test_loose_images_have_no_trace() -> None:
    found, decided = side([40], [3])
    found.frame_numbers[:] = -1
    assert of_side(found, decided, 0.5) == ([], 0)


def test_a_touch_of_one_frame_in_very_many_is_drawn(drawn: list[Any]) -> None:
    labels, probability = np.zeros(100_000, np.int64), np.zeros(100_000)
    labels[70_001], probability[30_001] = 1, 0.75
    traces_svg([Trace("long", 0, {"label": labels, "model": labels * 0}, [probability], 0.5, "wrong")], NAMES, "test")
    (axes,) = drawn
    curve = max((line for line in axes.lines if len(line.get_ydata()) > 2), key=lambda line: len(line.get_ydata()))
    assert np.max(curve.get_ydata()) == 0.75 and len(curve.get_ydata()) <= 700
    for height in (-0.3, -0.9):  # the label, and that the model is wrong
        ((begin, end),) = bars_at(axes, height)
        assert begin <= 70_001 <= end < begin + 300
    assert bars_at(axes, -0.6) == []
    assert [text.get_text() for text in axes.texts] == ["0.5"]
    rows = [tick.get_text() for tick in axes.get_yticklabels()]
    assert rows == ["0", "probability 1", "label", "model", "wrong"]


def test_frames_that_were_left_out_are_a_gap(drawn: list[Any]) -> None:
    found, decided = side([30], [0], first=100)
    kept = (np.arange(30) < 10) | (np.arange(30) >= 20)
    (one,), _ = of_side(found.of(kept), decided[kept], 0.5)
    assert (one.first, len(one)) == (100, 30)
    assert np.isnan(one.probabilities[0][10:20]).all() and np.all(one.labels["model"][10:20] == -1)
    with speaking("matlab"):
        traces_svg([one], NAMES, "test")
    assert drawn[0].get_xlim() == (100.5, 130.5)


def test_places_in_long_recordings_are_shown_close_up_once() -> None:
    shown, _ = of_side(*side([2000, 90], [5, 5], first=10), 0.5)
    places = [("day0", 1000), ("day0", 1020), ("day0", 12), ("elsewhere", 5), ("day0", 5000)]
    found = close_ups(places, shown, 9)
    assert [(one.first, len(one)) for one in found] == [(960, 81), (10, 43)]
    assert holds(found[0].title, "day0", "960", "1,040")
    assert len(close_ups(places, shown, 1)) == 1


def test_the_page_bears_many_long_recordings() -> None:
    rng = np.random.default_rng(0)
    found, decided = side([3000] * 30, [5] * 30)
    found.probabilities[:, 1] = rng.random(len(decided))
    shown, left = of_side(found, decided, 0.4, most=2)
    mistakes = [{"side": "test", "recording": one.recording, "frame": 1500} for one in shown]
    report = {"dataset": {"class_names": NAMES}, "mistakes": mistakes}
    text = page.page(report, np.empty((0, 20, 20, 1), np.uint8), {}, {"test": (shown, left)})
    part = text.partition('id="traces"')[2].partition("</section>")[0]
    assert part.count("<svg") == 2 + 2 and holds(part, 28)
    assert len(part) < 4 * 60_000
