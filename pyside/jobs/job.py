"""A job is a folder, and a separate process that works in it.

::

    settings.json   the request
    inputs.json     inputs from memory: labels, centres
    process.json    the process that runs the job · job.lock    held by that process
    state.json      waiting, running, stopped, done or failed
    progress.json   the latest progress record
    told.jsonl      messages for the user, one record per line
    epochs.jsonl    metrics of each epoch of a training, one record per line
    checkpoint.npz  the checkpoint from which a training resumes
    saved.json      the model that a training has saved, see `models.output_files`
    log.txt         everything that the process printed
    stop            created to end the job gently
    cancel          created when the job was cancelled
    result.json     the result
    error.json      why the job failed · traceback.txt where
    cloud.json      for a training in the cloud: what was submitted, see `submission`
    origin.json     proof that this user started the job on this computer, see `origin`

Every file is complete or absent, and a ``.jsonl`` file is complete up to its last newline. So MATLAB, the command line
and Python may read the same files at any time. The process has a process group of its own, so it survives the program
that started it, and that program's Ctrl-C. Its working folder is an empty one.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import subprocess
import tempfile
import time
import uuid
from collections.abc import Iterator, Mapping
from os import PathLike
from pathlib import Path
from typing import Any

from pyside.errors import BadJob, Interrupted, InUse, NotWritable, PathMissing, TouchTrainError, for_matlab, for_shell
from pyside.jobs import commands, interpreter, requests
from pyside.jobs.cloud.submission import submitted
from pyside.jobs.commands import Request
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
from pyside.jobs.own import at_hand, origin, register
from pyside.system import locks, processes
from pyside.system.files import fitting, write_errors
from pyside.system.paths import absolute
from pyside.system.processes import inside_host
from pyside.system.progress import ProgressLine
from pyside.system.records import write_json

_POLL_SECONDS = 0.2
_SECONDS_TO_LEAVE = 2.0
_FOR_A_JOB = "-touchtrain-job"  # ends the name of a temporary folder for one job; see savedLabels.m


# --- starting ------------------------------------------------------------------------------------------------------


def start(request: Request, job_folder: str | PathLike[str] | None = None) -> str:
    """Start a request in a separate process.

    Args:
        request: a checked request, as returned by `requests.training` or `requests.conversion`.
        job_folder: the job folder; if it is in use, a number is appended to its name. Default: a new one in
            ``touchtrain-jobs`` next to what the job makes; for a dry run, a temporary folder.

    Returns:
        The job folder, absolute.

    Raises:
        PythonNotFound: there is no interpreter for jobs.
        InUse: another process writes what the request makes.
        NotWritable, DiskFull: the job folder cannot be written.
    """
    interpreter.job_python()
    private = commands.is_passing(request)  # it lies where other users of the computer can look, too
    folder = _new_folder(absolute(job_folder) if job_folder else _default_folder(request), 0o700 if private else 0o777)
    with _starting(folder, request) as token:
        with write_errors(folder):
            request = _taken_over(request, folder)
            if "inputs" in request:  # written with NaN, which is no JSON: only Python reads this file
                (folder / "inputs.json").write_text(json.dumps(request["inputs"]), encoding="utf-8")
            _write_settings(folder, request)
        origin.mark(folder)
        _launch(folder, request, token)
    register.add(folder)
    return str(folder)


def _write_settings(folder: Path, request: Request) -> None:
    write_json(folder / "settings.json", {key: value for key, value in request.items() if key != "inputs"})


def _taken_over(request: Request, folder: Path) -> Request:
    """Move labels that were saved for this job alone into its folder, where they last as long as it can be resumed."""
    labels = request.get("inputs", {}).get("labels")
    if not isinstance(labels, str) or not Path(labels).parent.name.endswith(_FOR_A_JOB):
        return request
    saved, target = Path(labels), folder / Path(labels).name
    shutil.move(saved, target)
    saved.parent.rmdir()
    return {**request, "inputs": {**request["inputs"], "labels": str(target)}}


def start_training(
    dataset: str | PathLike[str],
    model_path: str | PathLike[str],
    options: Mapping[str, Any],
    job_folder: str | PathLike[str] | None = None,
) -> str:
    """Check a training and start it in a separate process.

    Args:
        dataset: dataset folder.
        model_path: model file to write.
        options: settings of a training, in Python's spelling.
        job_folder: as in `start`.

    Returns:
        The job folder, absolute.

    Raises:
        TouchTrainError: what is wrong with dataset, path, options, or the interpreter for jobs.
    """
    return start(requests.training(dataset, model_path, options), job_folder)


def resume(folder: str | PathLike[str], trust_code: bool = False, devices: Any = None, scheduler: Any = None) -> str:
    """Resume a job that was killed or cancelled, or that failed.

    A training resumes from its last checkpoint and gives the same result as without the interruption. A conversion
    skips what is complete.

    Args:
        folder: job folder.
        trust_code: whether to run code that is not TouchTrain's, such as a network from a file. It is needed only
            for a job that this user did not start on this computer.
        devices: another number of devices for a training or search, or ``"all"``. None: as before.
        scheduler: address of the scheduler of another cluster, or ``"none"`` for this computer alone. None: as before.

    Returns:
        The job folder, absolute.

    Raises:
        BadJob: the job is still running or has ended well; the folder holds no job; another computer runs it; or it
            would run untrusted code.
        BadOption: `devices` or `scheduler` does not suit the job.
        InUse, PythonNotFound, NotWritable, DiskFull: as `start`.
    """
    path = absolute_folder(folder)
    request = request_of(path, whole=True)
    _check_resumable(path)
    before, request = request, requests.going_on_elsewhere(request, devices, scheduler)
    origin.check(path, request, trust_code)
    interpreter.job_python()
    with _starting(path, request) as token:
        _check_resumable(path)  # again: from here on, no other process can start it
        with write_errors(path):
            if request != before:
                _write_settings(path, request)
            for file in files_of(path, OUTCOME):
                file.unlink(missing_ok=True)
        _launch(path, request, token)
    register.add(path, again=True)
    return str(path)


def _check_resumable(folder: Path) -> None:
    if (host := other_host(folder)) and written_state(folder) not in ENDED:
        raise BadJob(
            f"The job {folder} was started on the computer {host}, and this computer cannot tell whether it is still "
            "running. Check there. If it is certainly not running, release it, then resume it here: "
            f"touchtrain.unlock({for_matlab(folder)}) in MATLAB, touchtrain unlock {for_shell(folder)} in a shell."
        )
    if (state := state_of(folder)) not in CAN_RESUME:
        raise BadJob(
            f"The job {folder} is {state}. Only a job that is {', '.join(CAN_RESUME[:-1])} or {CAN_RESUME[-1]} can be "
            "resumed."
        )


@contextlib.contextmanager
def _starting(folder: Path, request: Request) -> Iterator[str]:
    """Hold the locks of a job and of what it makes until its process takes them over; yields their token."""
    token, taken = locks.new_token(), _locked(folder, request)
    patience = time.monotonic() + _SECONDS_TO_LEAVE
    try:
        for path in taken:
            while True:
                try:
                    locks.take(path, str(request["command"]), folder, token)
                    break
                except InUse:  # the process of this very job has written its end, and needs a moment to exit
                    if path != taken[0] or time.monotonic() > patience:
                        raise
                time.sleep(0.02)
        yield token
    finally:
        for path in taken:
            locks.release(path, token)
        with contextlib.suppress(OSError):
            folder.rmdir()  # empty only if the job was refused before anything was written


def _launch(folder: Path, request: Request, token: str) -> None:
    """Start the process of a job whose folder holds its request."""
    line, environment = interpreter.command("job", "run")
    environment |= locks.environment(token)
    with write_errors(folder):
        # Until the new process has an id, this process stands in for it.
        write_json(folder / "process.json", {**processes.identity(os.getpid()), "starter": True})
        write_json(folder / "state.json", {"state": "waiting"})
        with (folder / "log.txt").open("ab") as log:
            child = processes.start(
                [*line, str(folder)],
                env=environment,
                cwd=interpreter.empty_folder_of_jobs(),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        children[str(folder)] = child
        write_json(folder / "process.json", processes.identity(child.pid))
    for path in _locked(folder, request):
        locks.hand_on(path, token, child.pid)


def _locked(folder: Path, request: Request) -> list[Path]:
    """Return the paths that a job locks: its own, and what it makes."""
    made = commands.locked_by(request)
    return [folder / "job", *([] if made is None else [Path(made)])]


def _default_folder(request: Request) -> Path:
    if commands.is_passing(request):
        return Path(tempfile.gettempdir()) / f"touchtrain-{uuid.uuid4().hex}"
    made = Path(commands.made_by(request))
    return fitting(made.parent / "touchtrain-jobs", made.stem, f"-{time.strftime('%Y%m%d-%H%M%S')}")


def _new_folder(folder: Path, mode: int = 0o777) -> Path:
    candidate, number = folder, 2
    with write_errors(folder):
        while True:
            try:
                candidate.mkdir(mode, parents=True)
                return candidate
            except FileExistsError:
                if candidate.is_dir() and not any(candidate.iterdir()):
                    return candidate
                candidate, number = folder.with_name(f"{folder.name}-{number}"), number + 1


def run_here(request: Request, log: bool = False) -> dict[str, Any]:
    """Run a request in this process, with a progress line on a terminal.

    Args:
        request: as in `start`.
        log: whether to print messages even if there is no terminal.

    Returns:
        As `commands.run`. Ctrl-C ends a training gently; a conversion that is started again continues.
    """
    shown = ProgressLine(log)
    try:
        return commands.run(request, shown, lambda: False)
    finally:
        shown.end()


def do(
    request: Request, isolated: bool | None = None, job_folder: str | PathLike[str] | None = None, log: bool = False
) -> dict[str, Any]:
    """Run a request in a separate process or in this one, and wait for the result.

    Args:
        request: as in `start`.
        isolated: True for a separate process, False for this one. Default: a separate process inside MATLAB or
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


