"""Models prove themselves: corruptions of weights and of the way to the network are refused, sound models are not."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import h5py
import keras
import numpy as np
import pytest

import pyside
from pyside.compute.proof import Decides, compared
from pyside.errors import ModelNotProven
from pyside.evaluation.decision import Decision
from pyside.models import load, probes, save
from pyside.models.probes import Carried
from pyside.runtimes.engine import Engine
from pyside.training.assessment.carried import choose_probes
from tests.conftest import raises_with
from tests.curation.known_model import known_model

SHAPE = (16, 16, 3)
ABOUT = {
    "class_names": ["NonTouch", "Touch"],
    "image_shape": [*SHAPE],
    "versions": {"touchtrain": "9.9"},
    "decision": {"event_class": "Touch", "threshold": 0.45, "min_duration": 1},
}
MANY = 2000
Weights = list[np.ndarray]


def some_frames(n: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Noise with a gradient; a touch is a reddish patch near one corner, more or less bright."""
    rng = np.random.default_rng(seed)
    frames = rng.integers(20, 120, (n, *SHAPE)) + np.linspace(0, 60, SHAPE[1], dtype=int)[:, np.newaxis]
    strength = rng.uniform(0, 90, n) * (rng.random(n) < 0.6)
    frames[:, 2:8, 8:14] += (strength[:, np.newaxis] * [1.0, 0.4, 0.1])[:, np.newaxis, np.newaxis].astype(int)
    return frames.clip(0, 255).astype(np.uint8), strength > 40


@pytest.fixture(scope="module")
def network() -> keras.Sequential:
    """Random convolutions, and a dense layer fitted by least squares: it knows touches without training."""
    keras.utils.set_random_seed(3)
    layers = keras.layers
    body = [layers.Conv2D(6, 3, strides=2, activation="relu"), layers.Conv2D(8, 3, activation="relu")]
    core = keras.Sequential([keras.Input(SHAPE), *body, layers.Flatten(), layers.Dense(2, activation="softmax")])
    frames, touches = some_frames(MANY, 0)
    features = frames.astype(np.float32) / 255
    for layer in core.layers[:-1]:
        features = np.asarray(layer(features))
    mean = features.mean(axis=0)
    centred = features - mean
    penalty = 1e-3 * MANY * np.eye(features.shape[1])
    kernel = np.linalg.solve(centred.T @ centred + penalty, centred.T @ (touches * 6.0 - 3))
    bias = float((touches * 6.0 - 3).mean() - mean @ kernel)
    core.layers[-1].set_weights([np.stack([-kernel, kernel], 1) / 2, np.array([-bias, bias]) / 2])
    return core


@pytest.fixture(scope="module")
def image(network: keras.Sequential) -> bytes:
    frames, _ = some_frames(MANY, 1)
    chosen, doubtful = choose_probes(network.predict(frames / np.float32(255), verbose=0), Decision("Touch", 1, 0.45))
    return save.h5_image(network, ABOUT, Carried(frames[chosen], doubtful, frames[:8]))


