"""All figures of one side of a split."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from pyside.evaluation.events import event_metrics
from pyside.evaluation.metrics import frame_metrics, metrics_by_recording, metrics_by_tag
from pyside.evaluation.predictions import Predictions


def side_figures(
    predictions: Predictions,
    predicted: np.ndarray,
    tags: Sequence[Mapping[str, str]],
    frame_rate: float | None = None,
) -> dict[str, Any]:
    """Work out the figures of one side.

    Args:
        predictions: of its frames.
        predicted: int64, (n,), the class that was decided for each.
        tags: of each recording of the dataset.
        frame_rate: frames a second, for figures in ms.

    Returns:
        What `frame_metrics` returns; ``events``, by class what `event_metrics` returns (no class where frames have no
        order in time); ``recordings``, see `metrics_by_recording`; ``tags``, see `metrics_by_tag`.
    """
    labels, names = predictions.labels, predictions.class_names
    in_order = predictions.frame_numbers >= 0
    events = {}
    if in_order.any():
        ordered = predictions.of(in_order)
        events = event_metrics(
            ordered.labels, predicted[in_order], ordered.recordings, ordered.frame_numbers, names, frame_rate
        )
    return {
        **frame_metrics(labels, predictions.probabilities, names, predicted),
        "events": events,
        "recordings": metrics_by_recording(predictions, predicted, frame_rate),
        "tags": metrics_by_tag(labels, predictions.probabilities, names, predictions.recordings, tags, predicted),
    }
