"""A job is a folder, and a process of its own that works in it.

::

    settings.json   what to do
    inputs.json     what came from memory for it: labels, centres
    process.json    which process does it
    state.json      waiting, running, stopped, cancelled, done or failed
    progress.json   how far it is
    told.jsonl      lines for the person who waits, one record each
    log.txt         all that the process printed
    stop            made by whoever wants it to end gently
    result.json     what came of it
    error.json      why it failed · traceback.txt where

Every file is complete or absent, so anybody may read at any time: MATLAB, the command line and Python poll the same
files. The process is in a group of its own, so that it outlives the program that started it, and its Ctrl-C.
"""

from __future__ import annotations

import contextlib
import datetime
import json
import os
import signal
import subprocess
import sys
import time
import traceback
from collections.abc import Mapping
from os import PathLike
from pathlib import Path
from typing import Any

from pyside.data.dataset import DESCRIPTION, open_dataset, told_by_errors, unfinished
from pyside.errors import BadJob, BadModel, Interrupted, JobFailed, PathMissing, TouchTrainError
from pyside.jobs import interpreter, tasks
from pyside.jobs.interpreter import inside_host
from pyside.jobs.tasks import Request
from pyside.records import to_json, write_json

Progress = dict[str, Any]
_ENDED = ("done", "stopped", "cancelled", "failed", "lost")
_POLL_SECONDS = 0.2
_LINE_LENGTH = 79
_LOG_LINES_SHOWN = 8
_children: dict[str, subprocess.Popen[bytes]] = {}  # those that this process started, to reap them

__all__ = ["inside_host", "inspect", "line", "result", "run", "run_here", "start", "status", "stop", "told", "wait"]


# --- starting ------------------------------------------------------------------------------------------------------


def start(request: Request, job_folder: str | PathLike[str] | None = None) -> str:
    """Start what a request says in a process of its own.

    Args:
        request: as `tasks.training` or `tasks.conversion` returned it: all that can be checked beforehand is.
        job_folder: the folder of the job; one that is taken gets a number behind its name. Default: a new one in
            ``touchtrain-jobs`` beside what the job makes.

    Returns:
        The folder of the job, absolute.

    Raises:
        PythonNotFound: there is no interpreter for jobs.
        NotWritable, DiskFull: its folder cannot be written.
    """
    line, environment = interpreter.command("job")
    folder = _new_folder(Path(job_folder).absolute() if job_folder else _default_folder(Path(tasks.made_by(request))))
    with told_by_errors(folder):
        if "inputs" in request:  # NaN is written as such: only Python reads it
            (folder / "inputs.json").write_text(json.dumps(request["inputs"]), encoding="utf-8")
        write_json(folder / "settings.json", {key: value for key, value in request.items() if key != "inputs"})
        _set_state(folder, "waiting")
        with (folder / "log.txt").open("ab") as log:
            child = subprocess.Popen(
                [*line, str(folder)],
                env=environment,
                cwd=folder,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                **_own_group(),
            )
        write_json(folder / "process.json", {"pid": child.pid, "started": _start_time(child.pid)})
    _children[str(folder)] = child
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
    return start(tasks.training(dataset, model_path, options), job_folder)


def _default_folder(made: Path) -> Path:
    return made.parent / "touchtrain-jobs" / f"{made.stem}-{time.strftime('%Y%m%d-%H%M%S')}"


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


def _own_group() -> dict[str, Any]:
    if sys.platform == "win32":
        return {"creationflags": subprocess.CREATE_NEW_PROCESS_GROUP | subprocess.CREATE_NO_WINDOW}
    return {"start_new_session": True}


# --- in the job's process ------------------------------------------------------------------------------------------


