"""Converts NumPy files to a dataset folder: .npy, .npz or HDF5 files, or the pairs of files of the older tool."""

from __future__ import annotations

import collections
import contextlib
import dataclasses
import functools
import hashlib
import math
import re
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from os import PathLike
from pathlib import Path
from typing import Any

import numpy as np

from pyside.aliases import Array, Progress
from pyside.data.conversion.made_by import made_by
from pyside.data.conversion.preflight import Planned, Preflight, about_single_frames, checked
from pyside.data.dataset import LEAVE_OUT, count_classes
from pyside.data.dataset_writer import DatasetWriter, check_target
from pyside.data.formats import hdf5_files, host_arrays
from pyside.data.formats.array_files import (
    MOST_NAMED,
    HeldArray,
    check_size,
    choose_array,
    has_usual_name,
    list_arrays,
    may_be_frames,
    may_be_labels,
    open_array,
    read_texts,
)
from pyside.data.formats.frames import (
    adjust_contrast,
    has_range,
    noted_contrast,
    stated_range,
    to_uint8,
    undefined_range,
)
from pyside.data.labels import machine_made
from pyside.data.labels.class_indices import LabelSet, read_labels
from pyside.data.recordings.grey_levels import FRAMES_LOOKED_AT, GreyLevels, Levels
from pyside.data.recordings.selection import places_of
from pyside.errors import (
    BadFrames,
    BadLabels,
    Faults,
    FrameOrder,
    LengthMismatch,
    PathMissing,
    PixelRange,
    TouchTrainError,
    Unpaired,
    printable,
    some,
)
from pyside.settings.conversion import NumpySettings
from pyside.settings.core import named
from pyside.system import parallel
from pyside.system.paths import Links, Watched, inside, is_file, is_folder, is_there, natural
from pyside.system.progress import ConversionProgress, end_if_asked
from pyside.system.records import first_forms, same_name

_FRAMES, _LABELS, _RECORDINGS = "frames.npy", "labels.npy", "recordings.npy"
_LEGACY = re.compile(r"(Train|Valid)_(Data|Labels)(.*)\.npy")
_SIDES = {"Train": "training", "Valid": "validation"}
_SIDE_IN_NAME = re.compile(r"(train(?:ing)?|val(?:id(?:ation)?)?|test)(?![a-z])", re.IGNORECASE)
_ARCHIVES = (".npz", ".h5", ".hdf5")
_EXPECTED = (
    f"Expected {_FRAMES} with {_LABELS}, or pairs such as Train_Data_1_Session_1.npy with "
    "Train_Labels_1_Session_1.npy, Valid_Data_1_Session_1.npy with Valid_Labels_1_Session_1.npy, or .npz, .h5 or "
    ".hdf5 files with arrays frames and labels."
)
_CHUNK_BYTES = 16 << 20  # of converted frames; with smaller chunks, pages of column-major files are read many times
_HDF5_CHUNK_BYTES = 32 << 20  # of frames in the file: HDF5 cannot map them
_BLOCK_BYTES = 1 << 18  # of the file: stays in the processor's cache through all steps
_TURNED_AT_ONCE = 32  # frames: half a cache line of their bytes; with more, lines displace each other in the cache
_WHOLE_RANGE = 0.0, 255.0  # of whole numbers up to 255 in a type without a range
_LEAST_WHITE = 2  # whole numbers up to 1 may be meant as 0 to 1
_SAMPLE_FRAMES = 256  # read to estimate the time of the conversion
_WRITING = 2.0  # time of reading, writing and hashing, relative to reading such a sample


@dataclasses.dataclass(frozen=True)
class _Pair:
    """Frames and their labels; `side` is their given side of the split, or None."""

    name: str
    data: HeldArray
    labels: HeldArray
    recordings: HeldArray | None
    side: str | None
    legacy: bool = False


@dataclasses.dataclass
class _Undeclared:
    """The frames of a type that has no range, such as double: they are read as 0 to 255 if they prove to be that.

    They do if all are whole numbers, and the greatest is from 2 to 255: numbers up to 1 may be meant as 0 to 1.

    Attributes:
        files: their files.
        dtype: NumPy's name of their type.
        greatest: their greatest value so far; not followed further once it is at least 2.
    """

    files: list[str]
    dtype: str
    greatest: int = 0

    def remark(self) -> str:
        """Return the message about how they are read."""
        return (
            f"The type of the frames in {some(self.files, 1)} does not define which number is white. All their values "
            "are whole numbers from 0 to 255, so 255 is read as white. If another number is, set the option "
            f"{named('pixel_range')}."
        )

    def unclear(self) -> PixelRange:
        """Return the error if no value is above 1."""
        return undefined_range(self.dtype, some(self.files, 1), "No value in these files is above 1.")


