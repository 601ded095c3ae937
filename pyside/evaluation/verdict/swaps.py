"""Classes that a model takes for each other throughout: their labels are the other way round."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping

from pyside.aliases import Record
from pyside.evaluation.metrics import confusion_entries
from pyside.evaluation.verdict.case import Case, is_number, luck

SWAPPED = 0.75  # mean share of the frames of a class that are taken for the other one
MOST = 0.5  # the least such share of each class
FEWEST_FRAMES, FEWEST_RUNS = 10, 3  # of each class: with fewer, chance alone can swap them


@dataclasses.dataclass(frozen=True)
class Swap:
    """Classes of one side that are taken for each other.

    Attributes:
        side: of the split.
        classes: the labelled class to the class that the model says instead.
        share: mean share of their frames for which it says so.
        recordings: names of the recordings concerned; empty for the whole side.
        epoch: number of the epoch at which the model said so, if the one that was kept does not; else None.
    """

    side: str
    classes: Mapping[str, str]
    share: float
    recordings: tuple[str, ...] = ()
    epoch: int | None = None


def swaps(case: Case) -> list[Swap]:
    """Return the swaps of each side, the validation side first; of a side as a whole, or of some of its recordings."""
    found = []
    for side, figures in (("validation", case.validation), ("test", case.test), ("training", case.measured)):
        whole = swap_in(side, figures) or (_of_history(case) if side == "validation" else None)
        found += [whole] if whole else list(_of_recordings(side, figures))
    return found


def swap_in(side: str, figures: Record) -> Swap | None:
    """Find classes that are taken for each other, two or in a circle, in the confusion matrix of a side.

    Args:
        side: its name.
        figures: what `side_figures` returned for it.
    """
    names = list(figures.get("classes") or {})
    known = figures.get("evidence") or {}
    if known and known["runs"] < FEWEST_RUNS:
        return None
    mostly = {}
    for true, (predicted, share) in _mostly_taken_for(figures, len(names)).items():
        if (
            share >= MOST
            and predicted != true
            and (figures["classes"][names[true]].get("frames") or 0) >= FEWEST_FRAMES
        ):
            mostly[true] = (predicted, share)
    while mostly.keys() != (said := {predicted for predicted, _ in mostly.values()}):  # until only circles are left
        mostly = {true: one for true, one in mostly.items() if true in said and one[0] in mostly}
    share = sum(one for _, one in mostly.values()) / max(1, len(mostly))
    if share >= SWAPPED:
        return Swap(side, {names[true]: names[predicted] for true, (predicted, _) in mostly.items()}, share)
    value = known.get("value") if known.get("figure") == "roc_auc" else None
    if is_number(value) and is_number(known["error"]) and value <= min(1 - SWAPPED, 0.5 - luck(known)):
        return Swap(side, dict(zip(names, names[::-1], strict=True)), 1 - value)  # whichever class the threshold says
    return None


def _mostly_taken_for(figures: Record, n_classes: int) -> dict[int, tuple[int, float]]:
    """Return for each true class the class that most of its frames are taken for, and their share."""
    if n_classes == 2:
        recalls = [one.get("recall") for one in figures["classes"].values()]
        return {true: (1 - true, 1 - recall) for true, recall in enumerate(recalls) if is_number(recall)}
    found: dict[int, tuple[int, float]] = {}
    totals = [one.get("frames") for one in (figures.get("classes") or {}).values()]
    for true, predicted, frames in confusion_entries(figures):
        total = totals[true] if true < n_classes else 0
        if total and frames / total > found.get(true, (0, 0.0))[1]:
            found[true] = predicted, frames / total
    return found


def _of_history(case: Case) -> Swap | None:
    """Find an epoch in which training was mostly right and validation mostly wrong.

    Where the validation side is the other way round, the best epoch is the one that learnt least: its model guesses,
    and only the other epochs show it. Guessing one class throughout is right as often as that class occurs.
    """
    classes = {name: one.get("frames") or 0 for name, one in (case.validation.get("classes") or {}).items()}
    there = {name: frames for name, frames in classes.items() if frames >= FEWEST_FRAMES}
    value = case.evidence.get("value")
    if len(there) != 2 or not is_number(value) or value > case.limit or 0 < case.evidence["runs"] < FEWEST_RUNS:
        return None
    least = min(there.values()) / sum(classes.values()) / 2
    curves = [case.history.get(name) or [] for name in ("accuracy", "val_accuracy")]
    found = None
    for epoch, (right, held_out) in enumerate(zip(*curves, strict=False), start=1):
        if is_number(right) and is_number(held_out) and right >= SWAPPED and held_out <= least:
            found = epoch, 1 - held_out
    if found is None:
        return None
    return Swap("validation", dict(zip(there, list(there)[::-1], strict=True)), found[1], epoch=found[0])


def _of_recordings(side: str, figures: Record) -> Iterator[Swap]:
    """Find the recordings whose two classes are taken for each other."""
    names, shares = [], []
    classes: list[str] = list(figures.get("classes") or {})
    for one in (figures.get("recordings") or []) if len(classes) == 2 else []:
        each = list((one.get("classes") or {}).values())
        events = [of.get("touches", FEWEST_RUNS) for of in (one.get("events") or {}).values()]
        wrong = [
            1 - of["recall"] for of in each if is_number(of.get("recall")) and of.get("frames", 0) >= FEWEST_FRAMES
        ]
        if (
            len(wrong) == 2
            and min(wrong) >= MOST
            and sum(wrong) / 2 >= SWAPPED
            and min(events, default=FEWEST_RUNS) >= FEWEST_RUNS
        ):
            names.append(str(one.get("recording")))
            shares.append(sum(wrong) / 2)
    if names:
        yield Swap(side, dict(zip(classes, classes[::-1], strict=True)), sum(shares) / len(shares), tuple(names))
