"""Converts TFRecords to a dataset folder: our own, one Example per frame, and the older tool's, one per file."""

from __future__ import annotations

import array
import dataclasses
import functools
import hashlib
import itertools
import math
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from os import PathLike
from pathlib import Path
from typing import Any

import numpy as np

from pyside.aliases import Array, Progress
from pyside.data.conversion.from_numpy import side_in_name
from pyside.data.conversion.made_by import made_by
from pyside.data.conversion.preflight import Planned, Preflight, checked
from pyside.data.dataset import LEAVE_OUT, count_classes
from pyside.data.dataset_writer import DatasetWriter, check_target
from pyside.data.description import FORMAT, fault_of
from pyside.data.formats.frames import adjust_contrast, noted_contrast
from pyside.data.formats.tfrecords import Record, description_beside, find_files, read_records, uncompressed
from pyside.data.labels.class_indices import LabelSet, label_row, read_labels
from pyside.data.recordings.grey_levels import FRAMES_LOOKED_AT, Levels
from pyside.errors import BadFrames, BadOption, FrameOrder, LengthMismatch, printable
from pyside.settings.conversion import DEFAULT_CLASS_NAMES, TfrecordSettings
from pyside.settings.core import named
from pyside.system.paths import Watched
from pyside.system.progress import ConversionProgress, end_if_asked
from pyside.system.records import from_json, same_name

_NUMBERS = ("height", "width", "channels", "label", "group", "frame")
_OLD_FRAMES, _OLD_LABELS = "ximage", "ylabel"
_OLD_TYPES = (np.float64, np.float32, np.uint8)  # of frames as bytes, the least ambiguous first
_OLD_LABEL_TYPES = (np.int64, np.float64, np.int32, np.float32, np.uint8)
_LARGEST_LABEL = 1000
_CHUNK_BYTES = 16 << 20
_HEAD_KEYS = {"format", "class_names", "image_shape", "label_mapping", "recordings"}
_EXPECTED = (
    "Expected records of TouchTrain (image, height, width, channels, label, recording, ...), or of the older tool "
    f"({_OLD_FRAMES}, {_OLD_LABELS})"
)


class _Recording:
    """One recording: position, label, group, file, offset and length of each of its frames."""

    def __init__(self, name: str, tags: dict[str, str]):
        self.name, self.tags = name, tags
        self.columns = [array.array("q") for _ in range(6)]

    def add(self, *values: int) -> None:
        for column, value in zip(self.columns, values, strict=True):
            column.append(value)

    def rows(self) -> tuple[Array, ...]:
        """Return frame, label, group, file, offset, length, in the order of the frames."""
        table = np.array(self.columns, np.int64)
        return tuple(table[:, np.argsort(table[0], kind="stable")])


@dataclasses.dataclass(frozen=True)
class _Plan:
    """One planned recording; `read` yields its frames in chunks, uint8, (n, height, width, channels)."""

    name: str
    labels: Array
    groups: Array | None  # None for a new group of its own
    source: dict[str, Any]
    tags: dict[str, str]
    read: Callable[[], Iterator[Array]]
    sha256: str | None = None  # of the frames, if known


@dataclasses.dataclass(frozen=True)
class _Whole:
    """A record of the older tool: all frames of a file, as numbers."""

    name: str
    path: Path
    plain: Path
    number: int  # of its record
    offset: int
    size: int  # of its record, in bytes
    frames: tuple[int, ...]  # their shape: n, height, width
    dtype: type[np.generic]
    labels: Array
    most: float


