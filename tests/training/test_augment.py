from __future__ import annotations

from collections.abc import Callable

import keras
import numpy as np
import pytest

from pyside.settings import TrainSettings
from pyside.training import augment
from pyside.training.model import build_model


@pytest.mark.parametrize("channels", [1, 3])
def test_turned_is_rot90(channels: int) -> None:
    frames = np.random.default_rng(0).integers(0, 255, (8, 19, 19, channels), dtype=np.uint8)
    turns = np.arange(8) % 4
    found = np.asarray(augment.turned(frames, turns.reshape(-1, 1, 1, 1)))
    assert found.dtype == np.uint8
    for frame, turn, turned in zip(frames, turns, found, strict=True):
        assert np.array_equal(turned, np.rot90(frame, turn))


def turns_of(frames: np.ndarray, turned: np.ndarray) -> list[int]:
    """Which quarter turn made each frame."""
    return [
        next(turn for turn in range(4) if np.array_equal(np.rot90(frame, turn), after))
        for frame, after in zip(frames, turned, strict=True)
    ]


def test_each_training_frame_is_turned_on_its_own_and_seeded() -> None:
    frames = np.random.default_rng(0).integers(0, 255, (400, 18, 18, 1), dtype=np.uint8)
    layer, same, other = (augment.QuarterTurns(seed) for seed in (1, 1, 2))
    first = turns_of(frames, np.asarray(layer(frames, training=True)))
    counts = np.bincount(first, minlength=4)
    assert counts.min() > 60  # 100 each on average
    assert turns_of(frames, np.asarray(same(frames, training=True))) == first
    assert turns_of(frames, np.asarray(other(frames, training=True))) != first
    assert turns_of(frames, np.asarray(layer(frames, training=True))) != first  # the next batch is turned anew


def test_frames_to_predict_are_not_turned() -> None:
    frames = np.random.default_rng(0).integers(0, 255, (20, 18, 18, 1), dtype=np.uint8)
    assert np.array_equal(augment.QuarterTurns(0)(frames, training=False), frames)


def test_frames_that_are_not_square_take_half_turns() -> None:
    frames = np.random.default_rng(0).integers(0, 255, (200, 18, 24, 1), dtype=np.uint8)
    found = np.asarray(augment.QuarterTurns(0)(frames, training=True))
    halves = [np.array_equal(after, np.rot90(frame, 2)) for frame, after in zip(frames, found, strict=True)]
    same = [np.array_equal(after, frame) for frame, after in zip(frames, found, strict=True)]
    assert all(a or b for a, b in zip(halves, same, strict=True))
    assert 60 < sum(halves) < 140


def test_the_model_that_is_trained_takes_uint8_and_shares_its_weights(small: Callable[..., TrainSettings]) -> None:
    core = build_model((20, 20, 1), 2, small())
    trainer = augment.for_training(core, (20, 20, 1), "quarter-turns", 0)
    frames = np.random.default_rng(0).integers(0, 255, (10, 20, 20, 1), dtype=np.uint8)
    before = [weight.copy() for weight in core.get_weights()]
    assert np.allclose(trainer.predict(frames, verbose=0), core(frames.astype(np.float32) / 255), atol=1e-6)
    trainer.fit(frames, np.eye(2)[np.arange(10) % 2], verbose=0)
    assert not all(np.array_equal(old, new) for old, new in zip(before, core.get_weights(), strict=True))
    plain = augment.for_training(core, (20, 20, 1), "none", 0)
    assert "quarter_turns" not in [layer.name for layer in plain.layers]


@pytest.mark.parametrize("rate", [0.25, 0.4])
@pytest.mark.parametrize("dtype", ["float32", "bfloat16"])
def test_quick_dropout_drops_that_share_and_keeps_the_mean(rate: float, dtype: str) -> None:
    layer, same, other = (augment.QuickDropout(rate, seed=seed, dtype=dtype) for seed in (1, 1, 2))
    values = keras.ops.ones((301, 1001), dtype)  # an odd number of values
    first = np.asarray(keras.ops.cast(layer(values, training=True), "float32"))
    assert np.mean(first == 0) == pytest.approx(rate, abs=0.005)
    assert first.mean() == pytest.approx(1, abs=0.01)
    assert np.mean(first == 0, axis=0).std() == pytest.approx(np.sqrt(rate * (1 - rate) / 301), rel=0.1)
    assert np.array_equal(first, keras.ops.cast(same(values, training=True), "float32"))
    assert not np.array_equal(first, keras.ops.cast(other(values, training=True), "float32"))
    assert not np.array_equal(first, keras.ops.cast(layer(values, training=True), "float32"))  # the next batch
    assert layer(values, training=False) is values


def test_the_network_that_is_saved_has_the_dropout_of_keras(small: Callable[..., TrainSettings]) -> None:
    core = build_model((20, 20, 1), 2, small())
    trainer = augment.for_training(core, (20, 20, 1), "none", 0)
    kinds = [[type(layer).__name__ for layer in model.layers] for model in (core, trainer)]
    assert "QuickDropout" not in kinds[0] and kinds[1].count("QuickDropout") == 4
    assert [layer.rate for layer in core.layers if "Dropout" in type(layer).__name__] == [
        layer.rate for layer in trainer.layers if "Dropout" in type(layer).__name__
    ]
