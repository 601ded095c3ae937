"""The worst mistakes of a model: the frames where it was most certain of a wrong class."""

from __future__ import annotations

from typing import Any

import numpy as np

from pyside.evaluation.events import following
from pyside.evaluation.predictions import Predictions

MOST_OF_A_RUN = 3  # neighbours in time are near copies of each other


def worst_mistakes(predictions: Predictions, predicted: np.ndarray, most: int = 48) -> list[dict[str, Any]]:
    """Return the worst mistakes, worst first: those whose label the model gave the lowest probability.

    Args:
        predictions: those of one side.
        predicted: int64, (n,), the class decided for each frame.
        most: the most frames to return. Of one run of wrong frames at most three are returned.

    Returns:
        One record per frame: ``recording``, its name; ``frame``, its number in its source, from 0, or None where
        frames have no order; ``number``, its number in the dataset; ``label`` and ``predicted``, class names;
        ``probability`` that the model gave to the label, and ``predicted_probability``, to the predicted class. Plain
        values.
    """
    wrong = np.flatnonzero(predicted != predictions.labels)
    probabilities = predictions.probabilities[wrong, predictions.labels[wrong]].astype(np.float64)
    probabilities = np.where(np.isnan(probabilities), 0.0, probabilities)
    neighbours = (np.diff(wrong) == 1) & following(predictions.recordings[wrong], predictions.frame_numbers[wrong])
    run = np.concatenate([[0], np.cumsum(~neighbours)]) if len(wrong) else np.empty(0, np.int64)
    taken: dict[int, int] = {}
    found: list[dict[str, Any]] = []
    for place in np.argsort(probabilities, kind="stable").tolist():
        if len(found) == most:
            break
        of_run = taken.get(int(run[place]), 0)
        if of_run < MOST_OF_A_RUN:
            taken[int(run[place])] = of_run + 1
            found.append(_record(predictions, predicted, int(wrong[place]), float(probabilities[place])))
    return found


def _record(predictions: Predictions, predicted: np.ndarray, place: int, probability: float) -> dict[str, Any]:
    frame = int(predictions.frame_numbers[place])
    said = float(predictions.probabilities[place, predicted[place]])
    return {
        "recording": predictions.recording_names[int(predictions.recordings[place])],
        "frame": frame if frame >= 0 else None,
        "number": int(predictions.numbers[place]),
        "label": predictions.class_names[int(predictions.labels[place])],
        "predicted": predictions.class_names[int(predicted[place])],
        "probability": probability,
        "predicted_probability": 0.0 if np.isnan(said) else said,
    }
