from __future__ import annotations

import types

import numpy as np
import pytest

from pyside.data.dataset import Dataset
from pyside.training.batches import Batches, FrameStore, class_weights


def numbered(sizes: list[int]) -> list[types.SimpleNamespace]:
    """Recordings whose frames hold their own running number."""
    numbers = np.split(np.arange(sum(sizes), dtype=np.uint8), np.cumsum(sizes)[:-1])
    return [types.SimpleNamespace(frames=np.tile(part[:, None, None, None], (1, 2, 3, 1))) for part in numbers]


def test_frames_are_read_by_number_in_the_order_asked_for() -> None:
    store = FrameStore(numbered([5, 0, 1, 30]))
    asked = np.array([35, 0, 5, 4, 6, 6, 20])
    found = store.read(asked)
    assert found.dtype == np.uint8 and found.shape == (7, 2, 3, 1)
    assert found[:, 1, 2, 0].tolist() == asked.tolist()


def test_frames_of_a_dataset_folder_are_read(dataset: Dataset) -> None:
    every = np.concatenate([recording.frames for recording in dataset.recordings])
    asked = np.random.default_rng(0).permutation(len(every))[:50]
    assert np.array_equal(FrameStore(dataset.recordings).read(asked), every[asked])


def epoch_of(batches: Batches) -> list[int]:
    batches.on_epoch_begin()
    return np.concatenate([batches[index][0][:, 0, 0, 0] for index in range(len(batches))]).tolist()


def make_batches(seed: int | None, weights: np.ndarray | None = None) -> Batches:
    numbers = np.arange(3, 33)
    return Batches(FrameStore(numbered([10, 30])), numbers, numbers % 2, 2, 8, seed, weights)


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
    assert first != second
    assert (epoch_of(same), epoch_of(same)) == (first, second)
    assert epoch_of(other) != first
    one.rewind()
    assert epoch_of(one) == first


def test_without_a_seed_the_order_stays() -> None:
    batches = make_batches(None)
    assert epoch_of(batches) == epoch_of(batches) == list(range(3, 33))


def test_balanced_weights_make_classes_weigh_alike() -> None:
    weights = class_weights("balanced", [90, 10])
    assert weights is not None
    assert weights.tolist() == pytest.approx([100 / 180, 5.0])
    assert class_weights("balanced", [30, 0, 10]).tolist() == pytest.approx([40 / 60, 0, 2.0])  # type: ignore[union-attr]
    assert class_weights("none", [90, 10]) is None
    assert class_weights((1.0, 3.0), [90, 10]).tolist() == [1.0, 3.0]  # type: ignore[union-attr]