def convert_tfrecords(
    files: Any,
    dataset: str | PathLike[str],
    options: Mapping[str, Any],
    progress: Progress = lambda record: None,
    should_stop: Callable[[], bool] = lambda: False,
) -> dict[str, Any]:
    """Write TFRecords as a dataset folder.

    Records that `pyside.data.formats.tfrecords` wrote give the dataset that they were written from, with equal bytes if
    their description (``NAME.json``) lies beside them; the order of records does not matter. Records of the older tool
    hold all frames of a file (``ximage``, ``ylabel``) and become one recording each; their frames are square, unless
    `image_size` gives another size. If all floats in them are between 0 and 1, 1 is white, otherwise 255; a warning
    reports the choice. All records are read once to check them before anything is written.

    Args:
        files: a ``.tfrecord`` file, several, or a folder of them; compressed with gzip or not.
        dataset: the folder to write.
        options: settings of a conversion of TFRecords, in Python's spelling.
        progress: called with records for a progress line, about five times a second.
        should_stop: called often; if it returns True, the conversion stops and keeps complete recordings.

    Returns:
        The summary of the dataset, ``label_table``, ``warnings``, and ``left_out_why`` (frames by reason). With
        `check`, nothing is written, and the result is that of `Preflight.report`.

    Raises:
        TouchTrainError: all faults of files, labels and options, before anything is written.
        Interrupted: `should_stop` returned True.
    """
    settings = TfrecordSettings.from_options(options)
    target = Path(dataset).absolute()
    progress({"stage": "checking"})
    preflight = Preflight("tfrecords", target)
    with preflight.faults.noting():
        check_target(target)
    if settings.check:
        return checked(preflight, lambda preflight: _check(preflight, files, settings, should_stop))
    preflight.faults.raise_any()
    paths = find_files(files, preflight.warnings)
    with uncompressed(paths, preflight.warnings.append) as plain:
        plans, conversion = _plan(preflight, paths, plain, settings, should_stop)
        progress({"stage": "converting", "said": [*preflight.messages(), *preflight.all_warnings()]})
        assert preflight.image_shape is not None
        shape, mapping = preflight.image_shape, preflight.label_mapping
        writer = DatasetWriter(target, preflight.class_names, shape, mapping, conversion)
        shown = ConversionProgress(progress, sum(len(plan.labels) for plan in plans), len(plans))
        for number, plan in enumerate(plans, start=1):
            preflight.levels.put(plan.name, _write(writer, plan, number, shown, should_stop))
    left_out = int(sum(np.count_nonzero(plan.labels == LEAVE_OUT) for plan in plans))
    why = {"by_label": left_out} if left_out else {}
    return {
        **writer.close().summary(),
        "label_table": preflight.label_table,
        "warnings": preflight.all_warnings() + writer.remarks(),
        "left_out_why": why,
    }


def _check(preflight: Preflight, files: Any, settings: TfrecordSettings, should_stop: Callable[[], bool]) -> None:
    paths = find_files(files, preflight.warnings)
    with uncompressed(paths, preflight.warnings.append) as plain:
        plans, _ = _plan(preflight, paths, plain, settings, should_stop)
        preflight.look_at({plan.name: functools.partial(_first_frames, plan) for plan in plans})


def _first_frames(plan: _Plan) -> Iterator[Array]:
    """Yield a few frames from the beginning of a recording."""
    for chunk in itertools.islice(plan.read(), 1):
        yield chunk[np.linspace(0, len(chunk) - 1, FRAMES_LOOKED_AT).astype(int)]


# --- before anything is written ------------------------------------------------------------------------------------


def _plan(
    preflight: Preflight,
    paths: Sequence[Path],
    plain: Sequence[Path],
    settings: TfrecordSettings,
    should_stop: Callable[[], bool],
) -> tuple[list[_Plan], dict[str, Any]]:
    """Read all records; return the recordings, and how their frames are converted."""
    began = time.perf_counter()
    found = _Found(plain)
    preflight.faults.what, preflight.faults.total = "files", len(paths)
    for number, (path, file) in enumerate(zip(paths, plain, strict=True)):
        with preflight.faults.noting(of=path):
            for record in read_records(file, path):
                found.add(record, number, path, file, settings)
                end_if_asked(should_stop, preflight.target)
    preflight.faults.raise_any()
    if found.recordings and found.wholes:
        raise BadFrames("Some records are from TouchTrain, others from the older tool. Convert them separately.")
    if found.recordings:
        plans, conversion = _of_frames(preflight, found, paths, plain, settings)
    elif found.wholes:
        plans, conversion = _of_wholes(preflight, found.wholes, found.watched, settings)
    else:
        raise BadFrames(f"There is no record in {paths[0]}{' and the other files' if len(paths) > 1 else ''}.")
    found.watched.end_all(BadFrames)
    conversion = {**conversion, **{key: value for key, value in made_by(settings).items() if key not in conversion}}
    preflight.planned = [_planned(plan, preflight.class_names) for plan in plans]
    preflight.seconds = time.perf_counter() - began  # writing takes about as long as this first reading
    preflight.check_room(conversion)
    return plans, conversion


