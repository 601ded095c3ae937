from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

import pyside
from pyside.data.dataset import Dataset, open_dataset
from pyside.errors import BadDataset, NotWritable, PathMissing
from pyside.settings import PreviewSettings, speaking
from pyside.training.assessment import evaluate
from pyside.training.input_pipeline import preview
from tests.conftest import raises_with


def settings(**options: object) -> PreviewSettings:
    return PreviewSettings.from_options({"augment": "standard", **options})


def cells(path: Path, rows: int, columns: int, size: tuple[int, int]) -> np.ndarray:
    """Pixels of the frames on a sheet, uint8, (rows, columns, height, width, 3)."""
    sheet = np.asarray(Image.open(path))
    width, height = size
    top = sheet.shape[0] - preview.SPACE - rows * (preview.LINE + height + preview.SPACE) + preview.LINE
    found = np.empty((rows, columns, height, width, 3), np.uint8)
    for row in range(rows):
        for column in range(columns):
            y = top + row * (preview.LINE + height + preview.SPACE)
            x = preview.SPACE + column * (width + preview.SPACE) + (preview.SPACE if column else 0)
            found[row, column] = sheet[y : y + height, x : x + width]
    return found


def test_a_sheet_shows_frames_as_they_are_and_varied(dataset: Dataset, tmp_path: Path) -> None:
    record = preview.write_preview(dataset, tmp_path / "sheet", settings(examples=4, variants=3))
    assert record["path"] == str(tmp_path / "sheet.png") and record["augment"][0] == ["quarter-turns", 1.0]
    assert json.loads(json.dumps(record)) == record
    assert [row["class"] for row in record["rows"]] == ["NonTouch", "Touch"] * 2
    found = cells(tmp_path / "sheet.png", 4, 4, (120, 120))
    recordings = {recording.name: recording for recording in dataset.recordings}
    for row, shown in zip(record["rows"], found, strict=True):
        recording = recordings[row["recording"]]
        frame = recording.frames[row["frame"]]
        assert dataset.class_names[recording.labels[row["frame"]]] == row["class"]
        assert np.array_equal(shown[0, ::6, ::6, :1], frame)  # enlarged six times
        assert np.array_equal(shown[0, 5::6, 5::6, :1], frame)
        for one, other in ((0, 1), (1, 2), (2, 3)):
            assert not np.array_equal(shown[one], shown[other])
    assert os.listdir(tmp_path) == ["sheet.png"]


def test_variants_are_what_training_sees(dataset: Dataset, tmp_path: Path) -> None:
    record = preview.write_preview(dataset, tmp_path / "sheet.png", settings(augment="legacy", examples=6, variants=4))
    found = cells(tmp_path / "sheet.png", 6, 5, (120, 120))
    turned = [
        [np.array_equal(shown, np.rot90(frame, turn)) for turn in range(4)] for frame, *rest in found for shown in rest
    ]
    assert np.all(np.any(turned, axis=1)) and np.all(np.any(turned, axis=0))
    assert record["augment"] == [["quarter-turns", 1.0]]


def test_the_same_seed_gives_the_same_sheet(dataset: Dataset, tmp_path: Path) -> None:
    for name, seed in (("a.png", 1), ("b.png", 1), ("c.png", 2)):
        preview.write_preview(dataset, tmp_path / name, settings(seed=seed, examples=3, variants=2))
    first, second, third = ((tmp_path / name).read_bytes() for name in ("a.png", "b.png", "c.png"))
    assert first == second != third


def test_frames_are_chosen_class_by_class_and_never_twice() -> None:
    labels = np.array([0] * 50 + [-1] * 20 + [1] * 3 + [2] * 10)
    chosen = preview.choose_frames(labels, 12, 0)
    assert labels[chosen].tolist() == [0, 1, 2] * 3 + [0, 2, 0]
    assert len(set(preview.choose_frames(labels, 100, 0).tolist())) == 63
    assert preview.choose_frames(labels, 12, 1).tolist() != chosen.tolist()