def wait(folder: str | PathLike[str], leave: bool | None = None) -> dict[str, Any]:
    """Wait for a job and return its result, with a progress line on a terminal.

    Args:
        folder: job folder.
        leave: whether Ctrl-C leaves the job running. Otherwise the first one stops it gently, and the second one leaves
            it. Default: True inside MATLAB and Octave, else False.

    Raises:
        TouchTrainError: as `result`; Interrupted after a Ctrl-C that leaves the job, with how to end it.
    """
    leave = inside_host() if leave is None else leave
    folder = absolute_folder(folder)
    shown, asked = ProgressLine(), False
    try:
        while (found := status(folder))["state"] not in ENDED:
            try:
                shown(found["progress"])
                time.sleep(_POLL_SECONDS)
            except KeyboardInterrupt:
                if leave or asked:
                    called = at_hand.record_of(folder)
                    raise Interrupted(
                        f"{at_hand.named(called)} continues in the background. To watch it: "
                        f"{at_hand.call('attach', called)}. To end it gently: {at_hand.call('stop', called)}. At once: "
                        f"{at_hand.call('cancel', called)}."
                    ) from None
                asked = True
                stop(folder)
    finally:
        shown.end()
    return result(folder)


# --- ending a job --------------------------------------------------------------------------------------------------


