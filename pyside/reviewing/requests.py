"""Requests of `review`, `corrected` and `add_corrections`: made with NumPy alone, run in the Python of jobs."""

from __future__ import annotations

import contextlib
import webbrowser
from collections.abc import Callable, Mapping
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pyside.aliases import Array, Progress, Record
from pyside.curation.contacts.output import class_of_contacts
from pyside.curation.marking.session import read_session, session_folder
from pyside.curation.requests import frame_map
from pyside.data.dataset import Dataset, described, open_dataset
from pyside.data.dataset_writer import check_target
from pyside.data.formats import host_arrays
from pyside.errors import BadLabels, BadOption, BadReview, Faults, Interrupted, NotWritable
from pyside.reviewing.sources.kinds import TABLE, check_folder, folder_of, kind_of, meant_by
from pyside.reviewing.sources.opening import open_source
from pyside.reviewing.sources.source import Source
from pyside.settings.core import named
from pyside.settings.curation import CompareSettings
from pyside.settings.review import CONTACTS, AdditionSettings, CorrectedSettings, ReviewSettings
from pyside.system import locks
from pyside.system.paths import is_file, no_file

if TYPE_CHECKING:
    from pyside.reviewing.blind.desk import BlindDesk
    from pyside.reviewing.desk import Desk


def review(session: str | PathLike[str], options: Mapping[str, Any]) -> Record:
    """Return the request to review a session, or labels of a person.

    Args:
        session: its folder; a dataset folder; or a folder of videos, or a video, whose labels are an option.
        options: settings of `review`, in Python's spelling.

    Raises:
        TouchTrainError: all faults in session and options.
    """
    faults, folder = Faults(), meant_by(session_folder(Path(session).absolute()))
    settings: ReviewSettings | None = None
    labels: Any = None
    with faults.noting():
        settings = ReviewSettings.from_options(options)
        labels = host_arrays.in_memory(settings.labels, "labels", BadLabels)
    target = folder
    with faults.noting():
        _check_source(folder, labels is not None)
        if settings is not None and settings.blind and kind_of(folder) != "session":
            faults.add(BadOption, f"{named('blind')} asks how right a model is, and {folder} is no session of curate.")
        target = folder_of(folder)
        if target != folder:
            check_folder(target)
        locks.check_free(target)
    faults.raise_any()
    assert settings is not None
    given = settings.as_dict()
    del given["labels"]
    return {
        "command": "review",
        "session": str(target),
        "source": str(folder),
        "settings": given,
        "inputs": {"labels": labels},
    }


def _check_source(path: Path, with_labels: bool) -> None:
    """Check that a path is something to review, without reading much."""
    kind = kind_of(path)
    if kind == "session":
        read_session(path)
    elif kind == "dataset":
        described(path)
    elif kind == "videos" and not with_labels and not is_file(folder_of(path) / TABLE):
        raise BadReview(
            f"{path} is no session of curate and no dataset. To review the labels of videos, give them as "
            f"{named('labels')}."
        )


def serve(request: Record, progress: Progress, should_stop: Callable[[], bool], folder: Path | None) -> Record:
    """Serve the page of a review until it is ended: run a request of `review`.

    Returns:
        ``kind`` ("review"), ``path`` (of the folder with the corrections), ``ended`` ("ended", "idle" or "stopped"),
        ``events``, ``done``, ``corrections`` (lines that were written), ``warnings``, and after a blind look ``blind``,
        what `BlindDesk.result` returns; events are windows then, and corrections answers.

    Raises:
        Interrupted: Ctrl-C; it says what is kept, and after the last window of a blind look, what was found.
    """
    from pyside.reviewing.blind.desk import BlindDesk, open_blind
    from pyside.reviewing.desk import open_desk
    from pyside.reviewing.page.server import ReviewServer

    settings = ReviewSettings.from_options(request["settings"])
    session, labels = Path(request["source"]), request["inputs"]["labels"]
    progress({"stage": "reading the labels"})
    source: Source | Path = session
    given: dict[str, Array] = {}
    warnings: list[str] = []
    if labels is not None and kind_of(session) == "videos":
        from pyside.reviewing.given import own_advice
        from pyside.reviewing.sources.videos import write_review

        read = CompareSettings.from_options({"label_variable": settings.label_variable})
        with own_advice():
            warnings = write_review(session, labels, Path(request["session"]), read, progress)
    elif labels is not None:
        from pyside.reviewing.given import given_labels  # loads much that a review without labels does not need

        source = open_source(session)
        given, warnings = given_labels(source, labels, settings.label_variable)
    desk: Desk | BlindDesk
    if settings.blind:
        desk = open_blind(session, settings.sample, settings.seed, given)
    else:
        desk = open_desk(source, given=given)
    desk.warnings += warnings
    before = desk.corrections
    server = ReviewServer(desk, 60 * settings.idle_minutes)
    there = {"stage": "reviewing", "address": server.address}
    progress({**there, "said": [f"Review {session.name} at {server.address}"]})
    if settings.browser:
        with contextlib.suppress(webbrowser.Error, OSError):
            webbrowser.open(server.invitation())
    ended = "interrupted"
    with contextlib.suppress(KeyboardInterrupt):
        ended = server.serve(should_stop, lambda record: progress(dict(there)))
    found: Record = {}
    if isinstance(desk, BlindDesk):
        desk.write_labels()
        found = {"blind": desk.result()}
    if ended == "interrupted":
        raise Interrupted(_about_interrupting(desk, found))
    return {
        "kind": "review",
        "path": request["session"],
        "ended": ended,
        **{name: desk.progress()[name] for name in ("events", "done")},
        "corrections": desk.corrections - before,
        **found,
        "warnings": desk.warnings,
    }


