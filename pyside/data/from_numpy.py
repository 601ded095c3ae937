"""NumPy files to a dataset folder: ``frames.npy`` with ``labels.npy``, or the pairs of files of the older tool."""

from __future__ import annotations

import dataclasses
import hashlib
import math
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from os import PathLike
from pathlib import Path
from typing import Any

import numpy as np

from pyside.bridge import arrays
from pyside.data.dataset import DatasetWriter, check_room, check_target, count_classes
from pyside.data.frames import stated_range, to_uint8
from pyside.data.labels import LEAVE_OUT, LabelSet, read_labels
from pyside.data.progress import ConversionProgress, Progress, end_if_asked
from pyside.errors import (
    BadFrames,
    BadLabels,
    Faults,
    FrameOrder,
    LengthMismatch,
    PathMissing,
    TouchTrainError,
    Unpaired,
)
from pyside.settings import NumpySettings

Array = np.ndarray[Any, Any]
_FRAMES, _LABELS, _RECORDINGS = "frames.npy", "labels.npy", "recordings.npy"
_LEGACY = re.compile(r"(Train|Valid)_(Data|Labels)(.*)\.npy")
_SIDES = {"Train": "training", "Valid": "validation"}
_EXPECTED = (
    f"Expected {_FRAMES} with {_LABELS}, or pairs such as Train_Data_1_Session_1.npy with "
    "Train_Labels_1_Session_1.npy, Valid_Data_1_Session_1.npy with Valid_Labels_1_Session_1.npy."
)
_CHUNK_BYTES = 8 << 20  # of the file; less reads pages of column-major files many times, more leaves the caches
_ALMOST_BLACK = 16  # of 255: frames that stay below it were given too wide a range
_MOST_NAMED = 10
_MOST_TOLD = 20


@dataclasses.dataclass(frozen=True)
class _Pair:
    """A file of frames and its file of labels; `side` is the one that the older tool gave it, or None."""

    name: str
    data: Path
    labels: Path
    side: str | None


@dataclasses.dataclass(frozen=True)
class _Plan:
    """One recording: `where` is the places of its frames in the file, None for all of them."""

    name: str
    pair: _Pair
    labels: Array
    where: Array | None


def convert_numpy(
    folder: str | PathLike[str],
    dataset: str | PathLike[str],
    options: Mapping[str, Any],
    progress: Progress = lambda record: None,
    should_stop: Callable[[], bool] = lambda: False,
) -> dict[str, Any]:
    """Write NumPy files as a dataset folder.

    Files may be in row-major or column-major order, of either byte order, and larger than memory. A folder holds either
    ``frames.npy`` (its axes as `frame_order` says) and ``labels.npy`` (one label a frame), which become one recording,
    or with ``recordings.npy`` (a number or name a frame) one recording for each of these; or the older tool's pairs
    ``Train_Data_<i>_Session_<s>.npy`` (N x H x W) and ``Train_Labels_<i>_Session_<s>.npy``, and ``Valid_...``: each
    pair becomes one recording that carries its side as the tag ``side``.

    Args:
        folder: with these files.
        dataset: the folder to write.
        options: settings of a conversion of NumPy files, in Python's spelling.
        progress: called with records for a progress line, some five times a second.
        should_stop: asked between chunks of frames; True ends the conversion, what is complete is kept.

    Returns:
        The summary of the dataset, and ``warnings``.

    Raises:
        TouchTrainError: all that is wrong with files, shapes, types, labels and options, before anything is written.
        BadFrames, PixelRange: NaN, or values outside the range, found while reading. What is complete is kept.
        Interrupted: it was asked to stop.
    """
    settings = NumpySettings.from_options(options)
    target = Path(dataset).absolute()
    progress({"stage": "checking"})
    faults = Faults()
    with faults.noting():
        check_target(target)
    pairs = _find(Path(folder).absolute(), faults)
    faults.raise_any()
    order, shape, plans, mapping = _plan(pairs, settings)
    progress({"stage": "converting", "said": _told(plans, settings.class_names)})
    given = settings.pixel_range
    frames = sum(len(plan.labels) for plan in plans)
    check_room(target, frames * math.prod(shape))
    writer = DatasetWriter(target, settings.class_names, shape, mapping, {"pixel_range": given and list(given)})
    shown = ConversionProgress(progress, frames, len(plans))
    brightest = 0
    for number, plan in enumerate(plans, start=1):
        brightest = max(brightest, _write(writer, plan, order, given, number, shown, should_stop))
    return {**writer.close().summary(), "warnings": _warnings(pairs, brightest)}


