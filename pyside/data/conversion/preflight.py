"""Reports the result that a conversion will have, and all its faults, before any work is done."""

from __future__ import annotations

import dataclasses
import itertools
import math
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from pyside.aliases import Array
from pyside.data import dataset_writer
from pyside.data.dataset import added_counts
from pyside.data.recordings.grey_levels import MOST_LOOKED_AT, GreyLevels
from pyside.data.recordings.regions.plan import Notes
from pyside.errors import BadImage, BadVideo, NotReadable, TouchTrainError, printable, some
from pyside.settings.conversion import FEW_CLASSES
from pyside.settings.core import named
from pyside.system import files

FEW_FRAMES = 1000  # trainings on fewer frames have been seen to learn nothing
RARE_CLASS = 0.05
_MOST_SHOWN = 20
REASONS = {
    "by_label": "without labels",
    "without_center": "without a centre",
    "out_of_frame": "whose region extends beyond the frame",
    "outside_span": "outside the span",
    "by_value": "by their value",
    "far_from_touch": "far from a touch",
    "damaged": "damaged",
    "in_two_classes": "in two classes",
}


@dataclasses.dataclass(frozen=True)
class Planned:
    """One planned recording.

    Attributes:
        name: name of the recording.
        source: what it comes from, in words: ``whisker001.mp4 <- labels.mat: labels{1}``.
        frames: number of frames of its source.
        kept: number of frames that go into the dataset.
        counts: kept frames by class name.
        left_out: frames that are on no side of a split, by reason, a key of `REASONS`.
        out_of_frame: number of frames whose region extends beyond the frame, by result: shifted, padded, skipped.
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


class Preflight(Notes):
    """Collects the plan of a conversion, its faults and its warnings.

    Args:
        kind: kind of conversion, such as ``videos``.
        target: the dataset folder that would be written.

    Attributes:
        planned: the recordings that are planned so far.
        class_names: class names in the order of their indices.
        image_shape: (height, width, channels) of the frames, or None if not yet known.
        label_mapping: each value in the labels to its class name.
        label_table: frames of each value in the labels, see `LabelSet.table`.
        seconds: estimated time of the conversion, measured on a few frames; None if not measured.
        loose: whether frames are single images, so that recordings are only containers.
        further: further plain values by name, which depend on the kind of conversion.
        levels: the grey levels of the frames, as far as they have been read.

    The argument `levels` is that attribute; by default it is for a conversion without a pixel range.
    """

    def __init__(self, kind: str, target: Path, levels: GreyLevels | None = None):
        super().__init__()
        self.kind, self.target = kind, target
        self.levels = levels or GreyLevels(has_range=False)
        self.planned: list[Planned] = []
        self.class_names: Sequence[str] = ()
        self.image_shape: tuple[int, int, int] | None = None
        self.label_mapping: dict[str, str] = {}
        self.label_table: list[dict[str, Any]] = []
        self.seconds: float | None = None
        self.loose = False
        self.further: dict[str, Any] = {}

    @property
    def n_bytes(self) -> int:
        """Size of the frames in bytes."""
        return sum(one.kept for one in self.planned) * math.prod(self.image_shape or (0,))

    def check_room(self, conversion: Mapping[str, Any]) -> int:
        """Check that the disk has room for the frames that must still be written; returns their bytes.

        Args:
            conversion: how the frames are converted, as for a `DatasetWriter`.

        Raises:
            DiskFull: there is not enough room.
        """
        frames = {one.name: one.kept for one in self.planned}
        shape = self.image_shape or (0, 0, 0)
        needed = dataset_writer.still_to_write(self.target, frames, shape, conversion)
        files.check_room(self.target, needed)
        return needed

    def all_warnings(self) -> list[str]:
        """Return the warnings, with those about grey levels, few frames, rare classes and a single recording."""
        further = [*self.levels.remarks(), *_about_balance(self)]
        return [*super().all_warnings(), *(printable(text) for text in further)]

    def look_at(
        self,
        frames_of: Mapping[str, Callable[[], Iterable[Array]]],
        deep: Collection[str] = (),
        is_fault: bool = False,
    ) -> None:
        """Look at the grey levels of a few frames, for a check.

        Args:
            frames_of: for each recording, a function that reads a few frames as they would be stored.
            deep: recordings whose pixels have more than 8 bits.
            is_fault: whether it is a fault if none of them can be read; otherwise that is left to others.

        Raises:
            PixelRange: a frame has values outside the pixel range.
        """
        self.levels.is_sample = True
        for name, read in itertools.islice(frames_of.items(), MOST_LOOKED_AT):
            try:
                for frames in read():
                    self.levels.of(name, name in deep).add(frames)
            except (BadVideo, BadImage, NotReadable) as error:
                if is_fault:
                    self.faults.include(error)

    def messages(self) -> list[str]:
        """Return lines about the recordings and labels for a person, about twenty at most."""
        rows = [_line(one) for one in self.planned[:_MOST_SHOWN]]
        more = len(self.planned) - _MOST_SHOWN
        rows += [f"... and {more} more, all in the report"] if more > 0 else []
        return rows + ([f"Labels: {label_text(self.label_table)}"] if self.label_table else [])

    def report(self) -> dict[str, Any]:
        """Return the report in plain values.

        Returns:
            ``kind`` ("preflight"), ``conversion``, ``path``, ``well`` (whether it can be done), ``class_names``,
            ``image_shape``, ``frames`` (in the sources), ``kept``, ``counts``, ``left_out`` (by reason),
            ``out_of_frame``, ``tags`` (frames by class, by value, by tag), ``recordings`` (each with ``name``,
            ``source``, ``frames``, ``kept``, ``counts``, ``left_out``, ``out_of_frame``, ``tags``), ``label_mapping``,
            ``label_table``, ``faults`` (each with ``identifier`` and ``text``), ``faults_told`` (texts, where one fault
            of several files is listed once), ``warnings``, ``seconds``, ``bytes``, and the values in `further`.
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
            "label_table": self.label_table,
            "faults": [{"identifier": fault.identifier, "text": fault.text} for fault in self.faults],
            "faults_told": [f"{fault.identifier}: {text}" for fault, text in self.faults.messages()],
            "warnings": self.all_warnings(),
            "seconds": self.seconds,
            "bytes": self.n_bytes,
            **self.further,
        }


