"""Custom jobs of Vertex AI: their specification, and how to submit, inspect and cancel them and read their logs.

The REST documentation of projects.locations.customJobs explains the fields. A container of a custom job sees the
project's buckets under ``/gcs/BUCKET`` (Cloud Storage FUSE), so it installs TouchTrain from there with pip alone.
"""

from __future__ import annotations

import contextlib
import dataclasses
import functools
import os
import re
import time
from collections.abc import Callable, Sequence
from typing import Any

from pyside.errors import BadOption, CloudError, JobFailed, NoCapacity, NoNetwork, QuotaExceeded, TouchTrainError
from pyside.jobs.cloud import errors
from pyside.settings.cloud import CloudSettings
from pyside.settings.core import SPELLING, named, set_to, spoken
from pyside.settings.training import TrainSettings
from pyside.system.records import to_json

_STATES = {
    "JOB_STATE_QUEUED": "waiting",
    "JOB_STATE_PENDING": "waiting",
    "JOB_STATE_SUCCEEDED": "done",
    "JOB_STATE_PARTIALLY_SUCCEEDED": "done",
    "JOB_STATE_FAILED": "failed",
    "JOB_STATE_EXPIRED": "failed",
    "JOB_STATE_CANCELLED": "cancelled",
}
_LABEL = "touchtrain"
_FIRST_PAUSE, _TRIES = 1.0, 6  # seconds, doubled each time: half a minute in total
_SECONDS_TO_ANSWER = 60
_HOURS_TO_START = 0.25  # for a machine, its image and the packages: a common wait, not measured here
# CUDA 12, because the driver of the service's machines may be too old for 13; PyTorch brings its CUDA along.
_WITH_CUDA = {"tensorflow": "[and-cuda]", "jax": "[cuda12]", "torch": ""}
_INSTALL_AND_TRAIN = 'python -m pip install --quiet --root-user-action=ignore "$1" "$2" && shift 2 && exec "$@"'


def job_spec(
    settings: CloudSettings,
    name: str,
    package: str,
    arguments: Sequence[str],
    mark: str,
    extras: Sequence[str] = (),
    backend: str = "tensorflow",
) -> dict[str, Any]:
    """Return a custom job in the form that the REST API takes.

    Args:
        settings: machine, image and further settings of the job.
        name: display name in the console.
        package: ``gs://`` URL of a source distribution of TouchTrain.
        arguments: arguments of ``python -m pyside.train_model_cloud``.
        mark: label by which the job is found again.
        extras: of TouchTrain, beside ``cloud``, that the training needs.
        backend: of Keras; its library is installed, with CUDA on a machine with an accelerator.
    """
    machine: dict[str, Any] = {"machineType": settings.machine_type}
    library = backend
    if settings.accelerator:
        machine |= {"acceleratorType": settings.accelerator, "acceleratorCount": settings.accelerator_count}
        library += _WITH_CUDA[backend]
    if settings.run_version:
        library += f"=={settings.run_version}" + ".*" * (settings.run_version.count(".") == 1)
    # No value of the user is part of the shell's command text: the shell gets all values as arguments.
    container = {
        "imageUri": settings.container_image,
        "command": [
            *("sh", "-c", _INSTALL_AND_TRAIN, "touchtrain"),
            f"/gcs/{package.removeprefix('gs://')}[{','.join(('cloud', *extras))}]",
            library,
            *("env", "PYTHONSAFEPATH=1", f"KERAS_BACKEND={backend}"),
            *([f"{SPELLING}=matlab"] if spoken() == "matlab" else []),
            *("python", "-m", "pyside.train_model_cloud"),
        ],
        "args": list(arguments),
    }
    scheduling: dict[str, Any] = {
        "timeout": f"{round(settings.max_run_hours * 3600)}s",
        "restartJobOnWorkerRestart": True,
    }
    if settings.spot:
        scheduling["strategy"] = "SPOT"
    spec: dict[str, Any] = {
        "workerPoolSpecs": [{"machineSpec": machine, "replicaCount": "1", "containerSpec": container}],
        "scheduling": scheduling,
    }
    if settings.service_account:
        spec["serviceAccount"] = settings.service_account
    return {"displayName": name[:128], "labels": {_LABEL: mark}, "jobSpec": spec}