def stop(folder: str | PathLike[str]) -> None:
    """Ask a job to end gently: a training finishes its batch, then saves and evaluates the best weights."""
    path = Path(stop_file(folder))
    with write_errors(path):
        path.touch()


def cancel(folder: str | PathLike[str]) -> str:
    """End a job at once, also in the cloud. It writes no output, and can be resumed.

    Returns:
        Its state afterwards: ``cancelled``, or how it had ended before.

    Raises:
        BadJob: the folder holds no job, or its process cannot be ended, for example on another computer.
        NoNetwork, NoPermission, CloudError: it could not be cancelled in the cloud, so nothing was changed.
    """
    folder = absolute_folder(folder)
    state = state_of(folder)
    if state not in ENDED and (host := other_host(folder)):
        raise BadJob(f"The job {folder} runs on the computer {host}. Cancel it there, or stop it from here.")
    in_cloud = state not in ("done", "stopped", "cancelled") and submitted(folder) is not None
    if in_cloud and not origin.is_ours(folder):
        raise BadJob(
            f"There is no proof that you started the job {folder} on this computer, so nothing was cancelled on "
            "Google Cloud. Cancel it by its folder in the bucket: touchtrain cloud cancel gs://BUCKET/jobs/NAME."
        )
    if in_cloud and inside_host():
        return str(interpreter.ask("cloud", "cancel", str(folder))["state"])
    if in_cloud or state not in ENDED:
        with write_errors(folder):
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
                f"{folder / 'process.json'} names the process {process['pid']}, which TouchTrain did not start for "
                "this job, or which belongs to another user. It was not ended."
            )
        if process and not process.get("starter") and not processes.end(process):
            raise BadJob(f"The process {process['pid']} of the job {folder} cannot be ended. Is it another user's?")
        _clear_locks(folder)
    return state_of(folder)


def unlock(folder: str | PathLike[str]) -> dict[str, Any]:
    """Release a job that another computer started and no longer runs; it is lost then, and can be resumed here.

    Returns:
        What was recorded about its process.

    Raises:
        BadJob: the folder holds no job.
        PathMissing: no other computer holds the job.
    """
    folder = absolute_folder(folder)
    process = _read(folder / "process.json") or {}
    if not other_host(folder):
        raise PathMissing(f"The job {folder} is not held by another computer, so there is nothing to release.")
    with write_errors(folder):
        (folder / "process.json").unlink(missing_ok=True)
    for path in _locked(folder, request_of(folder)):
        if (locks.holder(path) or {}).get("job") == str(folder):
            locks.unlock(path)
    return process


def _clear_locks(folder: Path) -> None:
    """Remove the locks that the process of a job left behind when it was ended."""
    for path in _locked(folder, request_of(folder)):
        locks.clear(path, folder)


def remove(folder: str | PathLike[str]) -> None:
    """Remove the folder of a job that has ended; what the job made stays.

    Raises:
        BadJob: the job is still running, or the folder holds no job.
        NotWritable: the folder holds other files, or cannot be removed.
    """
    folder = absolute_folder(folder)
    if (state := state_of(folder)) not in ENDED:
        raise BadJob(f"The job {folder} is {state}. Stop or cancel it before you remove its folder.")
    _clear_locks(folder)
    with write_errors(folder):
        further = [file for file in folder.iterdir() if FURTHER.fullmatch(file.name)]
        for file in files_of(folder, FILES) + further:
            file.unlink(missing_ok=True)
        if others := sorted(file.name for file in folder.iterdir()):
            raise NotWritable(f"{folder} was not removed, because it holds other files: {', '.join(others)}.")
        folder.rmdir()
    children.pop(str(folder), None)
    register.forget(folder)
