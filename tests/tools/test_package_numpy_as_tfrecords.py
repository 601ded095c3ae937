"""The converter of the older tool, by its flags."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from pyside.data.conversion.from_tfrecords import convert_tfrecords
from pyside.data.dataset import open_dataset
from pyside.tools import package_numpy_as_tfrecords as tool
from tests.conftest import holds

FRAMES = np.random.default_rng(0).integers(0, 256, (12, 20, 20)).astype(float)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A pair of training and one of validation, as npy-matlab writes them."""
    for side in ("Train", "Valid"):
        np.save(tmp_path / f"{side}_Data_1_Session_1.npy", np.asfortranarray(FRAMES))
        np.save(tmp_path / f"{side}_Labels_1_Session_1.npy", np.asfortranarray((np.arange(12.0) % 2)[:, None]))
    return tmp_path


def test_pairs_become_records_beside_them(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert tool.main(["--numpy_file_path", str(folder), "--name_dataset", "whisker"]) == 0
    assert holds(capsys.readouterr().out, 24, 1, "0 = NonTouch (12 frames", "1 = Touch (12 frames")
    assert sorted(path.suffix for path in folder.iterdir()) == [".json", *[".npy"] * 4, ".tfrecord"]
    convert_tfrecords(folder / "whisker-00000-of-00001.tfrecord", folder / "set", {})
    recordings = open_dataset(folder / "set").recordings
    assert [recording.info["tags"]["side"] for recording in recordings] == ["training", "validation"]
    assert np.array_equal(recordings[0].frames[..., 0], FRAMES)


def test_what_is_wrong_is_told_in_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert tool.main(["--numpy_file_path", str(tmp_path), "--name_dataset", "whisker"]) == 1
    told = capsys.readouterr().err
    assert told.startswith("TouchTrain:PathMissing: ") and holds(told, tmp_path) and told.count("\n") == 1
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("way", [["-m", tool.__name__], pytest.param([tool.__file__], marks=pytest.mark.slow)])
def test_it_runs_as_a_module_and_by_its_path(folder: Path, way: list[str]) -> None:
    command = [sys.executable, *way, "--numpy_file_path", str(folder), "--name_dataset", "whisker"]
    root = Path(tool.__file__).parents[2]
    done = subprocess.run(command, cwd=root if "-m" in way else folder, capture_output=True, text=True, timeout=120)
    assert (done.returncode, (folder / "whisker-00000-of-00001.tfrecord").is_file()) == (0, True), done.stderr
