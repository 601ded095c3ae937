"""The record of a training: in its report, and in the model file."""

from __future__ import annotations

import math
import operator
from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import numpy as np

from pyside.curation.model.facts import SAME_RATE, context_record, recorded_region
from pyside.data.dataset import FrameTable, count_classes
from pyside.data.formats.frames import RESIZED_BY
from pyside.data.recordings.frame_statistics import (
    MOST_RECORDINGS,
    evenly,
    frame_statistics,
    frames_of_each,
    statistics_record,
)
from pyside.errors import BadDataset
from pyside.evaluation.metrics import MOST_VALUES
from pyside.settings.training import TrainSettings
from pyside.training.assessment.initial import seen_record
from pyside.training.splitting.subsets import SIDES, Split, tag_values

if TYPE_CHECKING:
    from pyside.data.dataset import Dataset


def describe(dataset: Dataset, settings: TrainSettings, sides: Split) -> dict[str, Any]:
    """Return the part of the report that is known before the training: dataset, settings, split."""
    table = dataset.table
    return {
        "dataset": {
            "path": str(dataset.folder),
            "hash": dataset.hash,
            "class_names": list(dataset.class_names),
            "image_shape": list(dataset.image_shape),
            "roi": dataset.info.get("roi"),
            "contrast": dataset.info.get("contrast"),
            "frames": len(table),
            "recordings": len(dataset.recordings),
            "counts": count_classes(table.labels, table.class_names),
        },
        "settings": settings.lasting,
        "split": {
            "unit": sides.unit,
            "left_out": len(table) - sum(len(getattr(sides, side)) for side in SIDES),
            **{side: _of_side(table[getattr(sides, side)]) for side in SIDES},
        },
    }


def _of_side(side: FrameTable) -> dict[str, Any]:
    return {
        "frames": len(side),
        "recordings": len(np.unique(side.recordings)),
        "groups": len(np.unique(side.groups)),
        "counts": count_classes(side.labels, side.class_names),
        **_by_tag(side),
    }


def _by_tag(side: FrameTable) -> dict[str, Any]:
    """Return ``tags``: frames of each class by tag and value; and ``tag_values_left_out`` if a tag has too many."""
    counts: dict[str, dict[str, dict[str, int]]] = {}
    left_out: dict[str, int] = {}
    for tag, values in tag_values(side.tags).items():
        codes = np.full(len(side.tags), len(values))
        for code, of in enumerate(values.values()):
            codes[of] = code
        of_frames = codes[side.recordings]
        frames = np.bincount(of_frames, minlength=len(values) + 1)
        order, ends = np.argsort(of_frames, kind="stable"), np.cumsum(frames)
        kept = np.sort(np.argsort(-frames[: len(values)], kind="stable")[:MOST_VALUES])
        names = list(values)
        counts[tag] = {
            names[code]: count_classes(
                side.labels[order[ends[code] - frames[code] : ends[code]]], side.class_names, only_there=True
            )
            for code in kept.tolist()
        }
        if len(values) > len(kept):
            left_out[tag] = len(values) - len(kept)
    return {"tags": counts, **({"tag_values_left_out": left_out} if left_out else {})}


def metadata(dataset: Dataset, settings: TrainSettings, report: dict[str, Any], sides: Split) -> dict[str, Any]:
    """Return the metadata of the model file; `models.metadata` lists them."""
    known = {"format", "class_names", "image_shape", "recordings", "label_mapping", "region"}
    conversion = {key: value for key, value in dataset.info.items() if key not in known}
    return {
        "class_names": list(dataset.class_names),
        "image_shape": list(dataset.image_shape),
        "input": {"dtype": "float32", "low": 0, "high": 1, "from_uint8": "x / 255"},
        "roi": dataset.info.get("roi"),
        "contrast": dataset.info.get("contrast"),
        "region": _region(dataset),
        "conversion": conversion,
        "label_mapping": dataset.info.get("label_mapping"),
        "decision_threshold": report["decision"]["threshold"],
        "decision": {
            **{key: report["decision"][key] for key in ("event_class", "threshold", "min_duration")},
            "frame_rate": settings.frame_rate or _of_all(dataset, "frames_per_second", _same_rate),
        },
        "network": report["network"],
        "context_frames": settings.context,
        "context": context_record(settings.context),
        "statistics": _statistics(dataset, sides),
        "split": {
            "validation_fraction": settings.validation_fraction,
            "test_fraction": settings.test_fraction,
            **report["split"],
        },
        "seen": seen_record(dataset, settings, sides),
        "seed": settings.seed,
        "settings": settings.lasting,
        "versions": report["versions"],
        "dataset_hash": dataset.hash,
        "metrics": report["metrics"],
        "best_epoch": report["best_epoch"],
        "precision": report["precision"],
        "warnings": report["warnings"],
    }


def _region(dataset: Dataset) -> dict[str, Any]:
    """Return where the regions of the frames were, as far as the dataset says it."""
    found = recorded_region(dataset.info)
    resized = found.get("image_size") and RESIZED_BY
    return {**found, "resized_by": resized, "frame_size": _of_all(dataset, "frame_size", operator.eq)}


def _of_all(dataset: Dataset, key: str, alike: Callable[[Any, Any], bool]) -> Any:
    """Return a value that the sources of all recordings share; None if one has another or none."""
    values = [one.info["source"].get(key) for one in dataset.recordings]
    return values[0] if values[0] and all(value and alike(value, values[0]) for value in values) else None


def _same_rate(one: float, other: float) -> bool:
    return math.isclose(one, other, rel_tol=SAME_RATE)


def _statistics(dataset: Dataset, sides: Split) -> dict[str, Any] | None:
    """Return statistics of some frames of the training side by recording; None if they cannot be read any more."""
    recordings = dataset.table.recordings[sides.training]
    there = np.unique(recordings)
    looked_at = there[evenly(len(there), MOST_RECORDINGS)]
    most = frames_of_each(len(looked_at))
    found = []
    with suppress(BadDataset):
        for number in looked_at.tolist():
            frames = sides.training[recordings == number]
            found.append(frame_statistics(dataset.read(frames[evenly(len(frames), most)])))
        names = [
            dataset.recordings[number].info.get("original") or dataset.recordings[number].name for number in looked_at
        ]
        return statistics_record(names, found, len(there))
    return None
