"""Damage in a dataset is noticed: by `verify`, and where frames are taken over by a conversion."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

import pyside
from pyside.__main__ import main
from pyside.data.conversion import verification
from pyside.data.conversion.verification import WhileTraining, verify
from pyside.data.dataset import open_dataset
from pyside.errors import BadDataset, BadModel, Interrupted, PathMissing
from tests.conftest import holds, raises_with

MakeDataset = Callable[..., Path]


def harm(path: Path, place: int = -5) -> None:
    """Change one bit of a file, as a disk does: nothing else tells of it."""
    data = bytearray(path.read_bytes())
    data[place] ^= 1
    path.write_bytes(data)


def test_a_sound_dataset_is_said_to_be_as_it_was_written(make_dataset: MakeDataset) -> None:
    folder = make_dataset(3)
    shown: list[dict] = []
    found = verify(folder, shown.append)
    assert {key: found[key] for key in ("kind", "well", "recordings", "frames", "bytes", "without_hash")} == {
        "kind": "verification",
        "well": True,
        "recordings": 3,
        "frames": 144,
        "bytes": 144 * 20 * 20,
        "without_hash": [],
    }
    assert shown[-1]["stage"] == "verifying the dataset"
    assert pyside.verify(folder) == found


def test_all_damage_is_named_at_once(make_dataset: MakeDataset) -> None:
    folder = make_dataset(6)
    harm(folder / "recording001.frames.npy")
    harm(folder / "recording003.frames.npy", 200)
    harm(folder / "recording004.labels.npy", 128)
    (folder / "recording005.groups.npy").unlink()
    (folder / "recording006.frames.npy").write_bytes(b"")
    with pytest.raises(BadDataset) as caught:
        verify(folder)
    text = caught.value.text
    assert holds(text, 2, 6, "recording001", "recording003")
    assert all(f"recording00{number}" in text for number in (4, 5, 6)) and "recording002" not in text
    assert len(caught.value.faults) == 4


def test_what_is_no_dataset_and_no_model_cannot_be_verified(make_dataset: MakeDataset, tmp_path: Path) -> None:
    (tmp_path / "model.h5").write_bytes(b"x")
    for path, kind in [
        (tmp_path / "model.h5", BadModel),
        (make_dataset(1) / "dataset.json", BadDataset),
        (tmp_path, BadDataset),
        (tmp_path / "nothing", PathMissing),
    ]:
        with raises_with(kind, path.name):
            pyside.verify(path)


def test_the_command_line_tells_by_its_exit_code(make_dataset: MakeDataset, capsys: pytest.CaptureFixture[str]) -> None:
    folder = make_dataset(2)
    assert main(["verify", str(folder), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["frames"] == 96
    harm(folder / "recording002.frames.npy")
    assert main(["verify", str(folder)]) == 1
    assert "recording002" in capsys.readouterr().err


def test_it_ends_when_it_is_asked_to(make_dataset: MakeDataset) -> None:
    with pytest.raises(Interrupted):
        verify(make_dataset(1), should_stop=lambda: True)


# --- taken over by a conversion ------------------------------------------------------------------------------------


@pytest.mark.parametrize("place", [-5, 3], ids=["a pixel", "the head"])
def test_damaged_frames_are_converted_again_and_it_is_said(make_dataset: MakeDataset, place: int) -> None:
    folder = make_dataset(3)
    files = {file.name: file.read_bytes() for file in folder.iterdir()}
    harm(folder / "recording002.frames.npy", place)
    inode = {file.name: file.stat().st_ino for file in folder.glob("*.frames.npy")}
    from tests.conftest import touch_frames

    made = [touch_frames(48, seed) for seed in range(3)]
    report = pyside.convert_arrays([frames for frames, _ in made], [labels for _, labels in made], folder)
    assert {file.name: file.read_bytes() for file in folder.iterdir()} == files
    same = {file.name for file in folder.glob("*.frames.npy") if file.stat().st_ino == inode[file.name]}
    assert same == {"recording001.frames.npy", "recording003.frames.npy"}
    assert ["recording002" in text for text in report["warnings"] if "recording00" in text] == [True]
    assert verify(folder)["well"]


# --- while a training learns ---------------------------------------------------------------------------------------


def test_damage_found_while_training_stops_it_and_forgets_its_checkpoint(make_dataset: MakeDataset) -> None:
    folder = make_dataset(3)
    dataset = open_dataset(folder)
    forgotten: list[bool] = []
    with WhileTraining(dataset, lambda: False) as verified:
        verified.finish(lambda record: None, lambda: forgotten.append(True))
        assert not verified.should_stop() and not forgotten
    (folder / "recording002.frames.npy").write_bytes(b"gone, but this dataset was verified when it was opened")
    with WhileTraining(dataset, lambda: False) as verified:
        verified.finish(lambda record: None, lambda: forgotten.append(True))
    assert not forgotten

    for file in make_dataset(3).glob("*2.frames.npy"):
        harm(file)
    with WhileTraining(open_dataset(folder), lambda: False) as verified:
        with raises_with(BadDataset, "recording002"):
            verified.finish(lambda record: None, lambda: forgotten.append(True))
        assert verified.should_stop()
    assert forgotten == [True]


def test_whatever_damaged_frames_led_to_the_damage_is_told(make_dataset: MakeDataset) -> None:
    folder = make_dataset(1)
    harm(folder / "recording001.frames.npy")
    with (
        raises_with(BadDataset, "recording001"),
        WhileTraining(open_dataset(folder), lambda: False) as verified,
    ):
        verified._thread.join()
        raise PathMissing("something else")


def test_a_training_that_ends_otherwise_does_not_wait(
    make_dataset: MakeDataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(verification.time, "perf_counter", iter(range(0, 10**6, 1000)).__next__)
    with WhileTraining(open_dataset(make_dataset(2)), lambda: False) as verified:
        pass
    verified._thread.join(30)  # it would pause for a thousand seconds after each block
    assert not verified._thread.is_alive()


def test_what_has_no_hash_is_told(make_dataset: MakeDataset) -> None:
    folder = make_dataset(2)
    description = json.loads((folder / "dataset.json").read_text())
    del description["recordings"][1]["source"]["sha256"]
    (folder / "dataset.json").write_text(json.dumps(description))
    harm(folder / "recording002.frames.npy")
    assert verify(folder)["without_hash"] == ["recording002"]
    assert np.all(open_dataset(folder).table.labels >= 0)
