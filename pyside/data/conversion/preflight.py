"""What will come of a conversion, and all that speaks against it, before any work is done."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from pyside.data import dataset_writer
from pyside.data.dataset import added_counts
from pyside.errors import Faults, TouchTrainError, printable, some
from pyside.settings.conversion import FEW_CLASSES
from pyside.settings.core import named
from pyside.system import files

FEW_FRAMES = 1000  # a training on fewer has been seen to learn nothing
RARE_CLASS = 0.05
_MOST_TOLD = 20
REASONS = {
    "by_label": "without labels",
    "without_center": "without a centre",
    "out_of_frame": "whose region sticks out of the frame",
    "outside_span": "outside the span",
    "by_value": "by their value",
    "far_from_touch": "far from a touch",
    "damaged": "damaged",
    "in_two_classes": "in two classes",
}


@dataclasses.dataclass(frozen=True)
class Planned:
    """One recording as it will be.

    Attributes:
        name: of the recording.
        source: what it comes from, in words: ``whisker001.mp4 <- labels.mat: labels{1}``.
        frames: how many frames its source has.
        kept: how many of them go into the dataset.
        counts: of the kept ones, frames by class name.
        left_out: frames that no side will see, by reason, one of `REASONS`.
        out_of_frame: in how many frames the region sticks out, by what becomes of it: shifted, padded, skipped.
        tags: such as camera or animal.
    """

    name: str
    source: str
    frames: int
    kept: int
    counts: Mapping[str, int]
    left_out: Mapping[str, int] = dataclasses.field(default_factory=dict)
    out_of_frame: Mapping[str, int] = dataclasses.field(default_factory=dict)
    tags: Mapping[str, str] = dataclasses.field(default_factory=dict)


class Preflight:
    """Collects what is found out about a conversion.

    Args:
        kind: of conversion, such as ``videos``.
        target: the dataset folder that would be written.

    Attributes:
        faults: all that is wrong; with any the conversion cannot be done.
        warnings: sentences about what can be done, but should be known.
        planned: the recordings, as far as they are understood.
        class_names: in the order of their indices.
        image_shape: (height, width, channels) of the frames, or None while it is not known.
        label_mapping: what stands in the labels to the class name it is taken for.
        seconds: how long the conversion will take by what was measured on a few frames; None where it was not.
        loose: whether frames are images of their own, so that recordings are mere containers.
        further: what a kind of conversion tells besides, plain values by name.
    """

    def __init__(self, kind: str, target: Path):
        self.kind, self.target = kind, target
        self.faults = Faults()
        self.warnings: list[str] = []
        self._remarks = Faults()
        self.planned: list[Planned] = []
        self.class_names: Sequence[str] = ()
        self.image_shape: tuple[int, int, int] | None = None
        self.label_mapping: dict[str, str] = {}
        self.seconds: float | None = None
        self.loose = False
        self.further: dict[str, Any] = {}

    @property
    def n_bytes(self) -> int:
        """How much room the frames will take, in bytes."""
        return sum(one.kept for one in self.planned) * math.prod(self.image_shape or (0,))

    def check_room(self, conversion: Mapping[str, Any]) -> None:
        """Make sure that the frames that are not there yet have room.

        Args:
            conversion: what is done to the frames, as for a `DatasetWriter`.

        Raises:
            DiskFull: they have none.
        """
        frames = {one.name: one.kept for one in self.planned}
        shape = self.image_shape or (0, 0, 0)
        files.check_room(self.target, dataset_writer.still_to_write(self.target, frames, shape, conversion))

    def all_warnings(self) -> list[str]:
        """Return the warnings, and what every dataset should be warned of: few frames, rare classes, one recording."""
        self._remarks.what, self._remarks.total = self.faults.what, self.faults.total
        remarks = [text for _, text in self._remarks.told()]
        return [printable(text) for text in (*self.warnings, *remarks, *_about_balance(self))]

    def warn(self, text: str, of: str, alike: str) -> None:
        """Note a warning about one recording; of many that have it `alike` is told once, as of `TouchTrainError`."""
        self._remarks.add(TouchTrainError, text, of=of, alike=alike, what="recordings")

    def told(self) -> list[str]:
        """Return lines about the recordings for a person, at most some twenty."""
        rows = [_line(one) for one in self.planned[:_MOST_TOLD]]
        more = len(self.planned) - _MOST_TOLD
        return rows + ([f"... and {more} more, all in the report"] if more > 0 else [])

    def report(self) -> dict[str, Any]:
        """Return it all in plain values.

        Returns:
            ``kind`` ("preflight"), ``conversion``, ``path``, ``well`` (whether it can be done), ``class_names``,
            ``image_shape``, ``frames`` (in the sources), ``kept``, ``counts``, ``left_out`` (by reason),
            ``out_of_frame``, ``tags`` (frames by class, by value, by tag), ``recordings`` (of each ``name``,
            ``source``, ``frames``, ``kept``, ``counts``, ``left_out``, ``out_of_frame``, ``tags``), ``label_mapping``,
            ``faults`` (of each ``identifier`` and ``text``), ``faults_told`` (texts: what is the same fault of several
            files once), ``warnings``, ``seconds``, ``bytes``, and what the conversion tells besides.
        """
        return {
            "kind": "preflight",
            "conversion": self.kind,
            "path": str(self.target),
            "well": not len(self.faults),
            "class_names": list(self.class_names),
            "image_shape": list(self.image_shape or ()),
            "frames": sum(one.frames for one in self.planned),
            "kept": sum(one.kept for one in self.planned),
            "counts": counts_of(self.planned, self.class_names),
            "left_out": added(one.left_out for one in self.planned),
            "out_of_frame": added(one.out_of_frame for one in self.planned),
            "tags": counts_by_tag(self.planned),
            "recordings": [{**vars(one), "source": printable(one.source)} for one in self.planned],
            "label_mapping": self.label_mapping,
            "faults": [{"identifier": fault.identifier, "text": fault.text} for fault in self.faults],
            "faults_told": [f"{fault.identifier}: {text}" for fault, text in self.faults.told()],
            "warnings": self.all_warnings(),
            "seconds": self.seconds,
            "bytes": self.n_bytes,
            **self.further,
        }


def checked(preflight: Preflight, plan: Callable[[Preflight], Any]) -> dict[str, Any]:
    """Plan a conversion for its report only: what is wrong becomes part of the report instead of being raised.

    Args:
        preflight: collects what `plan` finds out.
        plan: finds out all about a conversion; may raise.
    """
    try:
        plan(preflight)
    except TouchTrainError as error:
        told = {(fault.identifier, fault.text) for fault in preflight.faults}
        for fault in error.faults or [error]:
            if (fault.identifier, fault.text) not in told:
                preflight.faults.include(fault)
    return preflight.report()


def page(report: Mapping[str, Any]) -> list[str]:
    """Return a preflight report as lines for a person."""
    rows = [f"Check of a conversion of {report['conversion']} into {report['path']}: nothing was written."]
    if report["recordings"]:
        shape = " x ".join(map(str, report["image_shape"]))
        counts = some([f"{name} {count}" for name, count in report["counts"].items()], _MOST_TOLD)
        rows.append(f"  recordings   {len(report['recordings'])}")
        rows.append(f"  frames       {report['kept']} of {report['frames']}, of {shape} (height x width x channels)")
        rows.append(f"  classes      {counts}")
    mapping = {value: name for value, name in report["label_mapping"].items() if value != name}
    if mapping:
        rows.append(f"  labels       {some([f'{value} = {name}' for value, name in mapping.items()], _MOST_TOLD)}")
    for reason, count in report["left_out"].items():
        rows.append(f"  left out     {count} frames {REASONS.get(reason, reason)}")
    for what, count in report["out_of_frame"].items():
        rows.append(f"  {what:<12} {count} frames whose region sticks out of the frame")
    tagged = [(f"{tag} {value}", counts) for tag, values in report["tags"].items() for value, counts in values.items()]
    for title, counts in tagged[:_MOST_TOLD]:
        rows.append(f"  {title:<12} {some([f'{name} {count}' for name, count in counts.items()], _MOST_TOLD)}")
    if len(tagged) > _MOST_TOLD:
        rows.append(f"  ... and {len(tagged) - _MOST_TOLD} values of tags more")
    if report["bytes"]:
        took = f", some {_duration(report['seconds'])}" if report["seconds"] is not None else ""
        rows.append(f"  will take    {report['bytes'] / 1e6:.1f} MB{took}")
    for one in report["recordings"][:_MOST_TOLD]:
        rows.append("  - " + _line(Planned(**one)))
    if len(report["recordings"]) > _MOST_TOLD:
        rows.append(f"  ... and {len(report['recordings']) - _MOST_TOLD} more")
    rows += [f"Warning: {text}" for text in report["warnings"]]
    told = report["faults_told"]
    rows += [f"Fault: {text}" for text in told[:_MOST_TOLD]]
    rows += [f"... and {len(told) - _MOST_TOLD} more faults."] if len(told) > _MOST_TOLD else []
    return [*rows, "This can be converted." if report["well"] else "This cannot be converted before that is mended."]


def counts_of(planned: Sequence[Planned], class_names: Sequence[str]) -> dict[str, int]:
    """Return the frames of each class in all recordings."""
    return added_counts((one.counts for one in planned), class_names)


def counts_by_tag(planned: Sequence[Planned]) -> dict[str, dict[str, dict[str, int]]]:
    """Return frames by class, for each value of each tag."""
    tags: dict[str, dict[str, dict[str, int]]] = {}
    for one in planned:
        for tag, value in one.tags.items():
            counts = tags.setdefault(tag, {}).setdefault(value, {})
            for name, count in one.counts.items():
                counts[name] = counts.get(name, 0) + count
    return tags


def added(counts: Any) -> dict[str, int]:
    """Add up counts by name; those of 0 do not count."""
    sums: dict[str, int] = {}
    for one in counts:
        for name, count in one.items():
            if count:
                sums[name] = sums.get(name, 0) + count
    return sums


def _about_balance(preflight: Preflight) -> list[str]:
    planned = [one for one in preflight.planned if one.kept]
    counts = counts_of(planned, preflight.class_names)
    total, rows = sum(counts.values()), []
    if not total:
        return ["No frame has a label, so there is nothing to learn from."] if preflight.planned else []
    if total < FEW_FRAMES:
        rows.append(
            f"There are {total} labelled frames in all. On fewer than {FEW_FRAMES} networks tend to learn nothing: "
            "label more."
        )
    without = [name for name, count in counts.items() if not count]
    rows += [f"No frame is labelled {said}." for said in _one_by_one(without)]
    rare = {name: f"{100 * count / total:.1f} %" for name, count in counts.items() if 0 < count < RARE_CLASS * total}
    if len(rare) > _MOST_TOLD:  # nearly all of so many are a small share: rare is what others are not
        rare = {name: said for name, said in rare.items() if 2 * counts[name] * len(counts) < total}
    each = [f"{share} of the frames are {name}" for name, share in rare.items()]
    if len(rare) > _MOST_TOLD:
        each = [f"{max(rare.values())} or less of the frames are of each of {len(rare):,} classes ({some(list(rare))})"]
    rows += [
        f"Only {said}. A network may ignore so rare a class: label more of it, or leave out frames that are far from "
        f"it ({named('negative_window')})."
        for said in each
    ]
    for name in [] if preflight.loose or len(counts) > FEW_CLASSES else [name for name in counts if counts[name]]:
        lacking = [one.name for one in planned if not one.counts.get(name)]
        if len(lacking) > len(planned) / 2:
            rows.append(f"{len(lacking)} of {len(planned)} recordings have no frame of {name}: {some(lacking)}.")
    if len(planned) == 1 and not preflight.loose:
        rows.append(
            "There is one recording only. What a model does on another one cannot be known from it: label a second."
        )
    return rows


def _line(one: Planned) -> str:
    """Return ``whisker001.mp4 <- labels.mat: labels{1}: 600 frames, NonTouch 540, Touch 40, left out 20``."""
    counts = ", ".join(f"{name} {count}" for name, count in one.counts.items())
    left_out = sum(one.left_out.values())
    text = f"{one.source}: {one.frames} frames, {counts}" + (f", left out {left_out}" if left_out else "")
    return printable(text)


def _duration(seconds: float) -> str:
    if seconds < 90:
        return f"{max(1, round(seconds))} s"
    return f"{round(seconds / 60)} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"


def _one_by_one(names: list[str]) -> list[str]:
    """Return names to be told of one by one, or, of very many, the first few in one text."""
    return names if len(names) <= _MOST_TOLD else [f"as any of {len(names):,} classes ({some(names)})"]
