"""TFRecords become a dataset folder."""

from __future__ import annotations

import gzip
import json
import re
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

import pyside
from pyside.data.conversion.from_numpy import convert_numpy
from pyside.data.conversion.from_tfrecords import convert_tfrecords
from pyside.data.dataset import open_dataset
from pyside.data.formats import tfrecords
from pyside.data.formats.tfrecords import export_tfrecords
from pyside.errors import (
    BadFrames,
    BadLabels,
    BadOption,
    DiskFull,
    Interrupted,
    LengthMismatch,
    PathMissing,
    TouchTrainError,
)
from tests.conftest import holds, raises_with

RNG = np.random.default_rng(0)
FRAMES = RNG.integers(0, 256, (30, 20, 20), dtype=np.uint8)
LABELS = np.arange(30) % 3 == 0


@pytest.fixture
def dataset(tmp_path: Path) -> Path:
    """Three recordings of 10 frames that carry sides, one frame left out."""
    folder = tmp_path / "npy"
    folder.mkdir()
    for number, stem in enumerate(("Train_{}_1", "Train_{}_2", "Valid_{}_1")):
        labels = LABELS[:10].astype(float)
        labels[number] = -1
        np.save(folder / f"{stem.format('Data')}.npy", FRAMES[10 * number : 10 * number + 10])
        np.save(folder / f"{stem.format('Labels')}.npy", labels)
    convert_numpy(folder, tmp_path / "set", {})
    return tmp_path / "set"


@pytest.fixture
def records(dataset: Path, tmp_path: Path) -> Path:
    """The same, exported to four files."""
    export_tfrecords(dataset, tmp_path / "records", {"shard_frames": 8})
    return tmp_path / "records"


@pytest.fixture
def legacy(tmp_path: Path) -> Callable[..., Path]:
    """A function that writes one Example with ximage and ylabel."""

    def write(name: str, ximage: Any, ylabel: Any) -> Path:
        import tensorflow as tf

        def feature(value: Any) -> Any:
            if isinstance(value, bytes):
                return tf.train.Feature(bytes_list=tf.train.BytesList(value=[value]))
            if value.dtype.kind == "f":
                return tf.train.Feature(float_list=tf.train.FloatList(value=value.ravel()))
            return tf.train.Feature(int64_list=tf.train.Int64List(value=value.ravel()))

        features = {"ximage": feature(ximage), "ylabel": feature(ylabel)}
        example = tf.train.Example(features=tf.train.Features(feature=features))
        (tmp_path / "old").mkdir(exist_ok=True)
        with tf.io.TFRecordWriter(str(tmp_path / "old" / name)) as writer:
            writer.write(example.SerializeToString())
        return tmp_path / "old"

    return write


