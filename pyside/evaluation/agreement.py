"""How well annotators agree with each other on the same frames, and how well the model agrees with them."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from pyside.errors import BadLabels, BadOption, Faults, LengthMismatch
from pyside.evaluation.events import errors_per_touch, event_classes, event_metrics

NOT_LABELLED = -1
AS_WELL = 0.02  # of kappa: up to this difference the agreement counts as equal
MEANS = ("equal", "kappa", "f1", "errors_per_touch")


def agreement(
    labels_by_annotator: Mapping[str, np.ndarray],
    predicted: np.ndarray,
    class_names: Sequence[str],
    recordings: np.ndarray,
    frame_numbers: np.ndarray,
    frame_rate: float | None = None,
) -> dict[str, Any]:
    """Compare the labels of every pair of annotators, and of each annotator with the model.

    A model agrees better with the annotator whose labels it learnt from, so compare on frames that it never saw.

    Args:
        labels_by_annotator: name of an annotator to the class of each frame, int, (n,); -1 where it was not labelled.
        predicted: int, (n,), the class that the model predicts.
        class_names: names in index order.
        recordings: int, (n,), the recording of each frame; the frames of a recording are contiguous.
        frame_numbers: int, (n,), ascending within a recording; -1 where frames have no order in time.
        frame_rate: frames per second, for errors in ms.

    Returns:
        ``people``: one record per pair of annotators: ``first``, ``second``; ``frames``, the number that both labelled,
        on which the other figures are measured; ``equal``, the share of equal labels; ``kappa``, Cohen's; ``f1`` of the
        event class (the mean over several); ``events``, what `event_metrics` returns with the first as the truth;
        ``errors_per_touch``, count errors of all event classes per touch of the first. ``model``: the same for each
        annotator, with the model as the second, named ``model``. ``summary``: ``people`` and ``model``, the means over
        their records of ``equal``, ``kappa``, ``f1`` and ``errors_per_touch``; ``sentence``, whether the model agrees
        with people about as well as they agree with each other: the mean kappas differ by at most 0.02.
        Figures without data are None. Plain values throughout.

    Raises:
        BadOption: labels of fewer than two annotators.
        LengthMismatch: not one label per frame.
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
            **frame_agreement(seen[0], seen[1], class_names),
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
        text = f"Agreement needs the labels of two people or more. There are labels of: {given}."
        faults.add(BadOption, f"{text} Name a label file of another person for the same recordings.")
    for name, labels in labels_by_annotator.items():
        if labels.shape != (n_frames,):
            text = f"{name}: one label per frame is needed, so {n_frames}. There are {len(labels)}."
            faults.add(LengthMismatch, text)
            continue
        outside = np.flatnonzero((labels < NOT_LABELLED) | (labels >= len(class_names)))
        if len(outside):
            frame, value = outside[0], labels[outside[0]]
            text = f"{name}: {len(outside)} labels are outside the {len(class_names)} classes, first {value}"
            faults.add(BadLabels, f"{text} at frame {frame}. Use indices from 0, and -1 for frames not labelled.")
    faults.raise_any()


def frame_agreement(true: np.ndarray, other: np.ndarray, class_names: Sequence[str]) -> dict[str, Any]:
    """Return the frame figures of two label vectors.

    Args:
        true: int, (n,), the class of each frame.
        other: int, (n,), the class that it is compared with.
        class_names: names in index order.

    Returns:
        ``frames``, ``equal``, ``kappa`` and ``f1``, as in `agreement`; None without data. With one class only, kappa is
        0 / 0, and None.
    """
    nothing = {"frames": len(true), "equal": None, "kappa": None, "f1": None}
    if len(true) == 0:
        return nothing
    there, codes = np.unique(np.concatenate([true, other]), return_inverse=True)
    pairs = codes[: len(true)] * len(there) + codes[len(true) :]
    counts = np.bincount(pairs, minlength=len(there) ** 2).reshape(len(there), len(there)).astype(np.float64)
    found = {**nothing, "equal": float(np.mean(true == other))}
    if len(there) > 1:  # with one class only, kappa is 0 / 0
        found["kappa"] = _kappa(counts)
    of_events = {index for index, name in enumerate(class_names) if name in {*event_classes(class_names)}}
    if of_events & {*there.tolist()}:
        f1 = 2 * np.diag(counts) / (counts.sum(axis=0) + counts.sum(axis=1))
        found["f1"] = float(np.mean(f1[np.isin(there, [*of_events])]))
    return found


def _kappa(counts: np.ndarray) -> float:
    """Return Cohen's kappa of a confusion matrix.

    The same as scikit-learn's cohen_kappa_score, without its input checks: these take longer than all the rest, and
    there may be thousands of recordings and tags.
    """
    expected = np.outer(counts.sum(axis=0), counts.sum(axis=1)) / counts.sum()
    differs = 1 - np.eye(len(counts))
    return float(1 - np.sum(differs * counts) / np.sum(differs * expected))


def _means(records: Sequence[Mapping[str, Any]]) -> dict[str, float | None]:
    means: dict[str, float | None] = {}
    for key in MEANS:
        known = [one[key] for one in records if one[key] is not None]
        means[key] = sum(known) / len(known) if known else None
    return means


def _sentence(people: Mapping[str, float | None], model: Mapping[str, float | None]) -> str:
    among_people, with_model = people["kappa"], model["kappa"]
    if among_people is None or with_model is None:
        return (
            "How well the model agrees with people is unknown: no two people labelled the same frames with more than "
            "one class."
        )
    difference = with_model - among_people
    how = "about as well as" if abs(difference) <= AS_WELL else "better than" if difference > 0 else "less well than"
    return (
        f"The model agrees with people {how} people agree with each other. Model and people: {_figures(model)}. "
        f"People with each other: {_figures(people)}."
    )


def _figures(means: Mapping[str, float | None]) -> str:
    texts = {
        "kappa": "Cohen's kappa {:.3f}",
        "equal": "{:.2%} of labels equal",
        "errors_per_touch": "{:.3f} count errors per touch",
    }
    return ", ".join(text.format(means[key]) for key, text in texts.items() if means[key] is not None)
