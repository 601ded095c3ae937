"""Labels by further annotators for the recordings of a dataset, to measure how well people agree."""

from __future__ import annotations

import collections
import dataclasses
import re
from collections.abc import Mapping, Sequence
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from pyside.data.dataset import LEAVE_OUT, Dataset, Recording
from pyside.data.labels.class_indices import is_number, read_labels
from pyside.errors import BadLabels, BadOption, Faults, LengthMismatch, PathMissing, Unpaired, some
from pyside.settings.core import named
from pyside.system.paths import check_readable, is_file, natural
from pyside.system.records import same_name

if TYPE_CHECKING:
    from pyside.data.labels.entry import LabelEntry

OWN_LABELS = "dataset"  # the name of the annotator whose labels the dataset holds
_MOST_NAMED = 5


def read_annotations(
    files: Any, dataset: Dataset, warnings: list[str] | None = None, machines: bool = False
) -> dict[str, np.ndarray]:
    """Read the labels of further annotators.

    A label file has any format that `read_label_file` reads. Its entries are matched with recordings by name; else by
    the trial number at the end of the dataset's names; else, if it has neither, by order. Label values mean the same
    classes as when the dataset was made. For a video, the file has one label for each frame of the video, even if the
    dataset contains only some of them.

    Args:
        files: a label file, a list of them, or a dict from a person's name to a label file. Without names, people are
            named after their files, without the suffix.
        dataset: an opened dataset; its own labels belong to the annotator called ``dataset``.
        warnings: a list that receives a warning for each file that is matched by order, if there are two orders.
        machines: whether labels that a model wrote and nobody changed are wanted, too.

    Returns:
        By further annotator, int64, (n,): a class index for each frame of the dataset, -1 for a frame without a label.

    Raises:
        BadOption: `files` does not name label files, or the dataset consists of loose images.
        PathMissing, BadLabels, MachineLabels, LengthMismatch, Unpaired: all faults in the files at once.
    """
    paths = _of_videos(files, dataset)
    timed = [recording for recording in dataset.recordings if recording.frame_numbers is not None]
    faults, found = Faults(), {}
    for person, path in paths.items():
        with faults.noting():
            found[person] = _labels_of(path, dataset, timed, [] if warnings is None else warnings, machines)
    faults.raise_any()
    return found


def check_annotations(files: Any, dataset: Dataset) -> None:
    """Check, without reading them, that the label files of annotators exist and suit the dataset; needs only NumPy.

    Args:
        files: as in `read_annotations`.
        dataset: an opened dataset.

    Raises:
        BadOption: `files` does not name label files, or the dataset consists of loose images.
        PathMissing: a file does not exist.
    """
    faults = Faults()
    for path in _of_videos(files, dataset).values():
        with faults.noting():
            if is_file(path):
                check_readable(path)
                continue
            faults.add(PathMissing, f"{named('annotations')}: there is no label file {path.absolute()}.")
    faults.raise_any()


def _of_videos(files: Any, dataset: Dataset) -> dict[str, Path]:
    """Return the label file of each person; the dataset must be made from videos."""
    paths = _by_person(files)
    if all(recording.frame_numbers is None for recording in dataset.recordings):
        raise BadOption(
            f"{named('annotations')}: this dataset consists of loose images, which no label file can refer to. Leave "
            "out the option, or make the dataset from videos."
        )
    return paths


def _by_person(files: Any) -> dict[str, Path]:
    """Return the label file of each person."""
    from pyside.data.video.sources import recording_names

    if isinstance(files, Mapping):
        given = [(str(name).strip(), file) for name, file in files.items()]
    else:
        several = files if isinstance(files, Sequence) and not isinstance(files, str) else [files]
        given = [("", file) for file in several]
    if not given or not all(isinstance(file, (str, PathLike)) and str(file) for _, file in given):
        raise BadOption(_expected())
    paths = [Path(file) for _, file in given]
    if len({path.absolute() for path in paths}) < len(paths):
        raise BadOption(f"{named('annotations')}: a label file is given twice. Give one per person.")
    names = [name for name, _ in given] if isinstance(files, Mapping) else recording_names(paths)
    if OWN_LABELS in names:
        raise BadOption(
            f"{named('annotations')}: '{OWN_LABELS}' stands for the labels of the dataset itself. Give this person "
            "another name, with a struct (in Python a dict) from name to file."
        )
    return dict(zip(names, paths, strict=True))


