"""What jobs do when things go wrong, with real processes: nothing is lost, no process is left, every state is true."""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import pyside
from pyside.errors import BadJob, BadOption, DiskFull, InUse, NoCluster, NotWritable, PathMissing, TouchTrainError
from pyside.evaluation.result import TrainingResult
from pyside.jobs import commands, job, job_records, requests, worker
from pyside.system import locks, processes
from tests.conftest import QUICK, raises_with, touch_frames, until, weights

pytestmark = [pytest.mark.trains, pytest.mark.usefixtures("no_orphans")]
ROOT = Path(__file__).resolve().parents[2]
EPOCHS = 6
FOR_EVER = {**QUICK, "epochs": 100_000, "patience": None}
ROUNDS = [0, *(pytest.param(number, marks=pytest.mark.slow) for number in range(1, 20))]
SIGKILL = getattr(signal, "SIGKILL", signal.SIGTERM)  # Windows has one way only

# Does what a job folder says, and something else at the first progress record of a stage.
WORKER = """
import os, shutil, signal, sys
from pathlib import Path
from pyside.jobs import worker
folder, stage, deed = sys.argv[1:]
tell = worker._ProgressFile.__call__
def tell_and_do(self, progress):
    at_hand = progress.get("stage") == stage
    tell(self, progress)
    if at_hand and deed == "stop":
        (Path(folder) / "stop").touch()
    elif at_hand and deed == "remove":
        shutil.rmtree(folder, ignore_errors=True)
    elif at_hand:
        os.kill(os.getpid(), getattr(signal, "SIGKILL", signal.SIGTERM))
worker._ProgressFile.__call__ = tell_and_do
sys.exit(worker.run(folder))
"""


@pytest.fixture(scope="module")
def unbroken(dataset: Path, tmp_path_factory: pytest.TempPathFactory) -> TrainingResult:
    """What the training gives when nothing goes wrong."""
    return pyside.train(dataset, tmp_path_factory.mktemp("unbroken") / "model.h5", **QUICK, epochs=EPOCHS)


def pid_of(folder: str | Path) -> int:
    return int(json.loads((Path(folder) / "process.json").read_text())["pid"])


def equal(found: TrainingResult, expected: TrainingResult) -> None:
    """Assert that two trainings came to the same."""
    assert found.history == expected.history
    assert found.metrics == expected.metrics
    assert found.report["best_epoch"] == expected.report["best_epoch"]
    assert weights(found.model_path) == weights(expected.model_path)


def run_worker(dataset: Path, folder: Path, stage: str, deed: str, **settings: Any) -> subprocess.Popen[bytes]:
    """Do a training in a job's process that does a deed at a stage, and wait for its end."""
    request = requests.training(dataset, folder.parent / "model.h5", {**QUICK, "epochs": EPOCHS, **settings})
    folder.mkdir()
    (folder / "settings.json").write_text(json.dumps(request))
    line = [sys.executable, "-c", WORKER, str(folder), stage, deed]
    child = subprocess.Popen(line, env={**os.environ, "PYTHONPATH": str(ROOT)}, start_new_session=True)
    child.wait(timeout=120)
    return child


# --- killed --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("number", ROUNDS)
def test_a_job_killed_at_any_moment_is_lost_and_resumed_comes_to_the_same(
    number: int, dataset: Path, unbroken: TrainingResult, tmp_path: Path
) -> None:
    chance = random.Random(number)
    folder = job.start_training(dataset, tmp_path / "model.h5", {**QUICK, "epochs": EPOCHS}, tmp_path / "job")
    for kills in range(3):
        time.sleep(chance.uniform(0, 3))
        if job_records.status(folder)["state"] in job_records.ENDED:
            break
        os.kill(pid_of(folder), SIGKILL)
        until(lambda: job_records.status(folder)["state"] in job_records.ENDED)
        if job_records.status(folder)["state"] == "done":  # it was quicker
            break
        assert job_records.status(folder)["state"] == "lost"
        if kills < 2:
            job.resume(folder)
        else:
            assert worker.run(folder) == 0  # the last time in this process, where Keras is imported already
    equal(TrainingResult.from_record(job.wait(folder)), unbroken)
    assert job_records.status(folder)["state"] == "done"