def checked(preflight: Preflight, plan: Callable[[Preflight], Any]) -> dict[str, Any]:
    """Plan a conversion only to report it: errors become faults in the report.

    Args:
        preflight: collects the results of `plan`.
        plan: plans the conversion; may raise.
    """
    try:
        plan(preflight)
    except TouchTrainError as error:
        known = {(fault.identifier, fault.text) for fault in preflight.faults}
        for fault in error.faults or [error]:
            if (fault.identifier, fault.text) not in known:
                preflight.faults.include(fault)
    return preflight.report()


def page(report: Mapping[str, Any]) -> list[str]:
    """Return a preflight report as lines for a person."""
    rows = [f"Check of a conversion of {report['conversion']} into {report['path']}: nothing was written."]
    if report["recordings"]:
        shape = " x ".join(map(str, report["image_shape"]))
        counts = some([f"{name} {count}" for name, count in report["counts"].items()], _MOST_SHOWN)
        rows.append(f"  recordings   {len(report['recordings'])}")
        rows.append(f"  frames       {report['kept']} of {report['frames']}, of {shape} (height x width x channels)")
        rows.append(f"  classes      {counts}")
    mapping = [f"{value} = {name}" for value, name in report["label_mapping"].items() if value != name]
    if labels := label_text(report["label_table"]) or some(mapping, _MOST_SHOWN):
        rows.append(f"  labels       {labels}")
    rows += [f"  left out     {text}" for text in left_out_texts(report["left_out"])]
    for what, count in report["out_of_frame"].items():
        rows.append(f"  {what:<12} {count} frames whose region extends beyond the frame")
    tagged = [(f"{tag} {value}", counts) for tag, values in report["tags"].items() for value, counts in values.items()]
    for title, counts in tagged[:_MOST_SHOWN]:
        rows.append(f"  {title:<12} {some([f'{name} {count}' for name, count in counts.items()], _MOST_SHOWN)}")
    if len(tagged) > _MOST_SHOWN:
        rows.append(f"  ... and {len(tagged) - _MOST_SHOWN} more values of tags")
    if report["bytes"]:
        duration = f", about {_duration(report['seconds'])}" if report["seconds"] is not None else ""
        rows.append(f"  will take    {report['bytes'] / 1e6:.1f} MB{duration}")
    for one in report["recordings"][:_MOST_SHOWN]:
        rows.append("  - " + _line(Planned(**one)))
    if len(report["recordings"]) > _MOST_SHOWN:
        rows.append(f"  ... and {len(report['recordings']) - _MOST_SHOWN} more")
    rows += [f"Warning: {text}" for text in report["warnings"]]
    faults = report["faults_told"]
    rows += [f"Fault: {text}" for text in faults[:_MOST_SHOWN]]
    rows += [f"... and {len(faults) - _MOST_SHOWN} more faults."] if len(faults) > _MOST_SHOWN else []
    return [
        *rows,
        "This can be converted." if report["well"] else "This cannot be converted until the faults are fixed.",
    ]


