"""A job is a folder; one training serves most of these tests."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

import pyside
from pyside.errors import BadJob, BadOption, Interrupted, JobFailed, NotWritable, OneClass, PathMissing, TouchTrainError
from pyside.evaluation.result import TrainingResult
from pyside.jobs import commands, job, job_records, worker
from pyside.system import machine, processes
from pyside.system.progress import progress_line
from pyside.system.records import write_json
from tests.conftest import QUICK, raises_with, until

pytestmark = pytest.mark.trains

MakeDataset = Callable[..., Path]
FOR_EVER = {**QUICK, "epochs": 100_000, "patience": None}
needs_posix = pytest.mark.skipif(os.name != "posix", reason="presses Ctrl-C by a signal to a group of processes")


def epoch(folder: str) -> int:
    return int(job_records.status(folder)["progress"].get("epoch", 0))


def test_a_training_in_a_process_of_its_own(make_dataset: MakeDataset, tmp_path: Path) -> None:
    os.environ["LD_LIBRARY_PATH"] = "/nowhere"  # what MATLAB leaves in the environment
    try:
        folder = job.start_training(make_dataset(), tmp_path / "model", {**QUICK, "epochs": 2})
    finally:
        del os.environ["LD_LIBRARY_PATH"]
    assert job_records.status(folder)["state"] in ("waiting", "running")
    assert Path(folder).parent == tmp_path / "touchtrain-jobs"
    outcome = TrainingResult.from_record(job.wait(folder))
    assert job_records.status(folder)["state"] == "done"
    assert outcome.model_path == job_records.made(folder) == str(tmp_path / "model.h5")
    assert set(outcome.history) == {"loss", "accuracy", "val_loss", "val_accuracy", "learning_rate"}
    assert all(len(curve) == 2 for curve in outcome.history.values())
    assert pyside.inspect(tmp_path / "model.h5")["class_names"] == ["NonTouch", "Touch"]
    assert pyside.inspect(folder)["kind"] == "job"
    assert "epoch 2/2" in (Path(folder) / "log.txt").read_text()
    assert [file.name for file in Path(folder).iterdir() if file.suffix == ".part"] == []


def test_a_stop_file_ends_a_job_gently_and_the_model_is_kept(make_dataset: MakeDataset, tmp_path: Path) -> None:
    folder = job.start_training(make_dataset(), tmp_path / "model.h5", FOR_EVER, tmp_path / "job")
    until(lambda: epoch(folder) > 2)
    assert 0 < len(job_records.line(job_records.status(folder))) <= 79
    with raises_with(BadJob, folder, "running"):
        job_records.result(folder)
    Path(job_records.stop_file(folder)).touch()
    assert job_records.status(folder)["state"] in ("stopping", "stopped")
    outcome = TrainingResult.from_record(job.wait(folder))
    assert job_records.status(folder)["state"] == "stopped"
    assert outcome.report["stopped"] == "asked"
    assert (tmp_path / "model.h5").is_file()


def test_a_killed_job_is_lost_and_its_log_is_shown(make_dataset: MakeDataset, tmp_path: Path) -> None:
    folder = job.start_training(make_dataset(), tmp_path / "model.h5", FOR_EVER, tmp_path / "job")
    until(lambda: job_records.status(folder)["state"] == "running")
    pid = json.loads((tmp_path / "job" / "process.json").read_text())["pid"]
    os.kill(pid, getattr(signal, "SIGKILL", signal.SIGTERM))  # Windows has one way only
    until(lambda: job_records.status(folder)["state"] == "lost")
    with raises_with(JobFailed, folder):
        job_records.result(folder)
    if sys.platform != "win32":
        for text in (str(job_records.status(folder)["error"]["text"]), told_by(folder)):
            assert "SIGKILL" in text and "memory" in text and "batch_size" in text
    assert not (tmp_path / "model.h5").exists()


def told_by(folder: str) -> str:
    """What a person is told who asks for the result of a job that has none."""
    with pytest.raises(JobFailed) as raised:
        job_records.result(folder)
    return str(raised.value)


@pytest.mark.parametrize(
    ("log", "kills", "fact", "of_memory"),
    [
        ("epoch 1/9\nterminate called after throwing an instance of 'std::bad_alloc'\n", None, "bad_alloc", True),
        ("epoch 1/9\n", 3, "batch_size", True),
        ("epoch 1/9\n", 4, "Resume", False),
        ("epoch 1/9\n", None, "Resume", False),
    ],
)
def test_how_a_lost_job_ended_is_told_as_far_as_it_can_be_known(
    log: str, kills: int | None, fact: str, of_memory: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(machine, "kills_for_memory", lambda: 4)
    folder = tmp_path / "job"
    folder.mkdir()
    write_json(folder / "settings.json", {"command": "train", "model_path": str(tmp_path / "m.h5"), "settings": {}})
    write_json(folder / "state.json", {"state": "running", **({} if kills is None else {"kills": kills})})
    (folder / "log.txt").write_text(log, encoding="utf-8")
    for text in (str(job_records.status(folder)["error"]["text"]), told_by(str(folder))):
        assert fact in text and ("batch_size" in text) == of_memory


@needs_posix
def test_a_job_outlives_ctrl_c_of_the_program_that_started_it(make_dataset: MakeDataset, tmp_path: Path) -> None:
    program = (
        "import sys, pyside\n"
        "pyside.train(sys.argv[1], sys.argv[2], isolated=True, job_folder=sys.argv[3], epochs=100000, patience=None,"
        " network=sys.argv[4])"
    )
    environment = {**os.environ, "TOUCHTRAIN_HOST": "octave", "TOUCHTRAIN_PYTHON": sys.executable}
    folder = tmp_path / "job"
    starter = subprocess.Popen(
        [sys.executable, "-c", program, str(make_dataset()), str(tmp_path / "model.h5"), str(folder), QUICK["network"]],
        env=environment,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )
    until(lambda: (folder / "settings.json").exists() and epoch(str(folder)) > 0)
    os.killpg(starter.pid, signal.SIGINT)
    said = starter.communicate(timeout=20)[1].decode()
    assert "TouchTrain:Interrupted" in said
    assert "model.h5" in said and "touchtrain attach 1" in said and "touchtrain stop 1" in said
    seen = epoch(str(folder))
    until(lambda: epoch(str(folder)) > seen)
    job.stop(folder)
    until(lambda: job_records.status(folder)["state"] == "stopped")


@needs_posix
def test_in_plain_python_ctrl_c_stops_gently(make_dataset: MakeDataset, tmp_path: Path) -> None:
    import pty

    line = [sys.executable, "-m", "pyside", "train", str(make_dataset()), str(tmp_path / "model"), "--epochs", "100000"]
    line += ["--patience", "Inf", "--network", QUICK["network"], "--json"]
    terminal, their_end = pty.openpty()
    root = Path(pyside.__file__).parents[1]
    trainer = subprocess.Popen(line, stdout=subprocess.PIPE, stderr=their_end, start_new_session=True, cwd=root)
    shown = b""
    while b"epoch 3/" not in shown:  # the progress line lives on a terminal
        shown += os.read(terminal, 1000)
    os.killpg(trainer.pid, signal.SIGINT)
    outcome = json.loads(trainer.communicate(timeout=60)[0])
    assert trainer.returncode == 0
    assert outcome["report"]["stopped"] == "asked"
    assert (tmp_path / "model.h5").is_file()
    assert b"\n" not in shown[shown.index(b"epoch 1/") :]


def test_bad_input_is_an_error_before_a_job_is_made(make_dataset: MakeDataset, tmp_path: Path) -> None:
    folder = make_dataset()
    (tmp_path / "taken.h5").mkdir()
    cases: list[tuple[Path, Path, dict, type[TouchTrainError]]] = [
        (tmp_path / "nowhere", tmp_path / "model.h5", {}, PathMissing),
        (folder, tmp_path / "nowhere" / "model.h5", {}, PathMissing),
        (folder, tmp_path / "taken", {}, NotWritable),
        (folder, tmp_path / "model.h5", {"epochs": 0}, BadOption),
    ]
    for dataset, model, options, error in cases:
        with pytest.raises(error):
            job.start_training(dataset, model, options)
    assert sorted(file.name for file in tmp_path.iterdir()) == ["set", "taken.h5"]


def test_all_that_is_wrong_is_told_at_once(tmp_path: Path) -> None:
    with raises_with(BadOption, 3, "epochs", "nowhere", "missing"):
        job.start_training(tmp_path / "nowhere", tmp_path / "missing" / "model.h5", {"epochs": 0})


def test_one_class_only_is_an_error_before_a_job_is_made(tmp_path: Path) -> None:
    frames, labels = np.zeros((20, 20, 30), np.uint8), [1] * 30
    pyside.convert_arrays(frames, labels, tmp_path / "set")
    with raises_with(OneClass, 0, "NonTouch", 30, "Touch"):
        job.start_training(tmp_path / "set", tmp_path / "model.h5", {})


def test_the_error_of_a_job_is_raised_where_its_result_is_asked_for(make_dataset: MakeDataset, tmp_path: Path) -> None:
    folder = _written_job(tmp_path / "job", {"dataset": str(tmp_path / "gone"), "model_path": str(tmp_path / "m.h5")})
    assert worker.run(folder) == 1
    assert job_records.status(folder)["state"] == "failed"
    with raises_with(PathMissing, tmp_path / "gone"):
        job_records.result(folder)


def test_an_unforeseen_error_of_a_job_leaves_its_traceback(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = _written_job(tmp_path / "job", {"dataset": str(tmp_path / "set"), "model_path": str(tmp_path / "m.h5")})

    def run(*_: object) -> None:
        raise TypeError("unforeseen")

    monkeypatch.setattr(commands, "run", run)
    assert worker.run(folder) == 1
    with raises_with(JobFailed, "TypeError", "unforeseen", "traceback.txt"):
        job_records.result(folder)
    assert "Traceback" in (folder / "traceback.txt").read_text()


def _written_job(folder: Path, task: dict) -> Path:
    folder.mkdir()
    (folder / "settings.json").write_text(
        json.dumps({"command": "train", "settings": {}, "model_path": "m.h5", **task})
    )
    return folder


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="only /proc tells when a process started")
def test_a_pid_used_again_is_not_the_job(tmp_path: Path) -> None:
    folder = _written_job(tmp_path / "job", {})
    (folder / "state.json").write_text('{"state": "running"}')
    (folder / "process.json").write_text(json.dumps({"pid": os.getpid(), "started": "1"}))
    assert job_records.status(folder)["state"] == "lost"
    (folder / "process.json").write_text(json.dumps(processes.identity(os.getpid())))
    assert job_records.status(folder)["state"] == "running"


def test_a_taken_job_folder_gets_a_number(tmp_path: Path) -> None:
    (tmp_path / "job").mkdir()
    (tmp_path / "job" / "log.txt").touch()
    assert job._new_folder(tmp_path / "job") == tmp_path / "job-2"


def test_a_folder_without_a_job_is_said_to_have_none(tmp_path: Path) -> None:
    for ask in (job_records.status, job_records.result, job.stop, job.wait):
        with raises_with(BadJob, tmp_path):
            ask(tmp_path)


def test_a_progress_line_tells_what_a_person_wants_to_know() -> None:
    progress = {"stage": "training", "epoch": 3, "epochs": 20, "batch": 5, "batches": 10, "frames_per_second": 412.3}
    progress |= {"seconds_left": 61, "loss": 0.1234, "accuracy": 0.9}
    line = progress_line(progress)
    assert all(fact in line for fact in ("epoch 3/20", "50 %", "412", "0:01:01", "loss 0.123", "acc 0.900"))
    progress |= {"val_loss": 0.2, "val_accuracy": 0.8}
    line = progress_line(progress)
    assert all(fact in line for fact in ("epoch 3/20", "0:01:01", "0.123", "val 0.200", "0.900", "val 0.800"))
    assert "%" not in line
    assert progress_line({"stage": "saving", "epoch": 3, "epochs": 20}).split() == ["epoch", "3/20", "saving"]
    assert "Python" in job_records.line({"state": "waiting", "progress": {}})
    assert len(progress_line({**progress, "epoch": 100, "epochs": 100, "seconds_left": 360_000})) <= 79


def test_interrupted_is_an_error_with_an_identifier() -> None:
    assert Interrupted("x").identifier == "TouchTrain:Interrupted"
