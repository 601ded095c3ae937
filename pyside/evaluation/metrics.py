"""Figures on frames: how often the model is right, over all, class by class, tag by tag and recording by recording."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from pyside.evaluation.events import event_metrics
from pyside.evaluation.predictions import Predictions


def frame_metrics(
    labels: np.ndarray, probabilities: np.ndarray, class_names: Sequence[str], predicted: np.ndarray | None = None
) -> dict[str, Any]:
    """Compare predictions with labels.

    Args:
        labels: int, (n,), the true class of each frame.
        probabilities: float, (n, classes).
        class_names: names in index order.
        predicted: int, (n,), the class that each frame is said to be of; by default its likeliest one.

    Returns:
        ``frames``; ``accuracy``, the share of frames that are right; ``balanced_accuracy``, the mean recall over the
        classes that occur; ``confusion``, a list of rows, a row for each true and a column for each predicted class;
        ``classes``: by name, ``frames``, ``predicted``, ``precision``, ``recall``, ``f1``, and from the probability
        of the class against the rest ``average_precision`` and ``roc_auc``. Shares are 0 to 1; one that has no frames
        to be a share of is None, and so are the last two where the class, or its rest, has no frames. Plain numbers
        throughout.
    """
    n_classes = len(class_names)
    if predicted is None:
        predicted = np.argmax(probabilities, axis=1)
    confusion = np.bincount(labels.astype(np.int64) * n_classes + predicted, minlength=n_classes**2)
    rows = confusion.reshape(n_classes, n_classes).tolist()
    figures = _of_confusion(rows, class_names)
    return {
        "frames": len(labels),
        "accuracy": figures["accuracy"],
        "balanced_accuracy": mean_of_known([one["recall"] for one in figures["classes"].values()]),
        "confusion": rows,
        "classes": {
            name: {**figures["classes"][name], **_ranking(labels == index, probabilities[:, index])}
            for index, name in enumerate(class_names)
        },
    }


def metrics_by_tag(
    labels: np.ndarray,
    probabilities: np.ndarray,
    class_names: Sequence[str],
    recordings: np.ndarray,
    tags: Sequence[Mapping[str, str]],
    predicted: np.ndarray | None = None,
) -> dict[str, dict[str, Any]]:
    """Compare predictions with labels for each value of each tag, such as each animal.

    Args:
        labels: as in `frame_metrics`.
        probabilities: likewise.
        class_names: likewise.
        recordings: int, (n,), the number of the recording that each frame is of.
        tags: of each recording.
        predicted: as in `frame_metrics`.

    Returns:
        By tag and value what `frame_metrics` returns; a value without a frame on this side is not there.
    """
    if predicted is None:
        predicted = np.argmax(probabilities, axis=1)
    found: dict[str, dict[str, Any]] = {}
    for tag in dict.fromkeys(tag for one in tags for tag in one):
        values = np.array([one.get(tag, "") for one in tags])[recordings]
        for value in np.unique(values[values != ""]).tolist():
            of_value = values == value
            metrics = frame_metrics(labels[of_value], probabilities[of_value], class_names, predicted[of_value])
            found.setdefault(tag, {})[value] = metrics
    return found


def metrics_by_recording(
    predictions: Predictions, predicted: np.ndarray, frame_rate: float | None = None
) -> list[dict[str, Any]]:
    """Compare predictions with labels for each recording that has frames among them.

    Args:
        predictions: labels, and which frame is of which recording.
        predicted: int, (n,), the class that each frame is said to be of.
        frame_rate: frames a second, for errors in ms.

    Returns:
        A record each, in the order of the dataset: ``recording``, its name; ``frames``, ``accuracy``, ``classes`` (by
        name ``frames``, ``predicted``, ``precision``, ``recall``, ``f1``, as in `frame_metrics`) and ``events``, what
        `event_metrics` returns, or None where the frames have no order in time. (A list, because names may be equal,
        and MATLAB would change those that are none of its identifiers.)
    """
    names, n_classes = predictions.class_names, len(predictions.class_names)
    recordings, firsts = np.unique(predictions.recordings, return_index=True)
    bounds = [*firsts.tolist(), len(predicted)]
    found = []
    for recording, first, end in zip(recordings.tolist(), bounds[:-1], bounds[1:], strict=True):
        here = slice(first, end)
        labels, numbers = predictions.labels[here], predictions.frame_numbers[here]
        confusion = np.bincount(labels * n_classes + predicted[here], minlength=n_classes**2)
        events = None
        if numbers[-1] >= 0:
            events = event_metrics(labels, predicted[here], predictions.recordings[here], numbers, names, frame_rate)
        found.append(
            {
                "recording": predictions.recording_names[recording],
                "frames": end - first,
                **_of_confusion(confusion.reshape(n_classes, n_classes).tolist(), names),
                "events": events,
            }
        )
    return found


def _of_confusion(rows: list[list[int]], class_names: Sequence[str]) -> dict[str, Any]:
    """Return ``accuracy`` and ``classes`` of a confusion: a row for each true, a column for each predicted class."""
    right = [row[index] for index, row in enumerate(rows)]
    true, predicted = [sum(row) for row in rows], [sum(column) for column in zip(*rows, strict=True)]
    return {
        "accuracy": _share(sum(right), sum(true)),
        "classes": {
            name: {
                "frames": true[index],
                "predicted": predicted[index],
                "precision": _share(right[index], predicted[index]),
                "recall": _share(right[index], true[index]),
                "f1": _share(2 * right[index], true[index] + predicted[index]),
            }
            for index, name in enumerate(class_names)
        },
    }


def _ranking(of_class: np.ndarray, probability: np.ndarray) -> dict[str, float | None]:
    """Return how well its probability tells a class from the rest, whatever the threshold."""
    if of_class.all() or not of_class.any():
        return {"average_precision": None, "roc_auc": None}
    from sklearn.metrics import average_precision_score, roc_auc_score

    return {
        "average_precision": float(average_precision_score(of_class, probability)),
        "roc_auc": float(roc_auc_score(of_class, probability)),
    }


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None


def mean_of_known(values: Sequence[float | None]) -> float | None:
    """Return the mean of the values that there are; None where there is none."""
    known = [value for value in values if value is not None]
    return sum(known) / len(known) if known else None
