"""Reads the centres of regions of interest and the values of frames, from options and files."""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Mapping
from os import PathLike
from pathlib import Path
from typing import Any

import numpy as np

from pyside.aliases import Array
from pyside.data.formats import variables
from pyside.data.formats.csv_files import CSV_SUFFIXES, read_csv
from pyside.data.formats.csv_files import number as number_in
from pyside.data.formats.mat_files import Table
from pyside.data.labels import field_names
from pyside.data.recordings.pairing import Beside
from pyside.data.recordings.roi import center_matrix
from pyside.data.video.info import VideoInfo
from pyside.data.video.reader import sample_frames
from pyside.errors import BadOption, Faults, LengthMismatch, PathMissing, printable, some
from pyside.settings.core import frame_named, named
from pyside.system.paths import check_readable, inside, is_file, is_folder, no_file
from pyside.system.records import first_forms, same_name

_CENTER_FORMS = (
    "Expected a cell array with one T x 2 matrix per video (x and y of each frame; 1 x 2 for a fixed centre), or one "
    "such matrix."
)

_CENTER_SUFFIXES = (".bar", ".mat", ".npy")
_VALUE_NAMES = ("value", "values", "framevalues", "frame_values", "distance", "distancetopole")
_SEARCHED = 8  # frames of a video in which the object is searched


@dataclasses.dataclass(frozen=True)
class FrameCenters:
    """Centres by frame number, as a ``.bar`` file holds them.

    Attributes:
        frames: int64, (m,), counted from 0, ascending.
        centers: float64, (m, 2), x and y in pixels counted from 0.
    """

    frames: Array
    centers: Array

    def __len__(self) -> int:
        return len(self.frames) + 1  # never 1, which means one centre for all frames

    def matrix(self, n_frames: int, what: str) -> Array:
        """Return float64, (n_frames, 2): NaN for a frame without a centre.

        Raises:
            LengthMismatch: there are centres for frames that do not exist; `what` names the recording.
        """
        if len(self.frames) and self.frames[-1] >= n_frames:
            raise LengthMismatch(
                f"{what}: there is a centre for {frame_named(self.frames[-1])}, but the video has {n_frames} frames. "
                "Check that the file belongs to this video."
            )
        found = np.full((n_frames, 2), np.nan)
        found[self.frames] = self.centers
        return found


def center_entries(centers: Any, n_videos: int, first: int) -> tuple[Beside, int]:
    """Return centres, one entry for all videos or one per video, and the index of the first pixel.

    Args:
        centers: None; (x, y); one (x, y) per frame of a single video; one (x, y) per video; a list or dict with one
            of these per video; a ``.mat``, ``.npy`` or ``.bar`` file; a list or dict of such files, or a folder with
            one such file of the same name for each video.
        n_videos: number of videos.
        first: index of the first pixel, 0 or 1, for values that are not from files. It is always 1 in a ``.mat`` file,
            and always 0 in ``.bar`` and ``.npy`` files.

    Returns:
        Entries and index. The values are float64, (1, 2) or (n, 2), None, or `FrameCenters`.

    Raises:
        PathMissing, BadOption: a file does not exist, or the values cannot be centres.
    """
    if centers is None:
        return [("", None)], first
    if isinstance(centers, (str, PathLike)):
        path = Path(centers)
        if is_folder(path):
            return _of_files(_files_in(path, _CENTER_SUFFIXES))
        found = _of_file(path)
        return [(path.name, matrix) for matrix in found], _counted_from(path)
    if isinstance(centers, Mapping):
        if centers and all(isinstance(value, (str, PathLike)) for value in centers.values()):
            return _of_files({name: Path(value) for name, value in centers.items()})
        return {name: center_matrix(value, name) for name, value in centers.items()}, first
    if isinstance(centers, (list, tuple)) and centers and all(isinstance(item, (str, PathLike)) for item in centers):
        paths = {str(number): Path(item) for number, item in enumerate(centers)}
        entries, counted_from = _of_files(paths)
        assert isinstance(entries, dict)
        return [(paths[number].name, value) for number, value in entries.items()], counted_from
    if isinstance(centers, (list, tuple)) and any(_dimensions(item) == 2 for item in centers):
        return [("", center_matrix(value, f"video {number}")) for number, value in enumerate(centers, start=1)], first
    matrix = center_matrix(centers, "all videos")
    if len(matrix) == n_videos:
        return [("", row[np.newaxis]) for row in matrix], first
    return [("", matrix)], first


