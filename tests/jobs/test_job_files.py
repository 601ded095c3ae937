"""The folder of a job may be anybody's: whatever lies in it, each command answers, or says what is wrong."""

from __future__ import annotations

import copy
import json
import os
import random
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import pyside
from pyside import matlab
from pyside.__main__ import main
from pyside.cli.text import readable
from pyside.errors import BadJob, NotWritable, TouchTrainError
from pyside.jobs import job, job_records, worker
from pyside.system import processes
from tests.conftest import raises_with

needs_links = pytest.mark.skipif(os.name != "posix", reason="Windows lets not everybody make links")
ODD = [None, True, -1, 0, 1, 2.5, 1e300, -1e300, 10**30, "", "x", "../victim", "/etc/passwd", "a\0b", "\ud800"]
ODD += ["\x1b[2J", [], {}, [1], ["x"], {"a": 1}, [[[[]]]], [None], "z" * 5000, {"text": 3}, float("nan"), float("inf")]


SIDE = {"recordings": 1, "frames": 9, "counts": {"NonTouch": 4, "Touch": 5}}
RESULT = {
    "history": {"loss": [0.5], "val_loss": [None]},
    "metrics": {
        "validation": {
            "accuracy": 0.7,
            "classes": {"Touch": {"precision": 1.0, "recall": 0.5, "f1": None}},
            "events": {"T": {"found": 1, "touches": 2, "ghosts": 1, "merged": 0, "split": 0, "errors_per_touch": 2}},
        }
    },
    "verdict": "good",
    "report": {
        "dataset": {"class_names": ["NonTouch", "Touch"]},
        "split": {"training": SIDE, "validation": SIDE},
        "settings": {"monitor": "loss", "restore_best_weights": True},
        **{"best_epoch": 1, "epochs_run": 1, "seconds": 1.0, "frames_per_second": 3.0, "precision": "float32"},
        "warnings": [],
    },
}


def a_job(folder: Path, **files: Any) -> Path:
    """Write the folder of a job that is done, with every file that a job may have; `files` by name without suffix."""
    model = str(folder.parent / "m.h5")
    figures = {"epoch": 1, "epochs": 2, "loss": 0.5, "accuracy": 0.8, "val_loss": 0.6, "val_accuracy": 0.7}
    cloud = {"mark": "m", "project": "lab", "region": "us-central1", "regions": ["us-central1"], "console": "https://c"}
    cloud |= {name: f"gs://lab/{name}" for name in ("folder", "dataset", "models", "package")}
    cloud |= {"name": "projects/1/locations/us-central1/customJobs/2", "model": "m.h5", "files": {}, "told": 0}
    records = {
        "settings": {"command": "train", "dataset": str(folder.parent / "set"), "model_path": model, "settings": {}},
        "state": {"state": "done"},
        "process": {"pid": 2**22 + 1, "started": "boot 1"},
        "progress": {"stage": "training", **figures, "batch": 1, "batches": 3, "seconds_left": 7.5, "frames": 9},
        "error": {"kind": "BadLabels", "identifier": "TouchTrain:BadLabels", "text": "wrong"},
        "result": {**RESULT, "model_path": model},
        "cloud": cloud,
        **files,
    }
    folder.mkdir()
    for name, record in records.items():
        if record is not None:
            (folder / f"{name}.json").write_text(json.dumps(record))
    (folder / "told.jsonl").write_text(json.dumps({"text": "begun", "milestone": False}) + "\n")
    (folder / "epochs.jsonl").write_text(json.dumps(figures) + "\n")
    (folder / "log.txt").write_text("printed\n")
    return folder


ASKED: list[Callable[[Path], Any]] = [
    *(
        job_records.status,
        lambda one: job_records.line(job_records.status(one)),
        job_records.history,
        lambda one: job_records.messages(one, 0, False),
    ),
    *(job_records.log, job_records.result, job_records.made, job.cancel, job.stop, job.resume, pyside.inspect),
    *(lambda one: matlab.job_status(str(one)), lambda one: matlab.job_result(str(one))),
    lambda one: matlab.list_jobs(str(one.parent)),
    lambda one: readable(job_records.status(one)),
]