@pytest.fixture
def path(image: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr("pyside.models.files._look_from_outside", lambda *args: None)
    (tmp_path / "model.h5").write_bytes(image)
    return tmp_path / "model.h5"


def labels(probabilities: np.ndarray) -> np.ndarray:
    return probabilities[:, 1] >= 0.45


# --- weights -------------------------------------------------------------------------------------------------------


def bit_flipped(weights: Weights, rng: np.random.Generator) -> None:
    values = weights[rng.integers(len(weights))].reshape(-1)
    values.view(np.uint32)[rng.integers(values.size)] ^= np.uint32(1 << rng.integers(20, 31))


def scaled(weights: Weights, rng: np.random.Generator) -> None:
    weights[rng.choice([0, 2, 4])][...] *= rng.choice([0.5, 0.9, 0.98, 1.02, 1.1, 2])


def permuted(weights: Weights, rng: np.random.Generator) -> None:
    kernel = weights[rng.choice([0, 2, 4])]
    kernel[...] = rng.permuted(kernel, axis=int(rng.integers(kernel.ndim)))


def zeroed(weights: Weights, rng: np.random.Generator) -> None:
    kernel = weights[rng.choice([0, 2])]
    kernel[..., rng.integers(kernel.shape[-1])] = 0


def moved(weights: Weights, rng: np.random.Generator) -> None:
    weights[rng.choice([1, 3, 5])][...] += rng.normal(0, 0.1)


def swapped(weights: Weights, rng: np.random.Generator) -> None:
    weights[1][...], weights[3][:6] = weights[3][:6] + np.float32(0.05), weights[1].copy() + np.float32(0.1)


def classes_swapped(weights: Weights, rng: np.random.Generator) -> None:
    for values in weights[4:]:
        values[...] = values[..., ::-1].copy()


OF_WEIGHTS = [bit_flipped, scaled, permuted, zeroed, moved, swapped, classes_swapped]


def write_weights(path: Path, image: bytes, weights: Weights) -> None:
    memory = io.BytesIO(image)
    with h5py.File(memory, "r+") as file:
        group = file["model_weights"]
        names = [name for layer in group for name in group[layer].attrs["weight_names"]]
        by_layer = {name: group[layer][name] for layer in group for name in group[layer].attrs["weight_names"]}
        order = sorted(names, key=lambda name: (b"dense" in name, name.split(b"/")[0], b"bias" in name))
        for name, values in zip(order, weights, strict=True):
            by_layer[name][...] = values
    path.write_bytes(memory.getvalue())


def check_weights(network: keras.Sequential, path: Path, image: bytes, n: int) -> None:
    frames, _ = some_frames(MANY, 2)
    floats = frames / np.float32(255)
    mutant = keras.models.clone_model(network)
    whole, kept, seed = network.get_weights(), 0, 0
    before = labels(network.predict_on_batch(floats))
    with np.errstate(all="ignore"):
        while kept < n:
            rng = np.random.default_rng(seed)
            weights = [values.copy() for values in whole]
            OF_WEIGHTS[seed % len(OF_WEIGHTS)](weights, rng)
            seed += 1
            mutant.set_weights(weights)
            if (labels(mutant.predict_on_batch(floats)) != before).mean() <= 0.001:
                continue
            kept += 1
            write_weights(path, image, weights)
            found = probes.prove(
                path,
                lambda some: mutant.predict_on_batch(some / np.float32(255)),
                runtime="keras",
                backend="tensorflow",
                device="cpu",
                precision="float32",
            )
            assert found is not None and not found.are_weights_kept, "so that it is refused in every precision"
            assert found.beyond, f"seed {seed - 1}: the answers show it, too"


def test_corrupted_weights_that_change_labels_are_refused(network: keras.Sequential, path: Path, image: bytes) -> None:
    check_weights(network, path, image, 100)


@pytest.mark.slow
def test_many_more_corrupted_weights_are_refused(network: keras.Sequential, path: Path, image: bytes) -> None:
    check_weights(network, path, image, 1000)


@pytest.mark.parametrize("precision", ["float32", "mixed_bfloat16", "auto"])
def test_a_single_wrong_bit_is_refused_by_each_way_to_load_a_model(path: Path, precision: str) -> None:
    Engine(path, SHAPE, precision=precision)
    with h5py.File(path, "r+") as file:
        layer = sorted(file["model_weights"])[0]
        name = file["model_weights"][layer].attrs["weight_names"][0]
        kernel = file["model_weights"][layer][name]
        kernel[...] = (kernel[()].view(np.uint32) ^ np.uint32(1)).view(np.float32)
    ways: list[Callable[[], object]] = [lambda: Engine(path, SHAPE, precision=precision)]
    if precision == "float32":
        ways += [
            lambda: pyside.load_model(path),
            lambda: load.load_core(path, "float32", SHAPE, ["NonTouch", "Touch"], 0),
        ]
    for way in ways:
        with raises_with(ModelNotProven, path, 64, "keras"):
            way()


# --- the way of frames to the network, and of answers from it --------------------------------------------------------


def limited(frames: np.ndarray) -> np.ndarray:
    return (frames * (219 / 255) + 16).round().astype(np.uint8)


ON_THE_WAY: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "transposed": lambda frames: np.ascontiguousarray(frames.transpose(0, 2, 1, 3)),
    "upside down": lambda frames: np.ascontiguousarray(frames[:, ::-1]),
    "mirrored": lambda frames: np.ascontiguousarray(frames[:, :, ::-1]),
    "limited range": limited,
    "not back from limited range": lambda frames: ((frames - 16.0) * (255 / 219)).clip(0, 255).astype(np.uint8),
    "other order of channels": lambda frames: np.ascontiguousarray(frames[..., ::-1]),
    "channels turned": lambda frames: np.roll(frames, 1, axis=3),
    "a pixel beside": lambda frames: np.roll(frames, 1, axis=2),
    "the next frame": lambda frames: np.roll(frames, 1, axis=0),
    "inverted": lambda frames: 255 - frames,
    "half as bright": lambda frames: frames // 2,
    "gamma": lambda frames: ((frames / 255.0) ** 0.7 * 255).astype(np.uint8),
    "7 bits": lambda frames: np.minimum(frames, 127),
    "blank": np.zeros_like,
    "signed": lambda frames: frames ^ np.uint8(128),
}


