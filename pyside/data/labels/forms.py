"""The forms of labels that labs use, recognized by their type and shape."""

from __future__ import annotations

import dataclasses
import functools
import itertools
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from pyside.aliases import Array
from pyside.data.formats import host_arrays, variables
from pyside.data.formats.mat_files import Map, Object, Table, Unreadable
from pyside.data.labels import field_names, machine_made
from pyside.data.labels.bouts.bout_tables import bout_table_reader, is_jaaba, read_jaaba, table_of_bouts
from pyside.data.labels.contacts.contact_arrays import is_contact_array, read_contact_array
from pyside.data.labels.contacts.contact_summary import contact_summary, remarks
from pyside.data.labels.entry import LabelEntry, is_missing, label_vector, tag_text
from pyside.data.labels.tables import (
    has_row_per_video,
    is_label_table,
    read_label_table,
    videos_in,
    with_only_column,
)
from pyside.errors import BadLabels, Faults, some

VECTOR_PER_VIDEO = "one vector a video"
ONE_VIDEO = "one vector for one video"
BY_NAME = "one vector a video, by name"
STRUCTS = "one struct a video"
ROW_PER_FRAME = "table with one row a frame"
ROW_PER_VIDEO = "table with one row a video"
CONTACTS = "contact array"
JAABA = "labels of JAABA"
RESULT = "labels that a model wrote"
_MOST_DEEP = 20
_HIDDEN = "the model left frames out, which are in no touch here. The file with one row per frame leaves them out."


@dataclasses.dataclass(frozen=True)
class Labels:
    """Labels of one or several recordings.

    Attributes:
        form: one of the forms that `read_label_file` lists.
        entries: one per recording.
        remarks: messages that a person should read before using the labels: cells that are not structs, templates ...
        odd: further messages, shown when the file is inspected.
        contacts: returns what `contact_summary` says of a contact array; None for other forms.
    """

    form: str
    entries: list[LabelEntry]
    remarks: list[str] = dataclasses.field(default_factory=list)
    odd: list[str] = dataclasses.field(default_factory=list)
    contacts: Callable[[], dict[str, Any]] | None = None


def label_reader(value: Any, loosely: bool = False) -> Callable[[str], Labels] | None:
    """Return a function that reads a value, given its name for messages; None if the value has no form of labels.

    `loosely` is for a value that is known to be labels: it also accepts a vector of one label, and a struct with one
    vector per field.
    """
    if machine_made.is_result(value):
        return lambda where: _of_result(value, where)
    value = _unwrapped(value)
    if is_jaaba(value):
        return lambda where: Labels(JAABA, read_jaaba(value, where))
    table = table_of_bouts(value) or (_as_table(value) if isinstance(value, Mapping) else None)
    if isinstance(table or value, Table):
        return _table_reader(table or value, loosely)
    if _are_bouts_by_video(value):
        return lambda where: _of_bouts_by_video(value, where)
    if is_contact_array(value):
        return lambda where: _of_contacts(value, where)
    if isinstance(value, Mapping) and (loosely or isinstance(value, Map)) and _is_by_name(value):
        return lambda where: _of_names(value, where)
    if _has_structs(value):
        return lambda where: _of_structs(value, where)
    vector = label_vector(value)
    if vector is not None and len(vector) >= (1 if loosely else 2):
        return lambda where: Labels(ONE_VIDEO, [LabelEntry(where, vector)])
    if isinstance(value, list) and value and all(label_vector(item) is not None for item in value):
        return lambda where: _of_vectors(value, where)
    return None


def _unwrapped(value: Any) -> Any:
    """Return the struct of an object, or the contact array or labels of JAABA in a struct, or else the value itself."""
    if isinstance(value, Object):
        value = value.properties
    inner = value.get(field_names.role(value, field_names.LABELS)) if isinstance(value, Mapping) else None
    return inner if is_contact_array(inner) or is_jaaba(inner) else value


