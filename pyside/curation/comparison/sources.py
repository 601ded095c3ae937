"""Reads what is compared: label files, labels from memory, results of curation, and datasets."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Mapping, Sequence
from os import PathLike
from pathlib import Path
from typing import Any

import numpy as np

from pyside.aliases import Array
from pyside.curation.marking.session import MARKS, SHEET, TABLE, is_session, read_session
from pyside.curation.marks import Marks, load_marks
from pyside.curation.regions.view import View
from pyside.data.dataset import DESCRIPTION, LEAVE_OUT, Recording, open_dataset
from pyside.data.formats import host_arrays
from pyside.data.formats.csv_files import numbers
from pyside.data.formats.mat_files import Table
from pyside.data.labels import field_names
from pyside.data.labels.entry import FrameList, LabelEntry, label_vector, tag_text
from pyside.data.labels.machine_made import are_probabilities
from pyside.errors import BadLabels, BadOption, Faults, PathMissing, some
from pyside.system.paths import inside, is_file, is_folder, is_there
from pyside.system.records import same_name

LABEL_SUFFIXES = (".mat", ".npy", ".csv", ".tsv", ".txt")
_OF_A_SESSION = (TABLE, SHEET)
_TOUCHES = "_touches"  # ends the name of a result that lists touches
_LABELS = "_labels"  # ends the name of a label file of DeepEthogram
_OTHERS = ("_boris", _LABELS)  # end the names of results for other programs
_EXPECTED = (
    "Expected labels: a label file, a session folder of curate, a dataset folder, a folder with one label file for "
    "each recording, or values from memory in the forms that a conversion takes."
)


@dataclasses.dataclass(frozen=True)
class Track:
    """The labels of one recording from one source.

    Attributes:
        where: where they come from, for messages.
        labels: int16, (n,), index in `class_names` of each frame, -1 for a frame that is left out; or a `LabelEntry`,
            as it was read.
        class_names: the classes that `labels` means; None for a `LabelEntry`.
        name: name or path of the video; None if it is not known.
        trial: trial number, or None.
        probabilities: float32, (n, classes), in the order of `class_names`; None if there are none.
        frame_rate: frames per second at which the video was recorded; None if it is not known.
        video: the video, if it is known.
        tags: such as camera or animal.
        view: what the model that made the labels saw of the video; None for other labels.
    """

    where: str
    labels: Any
    class_names: tuple[str, ...] | None = None
    name: str | None = None
    trial: int | None = None
    probabilities: Array | None = None
    frame_rate: float | None = None
    video: Path | None = None
    tags: Mapping[str, str] = dataclasses.field(default_factory=dict)
    view: View | None = None


@dataclasses.dataclass(frozen=True)
class Source:
    """The labels of one person or model.

    Attributes:
        name: of the person or model, unique in the comparison.
        tracks: one per recording.
        remarks: what is unusual in them.
    """

    name: str
    tracks: list[Track]
    remarks: list[str] = dataclasses.field(default_factory=list)

    @property
    def class_names(self) -> tuple[str, ...] | None:
        """The classes that this source names, in its order; None if it does not say."""
        return next((track.class_names for track in self.tracks if track.class_names), None)


# --- which sources are given ---------------------------------------------------------------------------------------


def given_sources(value: Any, side: str) -> list[list[Any]]:
    """Return the sources that a person gave for one side: lists of a name and a path or plain values.

    Args:
        value: one source; or several: a dict from name to source, a list of paths, or ``NAME=PATH,NAME=PATH``.
        side: ``predicted`` or ``reference``, the name of values from memory.

    Returns:
        One per source. Paths are absolute.

    Raises:
        PathMissing: there is no such file or folder; all at once.
        BadLabels: the value cannot be labels.
    """
    faults, named = Faults(), _by_name(value, side)
    found = []
    for name, one in named:
        if isinstance(one, (str, PathLike)):
            path = Path(one).absolute()
            if not is_there(path):
                faults.add(PathMissing, f"{side}: there is no file or folder {path}. {_EXPECTED}")
            found.append([name or _name_of(path), str(path)])
            continue
        with faults.noting():
            if isinstance(one, np.ndarray):
                host_arrays.check_vector(one.shape, side)
            found.append([name or side, host_arrays.in_memory(_as_structs(one), "labels", BadLabels)])
    faults.raise_any()
    return found


def _by_name(value: Any, side: str) -> list[tuple[str, Any]]:
    if isinstance(value, str) and not value.strip():
        raise BadLabels(f"{side}: there are no labels. {_EXPECTED}")
    if isinstance(value, str) and not is_there(value) and (several := _named_paths(value)):
        return several
    if isinstance(value, Mapping) and value.get("kind") == "session" and "path" in value:  # what curate returned
        value = str(value["path"])
    if isinstance(value, (str, PathLike)):
        return [("", value)]
    if isinstance(value, Mapping) and value and _are_sources(value):
        names = [same_name(str(name)).strip() for name in value]
        if len({*names}) < len(names) or not all(names):
            raise BadOption(f"{side}: each source needs a name of its own. They are called {some(names)}.")
        return list(zip(names, value.values(), strict=True))
    if _are_paths(value):
        from pyside.data.video.sources import recording_names

        paths = [Path(one) for one in value]
        if len({path.absolute() for path in paths}) < len(paths):
            raise BadOption(f"{side}: a file or folder is given twice.")
        return list(zip(recording_names(paths), value, strict=True))
    if value is None or (isinstance(value, (list, tuple, Mapping)) and not value):
        raise BadLabels(f"{side}: there are no labels. {_EXPECTED}")
    return [("", value)]


def _as_structs(value: Any) -> Any:
    """Return marks, alone or in a list, as structs; other values as they are."""
    if isinstance(value, (list, tuple)) and any(isinstance(one, Marks) for one in value):
        return [_as_structs(one) for one in value]
    if not isinstance(value, Marks):
        return value
    names = ("class_names", "labels", "probabilities", "frame_rate")
    return {**{name: getattr(value, name) for name in names}, "video": str(value.video)}


def _named_paths(text: str) -> list[tuple[str, Any]]:
    """Return the sources in ``NAME=PATH,NAME=PATH``; none if the text is something else."""
    parts = [part.partition("=") for part in text.split(",")]
    return (
        [(name.strip(), path.strip()) for name, _, path in parts]
        if all(name and path for name, _, path in parts)
        else []
    )


def _are_sources(value: Mapping[Any, Any]) -> bool:
    """Return whether the values of a dict are label sources, and not the labels or fields of one source."""
    from pyside.data.labels.forms import as_if_read, label_reader

    texts = [one for one in value.values() if isinstance(one, (str, PathLike))]
    if texts:
        return len(texts) == len(value) or field_names.role(value, field_names.LABELS) is None
    plain = as_if_read(value)
    are_vectors = all(label_vector(one) is not None for one in plain.values())
    return not are_vectors and label_reader(plain, loosely=True) is None and not is_marks(value)


def _are_paths(value: Any) -> bool:
    """Return whether this is a list of paths, and not of class names."""
    if not isinstance(value, (list, tuple)) or not value:
        return False
    texts = [one for one in value if isinstance(one, (str, PathLike))]
    return len(texts) == len(value) and any(isinstance(one, PathLike) or is_there(one) for one in texts)


def _name_of(path: Path) -> str:
    """Return the name of a source: that of its folder or file; of a session's file, that of the session."""
    if path.name in _OF_A_SESSION:
        return path.parent.name
    return path.name if is_folder(path) else path.stem