def frame_values(values: Any, n_videos: int) -> Beside:
    """Return one number per frame, such as the distance to the pole: one vector per video.

    Args:
        values: a vector for one video; a list (in MATLAB a cell) or dict with one vector per video; a ``.mat`` or
            ``.npy`` file: a cell with one vector per video, or one vector; or a CSV file: one vector without a header,
            or the columns video (may be missing for one video), frame (counted from 0 or from 1; if missing, rows are
            in order) and value.
        n_videos: number of videos.

    Returns:
        Entries as those of `center_entries`; the values are float64, (n,).

    Raises:
        PathMissing, BadOption: a file does not exist, or the values are not numbers.
    """
    if isinstance(values, (str, PathLike)):
        path = Path(values)
        if path.suffix.lower() in CSV_SUFFIXES:
            return _values_in_csv(path)
        held = variables.values(path)
        fitting = {name: found for name, value in held.items() if (found := _vectors(value)) is not None}
        names_given = [name for name in fitting if name.lower() in _VALUE_NAMES]
        chosen = names_given if len(names_given) == 1 else list(fitting)
        if len(chosen) != 1:
            forms = "Expected one variable: a cell array with one vector of numbers per video, or one vector."
            raise BadOption(f"{named('frame_values')}: {variables.misfit(path, held, [], forms)}")
        return [(path.name, vector) for vector in fitting[chosen[0]]]
    if isinstance(values, Mapping):
        return {str(name): _vector(value, str(name)) for name, value in values.items()}
    if n_videos > 1 or (isinstance(values, (list, tuple)) and any(_dimensions(item) for item in values)):
        if not isinstance(values, (list, tuple)):
            raise BadOption(f"{named('frame_values')}: expected a list (in MATLAB a cell) with one vector per video.")
        return [("", _vector(value, f"video {number}")) for number, value in enumerate(values, start=1)]
    return [("", _vector(values, "the video"))]


def template_centers(
    path: Path,
    info: VideoInfo,
    template: str | PathLike[str],
    pixel_range: tuple[float, float] | None = None,
) -> tuple[Array, float]:
    """Find an object in a video by an example image, and return its centre.

    The example image is compared with a few frames from all over the video; the centre is where the normalized
    cross-correlation (`skimage.feature.match_template`) is greatest.

    Args:
        path: the video.
        info: result of `probe` for the video.
        template: the example image; it is converted to grey.
        pixel_range: the numbers that mean black and white in a video of more than 8 bits.

    Returns:
        float64, (1, 2): x and y in pixels counted from 0; and the correlation there, from -1 to 1.

    Raises:
        PathMissing, BadImage: the image does not exist, or cannot be read.
        BadOption: it is larger than the frames, or uniformly grey.
        BadVideo: the video is damaged.
    """
    from skimage.feature import match_template

    from pyside.data.formats.images import read_image

    template = Path(template)
    if not is_file(template):
        raise PathMissing(f"{named('template')}: the image {template.absolute()} does not exist.")
    wanted = read_image(template)[..., 0]
    if wanted.shape[0] > info.height or wanted.shape[1] > info.width:
        raise BadOption(
            f"{named('template')}: {template} has {wanted.shape[0]} x {wanted.shape[1]} pixels (height x width), "
            f"{path.name} only "
            f"{info.height} x {info.width}. Cut the object out of a frame of the video."
        )
    if wanted.min() == wanted.max():
        raise BadOption(
            f"{named('template')}: {template} is uniformly grey. Cut the object out of a frame of the video."
        )
    best, place = -1.0, (0, 0)
    for frame in sample_frames(path, min(_SEARCHED, info.n_frames), pixel_range, info.stream):
        likeness = match_template(frame, wanted)
        if likeness.max() > best:
            row, column = np.unravel_index(int(np.argmax(likeness)), likeness.shape)
            best, place = float(likeness.max()), (int(row), int(column))
    middle = [place[1] + (wanted.shape[1] - 1) / 2, place[0] + (wanted.shape[0] - 1) / 2]
    return np.array([middle]), best


