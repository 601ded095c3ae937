from __future__ import annotations

import dataclasses
import os
import threading
from collections.abc import Callable
from concurrent.futures import wait
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest

from pyside.data.dataset import Dataset, Recording
from pyside.errors import BadDataset, BadOption
from pyside.settings import TrainSettings
from pyside.training.input_pipeline import frame_store
from pyside.training.input_pipeline.batches import Batches
from pyside.training.input_pipeline.frame_store import FrameStore
from pyside.training.input_pipeline.sampling import FAR, plan
from tests.conftest import raises_with
from tests.training.frame_tables import table_of

ON_DISK = 1e-9  # gigabytes: no set fits, and a window is one batch


@dataclasses.dataclass
class Held:
    """A recording in memory."""

    frames: np.ndarray
    frame_numbers: np.ndarray | None

    @property
    def n_frames(self) -> int:
        return len(self.frames)

    @property
    def image_shape(self) -> tuple[int, ...]:
        return self.frames.shape[1:]

    def read_into(self, rows: np.ndarray, places: np.ndarray) -> None:
        rows[:] = self.frames[places]


def numbered(sizes: list[int], channels: int = 1) -> list[Held]:
    """Recordings whose frames hold their own running number."""
    numbers = np.split(np.arange(sum(sizes), dtype=np.uint8), np.cumsum(sizes)[:-1])
    return [
        Held(np.tile(part[:, None, None, None], (1, 2, 3, channels)), np.arange(len(part), dtype=np.int64))
        for part in numbers
    ]


@pytest.fixture
def on_disk(tmp_path: Path) -> Callable[[list[Held]], list[Recording]]:
    """A function that puts the frames of recordings into files, `0.frames.npy` and so on."""

    def put(recordings: list[Held]) -> list[Recording]:
        found = []
        for number, held in enumerate(recordings):
            np.save(tmp_path / f"{number}.frames.npy", held.frames)
            found.append(Recording(tmp_path, str(number), held.n_frames, {}, held.image_shape))  # type: ignore[arg-type]
            assert found[-1].frames.shape == held.frames.shape
        return found

    return put


# --- reading -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("memory_limit", [None, ON_DISK])
def test_frames_are_read_by_number_in_the_order_asked_for(memory_limit: float | None) -> None:
    store = FrameStore(numbered([5, 0, 1, 30]), memory_limit=memory_limit)
    asked = np.array([35, 0, 5, 4, 6, 6, 20])
    found = store.read(asked)
    assert found.dtype == np.uint8 and found.shape == (7, 2, 3, 1)
    assert found[:, 1, 2, 0].tolist() == asked.tolist()
    assert len(store.read(np.array([], int))) == 0


@pytest.mark.parametrize("memory_limit", [None, ON_DISK])
def test_frames_of_a_dataset_folder_are_read(dataset: Dataset, memory_limit: float | None) -> None:
    every = np.concatenate([recording.frames for recording in dataset.recordings])
    store = FrameStore(dataset.recordings, memory_limit=memory_limit)
    assert store.image_shape == dataset.image_shape
    for asked in (np.random.default_rng(0).permutation(len(every))[:50], np.arange(70, 170)):
        assert np.array_equal(store.read(asked), every[asked])


def test_a_set_that_fits_is_held_in_memory_and_a_larger_one_is_not() -> None:
    frame = 2 * 3 / 1e9
    assert FrameStore(numbered([5, 5]), memory_limit=10 * frame).in_memory
    assert not FrameStore(numbered([5, 6]), memory_limit=10 * frame).in_memory


def test_without_a_limit_a_quarter_of_the_memory_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(frame_store, "memory_of_machine", lambda: 4 * 60)
    assert FrameStore(numbered([10])).in_memory
    assert not FrameStore(numbered([11])).in_memory


def test_frames_in_memory_are_read_from_their_files_once(on_disk: Any, tmp_path: Path) -> None:
    recordings = on_disk(numbered([4, 4]))
    store = FrameStore(recordings)
    first = store.read(np.arange(8))
    for file in tmp_path.glob("*.frames.npy"):
        file.unlink()
    assert np.array_equal(store.read(np.arange(8)), first)


