"""A job is a folder, and a process of its own that works in it.

::

    settings.json   what to do
    inputs.json     what came from memory for it: labels, centres
    process.json    which process does it · job.lock    held by that process
    state.json      waiting, running, stopped, done or failed
    progress.json   how far it is
    told.jsonl      lines for the person who waits, one record each
    epochs.jsonl    the figures of each epoch of a training, one record each
    checkpoint.npz  what a training goes on from
    saved.json      which model a training has put at its place, see `saving`
    log.txt         all that the process printed
    stop            made by whoever wants it to end gently
    cancel          made by whoever ended it at once
    result.json     what came of it
    error.json      why it failed · traceback.txt where
    cloud.json      of a training in the cloud: what was submitted, see `submission`
    origin.json     that this user began it on this computer, see `origin`

Every file is complete or absent, and those of records are complete up to their last newline, so anybody may read at any
time: MATLAB, the command line and Python look at the same files. The process is in a group of its own, so that it
outlives the program that started it, and its Ctrl-C. It stands in an empty folder.
"""

from __future__ import annotations

import contextlib
import json
import math
import os
import re
import subprocess
import tempfile
import time
import uuid
from collections.abc import Iterator, Mapping, Sequence
from os import PathLike
from pathlib import Path
from typing import Any

from pyside.data.dataset import told_by_errors
from pyside.errors import BadJob, Interrupted, InUse, JobFailed, NotWritable, PathMissing, TouchTrainError, of_system
from pyside.jobs import interpreter, job_files, origin, requests
from pyside.jobs.cloud.submission import SUBMITTED, submitted
from pyside.jobs.interpreter import inside_host
from pyside.jobs.job_files import appended as _appended
from pyside.jobs.job_files import end_of as _end_of
from pyside.jobs.job_files import record as _read
from pyside.jobs.requests import Request
from pyside.system import locks, processes
from pyside.system.progress import LINE_LENGTH, ProgressLine, progress_line
from pyside.system.records import fitting, write_json

ENDED = ("done", "stopped", "cancelled", "failed", "lost")
CAN_RESUME = ("lost", "cancelled", "failed")
_OUTCOME = ("state.json", "result.json", "error.json", "traceback.txt", "stop", "cancel", "progress.json")
FILES = (  # all that a job may have
    *_OUTCOME,
    *("settings.json", "inputs.json", "process.json", "told.jsonl", "epochs.jsonl"),
    *("checkpoint.npz", "saved.json", "log.txt", "spare", SUBMITTED, "job.lock", origin.ORIGIN),
)
# What a training with folds or a learning curve goes on from, and what is left where a lock was taken over and killed.
_FURTHER = re.compile(
    r"checkpoint\.(further\.json|(fold|learning-curve)-\d+-of-\d+\.npz)(\.\d+\.part)?|job\.lock\.[0-9a-f]{16}"
)
_CURVES = ("loss", "accuracy", "val_loss", "val_accuracy", "learning_rate")
_POLL_SECONDS = 0.2
_SECONDS_TO_LEAVE = 2.0
_LOG_LINES_SHOWN = 8
_children: dict[str, subprocess.Popen[bytes]] = {}  # those that this process started, to reap them


# --- starting ------------------------------------------------------------------------------------------------------


def start(request: Request, job_folder: str | PathLike[str] | None = None) -> str:
    """Start what a request says in a process of its own.

    Args:
        request: as `requests.training` or `requests.conversion` returned it: all that can be checked beforehand is.
        job_folder: the folder of the job; one that is taken gets a number behind its name. Default: a new one in
            ``touchtrain-jobs`` beside what the job makes; for a mere check one among the temporary files.

    Returns:
        The folder of the job, absolute.

    Raises:
        PythonNotFound: there is no interpreter for jobs.
        InUse: another process makes what the request says.
        NotWritable, DiskFull: its folder cannot be written.
    """
    interpreter.job_python()
    folder = _new_folder(Path(job_folder).absolute() if job_folder else _default_folder(request))
    with _starting(folder, request) as token:
        with told_by_errors(folder):
            if "inputs" in request:  # NaN is written as such: only Python reads it
                (folder / "inputs.json").write_text(json.dumps(request["inputs"]), encoding="utf-8")
            write_json(folder / "settings.json", {key: value for key, value in request.items() if key != "inputs"})
        origin.mark(folder)
        _launch(folder, request, token)
    return str(folder)


