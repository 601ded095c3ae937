"""The marks of one recording: probability of each class, label and reason of every frame."""

from __future__ import annotations

import dataclasses
import operator
import struct
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from pyside.aliases import Array
from pyside.curation.regions.view import View
from pyside.data.formats.array_files import arrays_in
from pyside.errors import BadSession
from pyside.evaluation.decision import Decision, decide
from pyside.evaluation.events import bouts, event_classes
from pyside.settings.conversion import CONTRASTS, GREYS
from pyside.system.files import write_errors, written_beside
from pyside.system.paths import is_file, no_file, reading
from pyside.system.records import from_json, to_json

# Why a frame was not looked at; the place in this list is the code in `Marks.why`.
WHY = ("", "outside_span", "without_center", "out_of_frame", "by_value", "damaged")
# The same in words, for results.
REASONS = (
    "looked at",
    "outside the frame span",
    "without a centre",
    "region out of the frame",
    "excluded by its frame value",
    "damaged",
)
LEFT_OUT = -1  # label of a frame that could not be looked at
_FORMAT = 2
_FORMATS = (1, _FORMAT)  # 1 had no view
_LONGEST_SIDE = 1 << 14  # pixels of a region
_ZIP_HEAD = 30  # bytes of the head of a member of a zip file; its last four tell two lengths
_ARRAYS = {"probabilities": np.float32, "labels": np.int16, "why": np.uint8}


@dataclasses.dataclass(frozen=True)
class Marks:
    """What a model says of every frame of one video. Row k is frame k, counted from 0.

    Attributes:
        name: of the recording, a legal file name, unique in its session.
        video: the video file, or the folder of an image sequence.
        class_names: in the order of the columns of `probabilities`.
        probabilities: float32, (n_frames, classes). A frame that cannot be a touch has 1 for the class without touch
            and 0 for the others; one that could not be looked at has NaN.
        labels: int16, (n_frames,), index of the class; -1 for a frame that could not be looked at.
        why: uint8, (n_frames,), 0 for a frame that the network looked at, else the place in `WHY` of the reason.
        decision: how labels were made: event class, threshold and minimum duration.
        frame_rate: frames per second, for durations in ms; None if not known.
        video_sha256: of the video file.
        model_sha256: of the model file.
        view: what the model sees of the frames; None if that was not kept.
        media_rate: frames per second in the video file, which for high-speed video is often not that of the camera;
            None if not known.
    """

    name: str
    video: Path
    class_names: tuple[str, ...]
    probabilities: Array
    labels: Array
    why: Array
    decision: Decision
    frame_rate: float | None
    video_sha256: str
    model_sha256: str
    view: View | None = None
    media_rate: float | None = None

    @property
    def n_frames(self) -> int:
        """The number of frames of the video."""
        return len(self.labels)


@dataclasses.dataclass(frozen=True, kw_only=True)
class ReviewedMarks(Marks):
    """Marks whose labels a person has corrected.

    Attributes:
        machine: int16, (n_frames,), the labels of the model.
        origins: uint8, (n_frames,), where each label comes from: 0 the model, 1 confirmed by a person, 2 corrected by
            a person.
    """

    machine: Array
    origins: Array


# --- labels --------------------------------------------------------------------------------------------------------


def no_touch_class(class_names: Sequence[str]) -> int:
    """Return the index of the class that means "no touch".

    It is ``NonTouch`` if there is one, else the first class whose runs are no events (see `event_classes`).
    """
    events = event_classes(class_names)
    return next(index for index, name in enumerate(class_names) if name not in events)


def none_first(class_names: Sequence[str]) -> list[int]:
    """Return the indices of all classes, that without touch first."""
    none = no_touch_class(class_names)
    return [none, *(index for index in range(len(class_names)) if index != none)]


def labels_of(probabilities: Array, why: Array, decision: Decision) -> Array:
    """Return the label of every frame of one video.

    Args:
        probabilities: float32, (n_frames, classes), as in `Marks`.
        why: uint8, (n_frames,), as in `Marks`.
        decision: at and above its threshold a frame is of the event class; shorter runs than its minimum duration are
            not. A frame that was not looked at ends a run.

    Returns:
        int16, (n_frames,): index of the class, -1 where a probability is NaN. A frame that was not looked at because it
        cannot be a touch keeps the class without touch, whatever the threshold.
    """
    left_out = np.isnan(probabilities).any(axis=1)
    fixed = (why > 0) & ~left_out
    filled = np.where(why[:, np.newaxis] > 0, np.float32(-1), probabilities)  # below every threshold
    n = len(why)
    labels = decide(filled, decision, np.zeros(n, np.int64), np.arange(n)).astype(np.int16)
    labels[fixed] = np.argmax(probabilities[fixed], axis=1)
    labels[left_out] = LEFT_OUT
    return labels


