"""All figures of one side of a split."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from pyside.evaluation.events import event_metrics
from pyside.evaluation.metrics import frame_metrics, metrics_by_recording, metrics_by_tag, values_left_out
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
        order in time); ``recordings``, see `metrics_by_recording`; ``tags``, see `metrics_by_tag`; where some of
        their values are left out ``tag_values_left_out``, how many, by tag.
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
        "events": events,
        "recordings": metrics_by_recording(predictions, predicted, frame_rate),
        "tags": by_tag,
        **({"tag_values_left_out": left_out} if left_out else {}),
    }