def test_a_file_that_went_away_is_an_error_that_names_it(on_disk: Any, tmp_path: Path) -> None:
    recordings = on_disk(numbered([4, 4]))
    (tmp_path / "1.frames.npy").unlink()
    with raises_with(BadDataset, "1.frames.npy"):
        FrameStore(recordings, memory_limit=ON_DISK).read(np.array([2, 5]))


def test_a_file_that_was_cut_short_is_an_error(on_disk: Any, tmp_path: Path) -> None:
    on_disk(numbered([4]))
    (tmp_path / "0.frames.npy").write_bytes((tmp_path / "0.frames.npy").read_bytes()[:-1])
    store = FrameStore([Recording(tmp_path, "0", 4, {}, (2, 3, 1))], memory_limit=ON_DISK)
    with raises_with(BadDataset, "0.frames.npy"):
        store.read(np.array([3]))


@pytest.mark.parametrize("memory_limit", [None, ON_DISK])
@pytest.mark.parametrize("harm", ["another time", "another file of the same size and time", "written into"])
def test_a_file_that_another_one_took_the_place_of_is_an_error(
    on_disk: Any, tmp_path: Path, harm: str, memory_limit: float | None
) -> None:
    (recording,) = on_disk(numbered([4]))
    store, path = FrameStore([recording], memory_limit=memory_limit), tmp_path / "0.frames.npy"
    if memory_limit:
        store.read(np.array([2]))
    was = path.stat()
    if harm == "written into":
        with path.open("r+b") as file:
            file.seek(-1, os.SEEK_END)
            file.write(b"x")
        os.utime(path, ns=(was.st_atime_ns, was.st_mtime_ns + 1))
    else:
        np.save(tmp_path / "other.npy", np.zeros((4, 2, 3, 1), np.uint8))
        os.utime(tmp_path / "other.npy", (0, 0) if harm == "another time" else None)
        if harm != "another time":
            os.utime(tmp_path / "other.npy", ns=(was.st_atime_ns, was.st_mtime_ns))
        (tmp_path / "other.npy").replace(path)
    with raises_with(BadDataset, "0.frames.npy", "changed"):
        store.read(np.array([2]))


# --- context -------------------------------------------------------------------------------------------------------


def context_of(recordings: list[Held], context: int, memory_limit: float | None) -> list[list[int]]:
    n = sum(len(recording.frames) for recording in recordings)
    found = FrameStore(recordings, context, memory_limit).read(np.arange(n))
    assert found.shape == (n, 2, 3, context)
    assert (found == found[:, :1, :1]).all()
    return found[:, 0, 0].tolist()


@pytest.mark.parametrize("memory_limit", [None, ON_DISK])
def test_context_is_of_the_same_recording_and_edges_are_repeated(memory_limit: float | None) -> None:
    assert context_of(numbered([4, 1, 2]), 5, memory_limit) == [
        [0, 0, 0, 1, 2], [0, 0, 1, 2, 3], [0, 1, 2, 3, 3], [1, 2, 3, 3, 3], [4] * 5, [5, 5, 5, 6, 6], [5, 5, 6, 6, 6],
    ]  # fmt: skip


@pytest.mark.parametrize("memory_limit", [None, ON_DISK])
def test_context_ends_at_a_cut(memory_limit: float | None) -> None:
    (recording,) = numbered([5])
    recording.frame_numbers = np.array([3, 4, 6, 7, 8])
    assert context_of([recording], 3, memory_limit) == [[0, 0, 1], [0, 1, 1], [2, 2, 3], [2, 3, 4], [3, 4, 4]]


def test_a_recording_that_goes_on_in_the_numbers_of_the_one_before_is_another_one() -> None:
    one, other = numbered([2, 2])
    other.frame_numbers = np.array([2, 3])
    assert context_of([one, other], 3, None) == [[0, 0, 1], [0, 1, 1], [2, 2, 3], [2, 3, 3]]


