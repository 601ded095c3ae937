"""Warnings about videos that differ from those of the training, and about labels that say the opposite of the model."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from pyside.aliases import Array
from pyside.curation.marks import Marks
from pyside.curation.model.facts import ModelFacts
from pyside.data.recordings.frame_statistics import evenly, frame_statistics
from pyside.errors import some
from pyside.evaluation.decision import Decision
from pyside.evaluation.metrics import side_figures
from pyside.evaluation.predictions import Predictions
from pyside.evaluation.verdict.swaps import swap_in
from pyside.settings.core import named, set_to

_SAME_RATE = 0.01  # share by which two frame rates that mean the same may differ: 29.97 and 30
_MOST_FRAMES, _MOST_PIXELS = 16, 1 << 23  # of a video, looked at for its statistics
_LEVELS = 15.0  # grey levels that the brightness may lie outside the range of the training ...
_SHARE = 0.5  # ... or this share of that range
_TIMES = 1.6  # times that the sharpness may be above or below the range of the training


class Remarks:
    """Collects warnings, one for all videos that have it.

    Args:
        facts: of the model.
        decision: of the run.
    """

    def __init__(self, facts: ModelFacts, decision: Decision):
        self._facts, self._decision = facts, decision
        self._names: dict[str, list[str]] = {}

    def add(self, name: str, texts: Sequence[str]) -> None:
        """Add warnings about a video."""
        for text in texts:
            self._names.setdefault(text, []).append(name)

    def texts(self) -> list[str]:
        """Return the warnings with the names of the videos."""
        return [f"{some(names)}: {text}" for text, names in self._names.items()]

    def before(self, frame_size: tuple[int, int], rate: float | None, is_given: bool) -> list[str]:
        """Return what differs before a frame is read: the size of the frames, and the frame rate.

        Args:
            frame_size: (height, width) of the whole frames.
            rate: frames per second; None if it is not known.
            is_given: whether the user gave it; else it is from the file.
        """
        found = []
        facts, decision = self._facts, self._decision
        if facts.frame_size is not None and tuple(frame_size) != tuple(facts.frame_size):
            here, there = (f"{height} x {width}" for height, width in (frame_size, facts.frame_size))
            found.append(
                f"frames have {here} pixels (height x width), those of the training had {there}. With another "
                "magnification the model sees another picture: look at the labels of a few frames."
            )
        if facts.frame_rate and rate and abs(rate / facts.frame_rate - 1) > _SAME_RATE:
            shortest = decision.min_duration
            text = f"{rate:g} frames per second" + ("" if is_given else " by the file")
            text += f", but the model's minimum duration was chosen at {facts.frame_rate:g}"
            if decision.threshold is not None:
                frames = "1 frame is" if shortest == 1 else f"{shortest} frames are"
                text += (
                    f": {frames} {1000 * shortest / rate:g} ms here, {1000 * shortest / facts.frame_rate:g} ms there"
                )
            same = max(1, round(shortest * rate / facts.frame_rate))
            advice = [] if same == shortest else [f"for the same time set {set_to('min_duration', same)}"]
            if not is_given:
                advice.append(f"if the file is wrong, set {named('frame_rate')}")
            told = "; ".join(advice)
            found.append(f"{text}." + (f" {told[0].upper()}{told[1:]}." if advice else ""))
        return found

    def about_frames(self, sample: Array | None) -> list[str]:
        """Return in what frames are far outside those of the training.

        Args:
            sample: uint8, (n, height, width, channels), some frames as the network sees them; None for none.
        """
        ranges = (self._facts.statistics or {}).get("ranges") or {}
        if sample is None or not len(sample) or not ranges:
            return []
        here, found = frame_statistics(sample), []
        if "brightness" in ranges:
            low, high = ranges["brightness"]
            margin = max(_LEVELS, _SHARE * (high - low))
            if not low - margin <= here["brightness"] <= high + margin:
                what = "darker" if here["brightness"] < low else "brighter"
                found.append(
                    f"frames are far {what} than those of the training, whose mean grey levels are {low:g} to {high:g}."
                )
        if "sharpness" in ranges:
            low, high = ranges["sharpness"]
            if not low / _TIMES <= here["sharpness"] <= high * _TIMES:
                what = "less sharp" if here["sharpness"] < low else "sharper, or noisier,"
                found.append(
                    f"frames are far {what} than those of the training, whose sharpness is {low:g} to {high:g}."
                )
        return found


def sampled(look: Array, shape: Sequence[int]) -> Array:
    """Return the numbers of the frames to look at for the statistics: int64, evenly over those of `look`.

    Args:
        look: bool, (n,), the frames that the network looks at.
        shape: (height, width, ...) of a frame.
    """
    numbers = np.flatnonzero(look)
    most = max(1, min(_MOST_FRAMES, _MOST_PIXELS // (shape[0] * shape[1])))
    found: Array = numbers[evenly(len(numbers), most)] if len(numbers) else numbers
    return found


def swapped(labels: Mapping[str, Array], marks: Mapping[str, Marks]) -> list[str]:
    """Return a warning if the model says the opposite of labels throughout.

    Args:
        labels: int, (n_frames,), by recording: class of each frame, -1 for none.
        marks: by recording, what the model says.
    """
    known = {
        name: np.flatnonzero((labels[name] >= 0) & (one.labels >= 0))
        for name, one in marks.items()
        if name in labels and len(labels[name]) == one.n_frames
    }
    names = [name for name, frames in known.items() if len(frames)]
    if not names:
        return []
    true, said, certain = (
        np.concatenate([values[name][known[name]] for name in names])
        for values in (
            labels,
            {name: marks[name].labels for name in names},
            {name: marks[name].probabilities for name in names},
        )
    )
    owners = np.repeat(np.arange(len(names)), [len(known[name]) for name in names])
    numbers = np.concatenate([known[name] for name in names])
    classes = marks[names[0]].class_names
    predictions = Predictions(
        classes, true.astype(np.int64), certain, owners, tuple(names), numbers, np.arange(len(true))
    )
    swap = swap_in("test", side_figures(predictions, said.astype(np.int64), [{}] * len(names)))
    if swap is None:
        return []
    pairs = ", ".join(f"{other} for {one}" for one, other in swap.classes.items())
    return [
        f"The labels that were given along look swapped: in {100 * swap.share:.0f} % of their frames the model says "
        f"the other class ({pairs}). Check what their numbers or names mean."
    ]