# --- touches -------------------------------------------------------------------------------------------------------


@dataclasses.dataclass(frozen=True)
class Touches:
    """The touches of one recording in order of their onsets: runs of frames with one label other than no touch.

    Attributes:
        onset: int64, (n,), the first frame of each touch, counted from 0.
        offset: int64, (n,), the last frame of each touch, counted from 0; it belongs to the touch.
        duration: int64, (n,), in frames: ``offset - onset + 1``.
        duration_ms: float64, (n,), in ms: the duration over the frame rate; NaN if the frame rate is not known.
        label: int64, (n,), index of the class.
    """

    onset: Array
    offset: Array
    duration: Array
    duration_ms: Array
    label: Array

    def __len__(self) -> int:
        return len(self.onset)


def touches(marks: Marks) -> Touches:
    """Return the touches in the labels of a recording; see `Touches`. A frame that is left out ends a touch."""
    one, frames = np.zeros(marks.n_frames, np.int64), np.arange(marks.n_frames)
    indices = [marks.class_names.index(name) for name in event_classes(marks.class_names)]
    found = [bouts(marks.labels, one, frames, index) for index in indices]
    onset, end = (np.concatenate([runs[place] for runs in found]).astype(np.int64) for place in (0, 1))
    label = np.repeat(indices, [len(starts) for starts, _ in found]).astype(np.int64)
    order = np.argsort(onset, kind="stable")
    onset, end, label = onset[order], end[order], label[order]
    frame_ms = 1000 / marks.frame_rate if marks.frame_rate else np.nan
    return Touches(onset, end - 1, end - onset, (end - onset) * frame_ms, label)


# --- the session's own record --------------------------------------------------------------------------------------


def save_marks(path: Path, marks: Marks) -> None:
    """Write the marks of a recording as an .npz file: the arrays, and a JSON text ``about`` as its UTF-8 bytes.

    Equal marks give equal bytes. An existing file stays whole until the new one replaces it.

    Raises:
        DiskFull, NotWritable: it cannot be written.
    """
    about = {
        "format": _FORMAT,
        "name": marks.name,
        "video": str(marks.video),
        "class_names": marks.class_names,
        "decision": dataclasses.replace(marks.decision, sweep=[], at_half=None).as_dict(),
        "frame_rate": marks.frame_rate,
        "media_rate": marks.media_rate,
        "video_sha256": marks.video_sha256,
        "model_sha256": marks.model_sha256,
        "view": None if marks.view is None else marks.view.as_dict(),
    }
    text = np.frombuffer(to_json(about).encode(), np.uint8)
    arrays: dict[str, Any] = {
        name: np.ascontiguousarray(getattr(marks, name), dtype) for name, dtype in _ARRAYS.items()
    }
    arrays["corners"] = _short(np.empty((0, 2), np.int32) if marks.view is None else marks.view.corners)
    with write_errors(path), written_beside(path) as beside, beside.open("wb") as file:
        np.savez(file, about=text, **arrays)


def _short(rows: Array) -> Array:
    """Return rows, or only the first one if all are equal."""
    return rows[:1] if len(rows) and (rows == rows[:1]).all() else np.ascontiguousarray(rows)


def load_marks(path: Path, content: bytes | None = None) -> Marks:
    """Read what `save_marks` wrote; of the decision, without the sweep over other thresholds.

    Args:
        path: the file.
        content: all of it, if it was read already.

    Raises:
        PathMissing: the file does not exist.
        NotReadable: the permission is missing.
        BadSession: it is something else, or damaged.
    """
    if content is None and not is_file(path):
        raise no_file(path)
    try:
        if content is None:
            with reading(path):
                content = path.read_bytes()
        arrays = arrays_in(path, content, BadSession)
        about = from_json(arrays["about"].astype(np.uint8).tobytes())
        marks = _checked(about, {name: arrays[name] for name in _ARRAYS})
        if about.get("view") is None:
            return marks
        return dataclasses.replace(marks, view=_view(about["view"], arrays["corners"], marks.n_frames))
    except (BadSession, KeyError, IndexError, TypeError, ValueError, AttributeError, OverflowError) as error:
        raise _no_marks(path) from error