def test_loose_images_are_their_own_context() -> None:
    (recording,) = numbered([3])
    recording.frame_numbers = None
    assert context_of([recording], 3, None) == [[0] * 3, [1] * 3, [2] * 3]


def test_frames_that_are_left_out_serve_as_context(dataset: Dataset) -> None:
    frames = dataset.recordings[0].frames
    assert dataset.recordings[0].labels[6] == -1 != dataset.recordings[0].labels[7]
    found = FrameStore(dataset.recordings, 3).read(np.array([7]))
    assert np.array_equal(found[0], np.stack([frames[6, ..., 0], frames[7, ..., 0], frames[8, ..., 0]], axis=-1))


def test_context_of_colours_is_refused() -> None:
    with raises_with(BadOption, 7, 3):
        FrameStore(numbered([4], channels=3), context=7)
    assert FrameStore(numbered([4], channels=3)).image_shape == (2, 3, 3)
    assert FrameStore(numbered([4]), context=7).image_shape == (2, 3, 7)


# --- epochs --------------------------------------------------------------------------------------------------------


def epoch_of(batches: Batches) -> list[int]:
    batches.on_epoch_begin()
    found = [batches[index][0][:, 0, 0, 0] for index in range(len(batches))]
    batches.on_epoch_end()
    return np.concatenate(found).tolist()


def make_batches(
    seed: int | None, weights: np.ndarray | None = None, memory_limit: float | None = None, **options: Any
) -> Batches:
    """30 frames, every other one a touch, or what options make of them."""
    numbers = np.arange(3, 33)
    table = table_of(np.arange(40) % 2)
    labels = table.labels[numbers]
    made = plan(labels, table.class_names, TrainSettings(**options), np.full(30, FAR)) if options else None
    store = FrameStore(numbered([10, 30]), memory_limit=memory_limit)
    return Batches(store, numbers, table, 8, made, seed, weights)


def test_an_epoch_shows_each_frame_once_with_its_label_and_weight() -> None:
    batches = make_batches(0, np.array([0.5, 2.0]))
    assert sorted(epoch_of(batches)) == list(range(3, 33))
    assert [len(batches[index][0]) for index in range(len(batches))] == [8, 8, 8, 6]
    frames, labels, weights = batches[1]
    assert np.array_equal(labels.argmax(1), frames[:, 0, 0, 0] % 2)
    assert np.array_equal(weights, np.where(frames[:, 0, 0, 0] % 2 == 1, 2.0, 0.5))
    assert len(make_batches(None)[0]) == 2


def test_the_order_follows_from_seed_and_epoch() -> None:
    one, same, other = make_batches(4), make_batches(4), make_batches(5)
    first, second = epoch_of(one), epoch_of(one)
    assert first == (3 + np.random.default_rng([4, 0]).permutation(30)).tolist()
    assert first != second
    assert (epoch_of(same), epoch_of(same)) == (first, second)
    assert epoch_of(other) != first
    one.rewind()
    assert epoch_of(one) == first


def test_without_a_seed_the_order_stays() -> None:
    batches = make_batches(None)
    assert epoch_of(batches) == epoch_of(batches) == list(range(3, 33))


@pytest.mark.parametrize("memory_limit", [None, ON_DISK])
def test_an_epoch_is_what_was_planned(memory_limit: float | None) -> None:
    batches = make_batches(1, memory_limit=memory_limit, oversample=0.75)
    assert (len(batches), len(batches.labels)) == (8, 30)
    drawn = np.array(epoch_of(batches))
    assert len(drawn) == 60
    assert sorted(np.bincount(drawn % 2).tolist()) == [15, 45]
    for frames, labels in (batches[index] for index in range(8)):
        assert np.array_equal(labels.argmax(1), frames[:, 0, 0, 0] % 2)


