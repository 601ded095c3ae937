"""Looking at a job: its state, curves, log and result, read from its folder by any process."""

from __future__ import annotations

import math
import os
import re
import subprocess
from collections.abc import Mapping, Sequence
from os import PathLike
from pathlib import Path
from typing import Any

from pyside import errors
from pyside.errors import BadJob, JobFailed, PathMissing, TouchTrainError, of_system
from pyside.jobs import commands, job_files, origin, requests
from pyside.jobs.cloud.submission import SUBMITTED, submitted
from pyside.jobs.commands import Request
from pyside.jobs.job_files import appended as _appended
from pyside.jobs.job_files import end_of as _end_of
from pyside.jobs.job_files import record as _read
from pyside.system import processes
from pyside.system.files import left_parts
from pyside.system.progress import LINE_LENGTH, progress_line

ENDED = ("done", "stopped", "cancelled", "failed", "lost")
CAN_RESUME = ("lost", "cancelled", "failed")
OUTCOME = ("state.json", "result.json", "error.json", "traceback.txt", "stop", "cancel", "progress.json")
FILES = (  # all that a job may have
    *OUTCOME,
    *("settings.json", "inputs.json", "process.json", "told.jsonl", "epochs.jsonl"),
    *("checkpoint.npz", "saved.json", "log.txt", "spare", SUBMITTED, "job.lock", origin.ORIGIN),
)
# What a training with folds or a learning curve goes on from, and what is left where a lock was taken over and killed.
FURTHER = re.compile(
    r"checkpoint\.(further\.json|(fold|learning-curve)-\d+-of-\d+\.npz)(\.\d+\.part)?|job\.lock\.[0-9a-f]{16}"
)
_CURVES = ("loss", "accuracy", "val_loss", "val_accuracy", "learning_rate")
_LOG_LINES_SHOWN = 8
children: dict[str, subprocess.Popen[bytes]] = {}  # those that this process started, to reap them


def status(folder: str | PathLike[str]) -> dict[str, Any]:
    """Tell how a job is doing.

    Args:
        folder: of the job.

    Returns:
        ``state``: waiting, running, stopping (it was asked to end gently), stopped (it has), cancelled (ended at once),
        done, failed, or lost (its process is gone without a word).
        ``progress``: the last record; ``folder``; ``command``, such as ``train``; ``makes``: the path of what it makes;
        ``error``: of one that failed or is lost ``identifier``, ``text``, ``log`` (its last lines) and ``traceback``
        (a file, or None), else None; ``cloud``: of a training in the cloud what was submitted, see `submission`, else
        None; ``host``: of a job that another computer began and has not ended, as far as is known, that computer's
        name, else None.

    Raises:
        BadJob: there is no job in that folder.
    """
    folder = absolute_folder(folder)
    state = state_of(folder)
    asked = request_of(folder)
    return {
        "state": state,
        "progress": _read(folder / "progress.json") or {},
        "folder": str(folder),
        "command": asked["command"],
        "makes": commands.made_by(asked),
        "error": error_of(folder) if state in ("failed", "lost") else None,
        "cloud": submitted(folder),
        "host": None if state in ENDED else other_host(folder),
    }


def jobs(place: str | PathLike[str]) -> list[dict[str, Any]]:
    """Return the status of each job at a place, the one begun last first.

    Args:
        place: a folder with job folders in it, or with a folder ``touchtrain-jobs`` or ``jobs`` that has some.

    Returns:
        What `status` tells of each. One that is damaged, or a folder that may not be looked into, has the state
        ``unreadable``, and ``error`` says why; it is at the end.

    Raises:
        PathMissing, NotReadable: there is no such folder, or it may not be looked into.
    """
    place = Path(place).absolute()
    found = []
    for where in (place, place / "touchtrain-jobs", place / "jobs"):
        try:
            found += [_begun_and_status(one) for one in sorted(where.iterdir()) if _may_be_job(one)]
        except (FileNotFoundError, NotADirectoryError):
            if where == place:
                raise PathMissing(f"There is no folder {place}.") from None
        except OSError as error:
            if where == place:
                raise of_system(error) from error
            found.append((0.0, _unreadable(where, of_system(error))))
    return [one for _, one in sorted(found, key=lambda one: one[0], reverse=True)]


def status_or_why_not(folder: str | PathLike[str]) -> dict[str, Any]:
    """Return the status of a job; of one that is damaged or private it is ``unreadable``, with the error.

    Raises:
        BadJob: there is no job in that folder.
    """
    folder = Path(folder).absolute()
    try:
        return status(folder)
    except TouchTrainError as error:
        if not os.path.lexists(folder / "settings.json"):
            raise
        return _unreadable(folder, error)