@pytest.mark.slow
@pytest.mark.parametrize("stage", ["reading", "training", "evaluating", "saving"])
def test_a_job_killed_in_each_stage_goes_on(
    stage: str, dataset: Path, unbroken: TrainingResult, tmp_path: Path
) -> None:
    run_worker(dataset, tmp_path / "job", stage, "kill")
    assert job_records.status(tmp_path / "job")["state"] == "lost"
    assert not (tmp_path / "model.h5").exists()
    error = job_records.status(tmp_path / "job")["error"]
    assert error["identifier"] == "TouchTrain:JobFailed"
    job.resume(tmp_path / "job")
    equal(TrainingResult.from_record(job.wait(tmp_path / "job")), unbroken)
    assert sorted(file.name for file in tmp_path.iterdir()) == ["job", "model.h5"]


@pytest.mark.slow
def test_a_job_whose_waiter_is_killed_goes_on(dataset: Path, tmp_path: Path) -> None:
    program = "import sys; from pyside.jobs import job; job.wait(sys.argv[1])"
    folder = job.start_training(dataset, tmp_path / "model.h5", FOR_EVER, tmp_path / "job")
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    waiter = subprocess.Popen([sys.executable, "-c", program, folder], env=environment)
    until(lambda: job_records.status(folder)["progress"].get("epoch", 0) > 2)
    waiter.kill()
    waiter.wait()
    seen = job_records.status(folder)["progress"]["epoch"]
    until(lambda: job_records.status(folder)["progress"]["epoch"] > seen)
    job.stop(folder)
    assert TrainingResult.from_record(job.wait(folder)).report["stopped"] == "asked"


def test_a_job_whose_starter_is_killed_while_it_starts_is_told_truly(dataset: Path, tmp_path: Path) -> None:
    program = (
        "import os, signal, sys\n"
        "from pyside.jobs import job\nfrom pyside.system import processes\n"
        "processes.own_group = lambda: os.kill(os.getpid(), getattr(signal, 'SIGKILL', signal.SIGTERM))\n"
        "job.start_training(sys.argv[1], sys.argv[2], {}, sys.argv[3])"
    )
    line = [sys.executable, "-c", program, str(dataset), str(tmp_path / "model.h5"), str(tmp_path / "job")]
    subprocess.run(line, env={**os.environ, "PYTHONPATH": str(ROOT)}, check=False)
    assert job_records.status(tmp_path / "job")["state"] == "lost"


# --- stopped, cancelled --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("stage", "state"),
    [
        ("evaluating", "done"),
        pytest.param("reading", "stopped", marks=pytest.mark.slow),
        pytest.param("training", "stopped", marks=pytest.mark.slow),
        pytest.param("saving", "done", marks=pytest.mark.slow),
    ],
)
def test_a_stop_at_any_stage_leaves_a_model(stage: str, state: str, dataset: Path, tmp_path: Path) -> None:
    child = run_worker(dataset, tmp_path / "job", stage, "stop")
    assert child.returncode == 0
    assert job_records.status(tmp_path / "job")["state"] == state
    result = TrainingResult.from_record(job_records.result(tmp_path / "job"))
    assert pyside.inspect(result.model_path)["class_names"] == ["NonTouch", "Touch"]
    assert set(result.metrics) == {"training", "validation"}


def test_a_cancelled_job_is_gone_at_once_and_can_go_on(dataset: Path, unbroken: TrainingResult, tmp_path: Path) -> None:
    settings = {**QUICK, "epochs": EPOCHS}
    folder = job.start_training(dataset, tmp_path / "model.h5", settings, tmp_path / "job")
    until(
        lambda: (
            job_records.status(folder)["progress"].get("epoch", 0) > 1
            or job_records.status(folder)["state"] in job_records.ENDED
        )
    )
    pid = pid_of(folder)
    assert job.cancel(folder) == job_records.status(folder)["state"] == "cancelled"
    assert not processes.is_alive(processes.identity(pid))
    assert not (tmp_path / "model.h5").exists()
    with raises_with(BadJob, folder, "cancelled"):
        job_records.result(folder)
    assert job.resume(folder) == folder
    equal(TrainingResult.from_record(job.wait(folder)), unbroken)
    assert job.cancel(folder) == "done"
    with raises_with(BadJob, folder, "done"):
        job.resume(folder)


def test_a_job_cancelled_before_its_process_is_up_does_nothing(dataset: Path, tmp_path: Path) -> None:
    folder = job.start_training(dataset, tmp_path / "model.h5", FOR_EVER, tmp_path / "job")
    assert job.cancel(folder) == "cancelled"
    assert not (tmp_path / "model.h5").exists()