def start_training(
    dataset: str | PathLike[str],
    model_path: str | PathLike[str],
    options: Mapping[str, Any],
    job_folder: str | PathLike[str] | None = None,
) -> str:
    """Start a training in a process of its own, once everything that can be checked beforehand is in order.

    Args:
        dataset: dataset folder.
        model_path: where the model goes.
        options: settings of a training, in Python's spelling.
        job_folder: as in `start`.

    Returns:
        The folder of the job, absolute.

    Raises:
        TouchTrainError: what is wrong with dataset, path, options, or the interpreter for jobs.
    """
    return start(requests.training(dataset, model_path, options), job_folder)


def resume(folder: str | PathLike[str], trust_code: bool = False) -> str:
    """Let a job that was killed, cancelled or failed go on from where it was.

    A training goes on from its last checkpoint and gives what it would have given unbroken; a conversion does not do
    twice what is complete.

    Args:
        folder: of the job.
        trust_code: whether what it runs that is not TouchTrain's, such as a network from a file, is trusted. It is
            needed only where the job was not started by this user on this computer.

    Returns:
        The folder of the job, absolute.

    Raises:
        BadJob: it works still, has ended well, or there is no job in that folder; another computer began it; or it
            would run code of others.
        InUse, PythonNotFound, NotWritable, DiskFull: as `start`.
    """
    path = _job_folder(folder)
    request = request_of(path, whole=True)
    _check_resumable(path)
    origin.check(path, request, trust_code)
    interpreter.job_python()
    with _starting(path, request) as token:
        _check_resumable(path)  # nobody else starts it now
        with told_by_errors(path):
            for file in _files_of(path, _OUTCOME):
                file.unlink(missing_ok=True)
        _launch(path, request, token)
    return str(path)


def _check_resumable(folder: Path) -> None:
    if (host := _other_host(folder)) and _written_state(folder) not in ENDED:
        raise BadJob(
            f"The job {folder} was begun on the computer {host}, and it cannot be seen from here whether it still "
            "works. Look there; or, if it surely does not work any more, release it, and it can go on here: "
            f"touchtrain.unlock('{folder}') in MATLAB, touchtrain unlock {folder} in a shell."
        )
    if (state := _state(folder)) not in CAN_RESUME:
        raise BadJob(
            f"The job {folder} is {state}. One that is {', '.join(CAN_RESUME[:-1])} or {CAN_RESUME[-1]} can go on."
        )


@contextlib.contextmanager
def _starting(folder: Path, request: Request) -> Iterator[str]:
    """Hold the locks of a job and of what it makes until its process goes on with them; yields their token."""
    token, taken = locks.new_token(), _locked(folder, request)
    patience = time.monotonic() + _SECONDS_TO_LEAVE
    try:
        for path in taken:
            while True:
                try:
                    locks.take(path, str(request["command"]), folder, token)
                    break
                except InUse:  # by the process that has ended this very job, and goes on for a moment
                    if path != taken[0] or time.monotonic() > patience:
                        raise
                time.sleep(0.02)
        yield token
    finally:
        for path in taken:
            locks.release(path, token)
        with contextlib.suppress(OSError):
            folder.rmdir()  # where it was refused before anything was written


def _launch(folder: Path, request: Request, token: str) -> None:
    """Start the process of a job whose folder says what to do."""
    line, environment = interpreter.command("job", "run")
    environment |= locks.environment(token)
    with told_by_errors(folder):
        # Until the new process has a number, it is this one that lives for the job.
        write_json(folder / "process.json", {**processes.identity(os.getpid()), "starter": True})
        write_json(folder / "state.json", {"state": "waiting"})
        with (folder / "log.txt").open("ab") as log:
            child = subprocess.Popen(
                [*line, str(folder)],
                env=environment,
                cwd=interpreter.empty_folder_of_jobs(),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                **processes.own_group(),
            )
        _children[str(folder)] = child
        write_json(folder / "process.json", processes.identity(child.pid))
    for path in _locked(folder, request):
        locks.hand_on(path, token, child.pid)