def places_of(path: Path) -> dict[str, int]:
    """Return where each array begins in a file of `save_marks`, in bytes, for a reader that knows no ``.npz`` files.

    There are float32 ``probabilities``, (n_frames, classes), int16 ``labels`` and uint8 ``why``, (n_frames,): in C
    order, the least byte of a number first.

    Raises:
        BadSession: it is something else, or damaged.
    """
    found = {}
    try:
        with zipfile.ZipFile(path) as archive, path.open("rb") as file:
            for name in _ARRAYS:
                head = archive.getinfo(f"{name}.npy").header_offset
                file.seek(head + _ZIP_HEAD - 4)
                file.seek(head + _ZIP_HEAD + sum(struct.unpack("<HH", file.read(4))))
                np.lib.format.read_magic(file)
                np.lib.format.read_array_header_1_0(file)
                found[name] = file.tell()
    except (OSError, ValueError, KeyError, struct.error, zipfile.BadZipFile) as error:
        raise _no_marks(path) from error
    return found


def _no_marks(path: Path) -> BadSession:
    return BadSession(
        f"{path} does not hold the marks of a video as this version writes them, or it is damaged. Mark the video "
        "again.",
        of=path,
    )


def _checked(about: Mapping[str, Any], arrays: Mapping[str, Array]) -> Marks:
    """Return marks from what a file holds; raises ValueError or the like if it cannot be marks."""
    if about["format"] not in _FORMATS:
        raise ValueError("written by another version")
    names = tuple(about["class_names"])
    decision = Decision(**about["decision"])
    shape = arrays["probabilities"].shape
    forms = {"probabilities": (len(arrays["labels"]), len(names)), "labels": shape[:1], "why": shape[:1]}
    for name, array in arrays.items():
        if array.shape != forms[name] or array.dtype != _ARRAYS[name]:
            raise ValueError(f"{name} is {'x'.join(map(str, array.shape))} {array.dtype}")
    texts = [about[name] for name in ("name", "video", "video_sha256", "model_sha256")]
    if len(names) < 2 or not all(isinstance(text, str) for text in (*names, *texts)):
        raise ValueError("names of classes, recording, video or hashes are no texts")
    labels = arrays["labels"]
    known = labels.min(initial=0) >= LEFT_OUT and labels.max(initial=0) < len(names)
    if arrays["why"].max(initial=0) >= len(WHY) or not known:
        raise ValueError("labels or reasons are outside their lists")
    _check_decision(decision, names)
    rate, media_rate = about["frame_rate"], about.get("media_rate")
    return Marks(
        about["name"],
        Path(about["video"]),
        names,
        arrays["probabilities"],
        arrays["labels"],
        arrays["why"],
        decision,
        None if rate is None else float(rate),
        about["video_sha256"],
        about["model_sha256"],
        media_rate=None if media_rate is None else float(media_rate),
    )


def _view(about: Mapping[str, Any], corners: Array, n_frames: int) -> View:
    """Return a view from what a file holds; raises ValueError, TypeError or KeyError if it cannot be one."""
    if corners.dtype != np.int32 or corners.ndim != 2 or corners.shape[1] != 2 or len(corners) not in (1, n_frames):
        raise ValueError(f"the corners are {corners.shape} {corners.dtype}")
    sizes = {name: tuple(map(operator.index, about[name])) for name in ("size", "input_size")}
    if not all(len(size) == 2 and 0 < min(size) <= max(size) <= _LONGEST_SIDE for size in sizes.values()):
        raise ValueError("not a region")
    span = about["pixel_range"]
    more: dict[str, Any] = {
        **sizes,
        "pixel_range": None if span is None else tuple(map(float, span)),
        "stream": None if about["stream"] is None else operator.index(about["stream"]),
        "repeated": tuple(map(operator.index, about["repeated"])),
    }
    places = all(0 <= number < n_frames for number in more["repeated"]) and (more["stream"] or 1) > 0
    if not places or about["grey"] not in GREYS or about["contrast"] not in CONTRASTS:
        raise ValueError("no frames that a network could see")
    return View(np.broadcast_to(corners, (n_frames, 2)), **{**about, **more})


def _check_decision(decision: Decision, names: Sequence[str]) -> None:
    """Raise ValueError, TypeError or IndexError if a decision is not one about these classes."""
    event: tuple[Any, ...] = decision.event_class, decision.event_index, decision.threshold
    if event != (None, None, None):
        index, threshold = operator.index(event[1]), float(event[2])
        if not (0 <= index < len(names) and names[index] == decision.event_class and 0 <= threshold <= 1):
            raise ValueError("not the decision of these classes")
    if operator.index(decision.min_duration) < 1:
        raise ValueError("not a duration")