@dataclasses.dataclass(frozen=True)
class _Plan:
    """One recording.

    Attributes:
        name: its name.
        pair: the arrays that it comes from.
        labels: its labels.
        where: the positions of its frames in the file, None for all.
        watched: the files, to notice changes.
        dtype: type of its frames.
        undeclared: if its frames have a type without a range, and the user gave none.
    """

    name: str
    pair: _Pair
    labels: Array
    where: Array | None
    watched: Watched
    dtype: np.dtype[Any]
    undeclared: _Undeclared | None

    @property
    def tags(self) -> dict[str, str]:
        return {"side": self.pair.side} if self.pair.side else {}


def convert_numpy(
    folder: str | PathLike[str],
    dataset: str | PathLike[str],
    options: Mapping[str, Any],
    progress: Progress = lambda record: None,
    should_stop: Callable[[], bool] = lambda: False,
) -> dict[str, Any]:
    """Write NumPy files as a dataset folder.

    Files may be in row-major or column-major order and in either byte order; .npy and HDF5 files may be larger than
    memory. A folder holds one of these:

    - ``frames.npy`` (with axes in `frame_order`) and ``labels.npy`` (one label per frame), which become one recording,
      or with ``recordings.npy`` (one number or name per frame) one recording for each number or name;
    - pairs of the older tool, ``Train_Data_<i>_Session_<s>.npy`` (N x H x W) and ``Train_Labels_<i>_Session_<s>.npy``,
      and ``Valid_...``: each pair becomes one recording;
    - otherwise .npz, .h5 or .hdf5 files with arrays of frames and labels, perhaps of recordings: each file becomes one
      recording, or one for each value in ``recordings``. Arrays are found by `frames_variable` and `labels_variable`,
      by usual names (frames, images, x, ...; labels, y, ...), or because no other array fits.

    Frames of a type without a range (floats, integers other than uint8 and uint16) need a `pixel_range`. Without one,
    they are read as 0 to 255, as the older tool wrote them: if a value is no whole number or above 255, or none is
    above 1, that is an error after all, and nothing stays.

    Given sides (``Train_``, ``Valid_``; an .npz or HDF5 file whose name begins with train, valid or test) are kept as
    the tag ``side``, and training uses them. HDF5 stores MATLAB's axes in reverse order. A file is treated as written
    by MATLAB if its labels are a row or column, as MATLAB writes them, and it was not written by h5py. If its writer is
    not known, it is an error without `frame_order`, or, for files like those of h5py, NumPy's order and a warning. The
    conversion uses one process, since the disk limits its speed.

    Args:
        folder: a folder with these files, or the path of one .npz, .h5 or .hdf5 file.
        dataset: the folder to write.
        options: settings of a conversion of NumPy files, in Python's spelling.
        progress: called with records for a progress line, about five times a second.
        should_stop: called between chunks of frames; if it returns True, the conversion stops and keeps complete
            recordings.

    Returns:
        The summary of the dataset, ``label_table``, ``warnings``, and ``left_out_why`` (frames by reason). With
        `check`, nothing is written, and the result is that of `Preflight.report`.

    Raises:
        TouchTrainError: all faults of files, shapes, types, labels and options, before anything is written.
        BadFrames, PixelRange: NaN, or values outside the range, found while reading. Complete recordings are kept.
        Interrupted: `should_stop` returned True.
    """
    settings = NumpySettings.from_options(options)
    target = Path(dataset).absolute()
    progress({"stage": "checking"})
    preflight = Preflight("numpy", target, GreyLevels(settings.pixel_range))

    def plan(preflight: Preflight) -> tuple[str, list[_Plan]]:
        return _plan(preflight, Path(folder).absolute(), settings)

    if settings.check:
        return checked(preflight, lambda preflight: _look_at(preflight, *plan(preflight), settings))
    order, plans = plan(preflight)
    progress({"stage": "converting", "said": [*preflight.messages(), *preflight.all_warnings()]})
    assert preflight.image_shape is not None
    conversion = _conversion_record(plans, settings)
    writer = DatasetWriter(target, settings.class_names, preflight.image_shape, preflight.label_mapping, conversion)
    shown = ConversionProgress(progress, sum(len(plan.labels) for plan in plans), len(plans))
    undeclared = next((one.undeclared for one in plans if one.undeclared), None)
    try:
        for number, one in enumerate(plans, start=1):
            preflight.levels.put(one.name, _write(writer, one, order, settings, number, shown, should_stop))
        if undeclared and undeclared.greatest < _LEAST_WHITE:
            raise undeclared.unclear()
    except PixelRange:
        if undeclared:  # what is written was converted by a range that proves wrong
            writer.abort()
        raise
    preflight.warnings += [undeclared.remark()] if undeclared else []
    left_out = int(sum(np.count_nonzero(plan.labels == LEAVE_OUT) for plan in plans))
    return {
        **writer.close().summary(),
        "label_table": preflight.label_table,
        "warnings": preflight.all_warnings() + writer.remarks() + plans[0].watched.warnings(),
        "left_out_why": {"by_label": left_out} if left_out else {},
    }