# --- two at once ---------------------------------------------------------------------------------------------------


def test_two_trainings_do_not_write_one_model(dataset: Path, tmp_path: Path) -> None:
    first = job.start_training(dataset, tmp_path / "model.h5", FOR_EVER)
    for begin in (
        lambda: job.start_training(dataset, tmp_path / "model", {}),
        lambda: pyside.train(dataset, tmp_path / "model.h5", **QUICK),
        lambda: pyside.tune(dataset, tmp_path / "model.h5", {"learning_rate": [1e-3, 1e-4]}, **QUICK),
        lambda: commands.run(
            job_records.request_of(first), lambda record: None, lambda: False
        ),  # without the checks before it
    ):
        with raises_with(InUse, f"touchtrain stop {first}"):
            begin()
    assert [one["folder"] for one in job_records.jobs(tmp_path)] == [
        first
    ]  # no folder is left of those that were refused
    job.cancel(first)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["touchtrain-jobs"]
    second = job.start_training(dataset, tmp_path / "model.h5", FOR_EVER)
    with raises_with(InUse, second):
        job.resume(first)
    assert job_records.status(first)["state"] == "cancelled"
    job.cancel(second)


def test_a_training_is_resumed_on_another_number_of_devices(dataset: Path, tmp_path: Path) -> None:
    options = {**FOR_EVER, "backend": "jax", "devices": 2}
    folder = job.start_training(dataset, tmp_path / "model.h5", options, tmp_path / "job")
    job.cancel(folder)
    settings = tmp_path / "job" / "settings.json"
    for wrong, facts in ((0, ("devices", "0")), ("both", ("devices", "'both'", "'all'"))):
        with raises_with(BadOption, *facts):
            job.resume(folder, devices=wrong)
    assert json.loads(settings.read_text(encoding="utf-8"))["settings"]["devices"] == 2
    assert job_records.status(folder)["state"] == "cancelled"
    job.resume(folder, devices="all")
    job.cancel(folder)
    assert json.loads(settings.read_text(encoding="utf-8"))["settings"]["devices"] == "all"


def test_a_training_is_resumed_on_another_cluster_or_without_one(dataset: Path, tmp_path: Path) -> None:
    options = {**FOR_EVER, "folds": 2, "scheduler": "tcp://127.0.0.1:1", "cores_per_training": 1}
    folder = job.start_training(dataset, tmp_path / "model.h5", options, tmp_path / "job")
    with raises_with(NoCluster, "tcp://127.0.0.1:1"):
        job.wait(folder)
    with raises_with(BadOption, "scheduler", "lab-server"):
        job.resume(folder, scheduler="lab-server")
    job.resume(folder, scheduler="none")
    job.cancel(folder)
    settings = json.loads((tmp_path / "job" / "settings.json").read_text(encoding="utf-8"))["settings"]
    assert settings["scheduler"] is None and settings["cores_per_training"] is None


def test_of_two_who_resume_a_job_one_is_refused(dataset: Path, tmp_path: Path) -> None:
    folder = job.start_training(dataset, tmp_path / "model.h5", FOR_EVER, tmp_path / "job")
    job.cancel(folder)
    program = "import sys\nfrom pyside.jobs import job\nsys.stdin.readline()\njob.resume(sys.argv[1])"
    line = [sys.executable, "-c", program, folder]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    several = [subprocess.Popen(line, env=environment, stdin=subprocess.PIPE, stderr=subprocess.PIPE) for _ in range(3)]
    for one in several:
        assert one.stdin
        one.stdin.write(b"\n")
        one.stdin.flush()
    told = [one.communicate(timeout=60)[1].decode() for one in several]
    assert sorted(one.returncode for one in several) == [0, 1, 1], told
    assert sum("TouchTrain:BadJob" in text or "TouchTrain:InUse" in text for text in told) == 2
    until(lambda: job_records.status(folder)["progress"].get("epoch", 0) > 0)
    job.cancel(folder)


