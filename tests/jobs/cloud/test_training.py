"""A training in the cloud from end to end: real processes and real client libraries, over services that stand in.

Storage is the emulator of the package gcp-storage-emulator. Vertex AI is our own stand-in, which runs what it is told
to run in a process here.
"""

from __future__ import annotations

import importlib.util
import json
import os
import re
import shutil
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import keras
import numpy as np
import pytest

import pyside
from pyside.__main__ import main
from pyside.errors import (
    BadDataset,
    BadJob,
    BadOption,
    BucketNotFound,
    Interrupted,
    ModelNotProven,
    NeverStarted,
    NoCapacity,
    NoNetwork,
    NotWritable,
    TouchTrainError,
)
from pyside.jobs import interpreter, job, job_records, requests
from pyside.jobs.cloud import jobs, training
from pyside.jobs.cloud.place import Place
from pyside.jobs.cloud.submission import submitted
from pyside.models import save
from pyside.settings import CloudSettings
from tests.conftest import TINY, raises_with, until, weights
from tests.curation.known_model import flip_a_bit, proven_model
from tests.jobs.cloud.stand_ins import VertexStandIn, storage_emulator

pytestmark = pytest.mark.usefixtures("no_orphans")
BUCKET = "lab-bucket"
IN_CLOUD: dict[str, Any] = {"project": "my-lab-123456", "bucket": BUCKET}


@pytest.fixture(scope="module")
def emulator() -> Iterator[str]:
    with storage_emulator([BUCKET]) as url:
        yield url


