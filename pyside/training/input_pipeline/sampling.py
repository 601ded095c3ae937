"""The frames of an epoch: each one once, or the rarest class and hard negatives more often."""

from __future__ import annotations

import dataclasses
import itertools
from collections.abc import Sequence
from typing import Any

import numpy as np

from pyside.data.dataset import FrameTable, blocks, count_classes, number_type, places_of
from pyside.settings.core import named
from pyside.settings.training import TrainSettings

FAR = int(np.iinfo(np.int32).max)  # the distance to a border if there is none, or if it is farther than that
MOST_REPEATS = 20  # a frame that is repeated more often in an epoch is learnt by heart


def distances_to_borders(table: FrameTable) -> np.ndarray:
    """Measure how far each frame is from the nearest frame of another class.

    Left-out frames (-1) have no class: a border may lie anywhere among them, so the distance of the frames on their two
    sides is the distance to each other. Missing frames count as time. Frames of other recordings do not count.

    Args:
        table: of all frames.

    Returns:
        int32, (all frames,), in frame numbers; `FAR` if there is no other class, no order in time, or no label.
    """
    distances = np.full(len(table), FAR, np.int32)
    known = (table.labels >= 0) & (table.frame_numbers >= 0)
    cuts = [0, *(np.flatnonzero(table.recordings[1:] != table.recordings[:-1]) + 1).tolist(), len(table)]
    for start, end in itertools.pairwise(cuts):  # one by one, as that takes less memory
        rows, places = table[start:end], start + np.flatnonzero(known[start:end])
        if len(places):
            distances[places] = _distances(rows.labels[places - start], rows.frame_numbers[places - start])
    return distances


def _distances(labels: np.ndarray, numbers: np.ndarray) -> np.ndarray:
    """Measure one recording without left-out frames: the nearest is the end of the previous run or the next run."""
    starts = np.concatenate([[0], np.flatnonzero(np.diff(labels)) + 1, [len(labels)]])
    run = np.repeat(np.arange(len(starts) - 1), np.diff(starts))
    last, after = starts[run] - 1, starts[run + 1]
    numbers = numbers.astype(np.int64)
    back = np.where(last >= 0, numbers - numbers[np.maximum(last, 0)], FAR)
    ahead = np.where(after < len(labels), numbers[np.minimum(after, len(labels) - 1)] - numbers, FAR)
    return np.minimum(np.minimum(back, ahead), FAR)


def negative_class(class_names: Sequence[str]) -> int:
    """Return the index of the class without events: NonTouch, the other one of a pair with Touch, or the first."""
    names = list(class_names)
    if "NonTouch" in names:
        return names.index("NonTouch")
    return 1 - names.index("Touch") if len(names) == 2 and "Touch" in names else 0


@dataclasses.dataclass(frozen=True)
class Part:
    """Frames that are drawn with the same frequency, other than once an epoch.

    Attributes:
        number: of the part, for the key of its order.
        positions: int, (n,), of the frames within the training side, without repeats.
        n_drawn: number of frames drawn for an epoch.
    """

    number: int
    positions: np.ndarray
    n_drawn: int

    def draw(self, times: np.ndarray, epoch: int, seed: int) -> None:
        """Draw the frames of an epoch; over many epochs all are drawn equally often.

        The frames form a ring in random order. Each epoch takes the next `n_drawn` of it.

        Args:
            times: uint8, (frames of the training side,); receives how often each of these is drawn.
            epoch: from 0.
            seed: of the order on the ring.
        """
        n = len(self.positions)
        rounds, more = divmod(self.n_drawn, n)
        for some in blocks(n):
            times[self.positions[some]] = rounds
        if more:
            # The 1 distinguishes these keys from (seed, epoch): for NumPy, (2, 3) and (2, 3, 0) are the same seed.
            ring = _shuffled(np.arange(n, dtype=number_type(n)), (seed, self.number, 1))
            first = epoch * self.n_drawn % n
            for drawn in (ring[first : first + more], ring[: max(0, first + more - n)]):
                for some in blocks(len(drawn)):
                    times[self.positions[drawn[some]]] += 1


def _shuffled(values: np.ndarray, key: Sequence[int]) -> np.ndarray:
    """Shuffle in place: the order is that of ``values[rng.permutation(len(values))]``, without its memory."""
    np.random.default_rng(key).shuffle(values)
    return values


@dataclasses.dataclass(frozen=True)
class Plan:
    """The frames of an epoch; its length is the number of frames of an epoch.

    Attributes:
        class_names: names in index order.
        parts: frames that are not drawn once an epoch, as all others are.
        before: frames of each class.
        epoch: frames of each class in an epoch; repeated ones count as often as they are drawn.
        hard: number of hard negatives, and of those in an epoch; None without `hard_negatives`.
        remarks: sentences on what could not be done as the settings ask.
    """

    class_names: tuple[str, ...]
    parts: tuple[Part, ...]
    before: tuple[int, ...]
    epoch: tuple[int, ...]
    hard: tuple[int, int] | None = None
    remarks: tuple[str, ...] = ()

    @classmethod
    def of_all(cls, n: int) -> Plan:
        """Return the plan that has each of `n` frames once, whatever their classes."""
        return cls(("all",), (), (n,), (n,))

    def __len__(self) -> int:
        return sum(self.epoch)

    def draw(self, epoch: int, seed: int | None) -> np.ndarray:
        """Draw the frames of an epoch.

        Args:
            epoch: from 0.
            seed: makes the order random; it depends on (seed, epoch) only. None keeps the order of the training side.

        Returns:
            int, (frames of an epoch,), positions within the training side.
        """
        n = sum(self.before)
        order = np.arange(n, dtype=number_type(n))
        if self.parts:
            times = np.ones(n, np.uint8)
            for part in self.parts:
                part.draw(times, epoch, seed or 0)
            order = np.empty(len(self), order.dtype)
            done = 0
            for some in blocks(n):
                drawn = np.repeat(np.arange(some.start, some.stop), times[some])
                order[done : done + len(drawn)] = drawn
                done += len(drawn)
        return order if seed is None else _shuffled(order, (seed, epoch))

    def counts(self) -> dict[str, Any]:
        """Return frames of each class before and after, hard negatives and remarks, as plain values for the report."""
        return {
            "before": dict(zip(self.class_names, self.before, strict=True)),
            "epoch": dict(zip(self.class_names, self.epoch, strict=True)),
            "hard": None if self.hard is None else dict(zip(("before", "epoch"), self.hard, strict=True)),
            "remarks": list(self.remarks),
        }


