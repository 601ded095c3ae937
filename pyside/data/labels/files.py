"""Reads label files of videos: .mat, .npy, CSV, .h5 of WhACC or .nwb."""

from __future__ import annotations

import collections
import dataclasses
import os
from pathlib import Path
from typing import Any

import numpy as np

from pyside.aliases import Array
from pyside.data.formats import variables
from pyside.data.formats.csv_files import is_missing
from pyside.data.formats.mat_files import Object, Table, Unreadable
from pyside.data.labels import machine_made
from pyside.data.labels.bouts.behaviours import LEFT_OUT, NONE, Bouts
from pyside.data.labels.bouts.bout_tables import BEHAVIOURS, is_jaaba, table_of_bouts
from pyside.data.labels.bouts.nwb_files import NWB_SUFFIX, read_nwb
from pyside.data.labels.contacts.contact_summary import of_a_program
from pyside.data.labels.contacts.whacc_files import WHACC, is_whacc, read_whacc
from pyside.data.labels.entry import MISSING_TEXTS, FrameList, LabelEntry, label_vector
from pyside.data.labels.forms import CONTACTS, Labels, label_reader
from pyside.errors import BadLabels, some
from pyside.settings.core import named, set_to

_LABEL_FORMS = (
    "Expected a cell array with one vector per video (num2cell(labels, 1) makes it of one column per video); one "
    "numeric or logical vector (or a cell array of class names) for one video; structs with fields such as video and "
    "labels; a table or CSV file with columns such as video, frame and label, or video, start_frame, end_frame and "
    "label, or one column of 0 and 1 for each behaviour; or a contact array."
)
_NO_BOUT = ("0", "-1", "nontouch", "none", "background", "false", LEFT_OUT)
_MOST_DEEP = 20


@dataclasses.dataclass(frozen=True)
class LabelFile(Labels):
    """The labels in a file.

    Attributes:
        path: the file.
        variable: name of the variable in a .mat file; None for other files.
    """

    path: Path = Path()
    variable: str | None = None

    @property
    def vectors(self) -> list[Any]:
        """One per recording: array (n,) of numbers or n class names, up to the last frame that has a label."""
        return [entry.as_vector() for entry in self.entries]


