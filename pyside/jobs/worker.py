"""The process of a job: it runs the request, and writes state, progress, messages and result into the job folder."""

from __future__ import annotations

import contextlib
import os
import traceback
from collections.abc import Mapping
from os import PathLike
from pathlib import Path
from typing import Any

from pyside import errors
from pyside.errors import InUse, JobFailed, TouchTrainError, of_system, printable
from pyside.jobs import commands, job_files, job_records
from pyside.system import locks, machine, processes
from pyside.system.progress import progress_line
from pyside.system.records import to_json, write_json

_SPARE_BYTES = 1 << 18  # a reserve, freed so that the outcome can be written even if the disk is full
_OF_AN_EPOCH = ("epoch", "epochs", "loss", "accuracy", "val_loss", "val_accuracy")


def run(folder: str | PathLike[str]) -> int:
    """Run the request in a job folder; this is the main function of the job's process.

    Returns:
        The exit code: 0, or 1 if the job failed.

    Raises:
        BadJob: the folder holds no job, or one of its files is not a regular file.
    """
    folder = Path(folder).absolute()
    job_files.check_folder(folder, job_records.FILES)
    try:
        with locks.held(folder / "job", "job run", folder):
            return _run(folder)
    except InUse:  # another process runs it
        return 0


def _run(folder: Path) -> int:
    write_json(folder / "process.json", processes.identity(os.getpid()))
    if (folder / "cancel").exists():
        return 0
    with contextlib.suppress(OSError):
        (folder / "spare").write_bytes(bytes(_SPARE_BYTES))
    try:
        _set_state(folder, "running", machine.kills_for_memory())
        record = commands.run(
            job_records.request_of(folder, whole=True), _ProgressFile(folder), lambda: _should_stop(folder), folder
        )
        return _end(folder, "result.json", record, "stopped" if was_asked_to_stop(record) else "done")
    except TouchTrainError as error:
        return _end(folder, "error.json", errors.error_record(error), "failed")
    except BaseException as error:
        with contextlib.suppress(OSError):  # the log may be full
            traceback.print_exc()
        with contextlib.suppress(OSError):
            (folder / "spare").unlink(missing_ok=True)
            (folder / "traceback.txt").write_text(printable(traceback.format_exc()), encoding="utf-8")
        failure: TouchTrainError = JobFailed(f"{type(error).__name__}: {error}.")
        if isinstance(error, OSError):
            failure = of_system(error)
        failure = type(failure)(f"{failure.text} The traceback is in {folder / 'traceback.txt'}.")
        return _end(folder, "error.json", errors.error_record(failure), "failed")


def was_asked_to_stop(record: Mapping[str, Any]) -> bool:
    """Return whether the result of a job says that it was stopped before its end."""
    return record.get("stopped") is True or (record.get("report") or {}).get("stopped") == "asked"


def _should_stop(folder: Path) -> bool:
    """Return whether to end gently: somebody asked for it, or the job folder was removed."""
    return (folder / "stop").exists() or not (folder / "settings.json").exists()


def _set_state(folder: Path, state: str, kills: int | None = None) -> None:
    """Write the state; at the start also how many processes the system has killed so far for lack of memory."""
    before = {} if kills is None else {"kills": kills}
    write_json(folder / "state.json", {"state": state, **before})


def _end(folder: Path, name: str, record: Mapping[str, Any], state: str) -> int:
    """Write the outcome, and return the exit code; if the folder is gone, the exit code alone reports a failure."""
    try:
        (folder / "spare").unlink(missing_ok=True)
        write_json(folder / name, record)
        _set_state(folder, state)
    except OSError as error:  # the folder was removed
        print(f"{folder / name} could not be written: {error}", flush=True)
        return 1
    return 0 if name == "result.json" else 1


class _ProgressFile:
    """Writes progress into a job folder, and messages for the user into that folder and the log."""

    def __init__(self, folder: Path):
        self._folder = folder
        self._epoch: dict[str, Any] = {}  # metrics of the last epoch

    def __call__(self, progress: dict[str, Any]) -> None:
        notes = progress.pop("said", [])
        if "val_loss" in progress:
            self._epoch = {name: progress[name] for name in _OF_AN_EPOCH if name in progress}
        elif progress.get("stage") != "training":
            progress = {**self._epoch, **progress}
        with contextlib.suppress(OSError):  # disk full, or on Windows the file is being read: the next one comes soon
            write_json(self._folder / "progress.json", progress, patient=False)
        for text in notes:
            self._report(text, milestone=False)
        if progress.get("milestone"):
            if progress.get("stage") == "training":
                self._append("epochs.jsonl", progress)
            self._report(progress_line(progress), milestone=True)

    def _report(self, text: str, milestone: bool) -> None:
        self._append("told.jsonl", {"text": text, "milestone": milestone})
        with contextlib.suppress(OSError):
            print(text, flush=True)

    def _append(self, name: str, record: Mapping[str, Any]) -> None:
        with contextlib.suppress(OSError), (self._folder / name).open("a", encoding="utf-8", newline="\n") as file:
            file.write(to_json(record) + "\n")