def _planned(plan: _Plan, class_names: Sequence[str]) -> Planned:
    n, left_out = len(plan.labels), int(np.count_nonzero(plan.labels == LEAVE_OUT))
    counts = count_classes(plan.labels, class_names)
    why = {"by_label": left_out} if left_out else {}
    return Planned(plan.name, plan.name, n, n, counts, why, tags=plan.tags)


class _Found:
    """The content of all records."""

    def __init__(self, plain: Sequence[Path]) -> None:
        self.watched = Watched(plain)
        self.recordings: dict[str, _Recording] = {}
        self._names: dict[str, str] = {}  # normalized name to its first spelling
        self.wholes: list[_Whole] = []
        self.shapes: dict[tuple[int, int, int], str] = {}
        self.classes: dict[int, str] = {}

    def add(self, record: Record, file: int, path: Path, plain: Path, settings: TfrecordSettings) -> None:
        """Add one record.

        Raises:
            BadFrames: it is neither ours nor the older tool's, or it is not valid.
        """
        where = f"{path}: record {record.number}"
        features = _features(record.data, where)
        if _OLD_FRAMES in features and _OLD_LABELS in features:
            name = printable(path.name.split(".")[0]) + (f"-{record.number}" if record.number > 1 else "")
            self.wholes.append(_whole(name, path, plain, record, features, settings, where))
        elif {"image", "recording", *_NUMBERS} <= set(features):
            self._add_frame(record, file, features, where)
        else:
            held = ", ".join(sorted(features)[:10]) or "nothing"
            raise BadFrames(f"{where} holds {held}. {_EXPECTED}, one Example per record.")

    def _add_frame(self, record: Record, file: int, features: Any, where: str) -> None:
        height, width, channels, label, group, frame = (_number(features, name, where) for name in _NUMBERS)
        size = len(_bytes(features, "image", where))
        if min(height, width) < 1 or channels not in (1, 3) or size != height * width * channels:
            raise BadFrames(
                f"{where}: an image of {size} bytes is not {height} x {width} x {channels} (height, width, channels)."
            )
        self.shapes.setdefault((height, width, channels), where)
        if not (-1 <= label <= _LARGEST_LABEL and 0 <= frame < 2**31 and 0 <= group < 2**31):
            raise BadFrames(f"{where}: label {label}, frame {frame} or group {group} is out of range.")
        if label >= 0 and "class" in features:
            name = _text(features, "class", where)
            if same_name(self.classes.setdefault(label, name)) != same_name(name):
                raise BadFrames(f"{where}: label {label} is {name}, but {self.classes[label]} in another record.")
        original = _text(features, "recording", where)
        original = self._names.setdefault(same_name(original), original)
        if original not in self.recordings:
            self.recordings[original] = _Recording(original, _tags(features, where))
        self.recordings[original].add(frame, label, group, file, record.offset, len(record.data))


def _features(data: bytes, where: str) -> Any:
    from tensorflow.core.example.example_pb2 import Example

    try:
        return Example.FromString(data).features.feature
    except Exception:  # DecodeError of protobuf
        raise BadFrames(f"{where} is not an Example. {_EXPECTED}.") from None


def _bytes(features: Any, name: str, where: str) -> bytes:
    values = features[name].bytes_list.value
    if len(values) != 1:
        raise BadFrames(f"{where}: expected bytes as {name}.")
    return bytes(values[0])