def read_bar_file(path: str | PathLike[str]) -> FrameCenters:
    """Read a ``.bar`` file: text, one row per frame with the frame number and the x and y of the bar (the pole).

    The whisker tracker *whisk* writes these files. Frames and pixels are counted from 0, which is the middle of the
    first pixel. Empty rows are skipped; a frame without a row has no centre.

    Raises:
        PathMissing: the file does not exist.
        BadOption: rows that are not three numbers, or two rows for one frame; the message lists them.
    """
    path = Path(path)
    if not is_file(path):
        raise no_file(path.absolute())
    check_readable(path)
    found: dict[int, tuple[float, float]] = {}
    wrong = []
    for number, row in enumerate(path.read_text(encoding="utf-8-sig", errors="replace").splitlines(), start=1):
        words = row.replace(",", " ").split()
        if not words:
            continue
        try:
            frame, x, y = (float(word) for word in words)
            if frame < 0 or frame > 1e9 or not frame.is_integer() or frame in found:
                raise ValueError
            found[int(frame)] = (x, y)
        except (ValueError, OverflowError):
            wrong.append(f"row {number}: {row.strip()[:40]!r}")
    if wrong or not found:
        what = some(wrong, between="; ") or "no row"
        raise BadOption(
            f"{path}: expected rows of three numbers: frame (counted from 0, each once), x and y. Found {what}."
        )
    frames = sorted(found)
    return FrameCenters(np.array(frames, np.int64), np.array([found[frame] for frame in frames], np.float64))


def _of_file(path: Path) -> list[Any]:
    return [read_bar_file(path)] if path.suffix.lower() == ".bar" else list(read_centers_file(path))


def _counted_from(path: Path) -> int:
    return 1 if path.suffix.lower() == ".mat" else 0


def _of_files(files: Mapping[str, Path]) -> tuple[Beside, int]:
    """Read one file of centres per video."""
    faults, entries = Faults(), {}
    for name, path in files.items():
        with faults.noting():
            found = _of_file(path)
            if len(found) != 1:
                raise BadOption(f"{path} holds centres for {len(found)} videos; each file must be for one video.")
            entries[name] = found[0]
    counted = {_counted_from(path) for path in files.values()}
    if len(counted) > 1:
        faults.add(
            BadOption, f"{named('centers')}: .mat files count from 1, others from 0. Give files of one kind only."
        )
    faults.raise_any()
    return entries, counted.pop() if counted else 0


def _files_in(folder: Path, suffixes: tuple[str, ...]) -> dict[str, Path]:
    """Return the files with these suffixes by stem."""
    found: dict[str, Path] = {}
    for path in inside(folder):
        if path.suffix.lower() in suffixes:
            other = found.setdefault(same_name(path.stem), path)
            if other is not path:
                raise BadOption(f"{named('centers')}: {folder} holds both {other.name} and {path.name}. Keep one.")
    if not found:
        raise BadOption(f"{named('centers')}: {folder} holds no file with centres ({', '.join(suffixes)}).")
    return {printable(path.stem): path for path in found.values()}


def _values_in_csv(path: Path) -> Beside:
    table = read_csv(path)
    if isinstance(table, np.ndarray):
        return [(path.name, table)]
    if not isinstance(table, Table):
        raise BadOption(
            f"{named('frame_values')}: {path} holds texts. Expected numbers, or a header video,frame,value."
        )
    video, frame = (
        field_names.role(table.columns, field_names.VIDEO),
        field_names.role(table.columns, field_names.FRAME),
    )
    others = [name for name in table.columns if name not in (video, frame, "")]  # "" numbers the rows
    column = field_names.role(others, map(field_names.plain, _VALUE_NAMES)) or (others[0] if len(others) == 1 else None)
    if column is None:
        raise BadOption(
            f"{named('frame_values')}: {path} has the columns {', '.join(map(str, table.columns))}. Expected video, "
            "frame, value."
        )
    if not len(table):
        raise BadOption(f"{named('frame_values')}: {path} has a header, but no rows.")
    rows: dict[str, list[int]] = {}
    names = first_forms(table.columns[video]) if video is not None else [""] * len(table)
    for row, name in enumerate(names):
        rows.setdefault(name, []).append(row)
    found, faults = {}, Faults()
    for name, its_rows in rows.items():
        what = f"{named('frame_values')}: {path}{', ' if name else ''}{name}"
        with faults.noting():
            numbers = [_number(table.columns[column][row], what, table.lines[row]) for row in its_rows]
            if frame is not None:
                frames = [_number(table.columns[frame][row], what, table.lines[row]) for row in its_rows]
                numbers = _in_order(frames, numbers, what)
            found[name] = np.array(numbers)
    faults.raise_any()
    return found if video is not None else [(path.name, found[""])]


