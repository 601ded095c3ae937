"""The folder of a job: who trains writes it, who watches reads it."""

from __future__ import annotations

import json
import threading
from pathlib import Path
from typing import Any

import pytest

from pyside.errors import BadDataset, DiskFull, Interrupted, NoNetwork
from pyside.jobs.cloud.job_folder import CHECKPOINT, ERROR, PROGRESS, RECORDS, RESULT, SETTINGS, STOP, JobFolder, Mirror
from pyside.jobs.cloud.place import Place
from pyside.settings import TrainSettings

LINE = {"stage": "training", "epoch": 1, "epochs": 2, "val_loss": 0.5, "milestone": True}


@pytest.fixture
def place(tmp_path: Path) -> Place:
    (tmp_path / "job").mkdir()
    return Place(tmp_path / "job")


@pytest.fixture
def folder(place: Place) -> JobFolder:
    return JobFolder(place.url)


def mirrored(place: Place, passed_on: int = 0) -> tuple[Mirror, list[dict[str, Any]]]:
    seen: list[dict[str, Any]] = []
    return Mirror(place, seen.append, passed_on), seen


# --- before --------------------------------------------------------------------------------------------------------


def test_a_job_that_has_ended_is_not_done_again(place: Place, folder: JobFolder) -> None:
    assert not folder.ended_before()
    with folder.publishing():
        folder.finish({"model_path": "m.h5"})
    again = JobFolder(place.url)
    assert again.ended_before() and again.result == {"model_path": "m.h5"}


@pytest.mark.parametrize(
    ("error", "ended"), [(BadDataset("no"), True), (NoNetwork("no"), False), (DiskFull("no"), False)]
)
def test_one_that_failed_is_tried_again_where_that_may_help(
    error: Any, ended: bool, place: Place, folder: JobFolder
) -> None:
    folder.end_with(error)
    assert JobFolder(place.url).ended_before() == ended
    assert ((place / ERROR).stored() is not None) == ended


def test_an_interrupted_one_has_not_failed(place: Place, folder: JobFolder) -> None:
    folder.end_with(Interrupted("asked"))
    assert place.files() == {}


def test_settings_come_with_the_files_that_they_name(place: Place, folder: JobFolder, tmp_path: Path) -> None:
    assert folder.settings(tmp_path / "work") == ({}, None)
    settings = {**TrainSettings().as_dict(), "initial_model": "files/m.h5", "network": "files/net.py:make"}
    (place / SETTINGS).write_json({"settings": settings, "dataset_hash": "abc"})
    for name in ("files/m.h5", "files/net.py"):
        (place / name).write(name.encode())
    found, dataset_hash = folder.settings(tmp_path / "work")
    assert dataset_hash == "abc" and found["epochs"] == settings["epochs"]
    assert Path(found["initial_model"]).read_bytes() == b"files/m.h5"
    assert found["network"] == f"{tmp_path / 'work' / 'files' / 'net.py'}:make"


# --- while it trains -----------------------------------------------------------------------------------------------


def test_what_is_published_is_told_on_once(place: Place, folder: JobFolder) -> None:
    mirror, seen = mirrored(place)
    assert mirror.look() is None and not mirror.has_begun
    with folder.publishing():
        folder.progress({"stage": "checking", "said": ["Hello."]})
        folder.progress(LINE)
        folder.progress({"stage": "training", "batch": 3, "said": []})
    assert mirror.look() is None and mirror.has_begun and mirror.passed_on == 2
    assert seen == [{"stage": "checking", "said": ["Hello."]}, LINE, {"stage": "training", "batch": 3}]
    mirror.look()
    assert len(seen) == 3
    later, seen = mirrored(place, passed_on=1)
    later.look()
    assert seen[0] == LINE


def test_records_of_an_earlier_start_are_kept(place: Place, folder: JobFolder) -> None:
    (place / RECORDS).write(json.dumps({"said": ["before"]}).encode())
    with folder.publishing():
        folder.progress({"said": ["after"]})
    assert [json.loads(row)["said"] for row in (place / RECORDS).read().splitlines()] == [["before"], ["after"]]


def test_somebody_may_stop_it(place: Place, folder: JobFolder) -> None:
    (place / STOP).write(b"")
    assert not folder.should_stop()
    with folder.publishing():
        pass
    assert folder.should_stop()


def test_a_network_that_is_away_is_tried_again_and_told_once(
    place: Place, folder: JobFolder, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def away(self: Place, data: bytes) -> None:
        raise NoNetwork("away")

    folder.progress(LINE)
    with monkeypatch.context() as patched:
        patched.setattr(Place, "write", away)
        folder._publish()
        folder._publish()
    assert caplog.text.count("away") == 1 and (place / RECORDS).stored() is None
    folder._publish()
    assert json.loads((place / RECORDS).read()) == LINE and (place / PROGRESS).read_json() == LINE


def test_a_checkpoint_is_sent_when_it_is_new_and_fetched_by_the_next_start(
    place: Place, folder: JobFolder, tmp_path: Path
) -> None:
    here = tmp_path / CHECKPOINT
    folder.watch(here)
    folder._publish()
    assert not folder.fetch_checkpoint() and (place / CHECKPOINT).stored() is None
    here.write_bytes(b"epoch 1")
    folder._publish()
    assert (place / CHECKPOINT).read() == b"epoch 1" and [one.name for one in tmp_path.glob("*.sent")] == []
    (place / CHECKPOINT).write(b"of somebody else")
    folder._publish()
    assert (place / CHECKPOINT).read() == b"of somebody else"  # nothing is new here
    again = JobFolder(place.url)
    again.watch(tmp_path / "again.npz")
    assert again.fetch_checkpoint() and (tmp_path / "again.npz").read_bytes() == b"of somebody else"
    with again.publishing():
        again.finish({})
    assert (place / CHECKPOINT).stored() is None and (place / RESULT).stored() is not None


def test_without_a_folder_nothing_is_told_or_kept(tmp_path: Path) -> None:
    nowhere = JobFolder(None)
    threads = threading.active_count()
    with nowhere.publishing():
        nowhere.progress(LINE)
        assert threading.active_count() == threads
    nowhere.watch(tmp_path / CHECKPOINT)
    nowhere.finish({})
    nowhere.end_with(DiskFull("no"))
    assert not nowhere.ended_before() and not nowhere.fetch_checkpoint() and not list(tmp_path.iterdir())


# --- at the end ----------------------------------------------------------------------------------------------------


def test_whoever_watches_gets_the_result_or_the_error(place: Place, folder: JobFolder) -> None:
    mirror, _ = mirrored(place)
    folder.end_with(BadDataset("It is damaged."))
    with pytest.raises(BadDataset, match="It is damaged"):
        mirror.look()
    with folder.publishing():
        folder.finish({"model_path": "m.h5"})
    assert mirror.look() == {"model_path": "m.h5"}