# --- reading -------------------------------------------------------------------------------------------------------


def read_source(name: str, value: Any, variable: str | None, class_names: Sequence[str] | None) -> Source:
    """Read one source.

    Args:
        name: of the person or model.
        value: the path of a label file, of a session, its ``session.json`` or the marks of one of its recordings
            (``.npz``), of a dataset, or of a folder with one label file for each recording; or labels as plain values.
        variable: name of a variable in a .mat file, as in `read_label_file`; a file without it is read as if it was not
            given.
        class_names: the classes of a file that holds one column of probabilities for each; None for the usual ones.

    Raises:
        TouchTrainError: what is wrong with it.
    """
    if not isinstance(value, str):
        return _of_values(name, value)
    path = Path(value)
    if path.name in _OF_A_SESSION and is_folder(path.parent / MARKS):
        path = path.parent
    if not is_folder(path):
        return Source(name, *_of_file(path, variable, class_names))
    if is_file(path / DESCRIPTION):
        return _of_dataset(name, path)
    if is_session(path):
        return _of_session(name, path)
    folder = path / MARKS if is_folder(path / MARKS) else path
    saved = [file for file in inside(folder) if file.suffix == ".npz"]
    if saved:
        return Source(name, [_of_marks(file) for file in saved])
    return _of_folder(name, path, variable, class_names)