def bytes_of(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


# --- our own -------------------------------------------------------------------------------------------------------


def test_records_give_the_dataset_again_that_they_were_written_from(
    dataset: Path, records: Path, tmp_path: Path
) -> None:
    report = convert_tfrecords(records, tmp_path / "again", {})
    assert bytes_of(tmp_path / "again") == bytes_of(dataset)
    assert (report["frames"], report["left_out_why"]) == (30, {"by_label": 3})


def test_without_their_description_they_still_tell_frames_labels_groups_and_tags(
    dataset: Path, records: Path, tmp_path: Path
) -> None:
    (records / "set.json").unlink()
    convert_tfrecords(sorted(records.iterdir(), reverse=True), tmp_path / "again", {})
    first, again = open_dataset(dataset), open_dataset(tmp_path / "again")
    by_name = {recording.name: recording for recording in again.recordings}
    assert again.class_names == first.class_names and len(by_name) == 3
    for recording in first.recordings:
        other = by_name[recording.name]
        for what in ("frames", "labels", "groups"):
            assert np.array_equal(getattr(recording, what), getattr(other, what))
        assert other.info["tags"] == recording.info["tags"]


def test_compressed_records_are_read(dataset: Path, records: Path, tmp_path: Path) -> None:
    for path in records.glob("*.tfrecord"):
        path.write_bytes(gzip.compress(path.read_bytes()))
    convert_tfrecords(records, tmp_path / "again", {})
    assert bytes_of(tmp_path / "again") == bytes_of(dataset)


def test_classes_may_be_put_in_another_order_but_none_left_out(dataset: Path, records: Path, tmp_path: Path) -> None:
    convert_tfrecords(records, tmp_path / "again", {"class_names": ["Touch", "NonTouch"]})
    before, after = open_dataset(dataset).table.labels, open_dataset(tmp_path / "again").table.labels
    assert after.tolist() == np.array([1, 0, -1])[before].tolist()
    with raises_with(BadOption, "class_names", "Lick", "Touch"):
        convert_tfrecords(records, tmp_path / "again", {"class_names": ["NonTouch", "Lick"]})


def test_a_check_tells_what_will_come_of_it_and_writes_nothing(records: Path, tmp_path: Path) -> None:
    report = convert_tfrecords(records, tmp_path / "again", {"check": True})
    assert (report["well"], report["frames"], report["counts"]) == (True, 30, {"NonTouch": 16, "Touch": 11})
    assert report["tags"]["side"]["validation"] == {"NonTouch": 5, "Touch": 4}
    assert not list(tmp_path.glob("again*"))
    rows = [tuple(row.values()) for row in report["label_table"]]
    assert rows == [("0", "NonTouch", 16), ("1", "Touch", 11), ("-1", "", 3)]
    whole = next(records.glob("*-00001-*")).read_bytes()
    next(records.glob("*-00001-*")).write_bytes(whole[:-3])
    report = convert_tfrecords(records, tmp_path / "again", {"check": True})
    assert [fault["identifier"] for fault in report["faults"]] == ["TouchTrain:BadFrames"]


def test_a_stopped_conversion_goes_on_and_gives_the_same(dataset: Path, records: Path, tmp_path: Path) -> None:
    asked = iter([False] * 32 + [True])
    with pytest.raises(Interrupted):
        convert_tfrecords(records, tmp_path / "again", {}, should_stop=lambda: next(asked, True))
    convert_tfrecords(records, tmp_path / "again", {})
    assert bytes_of(tmp_path / "again") == bytes_of(dataset)


def test_lacking_files_and_files_named_for_others_are_faults(records: Path, tmp_path: Path) -> None:
    with raises_with(PathMissing, ".tfrecord", "dataset.json"):
        convert_tfrecords(tmp_path / "set", tmp_path / "again", {})
    with raises_with(PathMissing, tmp_path / "nowhere"):
        convert_tfrecords(tmp_path / "nowhere", tmp_path / "again", {})
    next(records.glob("*-00002-*")).unlink()
    with raises_with(PathMissing, "set-00002-of-00004.tfrecord"):
        convert_tfrecords(records, tmp_path / "again", {})


def test_loose_images_come_back_as_loose_images(tmp_path: Path) -> None:
    for name in ("no", "touch", "unsure"):
        (tmp_path / "images" / name).mkdir(parents=True)
        for number in range(3):
            frame = RNG.integers(0, 256, (20, 20), dtype=np.uint8)
            Image.fromarray(frame).save(tmp_path / "images" / name / f"{number}.png")
    pyside.convert_folders(tmp_path / "images", tmp_path / "set")
    export_tfrecords(tmp_path / "set", tmp_path / "records", {})
    report = convert_tfrecords(tmp_path / "records", tmp_path / "again", {})
    assert pyside.inspect(tmp_path / "again")["hash"] == pyside.inspect(tmp_path / "set")["hash"]
    assert not [text for text in report["warnings"] if "unsure" in text]


def test_a_damaged_record_is_named_with_file_and_number(records: Path, tmp_path: Path) -> None:
    path = records / "set-00001-of-00004.tfrecord"
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(bytes(data))
    with raises_with(BadFrames, path.name) as caught:
        convert_tfrecords(records, tmp_path / "again", {})
    assert re.search(r"\b[45]\b", caught.value.text.partition(path.name)[2])


@pytest.mark.parametrize("length", [2**40, 2**63, 2**64 - 1])
@pytest.mark.parametrize("place", [0, 1])
@pytest.mark.parametrize("ending", ["", ".gz"])
def test_a_record_that_says_it_is_larger_than_its_file_is_a_fault(
    length: int, place: int, ending: str, records: Path, tmp_path: Path
) -> None:
    first = sorted(records.glob("*.tfrecord"))[0].read_bytes()
    end = int.from_bytes(first[:8], "little") + 16 if place else 0
    head = length.to_bytes(8, "little")
    file = tmp_path / f"one.tfrecord{ending}"
    with gzip.open(file, "wb") if ending else file.open("wb") as stream:
        stream.write(first[:end] + head + _checksum(head).to_bytes(4, "little") + bytes(100))
    with raises_with(BadFrames, length):
        convert_tfrecords(file, tmp_path / "again", {})


def _checksum(data: bytes) -> int:
    """Return the checksum of TFRecords: CRC-32C, turned by 15 bits, and a number added."""
    value = 0xFFFFFFFF
    for byte in data:
        value ^= byte
        for _ in range(8):
            value = value >> 1 ^ (0x82F63B78 if value & 1 else 0)
    value ^= 0xFFFFFFFF
    return ((value >> 15 | value << 17) + 0xA282EAD8) & 0xFFFFFFFF


def test_a_damaged_length_is_told_with_its_record(records: Path, tmp_path: Path) -> None:
    path = sorted(records.glob("*.tfrecord"))[0]
    data = bytearray(path.read_bytes())
    second = int.from_bytes(data[:8], "little") + 16
    for bit in (0, 7 * 8 - 1):  # a length that is a little off, and one that no file has
        spoilt = bytearray(data)
        spoilt[second + bit // 8] ^= 1 << bit % 8
        (tmp_path / "one.tfrecord").write_bytes(bytes(spoilt))
        with raises_with(BadFrames, "record 2"):
            convert_tfrecords(tmp_path / "one.tfrecord", tmp_path / "again", {})


def test_brackets_that_are_nested_too_deeply_are_no_description_and_no_tags(records: Path, tmp_path: Path) -> None:
    import tensorflow as tf

    (records / "set.json").write_text("[" * 100_000)
    assert convert_tfrecords(records, tmp_path / "again", {})["frames"] == 30
    example = tf.train.Example.FromString(next(iter(_records(sorted(records.glob("*.tfrecord"))[0]))))
    example.features.feature["tags"].bytes_list.value[:] = [b'{"a":' * 100_000]
    with tf.io.TFRecordWriter(str(tmp_path / "deep.tfrecord")) as writer:
        writer.write(example.SerializeToString())
    with raises_with(BadFrames, "tags"):
        convert_tfrecords(tmp_path / "deep.tfrecord", tmp_path / "deep", {})


def _records(file: Path) -> Any:
    import tensorflow as tf

    return tf.data.TFRecordDataset(str(file)).as_numpy_iterator()


def test_compressed_records_do_not_fill_the_disk_and_it_is_said_where_they_lie(
    records: Path, tmp_path: Path, small_disk: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tfrecords, "_WORTH_REPORTING", 1000)
    monkeypatch.setattr(tempfile, "tempdir", str(small_disk))
    file = tmp_path / "one.tfrecord.gz"
    file.write_bytes(gzip.compress(b"".join(one.read_bytes() for one in sorted(records.glob("*.tfrecord")))))
    found = convert_tfrecords(file, tmp_path / "again", {})
    assert any(str(small_disk) in said for said in found["warnings"])
    file.write_bytes(gzip.compress(bytes(4 << 20)))
    with raises_with(DiskFull, "gzip -d", "TMPDIR"):
        convert_tfrecords(file, tmp_path / "more", {})
    assert not list(small_disk.iterdir())


def test_a_description_of_other_records_is_not_used(records: Path, tmp_path: Path) -> None:
    description = json.loads((records / "set.json").read_text())
    description["recordings"].pop()
    (records / "set.json").write_text(json.dumps(description))
    report = convert_tfrecords(records, tmp_path / "again", {})
    assert "set-00000-of-00004.tfrecord" in report["warnings"][0]


def test_too_few_frames_by_the_description_are_a_fault(records: Path, tmp_path: Path) -> None:
    description = json.loads((records / "set.json").read_text())
    description["recordings"][0]["frames"] += 1
    description["recordings"][0]["left_out"] += 1
    (records / "set.json").write_text(json.dumps(description))
    with raises_with(LengthMismatch, 10, 11):
        convert_tfrecords(records, tmp_path / "again", {})


# --- the older tool's ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("ximage", "ylabel"),
    [
        (FRAMES.tobytes(), LABELS.astype(np.int64).tobytes()),
        (FRAMES.tobytes(), LABELS.astype(np.uint8).tobytes()),
        (FRAMES.tobytes(), LABELS.astype(np.int32).tobytes()),
        (FRAMES.astype(np.float64).tobytes(), LABELS.astype(np.float64).tobytes()),
        (FRAMES.astype(np.float64).tobytes(), LABELS.astype(np.int64).tobytes()),
        (FRAMES.astype(np.float32).tobytes(), LABELS.astype(np.int64)),
        (FRAMES.astype(np.float64), LABELS.astype(np.int64)),
        (FRAMES.astype(np.int64), LABELS.astype(np.float32)),
        ((FRAMES / 255).astype(np.float32), LABELS.astype(np.int64)),
    ],
)
def test_a_record_of_a_whole_file_is_read_in_whichever_numbers(
    legacy: Callable[..., Path], tmp_path: Path, ximage: Any, ylabel: Any
) -> None:
    report = convert_tfrecords(legacy("Train_1.tfrecord", ximage, ylabel), tmp_path / "set", {})
    recording = open_dataset(tmp_path / "set").recordings[0]
    assert np.array_equal(recording.frames[..., 0], FRAMES)
    assert recording.labels.tolist() == LABELS.tolist()
    assert recording.info["tags"] == {"side": "training"}
    assert holds(report["warnings"][0], "20 x 20")


def test_numbers_without_a_zero_are_refused_and_a_class_without_a_frame_is_warned_of(
    legacy: Callable[..., Path], tmp_path: Path
) -> None:
    names = {"class_names": ["rest", "lick", "groom"]}
    legacy("Train_1.tfrecord", FRAMES.tobytes(), LABELS.astype(np.int64) + 1)
    with raises_with(BadLabels, "label_values", "[1, 2, 3]", "[0, 1, 2]"):
        convert_tfrecords(tmp_path / "old", tmp_path / "set", names)
    convert_tfrecords(tmp_path / "old", tmp_path / "set", {**names, "label_values": [1, 2, 3]})
    assert open_dataset(tmp_path / "set").table.labels.tolist() == LABELS.tolist()
    folder = legacy("Train_1.tfrecord", FRAMES.tobytes(), LABELS.astype(np.int64))
    report = convert_tfrecords(folder, tmp_path / "set", names)
    assert [row["frames"] for row in report["label_table"]] == [20, 10, 0]
    assert any(holds(text, "groom", "label_values") for text in report["warnings"])


def test_frames_that_are_not_square_need_the_image_size(legacy: Callable[..., Path], tmp_path: Path) -> None:
    folder = legacy("a.tfrecord", FRAMES[:, :18].tobytes(), LABELS.astype(np.int64))
    with raises_with(BadFrames, "image_size"):
        convert_tfrecords(folder, tmp_path / "set", {})
    convert_tfrecords(folder, tmp_path / "set", {"image_size": (18, 20)})
    assert np.array_equal(open_dataset(tmp_path / "set").recordings[0].frames[..., 0], FRAMES[:, :18])


def test_records_of_others_are_refused_with_what_they_hold(tmp_path: Path) -> None:
    import tensorflow as tf

    value = tf.train.Feature(bytes_list=tf.train.BytesList(value=[b"png"]))
    example = tf.train.Example(features=tf.train.Features(feature={"image/encoded": value}))
    with tf.io.TFRecordWriter(str(tmp_path / "other.tfrecord")) as writer:
        writer.write(example.SerializeToString())
    with raises_with(BadFrames, "image/encoded"):
        convert_tfrecords(tmp_path / "other.tfrecord", tmp_path / "set", {})


# --- damage --------------------------------------------------------------------------------------------------------


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_damaged_records_give_an_error_of_ours_or_the_right_dataset(
    records: Path, dataset: Path, tmp_path: Path, data: st.DataObject
) -> None:
    path = records / "set-00003-of-00004.tfrecord"
    kept = tmp_path / "kept"
    if not kept.exists():
        kept.write_bytes(path.read_bytes())
    whole = bytearray(kept.read_bytes())
    if data.draw(st.booleans()):
        whole = whole[: data.draw(st.integers(0, len(whole) - 1))]
    else:
        whole[data.draw(st.integers(0, len(whole) - 1))] ^= 1 << data.draw(st.integers(0, 7))
    path.write_bytes(bytes(whole))
    try:
        convert_tfrecords(records, tmp_path / "again", {})
    except TouchTrainError:
        return
    assert bytes_of(tmp_path / "again") == bytes_of(dataset)


def test_the_public_face_converts_records(dataset: Path, records: Path, tmp_path: Path) -> None:
    pyside.convert_tfrecords(records, tmp_path / "again")
    assert bytes_of(tmp_path / "again") == bytes_of(dataset)