def _may_be_job(folder: Path) -> bool:
    """Tell whether there is a job in a folder; one that may not be looked into may be one."""
    try:
        return bool((folder / "state.json").lstat() and (folder / "settings.json").lstat())
    except OSError as error:
        return isinstance(error, PermissionError)


def _begun_and_status(folder: Path) -> tuple[float, dict[str, Any]]:
    """Return when a job was begun, 0 where that is not known, and its status."""
    try:
        return (folder / "settings.json").lstat().st_mtime, status(folder)
    except TouchTrainError as error:
        return 0.0, _unreadable(folder, error)
    except OSError as error:
        return 0.0, _unreadable(folder, of_system(error))


def _unreadable(folder: Path, error: TouchTrainError) -> dict[str, Any]:
    return {
        "state": "unreadable",
        "progress": {},
        "folder": str(folder),
        "command": "",
        "makes": "",
        "error": {"identifier": error.identifier, "text": error.text, "log": [], "traceback": None},
        "cloud": None,
    }


def request_of(folder: str | PathLike[str], whole: bool = False) -> Request:
    """Return what a job was started with, without what came from memory.

    Args:
        folder: of the job.
        whole: whether it is to be done, so that all of it has to be there.

    Raises:
        BadJob: there is no job in that folder, or its settings are none.
    """
    file = absolute_folder(folder) / "settings.json"
    found = _read(file)
    if found is None:
        raise BadJob(f"{file} cannot be read just now. Try again.")
    if whole and os.path.lexists(file.with_name("inputs.json")):
        found["inputs"] = _read(file.with_name("inputs.json")) or {}
    return requests.checked(found, file, whole)


def messages(folder: str | PathLike[str], seen: int, live: bool) -> tuple[list[str], int]:
    """Return the lines for the person that a job has told.

    Args:
        folder: of the job.
        seen: what the last call returned; 0 for all.
        live: whether a progress line is shown that is overwritten, so that milestones need no line of their own.

    Returns:
        The new lines, and what to pass the next time.
    """
    records, seen = _appended(absolute_folder(folder) / "told.jsonl", seen)
    return [record["text"] for record in records if not (record["milestone"] and live)], seen


def history(folder: str | PathLike[str]) -> dict[str, list[float]]:
    """Return the curves of a training so far, one value an epoch, NaN where there is none.

    Returns:
        ``loss``, ``accuracy``, ``val_loss``, ``val_accuracy``, ``learning_rate``; of a conversion, and before the
        first epoch, empty.
    """
    records, _ = _appended(absolute_folder(folder) / "epochs.jsonl", 0)
    by_epoch = {int(record["epoch"]): record for record in records}  # of an epoch done again, the later one
    curves: dict[str, list[float]] = {name: [] for name in _CURVES}
    for number in range(1, max(by_epoch, default=0) + 1):
        for name, curve in curves.items():
            value = by_epoch.get(number, {}).get(name)
            curve.append(math.nan if value is None else float(value))
    return curves


def log(folder: str | PathLike[str], lines: int | None = None) -> str:
    """Return what the process of a job has printed, or the last `lines` of it."""
    return _end_of(absolute_folder(folder) / "log.txt", lines)


def line(status: Mapping[str, Any]) -> str:
    """Return a status as one line of at most 79 characters; of one that is unreadable, why."""
    if status["state"] == "unreadable":
        return f"unreadable: {status['error']['text']}"
    if status["state"] in ("running", "stopping") and status["progress"]:
        shown = progress_line(status["progress"])
        return shown if status["state"] == "running" else f"stopping: {shown}"[:LINE_LENGTH]
    if status["state"] in ("waiting", "running") and not status.get("host"):
        return "starting Python"
    return str(status["state"])


def result(folder: str | PathLike[str]) -> dict[str, Any]:
    """Return what a job made, as plain values: `TrainingResult.from_record` takes that of a training.

    Raises:
        TouchTrainError: the error that ended the job.
        JobFailed: its process ended without a word.
        BadJob: it has not ended yet, or was cancelled.
    """
    found = status(folder)
    folder = Path(found["folder"])
    if found["state"] in ("done", "stopped") and (record := _read(folder / "result.json")):
        return _checked_result(record, folder / "result.json")
    if found["state"] == "failed" and (record := _read(folder / "error.json")):
        raise errors.error_from(record)
    if found["state"] == "cancelled":
        raise BadJob(f"The job {folder} was cancelled, so there is no result to fetch. It can go on: resume it.")
    if found["state"] in ENDED:
        raise _death(
            folder,
            f"The process of the job {folder} ended without a result.",
            f" The end of its log:\n{log(folder, _LOG_LINES_SHOWN) or '(empty)'}",
        )
    raise BadJob(f"The job {folder} is {found['state']}, so there is no result to fetch.")