# --- reading ahead -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("context", [1, 5])
@pytest.mark.parametrize("memory_limit", [ON_DISK, 8e-8, 6e-7])  # windows of 1, of some and of 4, 8, 16 batches
def test_disk_and_memory_give_the_same_bytes(on_disk: Any, context: int, memory_limit: float) -> None:
    sizes, rng = [90, 10, 100, 1, 40], np.random.default_rng(0)
    recordings = numbered(sizes)
    for recording in recordings:
        recording.frames = rng.integers(0, 256, recording.frames.shape, np.uint8)
    recordings = on_disk(recordings)
    numbers = rng.permutation(sum(sizes))[:200]
    table = table_of(rng.integers(0, 2, sum(sizes)))
    held, read = (
        Batches(FrameStore(recordings, context, limit), numbers, table, 6, seed=3) for limit in (None, memory_limit)
    )
    assert held._store.in_memory and not read._store.in_memory
    for _ in range(2):
        for batches in (held, read):
            batches.on_epoch_begin()
        for index in range(len(held)):
            for one, other in zip(held[index], read[index], strict=True):
                assert np.array_equal(one, other)
        for batches in (held, read):
            batches.on_epoch_end()


def test_batches_out_of_turn_are_right_too() -> None:
    batches = make_batches(2, memory_limit=ON_DISK)
    expected = 3 + np.random.default_rng([2, 0]).permutation(30)
    batches.on_epoch_begin()
    for index in (2, 0, 0, 1, 3, 2):
        assert batches[index][0][:, 0, 0, 0].tolist() == expected[8 * index :][:8].tolist()


def test_the_next_window_is_read_while_one_is_in_use() -> None:
    numbers = np.random.default_rng(0).permutation(100)
    ahead = FrameStore(numbered([60, 40]), memory_limit=9e-7).ahead(numbers, 2)
    for first, end, following in [
        (0, 4, 12),
        (4, 12, 28),
        (12, 28, 46),
    ]:  # the first one short, the largest one 18 long
        ahead.read(first)
        window = ahead._next
        assert window is not None and (window.first, window.end) == (end, following)
        wait(window.tasks)
        assert window.rows[:, 0, 0, 0].tolist() == sorted(numbers[2 * end : 2 * following])
    ahead.close()


def test_an_epoch_that_is_broken_off_gives_up_what_it_read_ahead() -> None:
    batches, validation = make_batches(2, memory_limit=ON_DISK), make_batches(None, memory_limit=ON_DISK)
    validation._store = batches._store
    batches.on_epoch_begin()
    begun, ahead = batches[0][0], batches._ahead
    assert ahead is not None
    assert epoch_of(validation) == list(range(3, 33))  # gives up what was begun
    assert ahead._now is ahead._next is None
    assert np.array_equal(batches[0][0], begun)  # whoever asks all the same gets it
    assert len(np.unique(epoch_of(batches))) == 30


def test_what_waits_to_be_read_is_not_read_after_the_end() -> None:
    store = FrameStore(numbered([200]), memory_limit=1e-6)
    going_on = threading.Event()
    busy = [store._readers.submit(going_on.wait) for _ in range(4)]
    ahead = store.ahead(np.arange(200), 50)
    assert ahead._next is not None
    (task,) = ahead._next.tasks
    store.close()
    going_on.set()
    wait([*busy, task])
    assert task.cancelled()


def test_an_error_while_reading_ahead_comes_out_at_its_batch(on_disk: Any, tmp_path: Path) -> None:
    (recording,) = on_disk(numbered([10]))
    (tmp_path / "0.frames.npy").unlink()
    batches = Batches(FrameStore([recording], memory_limit=ON_DISK), np.arange(10), table_of(np.zeros(10)), 5)
    batches.on_epoch_begin()
    with raises_with(BadDataset, "0.frames.npy"):
        batches[0]


def test_keras_sees_the_frames_in_their_order_from_memory_and_from_disk() -> None:
    net = keras.Sequential([keras.Input((2, 3, 1), dtype="uint8"), keras.layers.Rescaling(1.0), keras.layers.Flatten()])
    for memory_limit in (None, ON_DISK):
        seen = net.predict(make_batches(None, memory_limit=memory_limit), verbose=0)
        assert seen[:, 0].tolist() == list(range(3, 33))
