"""The script for machines in the cloud: run here, against folders and against the emulator of Cloud Storage."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import pyside
from pyside import train_model_cloud, train_model_local
from pyside.errors import NotWritable
from pyside.jobs.cloud import transfer
from pyside.jobs.cloud.place import Place
from pyside.settings import TrainSettings
from pyside.training.callbacks import checkpoint
from tests.conftest import QUICK, TINY, holds, touch_frames, until, weights
from tests.jobs.cloud.stand_ins import storage_emulator

ROOT = Path(__file__).resolve().parents[1]
BUCKET = "lab-bucket"
FLAGS = ["--network", QUICK["network"], "--batch-size", "32", "--precision", "float32", "--report", "false"]


@pytest.fixture(scope="module")
def emulator() -> Iterator[str]:
    with storage_emulator([BUCKET]) as url:
        yield url


@pytest.fixture
def bucket(emulator: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Place:
    """A folder of a bucket that no other test uses."""
    monkeypatch.setenv("STORAGE_EMULATOR_HOST", emulator)
    monkeypatch.setenv("GCSFS_EXPERIMENTAL_ZB_HNS_SUPPORT", "false")
    return Place(f"gs://{BUCKET}/{tmp_path.name}")


@pytest.fixture
def work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the script makes its own folders."""
    (tmp_path / "work").mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "work"))
    monkeypatch.setenv("TMPDIR", str(tmp_path / "work"))
    return tmp_path / "work"


def change_bucket(emulator: str, method: str, name: str) -> Place:
    """Make a bucket (POST) or take it away (DELETE)."""
    url, body = f"{emulator}/storage/v1/b", None
    if method == "POST":
        body = json.dumps({"name": name}).encode()
    else:
        url = f"{url}/{name}"
    headers = {"Content-Type": "application/json"}
    urllib.request.urlopen(urllib.request.Request(url, body, headers, method=method), timeout=10).close()
    return Place(f"gs://{name}")


def places(bucket: Place, name: str = "model") -> list[str]:
    return [
        *("--data_path", (bucket / "set").url, "--export_path", (bucket / "models").url),
        *("--model_name", name, "--job-dir", (bucket / "job").url),
    ]


def logged(capsys: pytest.CaptureFixture[str]) -> list[dict[str, str]]:
    """What was logged; every line is one JSON object."""
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