def test_two_conversions_do_not_write_one_dataset(tmp_path: Path) -> None:
    frames, labels = touch_frames(30, 0)
    np.save(tmp_path / "frames.npy", np.ascontiguousarray(frames))
    np.save(tmp_path / "labels.npy", labels)
    (tmp_path / "sets").mkdir()
    request = requests.conversion("numpy", tmp_path, None, tmp_path / "sets" / "set", {})
    with locks.held(tmp_path / "sets" / "set", "convert arrays"):
        for begin in (
            lambda: pyside.convert_numpy(tmp_path, tmp_path / "sets" / "set"),
            lambda: pyside.convert_arrays(frames, labels, tmp_path / "sets" / "set"),
            lambda: job.start(request),
            lambda: job.run_here(request),
        ):
            with pytest.raises(InUse):
                begin()
        assert pyside.convert_numpy(tmp_path, tmp_path / "sets" / "set", check=True)["well"]  # looks only
    assert [path.name for path in (tmp_path / "sets").rglob("*") if path.name != "touchtrain-jobs"] == []


# --- another computer ----------------------------------------------------------------------------------------------


def of_another_computer(folder: str | Path) -> None:
    """Make it look as if the computer rig2 had begun a job."""
    for path in (Path(folder) / "process.json", Path(folder).parent / "model.h5.lock"):
        path.write_text(json.dumps({**json.loads(path.read_text(encoding="utf-8")), "host": "rig2"}))


def test_a_job_of_another_computer_is_not_begun_a_second_time(dataset: Path, tmp_path: Path) -> None:
    folder = job.start_training(dataset, tmp_path / "model.h5", FOR_EVER, tmp_path / "job")
    process = json.loads((tmp_path / "job" / "process.json").read_text(encoding="utf-8"))
    until(lambda: job_records.status(folder)["state"] == "running")
    processes.end(process)
    assert job_records.status(folder)["state"] == "lost"
    of_another_computer(folder)
    found = job_records.status(folder)
    assert (found["state"], found["host"]) == ("running", "rig2")
    for refused in (job.resume, job.cancel, job.remove):
        with pytest.raises(BadJob):
            refused(folder)
    with raises_with(BadJob, folder, "rig2"):
        job.resume(folder)
    with raises_with(InUse, "rig2"):
        job.start_training(dataset, tmp_path / "model.h5", FOR_EVER)
    assert pyside.unlock(folder)["host"] == "rig2"
    assert job_records.status(folder)["state"] == "lost"
    with pytest.raises(PathMissing):
        pyside.unlock(folder)
    job.resume(folder)
    job.cancel(folder)


# --- the ground taken away -----------------------------------------------------------------------------------------


@pytest.mark.skipif(os.name != "posix", reason="Windows removes no folder that is in use")
@pytest.mark.parametrize(
    "stage", ["training", *(pytest.param(name, marks=pytest.mark.slow) for name in ("reading", "evaluating", "saving"))]
)
def test_a_job_whose_folder_is_removed_saves_its_model_and_ends(stage: str, dataset: Path, tmp_path: Path) -> None:
    run_worker(dataset, tmp_path / "job", stage, "remove", epochs=100_000 if stage == "training" else EPOCHS)
    assert not (tmp_path / "job").exists()
    assert pyside.inspect(tmp_path / "model.h5")["class_names"] == ["NonTouch", "Touch"]
    with raises_with(BadJob, tmp_path / "job"):
        job_records.status(tmp_path / "job")


def test_a_disk_that_is_full_fails_the_job_and_says_so(dataset: Path, small_disk: Path, tmp_path: Path) -> None:
    place = small_disk / "job"
    folder = job.start_training(dataset, tmp_path / "model.h5", FOR_EVER, place)
    until(lambda: job_records.status(folder)["progress"].get("epoch", 0) > 1)
    with raises_with(OSError, "space"), (small_disk / "filler").open("wb") as file:
        while True:
            file.write(bytes(4096))
            file.flush()
    job_stop_without_room(folder, small_disk)
    assert TrainingResult.from_record(job.wait(folder)).report["stopped"] == "asked"
    assert (tmp_path / "model.h5").is_file()


def job_stop_without_room(folder: str, disk: Path) -> None:
    """Ask for the end; a name takes no room on this kind of disk, and if it does, a little is made."""
    try:
        job.stop(folder)
    except TouchTrainError:
        with (disk / "filler").open("ab") as file:
            file.truncate(file.tell() - 8192)
        job.stop(folder)


def test_a_job_folder_on_a_full_disk_is_refused(dataset: Path, small_disk: Path, tmp_path: Path) -> None:
    with raises_with(OSError, "space"), (small_disk / "filler").open("wb") as file:
        while True:
            file.write(bytes(4096))
            file.flush()
    with raises_with(DiskFull, small_disk / "job"):
        job.start_training(dataset, tmp_path / "model.h5", FOR_EVER, small_disk / "job")
    assert not job_records.children.get(str(small_disk / "job"))