def _text(features: Any, name: str, where: str) -> str:
    try:
        return _bytes(features, name, where).decode()
    except UnicodeDecodeError:
        raise BadFrames(f"{where}: expected a text as {name}.") from None


def _number(features: Any, name: str, where: str) -> int:
    values = features[name].int64_list.value
    if len(values) != 1:
        raise BadFrames(f"{where}: expected one whole number as {name}.")
    return int(values[0])


def _tags(features: Any, where: str) -> dict[str, str]:
    if "tags" not in features:
        return {}
    try:
        return {str(tag): str(value) for tag, value in from_json(_text(features, "tags", where)).items()}
    except (ValueError, AttributeError):
        raise BadFrames(f"{where}: the tags are not JSON.") from None


# --- our own records -----------------------------------------------------------------------------------------------


def _of_frames(
    preflight: Preflight, found: _Found, paths: Sequence[Path], plain: Sequence[Path], settings: TfrecordSettings
) -> tuple[list[_Plan], dict[str, Any]]:
    """Plan the recordings from records with one frame each."""
    if len(found.shapes) > 1:
        shown = "; ".join(f"{where} {'x'.join(map(str, shape))}" for shape, where in found.shapes.items())
        raise FrameOrder(f"All frames must have one size (height x width x channels). Received {shown}.")
    shape = preflight.image_shape = next(iter(found.shapes))
    description = description_beside(paths)
    if description is not None and not _describes(description, found):
        preflight.warnings.append(
            f"The description beside {paths[0].name} belongs to other records, or is damaged, so it was not used: the "
            "origin and the earlier conversion of the frames are not known."
        )
        description = None
    conversion = {key: value for key, value in (description or {}).items() if key not in _HEAD_KEYS}
    was = conversion.get("contrast")
    if settings.contrast != "none" and was not in (None, settings.contrast):
        raise BadOption(f"The frames in these records have the contrast {was}. Leave {named('contrast')} out.")
    changed = settings.contrast != "none" and was is None
    if description is None or settings.contrast != "none":
        conversion["contrast"] = noted_contrast(settings.contrast)
    preflight.class_names, vectors = _classes(preflight, found, description, settings)
    entries = {entry["original"]: entry for entry in (description or {}).get("recordings", ())}
    order = list(entries) if entries else list(found.recordings)
    plans = []
    for original in order:
        recording, entry = found.recordings[original], entries.get(original)
        frame, _, group, file, offset, length = recording.rows()
        if np.any(np.diff(frame) == 0):
            twice = int(frame[:-1][np.diff(frame) == 0][0])
            raise BadFrames(f"Frame {twice} of {original} occurs twice. Give each file of records once.")
        if entry is not None and len(frame) != entry["frames"]:
            raise LengthMismatch(
                f"{original} has {len(frame)} frames in these records, but {entry['frames']} in their description. "
                "Give all files of the export."
            )
        if frame[-1] - frame[0] + 1 != len(frame):
            text = f"{original}: some frames between {frame[0]} and {frame[-1]} are in no record."
            preflight.warn(text, of=original, alike="some frames between the first and the last are in no record.")
        files = [printable(path.name) for path in paths]
        source = dict(entry["source"]) if entry else {"kind": "tfrecords", "files": files}
        known = source.get("sha256")
        if changed:
            source.pop("sha256", None)
        read = _reader(plain, found.watched, file, offset, length, shape, settings.contrast if changed else "none")
        tags = dict(entry["tags"]) if entry else recording.tags
        sha256 = None if changed or known is None else str(known)
        plans.append(_Plan(original, vectors[original], group.astype(np.int32), source, tags, read, sha256))
    preflight.loose = all(plan.source.get("kind") == "images" for plan in plans)
    return plans, conversion