def _as_table(struct: Mapping[Any, Any]) -> Table | None:
    """Return a struct whose fields are columns as a table: labels of several videos, or frame numbers with labels."""
    name = field_names.role(struct, field_names.LABELS)
    labels = struct.get(name)
    items = labels if isinstance(labels, list) else []
    several = any(not isinstance(item, str) for item in items) and all(label_vector(item) is not None for item in items)
    vector = label_vector(labels) if name is not None else None
    frame = field_names.role(struct, field_names.FRAME)
    numbered = frame is not None and vector is not None and len(vector) == _length(struct[frame]) > 1
    if not several and not numbered:
        return None
    n = len(items) if several or vector is None else len(vector)
    columns = {field: label_vector(value) for field, value in struct.items()}
    rows = {field: column for field, column in columns.items() if column is not None and len(column) == n}
    broadcast = {field: [value] * n for field, value in struct.items() if field not in rows}
    return Table({**rows, **broadcast, **({name: items} if several else {})})


def _length(value: Any) -> int:
    vector = label_vector(value)
    return -1 if vector is None else len(vector)


def _table_reader(table: Table, loosely: bool) -> Callable[[str], Labels] | None:
    if machine_made.is_list_of_session(table):
        return machine_made.refuse_list
    if machine_made.ORIGINS in table.columns:
        plain, remarks = machine_made.without_origins(table)
        inside = _table_reader(plain, loosely)
        return functools.partial(_corrected, inside, remarks) if inside is not None else None
    origins = machine_made.origins_in(table)
    if origins is not None:
        plain = machine_made.without_own_columns(table)
        inside = _table_reader(plain, loosely)
        hides = machine_made.hides_frames(table)
        return inside and (lambda where: _of_machine(inside(where), plain, origins, where, hides))
    read = bout_table_reader(table, loosely or bool(table.lines))
    if read is not None:
        return lambda where: Labels(*read(where))
    labels = table if is_label_table(table) else with_only_column(table) if table.lines else None
    return (lambda where: _of_table(labels, where)) if labels is not None else None


def _of_result(value: Mapping[str, Any], where: str) -> Labels:
    remarks = machine_made.remarks_on(value.get(machine_made.ORIGINS), value["labels"])
    return _corrected(lambda where: Labels(RESULT, [machine_made.read_result(value, where)]), remarks, where)


def _corrected(read: Callable[[str], Labels], remarks: list[str], where: str) -> Labels:
    found = read(where)
    return dataclasses.replace(found, remarks=[*found.remarks, *(f"{where}: {text}" for text in remarks)])


def _of_machine(found: Labels, table: Table, origins: list[str], where: str, hides: bool) -> Labels:
    """Return labels in a table that a model wrote, each video as a machine's unless a person has changed it."""
    videos = videos_in(table, "", Faults())
    entries = [
        machine_made.marked(entry, [origins[row] for row in one.rows.tolist()])
        for entry, one in zip(found.entries, videos, strict=True)
    ]
    remarks = [*found.remarks, *([] if not hides else [f"{where}: {_HIDDEN}"])]
    return dataclasses.replace(found, entries=entries, remarks=remarks)


def _of_table(table: Table, where: str) -> Labels:
    entries, remarks = read_label_table(table, where)
    return Labels(ROW_PER_VIDEO if has_row_per_video(table) else ROW_PER_FRAME, entries, remarks)