def _of_folder(name: str, path: Path, variable: str | None, class_names: Sequence[str] | None) -> Source:
    """Return the labels in a folder with one label file for each recording, or with results of curate."""
    files = [file for file in inside(path) if file.suffix.lower() in LABEL_SUFFIXES and file.name not in _OF_A_SESSION]
    stems = {file.stem for file in files}
    files = [
        file
        for file in files
        if not any(file.stem.endswith(end) and file.stem[: -len(end)] in stems for end in (_TOUCHES, *_OTHERS))
    ]
    if not files:
        raise BadLabels(f"{path} holds no labels. {_EXPECTED}")
    tracks: list[Track] = []
    remarks, faults = [], Faults()
    known: dict[str, bool] = {}
    for file in sorted(files, key=lambda file: (file.stem, LABEL_SUFFIXES.index(file.suffix.lower()))):
        if known.get(file.stem):
            continue  # the same results in another format
        if file.stem in known:
            text = f"{path} holds labels of {file.stem} in several files. Give one file for each recording."
            faults.add(BadLabels, text)
            continue
        with faults.noting(of=file.name):
            found, odd = _of_file(file, variable, class_names)
            known[file.stem] = any(one.probabilities is not None for one in found)
            tracks += [dataclasses.replace(one, name=one.name or _recording_of(file)) for one in found]
            remarks += odd
    faults.raise_any()
    return Source(name, tracks, remarks)


def _recording_of(file: Path) -> str:
    """Return the name of the recording in the name of a label file; DeepEthogram's end in ``_labels``."""
    return file.stem.removesuffix(_LABELS) or file.stem


def _of_session(name: str, path: Path) -> Source:
    """Return the marks of the finished videos of a session."""
    videos = read_session(path)["videos"]
    done = [one["name"] for one in videos if one["state"] == "done"]
    others = [one["name"] for one in videos if one["state"] != "done"]
    if not done:
        raise BadLabels(f"The session {path} has no marks yet: none of its {len(videos)} videos is done.")
    n = len(others)
    remarks = [f"{n} video{'s have' if n > 1 else ' has'} no marks: {some(others, 10)}."] if others else []
    return Source(name, [_of_marks(path / MARKS / f"{one}.npz") for one in done], remarks)


def _of_marks(path: Path) -> Track:
    marks = load_marks(path)
    return Track(
        str(path),
        marks.labels,
        marks.class_names,
        str(marks.video) if str(marks.video) not in ("", ".") else marks.name,
        probabilities=marks.probabilities,
        frame_rate=marks.frame_rate,
        video=marks.video,
        view=marks.view,
    )