@pytest.mark.usefixtures("no_python")
@pytest.mark.parametrize("state", ["done", "failed", "running"])
@pytest.mark.parametrize("seed", range(3))
def test_whatever_a_job_folder_says_no_command_breaks(seed: int, state: str, tmp_path: Path) -> None:
    chance = random.Random(f"{seed} {state}")
    for number in range(30):
        folder = a_job(tmp_path / f"{number}", state={"state": state}, **({"cloud": None} if number % 2 else {}))
        file = chance.choice(sorted(folder.iterdir()))
        file.write_bytes(damaged(file, chance))
        for ask in ASKED:
            try:
                ask(folder)
            except TouchTrainError:
                pass
            except Exception as error:
                raise AssertionError(f"{file}: {file.read_bytes()[:500]!r}") from error
        for one in (*folder.iterdir(), folder):
            one.rmdir() if one.is_dir() else one.unlink()


def damaged(file: Path, chance: random.Random) -> bytes:
    """Return what stands in a file, with one thing in it wrong."""
    data = file.read_bytes()
    if file.suffix == ".txt" or chance.random() < 0.15:
        return chance.choice([b"", data[: len(data) // 2], b"\xff\xfe\x00", b"[" * 100_000, b"9" * 5000, b"null"])
    record = json.loads(data)
    holder, key = chance.choice(list(places(record)))
    if chance.random() < 0.2:
        del holder[key]
    else:
        holder[key] = copy.deepcopy(chance.choice(ODD))
    return json.dumps(record).encode() + b"\n"


def places(record: Any) -> Any:
    """Return each place in a record where a value stands: what holds it, and its name there."""
    for key in list(record) if isinstance(record, dict) else range(len(record)):
        yield record, key
        if isinstance(record[key], (dict, list)):
            yield from places(record[key])


def test_one_odd_job_is_listed_as_what_it_is_and_the_others_are_too(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    a_job(tmp_path / "good")
    for name, process in {"text": {"pid": "x"}, "null": {"pid": None}, "one": {"pid": 1}}.items():
        a_job(tmp_path / name, state={"state": "running"}, process=process)
    a_job(tmp_path / "empty", settings={})
    found = {Path(one["folder"]).name: one for one in job_records.jobs(tmp_path)}
    assert {name: one["state"] for name, one in found.items()} == {
        "good": "done",
        **dict.fromkeys(("text", "null", "one", "empty"), "unreadable"),
    }
    assert found["one"]["error"]["identifier"] == "TouchTrain:BadJob"
    assert main(["job", "list", str(tmp_path)]) == 0
    assert "started" in capsys.readouterr().out
    for name in ("text", "null", "one", "empty"):
        for ask in (job_records.status, job.wait, pyside.inspect):
            with raises_with(BadJob, tmp_path / name):
                ask(tmp_path / name)


@needs_links
def test_a_private_folder_hides_no_other_job_and_is_named(tmp_path: Path) -> None:
    """Root may look everywhere, so it is asked as it is for others: by a process without that right."""
    a_job(tmp_path / "good")
    (a_job(tmp_path / "private")).chmod(0)
    line = [sys.executable, "-m", "pyside", "job", "list", str(tmp_path), "--json"]
    if os.geteuid() == 0:
        line = ["setpriv", "--bounding-set=-dac_override,-dac_read_search,-fowner", *line]
    try:
        done = subprocess.run(line, capture_output=True, check=False, cwd=Path(pyside.__file__).parents[1])
    except FileNotFoundError:
        pytest.skip("there is no setpriv here")
    finally:
        (tmp_path / "private").chmod(0o700)
    found = {Path(one["folder"]).name: one for one in json.loads(done.stdout)}
    assert found["good"]["state"] == "done"
    assert found["private"]["error"]["identifier"] == "TouchTrain:NotReadable"


@needs_links
@pytest.mark.parametrize("name", ["log.txt", "told.jsonl", "spare", "stop", "result.json", "progress.json.7.part"])
def test_a_link_in_the_place_of_a_jobs_file_is_not_followed(name: str, tmp_path: Path) -> None:
    victim = tmp_path / "victim"
    victim.write_text("mine")
    folder = a_job(tmp_path / "job", state={"state": "failed"}, cloud=None)
    (folder / name).unlink(missing_ok=True)
    (folder / name).symlink_to(victim)
    for ask in (job_records.status, job_records.log, job.stop, job.resume, job.cancel, job.remove, worker.run):
        with raises_with(BadJob, name):
            ask(folder)
    assert victim.read_text() == "mine"


@needs_links
def test_a_pipe_in_the_place_of_a_jobs_file_holds_nobody_up(tmp_path: Path) -> None:
    folder = a_job(tmp_path / "job")
    (folder / "log.txt").unlink()
    os.mkfifo(folder / "log.txt")
    with raises_with(BadJob, "log.txt"):
        job_records.log(folder)


@pytest.mark.skipif(os.name != "posix", reason="its process is a program of the system")
def test_a_process_that_does_not_the_job_is_left_alone(tmp_path: Path) -> None:
    """It runs, is this user's, has a group of its own, and the file names it rightly; but it is no job's."""
    other = subprocess.Popen(["sleep", "60"], start_new_session=True)
    stranger = subprocess.Popen(
        [sys.executable, "-c", "import time; time.sleep(60)", "-m", "pyside", "job", "run", str(tmp_path / "other")],
        start_new_session=True,
    )
    try:
        for number, child in enumerate((other, stranger)):
            named = processes.identity(child.pid)
            folder = a_job(tmp_path / f"{number}", state={"state": "running"}, process=named, cloud=None)
            with raises_with(BadJob, child.pid):
                job.cancel(folder)
            assert child.poll() is None
            assert job_records.status(folder)["state"] == "running"
    finally:
        other.kill()
        stranger.kill()
        other.wait()
        stranger.wait()


def test_a_huge_epoch_or_a_torn_line_costs_nothing(tmp_path: Path) -> None:
    folder = a_job(tmp_path / "job")
    with (folder / "epochs.jsonl").open("a") as file:
        file.write('{"epoch": 2, "lo{"epoch": 3, "loss": 0.25}\n')  # as a disk leaves it that was full
    assert job_records.history(folder)["loss"] == [0.5]
    with (folder / "epochs.jsonl").open("a") as file:
        file.write('{"epoch": 1000000000000}\n')
    with raises_with(BadJob, "epochs.jsonl"):
        job_records.history(folder)


def test_the_model_of_a_training_in_the_cloud_is_a_name(tmp_path: Path) -> None:
    cloud = json.loads((a_job(tmp_path / "good") / "cloud.json").read_text())
    for number, wrong in enumerate(({"model": "../../x.h5"}, {"folder": "/home/me"}, {"models": "file:///home/me"})):
        with raises_with(BadJob, "cloud.json"):
            job_records.status(a_job(tmp_path / f"{number}", cloud={**cloud, **wrong}))


def test_a_job_that_may_not_be_read_is_told_apart_from_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(path: str | os.PathLike[str]) -> None:
        raise PermissionError(13, "Permission denied", os.fspath(path))

    a_job(tmp_path / "job")
    monkeypatch.setattr(os, "scandir", refuse)
    with raises_with(TouchTrainError, tmp_path / "job", "Permission denied"):
        job_records.status(tmp_path / "job")


def test_all_that_a_training_with_folds_keeps_is_removed_with_its_job(tmp_path: Path) -> None:
    folder = a_job(tmp_path / "job")
    names = ["checkpoint.further.json", "checkpoint.fold-2-of-3.npz", "checkpoint.learning-curve-1-of-3.npz.77.part"]
    for name in [*names, "job.lock.0123456789abcdef", "checkpoint.of-mine.npz"]:
        (folder / name).touch()
    with raises_with(NotWritable, "checkpoint.of-mine.npz"):
        job.remove(folder)
    other = a_job(tmp_path / "other")
    for name in names:
        (other / name).touch()
    job.remove(other)
    assert not other.exists()