def read_label_file(path: str | os.PathLike[str], variable: str | None = None) -> LabelFile:
    """Read the labels of one or several videos from a .mat, .npy, .h5, .nwb or CSV file.

    The form is found from the type and shape of the value. Examples in MATLAB:

    - ``one vector per video``: ``labels = {[0 0 1 1], logical([0; 1]), {'Touch', 'NonTouch'}}``, vectors of numbers,
      logicals or class names (cell of texts, string or categorical array);
    - ``one vector for one video``: ``labels = [0 0 1 1 NaN]``, with at least two labels; also the array of an .npy
      file;
    - ``one struct per video``: ``labels(1).video = 'trial1.mp4'; labels(1).labels = [0 0 1]; labels(1).camera =
      'left'``, a struct, a struct array or a cell of structs. Fields for the name of the video: video, name, file,
      filename, videoName ...; for its trial number: trialNum, trial; for the labels: labels, label, contacts, touch
      ..., in any case; other texts and single numbers are tags. ``uncuratable`` leaves the recording out;
    - ``table with one row per frame``: ``table({'a.mp4'; 'a.mp4'}, [1; 2], [0; 1], 'VariableNames', {'video', 'frame',
      'label'})``, or the same as CSV, with columns in any order, and commas, semicolons or tabs::

          video,frame,label,camera
          a.mp4,1,NonTouch,left
          a.mp4,2,Touch,left

      Frames count from 1; frames without a row are left out. Columns that are constant within a video are tags;
    - ``table with one row a bout``: the columns start and stop (or duration), with the unit in their names, and perhaps
      video, label and fps::

          video,start_frame,end_frame,label
          a.mp4,21,30,Touch

      Frames count from 1, and the last one belongs to the bout, unless bouts that follow each other show that it does
      not. Columns such as ``start_s``, or numbers with a fraction, are seconds, of which the frame rate is that in the
      column fps, or else in the video; so are BORIS's aggregated events, and the label files of Audacity. Frames in no
      bout are of the only class without a bout; `class_indices.read_labels` says more. A row that has nothing but a
      video names one without bouts;
    - ``table with one row a start or stop``: BORIS's tabular events, which are paired by behaviour and subject. Frames
      of a behaviour ``left out`` are left out, if no class is called so;
    - ``table with one column a behaviour``: columns of 0 and 1 (or TRUE and FALSE), called like the classes, and
      perhaps video, and frame or time in seconds, as of DeepEthogram or BORIS's binary table;
    - ``labels of JAABA``: a struct, or the variables, t0s, t1s and names; frames in no bout are left out;
    - ``table with one row per video``: ``table({'a.mp4'}, {[0 0 1]}, 'VariableNames', {'video', 'labels'})``, or a
      struct with such columns as fields;
    - ``contact array``: ``contacts{1}.trialNum = 7; contacts{1}.contactInds = {[41 42 43]}``, see `contact_arrays`;
    - ``labels that a model wrote``: a ``.mat`` file of a marking, whose labels are read by the names in class_names;
      its CSV files are tables like others. As long as nobody changes a label, these labels are a machine's;
    - ``intervals of NWB``: those called labels in an .nwb file, or the only ones with a column of labels, see
      `nwb_files`; they are a table with one row a bout, in seconds;
    - ``labels of WhACC``: an HDF5 file, see `whacc_files`; labels of a person, or, if there are none, of its model;
    - ``one vector per video, by name``: a containers.Map from video name to vector; or a struct with one vector per
      field, if the variable is named labels or given by `variable`.

    Args:
        path: the file; ``.mat``, ``.npy``, ``.h5``, ``.nwb``, or ``.csv``, ``.tsv`` or ``.txt``.
        variable: name of a variable in a .mat file; None for the one named labels, or contacts if it fits, or else the
            only one that fits.

    Raises:
        PathMissing: the file does not exist.
        ExtraMissing: pynwb is not installed, which reads .nwb files.
        BadLabels: the file is damaged or of another kind; nothing in it fits, or several variables do; or the labels
            have faults, all at once: bouts without a stop, too.
    """
    path = Path(path)
    return _labels_in(path, values_in(path), variable)


def values_in(path: Path) -> dict[str, Any]:
    """Return the values in a label file as `variables.values` does; of an .nwb file, its table is named ""."""
    return {"": read_nwb(path)} if path.suffix.lower() == NWB_SUFFIX else variables.values(path)


def describe_label_file(path: str | os.PathLike[str], variable: str | None = None) -> dict[str, Any]:
    """Describe a label file in plain values.

    Args:
        path: the file.
        variable: name of a variable in a .mat file, as in `read_label_file`.

    Returns:
        ``kind``, ``path``, ``form``, ``variable``, ``recordings`` (of each: ``name`` of the video, or else its number
        from "1"; ``trial``, its number or None; ``frames``; ``counts``: frames by label; ``bouts``: runs of one label
        other than 0, -1, NaN and NonTouch; ``tags``; ``left_out``, why the whole recording is left out, or "";
        ``by``, "a model" if a model wrote the labels and nobody has changed them, else ""),
        ``frames`` and ``counts`` of all recordings that are not left out, ``contacts`` (of a contact array: see
        `contact_summary`), ``odd`` (messages about what is unusual) and ``other_variables`` (descriptions by name). For
        an .npy file that a session of marking lists: ``kind``
        (``probabilities``), ``path``, ``frames``, ``classes`` and ``by``.

    Raises:
        TouchTrainError: as `read_label_file`.
    """
    path = Path(path)
    values = values_in(path)
    if variable is None and machine_made.are_probabilities(path, values.get("")):
        n_frames, n_classes = values[""].shape
        return {"kind": "probabilities", "path": str(path), "frames": n_frames, "classes": n_classes, "by": "a model"}
    found = _labels_in(path, values, variable)
    recordings = []
    counts: dict[str, int] = {}
    for number, entry in enumerate(found.entries, start=1):
        recording = {
            "name": entry.name or str(number),
            "trial": entry.trial,
            **_counted(entry),
            "tags": entry.tags,
            "left_out": entry.left_out,
            "by": "a model" if entry.machine else "",
        }
        recordings.append(recording)
        for label, count in recording["counts"].items() if not entry.left_out else ():
            counts[label] = counts.get(label, 0) + count
    if any(isinstance(one.labels, Bouts) and one.labels.in_seconds and not one.labels.rate for one in found.entries):
        found.odd.append("The bouts are in seconds; their frames depend on the frame rate of the video.")
    if machines := [entry.source for entry in found.entries if entry.machine]:
        found.odd.append(
            f"A model wrote the labels in {some(machines, between='; ')}, and nobody has changed them since. They "
            f"are used for a training only if you set {set_to('include_machine_labels', True)}."
        )
    unreadable = [
        f"{name} is an object of class {value.class_name}, which cannot be read here."
        for name, value in values.items()
        if isinstance(value, Unreadable)
    ]
    return {
        "kind": "labels",
        "path": str(path),
        "form": found.form,
        "variable": found.variable,
        "recordings": recordings,
        "frames": sum(counts.values()),
        "counts": counts,
        **({"contacts": found.contacts()} if found.contacts else {}),
        "odd": [*found.remarks, *found.odd, *unreadable],
        "other_variables": {
            name: variables.in_words(value)
            for name, value in values.items()
            if name != (found.variable or "") and (found.variable or "" in values)  # else all of them are the labels
        },
    }