# --- before anything is written ------------------------------------------------------------------------------------


def _find(folder: Path, faults: Faults) -> list[_Pair]:
    """Return the pairs of files in a folder, those of the older tool in the order of the numbers in their names."""
    if not folder.is_dir():
        there = f"{folder} is no folder" if folder.exists() else f"There is no folder {folder}"
        faults.add(PathMissing, f"Cannot find numpy arrays: {there}. {_EXPECTED}")
        return []
    names = sorted(path.name for path in folder.iterdir())
    legacy = {name: match.groups() for name in names if (match := _LEGACY.fullmatch(name))}
    simple = [name for name in (_FRAMES, _LABELS) if name in names]
    if simple and legacy:
        text = f"{folder} holds {simple[0]} and {next(iter(legacy))}. Keep one of the two forms there. {_EXPECTED}"
        faults.add(Unpaired, text)
    elif not simple and not legacy:
        more = f" and {len(names) - _MOST_NAMED} more" if len(names) > _MOST_NAMED else ""
        found = (", ".join(names[:_MOST_NAMED]) or "nothing") + more
        faults.add(PathMissing, f"Cannot find numpy arrays in {folder}. {_EXPECTED} Found: {found}.")
    elif len(simple) == 1:
        lacking = _LABELS if simple == [_FRAMES] else _FRAMES
        faults.add(Unpaired, f"{folder} holds {simple[0]} but no {lacking}. Put both there.")
    if simple:
        return [_Pair("frames", folder / _FRAMES, folder / _LABELS, None)]
    return _legacy_pairs(folder, legacy, faults)


def _legacy_pairs(folder: Path, legacy: Mapping[str, Sequence[str]], faults: Faults) -> list[_Pair]:
    pairs = []
    for side, rest in sorted({(side, rest) for side, _, rest in legacy.values()}, key=_natural):
        data, labels = (f"{side}_{what}{rest}.npy" for what in ("Data", "Labels"))
        for lacking, there in ((data, labels), (labels, data)):
            if lacking not in legacy:
                faults.add(
                    Unpaired, f"{there} has no partner {lacking} in {folder}. Put it there, or take {there} away."
                )
        pairs.append(_Pair(f"{side}{rest}", folder / data, folder / labels, _SIDES[side]))
    return pairs


def _natural(key: tuple[str, str]) -> tuple[str, list[tuple[int, str]]]:
    """Return what to sort names by: Train before Valid, and 2 before 10."""
    parts = re.split(r"([0-9]+)", key[1])
    return key[0], [(int(part), "") if part.isdigit() else (-1, part) for part in parts] + [(-1, key[1])]


def _plan(
    pairs: Sequence[_Pair], settings: NumpySettings
) -> tuple[str, tuple[int, int, int], list[_Plan], dict[str, str]]:
    """Return order of the axes, shape of a frame, recordings and meaning of labels, or all that is wrong."""
    faults = Faults()
    found = [_shape_and_type(pair.data, faults) for pair in pairs]
    vectors = [_vector(pair.labels, faults) for pair in pairs]
    faults.raise_any()
    files = [pair.data.name for pair in pairs]
    shapes, n_labels = [shape for shape, _ in found], [vector.size for vector in vectors]
    _check_types(files, [dtype for _, dtype in found], settings, faults)
    order = _order(pairs, shapes, n_labels, settings.frame_order, faults)
    label_set = LabelSet([], {})
    what = [pair.labels.name for pair in pairs]
    try:
        label_set = read_labels(vectors, settings.class_names, settings.label_values, what)
    except TouchTrainError as error:
        faults.include(error)
    faults.raise_any()
    sizes = {arrays.frame_shape(shape, order): file for shape, file in reversed(list(zip(shapes, files, strict=True)))}
    if len(sizes) > 1:
        shown = "; ".join(f"{file} {'x'.join(map(str, size))}" for size, file in sizes.items())
        raise FrameOrder(f"All frames must have one size (height x width x channels). Received {shown}.")
    plans = [part for pair, labels in zip(pairs, label_set.vectors, strict=True) for part in _parts(pair, labels)]
    return order, next(iter(sizes)), plans, label_set.mapping