def _labels_of(
    path: Path, dataset: Dataset, recordings: Sequence[Recording], warnings: list[str], machines: bool
) -> np.ndarray:
    """Return one person's label of each frame of the dataset."""
    from pyside.data.labels.files import read_label_file
    from pyside.data.labels.machine_made import check_people

    entries = _paired(read_label_file(path).entries, path, recordings, warnings)
    check_people(entries.values(), machines, "In the agreement of annotators they would count as a person's.")
    faults, vectors = Faults(), {}
    for place, entry in sorted(entries.items()):
        with faults.noting():
            vectors[recordings[place].name] = _for_source(entry, recordings[place])
    faults.raise_any()
    what = [f"{recordings[place].original} in {path.name}" for place in sorted(entries)]
    values = _label_values(dataset, list(vectors.values()))
    try:
        understood = read_labels(list(vectors.values()), dataset.class_names, values, what).vectors
    except BadLabels as error:
        mapping = ", ".join(f"{value} = {name}" for value, name in dataset.info["label_mapping"].items())
        raise BadLabels(
            f"{error.text}\nThe labels of further people are read like the labels of the dataset: {mapping}. Use the "
            "same values, or class names."
        ) from None
    known = dict(zip(vectors, understood, strict=True))
    return np.concatenate([_of_frames(known.get(one.name), one) for one in dataset.recordings])


def _of_frames(vector: np.ndarray | None, recording: Recording) -> np.ndarray:
    """Select the labels of the frames in the dataset from the labels of all frames of the source."""
    if vector is None or recording.frame_numbers is None:
        return np.full(recording.n_frames, LEAVE_OUT, np.int64)
    return vector[recording.frame_numbers].astype(np.int64)


# --- which labels belong to which recording ------------------------------------------------------------------------


def _paired(
    entries: Sequence[LabelEntry], path: Path, recordings: Sequence[Recording], warnings: list[str]
) -> dict[int, LabelEntry]:
    """Return the labels of each recording that has any, by its index in `recordings`."""
    from pyside.data.recordings.pairing import VideoNames

    names = VideoNames([_path_of(recording) for recording in recordings])
    if any(entry.name is not None and names.find(entry.name) is not None for entry in entries):
        places = [None if entry.name is None else names.find(entry.name) for entry in entries]
    elif any(entry.trial is not None for entry in entries):
        trials = [_trial_of(recording) for recording in recordings]
        of_trial = {trial: place for place, trial in enumerate(trials)}
        once = {trial for trial, times in collections.Counter(trials).items() if times == 1 and trial is not None}
        places = [of_trial[entry.trial] if entry.trial in once else None for entry in entries]
    elif any(entry.name is not None for entry in entries) or len(entries) != len(recordings):
        places = [None] * len(entries)
    else:
        places = list(range(len(recordings)))
        warnings += _two_orders(path, [recording.original for recording in recordings])
    found: dict[int, LabelEntry] = {}
    for place, entry in zip(places, entries, strict=True):
        if place is not None and found.setdefault(place, entry) is not entry:
            raise Unpaired(
                f"{path}: {recordings[place].original} has labels twice, in {found[place].source} and in "
                f"{entry.source}. Keep one of them."
            )
    if not found:
        raise _no_recording(entries, path, recordings)
    return found


def _two_orders(path: Path, names: Sequence[str]) -> list[str]:
    """Return a warning if recordings are in the order of ``dir``, and that of the numbers in their names is another."""
    by_number = sorted(names, key=natural)
    if list(names) == by_number or list(names) != sorted(names):
        return []
    return [
        f"{path}: its labels have neither names nor trial numbers, so they were taken in the order of the recordings "
        f"in the dataset ({some(names, _MOST_NAMED)}). If they are in the order of the numbers in the names "
        f"({some(by_number, _MOST_NAMED)}), the agreement is wrong: give the names of the videos beside the labels."
    ]