def _labels_in(path: Path, values: dict[str, Any], variable: str | None) -> LabelFile:
    if path.suffix.lower() in variables.HDF5_SUFFIXES:
        if not is_whacc(values):
            raise BadLabels(
                f"{path} holds no labels as WhACC writes them: expected labels, and trial_nums_and_frame_nums or "
                f"frame_nums. Of these and others it holds {variables.held(values)}."
            )
        return LabelFile(WHACC, *read_whacc(values, path.name), path=path)
    return _labels_of(path, values, variable)


def _labels_of(path: Path, values: dict[str, Any], variable: str | None) -> LabelFile:
    if machine_made.is_result(values) and variable in (None, *machine_made.RESULT):
        values, variable = {"": values}, None
    if variable is not None and variable not in values:
        raise BadLabels(f"{path} has no variable {variable}. It holds {variables.held(values)}.")
    if variable is None and not variables.called(values, ("labels",)) and _are_columns(values):
        values = {"": values}
    names = [variable] if variable is not None else _candidates(values)
    if not names and len(values) == 1 and isinstance(next(iter(values.values())), Table):
        names = [*values]
    if len(names) > 1:
        raise BadLabels(
            f"Several variables in {path} can be labels: {', '.join(names)}. Name one by {named('label_variable')}."
        )
    read = label_reader(values[names[0]], loosely=True) if names else None
    if read is None:
        if machine_made.are_probabilities(path, values.get("")):
            raise machine_made.probabilities(path)
        hint = "".join(_unreadable(values[name], name) for name in names or values)
        raise BadLabels(variables.misfit(path, values, names, _LABEL_FORMS) + hint)
    found = read(f"{path.name}: {names[0]}" if names[0] else path.name)
    if found.form == CONTACTS:
        found.entries[:] = _of_session(found.entries, values[names[0]], path)
    if found.form == BEHAVIOURS and len(found.entries) == 1 and (video := machine_made.video_listed(path)):
        found.entries[:] = [dataclasses.replace(found.entries[0], name=video, machine=True)]
    return LabelFile(**vars(found), path=path, variable=names[0] or None)


def _of_session(entries: list[LabelEntry], value: Any, path: Path) -> list[LabelEntry]:
    """Return the trials of a contact array, as a machine's if a session wrote them, as far as is known of the file."""
    is_new = machine_made.is_new_contact_array(path)
    if not (is_new or machine_made.is_contact_array_of_session(path)):
        return entries
    machine = of_a_program(value, all_of_one=is_new)
    return [dataclasses.replace(entry, machine=one) for entry, one in zip(entries, machine, strict=True)]


