"""A training in the cloud, run by the process of a local job: upload, submit, watch, fetch.

The local job folder is like any other, with the same states, progress and curves. It also records what was submitted,
see `submission`.
"""

from __future__ import annotations

import contextlib
import json
import re
import time
import uuid
from collections.abc import Callable, Mapping
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pyside.aliases import Progress
from pyside.data.dataset import Dataset, open_dataset
from pyside.errors import (
    BadDataset,
    BadJob,
    DiskFull,
    Interrupted,
    JobFailed,
    NeverStarted,
    NoCapacity,
    NoNetwork,
    NotWritable,
    PathMissing,
    files_text,
    for_shell,
)
from pyside.jobs.cloud import package, transfer
from pyside.jobs.cloud.job_folder import ERROR, JOB, RESULT, SETTINGS, STOP, Mirror
from pyside.jobs.cloud.place import Place
from pyside.jobs.cloud.submission import SUBMITTED, submitted, whole
from pyside.settings.cloud import BucketSettings, CloudSettings
from pyside.settings.core import named
from pyside.settings.training import TrainSettings, with_files
from pyside.system.files import fitting, move, write_errors
from pyside.system.records import moved, write_json

if TYPE_CHECKING:
    from pyside.jobs.cloud.vertex import Seen, Service

Record = dict[str, Any]
_SECONDS_WITHOUT_NETWORK = 3600.0  # the training continues meanwhile
_SECONDS_FOR_LAST_FILES = 60.0  # to wait for the result after the job in the cloud has ended


# --- uploading -----------------------------------------------------------------------------------------------------


def data_place(dataset: str | PathLike[str], settings: BucketSettings) -> Place:
    """Return the place of a dataset in the bucket."""
    folder = Path(dataset).absolute()
    named = "-".join(_legal(part) for part in (folder.parent.name, folder.name) if part)
    return Place(f"gs://{settings.of_data}") / (settings.data_name or f"datasets/{named}")


def upload_dataset(
    dataset: Dataset, settings: BucketSettings, progress: Progress, should_stop: Callable[[], bool]
) -> Record:
    """Upload a dataset to the bucket; only files that are not already there are sent.

    Returns:
        ``kind``: ``"upload"``; ``dataset``: its URL; ``files`` and ``bytes``, what was sent; ``same_files`` and
        ``same_bytes``, what was already there; ``seconds``.

    Raises:
        BucketNotFound, NoPermission, NoNetwork, NoCredentials, TransferFailed, Interrupted.
    """
    target = data_place(dataset.folder, settings)
    target.check()
    progress({"stage": "uploading"})
    sent = transfer.upload(dataset.folder, target, dataset.files, ("dataset.json",), progress, should_stop)
    text = f"Sent {files_text(sent.files)}, {_size(sent.bytes)}, to {target.url}"
    same = f"; {files_text(sent.same_files)} {'was' if sent.same_files == 1 else 'were'} there already"
    progress({"stage": "uploading", "said": [text + (same if sent.same_files else "")]})
    return {"kind": "upload", "dataset": target.url, **vars(sent)}


def _check_uploaded(dataset: Dataset, there: Place) -> None:
    record = (there / "dataset.json").read_json()
    if record is None:
        raise BadDataset(f"There is no dataset in {there.url}. Upload it first (UPLOAD = 1, upload).")
    if record != json.loads((dataset.folder / "dataset.json").read_text(encoding="utf-8")):
        raise BadDataset(f"The dataset in {there.url} differs from {dataset.folder}. Upload it (UPLOAD = 1, upload).")


# --- training ------------------------------------------------------------------------------------------------------


def train(request: Mapping[str, Any], progress: Progress, should_stop: Callable[[], bool], folder: Path) -> Record:
    """Run a training in the cloud; a training that this job has submitted before is continued.

    Args:
        request: as returned by `requests.cloud_training` or `requests.cloud_fetch`.
        progress: as in `commands.run`.
        should_stop: as in `commands.run`; if it returns True, the training in the cloud ends gently.
        folder: local job folder.

    Returns:
        What `TrainingResult` holds, with local paths; with paths in the bucket if the model is not fetched.

    Raises:
        TouchTrainError: what went wrong, on this computer or in the cloud.
    """
    from pyside.jobs.cloud.vertex import Service

    settings = CloudSettings.from_options(request["cloud"])
    run = _Run(request, settings, Service(str(settings.project)), folder, progress, should_stop)
    run.submit_unless_done()
    record = run.watched()
    return run.fetched(record) if settings.fetch else record


