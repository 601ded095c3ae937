"""Which frames an epoch is made of: all of them once, or the rarest class and hard negatives more often."""

from __future__ import annotations

import dataclasses
import itertools
from collections.abc import Sequence
from typing import Any

import numpy as np

from pyside.data.dataset import FrameTable
from pyside.settings.core import named
from pyside.settings.training import TrainSettings

FAR = int(np.iinfo(np.int64).max)  # the distance to a border where there is none
MOST_REPEATS = 20  # a frame seen more often than that in an epoch is learnt by heart


def distances_to_borders(table: FrameTable) -> np.ndarray:
    """Measure how far each frame is from the nearest frame of another class.

    Frames left out (-1) are of no class: a border may lie anywhere among them, so the frames on their two sides are
    as far from it as from each other. Frames that are missing count as time that passed. A frame of another recording
    is never near.

    Args:
        table: of all frames.

    Returns:
        int64, (all frames,), in frame numbers; `FAR` where there is no other class, no order in time, or no label.
    """
    distances = np.full(len(table), FAR, np.int64)
    known = (table.labels >= 0) & (table.frame_numbers >= 0)
    cuts = [0, *(np.flatnonzero(np.diff(table.recordings)) + 1).tolist(), len(table)]
    for start, end in itertools.pairwise(cuts):  # one by one, as that takes less memory
        rows, places = table[start:end], start + np.flatnonzero(known[start:end])
        if len(places):
            distances[places] = _distances(rows.labels[places - start], rows.frame_numbers[places - start])
    return distances


def _distances(labels: np.ndarray, numbers: np.ndarray) -> np.ndarray:
    """Do it for one recording without frames left out: nearest is the end of the run before, or the run after."""
    starts = np.concatenate([[0], np.flatnonzero(np.diff(labels)) + 1, [len(labels)]])
    run = np.repeat(np.arange(len(starts) - 1), np.diff(starts))
    last, after = starts[run] - 1, starts[run + 1]
    back = np.where(last >= 0, numbers - numbers[np.maximum(last, 0)], FAR)
    ahead = np.where(after < len(labels), numbers[np.minimum(after, len(labels) - 1)] - numbers, FAR)
    return np.minimum(back, ahead)


def negative_class(class_names: Sequence[str]) -> int:
    """Return the index of the class that means that nothing happens: NonTouch, the one beside Touch, or the first."""
    names = list(class_names)
    if "NonTouch" in names:
        return names.index("NonTouch")
    return 1 - names.index("Touch") if len(names) == 2 and "Touch" in names else 0


@dataclasses.dataclass(frozen=True)
class Part:
    """Frames that are drawn alike.

    Attributes:
        positions: int64, (n,), of the frames among those of the training side.
        n_drawn: how many are drawn for an epoch; as many as there are: each once.
    """

    positions: np.ndarray
    n_drawn: int

    def draw(self, epoch: int, key: Sequence[int]) -> np.ndarray:
        """Draw the frames of an epoch; over the epochs all come equally often.

        The frames lie on a ring in random order. Each epoch takes so many further ones of it.

        Args:
            epoch: from 0.
            key: what the order on the ring follows from.
        """
        n = len(self.positions)
        if self.n_drawn == n:
            return self.positions
        ring = np.random.default_rng(key).permutation(n)
        return self.positions[ring[(epoch * self.n_drawn + np.arange(self.n_drawn)) % n]]


@dataclasses.dataclass(frozen=True)
class Plan:
    """What an epoch is made of; its length is the number of frames of an epoch.

    Attributes:
        class_names: names in index order.
        parts: frames that are drawn alike.
        before: frames of each class.
        epoch: frames of each class in an epoch, repeated ones counted as often as they are drawn.
        hard: hard negatives, and how many of them are in an epoch; None where no mix was asked for.
        remarks: what could not be done as asked, in words.
    """

    class_names: tuple[str, ...]
    parts: tuple[Part, ...]
    before: tuple[int, ...]
    epoch: tuple[int, ...]
    hard: tuple[int, int] | None = None
    remarks: tuple[str, ...] = ()

    @classmethod
    def of_all(cls, n: int) -> Plan:
        """Return the plan to see each of `n` frames once, whatever their classes."""
        return cls(("all",), (Part(np.arange(n), n),), (n,), (n,))

    def __len__(self) -> int:
        return sum(self.epoch)

    def draw(self, epoch: int, seed: int | None) -> np.ndarray:
        """Draw the frames of an epoch.

        Args:
            epoch: from 0.
            seed: with it the order is random and follows from (seed, epoch); with None it is that of the training side.

        Returns:
            int64, (frames of an epoch,), positions among the frames of the training side.
        """
        # The 1 keeps these keys apart from (seed, epoch), since NumPy does not tell (2, 3) from (2, 3, 0).
        drawn = [part.draw(epoch, (seed or 0, number, 1)) for number, part in enumerate(self.parts)]
        chosen = np.sort(np.concatenate(drawn))
        return chosen if seed is None else chosen[np.random.default_rng([seed, epoch]).permutation(len(chosen))]

    def counts(self) -> dict[str, Any]:
        """Return frames of each class before and after, hard negatives and remarks, as plain values for the report."""
        return {
            "before": dict(zip(self.class_names, self.before, strict=True)),
            "epoch": dict(zip(self.class_names, self.epoch, strict=True)),
            "hard": None if self.hard is None else dict(zip(("before", "epoch"), self.hard, strict=True)),
            "remarks": list(self.remarks),
        }