@pytest.fixture
def vertex(emulator: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[VertexStandIn]:
    monkeypatch.setenv("STORAGE_EMULATOR_HOST", emulator)
    with VertexStandIn(runs_jobs=True) as stand_in:
        monkeypatch.setenv("TOUCHTRAIN_VERTEX_ENDPOINT", stand_in.url)
        yield stand_in


def start(dataset: Path, model: Path, **settings: Any) -> str:
    return job.start(requests.cloud_training(dataset, model, {**TINY, **IN_CLOUD, "epochs": 2, **settings}))


def texts(folder: str) -> str:
    return "\n".join(job_records.messages(folder, 0, live=False)[0])


# --- from end to end -----------------------------------------------------------------------------------------------


@pytest.mark.trains
def test_it_gives_what_a_training_here_gives_and_its_files_travel(
    vertex: VertexStandIn, dataset: Path, tmp_path: Path
) -> None:
    shutil.copy(Path(__file__).parents[3] / "examples" / "my_network.py", tmp_path / "net work.py")
    settings = {**TINY, "epochs": 2, "network": f"{tmp_path / 'net work.py'}:build", "also_save": ["keras", "onnx"]}
    here = pyside.train(dataset, tmp_path / "here.h5", **settings)
    folder = start(dataset, tmp_path / "my model.h5", **settings, fetch=False)
    kept = job.wait(folder)
    noted = job_records.status(folder)["cloud"]
    name = noted["folder"].rpartition("/")[2]
    assert kept["model_path"] == f"gs://{BUCKET}/models/{name}/my-model.h5"
    assert not (tmp_path / "my model.h5").exists()
    assert job_records.history(folder)["val_loss"] == here.history["val_loss"]
    assert "13 files" in texts(folder) and "epoch 2/2" in texts(folder)
    assert noted["region"] == "us-central1" and noted["name"].startswith(
        "projects/my-lab-123456/locations/us-central1/"
    )
    until(lambda: jobs.status(folder)["service"]["state"] != "running")  # its process ends after its result is written
    found = jobs.status(folder)
    assert found["service"]["state"] == "done" and found["service"]["service_state"] == "JOB_STATE_SUCCEEDED"
    assert jobs.status(noted["folder"])["cloud"]["name"] == noted["name"]
    assert any("epoch 2/2" in one["text"] for one in jobs.logs(folder))

    there = job.wait(jobs.fetch(folder))
    assert there["model_path"] == str(tmp_path / "my model.h5")
    assert weights(there["model_path"]) == weights(here.model_path)
    assert there["history"]["loss"] == here.history["loss"]
    assert weights(tmp_path / "my model.keras") == weights(here.model_path)
    assert there["report"]["also_saved"]["onnx"] == str(tmp_path / "my model.onnx")
    assert pyside.inspect(tmp_path / "my model.onnx")["class_names"] == ["NonTouch", "Touch"]
    assert f"gs://{BUCKET}" not in json.dumps(there["report"])
    assert not list(tmp_path.glob("*.fetched"))
    elsewhere = job.wait(jobs.fetch(noted["folder"], tmp_path / "elsewhere.h5"))
    assert elsewhere["model_path"] == str(tmp_path / "elsewhere.h5")
    assert weights(elsewhere["model_path"]) == weights(here.model_path)


def test_a_model_that_cannot_be_placed_here_lies_in_the_job_s_folder_and_what_it_replaces_is_kept(
    tmp_path: Path,
) -> None:
    there, share, folder = tmp_path / "bucket", tmp_path / "share", tmp_path / "job"
    for one in (there / "my-m.report", folder):
        one.mkdir(parents=True)
    (folder / "settings.json").touch()
    network = keras.Sequential([keras.Input((18, 18, 1)), keras.layers.Flatten(), keras.layers.Dense(2, "softmax")])
    save.save_model(network, there / "my-m.h5", {}, np.zeros((1, 18, 18, 1), np.float32))
    (there / "my-m.report" / "report.json").write_text("{}")
    submitted = {"models": "gs://lab/models", "model": "my-m.h5", "dataset": "gs://lab/set", "files": {}}
    submitted |= {"project": "lab", "folder": "gs://lab/jobs/my-m", "package": "gs://lab/package"}
    request = {"model_path": str(share / "my m.h5"), "dataset": "set", "settings": {}, "submitted": submitted}
    cloud = CloudSettings.from_options(IN_CLOUD)
    run = training._Run(request, cloud, cast(Any, None), folder, lambda record: None, lambda: False)
    run._job["models"] = str(there)  # a folder stands for the bucket
    with raises_with(NotWritable, "my m.h5"):
        run.fetched({"report": {"model_path": str(there / "my-m.h5")}})
    assert weights(folder / "my m.h5") == weights(there / "my-m.h5") and not share.exists()
    share.mkdir()
    (share / "my m.h5").write_text("old")
    found = run.fetched({"report": {"model_path": str(there / "my-m.h5"), "warnings": []}})
    assert found["report"] == {"model_path": str(share / "my m.h5"), "warnings": []}
    assert weights(share / "my m.h5") == weights(there / "my-m.h5") and not list(folder.glob("my m.*"))
    assert (share / "my m.previous.h5").read_text() == "old" and (share / "my m.report" / "report.json").is_file()
    assert len(list(share.iterdir())) == 3

    flip_a_bit(proven_model(there / "my-m.h5"))
    before = (share / "my m.h5").read_bytes()
    with raises_with(ModelNotProven, "my-m.h5"):
        run.fetched({"report": {"model_path": str(there / "my-m.h5"), "warnings": []}})
    assert (share / "my m.h5").read_bytes() == before


@pytest.mark.slow
@pytest.mark.trains
def test_whoever_watches_may_die_and_what_was_cancelled_goes_on(
    vertex: VertexStandIn, dataset: Path, tmp_path: Path
) -> None:
    folder = start(dataset, tmp_path / "m.h5", epochs=100_000, patience=None)
    until(lambda: len(job_records.history(folder)["loss"]) > 0)
    os.kill(int(json.loads((Path(folder) / "process.json").read_text())["pid"]), signal.SIGKILL)
    until(lambda: job_records.status(folder)["state"] == "lost")
    assert "resume" in job_records.status(folder)["error"]["text"].lower()
    known = len(job_records.history(folder)["loss"])
    job.resume(folder)
    until(lambda: len(job_records.history(folder)["loss"]) > known)
    assert vertex.created == 1

    assert job.cancel(folder) == "cancelled"
    until(lambda: jobs.status(folder)["service"]["state"] == "cancelled")
    place = Place(job_records.status(folder)["cloud"]["folder"])
    assert (place / "checkpoint.npz").exists()
    job.resume(folder)
    until(lambda: any(re.search(r"checkpoint.*epoch \d", one["text"]) for one in vertex_log(vertex)))
    job.stop(folder)
    assert job.wait(folder)["report"]["stopped"] == "asked"
    assert job_records.status(folder)["state"] == "stopped"
    said = texts(folder)
    assert "epoch 1/100000" in said
    assert vertex.created == 2


def vertex_log(vertex: VertexStandIn) -> list[dict[str, str]]:
    return [{"text": line} for file in vertex.log_files() for line in file.read_text().splitlines()]


def test_what_is_there_already_is_not_sent_again(vertex: VertexStandIn, dataset: Path) -> None:
    first = job.run_here(requests.upload(dataset, {"bucket": BUCKET, "data_name": "twice"}))
    assert first["files"] == 13 and first["dataset"] == f"gs://{BUCKET}/twice"
    second = job.run_here(requests.upload(dataset, {"bucket": BUCKET, "data_name": "twice"}))
    assert (second["files"], second["same_files"], second["same_bytes"]) == (0, 13, first["bytes"])


# --- faults --------------------------------------------------------------------------------------------------------


def test_a_region_without_machines_is_followed_by_the_next_one(
    vertex: VertexStandIn, dataset: Path, tmp_path: Path
) -> None:
    vertex.fail_with(8, "Resources are insufficient in region: us-central1. Try a different region.", "us-central1")
    vertex.stay_pending = True
    folder = start(dataset, tmp_path / "m.h5", fallback_regions=["europe-west4"])
    until(lambda: "europe-west4" in job_records.line(job_records.status(folder)))
    assert job_records.status(folder)["cloud"]["region"] == "europe-west4"
    assert any("us-central1" in line and "europe-west4" in line for line in texts(folder).splitlines())
    job.cancel(folder)


def test_without_another_region_it_is_told_what_helps(vertex: VertexStandIn, dataset: Path, tmp_path: Path) -> None:
    vertex.fail_with(8, "Resources are insufficient in region: us-central1. Try a different region.", "us-central1")
    with raises_with(NoCapacity, "us-central1", "fallback_regions"):
        job.wait(start(dataset, tmp_path / "m.h5"))


def test_a_job_that_never_starts_is_cancelled(vertex: VertexStandIn, dataset: Path, tmp_path: Path) -> None:
    vertex.stay_pending = True
    folder = start(dataset, tmp_path / "m.h5", max_wait_hours=2 / 3600)
    with raises_with(NeverStarted, "max_wait_hours"):
        job.wait(folder)
    assert jobs.status(folder)["service"]["state"] == "cancelled"


def test_stopped_before_it_has_a_machine_it_trains_nothing(
    vertex: VertexStandIn, dataset: Path, tmp_path: Path
) -> None:
    vertex.stay_pending = True
    options = {**TINY, **IN_CLOUD}
    request = requests.cloud_training(dataset, tmp_path / "other.h5", options)
    other = job.start(request, tmp_path / "there" / "job of a name")
    until(lambda: "us-central1" in job_records.line(job_records.status(other)))
    folder = job.start(requests.cloud_training(dataset, tmp_path / "m.h5", options), tmp_path / "job of a name")
    until(lambda: "us-central1" in job_records.line(job_records.status(folder)))
    assert job_records.status(other)["cloud"]["folder"] == f"gs://{BUCKET}/jobs/job-of-a-name"
    assert job_records.status(folder)["cloud"]["folder"] == f"gs://{BUCKET}/jobs/job-of-a-name-2"
    job.cancel(other)
    job.stop(folder)
    with pytest.raises(Interrupted):
        job.wait(folder)
    assert vertex.created == 2
    assert jobs.status(folder)["service"]["state"] == "cancelled"


def test_what_went_wrong_there_is_raised_here(vertex: VertexStandIn, dataset: Path, tmp_path: Path) -> None:
    other = tmp_path / "lab" / "set"
    shutil.copytree(dataset, other)
    folder = start(other, tmp_path / "m.h5", upload=False)
    with raises_with(BadDataset, f"gs://{BUCKET}/datasets/lab-set"):
        job.wait(folder)
    vertex.fail_with(13, "An internal error of the service.", "us-central1")
    with raises_with(TouchTrainError, "An internal error of the service"):
        job.wait(start(dataset, tmp_path / "m.h5"))


def test_a_bucket_that_is_not_there_and_a_service_that_does_not_answer(
    vertex: VertexStandIn, dataset: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with raises_with(BucketNotFound, "no-such-bucket"):
        job.wait(start(dataset, tmp_path / "m.h5", bucket="no-such-bucket"))
    assert vertex.created == 0
    monkeypatch.setenv("STORAGE_EMULATOR_HOST", "http://127.0.0.1:9")
    monkeypatch.setattr("gcsfs.retry.min", lambda *seconds: 0.01, raising=False)  # the pauses between its tries
    with pytest.raises(NoNetwork):
        job.run_here(requests.upload(dataset, {"bucket": BUCKET}))


# --- the command line ----------------------------------------------------------------------------------------------


def test_the_command_line_submits_looks_and_cancels(
    vertex: VertexStandIn, dataset: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    vertex.stay_pending = True
    named = ["--project", IN_CLOUD["project"], "--bucket", BUCKET]
    assert main(["cloud", "submit", str(dataset), str(tmp_path / "m.h5"), *named, "--spot", "--json"]) == 0
    submitted = json.loads(capsys.readouterr().out)
    folder, url = submitted["folder"], submitted["cloud"]["folder"]
    spec = vertex.jobs[submitted["cloud"]["name"]]["jobSpec"]
    assert spec["workerPoolSpecs"][0]["containerSpec"]["args"][:2] == ["--data_path", submitted["cloud"]["dataset"]]
    for source in (folder, url):
        assert main(["cloud", "status", source]) == 0
        assert "service state: JOB_STATE_PENDING" in capsys.readouterr().out
    assert main(["cloud", "logs", folder, "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == []
    assert main(["cloud", "cancel", url]) == 0
    assert "state: cancelled" in capsys.readouterr().out
    until(lambda: job_records.status(folder)["state"] == "failed")
    vertex.fail_with(13, "An internal error of the service.", "us-central1")
    assert main(["cloud", "fetch", folder]) == 1  # which resumes it, and it is submitted anew
    told = capsys.readouterr().err
    assert vertex.created == 2 and "TouchTrain:" in told


# --- before anything is sent ---------------------------------------------------------------------------------------


def test_all_that_is_wrong_is_told_at_once_and_nothing_is_started(dataset: Path, tmp_path: Path) -> None:
    with pytest.raises(BadOption) as found:
        requests.cloud_training(dataset, tmp_path / "m.h5", {"region": "../us", "epochs": -1, "container_image": "a b"})
    assert all(name in found.value.text for name in ("region", "epochs", "container_image"))
    with pytest.raises(BadOption) as found:
        requests.cloud_training(dataset, tmp_path / "m.h5", {})
    assert "project" in found.value.text and "bucket" in found.value.text


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *(("bucket", value) for value in ("../x", "A", "a/b", "gs://a/b/c", "x y", "")),
        *(("project", value) for value in ("My Lab", "a/b", "../../x", "x")),
        *(("models", value) for value in ("../up", "/root", "a//b", "a/../b", "a\nb")),
        *(("service_account", value) for value in ("me", "a b@c")),
        *(("run_version", value) for value in ("latest", "2.20; rm")),
    ],
)
def test_names_that_reach_a_path_or_a_url_are_checked(name: str, value: str, dataset: Path, tmp_path: Path) -> None:
    with raises_with(BadOption, name):
        requests.cloud_training(dataset, tmp_path / "m.h5", {**IN_CLOUD, name: value})


def test_a_dry_run_with_jax_shows_its_library_and_shares_the_work_among_all_accelerators(
    dataset: Path, tmp_path: Path
) -> None:
    machine = {**IN_CLOUD, "accelerator": "NVIDIA_TESLA_T4", "accelerator_count": 4, "backend": "jax"}
    page = "\n".join(jobs.plan(dataset, tmp_path / "m.h5", machine)["page"])
    assert '"jax[cuda12]"' in page and "[cloud,jax]" in page and '"KERAS_BACKEND=jax"' in page
    assert "of 4 accelerators" not in page
    assert "1 of 4 accelerators" in "\n".join(jobs.plan(dataset, tmp_path / "m.h5", {**machine, "devices": 1})["page"])
    request = requests.cloud_training(dataset, tmp_path / "m.h5", machine)
    assert request["settings"]["devices"] == 4
    for options, devices in (({"accelerator": None}, 1), ({"batch_size": 3}, 3), ({"devices": 2}, 2)):
        request = requests.cloud_training(dataset, tmp_path / "m.h5", {**machine, **options})
        assert request["settings"]["devices"] == devices


@pytest.mark.parametrize(
    ("options", "facts"),
    [
        ({"devices": 3}, ("devices is 3", 2, "accelerator_count", "accelerator_count to 3", "devices to 2")),
        ({"devices": 2, "accelerator": None}, ("no accelerator", "one device", "devices to 1")),
        ({"devices": 2, "execution_environment": "cpu"}, ("execution_environment", "devices to 1")),
        ({"devices": "all", "batch_size": 1}, ("'all'", "batch_size is 1")),
        ({"devices": 2, "backend": "tensorflow"}, ("'tensorflow'", "JAX", "backend to 'jax'")),
        ({"run_version": "2.21"}, ("run_version", "'jax'")),
    ],
)
def test_what_the_machine_does_not_have_is_refused_before_anything_is_sent(
    options: dict[str, Any], facts: tuple[object, ...], dataset: Path, tmp_path: Path
) -> None:
    machine = {"accelerator": "NVIDIA_TESLA_T4", "accelerator_count": 2, "backend": "jax"}
    with raises_with(BadOption, *facts):
        requests.cloud_training(dataset, tmp_path / "m.h5", {**IN_CLOUD, **machine, **options})


@pytest.mark.slow
@pytest.mark.trains
@pytest.mark.skipif(importlib.util.find_spec("jax") is None, reason="JAX is not installed")
def test_a_training_with_jax_shares_the_work_among_two_accelerators_there(
    vertex: VertexStandIn, dataset: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The accelerators are two devices that XLA simulates."""
    monkeypatch.setenv("XLA_FLAGS", "--xla_force_host_platform_device_count=2")
    two = {"backend": "jax", "accelerator": "NVIDIA_TESLA_T4", "accelerator_count": 2}
    found = job.wait(start(dataset, tmp_path / "m.h5", **two))
    assert found["report"]["devices"] == 2 and found["report"]["versions"]["backend"] == "jax"
    assert len(weights(tmp_path / "m.h5")) > 0
    [log] = vertex.log_files()
    [installed] = [line for line in log.read_text().splitlines() if line.startswith("to install: ")]
    assert installed.endswith("[cloud,jax] jax[cuda12]")


def test_a_dry_run_tells_the_job_what_is_sent_and_what_it_may_cost(
    dataset: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STORAGE_EMULATOR_HOST", "http://127.0.0.1:9")  # nobody is asked
    priced = {
        "price_per_hour": 0.5,
        "cloud_speed": 1000,
        "epochs": 1000,
        "accelerator": "NVIDIA_TESLA_T4",
        "spot": True,
    }
    plan = jobs.plan(dataset, tmp_path / "m.h5", {**IN_CLOUD, **priced})
    data, code = plan["uploads"]
    assert data["to"] == f"gs://{BUCKET}/datasets/{dataset.parent.name}-set"
    assert data["bytes"] == sum(file.stat().st_size for file in dataset.iterdir())
    assert code["files"] == 1
    pool = plan["job"]["jobSpec"]["workerPoolSpecs"][0]
    assert pool["machineSpec"]["acceleratorType"] == "NVIDIA_TESLA_T4"
    assert plan["job"]["jobSpec"]["scheduling"]["strategy"] == "SPOT"
    frames = 0.8 * np.concatenate([np.load(file) for file in dataset.glob("*.labels.npy")]).size
    assert plan["estimate"]["hours"] > frames * 1000 / 1000 / 3600
    assert plan["estimate"]["cost"] == pytest.approx(plan["estimate"]["hours"] * 0.5, abs=0.01)
    assert "NVIDIA_TESLA_T4" in "\n".join(plan["page"])
    assert jobs.plan(dataset, tmp_path / "m.h5", IN_CLOUD)["estimate"]["cost"] is None


def test_what_is_no_cloud_job_is_told(dataset: Path, tmp_path: Path) -> None:
    folder = job.start(requests.upload(dataset, {"bucket": BUCKET, "project": "my-lab-123456"}), tmp_path / "job")
    with raises_with(BadJob, folder):
        jobs.status(folder)
    assert submitted(folder) is None
    job.cancel(folder)


def test_a_checkout_s_python_asks_for_the_extra_where_it_is_missing(dataset: Path, tmp_path: Path) -> None:
    """gcsfs is hidden from the process of the job."""
    hidden = tmp_path / "hidden"
    hidden.mkdir()
    (hidden / "gcsfs.py").write_text("raise ModuleNotFoundError(\"No module named 'gcsfs'\", name='gcsfs')")
    line, environment = interpreter.command("cloud", "upload", str(dataset), "--bucket", BUCKET, "--json")
    environment["PYTHONPATH"] = os.pathsep.join([str(hidden), environment["PYTHONPATH"]])
    done = subprocess.run(line, env=environment, capture_output=True, text=True, check=False)
    record = json.loads(done.stdout)["error"]
    assert record["identifier"] == "TouchTrain:ExtraMissing" and "pip install -e" in record["text"]
