"""Operations on trainings in the cloud: plan, submit, status, logs, cancel, fetch.

A training in the cloud is named by the local folder of the job that submitted it, or, from any other computer, by its
folder in the bucket, such as ``gs://my-lab/jobs/NAME``.
"""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from os import PathLike
from pathlib import Path
from typing import Any

from pyside import errors
from pyside.data.dataset import open_dataset
from pyside.errors import BadJob, files_text
from pyside.jobs import job, job_records, requests
from pyside.jobs.cloud import package, vertex
from pyside.jobs.cloud import training as remote
from pyside.jobs.cloud.job_folder import JOB, PROGRESS
from pyside.jobs.cloud.place import Place
from pyside.jobs.cloud.submission import submitted, whole
from pyside.settings.cloud import CloudSettings
from pyside.settings.training import TrainSettings
from pyside.system.progress import ProgressLine

Source = str | PathLike[str]
_POLL_SECONDS = 0.2


def plan(dataset: Source, model_path: Source, options: Mapping[str, Any]) -> dict[str, Any]:
    """Return what would be uploaded and started, without any request to the cloud.

    Args:
        dataset: as in `requests.cloud_training`.
        model_path: as in `requests.cloud_training`.
        options: as in `requests.cloud_training`.

    Returns:
        ``kind``: ``"cloud plan"``; ``job``: the job as the service would get it; ``uploads``: one record per target,
        with ``to``, ``files``, ``bytes`` (an upper limit: what is already there is not sent); ``estimate``: what
        `vertex.estimate` returns; ``page``: all of this as lines of text.

    Raises:
        TouchTrainError: as `requests.cloud_training`.
    """
    request = requests.cloud_training(dataset, model_path, options)
    settings = CloudSettings.from_options(request["cloud"])
    training = TrainSettings.from_options(request["settings"])
    opened = open_dataset(dataset)
    sizes = [(opened.folder / name).stat().st_size for name in opened.files]
    uploads = [{"to": remote.data_place(dataset, settings).url, "files": len(sizes), "bytes": sum(sizes)}]
    bucket = f"gs://{settings.bucket}"
    code = f"{bucket}/packages/touchtrain.tar.gz"
    uploads.append({"to": f"{bucket}/packages", "files": 1, "bytes": package.size()})
    name = Path(request["model_path"]).stem
    noted = {
        "folder": f"{bucket}/{settings.log_dir}/{name}",
        "dataset": uploads[0]["to"],
        "models": f"{bucket}/{settings.models}/{name}",
        "model": Path(request["model_path"]).name,
    }
    frames = int((opened.table.labels >= 0).sum() * (1 - training.validation_fraction - training.test_fraction))
    estimate = vertex.estimate(settings, frames, training.epochs, sum(sizes))
    arguments, extras = remote.script_arguments(noted), package.extras_of(training)
    spec = vertex.job_spec(settings, name, code, arguments, "MARK", extras, training.backend)
    estimate["notes"] += vertex.idle_accelerators(settings, training)
    found = {"kind": "cloud plan", "job": spec, "uploads": uploads, "estimate": estimate}
    return {**found, "page": _page(found, settings)}


def _page(found: dict[str, Any], settings: CloudSettings) -> list[str]:
    """Return a plan as lines of text."""
    rows = ["This is a dry run: nothing is sent or started.", "", "It would send, unless already there:"]
    rows += [
        f"  {files_text(one['files']):>11}, {one['bytes'] / 1e6:,.1f} MB, to {one['to']}" for one in found["uploads"]
    ]
    regions = [settings.region, *settings.fallback_regions]
    rows += ["", f"It would start in {', then '.join(regions)}:"]
    rows += ["  " + line for line in json.dumps(found["job"], indent=2).splitlines()]
    estimate = found["estimate"]
    hours, cost = estimate["hours"], estimate["cost"]
    rows += ["", "time  " + ("not known" if hours is None else f"at most {hours:.2f} hours")]
    rows += ["cost  " + ("not known" if cost is None else f"at most {cost:.2f}, in the currency of the price")]
    return [*rows, *(f"      {note}" for note in estimate["notes"])]


