"""Train a model on data from anywhere: ``python -m pyside.train_model_cloud --data_path gs://lab/set ...``.

It is the counterpart of `train_model_local` for machines in the cloud, with the flags of the older tool's script: it
fetches the data, trains in the same way, and publishes the model. A place is a folder or any URL that fsspec reaches,
so it runs unchanged on a laptop. With ``--job-dir`` it writes its progress and checkpoint there, so that little is lost
if the machine is taken away; `JobFolder` describes that folder.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import logging
import shutil
import signal
import sys
import tempfile
import threading
import time
import traceback
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from pyside.cli.options import add_settings, given_settings
from pyside.data.dataset import open_dataset
from pyside.errors import BadDataset, BadJob, BadOption, JobFailed, ModelNotSaved, PathMissing, TouchTrainError, some
from pyside.evaluation.result import TrainingResult
from pyside.jobs import commands, requests
from pyside.jobs.cloud import transfer
from pyside.jobs.cloud.job_folder import CHECKPOINT, JobFolder, log
from pyside.jobs.cloud.place import Place
from pyside.models import files
from pyside.settings.conversion import NumpySettings
from pyside.settings.training import TrainSettings
from pyside.system import processes
from pyside.system.progress import progress_line
from pyside.system.records import moved
from pyside.train_model_local import parser

_TERMINATED, _INTERRUPTED = 143, 130  # exit codes of a process that SIGTERM or Ctrl-C has ended
_LOGGED_EACH = 10.0  # seconds, while files travel


def main(arguments: Sequence[str] | None = None) -> int:
    """Train with the arguments of the command line.

    Returns:
        The exit code: 0, 1 after an error, 143 after SIGTERM, 130 after a Ctrl-C that left nothing to keep.
    """
    options = _parser().parse_args(arguments)
    _set_up_log()
    handler = signal.signal(signal.SIGTERM, _leave) if threading.current_thread() is threading.main_thread() else None
    job = None
    try:
        job = JobFolder(options.job_dir)
        return _run(options, job)
    except TouchTrainError as error:
        return _failed(error, str(error), job)
    except _Terminated:
        log.warning(
            "The machine is taken away, or the job was cancelled. Started again, it resumes from its checkpoint."
        )
        return _TERMINATED
    except KeyboardInterrupt:
        log.warning("The training was interrupted before there was a model.")
        return _INTERRUPTED
    except Exception as error:
        failure = JobFailed(f"{type(error).__name__}: {error}. The log has the traceback.")
        return _failed(failure, traceback.format_exc(), job)
    finally:
        if handler is not None:
            signal.signal(signal.SIGTERM, handler)


def _parser() -> argparse.ArgumentParser:
    made = parser("train_model_cloud", "Train a model on data from anywhere: folders, gs://, s3:// and more.")
    made.add_argument(
        "--job_dir",
        "--job-dir",
        help="folder for progress and checkpoint; an interrupted training resumes from there. Default: none",
    )
    add_settings(made, NumpySettings, but=("check",))  # for data that are still arrays
    return made


class _Terminated(BaseException):
    """SIGTERM: the machine is taken away."""


def _leave(number: int, frame: Any) -> None:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)  # a second signal would interrupt the cleanup of the first
    raise _Terminated


def _failed(error: TouchTrainError, text: str, job: JobFolder | None) -> int:
    """Write to the log, and to the job if there is one, why it failed; returns the exit code."""
    log.error(text)
    if job:
        job.end_with(error)
    return 1


# --- the training --------------------------------------------------------------------------------------------------


def _run(options: argparse.Namespace, job: JobFolder) -> int:
    if job.ended_before():
        return 0 if job.result else 1
    with _work_folder() as work, job.publishing():
        export, name = Place(options.export_path), _file_name(options.model_name)
        settings, dataset_hash = job.settings(work)
        settings |= given_settings(options, TrainSettings)
        TrainSettings.from_options(settings)  # settings and place are checked before hours of fetching and training
        export.check()
        data = _fetched(options.data_path, work, dataset_hash, given_settings(options, NumpySettings), job)
        folder = Path(export.url) if export.is_local else work / "model"
        folder.mkdir(exist_ok=True)
        request = requests.training(data, folder / name, settings)
        try:
            record = _train(request, work, job)
        except TouchTrainError as error:
            if not (work / name).is_file():
                raise
            raise type(error)(f"{error.text}{_copied(work, [name], job)}") from error
        log.info(TrainingResult.from_record(record).summary())
        if not export.is_local:
            _publish(folder, export, job)
        stem = Path(name).stem
        places = {str(data): options.data_path, str(work): job.url or ""}
        if not export.is_local:
            places = {str(folder / stem): f"{export.url}/{stem}", **places}
        job.finish(moved(record, places))
    return 0


@contextlib.contextmanager
def _work_folder() -> Iterator[Path]:
    """Make a folder for this run; it is removed at the end, unless it holds the only copy of a model."""
    work = Path(tempfile.mkdtemp(prefix="touchtrain-"))
    is_needed = False
    try:
        yield work
    except ModelNotSaved:
        is_needed = True
        raise
    finally:
        if not is_needed and not any(work.glob("*.h5")):  # a model whose own folder could not be written is here
            shutil.rmtree(work, ignore_errors=True)


def _file_name(model_name: str) -> str:
    """Return the name of the model file: ``name`` and ``name.h5`` both give ``name.h5``.

    Raises:
        BadOption: it is not a file name, or a path to another folder.
    """
    if Path(model_name).name != model_name or model_name in ("", "..") or not model_name.isprintable():
        raise BadOption(f"--model_name must be a file name. It is {model_name!r}. Use --export_path for the folder.")
    return files.with_suffix(model_name).name


def _fetched(url: str, work: Path, dataset_hash: str | None, of_arrays: dict[str, Any], job: JobFolder) -> Path:
    """Return a dataset folder on this machine with the data at a URL: a dataset, or arrays converted to one."""
    place = Place(url)
    folder = Path(place.url) if place.is_local else work / "data"
    if not place.is_local:
        log.info(f"Fetching {url}.")
        there = sorted(place.files())
        names = [name for name in there if _may_be_data(name)]
        if not names:
            raise PathMissing(_no_arrays(url, there))
        found = transfer.download(place, folder, names, _Logged(job))
        log.info(f"Fetched {found.files} files, {found.bytes / 1e6:,.1f} MB, in {found.seconds:.1f} s.")
    if (folder / "dataset.json").is_file():
        opened = open_dataset(folder)
        if dataset_hash and opened.hash != dataset_hash:
            raise BadDataset(f"The dataset in {url} was replaced after the job was submitted. Submit the job again.")
        return folder
    log.info(f"There is no dataset in {url}, so its arrays are converted to one.")
    request = requests.conversion("numpy", folder, None, work / "dataset", of_arrays)
    try:
        report = commands.run(request, _Logged(job), lambda: False)
    except PathMissing as error:
        raise PathMissing(error.text.replace(str(folder), url)) from None
    for warning in report["warnings"]:
        log.warning(warning)
    return work / "dataset"


def _may_be_data(name: str) -> bool:
    """Return whether a file may be part of a dataset or of arrays; such files are not in sub-folders."""
    return "/" not in name and (name == "dataset.json" or name.lower().endswith((".npy", ".npz", ".h5", ".hdf5")))


def _no_arrays(url: str, names: list[str]) -> str:
    """Return the message for a folder in the cloud that holds nothing to train on."""
    found = f"Found: {some(names, 10)}" if names else "Found: nothing. Is this the folder, and is the upload complete?"
    return (
        f"Cannot find numpy arrays in {url}. Looked for a dataset (dataset.json), for Train_Data_*.npy and "
        f"Train_Labels_*.npy, for frames.npy and labels.npy, and for .npz, .h5 and .hdf5 files. {found}"
    )


def _train(request: commands.Request, work: Path, job: JobFolder) -> dict[str, Any]:
    """Train, resuming from the checkpoint of the job if it has one that fits."""
    job.watch(work / CHECKPOINT)
    if job.fetch_checkpoint():
        try:
            return commands.run(request, job.progress, job.should_stop, work)
        except BadJob as error:
            log.warning(
                f"The checkpoint in {job.url} does not fit, so the training starts from the beginning: {error.text}"
            )
            (work / CHECKPOINT).unlink(missing_ok=True)
    return commands.run(request, job.progress, job.should_stop, work)


def _publish(folder: Path, export: Place, job: JobFolder) -> None:
    """Upload what the training made, the model last; if that fails, the error says where the model is."""
    files = transfer.files_below(folder)
    models = [name for name in files if name.endswith(".h5")]
    log.info(f"Sending the model to {export.url}.")
    try:
        transfer.upload(folder, export, [name for name in files if name not in models], progress=_Logged(job))
        transfer.upload(folder, export, models, progress=_Logged(job))
    except TouchTrainError as error:
        copied = _copied(folder, None, job)
        raise ModelNotSaved(
            f"Model did not save to {export.url}: {error.text} It is in {folder} on this machine.{copied}"
        ) from error


def _copied(folder: Path, names: list[str] | None, job: JobFolder) -> str:
    """Upload a copy to the folder of the job, if there is one; returns a sentence on whether that worked."""
    if not job.place:
        return ""
    try:
        transfer.upload(folder, job.place / "model", names)
    except TouchTrainError:
        return f" Uploading a copy to {job.url}/model failed as well."
    return f" A copy is in {job.url}/model."


# --- the log -------------------------------------------------------------------------------------------------------


class _Logged:
    """Reports the progress of a transfer or a conversion: always to the job, every 10 s to the log."""

    def __init__(self, job: JobFolder):
        self._job, self._last = job, time.monotonic()

    def __call__(self, record: dict[str, Any]) -> None:
        self._job.progress(record)
        if time.monotonic() - self._last > _LOGGED_EACH:
            self._last = time.monotonic()
            log.info(progress_line(record))


class CloudFormatter(logging.Formatter):
    """One JSON object per line, for Cloud Logging: severity, message, time."""

    def format(self, record: logging.LogRecord) -> str:
        """Return a record of the log as JSON."""
        stamp = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(record.created))
        entry = {
            "severity": record.levelname,
            "message": record.getMessage(),
            "time": f"{stamp}.{int(record.msecs):03d}Z",
        }
        return json.dumps(entry)  # in ASCII, which every locale of a container can print


def _set_up_log() -> None:
    """Log plain lines on a terminal, else JSON."""
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(logging.Formatter("%(message)s") if sys.stdout.isatty() else CloudFormatter())
    log.handlers[:] = [handler]
    log.setLevel(logging.INFO)
    log.propagate = False


if __name__ == "__main__":
    processes.leave(main())
