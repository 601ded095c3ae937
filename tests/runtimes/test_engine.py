"""The engine: its answers do not depend on what else is in a batch, and it is traced once."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from pyside.errors import BadFrames
from pyside.models.load import load_model
from pyside.runtimes import keras_steps
from pyside.runtimes.engine import Engine
from tests.conftest import raises_with
from tests.curation.known_model import known_model, known_probabilities


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return known_model(tmp_path / "model.h5")


def some_frames(n: int) -> np.ndarray:
    return np.random.default_rng(0).integers(0, 256, (n, 20, 20, 1), np.uint8) // 2 + np.uint8(60)


def test_it_predicts_what_the_model_says(path: Path) -> None:
    frames = some_frames(70)
    found = Engine(path, (20, 20, 1), 32, precision="float32").predict(frames)
    assert found.dtype == np.float32
    np.testing.assert_allclose(found, known_probabilities(frames), atol=1e-4)
    np.testing.assert_allclose(found, load_model(path).predict(frames / np.float32(255), verbose=0), atol=1e-5)


def test_bfloat16_is_near_and_its_outputs_are_exact_probabilities(tmp_path: Path) -> None:
    path, frames = known_model(tmp_path / "model.h5", steepness=10.0), some_frames(40)
    exact, quick = (Engine(path, (20, 20, 1), precision=name).predict(frames) for name in ("float32", "mixed_bfloat16"))
    assert quick.dtype == np.float32 and np.abs(quick - exact).max() < 0.03
    np.testing.assert_allclose(quick.sum(axis=1), 1, atol=1e-6)


def test_a_frame_has_one_answer_wherever_it_stands_in_a_batch(path: Path) -> None:
    engine, frames = Engine(path, (20, 20, 1), 32), some_frames(64)
    order = np.random.default_rng(1).permutation(64)
    assert np.array_equal(engine.predict(frames)[order], engine.predict(frames[order]))


def test_a_single_frame_is_computed_alone_and_has_the_answer_that_it_has_among_others(path: Path) -> None:
    engine, frames = Engine(path, (20, 20, 1), 32, precision="float32"), some_frames(16)
    sizes = []
    start = engine.start
    engine.start = lambda batch: sizes.append(len(batch)) or start(batch)  # type: ignore[method-assign]
    alone = np.concatenate([engine.predict(frames[k : k + 1]) for k in range(16)])
    np.testing.assert_allclose(alone, engine.predict(frames), atol=1e-4)
    assert sizes == [1] * 16 + [16]


def test_few_zeros_are_computed_in_place_of_frames(path: Path) -> None:
    engine = Engine(path, (20, 20, 1), precision="float32")
    found = []
    for n in (1, 3, 70, 512, 600, 1000, 1100):
        sizes: list[int] = []
        engine.start = lambda batch, sizes=sizes: sizes.append(len(batch)) or np.zeros((len(batch), 2))  # type: ignore
        engine.finish = lambda started: started  # type: ignore[method-assign]
        assert engine.predict(np.zeros((n, 20, 20, 1), np.uint8)).shape == (n, 2)
        found.append(sizes)
    assert found == [[1], [8], [128], [512], [128] * 5, [512] * 2, [128] * 9]


@pytest.mark.parametrize(("n", "part"), [(64, 16), (60, 60)])
def test_keras_computes_a_batch_on_the_cpu_in_equal_parts(
    path: Path, n: int, part: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keras_steps, "_PIXELS_A_CORE", 1)
    monkeypatch.setattr(keras_steps, "cores", lambda: (1, 20 * 20 * 20))  # parts of at most 20 frames
    assert keras_steps._part_of(n, 20) == part
    engine, frames = Engine(path, (20, 20, 1), n, precision="float32"), some_frames(n)
    found = engine.finish(engine.start(frames))
    np.testing.assert_allclose(found, known_probabilities(frames), atol=1e-4)
    if part < n:
        order = np.random.default_rng(1).permutation(n)
        assert np.array_equal(found[order], engine.finish(engine.start(frames[order])))


def test_large_frames_come_in_small_batches(tmp_path: Path) -> None:
    path = known_model(tmp_path / "model.h5", (600, 800, 1))
    engine = Engine(path, (600, 800, 1))
    assert engine.batch_size == 8 and engine.predict(np.zeros((9, 600, 800, 1), np.uint8)).shape == (9, 2)


def test_no_frames_give_no_probabilities(path: Path) -> None:
    assert Engine(path, (20, 20, 1)).predict(some_frames(0)).shape == (0, 2)


@pytest.mark.parametrize("frames", [np.zeros((2, 20, 20, 1)), np.zeros((2, 20, 21, 1), np.uint8)])
def test_other_frames_are_refused(path: Path, frames: np.ndarray) -> None:
    with raises_with(BadFrames, "20 x 20 x 1"):
        Engine(path, (20, 20, 1)).predict(frames)