def _are_bouts_by_video(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(table_of_bouts(_properties(item)) for item in value)


def _of_bouts_by_video(value: list[Any], where: str) -> Labels:
    """Read one struct per video, with the starts and stops of its bouts."""
    found, faults = [], Faults()
    for number, item in enumerate(value, start=1):
        read = _table_reader(table_of_bouts(_properties(item)) or Table({}), True)
        with faults.noting(of=f"{where}{{{number}}}", what="places"):
            found += [read(f"{where}{{{number}}}")] if read else []
    faults.raise_any()
    remarks = [remark for one in found for remark in one.remarks]
    return Labels(found[0].form, [entry for one in found for entry in one.entries], remarks)


def _of_contacts(value: Any, where: str) -> Labels:
    found = read_contact_array(value, where)
    told = [*found.remarks, *remarks(value, where)]
    return Labels(CONTACTS, found.entries, told, found.odd, lambda: contact_summary(value))


def _of_vectors(value: list[Any], where: str) -> Labels:
    entries = [LabelEntry(f"{where}{{{number}}}", label_vector(item)) for number, item in enumerate(value, start=1)]
    return Labels(VECTOR_PER_VIDEO, entries)


def _has_structs(value: Any) -> bool:
    """Return whether this is a struct with labels, or a list that holds one."""
    items = [_properties(item) for item in (value if isinstance(value, list) else [value])]
    return any(_struct_labels(item) is not None for item in items if isinstance(item, Mapping))


def _properties(item: Any) -> Any:
    return item.properties if isinstance(item, Object) else item


def _struct_labels(struct: Mapping[Any, Any]) -> Any:
    name = field_names.role(struct, field_names.LABELS)
    return None if name is None else label_vector(struct[name])


def _of_structs(value: Any, where: str) -> Labels:
    items = value if isinstance(value, list) else [value]
    entries, no_structs, templates, faults = [], [], [], Faults()
    for number, item in enumerate(map(_properties, items), start=1):
        source = f"{where}{{{number}}}" if isinstance(value, list) else where
        if not isinstance(item, Mapping):
            no_structs.append(f"{source} ({variables.in_words(item)})")
        elif field_names.is_empty(item):
            templates.append(source)
        else:
            read = machine_made.read_result if machine_made.is_result(item) else _of_struct
            with faults.noting(of=source, what="places"):
                entries.append(read(item, source))
    faults.raise_any()
    remarks = [f"These are not structs: {some(no_structs)}."] if no_structs else []
    remarks += [f"All fields are empty in {some(templates)}."] if templates else []
    remarks += [f"{where}: {text}" for text in machine_made.remarks_on_several(map(_properties, items))]
    return Labels(STRUCTS, entries, remarks)


def _of_struct(struct: Mapping[Any, Any], source: str) -> LabelEntry:
    field = field_names.role(struct, field_names.LABELS)
    labels = _struct_labels(struct)
    if labels is None:
        there = ", ".join(map(str, struct)) or "none"
        raise BadLabels(f"{source}: no field holds a vector with one label per frame. Its fields are {there}.")
    name = field_names.video_name(struct)
    uncuratable = field_names.role(struct, ("uncuratable",))
    left_out = "uncuratable" if uncuratable is not None and field_names.is_set(struct[uncuratable]) else ""
    tags = field_names.tags(struct, [field, uncuratable, *field_names.TRIAL, *([name[0]] if name else [])])
    return LabelEntry(source, labels, name[1] if name else None, field_names.trial(struct), left_out, tags)


def _is_by_name(value: Mapping[Any, Any]) -> bool:
    """Return whether the keys are names of videos: each has a vector or a struct, and none is a usual field."""
    named = [name for name in value if field_names.plain(name) in (*field_names.VIDEO, *field_names.TRIAL)]
    if (
        not value
        or field_names.role(value, ("labels", "label")) is not None
        or any(_names_video(value[name]) for name in named)
    ):
        return False
    return all(
        label_vector(item) is not None
        or (isinstance(item, Mapping) and (_has_structs(item) or is_contact_array(item) or table_of_bouts(item)))
        for item in value.values()
    )


def _names_video(value: Any) -> bool:
    """Return whether a field that may name a video does so, and is not a vector of numbers."""
    return isinstance(value, list) or tag_text(value) is not None


def _of_names(value: Mapping[Any, Any], where: str) -> Labels:
    entries, remarks, odd, faults = [], [], [], Faults()
    for name, item in value.items():
        source = f"{where}: {name}" if ":" not in where else f"{where}, {name}"
        read = label_reader(item, loosely=True)
        if read is None:  # an empty vector
            entries.append(LabelEntry(source, label_vector(item), str(name)))
            continue
        with faults.noting(of=source, what="places"):
            found = read(source)
            entries += [dataclasses.replace(entry, name=str(name)) for entry in found.entries]
            remarks += found.remarks
            odd += found.odd
    faults.raise_any()
    return Labels(BY_NAME, entries, remarks, odd)


# --- values from memory --------------------------------------------------------------------------------------------


def read_label_values(value: Any) -> Labels:
    """Read labels from memory, in the forms of `read_label_file`.

    A cell is a list or tuple here, a struct a dict, a table a dict of columns or a DataFrame; a dict from video name to
    vector or to struct is ``one vector per video, by name``.

    Raises:
        BadLabels: the value has no form of labels, or the labels have faults, all at once.
    """
    plain = as_if_read(value)
    read = label_reader(plain, loosely=True)
    if read is None:
        host_arrays.check_vector(np.shape(plain) if isinstance(plain, np.ndarray) else (), "labels")
        raise BadLabels(
            "labels must be a label file, one vector for one video, a list (in MATLAB a cell) with one vector per "
            "video, a dict from video name to vector, or structs with the fields video and labels. Received a "
            f"{type(value).__name__}{_first_misfit(value)}."
        )
    return read("labels")


def as_if_read(value: Any, depth: int = 0) -> Any:
    """Convert a value from memory to what `read_mat` would return: arrays, texts, lists and dicts."""
    if isinstance(value, (str, Table, Object, Unreadable)) or value is None or depth > _MOST_DEEP:
        return value
    if hasattr(value, "columns") and hasattr(value, "to_dict"):  # a DataFrame
        return Table({str(name): _column(value[name]) for name in value.columns})
    if isinstance(value, Mapping):
        return {name: as_if_read(item, depth + 1) for name, item in value.items()}
    if hasattr(value, "__array__") and not isinstance(value, np.ndarray) and not isinstance(value, np.generic):
        value = np.asarray(value)  # a Series or Categorical
    if isinstance(value, (np.ndarray, np.generic)) and value.dtype.kind in "mM":
        return np.asarray(value)
    if isinstance(value, np.ndarray) and value.dtype.kind in "OUTS":
        texts = _texts(value)
        return texts if texts is not None else [as_if_read(item, depth + 1) for item in value.ravel(order="F")]
    if isinstance(value, (list, tuple)):
        return _items(value, depth)
    return host_arrays.to_numpy(value, "labels", BadLabels)


def _items(value: Sequence[Any], depth: int) -> Any:
    """Convert a list or tuple: of numbers to an array, with NaN for missing ones; of texts to texts, with ""."""
    is_there = [not is_missing(item) for item in value]
    filled = list(itertools.compress(value, is_there))
    if value and all(isinstance(item, (bool, int, float, np.number, np.bool_)) for item in filled):
        return np.asarray(
            value if all(is_there) else [item if there else np.nan for item, there in zip(value, is_there, strict=True)]
        )
    if filled and all(isinstance(item, str) for item in filled):
        return [item if there else "" for item, there in zip(value, is_there, strict=True)]
    return [as_if_read(item, depth + 1) for item in value]


def _column(column: Any) -> Any:
    values = np.asarray(column)
    if values.dtype.kind in "biufmM":
        return values
    texts = _texts(values)
    return texts if texts is not None else [as_if_read(item) for item in values]


def _texts(value: Array) -> list[str] | None:
    """Return an array of texts as a list, with "" for missing ones; None if it holds other values."""
    items = [item.decode("utf-8", "replace") if isinstance(item, bytes) else item for item in value.ravel("F").tolist()]
    if not all(isinstance(item, str) or is_missing(item) for item in items):
        return None
    if items and not any(isinstance(item, str) for item in items):
        return None
    return [item if isinstance(item, str) else "" for item in items]


def _first_misfit(value: Any) -> str:
    """Describe the first item of a list or dict that has no form of labels."""
    items = list(value.items()) if isinstance(value, Mapping) else list(enumerate(value, 1)) if _is_list(value) else []
    for place, item in items:
        if label_reader(as_if_read(item), loosely=True) is None:
            return f", whose item {place} is {variables.in_words(as_if_read(item))}"
    return ""


def _is_list(value: Any) -> bool:
    return isinstance(value, (list, tuple))