def _opened(path: Path, kind: type[TouchTrainError]) -> Array:
    """Return the array in a file as a memory map.

    Raises:
        TouchTrainError: of that kind, where there is none.
    """
    try:
        return np.lib.format.open_memmap(path, mode="r")
    except Exception as error:  # a damaged head makes NumPy raise almost anything
        if isinstance(error, ValueError) and "Python objects" in str(error):
            text = f"{path} holds pickled Python objects, which are not read. Save an array of numbers."
        else:
            text = f"{path} is no .npy file, or it is damaged, empty or cut short ({error}). Save it again."
        raise kind(text) from None


def _shape_and_type(path: Path, faults: Faults) -> tuple[tuple[int, ...], np.dtype[Any]]:
    """Return shape and type of the frames in a file; it is not kept open, since there may be thousands."""
    try:
        stack = _opened(path, BadFrames)
        if not stack.size or stack.ndim < 2:
            size = "x".join(map(str, stack.shape)) or "one number"
            raise BadFrames(f"{path}: an array of {size} holds no frames.")
        return stack.shape, stack.dtype
    except TouchTrainError as error:
        faults.include(error)
        return (), np.dtype(np.uint8)


def _vector(path: Path, faults: Faults) -> Array:
    """Return the labels in a file."""
    try:
        return np.array(_opened(path, BadLabels))
    except TouchTrainError as error:
        faults.include(error)
        return np.empty(0)


def _check_types(
    files: Sequence[str], dtypes: Sequence[np.dtype[Any]], settings: NumpySettings, faults: Faults
) -> None:
    """Check that frames are numbers of which it is known what is white; many files of one type are one fault."""
    by_type: dict[np.dtype[Any], list[str]] = {}
    for file, dtype in zip(files, dtypes, strict=True):
        by_type.setdefault(dtype, []).append(file)
    for dtype, names in by_type.items():
        what = names[0] + (f" and {len(names) - 1} more" if len(names) > 1 else "")
        if dtype.kind not in "biuf":
            faults.add(BadFrames, f"{what}: expected an array of real numbers, received {dtype} values.")
            continue
        try:
            stated_range(dtype.name, settings.pixel_range, what)
        except TouchTrainError as error:
            faults.include(error)


def _order(
    pairs: Sequence[_Pair],
    shapes: Sequence[tuple[int, ...]],
    n_labels: Sequence[int],
    wanted: str,
    faults: Faults,
) -> str:
    """Return the order of the axes; N x H x W is what the older tool wrote, should several fit."""
    as_written = all(len(shape) == 3 and shape[0] == n for shape, n in zip(shapes, n_labels, strict=True))
    if wanted == "auto" and as_written and pairs[0].side is not None:
        return "NHW"
    try:
        return arrays.resolve_order(shapes, n_labels, wanted, [pair.data.name for pair in pairs])
    except TouchTrainError as error:
        faults.include(error)
        return wanted


def _parts(pair: _Pair, labels: Array) -> list[_Plan]:
    """Return the recordings that one file of frames holds."""
    path = pair.data.with_name(_RECORDINGS)
    if pair.side is not None or not path.is_file():
        return [_Plan(pair.name, pair, labels, None)]
    found = np.array(_opened(path, BadLabels))
    ids = arrays.as_texts(found)
    if ids is None:
        numbers = np.ravel(arrays.to_numpy(found, str(path), BadLabels), order="F").tolist()
        if any(number != number for number in numbers):
            raise BadLabels(f"{path} holds NaN. Give each frame the number or name of its recording.")
        ids = [f"recording{int(number) if number == int(number) else number}" for number in numbers]
    if len(ids) != len(labels):
        raise LengthMismatch(f"{path} has {len(ids)} numbers or names for {len(labels)} frames. Give one a frame.")
    places = np.asarray(ids)
    return [
        _Plan(name, pair, labels[where], where)
        for name in dict.fromkeys(ids)
        for where in [np.flatnonzero(places == name)]
    ]


