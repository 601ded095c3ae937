"""Tells labels that a model wrote from those of a person, also after the file was saved again by another program.

What a model writes says so: ``machine`` and a short digest of the labels, in a column or variable ``origin``. As long
as the digest fits, they are the machine's; a person who changes a label makes them a person's. Files that have no place
for it are known by the hash of their content in the list of their session.
"""

from __future__ import annotations

import dataclasses
import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NoReturn

import numpy as np

from pyside.aliases import Array
from pyside.data.formats.mat_files import Table
from pyside.data.labels import field_names
from pyside.data.labels.bouts.behaviours import Bouts
from pyside.data.labels.entry import FrameList, LabelEntry, label_vector
from pyside.errors import BadLabels, MachineLabels, some
from pyside.settings.core import set_to
from pyside.system.paths import is_file
from pyside.system.records import from_json, same_name

COLUMN = "origin"
_OF_BORIS = "Comment"  # the column for it in a table of BORIS
SESSION = ("session.json", "session.jsonl")  # the record of a session, and what happened since
CORRECTED = "corrected.json"  # the record of the labels of a session with corrections
ORIGINS = "origin_of_label"  # of each frame, in labels that a person corrected
UNSEEN = "machine"  # the origin of a frame that nobody looked at, and the first of the origins
RESULT = ("labels", "class_names", COLUMN)  # variables of a .mat file that a model wrote, as far as they are read
HEAD = b"MATLAB 5.0 MAT-file, written by TouchTrain"  # of a new contact array, until another program saves it
_COLUMNS_OF_LIST = {"state", "looked_at", "left_out", "video_sha256", "model_sha256"}  # of session.csv
_LEARNED = "A model that learns from them learns the errors of that one."
ORIGIN = re.compile("machine [0-9a-f]{12}")
_OWN_COLUMNS = re.compile(f"probability_.*|reason|duration_ms|left_out_frames|{COLUMN}|{_OF_BORIS}")


# --- the mark ------------------------------------------------------------------------------------------------------


def origin_of_frames(frames: Array, labels: Sequence[str]) -> str:
    """Return the mark of labels that a model wrote.

    Args:
        frames: int64, (n,), frame numbers, of which the first is 1, in any order.
        labels: (n,) class names; "" for a frame that is left out.
    """
    numbered: dict[str, int] = {}
    codes = np.array([numbered.setdefault(label, len(numbered)) for label in labels], np.int64)
    order = np.argsort(frames, kind="stable")
    frames, codes = np.asarray(frames)[order], codes[order]
    starts = np.ones(len(codes), bool)
    starts[1:] = (np.diff(codes) != 0) | (np.diff(frames) != 1)
    ends = np.append(starts[1:], True)[: len(starts)]
    names = list(numbered)
    return origin_of_runs(frames[starts], frames[ends], [names[code] for code in codes[starts].tolist()])


def origin_of_runs(firsts: Array, lasts: Array, labels: Iterable[str]) -> str:
    """Return the mark of bouts that a model wrote.

    Args:
        firsts: int64, (n,), first frame of each, counted from 1.
        lasts: int64, (n,), last frame of each.
        labels: (n,) class names; those that are "" do not count.
    """
    runs = zip(firsts.tolist(), lasts.tolist(), labels, strict=True)
    text = "\n".join(f"{first} {last} {same_name(label.strip())}" for first, last, label in runs if label)
    return f"machine {hashlib.sha256(text.encode()).hexdigest()[:12]}"


def _origin_of(labels: Any) -> str:
    """Return the mark that labels have if a model wrote them."""
    if isinstance(labels, Bouts):
        labels = labels.in_frames(labels.rate) if labels.rate else labels
        ends = labels.starts.astype(np.int64), labels.stops.astype(np.int64) - 1
        return origin_of_runs(*ends, [labels.names[place] for place in labels.which.tolist()])
    if isinstance(labels, FrameList):
        return origin_of_frames(labels.frames, _texts(labels.labels))
    return origin_of_frames(np.arange(1, len(labels) + 1), _texts(labels))


def _texts(labels: Any) -> list[str]:
    if isinstance(labels, np.ndarray):
        return ["" if label != label else f"{label:g}" for label in labels.astype(np.float64).tolist()]
    return list(labels)


# --- tables --------------------------------------------------------------------------------------------------------