def _checked_result(record: dict[str, Any], file: Path) -> dict[str, Any]:
    """Return what a job made, once it is seen that it can be told.

    Raises:
        BadJob: it is none.
    """
    from pyside.data.conversion import preflight
    from pyside.evaluation.result import TrainingResult
    from pyside.training.tuning.result import TuningResult

    try:
        if "trials" in record:
            TuningResult.from_record(record).summary("matlab")
        elif "history" in record:
            TrainingResult.from_record(record).summary()
        elif record.get("kind") == "preflight":
            preflight.page(record)
    except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as error:
        raise BadJob(
            f"{file} is damaged, or was not written by TouchTrain ({type(error).__name__}: {error})."
        ) from error
    return record


def made(folder: str | PathLike[str]) -> str:
    """Return where that goes which a job makes: a model, or a dataset."""
    return str(status(folder)["makes"])


def stop_file(folder: str | PathLike[str]) -> str:
    """Return the file that ends a job gently once it exists."""
    return str(absolute_folder(folder) / "stop")


def absolute_folder(folder: str | PathLike[str]) -> Path:
    """Return the absolute path of a job's folder, which must hold a job."""
    folder = Path(folder).absolute()
    job_files.check_folder(folder, FILES)
    return folder


def files_of(folder: Path, names: Sequence[str]) -> list[Path]:
    """Return these files of a job, and those that a process left half-written when it was killed."""
    return [folder / name for name in names] + [file for name in names for file in left_parts(folder / name)]


def state_of(folder: Path) -> str:
    """Return the state of a job, by what its process wrote and whether it lives."""
    state = written_state(folder)
    if state not in ENDED and not _is_alive(folder):
        state = written_state(folder)  # it may have ended since
        if state not in ENDED:
            return "cancelled" if (folder / "cancel").exists() else "lost"
    if state == "failed" and (folder / "cancel").exists():  # it saw its end before it was ended
        return "cancelled"
    if state in ("waiting", "running") and (folder / "stop").exists():
        return "stopping"
    return state


def written_state(folder: Path) -> str:
    """Return the state that the process of a job wrote last."""
    return str((_read(folder / "state.json") or {}).get("state", "waiting"))


def _is_alive(folder: Path) -> bool:
    child = children.get(str(folder))
    if child is not None:
        child.poll()  # lest it stays a zombie
    process = _read(folder / "process.json")
    return process is not None and (processes.is_elsewhere(process) or processes.is_alive(process))


def other_host(folder: Path) -> str | None:
    """Return the name of the computer that a job was begun on, if it is not this one."""
    process = _read(folder / "process.json")
    return str(process.get("host")) if process is not None and processes.is_elsewhere(process) else None


def error_of(folder: Path) -> dict[str, Any]:
    """Return why a job failed: its error, the end of its log, and where the traceback is."""
    error: TouchTrainError = _death(folder, "Its process ended without a word.")
    if submitted(folder):
        error = JobFailed(
            "The process that watched it ended. The training in the cloud goes on: resume this job to watch it."
        )
    record = _read(folder / "error.json") or errors.error_record(error)
    traceback = folder / "traceback.txt"
    return {
        "identifier": record.get("identifier"),
        "text": record.get("text"),
        "log": log(folder, _LOG_LINES_SHOWN).splitlines(),
        "traceback": str(traceback) if traceback.is_file() else None,
    }


def _death(folder: Path, lead: str, end: str = "") -> JobFailed:
    """Return the error that a process is gone, with what can be known of why."""
    from pyside.system import machine
    from pyside.training.checks import memory

    child = children.get(str(folder))
    before = (_read(folder / "state.json") or {}).get("kills")
    now = machine.kills_for_memory()
    killed = isinstance(before, int) and now is not None and now > before
    why = memory.death(
        request_of(folder)["command"], child.poll() if child else None, log(folder, _LOG_LINES_SHOWN), killed
    )
    return JobFailed(f"{lead} {why or 'It can go on: resume it.'}{end}")
