"""A dataset is written as TFRecords."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from pyside.data.conversion.from_numpy import convert_numpy
from pyside.data.conversion.from_tfrecords import convert_tfrecords
from pyside.data.dataset import open_dataset
from pyside.data.formats.tfrecords import export_tfrecords, find_files, uncompressed
from pyside.errors import BadOption, Interrupted, NotReadable, NotWritable, PathMissing
from tests.conftest import locked, raises_with
from tests.data.conftest import ODD, with_links, with_odd_names

RNG = np.random.default_rng(0)


@pytest.fixture
def dataset(tmp_path: Path) -> Path:
    """Two recordings, 7 and 5 frames of 18 x 20, one frame left out."""
    (tmp_path / "npy").mkdir()
    np.save(tmp_path / "npy" / "frames.npy", RNG.integers(0, 256, (12, 18, 20), dtype=np.uint8))
    np.save(tmp_path / "npy" / "labels.npy", [0, 1, 0, 1, 0, 1, 0, 0, 1, -1, 1, 0])
    np.save(tmp_path / "npy" / "recordings.npy", ["mouse 7"] * 7 + ["b"] * 5)
    convert_numpy(tmp_path / "npy", tmp_path / "whisker", {})
    return tmp_path / "whisker"


def test_each_frame_is_an_example_that_tensorflow_reads(dataset: Path, tmp_path: Path) -> None:
    import tensorflow as tf

    report = export_tfrecords(dataset, tmp_path / "out", {"shard_frames": 5})
    assert report["files"] == [f"whisker-0000{number}-of-00003.tfrecord" for number in range(3)]
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == [*report["files"], "whisker.json"]
    form = {name: tf.io.FixedLenFeature([], tf.int64) for name in ("height", "width", "channels", "label", "frame")}
    form |= {name: tf.io.FixedLenFeature([], tf.string) for name in ("image", "recording")}
    form["class"] = tf.io.FixedLenFeature([], tf.string, default_value="")
    files = [str(tmp_path / "out" / file) for file in report["files"]]
    found = [tf.io.parse_single_example(data, form) for data in tf.data.TFRecordDataset(files)]
    images = [np.frombuffer(one["image"].numpy(), np.uint8).reshape(18, 20, 1) for one in found]
    recordings = open_dataset(dataset).recordings
    assert np.array_equal(images, np.concatenate([recording.frames for recording in recordings]))
    assert [int(one["label"]) for one in found] == open_dataset(dataset).table.labels.tolist()
    assert [int(one["frame"]) for one in found] == [*range(7), *range(5)]
    assert [one["class"].numpy() for one in found][8:11] == [b"Touch", b"", b"Touch"]
    assert found[0]["recording"].numpy() == b"mouse 7"
    assert (report["frames"], report["counts"]) == (12, {"NonTouch": 6, "Touch": 5})


def test_an_export_replaces_that_of_before_and_leaves_other_files(dataset: Path, tmp_path: Path) -> None:
    export_tfrecords(dataset, tmp_path / "out", {"shard_frames": 1})
    (tmp_path / "out" / "notes.txt").write_text("mine")
    export_tfrecords(dataset, tmp_path / "out")
    names = ["notes.txt", "whisker-00000-of-00001.tfrecord", "whisker.json"]
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == names


def test_a_stopped_export_leaves_nothing(dataset: Path, tmp_path: Path) -> None:
    asked = iter([False, False, True])
    with pytest.raises(Interrupted):
        export_tfrecords(dataset, tmp_path / "out", should_stop=lambda: next(asked))
    assert not (tmp_path / "out").exists()


def test_what_a_killed_export_left_is_cleared_by_the_next_one_and_nothing_else(dataset: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    left, mine, other = out / ".whisker.ab_12x9z.unfinished", out / ".whisker.notes", out / ".b.abcd1234.unfinished"
    for folder in (left, mine, other):
        folder.mkdir(parents=True)
        (folder / "whisker-00000-of-00002.tfrecord").write_bytes(b"half")
    kept = out / ".whisker.zzzz1234.unfinished"
    kept.mkdir()
    (kept / "thesis.txt").touch()
    report = export_tfrecords(dataset, out)
    assert not left.exists() and (kept / "thesis.txt").exists()
    assert {path.name for path in out.iterdir()} == {mine.name, other.name, kept.name, *report["files"], "whisker.json"}


def test_records_that_no_export_has_written_are_not_replaced(dataset: Path, tmp_path: Path) -> None:
    theirs = tmp_path / "whisker-00003-of-00010.tfrecord"
    theirs.write_bytes(b"years of work")
    with raises_with(NotWritable, theirs.name, "whisker.json"):
        export_tfrecords(dataset, tmp_path)
    assert theirs.read_bytes() == b"years of work"
    report = export_tfrecords(dataset, tmp_path, {"name": "other"})
    assert {path.name for path in tmp_path.iterdir()} >= {theirs.name, *report["files"], "other.json"}
    (tmp_path / ".whisker.abcd1234.unfinished").mkdir()  # an export was killed when the description was gone
    report = export_tfrecords(dataset, tmp_path)
    assert not theirs.exists() and (tmp_path / "whisker.json").is_file()


def test_equal_datasets_give_equal_records(dataset: Path, tmp_path: Path) -> None:
    for folder in ("one", "two"):
        export_tfrecords(dataset, tmp_path / folder)
    one, two = ({path.name: path.read_bytes() for path in (tmp_path / folder).iterdir()} for folder in ("one", "two"))
    assert one == two


def test_where_it_cannot_go_is_said(dataset: Path, tmp_path: Path) -> None:
    with pytest.raises(PathMissing):
        export_tfrecords(dataset, tmp_path / "no" / "where")
    with pytest.raises(NotWritable):
        export_tfrecords(dataset, dataset / "dataset.json")
    with raises_with(BadOption, "name", "../x"):
        export_tfrecords(dataset, tmp_path / "out", {"name": "../x"})


@with_odd_names
def test_a_dataset_in_a_folder_whose_name_is_no_utf_8_is_exported_and_read(dataset: Path, tmp_path: Path) -> None:
    report = export_tfrecords(dataset.rename(tmp_path / ODD), tmp_path / f"out{ODD}")
    assert report["files"] == ["ma%DFe-00000-of-00001.tfrecord"]
    convert_tfrecords(tmp_path / f"out{ODD}", tmp_path / "again", {})
    assert (tmp_path / "again" / "dataset.json").read_bytes() == (tmp_path / ODD / "dataset.json").read_bytes()


@with_links
def test_records_that_are_links_are_named_and_those_that_lead_nowhere_are_missing(
    dataset: Path, tmp_path: Path
) -> None:
    export_tfrecords(dataset, tmp_path / "out", {"shard_frames": 5})
    for name in ("whisker-00001-of-00003.tfrecord", "whisker-00002-of-00003.tfrecord"):
        (tmp_path / "out" / name).rename(tmp_path / name)
        (tmp_path / "out" / name).symlink_to(tmp_path / name)
    warnings: list[str] = []
    assert len(find_files(tmp_path / "out", warnings)) == 3
    assert len(warnings) == 1 and f"-> {tmp_path / 'whisker-00001-of-00003.tfrecord'}" in warnings[0]
    (tmp_path / "whisker-00001-of-00003.tfrecord").unlink()
    with raises_with(PathMissing, "whisker-00001-of-00003.tfrecord"):
        find_files(tmp_path / "out")


def test_records_that_may_not_be_read_are_told(dataset: Path, tmp_path: Path, bound_by_permissions: None) -> None:
    export_tfrecords(dataset, tmp_path / "out", {"shard_frames": 50})
    file = next((tmp_path / "out").glob("*.tfrecord"))
    with locked(file), raises_with(NotReadable, file.name), uncompressed([file]):
        pass
    with locked(tmp_path / "out"), pytest.raises(NotReadable):
        find_files(tmp_path / "out")