def _describes(description: Mapping[str, Any], found: _Found) -> bool:
    """Return whether a description belongs to these records."""
    if fault_of(description) is not None:
        return False
    try:
        names = description["class_names"]
        entries = {entry["original"]: entry for entry in description["recordings"]}
        return (
            description["format"] == FORMAT
            and tuple(description["image_shape"]) == next(iter(found.shapes))
            and all(isinstance(name, str) for name in names)
            and _are_texts(description["label_mapping"])
            and all(names[label] == name for label, name in found.classes.items())
            and set(entries) == set(found.recordings)
            and all(isinstance(entry["source"], dict) and _are_texts(entry["tags"]) for entry in entries.values())
            and all(isinstance(entry["frames"], int) for entry in entries.values())
        )
    except (KeyError, TypeError, IndexError):
        return False


def _are_texts(record: Any) -> bool:
    return isinstance(record, dict) and all(isinstance(value, str) for value in record.values())


def _note_labels(preflight: Preflight, labels: LabelSet) -> None:
    preflight.label_mapping, preflight.label_table = labels.mapping, labels.table
    preflight.warnings += labels.remarks


def _classes(
    preflight: Preflight, found: _Found, description: Mapping[str, Any] | None, settings: TfrecordSettings
) -> tuple[tuple[str, ...], dict[str, Array]]:
    """Return the class names and the labels of each recording; note what the labels mean."""
    raw = {name: recording.rows()[1].astype(np.int16) for name, recording in found.recordings.items()}

    def as_numbers() -> tuple[tuple[str, ...], dict[str, Array]]:
        names = settings.class_names or DEFAULT_CLASS_NAMES
        read = read_labels(list(raw.values()), names, settings.label_values, list(raw))
        _note_labels(preflight, read)
        return tuple(names), dict(zip(raw, read.vectors, strict=True))

    if settings.label_values is not None:
        return as_numbers()
    if description is not None:
        recorded = tuple(description["class_names"])
    elif found.classes:
        recorded = tuple(found.classes.get(label, f"class{label}") for label in range(max(found.classes) + 1))
        if settings.class_names is None and set(recorded) <= set(DEFAULT_CLASS_NAMES):
            recorded = (*recorded, *(name for name in DEFAULT_CLASS_NAMES if name not in recorded))
    else:
        recorded = ()
    highest = max(int(vector.max(initial=-1)) for vector in raw.values())
    if not recorded or highest >= len(recorded):
        return as_numbers()
    names = settings.class_names or recorded
    lacking = [
        found.classes.get(label, recorded[label]) for label in range(len(recorded)) if recorded[label] not in names
    ]
    if lacking:
        raise BadOption(
            f"{named('class_names')} are {', '.join(names)}, but the records also have {', '.join(lacking)}. Leave the "
            f"option out, or give the values of each class by {named('label_values')}."
        )
    places = np.array([*(names.index(name) for name in recorded), LEAVE_OUT], np.int16)
    vectors = {name: places[vector] for name, vector in raw.items()}
    labels = np.concatenate(list(raw.values()))
    counts = np.bincount(labels[labels >= 0], minlength=len(recorded))
    preflight.label_mapping = {str(label): name for label, name in enumerate(recorded)}
    preflight.label_table = [
        label_row(str(label), name, int(n)) for label, (name, n) in enumerate(zip(recorded, counts, strict=True))
    ]
    if left_out := int(np.count_nonzero(labels < 0)):
        preflight.label_table.append(label_row(str(LEAVE_OUT), "", left_out))
    if description is not None and tuple(names) == recorded:
        preflight.label_mapping = dict(description["label_mapping"])
    return tuple(names), vectors


