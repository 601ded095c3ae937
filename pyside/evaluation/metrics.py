"""Frame figures: how often the model is right, overall and by class, tag and recording."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from pyside.evaluation.events import event_metrics, following
from pyside.evaluation.predictions import Predictions
from pyside.settings.conversion import FEW_CLASSES

MOST_VALUES = 100  # of one tag


def frame_metrics(
    labels: np.ndarray, probabilities: np.ndarray, class_names: Sequence[str], predicted: np.ndarray | None = None
) -> dict[str, Any]:
    """Compare predictions with labels.

    Args:
        labels: int, (n,), the true class of each frame.
        probabilities: float, (n, classes).
        class_names: names in index order.
        predicted: int, (n,), the class predicted for each frame. Default: its likeliest one.

    Returns:
        ``frames``; ``accuracy``, the share of frames that are right; ``balanced_accuracy``, the mean recall over the
        classes that occur; ``confusion``, a list with one row per true and one column per predicted class, empty with
        more than `FEW_CLASSES` classes, which have ``confusion_pairs`` instead, see `confusion_of`; ``classes``: by
        name, ``frames``, ``predicted``, ``precision``, ``recall``, ``f1``, and from the probability of the class
        against the rest ``average_precision`` and ``roc_auc``. Shares are 0 to 1, and None if there are no frames to
        take a share of; the last two are also None if the class, or the rest, has no frames. Plain numbers throughout.
    """
    n_classes = len(class_names)
    if predicted is None:
        predicted = np.argmax(probabilities, axis=1)
    classes = class_figures(labels, predicted, np.arange(n_classes), class_names)
    return {
        "frames": len(labels),
        "accuracy": _accuracy(labels, predicted),
        "balanced_accuracy": mean_of_known([one["recall"] for one in classes.values()]),
        **confusion_of(labels, predicted, n_classes),
        "classes": {
            name: {**classes[name], **_ranking(labels == index, probabilities[:, index])}
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
        probabilities: as in `frame_metrics`.
        class_names: as in `frame_metrics`.
        recordings: int, (n,), the number of the recording of each frame.
        tags: the tags of each recording.
        predicted: as in `frame_metrics`.

    Returns:
        By tag and value what `frame_metrics` returns; values without a frame on this side are left out. With more than
        `FEW_CLASSES` classes only ``frames``, ``accuracy`` and ``balanced_accuracy``. If a tag has more than
        `MOST_VALUES` values, those with the lowest accuracy.
    """
    if predicted is None:
        predicted = np.argmax(probabilities, axis=1)
    right = labels == predicted
    found: dict[str, dict[str, Any]] = {}
    for tag in dict.fromkeys(tag for one in tags for tag in one):
        names, codes = np.unique([one.get(tag, "") for one in tags], return_inverse=True)
        of_frames = codes[recordings]
        frames = np.bincount(of_frames, minlength=len(names))
        there = np.flatnonzero((frames > 0) & (names != ""))
        if len(there) > MOST_VALUES:
            shares = np.bincount(of_frames, right, len(names))[there] / frames[there]
            there = np.sort(there[np.argsort(shares, kind="stable")[:MOST_VALUES]])
        order, ends = np.argsort(of_frames, kind="stable"), np.cumsum(frames)
        for code in there.tolist():
            here = order[ends[code] - frames[code] : ends[code]]
            seen = labels[here], probabilities[here], class_names, predicted[here]
            metrics = frame_metrics(*seen) if len(class_names) <= FEW_CLASSES else _shortened(seen[0], seen[3])
            found.setdefault(tag, {})[str(names[code])] = metrics
    return found


def values_left_out(
    by_tag: Mapping[str, Mapping[str, Any]], recordings: np.ndarray, tags: Sequence[Mapping[str, str]]
) -> dict[str, int]:
    """Return, for each tag of which `metrics_by_tag` left out values, how many it left out.

    Args:
        by_tag: what `metrics_by_tag` returned.
        recordings: as in `metrics_by_tag`.
        tags: as in `metrics_by_tag`.
    """
    there = [tags[recording] for recording in np.unique(recordings).tolist()]
    left = {tag: len({one[tag] for one in there if one.get(tag)}) - len(values) for tag, values in by_tag.items()}
    return {tag: number for tag, number in left.items() if number > 0}