def cancel(folder: str | PathLike[str]) -> None:
    """Cancel what a local job has submitted to the cloud.

    Raises:
        NoNetwork, NoPermission, CloudError: it could not be cancelled, so it may still be running.
    """
    from pyside.jobs.cloud.vertex import Service

    record = submitted(folder)
    if record and record.get("mark"):
        whole(record, folder)
        service = Service(record["project"])
        name = record["name"] or service.find(record["mark"], record["regions"])
        if name:
            service.cancel(name)


class _Run:
    """One training in the cloud."""

    def __init__(
        self,
        request: Mapping[str, Any],
        settings: CloudSettings,
        service: Service,
        folder: Path,
        progress: Progress,
        should_stop: Callable[[], bool],
    ):
        self._request, self._settings, self._service, self._folder = request, settings, service, folder
        self._progress, self._should_stop = progress, should_stop
        self._job: Record = submitted(folder) or dict(request.get("submitted") or {})
        if self._job:
            whole(self._job, folder)

    @property
    def _place(self) -> Place:
        return Place(self._job["folder"])

    # --- submitting ---

    def submit_unless_done(self) -> None:
        """Submit the training, unless it was submitted before and has not failed or been cancelled."""
        if "submitted" in self._request:  # submitted by another job: this one only watches
            return
        if self._job.get("mark") and not self._job["name"]:  # interrupted during submission
            self._note(name=self._service.find(self._job["mark"], self._job["regions"]))
        if self._job.get("name"):
            if self._service.look(self._job["name"]).state in ("waiting", "running", "done"):
                return
            self._report("The job in the cloud has ended. It is submitted again and resumes from its last checkpoint.")
            for name in (RESULT, ERROR, STOP):
                (self._place / name).remove()
            self._submit(self._regions())
        else:
            self._submit_first()

    def _submit_first(self) -> None:
        """Send everything that the training needs, and submit it."""
        self._progress({"stage": "asking Google Cloud"})
        self._service.check(self._settings.region)
        bucket = Place(f"gs://{self._settings.bucket}")
        bucket.check()
        dataset = open_dataset(self._request["dataset"])
        if self._settings.upload:
            data = upload_dataset(dataset, self._settings, self._progress, self._should_stop)["dataset"]
        else:
            place = data_place(dataset.folder, self._settings)
            _check_uploaded(dataset, place)
            data = place.url
        self._progress({"stage": "sending TouchTrain"})
        code = package.send(bucket / "packages")
        job_folder = _free_folder(bucket / self._settings.log_dir, self._folder.name)
        settings, files = self._send_files(job_folder)
        (job_folder / SETTINGS).write_json({"settings": settings, "dataset_hash": dataset.hash})
        models = bucket / f"{self._settings.models}/{job_folder.name}"
        self._note(
            project=str(self._settings.project),
            folder=job_folder.url,
            dataset=data,
            models=models.url,
            model=_legal(Path(self._request["model_path"]).name),
            package=code.url,
            files=files,
        )
        self._submit(self._regions())

    def _regions(self) -> list[str]:
        return list(dict.fromkeys([self._settings.region, *self._settings.fallback_regions]))

    def _submit(self, regions: list[str]) -> None:
        from pyside.jobs.cloud import vertex

        self._progress({"stage": "submitting"})
        mark = uuid.uuid4().hex
        self._note(mark=mark, regions=regions, name=None)
        training = TrainSettings.from_options(self._request["settings"])
        for note in vertex.idle_accelerators(self._settings, training):
            self._report(note)
        spec = vertex.job_spec(
            self._settings,
            self._place.name,
            self._job["package"],
            script_arguments(self._job),
            mark,
            package.extras_of(training),
            training.backend,
        )
        name = self._service.submit(spec, regions, self._report)
        region = vertex.region_of(name)
        self._note(name=name, region=region, console=vertex.console_url(name))
        (self._place / JOB).write_json({**self._job, "files": {}})
        self._report(f"Submitted {self._place.name} in {region}: {self._job['console']}")

    def _send_files(self, job_folder: Place) -> tuple[Record, dict[str, str]]:
        """Send the files that the settings name.

        Returns:
            The settings with the names of the files in the job folder, and a dict from URL to local path.
        """
        sent: dict[str, str] = {}

        def send(file: str) -> str:
            if file not in sent:
                sent[file] = f"files/{len(sent) + 1}-{_legal(Path(file).name)}"
                transfer.upload_file(Path(file), job_folder / sent[file])
            return sent[file]

        settings = with_files(self._request["settings"], send)
        return settings, {f"{job_folder.url}/{name}": file for file, name in sent.items()}

    # --- watching ---

    def watched(self) -> Record:
        """Watch until the training has ended, and return its result."""
        mirror = Mirror(self._place, self._progress, self._job.get("told", 0))
        began, asked = time.monotonic(), False
        reached = waiting_since = began
        while True:
            with self._network(reached):
                seen = self._service.look(self._job["name"])
                found = mirror.look()
                reached = time.monotonic()
                if mirror.passed_on != self._job.get("told", 0):
                    self._note(told=mirror.passed_on)
                if found is not None:
                    return found
                if self._should_stop() and not asked:
                    asked = True
                    self._stop(seen)
                if seen.state != "waiting":
                    waiting_since = time.monotonic()
                    if seen.state == "running" and not mirror.has_begun:
                        self._progress({"stage": "preparing the machine"})
                elif (waited := time.monotonic() - waiting_since) > self._settings.max_wait_hours * 3600:
                    self._service.cancel(self._job["name"])
                    self._go_elsewhere(_never_started(self._job, waited, seen))
                    waiting_since = time.monotonic()
                else:
                    self._progress({"stage": f"waiting for a machine in {self._job['region']}"})
                if seen.state in ("done", "failed", "cancelled") and (last := self._last_word(mirror, seen)):
                    return last
            time.sleep(pause(time.monotonic() - began))

    @contextlib.contextmanager
    def _network(self, reached: float) -> Any:
        """Tolerate a network failure for up to an hour."""
        try:
            yield
        except NoNetwork as error:
            if time.monotonic() - reached > _SECONDS_WITHOUT_NETWORK:
                raise NoNetwork(
                    f"{error.text} The training in the cloud continues; resume this job to watch it."
                ) from error
            self._progress({"stage": "no network, trying again"})

    def _stop(self, seen: Seen) -> None:
        if seen.state == "waiting":
            self._service.cancel(self._job["name"])
            raise Interrupted("The training was stopped before it had a machine, so there is no model.")
        (self._place / STOP).write(b"")

    def _last_word(self, mirror: Mirror, seen: Seen) -> Record | None:
        """Return the result of a job that has ended; None if it was submitted again to another region."""
        until = time.monotonic() + _SECONDS_FOR_LAST_FILES
        while True:
            if (found := mirror.look()) is not None:
                return found
            if seen.state != "done" or time.monotonic() > until:
                break
            time.sleep(1)
        if isinstance(seen.error, NoCapacity):
            self._go_elsewhere(seen.error)
            return None
        if seen.state == "cancelled":
            raise BadJob(
                "The job in the cloud was cancelled. Resume this job to submit it again from its last checkpoint."
            )
        text = f"The job in the cloud ended ({seen.service_state}) without a result."
        where = f"See its log (logs(job), touchtrain cloud logs {for_shell(self._folder)}), or {self._job['console']}."
        raise seen.error or JobFailed(f"{text} {where} What it wrote is in {self._place.url}.")

    def _go_elsewhere(self, error: Exception) -> None:
        """Submit to the regions after the current one, or raise the error if there is none."""
        regions = self._regions()
        left = regions[regions.index(self._job["region"]) + 1 :] if self._job["region"] in regions else []
        if not left:
            raise error
        self._report(f"No machine in {self._job['region']}: trying {left[0]}.")
        self._submit(left)

    # --- fetching ---

    def fetched(self, record: Record) -> Record:
        """Fetch the files that a training made, and return its record with local paths."""
        from pyside.models import output_files
        from pyside.models.formats import export

        self._progress({"stage": "fetching"})
        target = Path(self._request["model_path"])
        models, stem = Place(self._job["models"]), Path(self._job["model"]).stem
        names = sorted(models.files())
        if self._job["model"] not in names:
            raise PathMissing(f"The model {self._job['model']} is no longer in {models.url}.")
        there = {Path(name).parts[0] for name in names}
        settings = TrainSettings(
            keep_previous=self._request["settings"].get("keep_previous", True),
            also_save=tuple(kind for kind, suffix in export.SUFFIXES.items() if stem + suffix in there),
            report=f"{stem}.report" in there,
        )
        place = output_files.Place(target, settings, self._folder / output_files.NOTE, self._folder)
        if notes := place.replacement_notes(""):
            self._progress({"stage": "fetching", "said": notes})
        try:
            self._put(models, names, target, place.replacing)
            place.clean_up()
        except (NotWritable, DiskFull) as error:
            where = place.elsewhere(target.name, lambda file: self._put(models, names, file))
            raise place.with_location(error, where) from error
        record = {**record, "report": _with_warnings(record.get("report"), place.warnings)}
        here = {
            f"{models.url}/{stem}": str(target.with_name(target.stem)),
            self._job["dataset"]: self._request["dataset"],
            **self._job["files"],
        }
        return moved(record, here)

    def _put(
        self, models: Place, names: list[str], target: Path, replacing: Callable[[Path], None] = lambda file: None
    ) -> None:
        """Fetch the files that a training made into a temporary folder, then move them into place, the model last.

        Raises:
            NotWritable, DiskFull: the files cannot be written there.
            ModelNotProven: the weights are not those that the training saved.
            TouchTrainError: the files cannot be fetched.
        """
        from pyside.evaluation.report import page
        from pyside.models import load, probes
        from pyside.models.formats import saved_model_folders

        beside = fitting(target.parent, target.name, ".fetched")
        with write_errors(target):
            beside.mkdir(exist_ok=True)
        transfer.download(models, beside, names, self._progress)  # also after a gentle stop: no should_stop
        load.describe_model(beside / self._job["model"])  # raises an error if the model cannot be read
        probes.check_weights(beside / self._job["model"])
        stem = Path(self._job["model"]).stem
        tops = sorted({Path(name).parts[0] for name in names}, key=lambda name: name == self._job["model"])
        with write_errors(target):
            replacing(beside / self._job["model"])
            for top in tops:
                one, place = beside / top, target.with_name(top.replace(stem, target.stem, 1))
                if not one.is_dir():
                    move(one, place)
                elif place.suffix == ".report":
                    page.check_folder(place)
                    page.take_place(one, place)
                    page.remove(one)
                else:
                    saved_model_folders.take_place(one, place)
            with contextlib.suppress(OSError):  # not empty if another fetch left files there
                beside.rmdir()

    # --- notes ---

    def _note(self, **more: Any) -> None:
        self._job |= more
        write_json(self._folder / SUBMITTED, self._job)

    def _report(self, text: str) -> None:
        self._progress({"stage": "submitting", "said": [text]})