def side_in_name(name: str) -> str | None:
    """Return the side that a file name begins with, such as training for ``train_2.npz``; None if there is none."""
    match = _SIDE_IN_NAME.match(name)
    return (
        next(side for side in ("training", "validation", "test") if side[:2] == match[1][:2].lower()) if match else None
    )


# --- before anything is written ------------------------------------------------------------------------------------


def _plan(preflight: Preflight, path: Path, settings: NumpySettings) -> tuple[str, list[_Plan]]:
    """Plan the conversion and find all faults; return the order of the axes, and the recordings."""
    faults = preflight.faults
    preflight.class_names = settings.class_names
    with faults.noting():
        check_target(preflight.target)
    pairs = _find(path, settings, preflight)
    faults.raise_any()
    watched = Watched({held.path for pair in pairs for held in (pair.data, pair.labels, pair.recordings) if held})
    found = [_shape_and_type(pair.data, faults) for pair in pairs]
    vectors = [_vector(pair.labels, faults, shape or None) for pair, (shape, _) in zip(pairs, found, strict=True)]
    faults.raise_any()
    whats = [str(pair.data) for pair in pairs]
    _check_types(whats, [dtype for _, dtype in found], faults)
    n_labels = [vector.size for vector in vectors]
    pairs = [
        _turned(pair, shape, vector, settings.frame_order, preflight)
        for pair, (shape, _), vector in zip(pairs, found, vectors, strict=True)
    ]
    shapes = [shape[::-1] if pair.data.turned else shape for pair, (shape, _) in zip(pairs, found, strict=True)]
    order = _order(pairs, shapes, n_labels, settings.frame_order, faults)
    label_set = LabelSet([], {})
    with faults.noting():
        what = [str(pair.labels) for pair in pairs]
        label_set = read_labels(vectors, settings.class_names, settings.label_values, what)
    faults.raise_any()
    sizes = {
        host_arrays.frame_shape(shape, order): what for shape, what in reversed(list(zip(shapes, whats, strict=True)))
    }
    if len(sizes) > 1:
        shown = "; ".join(f"{what} {'x'.join(map(str, size))}" for size, what in sizes.items())
        raise FrameOrder(f"All frames must have one size (height x width x channels). Received {shown}.")
    plans: list[_Plan] = []
    unknown = [(what, dtype) for what, (_, dtype) in zip(whats, found, strict=True) if _is_undeclared(dtype, settings)]
    undeclared = _Undeclared([what for what, _ in unknown], unknown[0][1].name) if unknown else None
    for pair, labels, (_, dtype) in zip(pairs, label_set.vectors, found, strict=True):
        with faults.noting():
            plans += [
                _Plan(
                    name,
                    pair,
                    some_labels,
                    where,
                    watched,
                    dtype,
                    undeclared if _is_undeclared(dtype, settings) else None,
                )
                for name, some_labels, where in _parts(pair, labels, len(pairs) > 1)
            ]
    faults.raise_any()
    watched.end_all(BadFrames)
    preflight.image_shape = next(iter(sizes))
    preflight.label_mapping, preflight.label_table = label_set.mapping, label_set.table
    preflight.warnings += label_set.remarks
    preflight.planned = [_planned(plan, settings.class_names) for plan in plans]
    preflight.warnings += _about_sides(pairs) + _about_axes(pairs, order)
    preflight.warnings += about_single_frames((len(plan.labels) for plan in plans), _RECORDINGS)
    with faults.noting():
        preflight.check_room(_conversion_record(plans, settings))
    with faults.noting():
        preflight.seconds = _seconds(plans, order, settings)
    faults.raise_any()
    return order, plans


def _is_undeclared(dtype: np.dtype[Any], settings: NumpySettings) -> bool:
    """Return whether neither the type of frames nor the user says which number is white."""
    return settings.pixel_range is None and not has_range(dtype.name)