def origins_in(table: Table) -> list[str] | None:
    """Return the marks in the rows of a table that a model wrote, "" where there is none; None for other tables."""
    column = table.columns.get(COLUMN, table.columns.get(_OF_BORIS))
    if not isinstance(column, list) or not any(isinstance(text, str) and ORIGIN.fullmatch(text) for text in column):
        return None
    return [text if isinstance(text, str) and ORIGIN.fullmatch(text) else "" for text in column]


def hides_frames(table: Table) -> bool:
    """Return whether this is a table of touches of a video with frames that were left out, which it cannot say."""
    return any(item not in ("", "0", 0) for item in table.columns.get("left_out_frames", ()))


def without_own_columns(table: Table) -> Table:
    """Return a table without the columns that a model writes beside the labels."""
    kept = {name: column for name, column in table.columns.items() if not _OWN_COLUMNS.fullmatch(str(name))}
    return Table(kept, table.lines, table.remarks)


def marked(entry: LabelEntry, origins: Iterable[str]) -> LabelEntry:
    """Return the labels of one video as those of a machine, if all of its rows have the mark that fits them."""
    return dataclasses.replace(entry, machine={*origins} == {_origin_of(entry.labels)})


# --- structs -------------------------------------------------------------------------------------------------------


def is_result(value: Any) -> bool:
    """Return whether a struct, or the variables of a .mat file, are what a model wrote about a video.

    A person may have corrected them since, see `pyside.reviewing.results.corrected`.
    """
    if not isinstance(value, Mapping) or not value.keys() >= {*RESULT[:2]}:
        return False
    if COLUMN not in value:
        return ORIGINS in value
    return isinstance(value[COLUMN], str) and ORIGIN.fullmatch(value[COLUMN]) is not None


def read_result(value: Mapping[str, Any], where: str) -> LabelEntry:
    """Read the labels in a struct of which `is_result` is true: as class names, so that no number has two meanings.

    Raises:
        BadLabels: the labels are no indices of the class names, or no names.
    """
    names, labels = value["class_names"], label_vector(value["labels"])
    names = [names] if isinstance(names, str) else names
    if isinstance(labels, np.ndarray):
        known = isinstance(names, list) and all(isinstance(name, str) for name in names)
        kept = np.where(np.isnan(labels.astype(np.float64)), -1, labels)
        if not known or not np.all(np.isin(kept, range(-1, len(names)))):
            raise BadLabels(
                f"{where}: a model wrote this file, so labels must be indices of class_names that count from 0, or -1 "
                "for a frame that is left out. Received other numbers, or no names of classes."
            )
        labels = [[*names, ""][index] for index in kept.astype(np.int64).tolist()]
    if labels is None:
        raise BadLabels(f"{where}: labels must be a vector with one label per frame.")
    name = field_names.video_name({"video": value.get("video", "")})
    entry = LabelEntry(where, labels, name and name[1])
    return marked(entry, [value[COLUMN]]) if COLUMN in value else entry


def remarks_on(origins: Any, labels: Any) -> list[str]:
    """Return what one should know of labels that a person corrected: how many of the frames nobody looked at.

    Args:
        origins: (n,) origin of each frame, a text, or its number from 0.
        labels: (n,) labels; -1, NaN or "" for a frame that is left out.
    """
    return about_unseen(*_unseen(origins, labels))


def remarks_on_several(values: Iterable[Any]) -> list[str]:
    """Return `remarks_on` all structs among some values that hold corrected labels."""
    structs = [value for value in values if isinstance(value, Mapping) and is_result(value)]
    counts = [_unseen(value.get(ORIGINS), value["labels"]) for value in structs]
    return about_unseen(sum(one for one, _ in counts), sum(n for _, n in counts))


def about_unseen(unseen: int, labelled: int) -> list[str]:
    """Return what one should know of corrected labels if nobody looked at some of the labelled frames."""
    if not unseen:
        return []
    return [
        f"nobody looked at {unseen} of {labelled} labelled frames; their labels are those of a model. To leave them "
        f"out, set {set_to('frames', 'reviewed')} when the corrected labels are written."
    ]


def _unseen(origins: Any, labels: Any) -> tuple[int, int]:
    """Return how many of the frames with a label nobody looked at, and how many have one."""
    found, given = (_items(label_vector(value)) for value in (origins, labels))
    if not found or len(found) != len(given):
        return 0, 0
    kept = [origin in (UNSEEN, 0) for origin, label in zip(found, given, strict=True) if _is_there(label)]
    return sum(kept), len(kept)


def _items(vector: Any) -> list[Any]:
    return vector.tolist() if isinstance(vector, np.ndarray) else list(vector or ())


def _is_there(label: Any) -> bool:
    return label not in ("", -1) and label == label