def plan(
    labels: np.ndarray, names: Sequence[str], settings: TrainSettings, distances: np.ndarray | None = None
) -> Plan:
    """Plan the frames of an epoch.

    Args:
        labels: int, (n,), the class of each frame of the training side.
        names: class names in index order.
        settings: `oversample`, `hard_negatives` and `hard_negative_window` are used.
        distances: int, (n,), of the same frames, see `distances_to_borders`; needed for `hard_negatives` only.

    Returns:
        The plan. Without these settings an epoch has each frame once.
    """
    before = list(count_classes(labels, names).values())
    epoch, remarks = list(before), []
    if settings.oversample is not None:
        rarest = min((index for index in range(len(names)) if before[index]), key=lambda index: before[index])
        epoch[rarest], notes = _oversampled(before[rarest], sum(before), settings.oversample, names[rarest])
        remarks += notes
    sampled = {index: epoch[index] for index in range(len(names)) if epoch[index] != before[index]}
    hard, parts = None, []
    if settings.hard_negatives is not None and distances is not None:
        negative = negative_class(names)
        of_class = labels == negative
        near = of_class & (distances <= settings.hard_negative_window)
        n_near = int(np.count_nonzero(near))
        n_hard, notes = _hard_in_epoch(n_near, before[negative] - n_near, epoch[negative], settings, names[negative])
        remarks += notes
        hard = n_near, n_hard
        if 0 < n_near < before[negative]:
            sampled.pop(negative, None)
            mixed = (negative, near, n_hard), (len(names), of_class & ~near, epoch[negative] - n_hard)
            parts = [Part(number, places_of(mask), n) for number, mask, n in mixed if n != np.count_nonzero(mask)]
    parts += [Part(index, places_of(labels == index), n) for index, n in sampled.items()]
    return Plan(tuple(names), tuple(parts), tuple(before), tuple(epoch), hard, tuple(remarks))


def _oversampled(n: int, n_all: int, share: float, name: str) -> tuple[int, list[str]]:
    """Return the number of frames of the rarest class in an epoch, and remarks."""
    asked = f"{named('oversample')} is {share:g}"
    most = n * MOST_REPEATS
    wanted = most + 1 if share == 1 else round(share * (n_all - n) / (1 - share))
    if wanted <= n:
        return n, [
            f"{asked}, but {name}, the rarest class, already has a share of {n / n_all:.3g} of the frames: none is "
            "repeated."
        ]
    if wanted > most:
        reached = most / (n_all - n + most)
        return most, [
            f"{asked}, but {name} has only {n} frames. Each is repeated {MOST_REPEATS} times per epoch, which is the "
            f"limit and gives a share of {reached:.3g} of the frames. Label more frames of {name}."
        ]
    return wanted, []


def _hard_in_epoch(n_hard: int, n_easy: int, n_drawn: int, settings: TrainSettings, name: str) -> tuple[int, list[str]]:
    """Return how many of the `n_drawn` negative frames of an epoch are hard, and remarks."""
    asked = f"{named('hard_negatives')} is {settings.hard_negatives:g}"
    if not n_hard or not n_easy:
        which = "no frame" if not n_hard else "every frame"
        return n_drawn if n_hard else 0, [
            f"{asked}, but {which} of {name} is within {settings.hard_negative_window} frames "
            f"({named('hard_negative_window')}) of another class in its recording. They are drawn without a mix."
        ]
    wanted = round((settings.hard_negatives or 0) * n_drawn)
    hard = min(wanted, n_hard * MOST_REPEATS)
    hard = max(hard, n_drawn - n_easy * MOST_REPEATS)
    if hard == wanted:
        return hard, []
    few = f"{n_hard} hard" if hard < wanted else f"{n_easy} easy"
    return hard, [
        f"{asked}, but there are only {few} frames of {name}. Each is repeated {MOST_REPEATS} times per epoch, which "
        f"is the limit and gives a share of {hard / n_drawn:.3g} hard ones."
    ]


def class_weights(setting: str | Sequence[float], plan: Plan) -> np.ndarray | None:
    """Calculate the weight of a frame of each class.

    Args:
        setting: ``balanced``, ``none``, or one number per class.
        plan: the frames of an epoch.

    Returns:
        float64, (classes,), or None for equal weights. Balanced weights are n / (classes x count), over the classes
        that occur in an epoch: all classes have the same total weight, and the mean weight of all frames is 1.
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
