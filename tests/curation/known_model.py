"""Model files whose answers are known without training: the brighter a frame, the more probable is a touch.

The network takes the mean of a frame, or of its middle, and one dense layer with softmax makes the probabilities of it.
The file is written without Keras, in the form in which a training writes it, in a few milliseconds.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import h5py
import numpy as np

from pyside.curation.model.facts import as_metadata
from pyside.evaluation.decision import Decision
from pyside.evaluation.events import EVENT, event_classes
from pyside.models import probes
from pyside.models.metadata import write_metadata

BORDER = 127.5  # mean grey level at which both classes are equally probable
STEEPNESS = 60.0  # so that 10 grey levels beyond the border the probability is about 0.99


def known_model(
    path: Path,
    image_shape: tuple[int, int, int] = (20, 20, 1),
    class_names: Sequence[str] = ("NonTouch", "Touch"),
    *,
    context_frames: int = 1,
    looks_at: int = 0,
    middle: int | None = None,
    border: float = BORDER,
    steepness: float = STEEPNESS,
    threshold: float | None = 0.5,
    min_duration: int = 1,
    metadata: dict[str, Any] | None = None,
    bare: bool = False,
    **facts: Any,
) -> Path:
    """Write a model file whose answer is `known_probabilities`, and return its path.

    Args:
        path: where it goes, such as ``model.h5``.
        image_shape: (height, width, channels) of one frame.
        class_names: in the order of the outputs. With two, the probability of Touch rises with the mean; with more,
            the classes follow each other from dark to bright, Touch as the last.
        context_frames: number of frames that it takes to classify one.
        looks_at: which of these frames decides: 0 for the one that is asked for, -1 for the one before, and so on.
        middle: side in pixels of the middle of the frame that counts; None for all of it.
        border: mean grey level, 0 to 255, at which the two classes are equally probable.
        steepness: of the probability; larger is steeper.
        threshold: of the decision; with more than two classes there is none.
        min_duration: of the decision, in frames.
        metadata: further entries of the metadata, or other values of it.
        bare: without any metadata, as plain Keras writes a file.
        facts: other fields of `ModelFacts`, such as ``roi``, ``center``, ``frame_rate``; by default as `ModelFacts`
            has them.
    """
    names = list(class_names)
    sides = [*image_shape[:2], image_shape[2] * context_frames]
    (event,) = event_classes(names) if len(names) == 2 else (None,)
    decision = Decision(
        event, None if event is None else names.index(event), None if event is None else threshold, min_duration
    )
    about = {
        "class_names": names,
        "image_shape": list(image_shape),
        "input": {"dtype": "float32", "low": 0, "high": 1, "from_uint8": "x / 255"},
        "label_mapping": {str(number): name for number, name in enumerate(names)},
        "network": "known",
        "versions": {"touchtrain": "test"},
        "settings": {},
        "metrics": {},
        "warnings": [],
        **as_metadata(decision=decision, context_frames=context_frames, **facts),
        **(metadata or {}),
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    with h5py.File(path, "w") as file:
        file.attrs["keras_version"] = b"3.0.0"
        file.attrs["backend"] = b"tensorflow"
        file.attrs["model_config"] = json.dumps(_config(sides, middle, len(names))).encode("ascii")
        if not bare:
            write_metadata(file, about)
        weights = file.create_group("model_weights")
        weights.attrs["layer_names"] = [layer["config"]["name"].encode() for layer in _layers(sides, middle, 1)]
        for layer in _layers(sides, middle, 1):
            weights.create_group(layer["config"]["name"]).attrs["weight_names"] = np.array([], dtype="S")
        kernel, bias = _weights(names, image_shape[2], context_frames, looks_at, border, steepness)
        weights["classes"].attrs["weight_names"] = np.array([b"classes/kernel:0", b"classes/bias:0"])
        weights["classes"].create_dataset("classes/kernel:0", data=kernel)
        weights["classes"].create_dataset("classes/bias:0", data=bias)
    return path


def proven_model(path: Path, image_shape: tuple[int, int, int] = (20, 20, 1), steepness: float = 10) -> Path:
    """Write a `known_model` that carries 64 probe frames, from dark to bright, with its answers."""
    levels = np.linspace(30, 225, 64).round().astype(np.uint8)
    frames = np.broadcast_to(levels[:, np.newaxis, np.newaxis, np.newaxis], (64, *image_shape)).copy()
    doubtful = np.isin(np.arange(64), np.argsort(np.abs(levels - BORDER), kind="stable")[:16])
    path = known_model(path, image_shape, steepness=steepness)
    with h5py.File(path, "r+") as file:
        probes.write(
            file, probes.Carried(frames, doubtful, frames[:0]), known_probabilities(frames, steepness=steepness)
        )
    return path


def flip_a_bit(path: Path) -> None:
    """Change the least bit of one weight of a `known_model`."""
    with h5py.File(path, "r+") as file:
        kernel = file["model_weights/classes/classes/kernel:0"]
        kernel[...] = (kernel[()].view(np.uint32) ^ np.uint32(1)).view(np.float32)


def known_probabilities(
    frames: np.ndarray,
    class_names: Sequence[str] = ("NonTouch", "Touch"),
    *,
    middle: int | None = None,
    border: float = BORDER,
    steepness: float = STEEPNESS,
) -> np.ndarray:
    """Return what the model says of frames: uint8, (n, height, width, channels) to float64, (n, classes)."""
    if middle is not None:
        (top, _), (left, _) = _margins(frames.shape[1:3], middle)
        frames = frames[:, top : top + middle, left : left + middle]
    kernel, bias = _weights(list(class_names), 1, 1, 0, border, steepness)
    means = frames.reshape(len(frames), -1).mean(axis=1, dtype=np.float64)[:, np.newaxis] / 255
    logits = means * kernel.astype(np.float64) + bias
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    found: np.ndarray = powers / powers.sum(axis=1, keepdims=True)
    return found


def _weights(
    names: list[str], channels: int, context: int, looks_at: int, border: float, steepness: float
) -> tuple[np.ndarray, np.ndarray]:
    """Return kernel and bias. Class r from dark to bright is the likeliest where the mean is nearest to r of n - 1."""
    others = [name for name in names if name != EVENT]
    ranks = np.array([len(names) - 1 if name == EVENT else others.index(name) for name in names], np.float64)
    scale = (len(names) - 1) / (2 * border / 255)
    kernel = np.zeros((context * channels, len(names)), np.float32)
    first = (context // 2 + looks_at) * channels
    kernel[first : first + channels] = steepness * 2 * ranks * scale / channels
    return kernel, (-steepness * ranks**2).astype(np.float32)


def _margins(sides: Sequence[int], middle: int) -> list[tuple[int, int]]:
    return [((side - middle) // 2, side - middle - (side - middle) // 2) for side in sides]


def _layers(sides: Sequence[int], middle: int | None, n_classes: int) -> list[dict[str, Any]]:
    layers: list[dict[str, Any]] = [
        {"class_name": "InputLayer", "config": {"name": "frames", "batch_input_shape": [None, *sides]}}
    ]
    if middle is not None:
        margins = {"cropping": [list(one) for one in _margins(sides[:2], middle)]}
        layers.append({"class_name": "Cropping2D", "config": {"name": "middle", **margins}})
    layers.append({"class_name": "GlobalAveragePooling2D", "config": {"name": "mean"}})
    layers.append({"class_name": "Dense", "config": {"name": "classes", "units": n_classes, "activation": "softmax"}})
    for layer in layers:
        layer["config"]["dtype"] = "float32"
    return layers


def _config(sides: Sequence[int], middle: int | None, n_classes: int) -> dict[str, Any]:
    return {"class_name": "Sequential", "config": {"name": "known", "layers": _layers(sides, middle, n_classes)}}