def _look_at(preflight: Preflight, order: str, plans: Sequence[_Plan], settings: NumpySettings) -> None:
    """Look at a few frames of each recording, for a check."""
    with preflight.faults.noting():
        frames_of = {plan.name: functools.partial(_few, plan, order, settings) for plan in plans}
        preflight.look_at(frames_of, {plan.name for plan in plans if _is_deep(plan)})
    undeclared = next((one.undeclared for one in plans if one.undeclared), None)
    if undeclared and not len(preflight.faults):
        low = undeclared.greatest < _LEAST_WHITE
        preflight.warnings.append(
            f"Only a few frames were looked at. {undeclared.unclear().text if low else undeclared.remark()}"
        )


def _is_deep(plan: _Plan) -> bool:
    return plan.dtype.name == "uint16"


def _few(plan: _Plan, order: str, settings: NumpySettings) -> Iterator[Array]:
    """Yield a few frames of a recording from all over it; from its beginning, if all of the file must be read."""
    n = len(plan.labels)
    if plan.pair.data.path.suffix.lower() == ".npz":
        yield from _frames(plan, order, settings, 0, min(n, FRAMES_LOOKED_AT))
        return
    for place in np.unique(np.linspace(0, n - 1, FRAMES_LOOKED_AT).astype(int)).tolist():
        yield from _frames(plan, order, settings, place, place + 1)


def _conversion_record(plans: Sequence[_Plan], settings: NumpySettings) -> dict[str, Any]:
    """Return how the frames are converted, for the description of the dataset."""
    given = settings.pixel_range
    if any(plan.undeclared for plan in plans) and all(plan.undeclared or plan.dtype == np.uint8 for plan in plans):
        given = _WHOLE_RANGE
    return {
        "pixel_range": given and list(given),
        "contrast": noted_contrast(settings.contrast),
        "grey": settings.grey,
        **made_by(settings),
    }


def _planned(plan: _Plan, class_names: Sequence[str]) -> Planned:
    n, left_out = len(plan.labels), int(np.count_nonzero(plan.labels == LEAVE_OUT))
    counts = count_classes(plan.labels, class_names)
    why = {"by_label": left_out} if left_out else {}
    return Planned(plan.name, f"{plan.name} <- {plan.pair.data}", n, n, counts, why, tags=plan.tags)


def _seconds(plans: Sequence[_Plan], order: str, settings: NumpySettings) -> float:
    """Estimate the time of the conversion by reading a few frames of the first recording."""
    n = min(_SAMPLE_FRAMES, len(plans[0].labels))
    began = time.perf_counter()
    for _ in _frames(plans[0], order, settings, 0, n):
        pass
    return (time.perf_counter() - began) / n * sum(len(plan.labels) for plan in plans) * _WRITING


def _find(path: Path, settings: NumpySettings, preflight: Preflight) -> list[_Pair]:
    """Return the pairs of frames and labels; pairs of the older tool are in the order of the numbers in their names."""
    faults = preflight.faults
    faults.what, faults.total = "files", 1
    if is_file(path) and path.suffix.lower() in _ARCHIVES:
        return _in_archives([path], settings, faults)
    if not is_folder(path):
        there = f"{path} is not a folder" if is_there(path) else f"There is no folder {path}"
        faults.add(PathMissing, f"Cannot find numpy arrays: {there}. {_EXPECTED}")
        return []
    names = [file.name for file in inside(path)]
    links = Links(path)
    for name in names:
        if name.endswith((".npy", *_ARCHIVES)):
            links.see(path / name)
    preflight.warnings += links.warnings()
    legacy = {name: match.groups() for name in names if (match := _LEGACY.fullmatch(name))}
    simple = [name for name in (_FRAMES, _LABELS) if name in names]
    archives = [path / name for name in names if Path(name).suffix.lower() in _ARCHIVES]
    if archives and (simple or legacy):
        unread = some([file.name for file in archives], MOST_NAMED)
        preflight.warnings.append(f"{unread} in {path} was not read: there are .npy files of frames and labels.")
    if simple and legacy:
        text = f"{path} holds {simple[0]} and {next(iter(legacy))}. Keep files of one form only. {_EXPECTED}"
        faults.add(Unpaired, text)
    elif len(simple) == 1:
        lacking = _LABELS if simple == [_FRAMES] else _FRAMES
        faults.add(Unpaired, f"{path} holds {simple[0]}, but no {lacking}. Put both there.")
    elif not simple and not legacy and not archives:
        found = some(names, MOST_NAMED) or "nothing"
        faults.add(PathMissing, f"Cannot find numpy arrays in {path}. {_EXPECTED} Found: {found}.")
    if simple:
        parts = HeldArray(path / _RECORDINGS) if _RECORDINGS in names else None
        return [_Pair("frames", HeldArray(path / _FRAMES), HeldArray(path / _LABELS), parts, None)]
    return _legacy_pairs(path, legacy, faults) if legacy else _in_archives(archives, settings, faults)


