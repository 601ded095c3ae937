"""A job is a folder, and a process of its own that works in it.

::

    settings.json   what to do
    process.json    which process does it
    state.json      waiting, running, stopped, cancelled, done or failed
    progress.json   how far it is
    log.txt         all that the process printed
    stop            made by whoever wants it to end gently
    result.json     history, model path, metrics and report
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
from collections.abc import Callable, Mapping
from os import PathLike
from pathlib import Path
from typing import Any

from pyside.data.dataset import DESCRIPTION, open_dataset, told_by_errors, unfinished
from pyside.errors import BadJob, Faults, Interrupted, JobFailed, PathMissing, TouchTrainError
from pyside.evaluation.report import TrainingResult
from pyside.jobs import interpreter
from pyside.jobs.interpreter import inside_host
from pyside.records import write_json
from pyside.settings import TrainSettings

Progress = dict[str, Any]
_ENDED = ("done", "stopped", "cancelled", "failed", "lost")
_POLL_SECONDS = 0.2
_LINE_LENGTH = 79
_LOG_LINES_SHOWN = 8
_children: dict[str, subprocess.Popen[bytes]] = {}  # those that this process started, to reap them

__all__ = ["inside_host", "inspect", "line", "result", "run", "start_training", "status", "stop", "train_here", "wait"]


# --- starting ------------------------------------------------------------------------------------------------------


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
        job_folder: the folder of the job; one that is taken gets a number behind its name. Default: a new one in
            ``touchtrain-jobs`` beside the model.

    Returns:
        The folder of the job, absolute.

    Raises:
        TouchTrainError: what is wrong with dataset, path, options, or the interpreter for jobs.
    """
    settings, target = _checked(dataset, model_path, options)
    line, environment = interpreter.command("job")
    folder = _new_folder(Path(job_folder).absolute() if job_folder else _default_folder(target))
    with told_by_errors(folder):
        write_json(
            folder / "settings.json",
            {
                "command": "train",
                "dataset": str(Path(dataset).absolute()),
                "model_path": str(target),
                "settings": settings.as_dict(),
            },
        )
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


def _checked(
    dataset: str | PathLike[str], model_path: str | PathLike[str], options: Mapping[str, Any]
) -> tuple[TrainSettings, Path]:
    """Return the settings and the path of the model; all that is wrong with the three is told at once."""
    from pyside.training import fit, model_files

    faults = Faults()
    target = model_files.with_suffix(model_path).absolute()
    settings = opened = None
    try:
        settings = TrainSettings.from_options(options)
    except TouchTrainError as error:
        faults.include(error)
    try:
        opened = open_dataset(dataset)
    except TouchTrainError as error:
        faults.include(error)
    try:
        if opened is None:
            model_files.check_target(target)
        else:
            fit.check(opened, target, settings or TrainSettings())
    except TouchTrainError as error:
        faults.include(error)
    faults.raise_any()
    assert settings is not None
    return settings, target


def _default_folder(target: Path) -> Path:
    return target.parent / "touchtrain-jobs" / f"{target.stem}-{time.strftime('%Y%m%d-%H%M%S')}"


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
    task = json.loads((folder / "settings.json").read_text(encoding="utf-8"))
    _set_state(folder, "running")
    try:
        outcome = _train(
            task["dataset"],
            task["model_path"],
            task["settings"],
            _ProgressFile(folder),
            (folder / "stop").exists,
        )
        outcome.save(folder / "result.json")
        _set_state(folder, "stopped" if outcome.report.get("stopped") == "asked" else "done")
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


def _train(
    dataset: str | PathLike[str],
    model_path: str | PathLike[str],
    options: Mapping[str, Any],
    progress: Callable[[Progress], None],
    should_stop: Callable[[], bool],
) -> TrainingResult:
    from pyside.training.fit import train

    settings = TrainSettings.from_options(options)
    return train(open_dataset(dataset), Path(model_path), settings, progress, should_stop)


def train_here(
    dataset: str | PathLike[str], model_path: str | PathLike[str], options: Mapping[str, Any]
) -> TrainingResult:
    """Train in this process; Ctrl-C ends it gently."""
    shown = _ProgressLine()
    try:
        return _train(dataset, model_path, options, shown, lambda: False)
    finally:
        shown.end()