def _shortened(labels: np.ndarray, predicted: np.ndarray) -> dict[str, Any]:
    """Return those figures of `frame_metrics` that need no record per class."""
    _, of_frames, frames = np.unique(labels, return_inverse=True, return_counts=True)
    recalls = np.bincount(of_frames, labels == predicted) / frames
    return {
        "frames": len(labels),
        "accuracy": _accuracy(labels, predicted),
        "balanced_accuracy": float(recalls.mean()),
    }


def metrics_by_recording(
    predictions: Predictions, predicted: np.ndarray, frame_rate: float | None = None
) -> list[dict[str, Any]]:
    """Compare predictions with labels for each recording that has frames among them.

    Args:
        predictions: the labels, and the recording of each frame.
        predicted: int, (n,), the class predicted for each frame.
        frame_rate: frames per second, for errors in ms.

    Returns:
        One record per recording, in the order of the dataset: ``recording``, its name; ``frames``, ``accuracy``,
        ``classes`` (by name ``frames``, ``predicted``, ``precision``, ``recall``, ``f1``, as in `frame_metrics`) and
        ``events``, what `event_metrics` returns, or None where the frames have no order in time. With more than
        `FEW_CLASSES` classes both hold only the classes that occur in the recording, labelled or predicted. (It is a
        list because names may repeat, and MATLAB would change names that are not valid identifiers.)
    """
    names, every = predictions.class_names, np.arange(len(predictions.class_names))
    recordings, firsts = np.unique(predictions.recordings, return_index=True)
    bounds = [*firsts.tolist(), len(predicted)]
    found = []
    for recording, first, end in zip(recordings.tolist(), bounds[:-1], bounds[1:], strict=True):
        here = slice(first, end)
        labels, numbers = predictions.labels[here], predictions.frame_numbers[here]
        there = every if len(names) <= FEW_CLASSES else np.union1d(labels, predicted[here])
        events = None
        if numbers[-1] >= 0:
            seen = labels, predicted[here], predictions.recordings[here], numbers
            events = event_metrics(*seen, names, frame_rate, only_there=True)
        found.append(
            {
                "recording": predictions.recording_names[recording],
                "frames": end - first,
                "accuracy": _accuracy(labels, predicted[here]),
                "classes": class_figures(labels, predicted[here], there, names),
                "events": events,
            }
        )
    return found


def _accuracy(labels: np.ndarray, predicted: np.ndarray) -> float | None:
    return _share(int(np.count_nonzero(labels == predicted)), len(labels))


def confusion_of(labels: np.ndarray, predicted: np.ndarray, n_classes: int) -> dict[str, Any]:
    """Return ``confusion`` as rows; with many classes, ``confusion_pairs`` instead.

    The pairs are the entries of the matrix that are not 0, row by row: ``true`` and ``predicted``, class indices from
    0, and ``frames``. In MATLAB, ``sparse(pairs.true + 1, pairs.predicted + 1, pairs.frames)`` is the matrix.
    """
    pairs = labels.astype(np.int64) * n_classes + predicted
    if n_classes <= FEW_CLASSES:
        return {"confusion": np.bincount(pairs, minlength=n_classes**2).reshape(n_classes, n_classes).tolist()}
    places, frames = np.unique(pairs, return_counts=True)
    true, guessed = np.divmod(places, n_classes)
    return {
        "confusion": [],
        "confusion_pairs": {"true": true.tolist(), "predicted": guessed.tolist(), "frames": frames.tolist()},
    }