def _legacy_pairs(folder: Path, legacy: Mapping[str, Sequence[str]], faults: Faults) -> list[_Pair]:
    pairs = []
    by_name: dict[str, str] = {}
    for name in legacy:
        if (other := by_name.setdefault(same_name(name), name)) != name:
            text = f"Two files in {folder} have the same name, encoded in two ways: {ascii(other)} and {ascii(name)}."
            faults.add(Unpaired, f"{text} Keep one of them.")
    rests = first_forms(rest for _, _, rest in legacy.values())
    sides = [side for side, _, _ in legacy.values()]
    for side, rest in sorted({*zip(sides, rests, strict=True)}, key=lambda one: (one[0], natural(one[1]))):
        data, labels = (same_name(f"{side}_{what}{rest}.npy") for what in ("Data", "Labels"))
        for lacking, there in ((data, labels), (labels, data)):
            if lacking not in by_name:
                faults.add(Unpaired, f"{there} has no partner {lacking} in {folder}. Put it there, or remove {there}.")
        held = HeldArray(folder / by_name.get(data, data)), HeldArray(folder / by_name.get(labels, labels))
        pairs.append(_Pair(printable(f"{side}{rest}"), *held, None, _SIDES[side], legacy=True))
    faults.total = len(legacy)
    return pairs


# --- choosing arrays in .npz and HDF5 files --------------------------------------------------------------------------


def _in_archives(paths: Sequence[Path], settings: NumpySettings, faults: Faults) -> list[_Pair]:
    pairs = []
    stems = collections.Counter(same_name(path.stem) for path in paths)
    names = collections.Counter(same_name(path.name) for path in paths)
    faults.total = len(paths)
    for path in sorted(paths, key=lambda path: natural(path.name)):
        with faults.noting(of=path):
            there = list_arrays(path, _EXPECTED)
            data = choose_array(path, there, "frames", settings.frames_variable, may_be_frames)
            others = {name: form for name, form in there.items() if name != data}
            fits = functools.partial(may_be_labels, lengths=set(there[data][0]))
            labels = choose_array(path, others, "labels", settings.labels_variable, fits)
            ids = [name for name in others if has_usual_name(name, "recordings") and name != labels]
            parts = HeldArray(path, ids[0]) if len(ids) == 1 else None
            name = printable(path.stem if stems[same_name(path.stem)] == 1 else path.name)
            if names[same_name(path.name)] > 1:
                raise BadFrames(
                    f"Files in {path.parent} have the same name, encoded in several ways: {ascii(path.name)}. Keep one."
                )
            pairs.append(_Pair(name, HeldArray(path, data), HeldArray(path, labels), parts, side_in_name(path.stem)))
    return pairs


# --- reading shapes, types and labels ------------------------------------------------------------------------------


def _shape_and_type(held: HeldArray, faults: Faults) -> tuple[tuple[int, ...], np.dtype[Any]]:
    """Return shape and type of the frames in a file; it is closed again, since there may be thousands of files."""
    with faults.noting(of=held.path):
        if held.path.suffix.lower() == ".npz":
            shape, dtype = list_arrays(held.path, _EXPECTED)[held.variable]
        else:
            with open_array(held, BadFrames) as stack:
                hdf5_files.check_whole(stack, held.path, BadFrames)
                shape, dtype = stack.shape, stack.dtype
        if 0 in shape or len(shape) < 2:
            raise BadFrames(f"{held.path}: an array of {'x'.join(map(str, shape)) or 'one number'} holds no frames.")
        return shape, dtype
    return (), np.dtype(np.uint8)


def _vector(held: HeldArray, faults: Faults, frames: tuple[int, ...] | None = None) -> Array:
    """Return the labels, or the numbers or names of recordings, in a file; `frames` is the shape of the frames."""
    with faults.noting(of=held.path), open_array(held, BadLabels) as stack:
        if machine_made.are_probabilities(held.path, stack):
            raise machine_made.probabilities(held.path)
        check_size(stack, held, frames)
        hdf5_files.check_whole(stack, held.path, BadLabels)
        if stack.dtype.kind == "O" and hasattr(stack, "asstr"):  # texts in an HDF5 file
            return read_texts(stack, held)
        if stack.dtype.hasobject:
            raise BadLabels(f"{held.path} holds Python objects, which are not read. Save an array of numbers.")
        vector = np.array(stack[()])
        return np.char.decode(vector, "utf-8") if vector.dtype.kind == "S" else vector
    return np.empty(0)