def submit(
    dataset: Source, model_path: Source, options: Mapping[str, Any], job_folder: Source | None = None, log: bool = False
) -> dict[str, Any]:
    """Start a training in the cloud and wait until it is submitted; a local job watches it in the background.

    Args:
        dataset: as in `requests.cloud_training`.
        model_path: as in `requests.cloud_training`.
        options: as in `requests.cloud_training`.
        job_folder: as in `job.start`.
        log: whether to print messages even if there is no terminal.

    Returns:
        What `job_records.status` returns then.

    Raises:
        TouchTrainError: it could not be submitted.
    """
    folder = job.start(requests.cloud_training(dataset, model_path, options), job_folder)
    shown, seen = ProgressLine(log), 0
    try:
        while True:
            found = job_records.status(folder)
            lines, seen = job_records.messages(folder, seen, live=True)
            shown({**found["progress"], "said": lines})
            if found["state"] in job_records.ENDED:
                job_records.result(folder)
                return found
            if (found["cloud"] or {}).get("name"):
                return found
            time.sleep(_POLL_SECONDS)
    finally:
        shown.end()


def status(source: Source) -> dict[str, Any]:
    """Return the status of a training in the cloud, from the service, and from the local job if there is one.

    Returns:
        ``cloud``: as in `job_records.status`; ``service``: ``state`` (waiting, running, done, failed or cancelled),
        ``service_state``, ``error``, ``created``, ``started``, ``ended``; ``job``: what `job_records.status` returns,
        or None; ``progress``: the latest progress record of the training.

    Raises:
        BadJob: there is no such training, or it is not yet submitted.
        NoNetwork, NoCredentials, CloudError: the service does not answer.
    """
    noted, folder = _noted(source)
    seen = vertex.Service(noted["project"]).look(noted["name"])
    service = {**vars(seen), "error": seen.error and errors.error_record(seen.error)}
    here = job_records.status(folder) if folder else None
    progress = (Place(noted["folder"]) / PROGRESS).read_json() or {}
    return {"kind": "cloud job", "cloud": noted, "service": service, "job": here, "progress": progress}


def logs(source: Source, lines: int = 1000) -> list[dict[str, Any]]:
    """Return the last lines of the service's log of a training: ``time``, ``severity``, ``text``.

    Raises:
        BadJob, NoNetwork, NoCredentials, NoPermission, CloudError: as `status`.
    """
    noted, _ = _noted(source)
    return vertex.Service(noted["project"]).logs(noted["name"], lines)


def cancel(source: Source) -> dict[str, Any]:
    """End a training in the cloud at once.

    Returns:
        ``state``: ``cancelled``, or how it had ended before.

    Raises:
        BadJob, NoNetwork, NoCredentials, NoPermission, CloudError: it could not be cancelled.
    """
    if not _is_url(source):
        return {"state": job.cancel(source)}
    noted, _ = _noted(source)
    service = vertex.Service(noted["project"])
    service.cancel(noted["name"])
    return {"state": service.look(noted["name"]).state}


def fetch(source: Source, model_path: Source | None = None) -> str:
    """Start a local job that waits for a training in the cloud and fetches its model.

    Args:
        source: the local job folder, or the job folder in the bucket.
        model_path: model file to write. Default: the one given at submission. Required for a folder in the bucket.

    Returns:
        The folder of the local job; `job.wait` returns its result.

    Raises:
        BadJob: there is no such training, or it is not submitted.
    """
    if not _is_url(source) and model_path is None:
        found, request = job_records.status(source), job_records.request_of(source)
        fetches = (request.get("cloud") or {}).get("fetch")
        if fetches and found["state"] in job_records.CAN_RESUME:
            return job.resume(source)
        if fetches:
            return str(found["folder"])
    noted, folder = _noted(source)
    if folder:
        request = job_records.request_of(folder, whole=True)
        options, dataset, model_path = request.get("cloud", {}), request["dataset"], model_path or request["model_path"]
    else:
        options, dataset = {"project": noted["project"], "bucket": noted["models"].split("/")[2]}, noted["dataset"]
    if model_path is None:
        raise BadJob("Give the path for the model.")
    return job.start(requests.cloud_fetch(dataset, model_path, options, noted))


def _is_url(source: Source) -> bool:
    return "://" in str(source)


def _noted(source: Source) -> tuple[dict[str, Any], Path | None]:
    """Return what was submitted, and the local job folder, or None for a folder in the bucket."""
    if _is_url(source):
        found = (Place(str(source)) / JOB).read_json()
        if not found:
            raise BadJob(f"There is no job in {source}. Give the folder of a job, such as gs://BUCKET/jobs/NAME.")
        return whole(found, source), None
    folder = Path(job_records.status(source)["folder"])
    noted = submitted(folder)
    if noted is None:
        raise BadJob(
            f"The job {folder} is not, or not yet, in the cloud. touchtrain.inspect, or touchtrain job status, shows "
            "its status."
        )
    if not noted.get("name"):
        raise BadJob(f"The job {folder} is being submitted, or its submission failed. Check again soon.")
    return whole(noted, folder), folder
