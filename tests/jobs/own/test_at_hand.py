"""People call jobs by number, name or folder, or mean the latest; they are told which one it was, and what is kept."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import pyside
from pyside import matlab
from pyside.__main__ import main
from pyside.errors import BadJob
from pyside.jobs import job, job_records, requests
from pyside.jobs.own import at_hand, ending
from tests.conftest import holds, raises_with, touch_frames

MakeJob = Callable[..., Path]


def of_another_computer(folder: Path) -> None:
    file = folder / "process.json"
    file.write_text(json.dumps({**json.loads(file.read_text(encoding="utf-8")), "host": "rig2"}), encoding="utf-8")


def told(answer: dict[str, Any]) -> str:
    return "\n".join(answer["said"])


# --- the list ------------------------------------------------------------------------------------------------------


def test_the_list_says_what_each_job_is_and_how_far_it_is(make_job: MakeJob, tmp_path: Path) -> None:
    make_job("whiskers", "failed", "convert videos", "sets/whiskers")
    (tmp_path / "touchtrain-jobs" / "whiskers" / "error.json").write_text(
        json.dumps({"kind": "BadVideo", "identifier": "TouchTrain:BadVideo", "text": "a.mp4 is empty.\nMore."})
    )
    running = make_job("model", "running")
    progress = {"stage": "training", "epoch": 3, "epochs": 20, "loss": 0.5, "accuracy": 0.75, "seconds_left": 4000}
    progress |= {"val_loss": 0.5, "val_accuracy": 0.8}
    (running / "progress.json").write_text(json.dumps(progress))
    first, second = pyside.list_jobs()
    assert (first["number"], first["name"], first["kind"], first["state"]) == (2, "model.h5", "training", "running")
    assert first["makes"] == str(tmp_path / "model.h5") and 0 <= first["age"] < 600
    assert first["progress"].startswith("epoch 3/20") and first["host"] is None
    assert (second["kind"], second["name"], second["progress"]) == ("conversion", "whiskers", "a.mp4 is empty.")
    header, one, other = at_hand.page([first, second])
    assert header.split() == ["job", "name", "kind", "state", "age", "progress", "makes"]
    assert holds(one, 2, "model.h5", "training", "running", "epoch 3/20", tmp_path / "model.h5") and "0.75" not in one
    assert holds(other, 1, "whiskers", "conversion", "failed")
    assert {**pyside.list_jobs(tmp_path)[0], "age": 0} == {**first, "age": 0}  # the same, by the folder around it


def test_a_long_list_shows_all_that_run_and_the_latest_others(make_job: MakeJob) -> None:
    make_job("first", "running")
    for number in range(22):
        make_job(f"m{number}")
    lines = at_hand.page(at_hand.jobs())
    assert len(lines) == 23 and "2 more" in lines[-1] and holds(lines[-2], 1, "running")
    assert at_hand.page([]) == ["There are no jobs."]


@pytest.mark.parametrize(
    ("seconds", "text"), [(None, ""), (0.4, "0 s"), (59, "59 s"), (3599, "59 min"), (90000, "1 day"), (2e5, "2 days")]
)
def test_an_age_is_told_in_its_largest_unit(seconds: float | None, text: str) -> None:
    assert at_hand.age_text(seconds) == text


# --- which one is meant --------------------------------------------------------------------------------------------


def test_a_job_is_called_by_number_name_or_folder(make_job: MakeJob, tmp_path: Path) -> None:
    first, second = make_job("one", "running"), make_job("two", "running", "curate", "marked")
    for job_named in (1, "1", 1.0, "one.h5", "one", str(first), first):
        assert at_hand.meant(job_named, bool)["folder"] == str(first)
    for made in (tmp_path / "one.h5", str(tmp_path / "one")):
        assert at_hand.meant(made, bool)["folder"] == str(first)
    assert at_hand.meant("marked", bool)["folder"] == str(second)
    assert at_hand.meant("two", bool, second)["folder"] == str(second)  # the folder, as MATLAB names it
    unknown = make_job("three", known=False)
    assert at_hand.meant(unknown, bool)["number"] is None
    for wrong in (7, "7", "markd", 1.5, tmp_path / "nothing"):
        with raises_with(BadJob, wrong, 1, tmp_path / "one.h5"):
            at_hand.meant(wrong, bool)
    with raises_with(BadJob, "marked"):
        at_hand.meant("markd", bool)


def test_of_several_with_one_name_the_one_that_can_be_meant_is_taken_and_else_all_are_named(
    make_job: MakeJob, tmp_path: Path
) -> None:
    make_job("a", "done", makes="lab/set.h5"), make_job("b", "running", makes="lab/set.h5")
    make_job("c", "done", makes="lab/set.h5"), make_job("d", "done", makes="rig/set.h5")
    assert ending.stop("set.h5")["job"]["number"] == 2
    for file in ("lab/set.h5", "rig/set.h5"):
        with raises_with(BadJob, tmp_path / file, 3, 4):
            ending.to_resume("set")
    assert ending.to_attach("set")["job"]["number"] == 2


def test_by_default_it_is_the_latest_that_runs_here(make_job: MakeJob) -> None:
    make_job("a", "running"), make_job("b", "running"), make_job("c", "done")
    of_another_computer(make_job("d", "running"))
    answer = ending.stop()
    assert answer["job"]["number"] == 2 and "1 other job" in told(answer)
    assert holds(told(answer), "Job 2 (training, b.h5)", "best model", "touchtrain attach 2")
    assert ending.to_attach()["job"]["number"] == 2  # it has not ended yet


def test_a_job_that_has_ended_is_no_error(make_job: MakeJob) -> None:
    make_job("a", "done"), make_job("b", "failed", "convert videos", "set")
    for end in (ending.stop, ending.cancel):
        assert holds(told(end(1)), "Job 1", "done") and end(1)["ended"]
        assert holds(told(end()), "Job 2", "failed") and end()["job"] is None
    assert ending.to_attach()["job"]["number"] == 2
    assert ending.to_resume()["job"]["number"] == 2


def test_a_job_of_another_computer_is_stopped_from_here_and_cancelled_there(make_job: MakeJob) -> None:
    folder = make_job("a", "running")
    of_another_computer(folder)
    with raises_with(BadJob, "rig2"):
        ending.cancel(1)
    assert "rig2" in told(ending.stop()) and not (folder / "stop").exists()
    assert "rig2" in told(ending.stop(1)) and (folder / "stop").exists()
    assert "rig2" in at_hand.jobs()[0]["progress"]


def test_where_there_is_nothing_to_watch_or_resume_that_is_told(make_job: MakeJob) -> None:
    assert not ending.stop()["job"]
    for find in (ending.to_attach, ending.to_resume):
        with pytest.raises(BadJob):
            find()
    make_job("a", "failed", "verify", "set")  # makes nothing lasting
    with pytest.raises(BadJob):
        ending.to_resume()


# --- all of it -----------------------------------------------------------------------------------------------------


def test_a_conversion_is_cancelled_resumed_and_watched_by_its_number(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    frames, labels = touch_frames(30, 0)
    np.save(tmp_path / "frames.npy", np.ascontiguousarray(frames))
    np.save(tmp_path / "labels.npy", labels)
    folder = job.start(requests.conversion("numpy", tmp_path, None, tmp_path / "set", {}))
    assert main(["cancel"]) == 0
    assert holds(capsys.readouterr().out, "Job 1 (conversion, set)", "recordings", "touchtrain resume 1")
    assert job_records.status(folder)["state"] == "cancelled"
    assert main(["stop", "set"]) == 0
    assert holds(capsys.readouterr().out, "Job 1", "cancelled")
    assert main(["resume", "--no-wait"]) == 0
    assert "Job 1" in capsys.readouterr().out
    assert main(["attach", "1"]) == 0
    assert "30" in capsys.readouterr().out
    assert pyside.attach(1)["frames"] == 30
    assert main(["jobs", "--json"]) == 0
    [found] = json.loads(capsys.readouterr().out)
    assert (found["number"], found["state"], found["folder"]) == (1, "done", folder)
    assert main(["jobs"]) == main(["jobs", str(tmp_path)]) == 0
    first, second = np.split(np.array(capsys.readouterr().out.splitlines()), 2)
    assert first[0] == second[0] and "done" in first[1]
    assert main(["job", "remove", "set"]) == 0 and pyside.list_jobs() == []
    assert main(["attach", "set"]) == 1
    assert "TouchTrain:BadJob" in capsys.readouterr().err


def test_matlab_is_told_commands_of_matlab(make_job: MakeJob) -> None:
    folder = make_job("it's", "running", "curate", "marked")
    calls = json.loads(matlab.job_controls(str(folder)))
    assert calls["stop"] == "touchtrain.stop(1)" and "marked" in calls["stopped"]
    assert "touchtrain.attach(1)" in told(json.loads(matlab.stop_job("", "")))
    assert json.loads(matlab.list_jobs())["jobs"][0]["state"] == "stopping"
    unknown = make_job("that's", "running", known=False)
    quoted = str(unknown).replace("'", "''")
    assert json.loads(matlab.job_controls(str(unknown)))["cancel"] == f"touchtrain.cancel('{quoted}')"
