"""State, curves, messages, log and result of a job, read from its folder by any process."""

from __future__ import annotations

import contextlib
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
from pyside.jobs import commands, job_files, requests
from pyside.jobs.cloud.submission import SUBMITTED, submitted
from pyside.jobs.commands import Request
from pyside.jobs.job_files import appended as _appended
from pyside.jobs.job_files import end_of as _end_of
from pyside.jobs.job_files import record as _read
from pyside.jobs.own import origin
from pyside.system import processes
from pyside.system.files import left_parts
from pyside.system.paths import absolute
from pyside.system.progress import LINE_LENGTH, progress_line

ENDED = ("done", "stopped", "cancelled", "failed", "lost")
CAN_RESUME = ("lost", "cancelled", "failed")
OUTCOME = ("state.json", "result.json", "error.json", "traceback.txt", "stop", "cancel", "progress.json")
FILES = (  # every file that a job may have
    *OUTCOME,
    *("settings.json", "inputs.json", "labels.mat", "process.json", "told.jsonl", "epochs.jsonl"),
    *("checkpoint.npz", "saved.json", "log.txt", "spare", SUBMITTED, "job.lock", origin.ORIGIN),
)
# Checkpoints of a training with folds or a learning curve, and leftovers of a process killed while it took over a lock.
FURTHER = re.compile(
    r"checkpoint\.(further\.json|(fold|learning-curve)-\d+-of-\d+\.npz)(\.\d+\.part)?|job\.lock\.[0-9a-f]{16}"
)
_CURVES = ("loss", "accuracy", "val_loss", "val_accuracy", "learning_rate")
_LOG_LINES_SHOWN = 8
_SECONDS_TO_END = 1.0  # for a process that is gone to be reaped
children: dict[str, subprocess.Popen[bytes]] = {}  # started by this process, which must reap them


def status(folder: str | PathLike[str]) -> dict[str, Any]:
    """Return the status of a job.

    Args:
        folder: job folder.

    Returns:
        ``state``: waiting, running, stopping (asked to end gently), stopped (ended gently), cancelled (ended at once),
        done, failed, or lost (its process is gone and left no result).
        ``progress``: the latest progress record; ``folder``; ``command``, such as ``train``; ``makes``: the path of
        what it makes; ``noun`` and ``product``: words for the job and for that, such as ``training`` and ``model``;
        ``passing``: whether it makes nothing lasting; ``error``: if it failed or is lost, ``identifier``, ``text``,
        ``log`` (last lines) and ``traceback`` (a file, or None), else None; ``cloud``: for a training in the cloud what
        was submitted, see `submission`, else None; ``host``: if another computer started the job and it is not known to
        have ended, the name of that computer, else None.

    Raises:
        BadJob: the folder holds no job.
    """
    folder = absolute_folder(folder)
    state = state_of(folder)
    asked = request_of(folder)
    words = commands.words_of(asked)
    return {
        "state": state,
        "progress": _read(folder / "progress.json") or {},
        "folder": str(folder),
        "command": asked["command"],
        "makes": commands.made_by(asked),
        "noun": words.kind,
        "product": words.product,
        "passing": commands.is_passing(asked),
        "error": error_of(folder) if state in ("failed", "lost") else None,
        "cloud": submitted(folder),
        "host": None if state in ENDED else other_host(folder),
    }


def jobs(place: str | PathLike[str]) -> list[dict[str, Any]]:
    """Return the status of each job in a folder, the latest first.

    Args:
        place: a folder that holds job folders, itself or in its subfolder ``touchtrain-jobs`` or ``jobs``.

    Returns:
        For each job what `status` returns, and ``begun``, in seconds since 1970. A damaged job, or a folder that cannot
        be read, has the state ``unreadable`` with the reason in ``error``, and comes last; its ``begun`` is None.

    Raises:
        PathMissing, NotReadable: there is no such folder, or it cannot be read.
    """
    place = absolute(place)
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
    return [{**one, "begun": begun or None} for begun, one in sorted(found, key=lambda one: one[0], reverse=True)]


