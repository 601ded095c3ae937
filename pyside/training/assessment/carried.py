"""Which frames a model file carries: probes of the network, and frames to calibrate int8 on.

Equal trainings choose equal frames: nothing is drawn at random.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import islice, zip_longest
from typing import TYPE_CHECKING, Any

import numpy as np

from pyside.models.probes import CALIBRATION, MOST_FRAMES, PROBES, Carried

if TYPE_CHECKING:
    from pyside.data.dataset import Dataset, FrameTable
    from pyside.evaluation.decision import Decision
    from pyside.training.assessment.evaluate import Judged
    from pyside.training.splitting.subsets import Split

_NEAREST_TO_0_AND_1 = 1e-7  # of a probability, about the resolution of float32
_A_DOUBTFUL_ONE = 4  # one of so many probes is nearest the threshold


def carried_frames(
    judged: Judged, dataset: Dataset, sides: Split, frames: Callable[[np.ndarray], np.ndarray]
) -> Carried:
    """Return the frames that a model file is to carry.

    Args:
        judged: the evaluation, whose predictions say which frames are doubtful.
        dataset: the one that the network was trained on.
        sides: of the split.
        frames: returns frames as the network takes them, by number.

    Raises:
        BadDataset: a frame cannot be read any more.
    """
    found = [judged.predictions[side] for side in sorted(judged.predictions)]
    chosen, doubtful = choose_probes(np.concatenate([one.probabilities for one in found]), judged.decision)
    numbers = np.concatenate([one.numbers for one in found])[chosen]
    return Carried(frames(numbers), doubtful, frames(sides.training[choose_calibration(dataset.table[sides.training])]))


def choose_probes(probabilities: np.ndarray, decision: Decision) -> tuple[np.ndarray, np.ndarray]:
    """Choose 64 frames: 16 nearest the threshold, and 48 spread evenly over the range of the logits, both ends too.

    With more than two classes, frames are doubtful where the two likeliest are nearly alike, and the others are spread
    over the logits of each class in turn.

    Args:
        probabilities: float, (n, classes), of the frames to choose from.
        decision: of the model.

    Returns:
        (places, doubtful): int64 and bool, (chosen,). The first frames, however many, are such a choice too.
    """
    inside = np.clip(probabilities.astype(np.float64), _NEAREST_TO_0_AND_1, 1 - _NEAREST_TO_0_AND_1)
    logits = np.log(inside / (1 - inside))
    if decision.threshold is None or decision.event_index is None:
        two = np.sort(probabilities, axis=1)[:, -2:]
        doubts, columns = two[:, 1] - two[:, 0], logits.T
    else:
        doubts = np.abs(probabilities[:, decision.event_index] - decision.threshold)
        columns = logits[:, decision.event_index][np.newaxis]
    n_doubtful = -(-min(MOST_FRAMES[PROBES], len(doubts)) // _A_DOUBTFUL_ONE)
    nearest = np.argsort(doubts, kind="stable")[:n_doubtful]
    others = _evenly(columns, min(MOST_FRAMES[PROBES], len(doubts)) - n_doubtful, nearest)
    doubtful = np.arange(n_doubtful + len(others)) % _A_DOUBTFUL_ONE == 0  # one, then three others, and so on
    chosen = np.empty(len(doubtful), np.int64)
    chosen[doubtful], chosen[~doubtful] = nearest, others
    return chosen, doubtful


def _evenly(columns: np.ndarray, n: int, taken: np.ndarray) -> list[int]:
    """Choose n places whose values are spread evenly over the range of each column in turn; none of those taken."""
    free = np.ones(columns.shape[1], bool)
    free[taken] = False
    of_each = -(-n // len(columns))
    ranks = spread(of_each) if n else []
    chosen: list[int] = []
    for number in range(n):
        turn, which = divmod(number, len(columns))
        target = np.linspace(columns[which].min(), columns[which].max(), of_each)[ranks[turn]]
        chosen.append(int(np.argmin(np.where(free, np.abs(columns[which] - target), np.inf))))
        free[chosen[-1]] = False
    return chosen


def choose_calibration(table: FrameTable) -> np.ndarray:
    """Choose frames of the training side, from its classes and recordings in turn, spread over the time of each.

    Args:
        table: the training side.

    Returns:
        int64, places in the table. The first frames, however many, are such a choice too.
    """
    most = MOST_FRAMES[CALIBRATION]
    order = np.lexsort((np.arange(len(table)), table.recordings, table.labels))
    labels, recordings = table.labels[order], table.recordings[order]
    new = (np.diff(labels) != 0) | (np.diff(recordings) != 0)
    of_classes: dict[int, list[np.ndarray]] = {}
    for part in np.split(order, np.flatnonzero(new) + 1):
        of_classes.setdefault(int(table.labels[part[0]]), []).append(part)
    turns = [
        _in_turn([part[spread(len(part), most)] for part in (parts[place] for place in spread(len(parts), most))])
        for parts in of_classes.values()
    ]
    return np.array(list(islice(_in_turn(turns), most)), np.int64)


def spread(n: int, most: int | None = None) -> list[int]:
    """Return the places of n things so that the first ones, however many, are spread: both ends, the middle, and so on.

    Args:
        n: number of things, at least 1.
        most: how many places are wanted; None for all.
    """
    wanted = n if most is None else min(n, most)
    places: dict[int, None] = {}
    parts = 1
    while len(places) < wanted:
        places |= dict.fromkeys(np.linspace(0, n - 1, parts + 1).round().astype(int).tolist())
        parts *= 2
    return list(places)[:wanted]


def _in_turn(several: Sequence[Any]) -> Iterator[Any]:
    """Yield the first of each, then the second of each, and so on."""
    for row in zip_longest(*several):
        yield from (one for one in row if one is not None)