def _number(text: str, what: str, line: int) -> float:
    try:
        return number_in(text)
    except ValueError:
        raise BadOption(f"{what}, line {line}: {text[:40]!r} is not a number.") from None


def _in_order(frames: list[float], numbers: list[float], what: str) -> list[float]:
    """Sort numbers by their frames, which must be consecutive from 0 or 1."""
    order = np.argsort(frames, kind="stable")
    in_order = np.array(frames)[order]
    wrong = in_order != in_order[0] + np.arange(len(order))
    if in_order[0] not in (0, 1) or wrong.any():
        place = int(np.argmax(wrong)) if wrong.any() else 0
        raise BadOption(
            f"{what}: expected each frame once, counted from 0 or from 1. After sorting, row {place + 1} is frame "
            f"{in_order[place]:g}. Leave the value empty for a frame that has none."
        )
    return [numbers[place] for place in order]


def _vectors(value: Any) -> list[Array] | None:
    """Return the vectors of numbers in a variable, or None."""
    items = value if isinstance(value, list) else [value]
    if not items or not all(isinstance(item, np.ndarray) and item.dtype.kind in "biuf" for item in items):
        return None
    if any(item.size < 1 or sum(side > 1 for side in item.shape) > 1 for item in items):
        return None
    return [item.ravel().astype(np.float64) for item in items]


def _vector(value: Any, what: str) -> Array:
    try:
        found = np.asarray(value, dtype=np.float64)
    except (TypeError, ValueError):
        found = np.empty((2, 2))
    if sum(side > 1 for side in found.shape) > 1:
        raise BadOption(f"{named('frame_values')} of {what}: expected a vector with one number per frame.")
    return found.reshape(-1)


def _dimensions(value: Any) -> int:
    try:
        return np.ndim(value)
    except ValueError:  # ragged
        return 0


def read_centers_file(path: str | os.PathLike[str], variable: str | None = None) -> list[Array]:
    """Read the centres of the region of interest: for each video one per frame, or a fixed one.

    A .mat file holds a cell array with one matrix per video, or one matrix: T x 2 (or 2 x T) with x and y, or 1 x 2 for
    a fixed centre. An .npy file holds one array, (T, 2) or (2,).

    Args:
        path: the .mat or .npy file.
        variable: name of a variable in a .mat file; None for the one named centers or centres, or else the only one
            that fits.

    Returns:
        For each video float64, (T, 2) or (1, 2): x and y in pixels as in the file, that is 1-based in a .mat file and
        0-based in an .npy file; NaN stays. One array if the file has a single matrix, for one video or for all.

    Raises:
        PathMissing: the file does not exist.
        BadLabels: the file is damaged, or of another kind.
        BadOption: nothing in it fits, several variables do, or the centres of a video have another shape.
    """
    path = Path(path)
    values = variables.values(path)
    if variable is not None and variable not in values:
        raise BadOption(f"{path} has no variable {variable}. It holds {variables.held(values)}.")
    fitting = [name for name, value in values.items() if all(_centers(item) is not None for item in _items(value))]
    names = [variable] if variable is not None else variables.called(values, ("centers", "centres")) or fitting
    if len(names) > 1:
        raise BadOption(f"Several variables in {path} can be centres: {', '.join(names)}. Name the right one centers.")
    items = _items(values[names[0]]) if names else []
    if not any(isinstance(item, np.ndarray) for item in items):
        raise BadOption(variables.misfit(path, values, names, _CENTER_FORMS))
    found, faults = [], Faults()
    for number, item in enumerate(items, start=1):
        centers = _centers(item)
        if centers is not None:
            found.append(centers)
        else:
            faults.add(
                BadOption, f"{path}: the centres of video {number} are {variables.in_words(item)}. {_CENTER_FORMS}"
            )
    faults.raise_any()
    return found


def _items(value: Any) -> list[Any]:
    """Return one value per video: the items of a cell, or else the value itself."""
    return value if isinstance(value, list) and value else [value]


def _centers(value: Any) -> Array | None:
    """Return a T x 2, 2 x T or (2,) array as float64, (T, 2); None for anything else."""
    if not isinstance(value, np.ndarray) or value.dtype.kind not in "iuf" or value.ndim > 2 or not value.size:
        return None
    rows = np.atleast_2d(value)
    if rows.shape[1] != 2:
        rows = rows.T
    return rows.astype(np.float64, order="C") if rows.shape[1] == 2 else None
