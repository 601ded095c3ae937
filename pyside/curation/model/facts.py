"""What a model file says of the frames that it was trained on: everything that has to be done to new frames."""

from __future__ import annotations

import dataclasses
import hashlib
from collections.abc import Mapping, Sequence
from os import PathLike
from pathlib import Path
from typing import Any

from pyside.aliases import Array
from pyside.curation.model.remedy import not_described
from pyside.data.formats.frames import RESIZED_BY
from pyside.data.recordings.regions.template_search import image_from, image_record
from pyside.errors import BadModel
from pyside.evaluation.decision import Decision
from pyside.evaluation.events import EVENT, NO_EVENT
from pyside.models.files import existing_file, form
from pyside.models.load import describe_model
from pyside.models.metadata import are_numbers, are_sides
from pyside.settings.conversion import OUT_OF_FRAME

SAME_RATE = 0.01  # share by which two frame rates that mean the same may differ: 29.97 and 30


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


_NO_CENTER, _NO_DECISION = Center("none"), Decision(None, None, None)


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


def model_facts(path: str | PathLike[str]) -> ModelFacts:
    """Read what a model file says of the frames that it was trained on.

    Files of earlier versions of TouchTrain say less: a fact that cannot be told from how their dataset was made is as
    the fields of `ModelFacts` describe it.

    Args:
        path: an ``.h5`` or ``.keras`` file.

    Raises:
        PathMissing: no such file.
        BadModel: it cannot be interpreted, or it is a SavedModel folder, which holds no facts.
        ModelNotDescribed: it does not say which classes its outputs are, or which numbers it takes for black and white.
    """
    if form(path) == "folder":
        raise BadModel(
            f"{path} is a SavedModel folder, which holds no facts. Use the .h5 or .keras file of that model."
        )
    path = existing_file(path)
    model = describe_model(path)
    about = model["metadata"]
    if not about or not about.get("class_names") or not about.get("image_shape"):
        raise not_described(path, usual_facts(model))
    facts = facts_from(about, path)
    _check_network(facts, model)
    return facts


def _check_network(facts: ModelFacts, model: Mapping[str, Any]) -> None:
    """Check that a file says of its frames and classes what fits its network.

    Raises:
        BadModel: it does not.
    """
    height, width, channels = facts.image_shape
    said = (height, width, channels * facts.context_frames)
    takes = model["input_shape"] or (None, None, None)
    if len(takes) != 3 or any(side not in (None, other) for side, other in zip(takes, said, strict=True)):
        raise BadModel(f"{facts.path} says that its network takes {said}, but it takes {tuple(takes)}.")
    if model["classes"] not in (None, len(facts.class_names)):
        raise BadModel(
            f"{facts.path} names {len(facts.class_names)} classes, but its network tells {model['classes']} apart."
        )


def usual_facts(model: Mapping[str, Any]) -> dict[str, Any]:
    """Return usual values of the facts that a file without metadata does not say, by name of the option.

    Args:
        model: what `pyside.models.load.describe_model` returned.
    """
    n_classes = model["classes"] or 2
    names = [NO_EVENT, EVENT] if n_classes == 2 else [f"class{number}" for number in range(n_classes)]
    sides = (model["image_shape"] or [None])[:2]
    found = {"class_names": names, "input_range": (0, 255) if model["scales"] else (0, 1)}
    return {**found, "roi": tuple(sides if None not in sides else (61, 61))}


def facts_from(about: Mapping[str, Any], path: Path) -> ModelFacts:
    """Return the facts in checked metadata of a model file; see `model_facts`."""
    conversion = about.get("conversion") or {}
    region = about.get("region") or recorded_region(conversion)
    decision = about.get("decision") or {}
    names = tuple(about["class_names"])
    event = decision.get("event_class")
    height, width, channels = about["image_shape"]
    return ModelFacts(
        path,
        hashlib.sha256(path.read_bytes()).hexdigest(),
        names,
        (height, width, channels),
        _pair(about.get("roi")),
        _center(region),
        region.get("out_of_frame") or "shift",
        _pair(region.get("image_size")),
        about.get("contrast") or "none",
        "raw-y" if conversion.get("grey") == "raw-y" else "full-range",
        _pair(conversion.get("pixel_range")),
        _pair(region.get("frame_size")),
        about.get("context_frames") or 1,
        Decision(
            event if event in names else None,
            names.index(event) if event in names else None,
            decision.get("threshold"),
            decision.get("min_duration") or 1,
        ),
        decision.get("frame_rate"),
        about.get("statistics"),
        about.get("dataset_hash"),
    )


