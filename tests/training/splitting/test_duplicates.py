from __future__ import annotations

import hashlib
import itertools
import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from pyside.data.dataset import Dataset, FrameTable, Recording
from pyside.data.dataset_writer import DatasetWriter
from pyside.errors import BadDataset, BadOption
from pyside.settings import TrainSettings
from pyside.training.splitting import duplicates
from pyside.training.splitting.duplicates import check_duplicates, equal_frames, frame_keys, settled, with_merged_groups
from pyside.training.splitting.split import split
from pyside.training.splitting.subsets import Split
from tests.conftest import raises_with

SHAPE = (9, 9, 1)
Write = Callable[..., Dataset]


def noise(n: int, seed: int, shape: tuple[int, int, int] = SHAPE) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 256, (n, *shape), dtype=np.uint8)


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """A function that writes recordings of these frames, day0, day1 ..., each of which is a group by default."""

    numbers = itertools.count()  # a folder of its own for each, because Windows renames none that is open

    def dataset(
        frames: list[np.ndarray],
        groups: list[np.ndarray] | None = None,
        side: list[str] | None = None,
        **source: object,
    ) -> Dataset:
        writer = DatasetWriter(tmp_path / f"set{next(numbers)}", ("NonTouch", "Touch"), frames[0].shape[1:], {}, {})
        for number, one in enumerate(frames):
            recording = writer.begin(f"day{number}")
            recording.append(one)
            labels = (np.arange(len(one)) % 2).astype(np.int16)
            ids = np.full(len(one), number, np.int32) if groups is None else groups[number].astype(np.int32)
            recording.close(labels, ids, {"kind": "array", **source}, {"side": side[number]} if side else {})
        return writer.close()

    return dataset


def sides_of(dataset: Dataset, training: list[int], validation: list[int], test: list[int] | None = None) -> Split:
    """Put recordings on sides."""
    starts = np.cumsum([0, *(one.n_frames for one in dataset.recordings)])
    of = [
        np.concatenate([np.arange(starts[n], starts[n + 1]) for n in side]) if side else np.empty(0, np.int64)
        for side in (training, validation, test or [])
    ]
    return Split(*of, "group")


# --- which frames are equal ----------------------------------------------------------------------------------------


def test_equal_frames_have_the_number_of_the_first_of_them(write: Write) -> None:
    frames = noise(4, 0)
    later = np.concatenate([noise(2, 1), frames[2:3], frames[2:3]])
    assert equal_frames(write([frames, later])).tolist() == [0, 1, 2, 3, 4, 5, 2, 2]


def test_the_key_of_a_frame_is_a_hash_of_its_pixels(write: Write) -> None:
    frames = noise(3, 0, (9, 7, 3))
    expected = [int.from_bytes(hashlib.blake2b(one.tobytes(), digest_size=8).digest(), "little") for one in frames]
    assert frame_keys(write([frames])).tolist() == expected


def test_frames_that_differ_in_one_pixel_are_not_equal(write: Write) -> None:
    frames = np.repeat(noise(1, 0), SHAPE[0] * SHAPE[1] + 1, axis=0)
    for number in range(1, len(frames)):
        frames[number].reshape(-1)[number - 1] ^= 1
    assert len(set(equal_frames(write([frames])))) == len(frames)


def test_frames_with_one_key_are_compared_pixel_by_pixel(write: Write) -> None:
    frames = noise(4, 0)
    dataset = write([frames[:3], frames[::-1]])
    same_key = np.full(7, 7, np.uint64)
    assert equal_frames(dataset, same_key).tolist() == [0, 1, 2, 3, 2, 1, 0]


def test_frames_without_contrast_and_frames_left_out_are_equal_to_nothing(tmp_path: Path) -> None:
    frames = np.concatenate([np.zeros((2, *SHAPE), np.uint8), np.full((2, *SHAPE), 255, np.uint8), noise(1, 0)])
    frames = np.concatenate([frames, frames[-1:]])
    writer = DatasetWriter(tmp_path / "set", ("NonTouch", "Touch"), SHAPE, {}, {})
    recording = writer.begin("day0")
    recording.append(frames)
    recording.close(np.array([0, 1, 0, 1, 0, -1], np.int16), np.arange(6, dtype=np.int32), {"kind": "array"})
    assert equal_frames(writer.close()).tolist() == list(range(6))


