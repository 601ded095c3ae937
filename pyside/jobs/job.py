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
    saved.json      which model a training has put at its place, see `models.output_files`
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
import os
import subprocess
import tempfile
import time
import uuid
from collections.abc import Iterator, Mapping
from os import PathLike
from pathlib import Path
from typing import Any

from pyside.errors import BadJob, Interrupted, InUse, NotWritable, PathMissing, TouchTrainError
from pyside.jobs import commands, interpreter, origin, requests
from pyside.jobs.cloud.submission import submitted
from pyside.jobs.commands import Request
from pyside.jobs.interpreter import inside_host
from pyside.jobs.job_files import record as _read
from pyside.jobs.job_records import (
    CAN_RESUME,
    ENDED,
    FILES,
    FURTHER,
    OUTCOME,
    absolute_folder,
    children,
    files_of,
    other_host,
    request_of,
    result,
    state_of,
    status,
    stop_file,
    written_state,
)
from pyside.system import locks, processes
from pyside.system.files import told_by_errors
from pyside.system.progress import ProgressLine
from pyside.system.records import fitting, write_json

_POLL_SECONDS = 0.2
_SECONDS_TO_LEAVE = 2.0


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
    path = absolute_folder(folder)
    request = request_of(path, whole=True)
    _check_resumable(path)
    origin.check(path, request, trust_code)
    interpreter.job_python()
    with _starting(path, request) as token:
        _check_resumable(path)  # nobody else starts it now
        with told_by_errors(path):
            for file in files_of(path, OUTCOME):
                file.unlink(missing_ok=True)
        _launch(path, request, token)
    return str(path)


def _check_resumable(folder: Path) -> None:
    if (host := other_host(folder)) and written_state(folder) not in ENDED:
        raise BadJob(
            f"The job {folder} was begun on the computer {host}, and it cannot be seen from here whether it still "
            "works. Look there; or, if it surely does not work any more, release it, and it can go on here: "
            f"touchtrain.unlock('{folder}') in MATLAB, touchtrain unlock {folder} in a shell."
        )
    if (state := state_of(folder)) not in CAN_RESUME:
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
        children[str(folder)] = child
        write_json(folder / "process.json", processes.identity(child.pid))
    for path in _locked(folder, request):
        locks.hand_on(path, token, child.pid)


def _locked(folder: Path, request: Request) -> list[Path]:
    """Return what a job holds the locks of: itself, and what it makes."""
    made = commands.locked_by(request)
    return [folder / "job", *([] if made is None else [Path(made)])]


def _default_folder(request: Request) -> Path:
    if commands.is_passing(request):
        return Path(tempfile.gettempdir()) / f"touchtrain-{uuid.uuid4().hex}"
    made = Path(commands.made_by(request))
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
        As `commands.run`. Ctrl-C ends a training gently; a conversion goes on where it was when it is begun again.
    """
    shown = ProgressLine(log)
    try:
        return commands.run(request, shown, lambda: False)
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
        if commands.is_passing(request) and not job_folder:
            remove(folder)
        return answer
    return run_here(request, log)


# --- looking at a job ----------------------------------------------------------------------------------------------


def wait(folder: str | PathLike[str]) -> dict[str, Any]:
    """Wait for a job and return its result, with a progress line on a terminal.

    Ctrl-C leaves the job running inside MATLAB and Octave; elsewhere the first one stops it gently.

    Raises:
        TouchTrainError: as `result`; Interrupted after Ctrl-C, with the words how to go on.
    """
    folder = absolute_folder(folder)
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


# --- ending a job --------------------------------------------------------------------------------------------------


def stop(folder: str | PathLike[str]) -> None:
    """Ask a job to end gently: it finishes the batch, and saves and evaluates the best weights."""
    path = Path(stop_file(folder))
    with told_by_errors(path):
        path.touch()


def cancel(folder: str | PathLike[str]) -> str:
    """End a job at once, in the cloud too; what it makes is not written, and it can be resumed.

    Returns:
        Its state then: ``cancelled``, or how it had ended before.

    Raises:
        BadJob: there is no job in that folder, or its process cannot be ended, as that of another computer.
        NoNetwork, NoPermission, CloudError: it could not be cancelled in the cloud, so nothing was done.
    """
    folder = absolute_folder(folder)
    state = state_of(folder)
    if state not in ENDED and (host := other_host(folder)):
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
    return state_of(folder)


def unlock(folder: str | PathLike[str]) -> dict[str, Any]:
    """Give up a job that another computer began and does not do any more; it is lost then, and can be resumed.

    Returns:
        What was known of its process.

    Raises:
        BadJob: there is no job in that folder.
        PathMissing: it is not another computer's.
    """
    folder = absolute_folder(folder)
    process = _read(folder / "process.json") or {}
    if not other_host(folder):
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
    folder = absolute_folder(folder)
    if (state := state_of(folder)) not in ENDED:
        raise BadJob(f"The job {folder} is {state}. Stop or cancel it before its folder is removed.")
    _clear_locks(folder)
    with told_by_errors(folder):
        further = [file for file in folder.iterdir() if FURTHER.fullmatch(file.name)]
        for file in files_of(folder, FILES) + further:
            file.unlink(missing_ok=True)
        if others := sorted(file.name for file in folder.iterdir()):
            raise NotWritable(f"{folder} stays, because it holds what is not the job's: {', '.join(others)}.")
        folder.rmdir()
    children.pop(str(folder), None)