def without_origins(table: Table) -> tuple[Table, list[str]]:
    """Return a table of corrected labels without their origins, and what a person should know of them."""
    columns = {name: column for name, column in table.columns.items() if name != ORIGINS}
    label = field_names.role(columns, field_names.LABELS_OF_TABLES)
    remarks = remarks_on(table.columns[ORIGINS], columns.get(label or "", ()))
    return Table(columns, table.lines, table.remarks), remarks


def is_list_of_session(table: Table) -> bool:
    """Return whether a table is the list of a session, with one row a video, which holds no labels."""
    return table.columns.keys() >= _COLUMNS_OF_LIST


def refuse_list(where: str) -> NoReturn:
    """Raise BadLabels: this is the list of a session."""
    raise BadLabels(
        f"{where} is the list of the videos of a session, which holds no labels. Give the results that lie beside it, "
        ".mat or .csv."
    )


# --- the list of a session -----------------------------------------------------------------------------------------


def is_listed(path: Path) -> bool:
    """Return whether a session that lies in the folder of a file lists its content among its results.

    Args:
        path: an existing file; it may have another name than in the session.
    """
    return video_listed(path) is not None


def video_listed(path: Path) -> str | None:
    """Return the video of which `is_listed` knows a file, "" if that is not said; None if it does not know the file."""
    listed = dict(one for name in SESSION for one in _listed(path.absolute().parent / name))
    return listed.get(hashlib.sha256(path.read_bytes()).hexdigest()) if listed else None


def are_probabilities(path: Path, array: Any) -> bool:
    """Return whether an .npy file holds one column a class, and a session lists it as its own; see `is_listed`."""
    floats = getattr(array, "ndim", 0) == 2 and array.dtype.kind == "f"
    return floats and path.suffix.lower() == ".npy" and is_listed(path)


def probabilities(path: Path) -> MachineLabels:
    """Return the error for such a file in place of labels."""
    return MachineLabels(
        f"{path} holds the probabilities that a model wrote, one column a class, and no labels. Give labels of a "
        "person; for what the model decided, there is the .mat or .csv file that lies beside it.",
        of=path,
    )


def _listed(session: Path) -> Iterator[tuple[str, str]]:
    """Yield hashes and videos in the record of a session, or its journal; none if it is damaged or something else."""
    try:
        content = session.read_bytes() if is_file(session) else b""
        parts = content.splitlines() if session.suffix == ".jsonl" else [content]
        found = [from_json(part) for part in parts if part]
        videos = [video for one in found for video in one.get("videos", [one])]
        yield from [
            (str(sha256), str(video.get("video", ""))) for video in videos for sha256 in video.get("files", {}).values()
        ]
    except (OSError, ValueError, AttributeError, TypeError):
        return


# --- contact arrays --------------------------------------------------------------------------------------------------


def is_new_contact_array(path: Path) -> bool:
    """Return whether a file with a contact array is as it was written, without one that a person had before."""
    with path.open("rb") as file:
        return file.read(len(HEAD)) == HEAD


def is_contact_array_of_session(path: Path) -> bool:
    """Return whether the session beside a file, of the name before ``_contacts``, wrote its content at its end.

    Or whether the labels with corrections beside it did, see `pyside.reviewing.results.corrected`.
    """
    folder = path.absolute().with_name(path.stem.removesuffix("_contacts"))
    known = {_contacts_in(folder / name) for name in (SESSION[0], CORRECTED)} - {""}
    return bool(known) and hashlib.sha256(path.read_bytes()).hexdigest() in known


def _contacts_in(record: Path) -> str:
    """Return the SHA-256 of a contact array in a record; "" if there is none."""
    try:
        return str(from_json(record.read_bytes())["contacts"]["sha256"])
    except (OSError, ValueError, KeyError, TypeError):
        return ""


# --- at the door of a training -------------------------------------------------------------------------------------


def check_people(entries: Iterable[LabelEntry], include: bool, harm: str = _LEARNED) -> None:
    """Check that a person gave labels, or changed them.

    Args:
        entries: the labels.
        include: whether labels of a machine are wanted, too.
        harm: a sentence that says what labels of a machine would do.

    Raises:
        MachineLabels: a model wrote some, and nobody has changed them since.
    """
    sources = [entry.source for entry in entries if entry.machine and not include]
    if sources:
        raise MachineLabels(
            f"A model wrote the labels in {some(sources, between='; ')}, and nobody has changed them since. {harm} "
            f"Give labels of a person, or, to use them as they are, set {set_to('include_machine_labels', True)}."
        )
