"""How far people who marked the same frames agree, and whether the model agrees with them as well."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from pyside.errors import BadLabels, BadOption, Faults, LengthMismatch
from pyside.evaluation.events import errors_per_touch, event_classes, event_metrics

NOT_LABELLED = -1
AS_WELL = 0.02  # of kappa: a smaller difference is none
MEANS = ("equal", "kappa", "f1", "errors_per_touch")


def agreement(
    labels_by_annotator: Mapping[str, np.ndarray],
    predicted: np.ndarray,
    class_names: Sequence[str],
    recordings: np.ndarray,
    frame_numbers: np.ndarray,
    frame_rate: float | None = None,
) -> dict[str, Any]:
    """Compare the labels of each two people, and of each person with the model.

    The model may have learnt from the labels of one of them, which makes it agree better with that one; the people's
    labels are best compared on frames that it never saw.

    Args:
        labels_by_annotator: by name of the person int, (n,), the class of each frame; -1 where it was not labelled.
        predicted: int, (n,), the class that the model says.
        class_names: names in index order.
        recordings: int, (n,), which recording each frame is of; the frames of one stand together.
        frame_numbers: int, (n,), ascending within a recording; -1 where frames have no order in time.
        frame_rate: frames a second, for errors in ms.

    Returns:
        ``people``: a record for each two people: ``first``, ``second``; ``frames`` that both labelled, which all
        else is of; ``equal``, the share of equal labels; ``kappa``, Cohen's; ``f1`` of the event class (the mean if
        there are several); ``events``, what `event_metrics` says with the first as the truth; ``errors_per_touch``,
        count errors of all event classes per touch of the first. ``model``: the same for each person with the model
        as the second, whose name there is ``model``. ``summary``: ``people`` and ``model``, the means over their
        records of ``equal``, ``kappa``, ``f1`` and ``errors_per_touch``; ``sentence``, whether the model agrees with
        people about as well as they do among themselves: the mean kappas differ by at most 0.02.
        What cannot be told is None. Plain values throughout.

    Raises:
        BadOption: labels of fewer than two people.
        LengthMismatch: not one label a frame.
        BadLabels: labels outside the classes.
    """
    _check(labels_by_annotator, len(predicted), class_names)

    def compare(first: str, second: str, true: np.ndarray, other: np.ndarray) -> dict[str, Any]:
        both = (true != NOT_LABELLED) & (other != NOT_LABELLED)
        seen = true[both], other[both], recordings[both], frame_numbers[both]
        events = event_metrics(*seen, class_names, frame_rate)
        return {
            "first": first,
            "second": second,
            **_frames(seen[0], seen[1], class_names),
            "events": events,
            "errors_per_touch": errors_per_touch(events.values()),
        }

    pairs = itertools.combinations(labels_by_annotator.items(), 2)
    people = [compare(first, second, true, other) for (first, true), (second, other) in pairs]
    model = [compare(name, "model", labels, predicted) for name, labels in labels_by_annotator.items()]
    means = {"people": _means(people), "model": _means(model)}
    return {"people": people, "model": model, "summary": {**means, "sentence": _sentence(**means)}}


def _check(labels_by_annotator: Mapping[str, np.ndarray], n_frames: int, class_names: Sequence[str]) -> None:
    faults = Faults()
    if len(labels_by_annotator) < 2:
        given = ", ".join(labels_by_annotator) or "nobody"
        text = f"Agreement is told from the labels of two people or more. There are those of: {given}."
        faults.add(BadOption, f"{text} Name a label file of another person on the same recordings.")
    for name, labels in labels_by_annotator.items():
        if labels.shape != (n_frames,):
            faults.add(LengthMismatch, f"{name}: one label a frame is needed, {n_frames}. There are {len(labels)}.")
            continue
        outside = np.flatnonzero((labels < NOT_LABELLED) | (labels >= len(class_names)))
        if len(outside):
            frame, value = outside[0], labels[outside[0]]
            text = f"{name}: {len(outside)} labels are outside the {len(class_names)} classes, first {value}"
            faults.add(BadLabels, f"{text} at frame {frame}. Use indices from 0, and -1 for frames not labelled.")
    faults.raise_any()


def _frames(true: np.ndarray, other: np.ndarray, class_names: Sequence[str]) -> dict[str, Any]:
    """Return the figures on frames of two label vectors."""
    nothing = {"frames": len(true), "equal": None, "kappa": None, "f1": None}
    if len(true) == 0:
        return nothing
    from sklearn.metrics import cohen_kappa_score, f1_score

    of_events, there = set(event_classes(class_names)), set(np.union1d(true, other).tolist())
    classes = [index for index, name in enumerate(class_names) if name in of_events and index in there]
    found = {**nothing, "equal": float(np.mean(true == other))}
    if len(np.union1d(true, other)) > 1:  # where all is one class, kappa is 0 / 0
        found["kappa"] = float(cohen_kappa_score(true, other))
    if classes:
        found["f1"] = float(f1_score(true, other, labels=classes, average="macro"))
    return found


def _means(records: Sequence[Mapping[str, Any]]) -> dict[str, float | None]:
    means: dict[str, float | None] = {}
    for key in MEANS:
        known = [one[key] for one in records if one[key] is not None]
        means[key] = sum(known) / len(known) if known else None
    return means


def _sentence(people: Mapping[str, float | None], model: Mapping[str, float | None]) -> str:
    among_people, with_model = people["kappa"], model["kappa"]
    if among_people is None or with_model is None:
        return "Whether the model agrees with people cannot be told: no two labelled the same frames of two classes."
    difference = with_model - among_people
    how = "about as well as" if abs(difference) <= AS_WELL else "better than" if difference > 0 else "less well than"
    return (
        f"The model agrees with people {how} people among themselves: the model with people {_told(model)}; "
        f"people among themselves {_told(people)}."
    )


def _told(means: Mapping[str, float | None]) -> str:
    texts = {
        "kappa": "Cohen's kappa {:.3f}",
        "equal": "{:.2%} of frames equal",
        "errors_per_touch": "{:.3f} count errors a touch",
    }
    return ", ".join(text.format(means[key]) for key, text in texts.items() if means[key] is not None)