def run(folder: str | PathLike[str]) -> int:
    """Do what a job folder says; this is the main function of the job's process.

    Returns:
        The exit code: 0, or 1 when it failed.
    """
    folder = Path(folder)
    request = json.loads((folder / "settings.json").read_text(encoding="utf-8"))
    if (folder / "inputs.json").is_file():
        request["inputs"] = json.loads((folder / "inputs.json").read_text(encoding="utf-8"))
    _set_state(folder, "running")
    try:
        record = tasks.run(request, _ProgressFile(folder), (folder / "stop").exists)
        write_json(folder / "result.json", record)
        _set_state(folder, "stopped" if (record.get("report") or {}).get("stopped") == "asked" else "done")
        return 0
    except TouchTrainError as error:
        write_json(folder / "error.json", interpreter.error_record(error))
    except BaseException as error:
        (folder / "traceback.txt").write_text(traceback.format_exc(), encoding="utf-8")
        traceback.print_exc()
        text = f"{type(error).__name__}: {error}. The traceback is in {folder / 'traceback.txt'}."
        write_json(folder / "error.json", interpreter.error_record(JobFailed(text)))
    _set_state(folder, "failed")
    return 1


def run_here(request: Request, log: bool = False) -> dict[str, Any]:
    """Do what a request says in this process, with a progress line on a terminal.

    Args:
        request: as in `start`.
        log: whether lines are printed where there is no terminal, too.

    Returns:
        As `tasks.run`. Ctrl-C ends a training gently; a conversion goes on where it was when it is begun again.
    """
    shown = _ProgressLine(log)
    try:
        return tasks.run(request, shown, lambda: False)
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
        return wait(start(request, job_folder))
    return run_here(request, log)


class _ProgressFile:
    """Writes progress into a job's folder, and the lines for the person there and into its log."""

    def __init__(self, folder: Path):
        self._path = folder / "progress.json"
        self._told = folder / "told.jsonl"

    def __call__(self, progress: Progress) -> None:
        said = progress.pop("said", [])
        with contextlib.suppress(OSError):  # a full disk, or on Windows somebody reads: the next record comes soon
            write_json(self._path, progress)
        with contextlib.suppress(OSError):
            for text in said:
                self._tell(text, milestone=False)
            if progress.get("milestone"):
                self._tell(progress_line(progress), milestone=True)

    def _tell(self, text: str, milestone: bool) -> None:
        with self._told.open("a", encoding="utf-8", newline="\n") as file:
            file.write(to_json({"text": text, "milestone": milestone}) + "\n")
        print(text, flush=True)


class _ProgressLine:
    """Shows progress as one line on a terminal; elsewhere what belongs in a log, if anything."""

    def __init__(self, log: bool = False) -> None:
        self._terminal = sys.stderr is not None and sys.stderr.isatty()
        self._log = log and not self._terminal and sys.stderr is not None
        self._used = False

    def __call__(self, progress: Progress) -> None:
        if self._terminal or self._log:
            for text in progress.get("said", []):
                self._print("\r" * self._used + text.ljust(_LINE_LENGTH * self._used))
                self._used = False
        if self._terminal:
            self._used = True
            self._print("\r" + progress_line(progress).ljust(_LINE_LENGTH), end="")
        elif self._log and progress.get("milestone"):
            self._print(progress_line(progress))

    def _print(self, text: str, end: str = "\n") -> None:
        print(text, end=end, file=sys.stderr, flush=True)

    def end(self) -> None:
        """Leave the line as it is and begin a new one."""
        if self._used:
            print(file=sys.stderr)


# --- looking at a job ----------------------------------------------------------------------------------------------


def status(folder: str | PathLike[str]) -> dict[str, Any]:
    """Tell how a job is doing.

    Args:
        folder: of the job.

    Returns:
        ``state`` (waiting, running, stopping, stopped, cancelled, done, failed, or lost: its process is gone
        without a word), ``progress`` and ``folder``.

    Raises:
        BadJob: there is no job in that folder.
    """
    folder = _job_folder(folder)
    state = _state(folder)
    if state not in _ENDED and not _alive(folder):
        state = _state(folder)  # it may have ended since
        state = state if state in _ENDED else "lost"
    if state in ("waiting", "running") and (folder / "stop").exists():
        state = "stopping"
    return {"state": state, "progress": _read(folder / "progress.json") or {}, "folder": str(folder)}