def test_one_bright_pixel_is_contrast(write: Write) -> None:
    for pixel in range(SHAPE[0] * SHAPE[1]):
        frames = np.zeros((2, *SHAPE), np.uint8)
        frames[:, pixel // SHAPE[1], pixel % SHAPE[1]] = 255
        assert frame_keys(write([frames])).all()


def test_each_of_thousands_of_frames_is_read_once(write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    dataset = write([noise(2500, number) for number in range(4)])
    read: list[int] = []
    read_into = Recording.read_into

    def counted(recording: Recording, into: np.ndarray, places: np.ndarray) -> None:
        read.append(len(places))
        read_into(recording, into, places)

    monkeypatch.setattr(Recording, "read_into", counted)
    assert len(np.unique(equal_frames(dataset))) == 10_000
    assert sum(read) == 10_000 and len(read) < 20  # many at a time


# --- on two sides --------------------------------------------------------------------------------------------------


def test_equal_frames_on_two_sides_are_a_fault_that_names_recordings_and_frames(write: Write) -> None:
    copied = noise(20, 0)
    dataset = write([copied, noise(20, 1), np.concatenate([noise(5, 2), copied[3:10]]), noise(20, 3)])
    facts = (7, "day2", "validation", "day0", "training", "frame 5", "frame 3", "on_duplicates", "'together'")
    with raises_with(BadDataset, *facts):
        check_duplicates(dataset, sides_of(dataset, [0, 1], [2, 3]), "error")


def test_equal_frames_on_one_side_are_no_fault(write: Write) -> None:
    copied = noise(20, 0)
    dataset = write([copied, noise(20, 1), copied, noise(20, 3)])
    assert check_duplicates(dataset, sides_of(dataset, [0, 2], [1, 3]), "error") == []


def test_the_worst_five_pairs_are_told_and_the_number_of_the_others(write: Write) -> None:
    frames = noise(100, 0)
    held_out = [np.concatenate([noise(3, 10 + n), frames[10 * n : 10 * n + n + 1]]) for n in range(7)]
    dataset = write([frames, *held_out])
    with raises_with(BadDataset, "2 more") as raised:
        check_duplicates(dataset, sides_of(dataset, [0], list(range(1, 8))), "error")
    found = re.findall(r"(\d+) frames of (day\d)", str(raised.value))
    assert found == [("7", "day7"), ("6", "day6"), ("5", "day5"), ("4", "day4"), ("3", "day3")]


def test_a_frame_that_all_recordings_have_is_found_across_all_three_sides(write: Write) -> None:
    shared = noise(1, 0)
    dataset = write([np.concatenate([noise(4, 1 + number), shared]) for number in range(3)])
    with pytest.raises(BadDataset) as raised:
        check_duplicates(dataset, sides_of(dataset, [0], [1], [2]), "error")
    for one, other in (("day1 (validation)", "day0"), ("day2 (test)", "day0"), ("day2 (test)", "day1")):
        assert any(one in line and other in line.replace(one, "") for line in str(raised.value).splitlines())


def test_loose_images_of_one_recording_on_two_sides_are_a_fault(write: Write) -> None:
    frames = noise(10, 0)
    frames[8] = frames[2]
    dataset = write([frames], [np.arange(10)])
    sides = Split(np.arange(7), np.arange(7, 10), np.empty(0, np.int64), "group")
    with raises_with(BadDataset, "day0", "validation", "training", 8):
        check_duplicates(dataset, sides, "error")


def test_frames_are_called_by_their_numbers_in_the_source(write: Write) -> None:
    copied = noise(4, 0)
    dataset = write([copied, copied], frames_kept=[[10, 12], [20, 20]])
    with raises_with(BadDataset, "day1", 10):
        check_duplicates(dataset, sides_of(dataset, [0], [1]), "error")


# --- one group, and given sides ------------------------------------------------------------------------------------


def test_equal_frames_of_one_static_recording_are_told_but_no_fault(write: Write) -> None:
    dataset = write([np.repeat(noise(3, 0), 40, axis=0)])
    sides = split(dataset.table, 0.2, 0.0, 0)
    assert sides.unit == "block"
    [warning] = check_duplicates(dataset, sides, "error")
    trained_on = set((sides.training // 40).tolist())
    equal = [number for number in sides.validation.tolist() if number // 40 in trained_on]
    assert int(re.findall(r"\d+", warning)[0]) == len(equal)


def test_given_sides_are_kept_with_a_warning_where_groups_are_to_stay_together(write: Write) -> None:
    copied = noise(20, 0)
    dataset = write([copied, noise(20, 1), copied], side=["training", "training", "validation"])
    sides, warnings = settled_of(dataset, "together")
    assert sides.unit == "given" and sides.validation.tolist() == list(range(40, 60))
    assert len(warnings) == 1 and all(fact in warnings[0] for fact in ("20", "day2", "day0"))
    with raises_with(BadDataset, 20, "day2"):
        settled_of(dataset, "error")


# --- kept together -------------------------------------------------------------------------------------------------


def settled_of(dataset: Dataset, on_duplicates: str, **settings: float) -> tuple[Split, list[str]]:
    wanted = TrainSettings.from_options({"on_duplicates": on_duplicates, **settings})

    def split_again(table: FrameTable) -> Split:
        return split(table, wanted.validation_fraction, wanted.test_fraction, wanted.seed)

    return settled(dataset, split_again(dataset.table), split_again, wanted)


def test_groups_that_share_frames_are_merged_along_chains(write: Write) -> None:
    frames = noise(30, 0)
    chain = [frames[:10], frames[9:20], frames[19:30]]
    dataset = write(
        [noise(5, 1), *chain, noise(5, 2)],
        [np.full(n, id) for n, id in zip((5, 10, 11, 11, 5), (9, 8, 7, 6, 5), strict=True)],
    )
    table, warnings = with_merged_groups(dataset)
    assert table.groups.tolist() == [9] * 5 + [6] * 32 + [5] * 5
    assert len(warnings) == 1 and re.findall(r"\d+", warnings[0])[0] == "3" and "day1 = day2 = day3" in warnings[0]


def test_without_equal_frames_groups_stay_and_nothing_is_said(write: Write) -> None:
    dataset = write([noise(10, 0), noise(10, 1)])
    table, warnings = with_merged_groups(dataset)
    assert table.groups.tolist() == dataset.table.groups.tolist() and warnings == []


def test_kept_together_copies_are_on_one_side_for_every_seed(write: Write) -> None:
    copied = noise(20, 0)
    dataset = write([copied, noise(20, 1), noise(20, 2), noise(20, 3), copied])
    for seed in range(6):
        sides, warnings = settled_of(dataset, "together", seed=seed)
        held_out = set((sides.validation // 20).tolist())
        assert held_out >= {0, 4} or not held_out & {0, 4}
        assert len(warnings) == 1 and "2" in warnings[0] and "day0 = day4" in warnings[0]


def test_a_split_without_equal_frames_across_is_left_as_it_is(write: Write) -> None:
    dataset = write([noise(20, number) for number in range(4)])
    sides = sides_of(dataset, [0, 1, 2], [3])
    assert settled(dataset, sides, pytest.fail, TrainSettings()) == (sides, [])


def test_copies_of_one_recording_alone_cannot_be_split(write: Write) -> None:
    copied = noise(60, 0)
    with raises_with(BadDataset, "day0", "day1") as raised:
        settled_of(write([copied, copied]), "together")
    assert "on_duplicates" not in str(raised.value)  # which would not help


def test_too_few_groups_after_merging_are_told_as_such(write: Write) -> None:
    copied = noise(20, 0)
    with raises_with(BadOption, 2):
        settled_of(write([copied, copied, noise(20, 1)]), "together", test_fraction=0.2)


def test_all_frames_are_hashed_once_for_both_questions(write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    calls = []
    hashed = duplicates.frame_keys
    monkeypatch.setattr(duplicates, "frame_keys", lambda dataset: calls.append(1) or hashed(dataset))
    copied = noise(20, 0)
    settled_of(write([copied, noise(20, 1), noise(20, 2), copied]), "together")
    assert calls == [1]
