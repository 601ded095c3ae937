"""What a model file says of the frames that it was trained on: everything that has to be done to new frames."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

from pyside.aliases import Array
from pyside.evaluation.decision import Decision


@dataclasses.dataclass(frozen=True)
class Center:
    """Where the ROI was placed in the frames of the training.

    Attributes:
        kind: ``none`` (the middle of the frame, or the whole frame), ``fixed`` (one point for all videos), ``video``
            (one point a video), ``frame`` (one point a frame), ``bar`` (a ``.bar`` file a video), ``template`` (an
            object that is searched for), or ``unknown`` (the frames came cut out, as arrays or images).
        at: for ``fixed``, x and y in pixels counted from 0; else None.
        template: for ``template``, uint8, (height, width), the image of the object in grey; else None.
        scores: for ``template``, the least and the greatest correlation at which the object was found; else None.
    """

    kind: str
    at: tuple[float, float] | None = None
    template: Array | None = None
    scores: tuple[float, float] | None = None


@dataclasses.dataclass(frozen=True)
class ModelFacts:
    """All that happened to a frame before the network saw it, and what its answers mean.

    Attributes:
        path: the model file.
        sha256: of its bytes.
        class_names: in the order of the outputs.
        image_shape: (height, width, channels) that the network takes; with context frames, of one frame.
        roi: (height, width) of the region that was cut out, in pixels; None for the whole frame.
        center: where.
        out_of_frame: ``shift``, ``pad``, ``skip`` or ``error``.
        image_size: (height, width) to which the region was resized; None if it was not.
        contrast: ``none``, ``stretch`` or ``equalize``.
        grey: ``full-range`` or ``raw-y``.
        pixel_range: the numbers that mean black and white in pixels of more than 8 bits; None for all bits.
        frame_size: (height, width) of the whole frames; None if they differed, or are not known.
        context_frames: number of frames that it takes to classify one, 1 or more; edge frames repeat.
        decision: how probabilities become labels; without the sweep over other thresholds.
        frame_rate: frames per second of the videos at which the minimum duration was chosen; None if not known.
        statistics: brightness, contrast and sharpness of the training frames by recording; None if not known.
        dataset_hash: SHA-256 of the description of the dataset; None if not known.
    """

    path: Path
    sha256: str
    class_names: tuple[str, ...]
    image_shape: tuple[int, int, int]
    roi: tuple[int, int] | None = None
    center: Center = Center("none")
    out_of_frame: str = "shift"
    image_size: tuple[int, int] | None = None
    contrast: str = "none"
    grey: str = "full-range"
    pixel_range: tuple[float, float] | None = None
    frame_size: tuple[int, int] | None = None
    context_frames: int = 1
    decision: Decision = Decision(None, None, None)
    frame_rate: float | None = None
    statistics: dict[str, Any] | None = None
    dataset_hash: str | None = None