def told(folder: str | PathLike[str], seen: int, live: bool) -> list[str]:
    """Return the lines for the person that a job has told, as a list.

    Args:
        folder: of the job.
        seen: how many there were last time; they are not told again.
        live: whether a progress line is shown that is overwritten, so that milestones need no line of their own.

    Returns:
        The new lines; a milestone is empty where `live`, so that their number is how many were told.
    """
    try:
        text = (_job_folder(folder) / "told.jsonl").read_text(encoding="utf-8")
    except OSError:
        return []
    complete = text.split("\n")[:-1][seen:]
    records = [json.loads(one) for one in complete]
    return ["" if record["milestone"] and live else record["text"] for record in records]


def line(status: Mapping[str, Any]) -> str:
    """Return a status as one line of at most 79 characters."""
    if status["state"] in ("running", "stopping") and status["progress"]:
        shown = progress_line(status["progress"])
        return shown if status["state"] == "running" else f"stopping: {shown}"[:_LINE_LENGTH]
    if status["state"] in ("waiting", "running"):
        return "starting Python"
    return str(status["state"])


def progress_line(progress: Progress) -> str:
    """Return a progress record as one line of at most 79 characters."""
    parts = []
    if progress.get("epoch"):
        parts.append(f"epoch {progress['epoch']}/{progress.get('epochs', '?')}")
    if progress.get("recordings"):
        parts.append(f"recording {progress['recording']}/{progress['recordings']}")
    if progress.get("stage") not in (None, "training", "converting"):
        parts.append(str(progress["stage"]))
    elif "val_loss" not in progress:  # within an epoch
        parts += _share_and_speed(progress)
    if progress.get("seconds_left") is not None:
        parts.append(f"{datetime.timedelta(seconds=int(progress['seconds_left']))} left")
    for name, short in (("loss", "loss"), ("accuracy", "acc")):
        if progress.get(name) is not None:
            held_out = progress.get(f"val_{name}")
            parts.append(f"{short} {progress[name]:.3f}" + (f" (val {held_out:.3f})" if held_out is not None else ""))
    return ("  ".join(parts) or str(progress.get("stage", "")))[:_LINE_LENGTH]


def _share_and_speed(progress: Progress) -> list[str]:
    parts = []
    for done, total in (("batch", "batches"), ("frames_done", "frames")):
        if progress.get(total):
            parts.append(f"{100 * progress.get(done, 0) // progress[total]:3d} %")
    if progress.get("frames_per_second"):
        parts.append(f"{progress['frames_per_second']:.0f} frames/s")
    return parts


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
        return record
    if found["state"] == "failed" and (record := _read(folder / "error.json")):
        raise interpreter.error_from(record)
    if found["state"] in (*_ENDED, "lost"):
        raise JobFailed(
            f"The process of the job {folder} ended without a result. The end of its log:\n{_end_of_log(folder)}"
        )
    raise BadJob(f"The job {folder} is {found['state']}, so there is no result to fetch.")


def wait(folder: str | PathLike[str]) -> dict[str, Any]:
    """Wait for a job and return its result, with a progress line on a terminal.

    Ctrl-C leaves the job running inside MATLAB and Octave; elsewhere the first one stops it gently.

    Raises:
        TouchTrainError: as `result`; Interrupted after Ctrl-C, with the words how to go on.
    """
    folder = _job_folder(folder)
    shown, asked = _ProgressLine(), False
    try:
        while (found := status(folder))["state"] not in _ENDED:
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


def stop(folder: str | PathLike[str]) -> None:
    """Ask a job to end gently: it finishes the batch, and saves and evaluates the best weights."""
    Path(stop_file(folder)).touch()