# --- small things --------------------------------------------------------------------------------------------------


def script_arguments(job: Mapping[str, Any]) -> list[str]:
    """Return the arguments of ``train_model_cloud`` for a job."""
    return [
        *("--data_path", job["dataset"]),
        *("--export_path", job["models"]),
        *("--model_name", job["model"]),
        *("--job-dir", job["folder"]),
    ]


def pause(elapsed: float) -> float:
    """Return the seconds until the next poll: 0.5 at first, 15 later."""
    return min(15.0, max(0.5, elapsed / 20))


def _with_warnings(report: Any, warnings: list[str]) -> Any:
    """Return the report of a training with these warnings added."""
    return {**report, "warnings": [*report.get("warnings", []), *warnings]} if report and warnings else report


def _free_folder(place: Place, name: str) -> Place:
    """Return the folder of a new job; if the name is taken, a number is appended."""
    wanted, number = _legal(name), 2
    found = place / wanted
    while found.exists():
        found, number = place / f"{wanted}-{number}", number + 1
    return found


def _legal(name: str) -> str:
    """Return a name reduced to characters that are valid in names of jobs and of files in a bucket."""
    return re.sub(r"[^A-Za-z0-9_.-]+", "-", name).strip("-.") or "touchtrain"


def _never_started(job: Mapping[str, Any], waited: float, seen: Seen) -> NeverStarted:
    return NeverStarted(
        f"The job waited {waited / 3600:.1f} hours in {job['region']} for a machine ({seen.service_state}) and was "
        f"cancelled. If the project's quota is used up, wait or request more. Otherwise set "
        f"{named('fallback_regions')}, choose another {named('machine_type')} or {named('accelerator')}, or raise "
        f"{named('max_wait_hours')}."
    )


def _size(n_bytes: int) -> str:
    return f"{n_bytes / 1e6:,.1f} MB"
