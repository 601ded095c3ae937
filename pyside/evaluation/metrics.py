"""Figures on frames: how often the model is right, over all and class by class."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np


def frame_metrics(labels: np.ndarray, probabilities: np.ndarray, class_names: Sequence[str]) -> dict[str, Any]:
    """Compare predictions with labels.

    Args:
        labels: int, (n,), the true class of each frame.
        probabilities: float, (n, classes); a frame is predicted to be of the likeliest class.
        class_names: names in index order.

    Returns:
        ``frames``; ``accuracy``, the share of frames that are right; ``balanced_accuracy``, the mean recall over the
        classes that occur; ``confusion``, a list of rows, a row for each true and a column for each predicted class;
        ``classes``: by name, ``frames``, ``predicted``, ``precision``, ``recall`` and ``f1``. Shares are 0 to 1;
        one that has no frames to be a share of is None. Plain numbers throughout.
    """
    from sklearn.metrics import confusion_matrix, precision_recall_fscore_support

    n_classes = len(class_names)
    classes = np.arange(n_classes)
    predicted = np.argmax(probabilities, axis=1) if len(labels) else np.empty(0, np.int64)
    if len(labels) == 0:
        confusion = np.zeros((n_classes, n_classes), np.int64)
        shares = np.full((3, n_classes), np.nan)
    else:
        confusion = confusion_matrix(labels, predicted, labels=classes)
        *found, _ = precision_recall_fscore_support(labels, predicted, labels=classes, zero_division=np.nan)
        shares = np.asarray(found, np.float64)
    recalls = shares[1][~np.isnan(shares[1])]
    return {
        "frames": len(labels),
        "accuracy": float(np.mean(predicted == labels)) if len(labels) else None,
        "balanced_accuracy": float(recalls.mean()) if len(recalls) else None,
        "confusion": confusion.tolist(),
        "classes": {
            name: {
                "frames": int(confusion[index].sum()),
                "predicted": int(confusion[:, index].sum()),
                "precision": _share(shares[0, index]),
                "recall": _share(shares[1, index]),
                "f1": _share(shares[2, index]),
            }
            for index, name in enumerate(class_names)
        },
    }


def metrics_by_tag(
    labels: np.ndarray,
    probabilities: np.ndarray,
    class_names: Sequence[str],
    recordings: np.ndarray,
    tags: Sequence[Mapping[str, str]],
) -> dict[str, dict[str, Any]]:
    """Compare predictions with labels for each value of each tag, such as each animal.

    Args:
        labels: as in `frame_metrics`.
        probabilities: likewise.
        class_names: likewise.
        recordings: int, (n,), the number of the recording that each frame is of.
        tags: of each recording.

    Returns:
        By tag and value what `frame_metrics` returns; a value without a frame on this side is not there.
    """
    found: dict[str, dict[str, Any]] = {}
    for tag in dict.fromkeys(tag for one in tags for tag in one):
        values = np.array([one.get(tag, "") for one in tags])[recordings]
        for value in np.unique(values[values != ""]).tolist():
            of_value = values == value
            metrics = frame_metrics(labels[of_value], probabilities[of_value], class_names)
            found.setdefault(tag, {})[value] = metrics
    return found


def _share(value: float) -> float | None:
    return None if np.isnan(value) else float(value)