class _ProgressFile:
    """Writes progress into a job's folder, and a line an epoch into its log."""

    def __init__(self, folder: Path):
        self._path = folder / "progress.json"
        self._epoch_told = 0

    def __call__(self, progress: Progress) -> None:
        with contextlib.suppress(OSError):  # a full disk, or on Windows somebody reads: the next record comes soon
            write_json(self._path, progress)
        if "val_loss" in progress and progress.get("epoch", 0) > self._epoch_told:
            self._epoch_told = progress["epoch"]
            print(progress_line(progress), flush=True)


class _ProgressLine:
    """Shows progress as one line on a terminal; elsewhere it says nothing."""

    def __init__(self) -> None:
        self._terminal = sys.stderr is not None and sys.stderr.isatty()
        self._used = False

    def __call__(self, progress: Progress) -> None:
        if self._terminal:
            self._used = True
            print("\r" + progress_line(progress).ljust(_LINE_LENGTH), end="", file=sys.stderr, flush=True)

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


def line(status: Mapping[str, Any]) -> str:
    """Return a status as one line of at most 79 characters."""
    if status["state"] in ("running", "stopping") and status["progress"]:
        shown = progress_line(status["progress"])
        return shown if status["state"] == "running" else f"stopping: {shown}"[:_LINE_LENGTH]
    return {"waiting": "starting Python and TensorFlow", "running": "starting Python and TensorFlow"}.get(
        status["state"], str(status["state"])
    )


def progress_line(progress: Progress) -> str:
    """Return a progress record as one line of at most 79 characters."""
    parts = []
    if progress.get("epoch"):
        parts.append(f"epoch {progress['epoch']}/{progress.get('epochs', '?')}")
    if progress.get("stage") not in (None, "training"):
        parts.append(str(progress["stage"]))
    elif "val_loss" not in progress:  # within an epoch
        if progress.get("batches"):
            parts.append(f"{100 * progress.get('batch', 0) // progress['batches']:3d} %")
        if progress.get("frames_per_second"):
            parts.append(f"{progress['frames_per_second']:.0f} frames/s")
    if progress.get("seconds_left") is not None:
        parts.append(f"{datetime.timedelta(seconds=int(progress['seconds_left']))} left")
    for name, short in (("loss", "loss"), ("accuracy", "acc")):
        if progress.get(name) is not None:
            held_out = progress.get(f"val_{name}")
            parts.append(f"{short} {progress[name]:.3f}" + (f" (val {held_out:.3f})" if held_out is not None else ""))
    return "  ".join(parts)[:_LINE_LENGTH]


def result(folder: str | PathLike[str]) -> TrainingResult:
    """Return what a job made.

    Raises:
        TouchTrainError: the error that ended the job.
        JobFailed: its process ended without a word.
        BadJob: it has not ended yet, or was cancelled.
    """
    found = status(folder)
    folder = Path(found["folder"])
    if found["state"] in ("done", "stopped"):
        return TrainingResult.load(folder / "result.json")
    if found["state"] == "failed" and (record := _read(folder / "error.json")):
        raise interpreter.error_from(record)
    if found["state"] in ("failed", "lost"):
        raise JobFailed(
            f"The process of the job {folder} ended without a result. The end of its log:\n{_end_of_log(folder)}"
        )
    raise BadJob(f"The job {folder} is {found['state']}, so there is no result to fetch.")


def wait(folder: str | PathLike[str]) -> TrainingResult:
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
                        f"The training goes on in {folder}. Make the file {stop_file(folder)} to end it gently."
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


def model_path(folder: str | PathLike[str]) -> str:
    """Return where the model of a job goes."""
    return str((_read(_job_folder(folder) / "settings.json") or {}).get("model_path", ""))


def inspect(path: str | PathLike[str]) -> dict[str, Any]:
    """Tell what a dataset folder, a model or a job folder holds; `pyside.inspect` is documented there."""
    path = Path(path).absolute()
    if path.is_dir() and (path / "settings.json").is_file() and not (path / DESCRIPTION).is_file():
        return {"kind": "job", "path": str(path), **status(path), "model_path": model_path(path)}
    if path.is_file():
        if inside_host():
            answer: dict[str, Any] = interpreter.ask("inspect", str(path))
            return answer
        from pyside.training.model_files import describe_model

        return describe_model(path)
    if not path.exists() and not unfinished(path).exists():
        raise PathMissing(f"There is no file or folder {path}.")
    return open_dataset(path).summary()


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