def _about_interrupting(desk: Desk | BlindDesk, found: Record) -> str:
    """Return what is kept of a review that Ctrl-C ended, and what a blind look found if it was at its end."""
    done, what = desk.progress(), "windows" if found else "events"
    said = (
        f"The review was ended by Ctrl-C: {done['done']} of {done['events']} {what} are done. All that was said is "
        f"kept in {desk.folder}, and the same call goes on."
    )
    return "\n".join([said, *(found["blind"]["summary"] if found and not found["blind"]["left"] else ())])


def correction(
    session: str | PathLike[str], options: Mapping[str, Any], first: int = 0, as_changes: bool = False
) -> Record:
    """Return the request to write the labels of a session, or of a person, with corrections.

    Args:
        session: its folder, or what else was reviewed.
        options: settings of `corrected`, in Python's spelling.
        first: number of the first frame in a frame map: 0, or 1 for MATLAB.
        as_changes: whether MATLAB itself changes a contact array that is there, see `contact_writing`.

    Raises:
        TouchTrainError: all faults in session and options.
    """
    faults, folder = Faults(), meant_by(session_folder(Path(session).absolute()))
    settings: CorrectedSettings | None = None
    with faults.noting():
        settings = CorrectedSettings.from_options(options)
    with faults.noting():
        _check_source(folder, False)
        if settings is not None and _with_contacts(settings):
            _check_contacts(folder, settings)
    target = folder.with_name(f"{folder.name}_corrected")
    if settings is not None and settings.output:
        target = Path(settings.output).absolute()
    with faults.noting():
        locks.check_free(target)
    given = {} if settings is None else settings.as_dict()
    inputs = {"as_changes": bool(as_changes)}
    with faults.noting():
        inputs |= frame_map(given.pop("frame_map", None), faults)
    if source := given.get("contact_array"):
        given["contact_array"] = str(Path(source).absolute())
        if not is_file(Path(source)):
            faults.include(no_file(Path(source).absolute()))
    faults.raise_any()
    return {
        "command": "corrected",
        "session": str(folder),
        "output": str(target),
        "first": first,
        "settings": {**given, "output": str(target)},
        "inputs": inputs,
    }


def _check_contacts(folder: Path, settings: CorrectedSettings) -> None:
    if kind_of(folder) != "session":
        raise BadOption(
            f"A contact array holds what a model said, and {folder} was reviewed without one. Leave out "
            f"{named('contact_array')}, and {CONTACTS} among the {named('formats')}."
        )
    class_of_contacts(read_session(folder)["model"]["class_names"], settings.contact_class)


def _with_contacts(settings: CorrectedSettings) -> bool:
    return CONTACTS in settings.formats or settings.contact_array is not None


def write(request: Record, progress: Progress, should_stop: Callable[[], bool], folder: Path | None) -> Record:
    """Write labels with corrections: run a request of `correction`."""
    from pyside.reviewing.results.corrected import write_corrected

    progress({"stage": "writing labels"})
    inputs = request["inputs"]
    settings = CorrectedSettings.from_options({**request["settings"], "frame_map": inputs["frame_map"]})
    return write_corrected(
        Path(request["session"]), Path(request["output"]), settings, request["first"], inputs["as_changes"]
    )


def addition(
    dataset: str | PathLike[str],
    session: str | PathLike[str],
    output: str | PathLike[str],
    options: Mapping[str, Any],
) -> Record:
    """Return the request to write a dataset with the corrected recordings of a session beside those of another one.

    Args:
        dataset: that other dataset.
        session: folder of the session.
        output: the dataset to write.
        options: settings of `add_corrections`, in Python's spelling.

    Raises:
        TouchTrainError: all faults in paths, options, and what is to be added, as far as no video is read.
    """
    from pyside.reviewing.desk import open_desk
    from pyside.reviewing.results.additions import plan_additions

    faults, folder = Faults(), meant_by(session_folder(Path(session).absolute()))
    source, target = Path(dataset).absolute(), Path(output).absolute()
    settings: AdditionSettings | None = None
    opened: Dataset | None = None
    with faults.noting():
        settings = AdditionSettings.from_options(options)
    with faults.noting():
        opened = open_dataset(source)
    with faults.noting():
        check_target(target, [source, folder])
        if target.resolve().is_relative_to(source.resolve()):
            raise NotWritable(f"{target} lies in {source}, which stays as it is. Choose another folder.")
    with faults.noting():
        locks.check_free(target)
    with faults.noting():
        desk = open_desk(folder)
        if opened is not None and settings is not None:
            plan_additions(opened, desk, settings)
    faults.raise_any()
    assert settings is not None
    return {
        "command": "add-corrections",
        "dataset": str(source),
        "session": str(folder),
        "output": str(target),
        "settings": settings.as_dict(),
    }


def add(request: Record, progress: Progress, should_stop: Callable[[], bool], folder: Path | None) -> Record:
    """Write a dataset with corrected recordings: run a request of `addition`."""
    from pyside.reviewing.results.added import add_corrections

    dataset, session, target = (Path(request[name]) for name in ("dataset", "session", "output"))
    settings = AdditionSettings.from_options(request["settings"])
    return add_corrections(dataset, session, target, settings, progress, should_stop)