def status_or_why_not(folder: str | PathLike[str]) -> dict[str, Any]:
    """Return the status of a job; if it is damaged or private, the state is ``unreadable``, with the error.

    Raises:
        BadJob: the folder holds no job.
    """
    folder = Path(folder).absolute()
    try:
        return status(folder)
    except TouchTrainError as error:
        if not os.path.lexists(folder / "settings.json"):
            raise
        return _unreadable(folder, error)


def _may_be_job(folder: Path) -> bool:
    """Return whether a folder holds a job; one that cannot be read may."""
    try:
        return bool((folder / "state.json").lstat() and (folder / "settings.json").lstat())
    except OSError as error:
        return isinstance(error, PermissionError)


def _begun_and_status(folder: Path) -> tuple[float, dict[str, Any]]:
    """Return when a job was started, 0 if unknown, and its status."""
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
        "noun": "",
        "product": "",
        "passing": False,
        "error": {"identifier": error.identifier, "text": error.text, "log": [], "traceback": None},
        "cloud": None,
        "host": None,
    }


def request_of(folder: str | PathLike[str], whole: bool = False) -> Request:
    """Return the request that a job was started with.

    Args:
        folder: job folder.
        whole: whether the request is to be run. It must be complete then, and comes with its inputs from memory.

    Raises:
        BadJob: the folder holds no job, or its settings are no request.
    """
    file = absolute_folder(folder) / "settings.json"
    found = _read(file)
    if found is None:
        raise BadJob(f"{file} cannot be read at the moment. Try again.")
    if whole and os.path.lexists(file.with_name("inputs.json")):
        found["inputs"] = _read(file.with_name("inputs.json")) or {}
    return requests.checked(found, file, whole)


def messages(folder: str | PathLike[str], seen: int, live: bool) -> tuple[list[str], int]:
    """Return the new messages of a job for the user.

    Args:
        folder: job folder.
        seen: the number that the last call returned; 0 for all messages.
        live: whether the caller shows an overwritten progress line, so that milestones need no line of their own.

    Returns:
        The new messages, and the number to pass to the next call.
    """
    records, seen = _appended(absolute_folder(folder) / "told.jsonl", seen)
    return [record["text"] for record in records if not (record["milestone"] and live)], seen


def history(folder: str | PathLike[str]) -> dict[str, list[float]]:
    """Return the curves of a training so far: one value per epoch, NaN where it is missing.

    Returns:
        ``loss``, ``accuracy``, ``val_loss``, ``val_accuracy``, ``learning_rate``. They are empty for a conversion, and
        before the end of the first epoch.
    """
    records, _ = _appended(absolute_folder(folder) / "epochs.jsonl", 0)
    by_epoch = {int(record["epoch"]): record for record in records}  # if an epoch was repeated, the later one
    curves: dict[str, list[float]] = {name: [] for name in _CURVES}
    for number in range(1, max(by_epoch, default=0) + 1):
        for name, curve in curves.items():
            value = by_epoch.get(number, {}).get(name)
            curve.append(math.nan if value is None else float(value))
    return curves


def log(folder: str | PathLike[str], lines: int | None = None) -> str:
    """Return what the process of a job has printed, or the last `lines` lines of it."""
    return _end_of(absolute_folder(folder) / "log.txt", lines)


def line(status: Mapping[str, Any]) -> str:
    """Return a status as one line of at most 79 characters; for an unreadable job, the reason."""
    if status["state"] == "unreadable":
        return f"unreadable: {status['error']['text']}"
    if status["state"] in ("running", "stopping") and status["progress"]:
        shown = progress_line(status["progress"])
        return shown if status["state"] == "running" else f"stopping: {shown}"[:LINE_LENGTH]
    if status["state"] in ("waiting", "running") and not status.get("host"):
        return "starting Python"
    return str(status["state"])