def confusion_entries(figures: Mapping[str, Any]) -> Iterator[tuple[int, int, int]]:
    """Yield true class, predicted class and frames of each entry of a confusion matrix that is not 0.

    Args:
        figures: what `frame_metrics` returned.
    """
    pairs = figures.get("confusion_pairs")
    if pairs:
        yield from zip(pairs["true"], pairs["predicted"], pairs["frames"], strict=True)
    for true, row in enumerate(figures.get("confusion") or []):
        yield from ((true, predicted, frames) for predicted, frames in enumerate(row) if frames)


def class_figures(
    labels: np.ndarray, predicted: np.ndarray, there: np.ndarray, class_names: Sequence[str]
) -> dict[str, dict[str, Any]]:
    """Return, by name, the figures of the classes `there` (ascending indices); every frame is of one of them."""
    counted = (labels, predicted, labels[labels == predicted])
    counts = [np.bincount(np.searchsorted(there, one), minlength=len(there)).tolist() for one in counted]
    return {
        class_names[index]: {
            "frames": true,
            "predicted": guessed,
            "precision": _share(right, guessed),
            "recall": _share(right, true),
            "f1": _share(2 * right, true + guessed),
        }
        for index, true, guessed, right in zip(there.tolist(), *counts, strict=True)
    }


def _ranking(of_class: np.ndarray, probability: np.ndarray) -> dict[str, float | None]:
    """Return how well its probability separates a class from the rest, over all thresholds."""
    positives = int(np.count_nonzero(of_class))
    if positives in (0, len(of_class)):
        return {"average_precision": None, "roc_auc": None}
    # The same as scikit-learn's average_precision_score and roc_auc_score, to the last bit, without their input checks:
    # these take longer than the rest, and there may be thousands of classes, tags and recordings.
    order = np.argsort(probability, kind="mergesort")[::-1]
    ordered = probability[order]
    ends = np.append(np.flatnonzero(np.diff(ordered)), len(ordered) - 1)
    true = np.cumsum(of_class[order], dtype=np.float64)[ends]
    false = 1 + ends - true
    precision, recall = (true / (true + false))[::-1], np.append((true / true[-1])[::-1], 0.0)
    average = max(0.0, -np.sum(np.diff(recall) * precision))
    corners = np.concatenate([[True], np.logical_or(np.diff(false, 2), np.diff(true, 2)), [True]])[: len(ends)]
    across, up = (np.append(0.0, one[corners]) / one[-1] for one in (false, true))
    area = np.sum(np.diff(across) * (up[1:] + up[:-1]) / 2.0)
    return {"average_precision": float(average), "roc_auc": float(area)}


def evidence(predictions: Predictions, predicted: np.ndarray) -> dict[str, Any] | None:
    """Return how far predictions are from guessing, with the standard error of that.

    Neighbouring frames are alike, so frames are no independent samples. Runs of frames of one class are: a touch, or
    what lies between two touches. The deviations of the frames of a run are added up before they are squared, as in
    Obuchowski, "Nonparametric analysis of clustered ROC curve data" (Biometrics 53:567, 1997).

    Args:
        predictions: those of one side.
        predicted: int, (n,), the class decided for each frame.

    Returns:
        ``figure``: with two classes ``roc_auc``, which needs no threshold (the threshold is chosen on the validation
        side, so a figure at it is better than that of a guess even where labels are random), with more
        ``balanced_accuracy``; ``value``; ``guessing``, its value for a guess; ``error``, its standard error;
        ``guessing_error``, that of a guess run by run; ``runs``, the number of runs of the class that has the fewest.
        Plain numbers. None if fewer than two classes occur.
    """
    labels = predictions.labels
    there, of_class, frames = np.unique(labels, return_inverse=True, return_counts=True)
    if len(there) < 2:
        return None
    if len(predictions.class_names) == 2:
        figure, guessing = "roc_auc", 0.5
        value, deviations = _area(labels == 1, predictions.probabilities[:, 1])
    else:
        figure, guessing = "balanced_accuracy", 1 / len(there)
        right = labels == predicted
        recalls = np.bincount(of_class, right) / frames
        value, deviations = recalls.mean(), (right - recalls[of_class]) / (frames[of_class] * len(there))
    begins = np.ones(len(labels), bool)
    begins[1:] = (np.diff(labels) != 0) | ~following(predictions.recordings, predictions.frame_numbers)
    runs = np.bincount(of_class[begins], minlength=len(there))
    of_runs = np.bincount(np.cumsum(begins) - 1, deviations)
    squares = np.bincount(of_class[begins], of_runs**2, len(there)) * runs / np.maximum(1, runs - 1)
    if figure == "roc_auc":
        by_guess = (runs.sum() + 1) / (12 * runs.prod())  # Hanley and McNeil, Radiology 143:29, 1982
    else:
        by_guess = guessing * (1 - guessing) * np.sum(1 / runs) / len(there) ** 2
    return {
        "figure": figure,
        "value": float(value),
        "guessing": guessing,
        "error": float(np.sqrt(squares.sum())),
        "guessing_error": float(np.sqrt(by_guess)),
        "runs": int(runs.min()),
    }