@pytest.mark.parametrize("precision", ["float32", "mixed_bfloat16"])
def test_frames_that_reach_the_network_changed_are_refused(path: Path, precision: str) -> None:
    engine, (frames, _) = Engine(path, SHAPE, precision=precision), some_frames(MANY, 4)
    assert engine.proof is not None and engine.proof.is_proven and engine.proof.probes == 64
    before, start, finish = labels(engine.predict(frames)), engine._step.start, engine._step.finish

    def refused() -> bool:
        if (labels(engine.predict(frames)) != before).mean() <= 0.001:
            pytest.fail("it changes too few labels to count")
        found = probes.prove(path, engine.predict, **HOW, precision=precision)
        return found is not None and not found.is_proven and found.beyond > 0

    for name, change in ON_THE_WAY.items():
        engine._step.start = lambda batch, change=change: start(change(batch))  # type: ignore[method-assign]
        assert refused(), name
    engine._step.start = start  # type: ignore[method-assign]
    engine._step.finish = lambda started: finish(started)[:, ::-1]  # type: ignore[method-assign]
    assert refused(), "classes swapped"


def test_frames_that_are_scaled_wrongly_are_refused(network: keras.Sequential, path: Path) -> None:
    how = {"runtime": "keras", "backend": "tensorflow", "device": "cpu"}
    for white in (256, 1, 128, 100):
        found = probes.prove(
            path, lambda some, white=white: network(some / np.float32(white)), precision="float32", **how
        )
        assert found is not None and found.beyond, white
        if white != 256:  # which changes probabilities by less than bfloat16 does
            assert found.difference > 0.05


# --- what is compared ----------------------------------------------------------------------------------------------

HOW = {"runtime": "keras", "backend": "jax", "device": "cpu"}


@pytest.mark.parametrize(("precision", "bound"), [("float32", 1e-4), ("mixed_float16", 0.05), ("int8", 0.15)])
def test_each_precision_has_its_bound(precision: str, bound: float) -> None:
    expected = np.array([[0.5, 0.5], [0.1, 0.9]], np.float32)
    for difference, is_proven in ((0.9 * bound, True), (1.1 * bound, False), (np.nan, False)):
        found = expected + np.array([[difference, -difference], [0, 0]], np.float32)
        proof = compared(found.astype(np.float32), expected, Decides(1, 0.5), True, {**HOW, "precision": precision})
        assert proof.is_proven == is_proven and proof.compared == 1 and proof.beyond == (not is_proven)


def test_with_three_classes_labels_count_where_the_margin_is_beyond_twice_the_bound() -> None:
    expected = np.array([[0.38, 0.35, 0.27], [0.6, 0.3, 0.1], [0.1, 0.1, 0.8]], np.float32)
    found = expected[:, [1, 0, 2]]
    proof = compared(found, expected, Decides(), True, {**HOW, "precision": "mixed_bfloat16"})
    assert (proof.compared, proof.differing, proof.beyond, proof.is_proven) == (2, 1, 1, False)


def test_auto_takes_float32_where_a_coarser_precision_is_beyond_its_bound(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pyside.compute.devices.choose_precision", lambda precision, device: _coarse(precision))
    monkeypatch.setitem(__import__("pyside.compute.proof", fromlist=["BOUNDS"]).BOUNDS, "mixed_bfloat16", 1e-6)
    engine = Engine(path, SHAPE)
    assert engine.precision == "float32" and engine.proof is not None and engine.proof.is_proven
    assert "mixed_bfloat16" in engine.said
    with raises_with(ModelNotProven, path, "mixed_bfloat16"):
        Engine(path, SHAPE, precision="mixed_bfloat16")


def _coarse(precision: str) -> str:
    return "mixed_bfloat16" if precision == "auto" else precision


def test_a_model_without_probes_loads_as_ever(tmp_path: Path) -> None:
    path = known_model(tmp_path / "model.h5")
    assert Engine(path, (20, 20, 1)).proof is None