def stop_file(folder: str | PathLike[str]) -> str:
    """Return the file that ends a job gently once it exists."""
    return str(_job_folder(folder) / "stop")


def made(folder: str | PathLike[str]) -> str:
    """Return where that goes which a job makes: a model, or a dataset."""
    return tasks.made_by(_read(_job_folder(folder) / "settings.json") or {"command": "train", "model_path": ""})


def inspect(path: str | PathLike[str]) -> dict[str, Any]:
    """Tell what a dataset folder, a model or a job folder holds; `pyside.inspect` is documented there."""
    path = Path(path).absolute()
    if path.is_dir() and (path / "settings.json").is_file() and not (path / DESCRIPTION).is_file():
        command = (_read(path / "settings.json") or {}).get("command", "train")
        return {"kind": "job", "command": command, "path": str(path), **status(path), "makes": made(path)}
    if path.is_file():
        if inside_host():
            answer: dict[str, Any] = interpreter.ask("inspect", str(path))
            return answer
        return _describe_file(path)
    if not path.exists() and not unfinished(path).exists():
        raise PathMissing(f"There is no file or folder {path}.")
    return open_dataset(path).summary()


def _describe_file(path: Path) -> dict[str, Any]:
    suffix = path.suffix.lower()
    if suffix in (".mat", ".npy"):
        from pyside.data.label_files import describe_label_file

        return describe_label_file(path)
    if suffix in (".h5", ".hdf5"):
        from pyside.training.model_files import describe_model

        return describe_model(path)
    from pyside.data.video import VIDEO_SUFFIXES, describe_video

    if suffix not in VIDEO_SUFFIXES:
        endings = ", ".join((".h5", ".mat", ".npy", *VIDEO_SUFFIXES))
        raise BadModel(f"{path} is no model, label file or video: their names end in {endings}.")
    return describe_video(path)


# --- files and processes -------------------------------------------------------------------------------------------


def _job_folder(folder: str | PathLike[str]) -> Path:
    folder = Path(folder).absolute()
    if not (folder / "settings.json").is_file():
        raise BadJob(f"There is no job in {folder}.")
    return folder


def _read(path: Path) -> dict[str, Any] | None:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return found if isinstance(found, dict) else None


def _state(folder: Path) -> str:
    return str((_read(folder / "state.json") or {}).get("state", "waiting"))


def _set_state(folder: Path, state: str) -> None:
    write_json(folder / "state.json", {"state": state})


def _end_of_log(folder: Path) -> str:
    try:
        lines = (folder / "log.txt").read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return "(no log)"
    return "\n".join(lines[-_LOG_LINES_SHOWN:]) or "(empty)"


def _alive(folder: Path) -> bool:
    child = _children.get(str(folder))
    if child is not None:
        return child.poll() is None
    process = _read(folder / "process.json")
    if process is None:
        return True  # it is just being started
    pid = int(process["pid"])
    if sys.platform == "win32":
        return _alive_on_windows(pid)
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return _start_time(pid) == process["started"]


def _start_time(pid: int) -> int | None:
    """Return when a process started, in ticks since boot (Linux), so that a pid used again is told apart.

    A process that has ended but was not waited for has none. Elsewhere than on Linux it is always None.
    """
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="ascii", errors="replace")
    except OSError:
        return None
    fields = stat.rpartition(")")[2].split()
    return None if fields[0] == "Z" else int(fields[19])


def _alive_on_windows(pid: int) -> bool:
    import ctypes

    kernel = ctypes.windll.kernel32  # type: ignore[attr-defined,unused-ignore]
    synchronize, timed_out = 0x00100000, 0x102
    handle = kernel.OpenProcess(synchronize, False, pid)
    if not handle:
        return False
    try:
        return bool(kernel.WaitForSingleObject(handle, 0) == timed_out)
    finally:
        kernel.CloseHandle(handle)


def ignore_interrupts() -> None:
    """Let a job's process live through a Ctrl-C that was meant for another."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