@pytest.mark.trains
def test_from_a_bucket_to_a_bucket_it_makes_the_model_that_the_local_script_makes(
    bucket: Place, make_dataset: Callable[..., Path], tmp_path: Path, work: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = make_dataset()
    transfer.upload(folder, bucket / "set")
    local = ["--data_path", str(folder), "--export_path", str(tmp_path), "--model_name", "local.h5", *FLAGS]
    assert train_model_local.main([*local, "--epochs", "2"]) == 0
    capsys.readouterr()
    (bucket / "job" / "settings.json").write_json(
        {"settings": TrainSettings.from_options({**QUICK, "epochs": 7}).as_dict(), "dataset_hash": None}
    )
    assert train_model_cloud.main([*places(bucket, "model.h5"), "--epochs", "2"]) == 0  # what is typed wins
    transfer.download_file(bucket / "models" / "model.h5", tmp_path / "cloud.h5")
    assert weights(tmp_path / "cloud.h5") == weights(tmp_path / "local.h5")
    assert not list(work.iterdir())

    told = logged(capsys)
    assert {"severity", "message", "time"} == set(told[0])
    assert all(re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", one["time"]) for one in told)
    assert {one["severity"] for one in told} == {"INFO"}
    assert sum("epoch 2/2" in one["message"] for one in told) == 1

    job = bucket / "job"
    assert set(job.files()) == {"settings.json", "records.jsonl", "progress.json", "result.json"}
    result = (job / "result.json").read_json()
    assert result and result["model_path"] == f"{bucket.url}/models/model.h5"
    assert str(tmp_path) not in json.dumps(result)
    epochs = [json.loads(line) for line in (job / "records.jsonl").read().decode().splitlines()]
    assert [one["epoch"] for one in epochs if one.get("milestone")] == [1, 2]
    stamp = (bucket / "models" / "model.h5").stored()
    assert train_model_cloud.main(places(bucket)) == 0  # started again by the service: nothing is left to do
    assert logged(capsys)[-1]["severity"] == "INFO"
    assert (bucket / "models" / "model.h5").stored() == stamp


@pytest.mark.trains
def test_on_a_laptop_it_works_with_folders(
    make_dataset: Callable[..., Path], tmp_path: Path, work: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    arrays = tmp_path / "arrays"
    arrays.mkdir()
    frames, labels = touch_frames(96, 3)
    for side, part in (("Train", slice(0, 64)), ("Valid", slice(64, 96))):
        np.save(arrays / f"{side}_Data_1_Session_1.npy", np.moveaxis(frames[..., part], 2, 0).astype(float))
        np.save(arrays / f"{side}_Labels_1_Session_1.npy", labels[None, part].astype(float))
    line = ["--data-path", str(arrays), "--export-path", str(tmp_path / "out"), "--model-name", "old", *FLAGS]
    assert train_model_cloud.main([*line, "--pixel-range", "0,1"]) == 1
    assert holds(logged(capsys)[-1]["message"], "PixelRange", "[0 1]")
    assert train_model_cloud.main([*line, "--epochs", "1", "--job_dir", str(tmp_path / "job")]) == 0
    said = [one["message"] for one in logged(capsys) if one["severity"] == "WARNING"]
    assert any(holds(text, "Train_Data_1_Session_1.npy", "pixel_range", 255) for text in said)
    info = pyside.inspect(tmp_path / "out" / "old.h5")
    assert info["kind"] == "model"
    result = json.loads((tmp_path / "job" / "result.json").read_text())
    assert result["model_path"] == str(tmp_path / "out" / "old.h5")
    sides = result["report"]["split"]
    assert (sides["training"]["frames"], sides["validation"]["frames"]) == (64, 32)  # as the files give them
    assert not list(work.iterdir())


def test_what_is_not_there_is_told_with_what_is_and_not_tried_again(
    bucket: Place, work: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert train_model_cloud.main(places(bucket)) == 1
    assert f"{bucket.url}/set" in logged(capsys)[-1]["message"]
    (bucket / "job" / "error.json").remove()
    (bucket / "set" / "whisker.mp4").write(b"x")
    assert train_model_cloud.main(places(bucket)) == 1
    [told] = [one for one in logged(capsys) if one["severity"] == "ERROR"]
    assert all(part in told["message"] for part in ("Train_Data_*.npy", "whisker.mp4", "TouchTrain:PathMissing"))
    error = (bucket / "job" / "error.json").read_json()
    assert error and error["kind"] == "PathMissing"
    assert train_model_cloud.main(places(bucket)) == 1  # the service starts a machine again that ended with an error
    again = logged(capsys)
    assert "whisker.mp4" in again[-1]["message"] and len(again) == 1
    assert not list(work.iterdir())


def test_a_dataset_that_was_replaced_meanwhile_is_refused(
    bucket: Place, make_dataset: Callable[..., Path], capsys: pytest.CaptureFixture[str]
) -> None:
    transfer.upload(make_dataset(2), bucket / "set")
    (bucket / "job" / "settings.json").write_json({"settings": TrainSettings().as_dict(), "dataset_hash": "another"})
    assert train_model_cloud.main(places(bucket)) == 1
    told = logged(capsys)[-1]["message"]
    assert "TouchTrain:BadDataset" in told and f"{bucket.url}/set" in told


@pytest.mark.trains
def test_settings_and_files_come_with_the_job_and_only_what_is_data_is_fetched(
    make_dataset: Callable[..., Path], tmp_path: Path, work: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    there = Place(f"memory://{tmp_path.name}")
    transfer.upload(make_dataset(2), there / "set")
    (there / "set" / "raw" / "movie.npy").write(b"of something else")
    job = there / "job"
    shutil.copy(ROOT / "examples" / "my_network.py", tmp_path / "net.py")
    transfer.upload_file(tmp_path / "net.py", job / "files" / "net.py")
    settings = TrainSettings.from_options({**TINY, "epochs": 1, "network": "files/net.py:build"}).as_dict()
    (job / "settings.json").write_json({"settings": settings, "dataset_hash": None})
    told = json.dumps({"said": ["of an earlier start"]})
    (job / "records.jsonl").write(told.encode())
    assert train_model_cloud.main(places(there, "model")) == 0
    assert any("7 files" in one["message"] for one in logged(capsys))  # two recordings and dataset.json
    result: Any = (job / "result.json").read_json()
    assert result["report"]["network"] == f"{job.url}/files/net.py:build"
    records = (job / "records.jsonl").read().decode().splitlines()
    assert records[0] == told and json.loads(records[-1])["epoch"] == 1
    transfer.download_file(there / "models" / "model.h5", tmp_path / "model.h5")
    assert pyside.inspect(tmp_path / "model.h5")["kind"] == "model"


@pytest.mark.trains
def test_a_model_that_cannot_be_published_is_kept_and_it_is_said_where(
    emulator: str,
    bucket: Place,
    make_dataset: Callable[..., Path],
    work: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    transfer.upload(make_dataset(2), bucket / "set")
    line = places(bucket)
    line[line.index("--export_path") + 1] = f"{change_bucket(emulator, 'POST', 'short-lived').url}/models"
    progress = train_model_cloud.JobFolder.progress

    def take_away_in_the_midst(job: train_model_cloud.JobFolder, record: dict[str, Any]) -> None:
        if record.get("milestone"):
            change_bucket(emulator, "DELETE", "short-lived")
        progress(job, record)

    monkeypatch.setattr(train_model_cloud.JobFolder, "progress", take_away_in_the_midst)
    assert train_model_cloud.main([*line, *FLAGS, "--epochs", "1"]) == 1
    told = logged(capsys)[-1]["message"]
    assert "gs://short-lived/models" in told
    [file] = work.rglob("model.h5")
    assert str(file.parent) in " ".join(told.split())
    assert pyside.inspect(file)["kind"] == "model"
    assert f"{bucket.url}/job/model" in told and (bucket / "job" / "model" / "model.h5").exists()
    error = (bucket / "job" / "error.json").read_json()
    assert error and error["kind"] == "ModelNotSaved"


def test_a_model_whose_folder_goes_away_is_kept_on_the_machine_and_a_copy_in_the_job_s_folder(
    make_dataset: Callable[..., Path],
    tmp_path: Path,
    work: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def train(request: dict[str, Any], folder: Path, job: Any) -> dict[str, Any]:
        (folder / "m.h5").write_bytes(b"trained")
        raise NotWritable("It is gone.")

    monkeypatch.setattr(train_model_cloud, "_train", train)
    line = ["--data-path", str(make_dataset(2)), "--export-path", str(tmp_path / "out"), "--model-name", "m"]
    assert train_model_cloud.main([*line, "--job_dir", str(tmp_path / "job")]) == 1
    told = logged(capsys)[-1]["message"]
    assert "It is gone." in told and f"{tmp_path / 'job'}/model" in told
    assert len(list(work.rglob("m.h5"))) == 1 and (tmp_path / "job" / "model" / "m.h5").read_bytes() == b"trained"


def test_places_and_names_that_cannot_be_are_told_before_anything_is_fetched(
    bucket: Place, work: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    line = places(bucket)
    for flag, value, kind in (
        ("--export_path", "gs://no-such-bucket/models", "BucketNotFound"),
        ("--export_path", "gs://", "BadOption"),
        ("--model_name", "../model", "BadOption"),
        ("--model_name", "model\n.h5", "BadOption"),
        ("--epochs", "-1", "BadOption"),
        ("--job-dir", "gs://", "BadOption"),
    ):
        given = [*line, flag, value]  # the last one counts
        assert train_model_cloud.main(given) == 1, value
        told = logged(capsys)
        assert told[-1]["severity"] == "ERROR" and f"TouchTrain:{kind}" in told[-1]["message"], told
        assert not any("Fetching" in one["message"] for one in told)
        if flag != "--job-dir":
            error = (bucket / "job" / "error.json").read_json()
            assert error and error["kind"] == kind
            (bucket / "job" / "error.json").remove()
    assert not list(work.iterdir())


def test_a_bucket_that_is_away_for_a_while_is_told_once_and_gets_what_it_missed(
    emulator: str, bucket: Place, capsys: pytest.CaptureFixture[str]
) -> None:
    place = change_bucket(emulator, "POST", "away")
    train_model_cloud._set_up_log()
    job = train_model_cloud.JobFolder(f"{place.url}/job")
    with job.publishing():
        change_bucket(emulator, "DELETE", "away")
        job.progress({"stage": "training", "epoch": 1, "epochs": 2, "milestone": True})
        time.sleep(2)  # it is tried every half second
        job.progress({"stage": "training", "epoch": 2, "epochs": 2, "milestone": True})
        change_bucket(emulator, "POST", "away")
        until(lambda: (place / "job" / "records.jsonl").exists())
    records = (place / "job" / "records.jsonl").read().decode().splitlines()
    assert [json.loads(record)["epoch"] for record in records] == [1, 2]
    told = [one for one in logged(capsys) if one["severity"] == "WARNING"]
    assert len(told) == 1 and f"{place.url}/job" in told[0]["message"]


# --- broken off ----------------------------------------------------------------------------------------------------

# The script, with a checkpoint after each epoch, and slow enough to be caught in the midst of its work. With "seldom"
# it publishes only at its end.
SLOW = """
import sys, time
from pyside import train_model_cloud
from pyside.training.callbacks import checkpoint
checkpoint.SECONDS_BETWEEN = 0
told = train_model_cloud.JobFolder.progress
def slowly(self, record):
    told(self, record)
    if record.get("milestone"):
        time.sleep(0.4)
train_model_cloud.JobFolder.progress = slowly
if sys.argv[1] == "seldom":
    train_model_cloud.JobFolder._publish_all_the_time = lambda self: self._over.wait()
sys.exit(train_model_cloud.main(sys.argv[2:]))
"""


def begun(arguments: list[str], log: Path, publishes: str = "often") -> subprocess.Popen[bytes]:
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "TF_CPP_MIN_LOG_LEVEL": "3"}
    with log.open("ab") as file:
        return subprocess.Popen(
            [sys.executable, "-c", SLOW, publishes, *arguments], env=environment, stdout=file, stderr=subprocess.STDOUT
        )


@pytest.mark.trains
@pytest.mark.skipif(sys.platform == "win32", reason="signals")
@pytest.mark.parametrize("also_killed", [False, pytest.param(True, marks=pytest.mark.slow)])
def test_a_machine_that_is_taken_away_costs_little(
    bucket: Place, make_dataset: Callable[..., Path], tmp_path: Path, work: Path, also_killed: bool
) -> None:
    folder = make_dataset()
    transfer.upload(folder, bucket / "set")
    line = [*places(bucket), *FLAGS, "--epochs", "5", "--patience", "inf"]
    unbroken = pyside.train(folder, tmp_path / "unbroken.h5", **QUICK, epochs=5, patience=None)
    log, job = tmp_path / "log", bucket / "job"

    if also_killed:  # without a word
        first = begun(line, log)
        until(lambda: (job / "checkpoint.npz").exists())
        first.send_signal(signal.SIGKILL)
        first.wait()
    second = begun(line, log, "seldom")
    until(lambda: log.read_text().count("epoch 3/5") > 0)
    second.send_signal(signal.SIGTERM)  # half a minute before it is gone
    assert second.wait(30) == 143
    third = begun(line, log)
    assert third.wait(120) == 0

    text = log.read_text()
    resumed = re.findall(r"checkpoint.*epoch ([0-9])\b", text)
    assert len(resumed) == 1 + also_killed and resumed[-1] in "23"  # one was under way
    assert text.count("epoch 5/5") == 1 and text.count("epoch 1/5") == 1
    transfer.download_file(bucket / "models" / "model.h5", tmp_path / "broken.h5")
    assert weights(tmp_path / "broken.h5") == weights(Path(unbroken.model_path))
    result = (job / "result.json").read_json()
    assert result and result["history"]["loss"] == unbroken.history["loss"]
    records = [json.loads(line) for line in (job / "records.jsonl").read().decode().splitlines()]
    assert {one["epoch"] for one in records if one.get("milestone")} == set(range(1, 6))
    assert not (job / "checkpoint.npz").exists()


@pytest.mark.trains
@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="signals")
@pytest.mark.parametrize("how", ["stop", "Ctrl-C"])
def test_asked_to_stop_it_ends_gently_and_a_checkpoint_that_does_not_fit_is_told(
    bucket: Place, make_dataset: Callable[..., Path], tmp_path: Path, work: Path, how: str
) -> None:
    transfer.upload(make_dataset(), bucket / "set")
    nothing: dict[str, list[np.ndarray]] = {name: [] for name in checkpoint.GROUPS}
    checkpoint.write(tmp_path / "other.npz", {"format": "of another version"}, nothing)
    transfer.upload_file(tmp_path / "other.npz", bucket / "job" / "checkpoint.npz")
    log = tmp_path / "log"
    script = begun([*places(bucket), *FLAGS, "--epochs", "100000", "--patience", "inf"], log)
    until(lambda: log.read_text().count("epoch 1/100000") > 0)
    if how == "stop":
        (bucket / "job" / "stop").write(b"")
    else:
        script.send_signal(signal.SIGINT)
    assert script.wait(60) == 0
    assert '"WARNING"' in log.read_text() and "checkpoint" in log.read_text()
    result: Any = (bucket / "job" / "result.json").read_json()
    assert result["report"]["stopped"] == "asked"
    assert (bucket / "models" / "model.h5").exists()