def result(folder: str | PathLike[str]) -> dict[str, Any]:
    """Return the result of a job as plain values; `TrainingResult.from_record` takes the result of a training.

    Raises:
        TouchTrainError: the error that ended the job.
        JobFailed: its process ended without a result or an error.
        BadJob: the job has not ended yet, or was cancelled.
    """
    found = status(folder)
    folder = Path(found["folder"])
    if found["state"] in ("done", "stopped") and (record := _read(folder / "result.json")):
        return _checked_result(record, folder / "result.json")
    if found["state"] == "failed" and (record := _read(folder / "error.json")):
        raise errors.error_from(record)
    if found["state"] == "cancelled":
        raise BadJob(f"The job {folder} was cancelled, so it has no result. Resume it to continue.")
    if found["state"] in ENDED:
        raise _death(
            folder,
            f"The process of the job {folder} was killed or crashed.",
            f" The end of its log:\n{log(folder, _LOG_LINES_SHOWN) or '(empty)'}",
        )
    raise BadJob(f"The job {folder} is {found['state']}, so it has no result yet.")


def _checked_result(record: dict[str, Any], file: Path) -> dict[str, Any]:
    """Check that a result can be summarised, and return it.

    Raises:
        BadJob: it is no valid result.
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
    """Return the path of what a job makes, such as a model or a dataset."""
    return str(status(folder)["makes"])


def stop_file(folder: str | PathLike[str]) -> str:
    """Return the path of the file that ends a job gently once it exists."""
    return str(absolute_folder(folder) / "stop")


def absolute_folder(folder: str | PathLike[str]) -> Path:
    """Return the absolute path of a job folder, which must hold a job."""
    folder = absolute(folder)
    job_files.check_folder(folder, FILES)
    return folder


def files_of(folder: Path, names: Sequence[str]) -> list[Path]:
    """Return the paths of these files of a job, and of their parts that a killed process left half-written."""
    return [folder / name for name in names] + [file for name in names for file in left_parts(folder / name)]


def state_of(folder: Path) -> str:
    """Return the state of a job, from what its process wrote and whether that process is alive."""
    state = written_state(folder)
    if state not in ENDED and not _is_alive(folder):
        state = written_state(folder)  # the job may have ended since
        if state not in ENDED:
            return "cancelled" if (folder / "cancel").exists() else "lost"
    if state == "failed" and (folder / "cancel").exists():  # its process wrote an error while it was being cancelled
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
        child.poll()  # reaps it: a zombie counts as alive
    process = _read(folder / "process.json")
    return process is not None and (processes.is_elsewhere(process) or processes.is_alive(process))


def other_host(folder: Path) -> str | None:
    """Return the name of the computer that a job was started on; None if it is this one."""
    process = _read(folder / "process.json")
    return str(process.get("host")) if process is not None and processes.is_elsewhere(process) else None


def error_of(folder: Path) -> dict[str, Any]:
    """Return why a job failed: its error, the end of its log, and the file with the traceback."""
    error: TouchTrainError = _death(folder, "The process was killed or crashed.")
    if submitted(folder):
        error = JobFailed(
            "The process that watched it has ended. The training in the cloud continues: resume this job to watch it."
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
    """Return the error for a process that is gone, with the likely reason."""
    from pyside.system import machine
    from pyside.training.checks import memory

    child = children.get(str(folder))
    if child is not None:
        with contextlib.suppress(subprocess.TimeoutExpired):
            child.wait(_SECONDS_TO_END)  # its threads may end a little later than it seems gone
    before = (_read(folder / "state.json") or {}).get("kills")
    now = machine.kills_for_memory()
    killed = isinstance(before, int) and now is not None and now > before
    why = memory.death(
        request_of(folder)["command"], child.returncode if child else None, log(folder, _LOG_LINES_SHOWN), killed
    )
    return JobFailed(f"{lead} {why or 'Resume it to continue.'}{end}")