def test_colours_and_other_shapes_are_shown_too(dataset_of: Callable[..., Dataset], tmp_path: Path) -> None:
    labels = [np.array([0, 1, 1, 0], np.int16)]
    wide = dataset_of(labels, shape=(20, 30, 3))
    record = preview.write_preview(wide, tmp_path / "wide.png", settings(examples=8, variants=2))
    assert len(record["rows"]) == 4  # all there are
    found = cells(tmp_path / "wide.png", 4, 3, (120, 80))
    frame = wide.recordings[0].frames[record["rows"][0]["frame"]]
    assert np.array_equal(found[0, 0, ::4, ::4], frame)
    large = dataset_of(labels, shape=(300, 500, 1))
    preview.write_preview(large, tmp_path / "large.png", settings(examples=1, variants=1))
    assert cells(tmp_path / "large.png", 1, 2, (244, 146)).std() > 0


def test_long_names_are_cut_to_the_sheet(dataset_of: Callable[..., Dataset], tmp_path: Path) -> None:
    names = ("a class with a name longer than this sheet is wide", "Touch")
    labelled = dataset_of([np.array([0, 1], np.int16)], class_names=names)
    record = preview.write_preview(labelled, tmp_path / "sheet.png", settings(examples=1, variants=1))
    assert record["rows"][0]["class"] == names[0]
    sheet = np.asarray(Image.open(tmp_path / "sheet.png"))
    assert np.all(sheet[:, -preview.SPACE :] == 255)


def test_what_is_wrong_is_said_before_any_work(
    dataset: Dataset, dataset_of: Callable[..., Dataset], tmp_path: Path
) -> None:
    with raises_with(PathMissing, tmp_path / "none"):
        preview.write_preview(dataset, tmp_path / "none" / "sheet.png", settings())
    unlabelled = dataset_of([np.full(5, -1, np.int16)])
    with raises_with(BadDataset, "labelled"):
        preview.write_preview(unlabelled, tmp_path / "sheet.png", settings())


def test_a_sheet_that_cannot_be_written_leaves_nothing(dataset: Dataset, tmp_path: Path) -> None:
    (tmp_path / "sheet.png").mkdir()
    with raises_with(NotWritable, "sheet.png"):
        preview.write_preview(dataset, tmp_path / "sheet.png", settings(examples=1, variants=1))
    assert os.listdir(tmp_path) == ["sheet.png"]


def test_an_image_of_a_class_folder_is_called_by_its_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(0)
    for name in ("NonTouch/a.png", "Touch/mon/b.png"):
        (tmp_path / "root" / name).parent.mkdir(parents=True)
        Image.fromarray(rng.integers(0, 255, (20, 20), np.uint8)).save(tmp_path / "root" / name)
    pyside.convert_folders(tmp_path / "root", tmp_path / "set")
    drawn: list[Any] = []
    draw = preview.draw_sheet
    monkeypatch.setattr(preview, "draw_sheet", lambda *given: drawn.append(given[2:]) or draw(*given))
    images = open_dataset(tmp_path / "set")
    record = preview.write_preview(images, tmp_path / "sheet", settings(examples=2, variants=1))
    assert [row["file"] for row in record["rows"]] == ["a.png", "mon/b.png"]
    ((captions, title),) = drawn
    assert "mon/b.png" in captions[1] and "frame" not in captions[1] and "counted" not in title
    assert [evaluate._file_of(images, number) for number in (0, 1)] == [{"file": "a.png"}, {"file": "mon/b.png"}]


def test_frames_count_as_the_face_counts_and_the_sheet_says_from_where(
    dataset: Dataset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn: list[Any] = []
    draw = preview.draw_sheet
    monkeypatch.setattr(preview, "draw_sheet", lambda *given: drawn.append(given[2:]) or draw(*given))
    for spelling, first in (("python", 0), ("matlab", 1)):
        with speaking(spelling):  # type: ignore[arg-type]
            record = preview.write_preview(dataset, tmp_path / "sheet", settings(examples=2, variants=1))
        captions, title = drawn.pop()
        assert captions[0].endswith(f"frame {record['rows'][0]['frame'] + first}")
        assert f"counted from {first}" in title
    assert evaluate._file_of(dataset, 0) == {}