def _check_types(files: Sequence[str], dtypes: Sequence[np.dtype[Any]], faults: Faults) -> None:
    """Check that frames are numbers; many files of one type are one fault."""
    by_type: dict[np.dtype[Any], list[str]] = {}
    for file, dtype in zip(files, dtypes, strict=True):
        by_type.setdefault(dtype, []).append(file)
    for dtype, names in by_type.items():
        what = some(names, 1)
        if dtype.kind not in "biuf":
            faults.add(BadFrames, f"{what}: expected an array of real numbers, received {dtype} values.")


def _turned(pair: _Pair, shape: tuple[int, ...], labels: Array, wanted: str, preflight: Preflight) -> _Pair:
    """Set `turned` if the axes of an HDF5 file are in reverse order, because MATLAB, Julia or R wrote it."""
    if pair.data.path.suffix.lower() not in (".h5", ".hdf5"):
        return pair
    with open_array(pair.data, BadFrames) as stack:
        writer, has_time = hdf5_files.written_by(stack, pair.data.path), hdf5_files.has_time(stack)
    by_numpy, turned = writer == "NumPy", writer not in ("", "NumPy")
    is_matrix = labels.ndim > 1  # NumPy's vectors have one axis, MATLAB's two
    if wanted != "auto":
        at = wanted.index("N")
        direct, other = (at < len(one) and one[at] == labels.size for one in (shape, shape[::-1]))
        turned = other and (not direct or turned or (not by_numpy and (is_matrix or has_time)))
    elif not writer and is_matrix and has_time:
        turned = True
    elif not writer:
        _ask_for_order(pair, shape, labels, has_time, preflight)
    return dataclasses.replace(pair, data=dataclasses.replace(pair.data, turned=turned))


def _ask_for_order(pair: _Pair, shape: tuple[int, ...], labels: Array, has_time: bool, preflight: Preflight) -> None:
    """Ask for the order of the axes in an HDF5 file if it is not clear, or warn that NumPy's is taken.

    h5py, Julia and R write the same bytes; by far most such files are h5py's.
    """
    numpy = host_arrays.fitting_orders(shape, labels.size)
    matlab = host_arrays.fitting_orders(shape[::-1], labels.size)
    is_guess = labels.ndim == 1 and not has_time
    if not matlab or len(shape) < 3 or len(set(shape)) == 1 or (len(shape) == 4 and not has_time):
        return  # only one order is possible, or `_order` asks
    size, ours, theirs = "x".join(map(str, shape)), " or ".join(numpy) or "NCHW, which is not read", " or ".join(matlab)
    option = named("frame_order")
    if is_guess:
        text = (
            f"the axes are taken to be NumPy's {ours}. If Julia, R or another program with MATLAB's order of axes "
            f"wrote them, frames now lie on their side: set the option {option} to {theirs} then, or else to {ours}."
        )
        preflight.warn(f"{pair.data} ({size}): {text}", of=pair.name, alike=text)
        return
    why = "labels are a matrix" if labels.ndim > 1 else "the file notes when it was written"
    preflight.faults.add(
        FrameOrder,
        f"{pair.data}: it is not clear whether the axes of the {size} array are NumPy's {ours}, or MATLAB's {theirs}, "
        f"which HDF5 stores in reverse order: {why}, as MATLAB does it. Set the option {option} to "
        f"{' or '.join(dict.fromkeys([*numpy, *matlab]))}.",
    )


def _order(
    pairs: Sequence[_Pair],
    shapes: Sequence[tuple[int, ...]],
    n_labels: Sequence[int],
    wanted: str,
    faults: Faults,
) -> str:
    """Return the order of the axes; for pairs of the older tool, N x H x W if it fits."""
    as_written = all(len(shape) == 3 and shape[0] == n for shape, n in zip(shapes, n_labels, strict=True))
    if wanted == "auto" and as_written and pairs[0].legacy:
        return "NHW"
    with faults.noting():
        return host_arrays.resolve_order(shapes, n_labels, wanted, [str(pair.data) for pair in pairs])
    return wanted


def _parts(pair: _Pair, labels: Array, several: bool) -> list[tuple[str, Array, Array | None]]:
    """Return name, labels and positions of the frames of the recordings that one array of frames holds."""
    if pair.recordings is None:
        return [(pair.name, labels, None)]
    faults = Faults()
    found = _vector(pair.recordings, faults)
    faults.raise_any()
    ids = host_arrays.as_texts(found)
    if ids is None:
        numbers = np.ravel(host_arrays.to_numpy(found, str(pair.recordings), BadLabels), order="F").tolist()
        if not np.all(np.isfinite(np.asarray(numbers, np.float64))):
            text = f"{pair.recordings.path} holds NaN or infinity. Give one number or name of a recording per frame."
            raise BadLabels(text)
        ids = [f"recording{int(number) if number == int(number) else number}" for number in numbers]
    ids = first_forms(map(printable, ids))
    if len(ids) != len(labels):
        text = f"{pair.recordings.path} has {len(ids)} numbers or names for {len(labels)} frames. Give one per frame."
        raise LengthMismatch(text)
    return [
        (f"{pair.name}/{name}" if several else name, labels[where], where) for name, where in places_of(ids).items()
    ]


