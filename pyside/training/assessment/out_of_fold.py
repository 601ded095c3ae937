"""What a training with folds keeps for later: predictions by networks that never saw the frame, heads, and features.

It is in the folder of the report as ``folds.npz``, which ``numpy.load(path)`` reads; n frames of the dataset in its
order, r recordings, k folds, u inputs of the last dense layer, c classes:

    format              "touchtrain folds 1"
    dataset_hash        SHA-256 of dataset.json
    class_names         (c,), names in the order of the columns
    recording_names     (r,)
    recordings          int32, (n,), the recording of each frame, from 0
    frame_numbers       int64, (n,), its number in the recording's source, from 0; -1 where there is no order in time
    labels              int16, (n,), -1 for a frame that was left out
    folds               int16, (n,), the fold that held it out, from 0; -1 for none, such as frames of the test side
    probabilities       float32, (n, c), by the network of that fold, which was not trained on the frame's recording;
                        NaN without a fold
    kernels, biases     float32, (k, u, c) and (k, c), last dense layer of the network of each fold
    fold_features       float32, (r, u), mean over some frames of a recording of what that layer gets, by the network of
                        the fold that held the recording out; NaN for none
    features            float32, (r, u), the same by the model itself, for all recordings with labelled frames

The last four are absent if no dense layer, at most with an activation behind it, makes the outputs.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from pyside.data.recordings.frame_statistics import evenly, frames_of_each
from pyside.models.save import float32_copy, predictions

if TYPE_CHECKING:
    import keras

    from pyside.data.dataset import Dataset
    from pyside.evaluation.predictions import Predictions
    from pyside.training.trainer import Fitted

FORMAT = "touchtrain folds 1"
_AFTER = ("Activation", "Softmax")  # layers that may follow the last dense one


def of_fold(fitted: Fitted, dataset: Dataset, held_out_frames: Predictions) -> dict[str, np.ndarray]:
    """Return what is kept of one fold.

    Args:
        fitted: its network.
        dataset: the training data.
        held_out_frames: its predictions of the frames that it held out.

    Returns:
        ``numbers`` of the frames and their ``probabilities``; and if there is a last dense layer ``kernel``, ``bias``,
        ``held_out`` (numbers of recordings) and their ``features``.
    """
    found = {"numbers": held_out_frames.numbers, "probabilities": held_out_frames.probabilities.astype(np.float32)}
    copy = float32_copy(fitted.core)
    dense = _last_dense(copy)
    if dense is None:
        return found
    kernel = np.asarray(dense.get_weights()[0], np.float32)
    bias = np.asarray(dense.get_weights()[1], np.float32) if dense.use_bias else np.zeros(kernel.shape[1], np.float32)
    held_out, features = _last_features(fitted, copy, dataset, held_out_frames.numbers)
    return {**found, "kernel": kernel, "bias": bias, "held_out": held_out, "features": features}


def features_of_model(fitted: Fitted, dataset: Dataset, numbers: np.ndarray) -> tuple[np.ndarray, np.ndarray] | None:
    """Return recordings, int64, (m,), and for each the mean of what the last dense layer gets, float32, (m, u).

    Some frames of each recording are looked at, evenly spaced.

    Args:
        fitted: the network.
        dataset: the training data.
        numbers: int64, the frames to choose from.

    Returns:
        None if no dense layer makes the outputs.
    """
    copy = float32_copy(fitted.core)
    return None if _last_dense(copy) is None else _last_features(fitted, copy, dataset, np.sort(numbers))


def _last_features(
    fitted: Fitted, copy: keras.Model, dataset: Dataset, numbers: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Return the same by a copy of the network that has a last dense layer."""
    import keras

    of_frames = dataset.table.recordings[numbers]
    there = np.unique(of_frames)
    most = frames_of_each(len(there))
    own = [numbers[of_frames == recording] for recording in there]
    chosen = [one[evenly(len(one), most)] for one in own]
    batches = fitted.plain_batches(np.concatenate(chosen))
    before = keras.Model(copy.inputs[0], _last_dense(copy).input)
    parts = [predictions(before, np.asarray(batches[place][0], np.float32) / 255) for place in range(len(batches))]
    ends = np.cumsum([0, *map(len, chosen)])
    rows = np.concatenate(parts).reshape(ends[-1], -1)
    means = [rows[start:end].mean(axis=0) for start, end in zip(ends[:-1], ends[1:], strict=True)]
    return there, np.stack(means).astype(np.float32)


def collected(
    dataset: Dataset, folds: Sequence[Mapping[str, np.ndarray]], own: tuple[np.ndarray, np.ndarray] | None
) -> dict[str, np.ndarray]:
    """Return the content of ``folds.npz``.

    Args:
        dataset: the training data.
        folds: what `of_fold` returned, in the order of the folds.
        own: what `features_of_model` returned for the model itself; None if it has no last dense layer.
    """
    table, n_recordings = dataset.table, len(dataset.recordings)
    fold_of = np.full(len(table), -1, np.int16)
    probabilities = np.full((len(table), len(table.class_names)), np.nan, np.float32)
    for number, fold in enumerate(folds):
        fold_of[fold["numbers"]] = number
        probabilities[fold["numbers"]] = fold["probabilities"]
    found: dict[str, Any] = {
        "format": np.array(FORMAT),
        "dataset_hash": np.array(dataset.hash),
        "class_names": np.array(table.class_names),
        "recording_names": np.array([one.original for one in dataset.recordings]),
        "recordings": table.recordings.astype(np.int32),
        "frame_numbers": table.frame_numbers.astype(np.int64),
        "labels": table.labels,
        "folds": fold_of,
        "probabilities": probabilities,
    }
    if own is None or not all("kernel" in fold for fold in folds):
        return found
    features = np.full((2, n_recordings, own[1].shape[1]), np.nan, np.float32)
    for fold in folds:
        features[0, fold["held_out"]] = fold["features"]
    features[1, own[0]] = own[1]
    found |= {key: np.stack([fold[one] for fold in folds]) for key, one in (("kernels", "kernel"), ("biases", "bias"))}
    return {**found, "fold_features": features[0], "features": features[1]}


def _last_dense(core: keras.Model) -> Any:
    """Return the dense layer that makes the outputs of a network in which each layer is called once; or None."""
    for layer in reversed(core.layers):
        if type(layer).__name__ == "Dense":
            return layer if len(layer.output.shape) == 2 else None
        if type(layer).__name__ not in _AFTER:
            return None
    return None