def _pair(value: Any) -> Any:
    return None if value is None else tuple(value)


def _center(region: Mapping[str, Any]) -> Center:
    template = region.get("template")
    image = None if template is None else image_from(template)
    return Center(region.get("center") or "unknown", _pair(region.get("at")), image, _pair(region.get("scores")))


def recorded_region(info: Mapping[str, Any]) -> dict[str, Any]:
    """Return where the ROI was, as far as the description of a dataset says it; see `pyside.models.metadata`.

    Args:
        info: the content of ``dataset.json``, or the part of it that a model file holds. An earlier version recorded
            only the options of the conversion, from which some of it can be told.
    """
    found = dict.fromkeys(("center", "at", "template", "scores", "out_of_frame", "image_size"))
    if info.get("region"):
        return {**found, **info["region"]}
    made_by = info.get("made_by") or {}
    options = made_by.get("options")
    if made_by.get("command") != "convert videos" or not isinstance(options, Mapping):
        return {**found, "center": "unknown"}
    way, size, centers = (options.get(key) for key in ("out_of_frame", "image_size", "centers"))
    found["out_of_frame"] = way if way in OUT_OF_FRAME else "shift"
    found["image_size"] = size if are_sides(size) else None
    if options.get("template") is not None:
        return {**found, "center": "template"}
    if are_numbers(centers, 2):
        return {**found, "center": "fixed", "at": centers}
    return {**found, "center": "unknown" if centers else "none"}


def context_record(frames: int) -> dict[str, Any] | None:
    """Describe the channels of a network that sees frames before and after; None for any other network."""
    if frames == 1:
        return None
    return {
        "channels": "frames in their order in time; the one that is asked for is in the middle",
        "before": frames // 2,
        "after": frames // 2,
        "edges": "repeat",
        "edges_said": "Where a frame is missing, because the recording ends or frames were left out there, the nearest "
        "one on that side that follows on stands in for it.",
    }


def as_metadata(
    *,
    roi: Sequence[int] | None = None,
    center: Center = _NO_CENTER,
    out_of_frame: str = "shift",
    image_size: Sequence[int] | None = None,
    contrast: str = "none",
    grey: str = "full-range",
    pixel_range: Sequence[float] | None = None,
    frame_size: Sequence[int] | None = None,
    context_frames: int = 1,
    decision: Decision = _NO_DECISION,
    frame_rate: float | None = None,
    statistics: Mapping[str, Any] | None = None,
    dataset_hash: str | None = None,
) -> dict[str, Any]:
    """Return facts as the metadata of a model file holds them; the arguments are the fields of `ModelFacts`."""
    return {
        "roi": roi and list(roi),
        "contrast": None if contrast == "none" else contrast,
        "conversion": {"pixel_range": pixel_range and list(pixel_range), "grey": grey},
        "region": {
            "center": center.kind,
            "at": center.at and list(center.at),
            "template": None if center.template is None else image_record(center.template),
            "scores": center.scores and list(center.scores),
            "out_of_frame": out_of_frame,
            "image_size": image_size and list(image_size),
            "resized_by": image_size and RESIZED_BY,
            "frame_size": frame_size and list(frame_size),
        },
        "context_frames": context_frames,
        "decision_threshold": decision.threshold,
        "decision": {
            "event_class": decision.event_class,
            "threshold": decision.threshold,
            "min_duration": decision.min_duration,
            "frame_rate": frame_rate,
        },
        "statistics": statistics,
        "dataset_hash": dataset_hash,
    }
