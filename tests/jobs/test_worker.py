"""What the process of a job writes down; what is asked of it is done in a moment here."""

from __future__ import annotations

import errno
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pyside.errors import BadJob, BadOption
from pyside.jobs import commands, job_records, worker
from pyside.system import locks
from pyside.system.progress import progress_line
from tests.conftest import holds

Work = Callable[[Callable[[dict[str, Any]], None], Callable[[], bool]], dict[str, Any]]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The folder of a job that was not begun."""
    (tmp_path / "settings.json").write_text("{}")
    return tmp_path


@pytest.fixture
def run(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[Work], int]:
    """A function that runs the job, which does `work(progress, should_stop)`, and returns its exit code."""
    monkeypatch.setattr(job_records, "request_of", lambda folder, whole: {})

    def done(work: Work) -> int:
        def answer(request: Any, progress: Any, should_stop: Any, folder: Path) -> dict[str, Any]:
            return work(progress, should_stop)

        monkeypatch.setattr(commands, "run", answer)
        return worker.run(folder)

    return done


def there(folder: Path, name: str) -> Any:
    return json.loads((folder / name).read_text(encoding="utf-8"))


def lines(folder: Path, name: str) -> list[Any]:
    return [json.loads(line) for line in (folder / name).read_text(encoding="utf-8").splitlines()]


def failing(error: BaseException) -> Work:
    def work(progress: Any, should_stop: Any) -> dict[str, Any]:
        raise error

    return work


# --- how it ends ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("record", "state"),
    [
        ({"model_path": "m.h5"}, "done"),
        ({"stopped": True}, "stopped"),
        ({"report": {"stopped": "asked"}}, "stopped"),
        ({"report": {"stopped": "patience"}, "stopped": "asked"}, "done"),
        ({"report": None}, "done"),
    ],
)
def test_what_came_of_a_job_is_its_result(
    record: dict[str, Any], state: str, folder: Path, run: Callable[[Work], int]
) -> None:
    assert run(lambda progress, should_stop: record) == 0
    assert there(folder, "result.json") == record and there(folder, "state.json") == {"state": state}
    assert there(folder, "process.json")["pid"] == os.getpid()
    assert sorted(os.listdir(folder)) == ["process.json", "result.json", "settings.json", "state.json"]


def test_while_it_runs_it_says_so_and_keeps_room_for_its_end(folder: Path, run: Callable[[Work], int]) -> None:
    def work(progress: Any, should_stop: Any) -> dict[str, Any]:
        state = there(folder, "state.json")
        assert state.pop("kills", None) is None or state == {"state": "running"}
        assert state == {"state": "running"} and (folder / "spare").stat().st_size > 1 << 16
        assert (folder / "job.lock").is_file() and not should_stop()
        (folder / "stop").touch()
        assert should_stop()
        (folder / "stop").unlink()
        (folder / "settings.json").rename(folder / "gone")
        assert should_stop()
        return {}

    assert run(work) == 0


def test_an_error_of_ours_is_told_as_it_is(folder: Path, run: Callable[[Work], int]) -> None:
    assert run(failing(BadOption("Epochs is -1."))) == 1
    assert there(folder, "error.json")["kind"] == "BadOption" and there(folder, "error.json")["text"] == "Epochs is -1."
    assert there(folder, "state.json") == {"state": "failed"} and not (folder / "traceback.txt").exists()


@pytest.mark.parametrize(
    ("error", "kind", "fact"),
    [
        (ValueError("odd"), "JobFailed", "ValueError: odd"),
        (KeyboardInterrupt(), "JobFailed", "KeyboardInterrupt"),
        (OSError(errno.ENOSPC, "No space", "/a"), "DiskFull", "/a"),
    ],
)
def test_another_error_leaves_its_traceback(
    error: BaseException, kind: str, fact: str, folder: Path, run: Callable[[Work], int]
) -> None:
    assert run(failing(error)) == 1
    found = there(folder, "error.json")
    assert found["kind"] == kind and holds(found["text"], fact, folder / "traceback.txt")
    assert type(error).__name__ in (folder / "traceback.txt").read_text() and not (folder / "spare").exists()


def test_one_that_was_cancelled_before_or_that_another_process_does_is_not_begun(
    folder: Path, run: Callable[[Work], int], monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "cancel").touch()
    assert run(failing(ValueError())) == 0 and not (folder / "state.json").exists()
    (folder / "cancel").unlink()
    with locks.held(folder / "job", "job run", folder):
        assert run(failing(ValueError())) == 0 and not (folder / "state.json").exists()


def test_a_folder_that_was_removed_or_holds_no_job_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert worker._end(tmp_path / "gone", "result.json", {}, "done") == 1
    assert "result.json" in capsys.readouterr().out
    with pytest.raises(BadJob):
        worker.run(tmp_path)


# --- what it tells -------------------------------------------------------------------------------------------------


def test_texts_and_milestones_are_told_in_the_folder_and_in_the_log(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    epoch = {"stage": "training", "epoch": 1, "epochs": 2, "val_loss": 0.5, "loss": 0.25, "milestone": True}
    progress = worker._ProgressFile(tmp_path)
    progress({"stage": "checking", "said": ["Hello."]})
    progress(dict(epoch))
    progress({"stage": "training", "epoch": 2, "epochs": 2, "batch": 3})
    assert there(tmp_path, "progress.json")["batch"] == 3
    progress({"stage": "evaluating", "milestone": True})
    merged = {**epoch, "stage": "evaluating", "milestone": True}
    assert there(tmp_path, "progress.json") == merged and lines(tmp_path, "epochs.jsonl") == [epoch]
    told = lines(tmp_path, "told.jsonl")
    assert [one["milestone"] for one in told] == [False, True, True]
    assert [one["text"] for one in told] == ["Hello.", progress_line(epoch), progress_line(merged)]
    assert capsys.readouterr().out.splitlines() == [one["text"] for one in told]


def test_where_nothing_can_be_written_the_work_goes_on(tmp_path: Path) -> None:
    worker._ProgressFile(tmp_path / "gone")({"stage": "training", "milestone": True, "said": ["Hello."]})
