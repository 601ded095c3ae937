"""Requests of curation, comparison and description: made with NumPy alone in MATLAB's Python, run in that of jobs."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from os import PathLike
from pathlib import Path
from typing import Any

from pyside.aliases import AnyPath, Progress, Record
from pyside.curation.contacts.output import check_for_session, check_new, class_of_contacts, default_file, mat_name
from pyside.curation.marking.session import check_output, default_output, read_session, session_folder
from pyside.data.formats import host_arrays
from pyside.data.recordings.selection import check_span
from pyside.errors import BadLabels, BadOption, Faults, NotWritable, PathMissing, TouchTrainError
from pyside.models import files
from pyside.settings.core import Settings, named, naming_files
from pyside.settings.curation import (
    CompareSettings,
    ContactSettings,
    CurateSettings,
    DescribeSettings,
    RedecideSettings,
    RegionSettings,
)
from pyside.system import locks
from pyside.system.paths import is_file, is_there, listed, no_file
from pyside.system.pictures import check_folder, picture_path
from pyside.system.records import plain

# Settings whose values are from memory, or names of files.
_FROM_MEMORY = {"labels": BadLabels, "centers": BadOption, "frame_values": BadOption, "frame_map": BadOption}


def curation(
    model_path: str | PathLike[str],
    source: Any,
    output: str | PathLike[str] | None,
    options: Mapping[str, Any],
    first: int = 0,
) -> Record:
    """Return the request to mark videos; everything that can be checked without reading model and videos is.

    Args:
        model_path: the model file.
        source: a folder of videos, a video, or a list of videos.
        output: the folder of the session; None or "" for one beside the folder of the videos.
        options: settings of `curate`, in Python's spelling.
        first: number of the first pixel in centres and of the first frame in messages: 0, or 1 for MATLAB.

    Raises:
        TouchTrainError: all faults in paths and options.
    """
    faults = Faults()
    settings: CurateSettings | None = None
    with faults.noting():
        settings = CurateSettings.from_options(options)
        check_span(settings.frame_span, first)
    with faults.noting():
        files.form(model_path)
    paths = _videos(source, faults)
    target = None
    with faults.noting():
        target = Path(output).absolute() if output else default_output(paths or ["videos"])
        if not (settings is not None and settings.check):
            check_output(target)
            locks.check_free(target)
    if settings is not None and settings.contact_array is not None and target is not None:
        with faults.noting():
            check_for_session(target, Path(settings.contact_array).absolute())
        with faults.noting():
            _check_there(settings.frame_map, "frame_map", faults)
    faults.raise_any()
    assert settings is not None and target is not None
    return {
        "command": "curate",
        "model_path": str(Path(model_path).absolute()),
        "output": str(target),
        **_parts(source, settings, first),
    }


def region_preview(source: Any, path: str | PathLike[str] | None, options: Mapping[str, Any], first: int = 0) -> Record:
    """Return the request for a picture of where the region lies.

    Args:
        source: as in `curation`.
        path: the ``.png`` file to write; None or "" for ``region.png`` in the current folder.
        options: settings of `preview_region`, in Python's spelling.
        first: as in `curation`.

    Raises:
        TouchTrainError: all faults in paths and options.
    """
    faults = Faults()
    settings: RegionSettings | None = None
    with faults.noting():
        settings = RegionSettings.from_options(options)
        check_span(settings.frame_span, first)
    if settings is not None and settings.model is not None:
        with faults.noting():
            files.form(settings.model)
    if settings is not None and settings.frame is not None and settings.frame < first:
        faults.add(BadOption, f"{named('frame')} must be {first} or more. It is {settings.frame}.")
    _videos(source, faults)
    target = picture_path(Path(path or "region.png"))
    with faults.noting():
        check_folder(target)
        locks.check_free(target)
    faults.raise_any()
    assert settings is not None
    return {"command": "preview-region", "path": str(target), **_parts(source, settings, first)}


def _videos(source: Any, faults: Faults) -> list[AnyPath]:
    """Return the videos in a list; what is none, or does not exist, is a fault."""
    paths: list[AnyPath] = []
    with faults.noting():
        paths = listed(source, "videos")
        if not paths:
            raise PathMissing("There are no videos. Give a folder of videos, a video, or a list of videos.")
    for path in paths:
        if not is_there(path):
            faults.add(PathMissing, f"There is no file or folder {Path(path).absolute()}.")
    return paths


def _parts(source: Any, settings: Settings, first: int) -> Record:
    """Return the parts of a request that say which videos are meant and how they are looked at; paths are absolute."""
    given = settings.as_dict()
    memory = {name: error for name, error in _FROM_MEMORY.items() if name in given}
    inputs = {name: host_arrays.in_memory(given.pop(name), name, error) for name, error in memory.items()}
    for name in naming_files(type(settings)) - inputs.keys():
        given[name] = str(Path(given[name]).absolute()) if given[name] else given[name]
    is_one = isinstance(source, (str, PathLike))
    absolute = [str(Path(path).absolute()) for path in ([source] if is_one else source)]
    return {"source": absolute[0] if is_one else absolute, "first": first, "settings": given, "inputs": inputs}


def curate(request: Record, progress: Progress, should_stop: Callable[[], bool], folder: Path | None) -> Record:
    """Mark videos: run a request of `curation`."""
    from pyside.curation.marking.curate import curate

    options = {**request["settings"], **request["inputs"]}
    model, source, output = request["model_path"], request["source"], request["output"]
    record = curate(model, source, output, options, request["first"], progress, should_stop)
    if record.get("kind") == "session" and record["done"] and options.get("labels") is not None:
        return {**record, "comparison": _with_labels(record, options)}
    return record


def _with_labels(record: Record, options: Record) -> Record | None:
    """Return how the marks of a session compare with the labels that were given along; None if they cannot be."""
    from pyside.curation.comparison.compare import compare

    names = ("pairing", "trial_pattern", "label_variable", "frame_rate")
    settings = CompareSettings.from_options({name: options.get(name) for name in names if options.get(name)})
    try:
        return compare([("marks", record["path"])], [("labels", options["labels"])], settings)
    except TouchTrainError as error:
        if not any("compared" in one for one in record["warnings"]):  # else it has been said why
            record["warnings"].append(f"The labels that were given along cannot be compared: {error.text}")
        return None


# --- deciding anew --------------------------------------------------------------------------------------------------


def redecision(session: str | PathLike[str], options: Mapping[str, Any]) -> Record:
    """Return the request to decide anew in a session.

    Args:
        session: its folder.
        options: settings of `redecide`, in Python's spelling.

    Raises:
        TouchTrainError: all faults in session, output and options; damage of marks is found when it runs.
    """
    from pyside.curation.marking.redecide import chosen

    faults, folder = Faults(), session_folder(Path(session).absolute())
    settings: RedecideSettings | None = None
    with faults.noting():
        settings = RedecideSettings.from_options(options)
    with faults.noting():
        found = read_session(folder)
        locks.check_free(folder)
        if settings is not None:
            chosen(found, settings)
    target = folder
    if settings is not None and settings.output:
        target = Path(settings.output).absolute()
        with faults.noting():
            check_output(target)
            locks.check_free(target)
    faults.raise_any()
    assert settings is not None
    given = {**settings.as_dict(), "output": None if target == folder else str(target)}
    return {"command": "redecide", "session": str(folder), "output": str(target), "settings": given}


def redecide(request: Record, progress: Progress, should_stop: Callable[[], bool], folder: Path | None) -> Record:
    """Decide anew in a session: run a request of `redecision`."""
    from pyside.curation.marking.redecide import redecide

    return redecide(request["session"], request["settings"], progress, should_stop)


# --- contact arrays -------------------------------------------------------------------------------------------------


def contact_writing(
    session: str | PathLike[str],
    contacts: str | PathLike[str] | None,
    options: Mapping[str, Any],
    first: int = 0,
    as_changes: bool = False,
) -> Record:
    """Return the request to write the touches of a session into a contact array.

    Args:
        session: its folder.
        contacts: the ``.mat`` file with the contact array; None or "" for a new contact array.
        options: settings of `write_contacts`, in Python's spelling.
        first: number of the first frame in a frame map: 0, or 1 for MATLAB.
        as_changes: whether only what changes is written, in a ``.mat`` file beside that of the contact array, for
            MATLAB, which applies it to its own cell and saves that as the output. A new contact array is written.

    Raises:
        TouchTrainError: all faults in session, paths and options; those of trials are found when it runs.
    """
    faults, folder = Faults(), session_folder(Path(session).absolute())
    settings: ContactSettings | None = None
    with faults.noting():
        settings = ContactSettings.from_options(options)
    with faults.noting():
        found = read_session(folder)
        if settings is not None:
            class_of_contacts(found["model"]["class_names"], settings.contact_class)
    if contacts and not is_file(Path(contacts)):
        faults.include(no_file(Path(contacts).absolute()))
    target = default_file(folder)
    with faults.noting():
        if settings is not None and settings.output:
            target = mat_name(Path(settings.output).absolute())
        check_new(target)
        locks.check_free(target)
    given = {} if settings is None else settings.as_dict()
    inputs = {"contacts": str(Path(contacts).absolute()) if contacts else None, "as_changes": bool(as_changes)}
    with faults.noting():
        inputs |= frame_map(given.pop("frame_map", None), faults)
    faults.raise_any()
    return {
        "command": "contacts",
        "session": str(folder),
        "output": str(target),
        "first": first,
        "settings": {**given, "output": str(target)},
        "inputs": inputs,
    }


def frame_map(value: Any, faults: Faults) -> Record:
    """Return the part ``frame_map`` of the inputs of a request; a file that does not exist is a fault."""
    found = host_arrays.in_memory(value, "frame_map", BadOption)
    _check_there(found, "frame_map", faults)
    return {"frame_map": found}


def write_contacts(request: Record, progress: Progress, should_stop: Callable[[], bool], folder: Path | None) -> Record:
    """Write the touches of a session into a contact array: run a request of `contact_writing`."""
    from pyside.curation.contacts.write import write_contacts

    inputs = request["inputs"]
    settings = ContactSettings.from_options({**request["settings"], "frame_map": inputs["frame_map"]})
    source, target = inputs["contacts"] and Path(inputs["contacts"]), Path(request["output"])
    session, first = Path(request["session"]), request["first"]
    return write_contacts(session, source, target, settings, first, inputs["as_changes"], progress)


# --- comparing ------------------------------------------------------------------------------------------------------


def comparison(predicted: Any, reference: Any, options: Mapping[str, Any]) -> Record:
    """Return the request to compare labels with labels; all faults are reported together.

    Args:
        predicted: the labels to judge, see `pyside.compare`.
        reference: the labels that count as the truth, likewise.
        options: settings of a comparison, in Python's spelling.

    Raises:
        TouchTrainError: what is wrong with sources and options, as far as it can be known without reading them.
    """
    from pyside.curation.comparison.sources import given_sources

    faults = Faults()
    settings: CompareSettings | None = None
    with faults.noting():
        settings = CompareSettings.from_options(options)
    inputs: dict[str, Any] = {}
    for name, side in (("predicted", predicted), ("reference", reference)):
        with faults.noting():
            inputs[name] = given_sources(side, name)
    given = {} if settings is None else settings.as_dict()
    output = given.pop("output", None)
    for name in ("videos", "tags"):
        with faults.noting():
            inputs[name] = host_arrays.in_memory(given.pop(name, None), name, BadOption)
            _check_there(inputs[name], name, faults)
    if output is not None:
        with faults.noting():
            locks.check_free(Path(output).absolute())
    faults.raise_any()
    inputs["predicted"], inputs["reference"] = _with_own_names(inputs["predicted"], inputs["reference"])
    made = "" if output is None else str(Path(output).absolute())
    return {"command": "compare", "output": made, "settings": given, "inputs": inputs}


def _check_there(value: Any, name: str, faults: Faults) -> None:
    """Note paths in the value of an option that do not exist."""
    for path in value if isinstance(value, list) else [value]:
        if isinstance(path, (str, PathLike)) and not is_there(path):
            faults.add(PathMissing, f"{named(name)}: there is no file or folder {path}.")


def _with_own_names(predicted: list[list[Any]], reference: list[list[Any]]) -> tuple[list[list[Any]], list[list[Any]]]:
    """Return the sources of both sides under names that no two of them share."""
    shared = {name for name, _ in predicted} & {name for name, _ in reference}

    def named_apart(sources: list[list[Any]], side: str) -> list[list[Any]]:
        return [[f"{name} ({side})" if name in shared else name, value] for name, value in sources]

    return named_apart(predicted, "predicted"), named_apart(reference, "reference")


def compare(request: Record, progress: Progress, should_stop: Callable[[], bool], folder: Path | None) -> Record:
    """Compare labels with labels: run a request of `comparison`."""
    from pyside.curation.comparison.compare import compare

    given = dict(request["inputs"])
    predicted, reference = ([(name, value) for name, value in given.pop(side)] for side in ("predicted", "reference"))
    options = {**request["settings"], **given, "output": request["output"] or None}
    return compare(predicted, reference, CompareSettings.from_options(options), progress, should_stop)


# --- where to look ---------------------------------------------------------------------------------------------------


def preview_region(request: Record, progress: Progress, should_stop: Callable[[], bool], folder: Path | None) -> Record:
    """Write a picture of where the region lies: run a request of `region_preview`."""
    from pyside.curation.regions.preview import preview_region

    settings = RegionSettings.from_options({**request["settings"], **request["inputs"]})
    return preview_region(request["source"], Path(request["path"]), settings, request["first"], progress)


def description(
    model_path: str | PathLike[str], output: str | PathLike[str], options: Mapping[str, Any], first: int = 0
) -> Record:
    """Return the request to write facts into a copy of a model; all faults are reported together.

    Args:
        model_path: the model file.
        output: the copy; the suffix of the model is added if it is missing.
        options: settings of `describe`, in Python's spelling.
        first: number of the first pixel in the centre: 0, or 1 for MATLAB.

    Raises:
        TouchTrainError: what is wrong with paths and options, as far as it can be known without reading the model.
    """
    faults = Faults()
    settings: DescribeSettings | None = None
    with faults.noting():
        settings = DescribeSettings.from_options(options)
    source, target = Path(model_path).absolute(), Path(output).absolute()
    with faults.noting():
        suffix = {"keras": ".keras", "h5": ".h5"}.get(files.form(source), "")
        target = target if target.suffix.lower() in (suffix, ".hdf5") else target.with_name(target.name + suffix)
    with faults.noting():
        files.check_target(target)
        if is_there(target) and is_there(source) and os.path.samefile(source, target):
            raise NotWritable(f"{target} is the model itself, which stays as it is. Give the copy another name.")
        locks.check_free(target)
    for name in ("template", "centers"):
        value = getattr(settings, name, None)
        if isinstance(value, (str, PathLike)) and name == "centers":
            faults.add(BadOption, f"{named('centers')} must be one point (x, y) in pixels. It is {str(value)!r}.")
        elif isinstance(value, (str, PathLike)) and not is_file(Path(value)):
            faults.add(PathMissing, f"{named(name)}: the image {Path(value).absolute()} does not exist.")
    faults.raise_any()
    assert settings is not None
    given = settings.as_dict()
    given["template"] = given["template"] and str(Path(given["template"]).absolute())
    given["centers"] = plain(given["centers"])
    return {
        "command": "describe",
        "model_path": str(source),
        "output": str(target),
        "first": first,
        "settings": given,
    }


def describe(request: Record, progress: Progress, should_stop: Callable[[], bool], folder: Path | None) -> Record:
    """Write facts into a copy of a model: run a request of `description`."""
    from pyside.curation.model.describe import describe

    settings = DescribeSettings.from_options(request["settings"])
    progress({"stage": "describing"})
    return describe(Path(request["model_path"]), Path(request["output"]), settings, request["first"])
