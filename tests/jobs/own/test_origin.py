"""Code that a job names is run where this user began it on this computer, or trusts it."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pyside.__main__ import main
from pyside.errors import BadJob, PythonNotFound
from pyside.jobs import job, requests
from pyside.jobs.own import origin
from tests.conftest import raises_with

MakeDataset = Callable[..., Path]


def killed(folder: Path, **parts: Any) -> Path:
    """Write the folder of a training that is lost, as it comes in a zip."""
    request = {"command": "train", "dataset": str(folder.parent / "set"), "model_path": str(folder.parent / "m.h5")}
    folder.mkdir()
    (folder / "settings.json").write_text(json.dumps({**request, "settings": {}, **parts}))
    (folder / "state.json").write_text('{"state": "failed"}')
    return folder


@pytest.mark.parametrize(
    "parts",
    [
        {"settings": {"network": "/tmp/x.py:build"}},
        {"command": "tune", "search": {"network": ["legacy", "/tmp/x.py:build"]}, "spelling": "python"},
        {"cloud": {"container_image": "evil/image:1"}},
    ],
)
def test_code_of_a_strangers_job_is_run_only_when_it_is_trusted(
    parts: dict, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    begun: list[Path] = []
    monkeypatch.setattr(job, "_launch", lambda folder, *_: begun.append(folder))
    folder = killed(tmp_path / "job", **parts)
    with raises_with(BadJob, folder, "/tmp/x.py" if "cloud" not in parts else "evil/image:1", "trust_code"):
        job.resume(folder)
    assert main(["job", "resume", str(folder)]) == 1
    assert (folder / "state.json").is_file() and not begun
    assert main(["job", "resume", str(folder), "--trust-code"]) == 0
    assert begun == [folder]
    (folder / "state.json").write_text('{"state": "failed"}')
    job.resume(folder)  # it was said once
    settings = json.loads((folder / "settings.json").read_text())
    (folder / "settings.json").write_text(json.dumps({**settings, "dataset": "/elsewhere"}))
    (folder / "state.json").write_text('{"state": "failed"}')
    with raises_with(BadJob, folder, "trust_code"):
        job.resume(folder)


def test_a_job_that_was_begun_here_goes_on_and_one_without_code_of_others_too(
    make_dataset: MakeDataset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun: list[Path] = []
    monkeypatch.setattr(job, "_launch", lambda folder, *_: begun.append(folder))
    (tmp_path / "x.py").write_text("def build(shape, classes):\n    return None\n")
    request = requests.training(make_dataset(2), tmp_path / "m.h5", {"network": f"{tmp_path / 'x.py'}:build"})
    own = Path(job.start(request, tmp_path / "own"))
    (own / "state.json").write_text('{"state": "failed"}')
    moved = own.rename(tmp_path / "moved")
    (tmp_path / "x.py").write_text("def build(shape, classes):\n    return 1  # a fault that was mended\n")
    job.resume(moved)
    job.resume(killed(tmp_path / "plain", settings={"network": "small"}))
    assert begun == [own, moved, tmp_path / "plain"]
    monkeypatch.setenv("TOUCHTRAIN_CONFIG", str(tmp_path / "another user"))
    (moved / "state.json").write_text('{"state": "failed"}')
    with raises_with(BadJob, moved, "trust_code"):
        job.resume(moved)
    if os.name == "posix":
        assert (tmp_path / "another user").exists() is False  # asking makes no secret


def test_what_only_this_user_knows_may_be_read_by_nobody_else(tmp_path: Path) -> None:
    origin.mark(killed(tmp_path / "job"))
    assert origin.is_ours(tmp_path / "job")
    secret = Path(os.environ["TOUCHTRAIN_CONFIG"]) / "secret"
    assert len(secret.read_bytes()) == 32
    if os.name == "posix":
        assert secret.stat().st_mode & 0o077 == 0
    secret.write_bytes(b"")
    assert not origin.is_ours(tmp_path / "job")


def test_where_nothing_can_be_noted_a_job_begins_all_the_same(
    make_dataset: MakeDataset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("TOUCHTRAIN_CONFIG", str(tmp_path / "file" / "config"))
    monkeypatch.setattr(job, "_launch", lambda *_: None)
    folder = Path(job.start(requests.training(make_dataset(2), tmp_path / "m.h5", {}), tmp_path / "job"))
    assert not (folder / origin.ORIGIN).exists()


def test_a_training_in_the_cloud_of_a_strangers_folder_is_not_cancelled(tmp_path: Path) -> None:
    cloud = {"mark": "m", "project": "lab", "region": "us-central1", "regions": [], "console": "", "told": 0}
    cloud |= {name: f"gs://lab/{name}" for name in ("folder", "dataset", "models", "package")}
    cloud |= {"name": "projects/1/locations/us-central1/customJobs/2", "model": "m.h5", "files": {}}
    folder = killed(tmp_path / "job", cloud={"project": "lab"})
    (folder / "cloud.json").write_text(json.dumps(cloud))
    with raises_with(BadJob, "touchtrain cloud cancel"):
        job.cancel(folder)
    assert not (folder / "cancel").exists()


@pytest.mark.usefixtures("no_python")
def test_a_request_of_a_strangers_folder_is_whole_before_it_is_begun(tmp_path: Path) -> None:
    for number, (parts, what) in enumerate(
        [({"dataset": None}, "dataset"), ({"dataset": "set"}, "root"), ({"command": "convert videos"}, "source")]
    ):
        with raises_with(BadJob, what):
            job.resume(killed(tmp_path / f"{number}", **parts))
    with pytest.raises(PythonNotFound):
        job.resume(killed(tmp_path / "good"))