def about_single_frames(recordings: Iterable[int], option: str) -> list[str]:
    """Return a warning if each of several recordings has a single frame.

    Args:
        recordings: number of frames of each.
        option: what says which recording a frame belongs to.
    """
    sizes = list(recordings)
    if len(sizes) < 2 or set(sizes) != {1}:
        return []
    return [
        f"Each of the {len(sizes):,} recordings is a single frame. If neighbouring frames of one video are among them, "
        "validation uses near copies of training images, and its metrics are too good: give all frames of a video the "
        f"same name or number in {option}."
    ]


def label_text(table: Sequence[Mapping[str, Any]]) -> str:
    """Return the table of labels: ``0 = NonTouch (540 frames), 1 = Touch (60 frames), NaN = left out (20 frames)``."""
    rows = []
    for row in table:
        label, meaning = row["label"], row["class_name"] or "left out"
        frames = f"{row['frames']} {'frame' if row['frames'] == 1 else 'frames'}"
        rows.append(f"{label} ({frames})" if label == meaning else f"{label} = {meaning} ({frames})")
    return some(rows, _MOST_SHOWN)


def left_out_texts(counts: Mapping[str, int]) -> list[str]:
    """Return how many frames are left out, and why, such as ``5 frames without a centre``, by the key of the reason."""
    return [
        f"{count:,} {'frame' if count == 1 else 'frames'} {REASONS.get(reason, reason)}"
        for reason, count in counts.items()
    ]


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
    """Add up counts by name; leave out those of 0."""
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
            f"There are {total} labelled frames in all. With fewer than {FEW_FRAMES:,} frames, networks often learn "
            "nothing: label more."
        )
    without = [name for name, count in counts.items() if not count]
    rows += [f"No frame is labelled {text}." for text in _one_by_one(without)]
    rare = {name: f"{100 * count / total:.1f} %" for name, count in counts.items() if 0 < count < RARE_CLASS * total}
    if len(rare) > _MOST_SHOWN:  # of many classes nearly all are small: only those below half of the mean are rare
        rare = {name: share for name, share in rare.items() if 2 * counts[name] * len(counts) < total}
    each = [f"{share} of the frames are {name}" for name, share in rare.items()]
    if len(rare) > _MOST_SHOWN:
        each = [f"{max(rare.values())} or less of the frames are of each of {len(rare):,} classes ({some(list(rare))})"]
    rows += [
        f"Only {text}. A network may ignore such a rare class: label more of it, or leave out frames that are far from "
        f"it ({named('negative_window')})."
        for text in each
    ]
    for name in [] if preflight.loose or len(counts) > FEW_CLASSES else [name for name in counts if counts[name]]:
        lacking = [one.name for one in planned if not one.counts.get(name)]
        if len(lacking) > len(planned) / 2:
            rows.append(f"{len(lacking)} of {len(planned)} recordings have no frame of {name}: {some(lacking)}.")
    if len(planned) == 1 and not preflight.loose:
        rows.append(
            "There is only one recording. It cannot show how a model performs on other recordings: label a second one."
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
    """Return the names, or for more than twenty, one text with their number and the first few."""
    return names if len(names) <= _MOST_SHOWN else [f"as any of {len(names):,} classes ({some(names)})"]