def estimate(settings: CloudSettings, frames: int, epochs: int, n_bytes: int) -> dict[str, Any]:
    """Estimate the longest duration and the highest cost of a training.

    Args:
        settings: with `cloud_speed` and `price_per_hour`, if the user knows them.
        frames: number of training frames per epoch.
        epochs: largest number of epochs.
        n_bytes: size of the dataset.

    Returns:
        ``hours`` and ``cost``, None if unknown, and ``notes``: the assumptions, in sentences.
    """
    notes = [f"{frames:,} frames to train on, at most {epochs} epochs; it may stop when it no longer improves."]
    hours = cost = None
    if settings.cloud_speed:
        hours = _HOURS_TO_START + frames * epochs / settings.cloud_speed / 3600
        notes.append(
            f"{settings.cloud_speed:,.0f} frames/s ({named('cloud_speed')}), and {_HOURS_TO_START * 60:.0f} minutes to "
            "start: assumed, not measured."
        )
        if hours > settings.max_run_hours:
            limit = f"{settings.max_run_hours:g} hours"
            notes.append(f"The service ends the training after {limit}: raise {named('max_run_hours')}.")
    else:
        notes.append(f"To estimate the time, set {named('cloud_speed')} to the frames/s of the machine; see a report.")
    if settings.price_per_hour is None:
        notes.append(f"To estimate the cost, set {named('price_per_hour')}. Google lists its prices.")
    elif hours is not None:
        cost = round(hours * settings.price_per_hour, 2)
        notes.append(f"This is the cost of the machine; {n_bytes / 1e9:.2f} GB in the bucket cost extra.")
    return {"hours": hours, "cost": cost, "notes": notes}


def idle_accelerators(settings: CloudSettings, training: TrainSettings) -> list[str]:
    """Return a sentence about accelerators that are paid for and do nothing, if there are any."""
    used = settings.n_accelerators if training.devices == "all" else int(training.devices)
    used = 0 if training.execution_environment == "cpu" else used
    if used >= settings.n_accelerators:
        return []
    advice = f"set {set_to('accelerator_count', max(used, 1))}, or {set_to('backend', 'jax')}, which can use all."
    if training.backend == "jax":
        advice = f"set {set_to('accelerator_count', max(used, 1))}, or {set_to('devices', 'all')}."
    if not used:
        advice = f"leave out {named('accelerator')}, or {named('execution_environment')}."
    return [f"The training uses {used} of {settings.n_accelerators} accelerators, and all are paid for: {advice}"]


@dataclasses.dataclass(frozen=True)
class Seen:
    """Status of a job.

    Attributes:
        state: waiting, running, done, failed or cancelled.
        service_state: the state that the service reports, such as ``JOB_STATE_PENDING``.
        error: the error of a failed job, else None.
        created: when the job was created, in ISO format.
        started: when it got a machine; None before.
        ended: when it ended; None before.
    """

    state: str
    service_state: str
    error: TouchTrainError | None = None
    created: str | None = None
    started: str | None = None
    ended: str | None = None