def _candidates(values: dict[str, Any]) -> list[str]:
    """Return the variable named labels, or contacts if it fits, or else all that fit."""
    fitting = [name for name, value in values.items() if label_reader(value)]
    usual = variables.called({name: values[name] for name in fitting}, ("contacts",))
    return variables.called(values, ("labels",)) or usual or fitting


def _are_columns(values: dict[str, Any]) -> bool:
    """Return whether the variables of a file are the columns of one table of bouts, or the fields of JAABA's labels."""
    table = table_of_bouts(values)
    if table is None:
        return is_jaaba(values)
    vectors = [label_vector(value) for value in values.values()]
    return all(vector is None or len(vector) in (1, len(table)) for vector in vectors)


def _unreadable(value: Any, name: str, depth: int = 0) -> str:
    """Return a hint about the first value that cannot be read, with its place and class; "" if there is none."""
    if isinstance(value, Unreadable):
        return (
            f" {name} is an object of class {value.class_name}, which cannot be read here. In MATLAB, save it as a "
            "cell array, a struct or a table."
        )
    if depth > _MOST_DEEP:
        return ""
    if isinstance(value, Object):
        return _unreadable(value.properties, name, depth)
    if isinstance(value, dict):
        inside = [(f"{name}.{field}", item) for field, item in value.items()]
    else:
        inside = [(f"{name}{{{n}}}", item) for n, item in enumerate(value, 1)] if isinstance(value, list) else []
    return next((hint for place, item in inside if (hint := _unreadable(item, place, depth + 1))), "")


# --- counting ------------------------------------------------------------------------------------------------------


def _counted(entry: LabelEntry) -> dict[str, Any]:
    """Return the number of frames with labels, the number of each label, and the number of bouts."""
    labels: Any = entry.labels
    if isinstance(labels, Bouts):
        return _counted_bouts(labels)
    frames = np.arange(len(labels.labels if isinstance(labels, FrameList) else labels))
    if isinstance(labels, FrameList):  # only the listed frames: they may be far apart, and gaps are not bouts
        order = np.argsort(labels.frames, kind="stable")
        frames, labels = labels.frames[order], np.asarray(labels.labels)[order]
    counts, bouts = _runs(np.asarray(labels), frames)
    return {"frames": len(frames), "counts": counts, "bouts": bouts}


def _counted_bouts(bouts: Bouts) -> dict[str, Any]:
    """Return what `_counted` does; in seconds, without a frame rate, only the number of bouts is known."""
    known = bouts.in_frames(bouts.rate or 1)
    found = known.merged()
    counts = {name: int(np.sum(spans[:, 1] - spans[:, 0])) for name, spans in found.items()}
    n_bouts = sum(len(spans) for name, spans in found.items() if _is_bout(name))
    if bouts.in_seconds and not bouts.rate:
        return {"frames": 0, "counts": {}, "bouts": n_bouts}
    frames = bouts.n_rows or known.frames()
    without = frames - known.frames(only_bouts=True)
    return {"frames": frames, "counts": {**counts, **({NONE: without} if without else {})}, "bouts": n_bouts}


def _is_bout(label: str) -> bool:
    return label.lower() not in _NO_BOUT and not is_missing(label)


def _runs(vector: Array, frames: Array) -> tuple[dict[str, int], int]:
    """Return how often each label occurs, and the number of bouts: runs of a label of which `_is_bout` is true."""
    labels, codes = np.unique(vector, return_inverse=True)
    names = [_shown(label) for label in labels.tolist()]
    counts = collections.Counter[str]()
    for name, count in zip(names, np.bincount(codes, minlength=len(names)).tolist(), strict=True):
        counts[name] += count  # missing texts may be written in several ways
    starts = codes[np.flatnonzero((np.diff(codes, prepend=-1) != 0) | (np.diff(frames, prepend=-2) != 1))]
    return dict(counts), sum(_is_bout(names[code]) for code in starts.tolist())


def _shown(label: Any) -> str:
    if isinstance(label, str):
        return "NaN" if label.strip() in MISSING_TEXTS else label
    return "NaN" if label != label else repr(label + 0).removesuffix(".0")  # + 0 makes 0 of False and of -0.0