def _area(of_class: np.ndarray, probability: np.ndarray) -> tuple[float, np.ndarray]:
    """Return the area under the ROC curve, and what each frame adds to its deviation from its expected value."""
    ranks, positives, negatives = _ranks(probability), of_class.sum(), (~of_class).sum()
    places = np.empty(len(ranks))  # the share of the frames of the other class that a frame is rightly above or below
    places[of_class] = (ranks[of_class] - _ranks(probability[of_class])) / negatives
    places[~of_class] = 1 - (ranks[~of_class] - _ranks(probability[~of_class])) / positives
    area = float(places[of_class].mean())
    return area, (places - area) / np.where(of_class, positives, negatives)


def _ranks(values: np.ndarray) -> np.ndarray:
    """Return ranks from 1, where equal values have the mean of theirs; NaN for all if a value is NaN."""
    if np.isnan(values).any():
        return np.full(len(values), np.nan)
    _, places, counts = np.unique(values, return_inverse=True, return_counts=True)
    return (np.cumsum(counts) - (counts - 1) / 2)[places]


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None


def mean_of_known(values: Sequence[float | None]) -> float | None:
    """Return the mean of the values that are not None; None if all are."""
    known = [value for value in values if value is not None]
    return sum(known) / len(known) if known else None


def side_figures(
    predictions: Predictions,
    predicted: np.ndarray,
    tags: Sequence[Mapping[str, str]],
    frame_rate: float | None = None,
) -> dict[str, Any]:
    """Compute the figures of one side.

    Args:
        predictions: those of its frames.
        predicted: int64, (n,), the class decided for each frame.
        tags: the tags of each recording of the dataset.
        frame_rate: frames per second, for figures in ms.

    Returns:
        What `frame_metrics` returns; ``evidence``, see `evidence`; ``events``, by class what `event_metrics` returns
        (empty if the frames have no order in time); ``recordings``, see `metrics_by_recording`; ``tags``, see
        `metrics_by_tag`; and, if values of tags were left out, ``tag_values_left_out``, how many, by tag.
    """
    labels, names = predictions.labels, predictions.class_names
    in_order = predictions.frame_numbers >= 0
    events = {}
    if in_order.any():
        ordered = predictions.of(in_order)
        events = event_metrics(
            ordered.labels, predicted[in_order], ordered.recordings, ordered.frame_numbers, names, frame_rate
        )
    where = predictions.recordings, tags
    by_tag = metrics_by_tag(labels, predictions.probabilities, names, *where, predicted)
    left_out = values_left_out(by_tag, *where)
    return {
        **frame_metrics(labels, predictions.probabilities, names, predicted),
        "evidence": evidence(predictions, predicted),
        "events": events,
        "recordings": metrics_by_recording(predictions, predicted, frame_rate),
        "tags": by_tag,
        **({"tag_values_left_out": left_out} if left_out else {}),
    }