def _no_recording(entries: Sequence[LabelEntry], path: Path, recordings: Sequence[Recording]) -> Unpaired:
    names_of_entries = [
        entry.name or f"trial {entry.trial}" for entry in entries if entry.name or entry.trial is not None
    ]
    labels = some(names_of_entries, _MOST_NAMED) or f"{len(entries)} without names"
    return Unpaired(
        f"{path}: no labels belong to a recording of the dataset. Labels: {labels}; recordings: "
        f"{some([recording.original for recording in recordings], _MOST_NAMED)}. Expected names or trial numbers of "
        f"recordings beside the labels, or labels for all {len(recordings)} recordings in order."
    )


def _path_of(recording: Recording) -> Path:
    """Return the path of a recording's video, with parent folders if names repeat; or else the recording's own name."""
    original, file = recording.original, recording.info.get("source", {}).get("file")
    if file and original in (file, Path(file).stem):
        return Path(file)
    return Path(original)


def _trial_of(recording: Recording) -> int | None:
    digits = re.findall("[0-9]+", _path_of(recording).stem)
    return int(digits[-1]) if digits and len(digits[-1]) < 16 else None


# --- label values --------------------------------------------------------------------------------------------------


def _for_source(entry: LabelEntry, recording: Recording) -> Any:
    """Return a label for each frame of the recording's source: array of numbers, or list of class names."""
    from pyside.data.labels.entry import FrameList, some_frames
    from pyside.data.recordings.empty_frames import in_count

    source = recording.info.get("source", {})
    n_frames, file = int(source.get("frames", recording.n_frames)), source.get("file", "it")
    repeated, empty = source.get("repeated", []), source.get("empty", [])
    labels = in_count(entry.labels, n_frames + len(empty), repeated or empty, bool(repeated))
    entry = dataclasses.replace(entry, labels=labels)
    if isinstance(entry.labels, FrameList) and not entry.left_out:
        outside = entry.labels.frames[(entry.labels.frames < 1) | (entry.labels.frames > n_frames)]
        if len(outside):
            raise LengthMismatch(
                f"{recording.original}: {file} has {n_frames} frames, but {entry.source} has labels for "
                f"{some_frames(outside)}. The first frame is 1."
            )
    return entry.for_video(n_frames, 0, recording.original, file)


def _texts_in(vector: Any) -> list[str]:
    """Return the texts that stand for labels in a vector, or the names of its behaviours."""
    return vector if isinstance(vector, list) else list(getattr(vector, "names", ()))


def _label_values(dataset: Dataset, vectors: Sequence[Any]) -> list[tuple[str, ...]] | None:
    """Return the label values of each class, as when the dataset was made; None for the usual ones."""
    names = dataset.class_names
    mapping: dict[str, str] = dataset.info.get("label_mapping") or {}
    as_names = any(map(_texts_in, vectors))
    usual = read_labels([np.arange(len(names))], names, None, [""]).mapping if as_names else {}
    if all(
        usual.get(value) == name or same_name(value).lower() == same_name(name).lower()
        for value, name in mapping.items()
    ):
        return None
    if as_names:
        mapping = {name: name for name in names} | mapping
        in_lower_case = {same_name(value).lower(): name for value, name in mapping.items()}
        written = {same_name(text.strip()) for vector in vectors for text in _texts_in(vector)}
        for text in sorted(written - mapping.keys()):
            if text.lower() in in_lower_case:
                mapping = {**mapping, text: in_lower_case[text.lower()]}
    else:
        mapping = {value: name for value, name in mapping.items() if is_number(value)}
    values = [tuple(value for value, name in mapping.items() if name == one) for one in names]
    return values if all(values) else None


def _expected() -> str:
    return (
        f"{named('annotations')} must be a label file, a list of label files (one per person), or a struct (in Python "
        "a dict) from a person's name to a label file."
    )
