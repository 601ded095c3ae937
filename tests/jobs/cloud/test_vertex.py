"""Custom jobs of Vertex AI, by Google's own client library, asked of a stand-in of ours for the service."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from pyside.errors import (
    ApiDisabled,
    BadOption,
    CloudError,
    JobFailed,
    NoCapacity,
    NoCredentials,
    NoNetwork,
    NoPermission,
    ProjectNotFound,
    QuotaExceeded,
    TouchTrainError,
)
from pyside.jobs.cloud import vertex
from pyside.jobs.cloud.vertex import Service, job_spec
from pyside.settings import CloudSettings, TrainSettings
from tests.conftest import holds, raises_with
from tests.jobs.cloud.stand_ins import VertexStandIn

ROOT = Path(__file__).resolve().parents[2]
PROJECT = "my-lab-123456"
REGION = "us-central1"
QUOTA = (
    "The following quota metrics exceed quota limits: aiplatform.googleapis.com/custom_model_training_nvidia_t4_gpus"
)
STOCK_OUT = (
    f"Resources are insufficient in region: {REGION}. Please try a different region or use a different accelerator."
)
UNKNOWN = f"Project 'projects/{PROJECT}' not found or deleted."
OFF = f"Vertex AI API has not been used in project {PROJECT} before or it is disabled. Enable it by visiting a page."
DENIED = (
    f"Permission 'aiplatform.customJobs.create' denied on resource '//aiplatform.googleapis.com/projects/{PROJECT}'."
)


@pytest.fixture
def stand_in(monkeypatch: pytest.MonkeyPatch) -> Iterator[VertexStandIn]:
    monkeypatch.setattr(vertex, "_FIRST_PAUSE", 0.01)
    with VertexStandIn() as found:
        monkeypatch.setenv("TOUCHTRAIN_VERTEX_ENDPOINT", found.url)
        yield found


def settings(**options: Any) -> CloudSettings:
    return CloudSettings.from_options({"project": PROJECT, "bucket": "lab", **options})


def spec(mark: str = "mark-1", **options: Any) -> dict[str, Any]:
    return job_spec(
        settings(**options), "whiskers", "gs://lab/packages/t.tar.gz", ["--data_path", "gs://lab/set"], mark
    )


# --- what a job looks like -----------------------------------------------------------------------------------------


def test_a_job_as_the_service_gets_it() -> None:
    wanted = {"accelerator": "NVIDIA_TESLA_T4", "spot": True, "run_version": "2.21", "max_run_hours": 2}
    assert spec(**wanted, service_account="trainer@my-lab-123456.iam.gserviceaccount.com") == {
        "displayName": "whiskers",
        "labels": {"touchtrain": "mark-1"},
        "jobSpec": {
            "workerPoolSpecs": [
                {
                    "machineSpec": {
                        "machineType": "n1-standard-8",
                        "acceleratorType": "NVIDIA_TESLA_T4",
                        "acceleratorCount": 1,
                    },
                    "replicaCount": "1",
                    "containerSpec": {
                        "imageUri": "python:3.12",
                        "command": [
                            "sh",
                            "-c",
                            'python -m pip install --quiet --root-user-action=ignore "$1" "$2" && shift 2 && exec "$@"',
                            "touchtrain",
                            "/gcs/lab/packages/t.tar.gz[cloud]",
                            "tensorflow[and-cuda]==2.21.*",
                            "env",
                            "PYTHONSAFEPATH=1",
                            "KERAS_BACKEND=tensorflow",
                            "python",
                            "-m",
                            "pyside.train_model_cloud",
                        ],
                        "args": ["--data_path", "gs://lab/set"],
                    },
                }
            ],
            "scheduling": {"timeout": "7200s", "restartJobOnWorkerRestart": True, "strategy": "SPOT"},
            "serviceAccount": "trainer@my-lab-123456.iam.gserviceaccount.com",
        },
    }


def test_without_an_accelerator_there_is_none_and_no_cuda() -> None:
    made = spec()["jobSpec"]
    pool = made["workerPoolSpecs"][0]
    assert pool["machineSpec"] == {"machineType": "n1-standard-8"}
    assert "tensorflow" in pool["containerSpec"]["command"]
    assert "strategy" not in made["scheduling"] and "serviceAccount" not in made


@pytest.mark.parametrize(
    ("backend", "accelerator", "library"),
    [
        ("jax", None, "jax"),
        ("jax", "NVIDIA_TESLA_T4", "jax[cuda12]"),
        ("torch", "NVIDIA_TESLA_T4", "torch"),
    ],
)
def test_the_library_of_the_backend_is_installed_and_used(backend: str, accelerator: str | None, library: str) -> None:
    made = job_spec(settings(accelerator=accelerator), "n", "gs://lab/t.tar.gz", [], "m", [backend], backend)
    command = made["jobSpec"]["workerPoolSpecs"][0]["containerSpec"]["command"]
    assert command[4:6] == [f"/gcs/lab/t.tar.gz[cloud,{backend}]", library]
    assert f"KERAS_BACKEND={backend}" in command


def test_accelerators_that_do_nothing_are_told() -> None:
    four = settings(accelerator="NVIDIA_TESLA_T4", accelerator_count=4)

    def told(**options: Any) -> str:
        return " ".join(vertex.idle_accelerators(four, TrainSettings.from_options(options)))

    assert holds(told(), "1 of 4", "accelerator_count to 1", "backend to 'jax'")
    assert holds(told(backend="jax", devices=3), "3 of 4", "devices to 'all'")
    assert holds(told(execution_environment="cpu"), "0 of 4", "execution_environment")
    assert told(backend="jax", devices="all") == told(backend="jax", devices=4) == ""
    assert vertex.idle_accelerators(settings(), TrainSettings()) == []


@pytest.mark.skipif(sys.platform == "win32", reason="the container has a Bourne shell")
def test_names_cannot_break_out_of_the_command_that_the_container_runs(tmp_path: Path) -> None:
    """The command is run for real, with a python that tells its arguments."""
    (tmp_path / "python").write_text('#!/bin/sh\nfor one in "$@"; do printf "<%s>" "$one"; done; echo\n')
    (tmp_path / "python").chmod(0o755)
    evil = ["--model_name", "a b; touch broken `touch broken` $(touch broken) \" ' \\"]
    found = job_spec(settings(), "n", "gs://lab/t.tar.gz", evil, "m", ["onnx"])
    container = found["jobSpec"]["workerPoolSpecs"][0]["containerSpec"]
    line = [*container["command"], *container["args"]]
    environment = {"PATH": f"{tmp_path}{os.pathsep}{os.environ['PATH']}"}
    done = subprocess.run(line, cwd=tmp_path, env=environment, capture_output=True, text=True, check=True)
    installs, trains = done.stdout.splitlines()
    assert installs.endswith("</gcs/lab/t.tar.gz[cloud,onnx]><tensorflow>")
    assert trains == f"<-m><pyside.train_model_cloud><--model_name><{evil[1]}>"
    assert not (tmp_path / "broken").exists()


def test_an_estimate_says_what_it_assumes() -> None:
    known = vertex.estimate(settings(cloud_speed=1000, price_per_hour=2), frames=36_000, epochs=100, n_bytes=10**9)
    assert known["hours"] == pytest.approx(0.25 + 1.0) and known["cost"] == pytest.approx(2.5)
    assert any("assumed" in note for note in known["notes"])
    unknown = vertex.estimate(settings(), frames=36_000, epochs=100, n_bytes=10**9)
    assert unknown["hours"] is None and unknown["cost"] is None
    assert "cloud_speed" in " ".join(unknown["notes"]) and "price_per_hour" in " ".join(unknown["notes"])
    late = vertex.estimate(settings(cloud_speed=1, max_run_hours=1), frames=36_000, epochs=100, n_bytes=1)
    assert any("max_run_hours" in note for note in late["notes"])


# --- submit, look, cancel ------------------------------------------------------------------------------------------


def test_a_job_is_submitted_found_and_looked_at(stand_in: VertexStandIn) -> None:
    service = Service(PROJECT)
    service.check(REGION)
    name = service.submit(spec(), [REGION])
    assert name == f"projects/{PROJECT}/locations/{REGION}/customJobs/1001"
    assert vertex.region_of(name) == REGION
    assert vertex.console_url(name).startswith("https://console.cloud.google.com/") and PROJECT in vertex.console_url(
        name
    )
    assert service.find("mark-1", ["europe-west4", REGION]) == name
    assert service.find("mark-2", [REGION]) is None
    seen = service.look(name)
    assert (seen.state, seen.service_state, seen.error) == ("done", "JOB_STATE_SUCCEEDED", None)
    assert seen.created and seen.started and seen.ended
    service.cancel(name)  # which has ended: nothing is asked
    assert not any(one.endswith(":cancel") for one in stand_in.requests)


def test_a_job_that_waits_is_cancelled(stand_in: VertexStandIn) -> None:
    stand_in.stay_pending = True
    service = Service(PROJECT)
    name = service.submit(spec(), [REGION])
    seen = service.look(name)
    assert (seen.state, seen.started, seen.ended) == ("waiting", None, None)
    service.cancel(name)
    assert service.look(name).state == "cancelled"


@pytest.mark.parametrize("after_doing", [False, True])
def test_a_connection_that_is_cut_makes_one_job_not_two(stand_in: VertexStandIn, after_doing: bool) -> None:
    service = Service(PROJECT)
    service.check(REGION)
    stand_in.cut_next(after_doing)
    name = service.submit(spec(), [REGION])
    assert stand_in.created == 1 and name in stand_in.jobs


@pytest.mark.parametrize(("status", "text"), [(503, "busy"), (429, "Too many requests a minute"), (500, "oh")])
def test_what_passes_is_tried_again_and_not_for_ever(stand_in: VertexStandIn, status: int, text: str) -> None:
    service = Service(PROJECT)
    stand_in.answer_next(status, text, times=3)
    service.check(REGION)
    stand_in.requests.clear()
    stand_in.answer_next(status, text, times=100)
    with raises_with(NoNetwork, status):
        service.check(REGION)
    assert 3 < len(stand_in.requests) < 10


def test_submitting_to_a_service_that_is_away_is_given_up_in_time(stand_in: VertexStandIn) -> None:
    stand_in.answer_next(503, "away", times=100)
    with pytest.raises(NoNetwork):
        Service(PROJECT).submit(spec(), [REGION])
    assert len(stand_in.requests) == vertex._TRIES


@pytest.mark.parametrize(
    ("status", "text", "reason", "kind", "parts"),
    [
        (
            401,
            "Request had invalid authentication credentials.",
            "",
            NoCredentials,
            ["gcloud auth application-default"],
        ),
        (403, UNKNOWN, "CONSUMER_INVALID", ProjectNotFound, ["gcloud projects list"]),
        (404, f"Unknown project id: {PROJECT}", "", ProjectNotFound, ["my-lab-123456"]),
        (
            403,
            OFF,
            "SERVICE_DISABLED",
            ApiDisabled,
            ["Vertex AI", f"enable aiplatform.googleapis.com --project {PROJECT}"],
        ),
        (403, DENIED, "IAM_PERMISSION_DENIED", NoPermission, ["aiplatform.customJobs.create", '"Vertex AI User"']),
    ],
)
def test_the_causes_for_which_a_project_is_not_found_are_told_apart(
    stand_in: VertexStandIn, status: int, text: str, reason: str, kind: type[TouchTrainError], parts: list[str]
) -> None:
    service = Service(PROJECT)
    for ask in (lambda: service.check(REGION), lambda: service.submit(spec(), [REGION])):
        stand_in.answer_next(status, text, reason)
        stand_in.requests.clear()
        with pytest.raises(kind) as found:
            ask()
        assert PROJECT in found.value.text
        assert all(part in found.value.text for part in parts)
        assert len(stand_in.requests) == 1  # another try does not help


def test_no_credentials_at_all_are_told_before_anything_is_asked(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for name in ("GOOGLE_APPLICATION_CREDENTIALS", "TOUCHTRAIN_VERTEX_ENDPOINT", "CLOUDSDK_CONFIG"):
        monkeypatch.delenv(name, raising=False)
    for name in ("HOME", "APPDATA"):
        monkeypatch.setenv(name, str(tmp_path))
    monkeypatch.setenv("NO_GCE_CHECK", "true")
    with raises_with(NoCredentials, PROJECT, "gcloud auth application-default login"):
        Service(PROJECT)


def test_a_quota_names_its_metric_and_a_stock_out_another_region(stand_in: VertexStandIn) -> None:
    service = Service(PROJECT)
    stand_in.answer_next(429, QUOTA)
    with pytest.raises(QuotaExceeded) as found:
        service.submit(spec(), [REGION])
    assert REGION in found.value.text
    assert "aiplatform.googleapis.com/custom_model_training_nvidia_t4_gpus" in found.value.text
    stand_in.answer_next(429, STOCK_OUT)
    with raises_with(NoCapacity, REGION, "fallback_regions"):
        service.submit(spec(), [REGION])
    assert stand_in.created == 0


def test_regions_are_tried_down_the_list(stand_in: VertexStandIn) -> None:
    service, said = Service(PROJECT), []
    stand_in.answer_next(429, STOCK_OUT)
    stand_in.answer_next(429, QUOTA)
    name = service.submit(spec(), [REGION, "europe-west4", "asia-east1"], said.append)
    assert vertex.region_of(name) == "asia-east1"
    assert len(said) == 2 and "europe-west4" in said[0] and "asia-east1" in said[1]
    stand_in.answer_next(429, QUOTA)
    stand_in.answer_next(429, STOCK_OUT)
    with raises_with(NoCapacity, "europe-west4", "aiplatform.googleapis.com/custom_model_training_nvidia_t4_gpus"):
        service.submit(spec(), [REGION, "europe-west4"])


@pytest.mark.parametrize(
    ("code", "text", "kind", "part"),
    [
        (8, STOCK_OUT, NoCapacity, "fallback_regions"),
        (8, QUOTA, QuotaExceeded, "nvidia_t4_gpus"),
        (3, "The replica workerpool0-0 exited with a non-zero status of 1.", JobFailed, "workerpool0-0"),
        (13, "Internal error.", JobFailed, "Internal error"),  # the service's words
    ],
)
def test_a_job_that_failed_later_says_why(
    stand_in: VertexStandIn, code: int, text: str, kind: type[TouchTrainError], part: str
) -> None:
    stand_in.fail_with(code, text, REGION)
    service = Service(PROJECT)
    seen = service.look(service.submit(spec(), [REGION]))
    assert seen.state == "failed" and type(seen.error) is kind
    assert part in str(seen.error)


def test_what_the_service_does_not_know_is_told_in_its_words(stand_in: VertexStandIn) -> None:
    service = Service(PROJECT)
    with raises_with(BadOption, "NVIDIA_TESLA_T5"):
        service.submit(spec(accelerator="NVIDIA_TESLA_T5"), [REGION])
    stand_in.answer_next(400, "Machine type n9-huge-1 is not supported.")
    with raises_with(CloudError, 400, "n9-huge-1"):
        service.submit(spec(machine_type="n9-huge-1"), [REGION])
    with raises_with(CloudError, "customJobs/77"):
        service.look(f"projects/{PROJECT}/locations/{REGION}/customJobs/77")


def test_the_log_comes_in_order_with_its_severities(stand_in: VertexStandIn, tmp_path: Path) -> None:
    service = Service(PROJECT)
    name = service.submit(spec(), [REGION])
    assert service.logs(name) == []
    file = tmp_path / "log"
    file.write_text(
        'plain\n{"severity": "INFO", "message": "epoch 1"}\n{"severity": "WARNING", "message": "two\\nlines"}\n'
    )
    stand_in._logs[name] = file
    found = service.logs(name)
    assert [one["text"] for one in found] == ["plain", "epoch 1", "two\nlines"]
    assert [one["severity"] for one in found] == ["ERROR", "INFO", "WARNING"]
    assert [one["text"] for one in service.logs(name, most=1)] == ["two\nlines"]