def _of_dataset(name: str, path: Path) -> Source:
    dataset = open_dataset(path)
    if any(one.frame_numbers is None for one in dataset.recordings):
        raise BadLabels(f"The dataset {path} holds loose images, whose labels cannot be paired with others by frame.")
    return Source(name, [_of_recording(one, dataset.class_names) for one in dataset.recordings])


def _of_recording(recording: Recording, class_names: tuple[str, ...]) -> Track:
    source, numbers = recording.info.get("source", {}), recording.frame_numbers
    assert numbers is not None
    labels = np.full(int(source.get("frames", recording.n_frames)), LEAVE_OUT, np.int16)
    labels[numbers] = recording.labels
    file = source.get("file")
    named = file if file and recording.original in (file, Path(file).stem) else recording.original
    tags = {key: str(value) for key, value in (recording.info.get("tags") or {}).items()}
    return Track(f"{recording.folder.name}: {recording.original}", labels, class_names, named, tags=tags)


def _of_file(path: Path, variable: str | None, class_names: Sequence[str] | None) -> tuple[list[Track], list[str]]:
    """Return the labels in a file, and remarks."""
    from pyside.data.formats import variables
    from pyside.data.labels.bouts.nwb_files import NWB_SUFFIX
    from pyside.data.labels.files import read_label_file, values_in

    if path.suffix == ".npz":
        return [_of_marks(path)], []
    known = (*LABEL_SUFFIXES, *variables.HDF5_SUFFIXES, NWB_SUFFIX)
    if path.suffix.lower() not in known:
        raise BadLabels(f"{path} is no label file; the names of these end in {', '.join(known)}. {_EXPECTED}")
    values = values_in(path)
    wanted = variable if variable in values else None
    marked = _marks_among(values[wanted] if wanted else values, path.name)
    if marked:
        return marked, []
    if (found := _probabilities(values, path, class_names)) is not None:
        return [found], [
            f"{path.name} holds probabilities. A frame was taken for the likeliest class; give the session, which "
            "holds the decision, if that was another."
        ]
    read = read_label_file(path, wanted)
    tracks = [_of_entry(entry) for entry in read.entries]
    return _with_probabilities(tracks, values.get("")), read.remarks


def _of_values(name: str, value: Any) -> Source:
    from pyside.data.labels.forms import as_if_read, read_label_values

    marked = _marks_among(as_if_read(value), name)
    if marked:
        return Source(name, marked)
    found = read_label_values(value)
    tracks = [_of_entry(entry) for entry in found.entries]
    return Source(name, [dataclasses.replace(one, where=f"{name}: {one.where}") for one in tracks], found.remarks)


def _of_entry(entry: LabelEntry) -> Track:
    return Track(entry.source, entry, name=entry.name, trial=entry.trial, tags=entry.tags)


# --- marks that were written for others, or returned ---------------------------------------------------------------

_PROBABILITIES = ("probabilities", "probability")
_COLUMN = "probability_"  # begins the names of columns in a table of results


def is_marks(value: Any) -> bool:
    """Return whether a struct holds marks of a model: labels and probabilities, and the names of its classes."""
    fields = field_names.plain_names(value).keys() if isinstance(value, Mapping) else set()
    return "classnames" in fields and bool(fields & {"label", "labels"}) and bool(fields & {*_PROBABILITIES})


def _marks_among(value: Any, where: str) -> list[Track]:
    """Return the marks in the variables of a file or in a value from memory; none if there are others or no marks."""
    if isinstance(value, Mapping) and not is_marks(value) and len(value) == 1:
        value = next(iter(value.values()))  # the only variable
    items = value if isinstance(value, list) else [value]
    if not items or not all(is_marks(item) for item in items):
        return []
    return [_of_struct(item, f"{where}{{{number}}}") for number, item in enumerate(items, start=1)]