# --- several who look ----------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_two_waiters_get_the_same(dataset: Path, unbroken: TrainingResult, tmp_path: Path) -> None:
    folder = job.start_training(dataset, tmp_path / "model.h5", {**QUICK, "epochs": EPOCHS}, tmp_path / "job")
    line = [sys.executable, "-m", "pyside", "job", "wait", folder, "--json"]
    waiters = [subprocess.Popen(line, cwd=ROOT, stdout=subprocess.PIPE) for _ in range(2)]
    told = [json.loads(waiter.communicate(timeout=120)[0]) for waiter in waiters]
    assert told[0] == told[1]
    equal(TrainingResult.from_record(told[0]), unbroken)


def test_no_reader_ever_sees_half_a_record(dataset: Path, tmp_path: Path) -> None:
    folder = job.start_training(dataset, tmp_path / "model.h5", FOR_EVER, tmp_path / "job")
    until(lambda: job_records.status(folder)["progress"].get("epoch", 0) > 0)
    seen = set()
    for _ in range(500_000):
        seen.add(json.loads((Path(folder) / "progress.json").read_text(encoding="utf-8"))["epoch"])
        json.loads((Path(folder) / "state.json").read_text(encoding="utf-8"))
        if len(seen) > 4:
            break
    assert len(seen) > 4  # it was at work meanwhile
    job.cancel(folder)


def test_a_clock_that_is_set_back_changes_no_state(
    dataset: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = job.start_training(dataset, tmp_path / "model.h5", FOR_EVER, tmp_path / "job")
    until(lambda: job_records.status(folder)["state"] == "running")
    monkeypatch.setattr(time, "time", lambda: 0.0)
    for file in Path(folder).iterdir():
        os.utime(file, (4e9, 4e9))  # written in the future, as it looks now
    assert job_records.status(folder)["state"] == "running"
    seen = job_records.status(folder)["progress"].get("epoch", 0)
    until(lambda: job_records.status(folder)["progress"].get("epoch", 0) > seen)
    os.kill(pid_of(folder), SIGKILL)
    until(lambda: job_records.status(folder)["state"] == "lost")


def test_a_hundred_thousand_records_are_read_once(tmp_path: Path) -> None:
    (tmp_path / "settings.json").write_text('{"command": "train", "model_path": "m.h5"}')
    with (tmp_path / "told.jsonl").open("w") as told, (tmp_path / "epochs.jsonl").open("w") as epochs:
        for number in range(1, 100_001):
            told.write(json.dumps({"text": f"epoch {number}", "milestone": True}) + "\n")
            epochs.write(json.dumps({"epoch": number, "loss": 0.5, "val_loss": None}) + "\n")
    lines, seen = job_records.messages(tmp_path, 0, live=False)
    assert len(lines) == 100_000
    content = (tmp_path / "told.jsonl").read_bytes()
    (tmp_path / "told.jsonl").write_bytes(b"?" * len(content) + b'{"text": "the next", "milestone": true}\n')
    assert job_records.messages(tmp_path, seen, live=False)[0] == ["the next"]
    curves = job_records.history(tmp_path)
    assert curves["loss"] == [0.5] * 100_000
    assert all(value != value for value in curves["val_loss"])


# --- kept and removed ----------------------------------------------------------------------------------------------


def test_jobs_are_listed_and_removed_but_not_while_they_work(dataset: Path, tmp_path: Path) -> None:
    first = job.start_training(dataset, tmp_path / "a.h5", {**QUICK, "epochs": 1})
    job.wait(first)
    second = job.start_training(dataset, tmp_path / "b.h5", FOR_EVER)
    assert [(Path(one["makes"]).name, one["state"] in job_records.ENDED) for one in job_records.jobs(tmp_path)] == [
        ("b.h5", False),
        ("a.h5", True),
    ]
    with raises_with(BadJob, second):
        job.remove(second)
    job.cancel(second)
    (Path(second) / "mine.txt").touch()
    with raises_with(NotWritable, "mine.txt"):
        job.remove(second)
    job.remove(first)
    assert not Path(first).exists()
    assert (tmp_path / "a.h5").exists()
    shutil.rmtree(second)