def _locked(folder: Path, request: Request) -> list[Path]:
    """Return what a job holds the locks of: itself, and what it makes."""
    made = requests.locked_by(request)
    return [folder / "job", *([] if made is None else [Path(made)])]


def _default_folder(request: Request) -> Path:
    if requests.is_passing(request):
        return Path(tempfile.gettempdir()) / f"touchtrain-{uuid.uuid4().hex}"
    made = Path(requests.made_by(request))
    return fitting(made.parent / "touchtrain-jobs", made.stem, f"-{time.strftime('%Y%m%d-%H%M%S')}")


def _new_folder(folder: Path) -> Path:
    candidate, number = folder, 2
    with told_by_errors(folder):
        while True:
            try:
                candidate.mkdir(parents=True)
                return candidate
            except FileExistsError:
                if candidate.is_dir() and not any(candidate.iterdir()):
                    return candidate
                candidate, number = folder.with_name(f"{folder.name}-{number}"), number + 1


def run_here(request: Request, log: bool = False) -> dict[str, Any]:
    """Do what a request says in this process, with a progress line on a terminal.

    Args:
        request: as in `start`.
        log: whether lines are printed where there is no terminal, too.

    Returns:
        As `requests.run`. Ctrl-C ends a training gently; a conversion goes on where it was when it is begun again.
    """
    shown = ProgressLine(log)
    try:
        return requests.run(request, shown, lambda: False)
    finally:
        shown.end()


def do(
    request: Request, isolated: bool | None = None, job_folder: str | PathLike[str] | None = None, log: bool = False
) -> dict[str, Any]:
    """Do what a request says and wait for it: in a process of its own, or here.

    Args:
        request: as in `start`.
        isolated: True for a process of its own, False for this one. Default: a process of its own inside MATLAB or
            Octave, else this one.
        job_folder: as in `start`.
        log: as in `run_here`.
    """
    if inside_host() if isolated is None else isolated:
        folder = start(request, job_folder)
        answer = wait(folder)
        if requests.is_passing(request) and not job_folder:
            remove(folder)
        return answer
    return run_here(request, log)