def _of_struct(struct: Mapping[Any, Any], where: str) -> Track:
    fields = field_names.plain_names(struct)

    def of(*names: str) -> Any:
        return next((struct[fields[name]] for name in names if name in fields), None)

    names = of("classnames")
    labels = label_vector(of("labels", "label"))
    if not isinstance(names, list) or labels is None:
        raise BadLabels(f"{where} seems to hold marks of a model, but its class names or labels cannot be read.")
    if isinstance(labels, list):
        places = {same_name(str(name)): index for index, name in enumerate(names)}
        labels = np.array([places.get(same_name(text), LEAVE_OUT) for text in labels])
    known = np.where(np.isnan(labels.astype(np.float64)), LEAVE_OUT, labels.astype(np.float64)).astype(np.int16)
    probabilities = of(*_PROBABILITIES)
    fits = isinstance(probabilities, np.ndarray) and probabilities.shape == (len(known), len(names))
    rate = label_vector(of("framerate")) if of("framerate") is not None else None
    video = tag_text(of("video")) or tag_text(of("recording", "name"))
    return Track(
        where,
        known,
        tuple(str(name) for name in names),
        video,
        probabilities=np.asarray(probabilities, np.float32) if fits else None,
        frame_rate=float(rate[0]) if isinstance(rate, np.ndarray) and len(rate) == 1 and rate[0] > 0 else None,
        video=Path(video) if video else None,
    )


def _with_probabilities(tracks: list[Track], table: Any) -> list[Track]:
    """Return the labels of one recording with the probabilities beside them in a table of results; else as they are."""
    if len(tracks) != 1 or not isinstance(table, Table) or not isinstance(tracks[0].labels.labels, FrameList):
        return tracks
    listed, columns = tracks[0].labels.labels, [name for name in table.columns if name.startswith(_COLUMN)]
    in_order = np.array_equal(listed.frames, np.arange(1, len(table) + 1)) and isinstance(listed.labels, list)
    read = [numbers(map(str, table.columns[name])) for name in columns] if in_order else []
    if len(read) < 2 or any(one is None for one in read):
        return tracks
    written = {re.sub("[^A-Za-z0-9_]", "_", name): name for name in listed.labels if name}
    names = [written.get(name.removeprefix(_COLUMN), name.removeprefix(_COLUMN)) for name in columns]
    if not {*listed.labels} <= {*names, ""} or len({*names}) < len(names):
        return tracks  # a person gave labels of other classes
    labels = np.array([names.index(name) if name else LEAVE_OUT for name in listed.labels], np.int16)
    probabilities = np.column_stack([np.asarray(one, np.float32) for one in read])
    return [dataclasses.replace(tracks[0], labels=labels, class_names=tuple(names), probabilities=probabilities)]


def _probabilities(values: Mapping[str, Any], path: Path, class_names: Sequence[str] | None) -> Track | None:
    """Return the labels in an array with one column of probabilities for each class; None if there is no such array."""
    from pyside.settings.conversion import DEFAULT_CLASS_NAMES

    array = next(iter(values.values())) if len(values) == 1 else None
    names = tuple(class_names or _names_beside(path, array) or DEFAULT_CLASS_NAMES)
    if not isinstance(array, np.ndarray) or array.dtype.kind != "f" or array.ndim != 2 or array.shape[1] != len(names):
        return None
    known = ~np.isnan(array).any(axis=1)
    if not len(array) or not np.allclose(array[known].sum(axis=1), 1, atol=1e-3):
        return None
    likeliest = len(names) - 1 - np.argmax(array[:, ::-1], axis=1)  # of two that are equal, the later one: a touch
    labels = np.where(known, likeliest, LEAVE_OUT).astype(np.int16)
    return Track(path.name, labels, names, path.stem, probabilities=array.astype(np.float32))


def _names_beside(path: Path, array: Any) -> tuple[str, ...] | None:
    """Return the class names of the session that wrote probabilities and lies beside them; None if there is none."""
    if not (is_session(path.absolute().parent) and are_probabilities(path, array)):
        return None
    return tuple(read_session(path.absolute().parent)["model"]["class_names"])