def plan(training: FrameTable, settings: TrainSettings, distances: np.ndarray | None = None) -> Plan:
    """Plan what an epoch is made of.

    Args:
        training: of the frames of the training side.
        settings: `oversample`, `hard_negatives` and `hard_negative_window` are looked at.
        distances: int64, (n,), of the same frames, see `distances_to_borders`; needed for `hard_negatives` only.

    Returns:
        The plan. Without these settings an epoch sees each frame once.
    """
    names = training.class_names
    positions = [np.flatnonzero(training.labels == index) for index in range(len(names))]
    before = [len(of_class) for of_class in positions]
    epoch, remarks = list(before), []
    if settings.oversample is not None:
        rarest = min((index for index in range(len(names)) if before[index]), key=lambda index: before[index])
        epoch[rarest], said = _oversampled(before[rarest], sum(before), settings.oversample, names[rarest])
        remarks += said
    parts = [Part(*part) for part in zip(positions, epoch, strict=True)]
    hard = None
    if settings.hard_negatives is not None and distances is not None:
        negative = negative_class(names)
        near = distances[positions[negative]] <= settings.hard_negative_window
        n_hard, said = _hard_in_epoch(near, epoch[negative], settings, names[negative])
        remarks += said
        hard = int(near.sum()), n_hard
        if near.any() and not near.all():
            parts[negative] = Part(positions[negative][near], n_hard)
            parts.append(Part(positions[negative][~near], epoch[negative] - n_hard))
    return Plan(names, tuple(parts), tuple(before), tuple(epoch), hard, tuple(remarks))


def _oversampled(n: int, n_all: int, share: float, name: str) -> tuple[int, list[str]]:
    """Return how often frames of the rarest class come in an epoch, and what is to be said about it."""
    asked = f"{named('oversample')} is {share:g}"
    most = n * MOST_REPEATS
    wanted = most + 1 if share == 1 else round(share * (n_all - n) / (1 - share))
    if wanted <= n:
        return n, [
            f"{asked}, and {name}, the rarest class, is {n / n_all:.3g} of the frames already: none is repeated."
        ]
    if wanted > most:
        reached = most / (n_all - n + most)
        return most, [
            f"{asked}, but {name} has {n} frames only. Each is repeated {MOST_REPEATS} times an epoch, no more, which "
            f"makes {reached:.3g} of the frames of an epoch. Label more frames of {name}."
        ]
    return wanted, []


def _hard_in_epoch(near: np.ndarray, n_drawn: int, settings: TrainSettings, name: str) -> tuple[int, list[str]]:
    """Return how many of the `n_drawn` negative frames of an epoch are hard, and what is to be said about it."""
    n_hard, n_easy = int(near.sum()), int((~near).sum())
    asked = f"{named('hard_negatives')} is {settings.hard_negatives:g}"
    if not n_hard or not n_easy:
        which = "no frame" if not n_hard else "every frame"
        return n_drawn if n_hard else 0, [
            f"{asked}, but {which} of {name} is within {settings.hard_negative_window} frames "
            f"({named('hard_negative_window')}) of another class in its recording. They are taken as they come."
        ]
    wanted = round((settings.hard_negatives or 0) * n_drawn)
    hard = min(wanted, n_hard * MOST_REPEATS)
    hard = max(hard, n_drawn - n_easy * MOST_REPEATS)
    if hard == wanted:
        return hard, []
    few = f"{n_hard} hard" if hard < wanted else f"{n_easy} easy"
    return hard, [
        f"{asked}, but there are {few} frames of {name} only. Each is repeated {MOST_REPEATS} times an epoch, no more, "
        f"which makes a share of {hard / n_drawn:.3g} hard ones."
    ]


def class_weights(setting: str | Sequence[float], plan: Plan) -> np.ndarray | None:
    """Work out the weight of a frame of each class.

    Args:
        setting: ``balanced``, ``none``, or one number a class.
        plan: what an epoch is made of.

    Returns:
        float64, (classes,), or None for equal weights. Balanced weights are n / (classes x count), over the classes
        that there are in an epoch: each class weighs as much as any other, and the weights of all frames are 1 on
        average.
    """
    if setting == "none":
        return None
    if setting != "balanced":
        return np.asarray(setting, np.float64)
    numbers = np.asarray(plan.epoch, np.float64)
    present = numbers > 0
    weights = np.zeros(len(numbers))
    weights[present] = numbers.sum() / (present.sum() * numbers[present])
    return weights