# --- looking at a job ----------------------------------------------------------------------------------------------


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
    folder = _job_folder(folder)
    state = _state(folder)
    asked = request_of(folder)
    return {
        "state": state,
        "progress": _read(folder / "progress.json") or {},
        "folder": str(folder),
        "command": asked["command"],
        "makes": requests.made_by(asked),
        "error": _error(folder) if state in ("failed", "lost") else None,
        "cloud": submitted(folder),
        "host": None if state in ENDED else _other_host(folder),
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
    file = _job_folder(folder) / "settings.json"
    found = _read(file)
    if found is None:
        raise BadJob(f"{file} cannot be read just now. Try again.")
    if whole and os.path.lexists(file.with_name("inputs.json")):
        found["inputs"] = _read(file.with_name("inputs.json")) or {}
    return requests.checked(found, file, whole)


def told(folder: str | PathLike[str], seen: int, live: bool) -> tuple[list[str], int]:
    """Return the lines for the person that a job has told.

    Args:
        folder: of the job.
        seen: what the last call returned; 0 for all.
        live: whether a progress line is shown that is overwritten, so that milestones need no line of their own.

    Returns:
        The new lines, and what to pass the next time.
    """
    records, seen = _appended(_job_folder(folder) / "told.jsonl", seen)
    return [record["text"] for record in records if not (record["milestone"] and live)], seen


def history(folder: str | PathLike[str]) -> dict[str, list[float]]:
    """Return the curves of a training so far, one value an epoch, NaN where there is none.

    Returns:
        ``loss``, ``accuracy``, ``val_loss``, ``val_accuracy``, ``learning_rate``; of a conversion, and before the
        first epoch, empty.
    """
    records, _ = _appended(_job_folder(folder) / "epochs.jsonl", 0)
    by_epoch = {int(record["epoch"]): record for record in records}  # of an epoch done again, the later one
    curves: dict[str, list[float]] = {name: [] for name in _CURVES}
    for number in range(1, max(by_epoch, default=0) + 1):
        for name, curve in curves.items():
            value = by_epoch.get(number, {}).get(name)
            curve.append(math.nan if value is None else float(value))
    return curves


def log(folder: str | PathLike[str], lines: int | None = None) -> str:
    """Return what the process of a job has printed, or the last `lines` of it."""
    return _end_of(_job_folder(folder) / "log.txt", lines)


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
        raise interpreter.error_from(record)
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


def wait(folder: str | PathLike[str]) -> dict[str, Any]:
    """Wait for a job and return its result, with a progress line on a terminal.

    Ctrl-C leaves the job running inside MATLAB and Octave; elsewhere the first one stops it gently.

    Raises:
        TouchTrainError: as `result`; Interrupted after Ctrl-C, with the words how to go on.
    """
    folder = _job_folder(folder)
    shown, asked = ProgressLine(), False
    try:
        while (found := status(folder))["state"] not in ENDED:
            try:
                shown(found["progress"])
                time.sleep(_POLL_SECONDS)
            except KeyboardInterrupt:
                if inside_host() or asked:
                    raise Interrupted(
                        f"The job goes on in {folder}. Make the file {stop_file(folder)} to end it gently."
                    ) from None
                asked = True
                stop(folder)
    finally:
        shown.end()
    return result(folder)


def made(folder: str | PathLike[str]) -> str:
    """Return where that goes which a job makes: a model, or a dataset."""
    return str(status(folder)["makes"])


# --- ending a job --------------------------------------------------------------------------------------------------


def stop(folder: str | PathLike[str]) -> None:
    """Ask a job to end gently: it finishes the batch, and saves and evaluates the best weights."""
    path = Path(stop_file(folder))
    with told_by_errors(path):
        path.touch()


def stop_file(folder: str | PathLike[str]) -> str:
    """Return the file that ends a job gently once it exists."""
    return str(_job_folder(folder) / "stop")


def cancel(folder: str | PathLike[str]) -> str:
    """End a job at once, in the cloud too; what it makes is not written, and it can be resumed.

    Returns:
        Its state then: ``cancelled``, or how it had ended before.

    Raises:
        BadJob: there is no job in that folder, or its process cannot be ended, as that of another computer.
        NoNetwork, NoPermission, CloudError: it could not be cancelled in the cloud, so nothing was done.
    """
    folder = _job_folder(folder)
    state = _state(folder)
    if state not in ENDED and (host := _other_host(folder)):
        raise BadJob(f"The job {folder} works on the computer {host}. Cancel it there, or stop it from here.")
    in_cloud = state not in ("done", "stopped", "cancelled") and submitted(folder) is not None
    if in_cloud and not origin.is_ours(folder):
        raise BadJob(
            f"The job {folder} is not known to have been started by you on this computer, so what it names on Google "
            "Cloud is left alone. Cancel it by its folder in the bucket: touchtrain cloud cancel gs://BUCKET/jobs/NAME."
        )
    if in_cloud and inside_host():
        return str(interpreter.ask("cloud", "cancel", str(folder))["state"])
    if in_cloud or state not in ENDED:
        with told_by_errors(folder):
            (folder / "cancel").touch()
        if in_cloud:
            from pyside.jobs.cloud import training

            try:
                training.cancel(folder)
            except TouchTrainError:
                (folder / "cancel").unlink(missing_ok=True)
                raise
        process = _read(folder / "process.json")
        if process and not process.get("starter") and not processes.does_job(process, folder):
            (folder / "cancel").unlink(missing_ok=True)
            raise BadJob(
                f"{folder / 'process.json'} names the process {process['pid']}, which is not one that TouchTrain "
                "started for this job, or is another user's: it is left alone."
            )
        if process and not process.get("starter") and not processes.end(process):
            raise BadJob(f"The process {process['pid']} of the job {folder} cannot be ended. Is it another user's?")
        _clear_locks(folder)
    return _state(folder)


def unlock(folder: str | PathLike[str]) -> dict[str, Any]:
    """Give up a job that another computer began and does not do any more; it is lost then, and can be resumed.

    Returns:
        What was known of its process.

    Raises:
        BadJob: there is no job in that folder.
        PathMissing: it is not another computer's.
    """
    folder = _job_folder(folder)
    process = _read(folder / "process.json") or {}
    if not _other_host(folder):
        raise PathMissing(f"The job {folder} is not held by another computer, so there is nothing to release.")
    with told_by_errors(folder):
        (folder / "process.json").unlink(missing_ok=True)
    for path in _locked(folder, request_of(folder)):
        if (locks.holder(path) or {}).get("job") == str(folder):
            locks.unlock(path)
    return process


def _clear_locks(folder: Path) -> None:
    """Remove the locks that the process of a job left when it was ended."""
    for path in _locked(folder, request_of(folder)):
        locks.clear(path, folder)


def remove(folder: str | PathLike[str]) -> None:
    """Remove the folder of a job that has ended; what the job made stays.

    Raises:
        BadJob: it works still, or there is no job in that folder.
        NotWritable: something else lies in the folder, or it cannot be removed.
    """
    folder = _job_folder(folder)
    if (state := _state(folder)) not in ENDED:
        raise BadJob(f"The job {folder} is {state}. Stop or cancel it before its folder is removed.")
    _clear_locks(folder)
    with told_by_errors(folder):
        further = [file for file in folder.iterdir() if _FURTHER.fullmatch(file.name)]
        for file in _files_of(folder, FILES) + further:
            file.unlink(missing_ok=True)
        if others := sorted(file.name for file in folder.iterdir()):
            raise NotWritable(f"{folder} stays, because it holds what is not the job's: {', '.join(others)}.")
        folder.rmdir()
    _children.pop(str(folder), None)


# --- files ---------------------------------------------------------------------------------------------------------


def _job_folder(folder: str | PathLike[str]) -> Path:
    folder = Path(folder).absolute()
    job_files.check_folder(folder, FILES)
    return folder


def _files_of(folder: Path, names: Sequence[str]) -> list[Path]:
    """Return these files of a job, and those that a process left half-written when it was killed."""
    return [folder / name for name in names] + [file for name in names for file in folder.glob(f"{name}.*.part")]


def _state(folder: Path) -> str:
    """Return the state of a job, by what its process wrote and whether it lives."""
    state = _written_state(folder)
    if state not in ENDED and not _is_alive(folder):
        state = _written_state(folder)  # it may have ended since
        if state not in ENDED:
            return "cancelled" if (folder / "cancel").exists() else "lost"
    if state == "failed" and (folder / "cancel").exists():  # it saw its end before it was ended
        return "cancelled"
    if state in ("waiting", "running") and (folder / "stop").exists():
        return "stopping"
    return state


def _written_state(folder: Path) -> str:
    return str((_read(folder / "state.json") or {}).get("state", "waiting"))


def _is_alive(folder: Path) -> bool:
    child = _children.get(str(folder))
    if child is not None:
        child.poll()  # lest it stays a zombie
    process = _read(folder / "process.json")
    return process is not None and (processes.is_elsewhere(process) or processes.is_alive(process))


def _other_host(folder: Path) -> str | None:
    """Return the name of the computer that a job was begun on, if it is not this one."""
    process = _read(folder / "process.json")
    return str(process.get("host")) if process is not None and processes.is_elsewhere(process) else None


def _error(folder: Path) -> dict[str, Any]:
    error: TouchTrainError = _death(folder, "Its process ended without a word.")
    if submitted(folder):
        error = JobFailed(
            "The process that watched it ended. The training in the cloud goes on: resume this job to watch it."
        )
    record = _read(folder / "error.json") or interpreter.error_record(error)
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

    child = _children.get(str(folder))
    before = (_read(folder / "state.json") or {}).get("kills")
    now = machine.kills_for_memory()
    killed = isinstance(before, int) and now is not None and now > before
    why = memory.death(
        request_of(folder)["command"], child.poll() if child else None, log(folder, _LOG_LINES_SHOWN), killed
    )
    return JobFailed(f"{lead} {why or 'It can go on: resume it.'}{end}")