class Service:
    """Vertex AI and its logs, for one project.

    Credentials come from the standard chain of Google's libraries. If the environment variable
    ``TOUCHTRAIN_VERTEX_ENDPOINT`` is set, requests go to that stand-in, without credentials.

    Args:
        project: id of the project.

    Raises:
        ExtraMissing: Google's libraries are not installed.
        NoCredentials: there are no credentials.
    """

    def __init__(self, project: str):
        self._project = project
        self._endpoint = os.environ.get("TOUCHTRAIN_VERTEX_ENDPOINT")
        self._clients: dict[str, Any] = {}
        with self._translated():
            import google.auth
            from google.auth.credentials import AnonymousCredentials

            scopes = ["https://www.googleapis.com/auth/cloud-platform"]
            self._credentials = AnonymousCredentials() if self._endpoint else google.auth.default(scopes)[0]

    def check(self, region: str) -> None:
        """Check that jobs can be submitted: credentials, project, service, permission.

        Raises:
            NoCredentials, ProjectNotFound, ApiDisabled, NoPermission, NoNetwork, CloudError.
        """
        request = {"parent": self._parent(region), "page_size": 1}
        self._again(lambda: next(iter(self._client(region).list_custom_jobs(request, **_ONCE)), None), region)

    def submit(
        self, spec: dict[str, Any], regions: Sequence[str], report: Callable[[str], None] = lambda text: None
    ) -> str:
        """Submit a job to the first of the regions that takes it.

        Args:
            spec: as returned by `job_spec`.
            regions: the regions to try, in order. Quotas are per region, too.
            report: called with a sentence when another region is tried.

        Returns:
            The resource name of the job.

        Raises:
            NoCapacity, QuotaExceeded: no region took the job; the text has the answers of all regions.
            NoCredentials, ProjectNotFound, ApiDisabled, NoPermission, NoNetwork, CloudError.
        """
        refused: list[str] = []
        for number, region in enumerate(regions, start=1):
            try:
                return self._create(spec, region)
            except (NoCapacity, QuotaExceeded) as error:
                if number == len(regions):
                    before = f" Before that: {' '.join(refused)}" if refused else ""
                    raise type(error)(error.text + before) from error
                refused.append(error.text)
                report(f"{error.text.partition('.')[0]}. Trying {regions[number]}.")
        raise CloudError("No region is given to train in.")

    def _create(self, spec: dict[str, Any], region: str) -> str:
        """Create a job; after a lost connection, look for it first, so that there are never two."""
        from google.cloud.aiplatform_v1.types import CustomJob
        from google.protobuf.json_format import ParseError

        try:
            job = CustomJob.from_json(to_json(spec))
        except ParseError as error:
            raise BadOption(f"Vertex AI knows no such machine: {' '.join(str(error).split())}") from error
        mark, is_again = spec["labels"][_LABEL], False

        def create() -> str:
            nonlocal is_again
            if is_again and (found := self._marked(mark, region)):
                return found
            is_again = True
            request = {"parent": self._parent(region), "custom_job": job}
            return str(self._client(region).create_custom_job(request, **_ONCE).name)

        return str(self._again(create, region))

    def find(self, mark: str, regions: Sequence[str]) -> str | None:
        """Return the resource name of the job with a mark, in one of the regions; None if there is none."""
        for region in regions:
            if found := self._again(functools.partial(self._marked, mark, region), region):
                return str(found)
        return None

    def _marked(self, mark: str, region: str) -> str | None:
        request = {"parent": self._parent(region), "filter": f'labels.{_LABEL}="{mark}"'}
        return next((str(job.name) for job in self._client(region).list_custom_jobs(request, **_ONCE)), None)

    def look(self, name: str) -> Seen:
        """Return the status of a job.

        Args:
            name: its resource name.

        Raises:
            NoNetwork, NoCredentials, NoPermission, CloudError.
        """
        region = region_of(name)
        job = self._again(lambda: self._client(region).get_custom_job({"name": name}, **_ONCE), region)
        state = job.state.name
        error = None
        if _STATES.get(state) == "failed":
            words = job.error.message or f"The job ended as {state}."
            error = errors.from_code(job.error.code, words, self._project, region)
            if type(error) is CloudError:
                error = JobFailed(
                    f"The job in the cloud failed: {words} See its log: touchtrain cloud logs, logs(job)."
                )
        times = (_time(job.create_time), _time(job.start_time), _time(job.end_time))
        return Seen(_STATES.get(state, "running"), state, error, *times)

    def cancel(self, name: str) -> None:
        """Cancel a job; a job that has ended is left alone.

        Raises:
            NoNetwork, NoCredentials, NoPermission, CloudError.
        """
        if self.look(name).state in ("waiting", "running"):
            region = region_of(name)
            self._again(lambda: self._client(region).cancel_custom_job({"name": name}, **_ONCE), region)

    def logs(self, name: str, most: int = 1000) -> list[dict[str, Any]]:
        """Return the last lines that Cloud Logging keeps for a job, the newest last.

        Args:
            name: its resource name.
            most: largest number of lines.

        Returns:
            Records with ``time``, ``severity`` and ``text``.

        Raises:
            NoNetwork, NoCredentials, NoPermission, ApiDisabled, CloudError.
        """
        number = name.rpartition("/")[2]
        filter_ = f'resource.type="ml_job" AND resource.labels.job_id="{number}"'

        def read() -> list[Any]:
            from google.cloud import logging

            options = {"api_endpoint": self._endpoint} if self._endpoint else None
            client = logging.Client(
                project=self._project, credentials=self._credentials, client_options=options, _use_grpc=False
            )
            newest_first = client.list_entries(filter_=filter_, order_by=logging.DESCENDING, max_results=most)
            return list(newest_first)

        found = self._again(read, region_of(name))
        rows = ((_time(one.timestamp), one.severity or "DEFAULT", _text(one.payload)) for one in reversed(found))
        return [{"time": time_, "severity": severity, "text": text} for time_, severity, text in rows]

    # --- requests ---

    def _parent(self, region: str) -> str:
        return f"projects/{self._project}/locations/{region}"

    def _client(self, region: str) -> Any:
        if region not in self._clients:
            from google.cloud.aiplatform_v1 import JobServiceClient

            endpoint = self._endpoint or f"{region}-aiplatform.googleapis.com"
            self._clients[region] = JobServiceClient(
                credentials=self._credentials, transport="rest", client_options={"api_endpoint": endpoint}
            )
        return self._clients[region]

    def _again(self, ask: Callable[[], Any], region: str) -> Any:
        """Repeat a request until it is answered, for half a minute at most."""
        pauses = [_FIRST_PAUSE * 2**number for number in range(_TRIES - 1)]
        while True:
            try:
                with self._translated(region):
                    return ask()
            except NoNetwork:
                if not pauses:
                    raise
                time.sleep(pauses.pop(0))

    def _translated(self, region: str | None = None) -> contextlib.AbstractContextManager[None]:
        return errors.translated(self._project, region)


_ONCE: dict[str, Any] = {"retry": None, "timeout": _SECONDS_TO_ANSWER}


def region_of(name: str) -> str:
    """Return the region in a resource name."""
    found = re.search(r"/locations/([^/]+)/", name)
    return found[1] if found else ""


def console_url(name: str) -> str:
    """Return the page of a job in Google's console."""
    project, number = name.split("/")[1], name.rpartition("/")[2]
    where = f"locations/{region_of(name)}/training/{number}/cpu"
    return f"https://console.cloud.google.com/vertex-ai/{where}?project={project}"


def _time(value: Any) -> str | None:
    """Return a time in ISO format; None if the service has not set it."""
    return value.isoformat() if value is not None and value.timestamp() > 0 else None


def _text(payload: Any) -> str:
    if isinstance(payload, dict):
        return str(payload.get("message", payload))
    return str(payload or "")