# --- the work ------------------------------------------------------------------------------------------------------


def _frames(plan: _Plan, order: str, pixel_range: tuple[float, float] | None) -> Iterator[Array]:
    """Yield the frames of a recording in chunks: uint8, (n, height, width, channels)."""
    what = plan.pair.data.name + (f" (recording {plan.name})" if plan.where is not None else "")
    start, n = 0, len(plan.labels)
    while start < n:
        # Opened anew for each chunk, so that pages that were read do not count as memory of this process for long.
        stack = arrays.to_nhwc(np.lib.format.open_memmap(plan.pair.data, mode="r"), order)
        end = min(n, start + max(1, _CHUNK_BYTES // stack[:1].nbytes))
        frames = stack[start:end] if plan.where is None else stack[plan.where[start:end]]
        yield to_uint8(np.array(frames), pixel_range, what, start)
        start = end


def _write(
    writer: DatasetWriter,
    plan: _Plan,
    order: str,
    pixel_range: tuple[float, float] | None,
    number: int,
    shown: ConversionProgress,
    should_stop: Callable[[], bool],
) -> int:
    """Write one recording; return its brightest value, 0 to 255."""
    groups = np.full(len(plan.labels), writer.new_group(), np.int32)
    source = {"kind": "numpy", "file": plan.pair.data.name, "labels": plan.pair.labels.name}
    brightest = 0
    if writer.finished(plan.name) is not None:
        digest = hashlib.sha256()
        for frames in _frames(plan, order, pixel_range):
            digest.update(np.ascontiguousarray(frames))
            brightest = max(brightest, int(frames.max()))
            end_if_asked(should_stop, writer.folder)
        tags = {"side": plan.pair.side} if plan.pair.side else {}
        if writer.keep(plan.name, plan.labels, groups, {**source, "sha256": digest.hexdigest()}, tags):
            shown.add(number, plan.name, len(plan.labels))
            return brightest
    recording = writer.begin(plan.name)
    for frames in _frames(plan, order, pixel_range):
        recording.append(frames)
        brightest = max(brightest, int(frames.max()))
        shown.add(number, plan.name, len(frames))
        end_if_asked(should_stop, writer.folder)
    recording.close(plan.labels, groups, source, {"side": plan.pair.side} if plan.pair.side else {})
    return brightest


# --- what is told about it -----------------------------------------------------------------------------------------


def _told(plans: Sequence[_Plan], class_names: Sequence[str]) -> list[str]:
    """Return a line a recording: ``Train_1_Session_1 <- Train_Data_1_Session_1.npy: 600 frames, NonTouch 540, ...``."""
    rows = []
    for plan in plans[:_MOST_TOLD]:
        counts = ", ".join(f"{name} {count}" for name, count in count_classes(plan.labels, class_names).items())
        left_out = int(np.count_nonzero(plan.labels == LEAVE_OUT))
        more = f", left out {left_out}" if left_out else ""
        rows.append(f"{plan.name} <- {plan.pair.data.name}: {len(plan.labels)} frames, {counts}{more}")
    return rows + ([f"... and {len(plans) - _MOST_TOLD} more"] if len(plans) > _MOST_TOLD else [])


def _warnings(pairs: Sequence[_Pair], brightest: int) -> list[str]:
    told = []
    sides = [pair.side for pair in pairs if pair.side]
    if sides:
        counts = " and ".join(f"{sides.count(side)} of {side}" for side in _SIDES.values() if side in sides)
        told.append(f"The given sides ({counts}) are noted but not yet used: training splits the recordings anew.")
    if brightest < _ALMOST_BLACK:
        told.append(
            f"The brightest pixel is stored as {brightest} of 255: the frames are almost black. Correct the option "
            "PixelRange (pixel_range in Python), for example to [0 1], or for a camera of 12 bits to [0 4095]."
        )
    return told