# --- the work ------------------------------------------------------------------------------------------------------


def _frames(
    plan: _Plan, order: str, settings: NumpySettings, start: int = 0, stop: int | None = None
) -> Iterator[Array]:
    """Yield the frames of a recording, or those from `start` to `stop`: uint8, (n, height, width, channels)."""
    what = str(plan.pair.data) + (f" (recording {plan.name})" if plan.where is not None else "")
    held, n = plan.pair.data, len(plan.labels) if stop is None else stop
    plan.watched.begin(held.path, BadFrames)
    in_memory: Array | None = None
    if held.path.suffix.lower() == ".npz":
        with open_array(held, BadFrames) as in_memory:
            pass
    while start < n:
        # Reopened for each chunk, so that pages that were read do not count as memory of this process for long.
        with contextlib.nullcontext(in_memory) if in_memory is not None else open_array(held, BadFrames) as stack:
            at = order.index("N") if not held.turned else stack.ndim - 1 - order.index("N")
            if at == stack.ndim:  # MATLAB leaves out a last axis of length 1
                stack, at = stack[()][..., np.newaxis], stack.ndim
            one = stack.size // stack.shape[at]
            room = _CHUNK_BYTES // one
            if not isinstance(stack, np.ndarray):
                room = min(room, _HDF5_CHUNK_BYTES // (one * stack.dtype.itemsize))
            end = min(n, start + max(1, room))
            rows = slice(start, end) if plan.where is None else plan.where[start:end]
            frames = stack[(*(slice(None),) * at, rows)]
            frames = frames.T if held.turned else frames
            if plan.undeclared is None:
                frames = _to_uint8(frames, settings.pixel_range, what, order, start)
            else:
                frames = _whole_to_uint8(frames, plan.undeclared, what, order, start)
        frames = adjust_contrast(frames, settings.contrast)
        yield frames
        start = end
    plan.watched.end(held.path, BadFrames)


def _to_uint8(frames: Array, pixel_range: tuple[float, float] | None, what: str, order: str, start: int) -> Array:
    """Do what `to_uint8` does, but three times as fast for floats: in memory order, block by block.

    Returns:
        uint8, (n, height, width, channels), in C order.
    """
    low, high = stated_range(frames.dtype.name, pixel_range, what)
    if frames.dtype.kind != "f" or frames.dtype.itemsize < 4:
        return _in_c_order(to_uint8(np.array(host_arrays.to_nhwc(frames, order)), pixel_range, what, start))
    is_scaled, spare = (low, high) != (0.0, 255.0), np.empty(_BLOCK_BYTES // 8)

    def convert(block: Array, stored: Array) -> None:
        if is_scaled or block.dtype != np.float64:  # of a file in the other byte order, too
            block = block.astype(np.float64)
        if not (low <= block.min() and block.max() <= high):  # NaN, too: this raises the error
            to_uint8(np.array(host_arrays.to_nhwc(frames, order)), pixel_range, what, start)
        if is_scaled:
            block -= low
            block *= 255.0 / (high - low)
        rounded = spare[: block.size].reshape(block.shape)
        np.rint(block, out=rounded)
        stored[...] = rounded

    return _by_blocks(frames, order, convert)


def _whole_to_uint8(frames: Array, undeclared: _Undeclared, what: str, order: str, start: int) -> Array:
    """Convert frames of a type without a range to uint8, as `_to_uint8` does, if all are whole numbers up to 255.

    Raises:
        PixelRange: they are not.
        BadFrames: they contain NaN.
    """

    def convert(block: Array, stored: Array) -> None:
        stored[...] = block
        if not np.array_equal(stored, block):
            raise _not_whole(host_arrays.to_nhwc(frames, order), undeclared, what, start)

    with np.errstate(invalid="ignore"):
        found = _by_blocks(frames, order, convert)
    if undeclared.greatest < _LEAST_WHITE:
        undeclared.greatest = max(undeclared.greatest, int(found.max()))
    return found


def _by_blocks(frames: Array, order: str, convert: Callable[[Array, Array], None]) -> Array:
    """Convert frames to uint8, (n, height, width, channels), in the order of the memory and in small blocks.

    Args:
        frames: frames of any order of axes.
        order: that order.
        convert: is called with each block, and with the uint8 array of its size to fill.
    """
    axes = sorted(range(frames.ndim), key=lambda axis: -abs(frames.strides[axis]))
    ordered = frames.transpose(axes)  # the slowest axis first
    stored = np.empty(ordered.shape, np.uint8)
    for place in _blocks(ordered.shape):
        convert(ordered[place], stored[place])
    return _in_c_order(host_arrays.to_nhwc(stored.transpose(np.argsort(axes)), order))


def _not_whole(frames: Array, undeclared: _Undeclared, what: str, start: int) -> TouchTrainError:
    """Return the error for frames, (n, height, width, channels), that are not whole numbers from 0 to 255."""
    frames = np.array(frames, np.float64)
    if np.isnan(frames).any():
        try:
            to_uint8(frames, _WHOLE_RANGE, what, start)
        except TouchTrainError as error:
            return error
    wrong = (frames != np.rint(frames)) | (frames < 0) | (frames > _WHOLE_RANGE[1])
    number = int(np.argmax(wrong.reshape(len(frames), -1).any(axis=1)))
    value = frames[number][wrong[number]][0]
    why = f"They are not whole numbers from 0 to 255: frame {start + number} has the value {value:g}."
    return undefined_range(undeclared.dtype, what, why)


def _in_c_order(frames: Array) -> Array:
    """Return frames in C order; a few frames at a time are first copied, so that all bytes are in the cache."""
    if frames.flags.c_contiguous:
        return frames
    ordered = np.empty(frames.shape, np.uint8)
    for start in range(0, len(frames), _TURNED_AT_ONCE):
        ordered[start : start + _TURNED_AT_ONCE] = frames[start : start + _TURNED_AT_ONCE].copy(order="K")
    return ordered


def _blocks(shape: tuple[int, ...]) -> Iterator[tuple[Any, ...]]:
    """Yield indices of blocks that cover an array of this shape and, as float64, fit the cache."""
    values = _BLOCK_BYTES // 8
    one = math.prod(shape[1:])
    if one <= values or len(shape) == 1:
        step = max(1, values // one)
        for start in range(0, shape[0], step):
            yield (slice(start, start + step),)
    else:
        for index in range(shape[0]):
            for inner in _blocks(shape[1:]):
                yield (index, *inner)


def _write(
    writer: DatasetWriter,
    plan: _Plan,
    order: str,
    settings: NumpySettings,
    number: int,
    shown: ConversionProgress,
    should_stop: Callable[[], bool],
) -> Levels:
    """Write one recording; return its grey levels."""
    groups = np.full(len(plan.labels), writer.new_group(), np.int32)
    source = {
        "kind": "numpy",
        "file": printable(plan.pair.data.path.name),
        "labels": printable(plan.pair.labels.path.name),
    }
    if plan.pair.data.variable:
        source |= {"frames_variable": plan.pair.data.variable, "labels_variable": plan.pair.labels.variable}
    levels = Levels(_is_deep(plan))
    if writer.finished(plan.name) is not None:
        digest = hashlib.sha256()
        with parallel.one_ahead(_frames(plan, order, settings)) as chunks:
            for frames in chunks:
                digest.update(np.ascontiguousarray(frames))
                levels.add(frames)
                end_if_asked(should_stop, writer.folder)
        if writer.keep(plan.name, plan.labels, groups, {**source, "sha256": digest.hexdigest()}, plan.tags):
            shown.add(number, plan.name, len(plan.labels))
            return levels
    levels, recording = Levels(_is_deep(plan)), writer.begin(plan.name)
    with parallel.one_ahead(_frames(plan, order, settings)) as chunks:
        for frames in chunks:
            recording.append(frames)
            levels.add(frames)
            shown.add(number, plan.name, len(frames))
            end_if_asked(should_stop, writer.folder)
    recording.close(plan.labels, groups, source, plan.tags)
    return levels


# --- warnings ------------------------------------------------------------------------------------------------------


def _about_sides(pairs: Sequence[_Pair]) -> list[str]:
    sides = [pair.side for pair in pairs if pair.side]
    if not sides:
        return []
    counts = " and ".join(f"{sides.count(side)} of {side}" for side in dict.fromkeys(sides))
    text = f"The given sides were kept ({counts}): training holds out the recordings of validation, and no others."
    lacking = [side for side in _SIDES.values() if side not in sides]
    if lacking:
        text = f"There are given sides ({counts}), but none of {lacking[0]}: training makes its own split."
    return [text]


def _about_axes(pairs: Sequence[_Pair], order: str) -> list[str]:
    turned = [str(pair.data) for pair in pairs if pair.data.turned]
    if not turned:
        return []
    return [
        f"{some(turned, 1)} was read as written by MATLAB, as {order} in MATLAB's order of the axes. If NumPy wrote "
        f"it, set the option {named('frame_order')}."
    ]