def _reader(
    plain: Sequence[Path],
    watched: Watched,
    file: Array,
    offset: Array,
    length: Array,
    shape: tuple[int, int, int],
    contrast: str,
) -> Callable[[], Iterator[Array]]:
    """Return a function that yields the frames at these offsets, in chunks."""
    step = max(1, _CHUNK_BYTES // math.prod(shape))

    files = [plain[number] for number in np.unique(file).tolist()]

    def read() -> Iterator[Array]:
        for one in files:
            watched.begin(one, BadFrames)
        for start in range(0, len(offset), step):
            rows = zip(*(column[start : start + step].tolist() for column in (file, offset, length)), strict=True)
            frames = np.empty((min(step, len(offset) - start), *shape), np.uint8)
            at = 0
            for number, group in itertools.groupby(rows, key=lambda row: row[0]):
                with plain[number].open("rb") as stream:
                    for _, begin, size in group:
                        stream.seek(begin)
                        features = _features(stream.read(size), str(plain[number]))
                        image = np.frombuffer(_bytes(features, "image", str(plain[number])), np.uint8)
                        frames[at] = image.reshape(shape)
                        at += 1
            yield adjust_contrast(frames, contrast)
        for one in files:
            watched.end(one, BadFrames)

    return read


# --- records of the older tool -------------------------------------------------------------------------------------


def _whole(
    name: str, path: Path, plain: Path, record: Record, features: Any, settings: TfrecordSettings, where: str
) -> _Whole:
    """Interpret a record of the older tool.

    Raises:
        BadFrames: no interpretation fits, or several do.
    """
    fitting = [
        (labels, values, shape)
        for labels in _numbers(features[_OLD_LABELS], _OLD_LABEL_TYPES)
        if labels.size and np.all((labels == np.rint(labels)) & (labels >= -1) & (labels <= _LARGEST_LABEL))
        for values in _numbers(features[_OLD_FRAMES], _OLD_TYPES)
        if (shape := _square(values.size, labels.size, settings.image_size)) and _is_grey(values)
    ]
    # Bytes of a wide type also read as several times as many narrow numbers, so the widest type that fits is right.
    fitting.sort(key=lambda one: (one[1].dtype.kind == "f", one[0].itemsize, one[1].itemsize), reverse=True)
    shapes = {(shape, values.dtype) for _, values, shape in fitting}
    if not fitting or (len(shapes) > 1 and not fitting[0][0].any()):
        why = "fit no square frames of 0 to 255" if not fitting else "can be read in several ways"
        ways = " or ".join(f"{n} of {height} x {width}" for (n, height, width), _ in sorted(shapes, key=str)[:4])
        raise BadFrames(
            f"{where}: {_OLD_FRAMES} and {_OLD_LABELS} {why}{f': {ways}' if ways else ''}. Set the option "
            f"{named('image_size')} to the height and width of frames, or convert the .npy files from which the "
            "records were made."
        )
    labels, values, shape = fitting[0]
    dtype = values.dtype.type
    return _Whole(
        name,
        path,
        plain,
        record.number,
        record.offset,
        len(record.data),
        shape,
        dtype,
        np.array(labels),
        float(values.max()),
    )


def _numbers(feature: Any, dtypes: Sequence[type[np.generic]]) -> list[Array]:
    """Return the numbers that a feature may hold: as stored, or for bytes, read as each type that fits its length."""
    kind = feature.WhichOneof("kind")
    if kind == "float_list":
        return [np.array(feature.float_list.value, np.float32)]
    if kind == "int64_list":
        return [np.array(feature.int64_list.value, np.int64)]
    data = b"".join(feature.bytes_list.value)
    return [np.frombuffer(data, dtype) for dtype in dtypes if len(data) % np.dtype(dtype).itemsize == 0]


def _square(values: int, n: int, size: tuple[int, int] | None) -> tuple[int, int, int] | None:
    """Return n, height and width of frames with this number of values in all, or None."""
    if values % n or not values:
        return None
    side = math.isqrt(values // n)
    height, width = size or (side, side)
    return (n, height, width) if height * width == values // n and min(height, width) > 1 else None


def _is_grey(values: Array) -> bool:
    if not (values.min() >= 0 and values.max() <= 255):  # NaN, too
        return False
    tiny = np.finfo(np.float32).tiny  # bytes that are not floats read as numbers close to 0
    return values.dtype.kind != "f" or not np.any((values > 0) & (values < tiny))


def _of_wholes(
    preflight: Preflight, wholes: Sequence[_Whole], watched: Watched, settings: TfrecordSettings
) -> tuple[list[_Plan], dict[str, Any]]:
    """Plan one recording from each record."""
    sizes = {whole.frames[1:]: str(whole.path) for whole in reversed(wholes)}
    if len(sizes) > 1:
        shown = "; ".join(f"{path} {'x'.join(map(str, size))}" for size, path in sizes.items())
        raise FrameOrder(f"All frames must have one size (height x width). Received {shown}.")
    height, width = next(iter(sizes))
    names = settings.class_names or DEFAULT_CLASS_NAMES
    what = [f"{whole.path.name}: record {whole.number}" for whole in wholes]
    labels = read_labels([whole.labels for whole in wholes], names, settings.label_values, what)
    preflight.class_names, preflight.image_shape = tuple(names), (height, width, 1)
    _note_labels(preflight, labels)
    floats = [whole for whole in wholes if np.dtype(whole.dtype).kind == "f"]
    white = 1.0 if floats and all(whole.most <= 1 for whole in floats) else 255.0
    preflight.warnings.append(
        f"These are records of the older tool. Their frames were read as {height} x {width} pixels, "
        f"{'floats' if floats else 'whole numbers'} where {white:g} is white."
    )
    plans = []
    for whole, vector in zip(wholes, labels.vectors, strict=True):
        side = side_in_name(whole.name)
        source = {"kind": "tfrecords", "file": printable(whole.path.name), "record": whole.number}
        tags = {"side": side} if side else {}
        read = _whole_reader(whole, watched, white, settings.contrast)
        plans.append(_Plan(whole.name, vector, None, source, tags, read))
    return plans, {"pixel_range": [0.0, white], "contrast": noted_contrast(settings.contrast)}


def _whole_reader(whole: _Whole, watched: Watched, white: float, contrast: str) -> Callable[[], Iterator[Array]]:
    def read() -> Iterator[Array]:
        watched.begin(whole.plain, BadFrames)
        with whole.plain.open("rb") as stream:
            stream.seek(whole.offset)
            features = _features(stream.read(whole.size), str(whole.path))
        watched.end(whole.plain, BadFrames)
        candidates = _numbers(features[_OLD_FRAMES], (whole.dtype,))
        frames = candidates[0].reshape(*whole.frames, 1)
        step = max(1, _CHUNK_BYTES // frames[:1].nbytes)
        for start in range(0, len(frames), step):
            chunk = frames[start : start + step].astype(np.float64) * (255.0 / white)
            yield adjust_contrast(np.rint(chunk).astype(np.uint8), contrast)

    return read


# --- the work ------------------------------------------------------------------------------------------------------


def _write(
    writer: DatasetWriter, plan: _Plan, number: int, shown: ConversionProgress, should_stop: Callable[[], bool]
) -> Levels:
    """Write one recording; return its grey levels."""
    levels = Levels()
    groups = np.full(len(plan.labels), writer.new_group(), np.int32) if plan.groups is None else plan.groups
    if writer.finished(plan.name) is not None:
        digest = hashlib.sha256()
        for frames in plan.read():
            digest.update(np.ascontiguousarray(frames))
            levels.add(frames)
            end_if_asked(should_stop, writer.folder)
        if writer.keep(plan.name, plan.labels, groups, {**plan.source, "sha256": digest.hexdigest()}, plan.tags):
            shown.add(number, plan.name, len(plan.labels))
            return levels
    levels, recording = Levels(), writer.begin(plan.name)
    digest = hashlib.sha256()
    for frames in plan.read():
        recording.append(frames)
        levels.add(frames)
        if plan.sha256 is not None:
            digest.update(np.ascontiguousarray(frames))
        shown.add(number, plan.name, len(frames))
        end_if_asked(should_stop, writer.folder)
    if plan.sha256 is not None and digest.hexdigest() != plan.sha256:
        raise BadFrames(
            f"The frames of {plan.name} do not match the description beside the records: files of two exports may have "
            "been mixed. Export the dataset again, or move the .json file away."
        )
    recording.close(plan.labels, groups, plan.source, plan.tags)
    return levels
