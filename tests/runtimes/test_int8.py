"""int8 gives nearly the labels of float32, and says when it cannot be computed."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest

from pyside.compute import devices
from pyside.curation.in_memory.predict import Models, predict
from pyside.curation.marking.session import read_session
from pyside.errors import BadOption, ExtraMissing
from pyside.models import probes
from pyside.models.save import h5_image
from pyside.runtimes import choice, int8
from pyside.runtimes.engine import Engine
from pyside.settings import PredictSettings
from tests.conftest import raises_with
from tests.curation.known_model import known_model
from tests.data.conftest import WriteVideo
from tests.data.conftest import write_video as write_video

RUNTIMES = ("openvino", "onnxruntime")
SIDE = 24
ABOUT = {
    "class_names": ["NonTouch", "Touch"],
    "image_shape": [SIDE, SIDE, 1],
    "input": {"dtype": "float32", "low": 0, "high": 1, "from_uint8": "x / 255"},
    "label_mapping": {"0": "NonTouch", "1": "Touch"},
    "network": "quick",
    "versions": {"touchtrain": "test"},
    "settings": {},
    "metrics": {},
    "warnings": [],
}


def spots(n: int, seed: int, channels: int = 1, side: int = SIDE) -> np.ndarray:
    """Return frames with a spot, left or right, on grey noise."""
    rng = np.random.default_rng(seed)
    frames = rng.integers(60, 120, (n, side, side, channels), np.uint8)
    size, most = 5 * side // SIDE, side - 6 * side // SIDE
    for frame, x, y in zip(frames, rng.integers(2, most, n), rng.integers(2, most, n), strict=True):
        frame[y : y + size, x : x + size] += np.uint8(90)
    return frames


def model_of_spots(
    path: Path,
    channels: int = 1,
    calibrated: bool = True,
    outputs: int = 2,
    side: int = SIDE,
    filters: tuple[int, ...] = (8, 8),
    context: int = 1,
) -> Path:
    """Write a network of convolutions that finds the side of a spot, with frames for calibration.

    Its dense layer is solved by least squares, so nothing is trained.
    """
    sides = (side, side, channels * context)
    keras = devices.import_keras()
    keras.utils.set_random_seed(3)
    found = given = keras.Input(sides)
    for number, n in enumerate(filters, start=1):
        found = keras.layers.Conv2D(n, 3, activation="relu")(found)
        found = found if number % 2 else keras.layers.MaxPooling2D(2)(found)
    found = keras.layers.Flatten()(found)
    features = keras.Model(given, found)
    frames = spots(512, 1, sides[2], side)
    seen = features.predict(frames / np.float32(255), verbose=0)
    place = frames[..., 0].astype(float).mean(axis=1).argmax(axis=1) / side - 0.5
    middle = seen.mean(axis=0)
    off = (seen - middle).astype(float)
    weights = off.T @ np.linalg.solve(off @ off.T + 9 * np.eye(len(off)), 20 * place)  # ridge regression
    kernel = weights[:, None] if outputs == 1 else np.stack([-weights, weights], axis=1) / 2
    activation = "sigmoid" if outputs == 1 else "softmax"
    dense = keras.layers.Dense(outputs, activation=activation)
    core = keras.Model(given, dense(found))
    dense.set_weights([kernel, -(middle @ kernel)])
    if outputs == 1:
        core.save(path)
    else:
        about = {**ABOUT, "image_shape": [side, side, channels], "context_frames": context}
        path.write_bytes(h5_image(core, about))
    if calibrated:
        with h5py.File(path, "a") as file:
            file.create_dataset(f"{probes.CALIBRATION}/frames", data=frames[:256])
    return path


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return model_of_spots(tmp_path_factory.mktemp("spots") / "model.h5")


def engines(path: Path, channels: int = 1, **options: Any) -> tuple[Engine, Engine]:
    """Return a model in int8 and in float32."""
    shape = (SIDE, SIDE, channels)
    return Engine(path, shape, precision="int8", **options), Engine(path, shape, precision="float32")


# --- answers -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("with_nncf", [True, False])
@pytest.mark.parametrize("runtime", RUNTIMES)
def test_labels_are_those_of_float32(
    model: Path, runtime: str, with_nncf: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not with_nncf:
        hide(monkeypatch, "nncf")
    quick, exact = engines(model, runtime=runtime)
    frames = spots(2000, 2)
    found, true = quick.predict(frames), exact.predict(frames)
    assert (quick.runtime, quick.precision, quick.device) == (runtime, "int8", "cpu")
    assert (quick.quantizer or "").startswith("NNCF" if with_nncf else "ONNX Runtime")
    assert exact.quantizer is None
    assert 0.3 < np.mean(true[:, 1] >= 0.5) < 0.7
    assert np.mean((found[:, 1] >= 0.5) == (true[:, 1] >= 0.5)) >= 0.995
    assert 0 < np.abs(found - true).max() < 0.15


def test_it_is_quantized_once(model: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    reads = []
    read = probes.read_calibration
    monkeypatch.setattr(probes, "read_calibration", lambda path: reads.append(path) or read(path))
    first = int8.int8_of(model)
    monkeypatch.setattr(int8, "_QUANTIZERS", tuple((*one[:2], None) for one in int8._QUANTIZERS))
    assert int8.int8_of(model) == first
    assert len(reads) == 1


def test_keras_as_the_default_gives_way_to_the_fastest_runtime(model: Path) -> None:
    settings = PredictSettings.from_options({"precision": "int8"})
    models = Models()
    few = predict(models, model, [spots(20, 3)[..., 0]], [], settings)
    assert (few.runtime, few.precision) == ("openvino", "int8")
    assert "not timed" in few.said
    found = predict(models, model, [spots(choice.TIMED_FROM, 3)[..., 0]], [], settings)
    assert found.runtime in RUNTIMES
    assert found.precision == "int8"
    assert "frames/s in int8" in found.said
    assert "Keras" not in found.said + few.said


def test_colour_and_one_sigmoid_output_work(tmp_path: Path) -> None:
    path = model_of_spots(tmp_path / "model.h5", channels=3, outputs=1)
    quick, exact = engines(path, 3, runtime="openvino")
    frames = spots(500, 4, 3)
    found, true = quick.predict(frames), exact.predict(frames)
    assert found.shape == (500, 2)
    assert np.mean((found[:, 1] >= 0.5) == (true[:, 1] >= 0.5)) >= 0.995


def test_a_network_that_sees_its_neighbours_has_the_labels_of_float32(tmp_path: Path) -> None:
    path, models = model_of_spots(tmp_path / "model.h5", context=5), Models()
    frames = [spots(600, 6)[..., 0], spots(1, 7)[..., 0]]
    labels = [
        predict(models, path, frames, [], PredictSettings.from_options({"precision": precision})).labels
        for precision in ("int8", "float32")
    ]
    assert 0.2 < labels[1].mean() < 0.8
    assert np.mean(labels[0] == labels[1]) >= 0.99


@pytest.mark.slow
@pytest.mark.parametrize("with_nncf", [True, False])
def test_a_larger_network_of_large_frames_has_the_labels_of_float32(
    tmp_path: Path, with_nncf: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not with_nncf:
        hide(monkeypatch, "nncf")
    filters = (16, 16, 32, 32, 64, 64)
    path = model_of_spots(tmp_path / "model.h5", side=128, filters=filters)
    frames = spots(300, 8, side=128)
    true = Engine(path, (128, 128, 1), precision="float32").predict(frames)
    for runtime in RUNTIMES:
        found = Engine(path, (128, 128, 1), precision="int8", runtime=runtime).predict(frames)
        assert np.mean((found[:, 1] >= 0.5) == (true[:, 1] >= 0.5)) >= 0.99
        assert 0 < np.abs(found - true).max() < 0.3


def test_curate_marks_videos_in_int8_from_the_command_line(
    model: Path, tmp_path: Path, write_video: WriteVideo
) -> None:
    write_video("videos/clip.avi", spots(200, 5)[..., 0])
    arguments = ["curate", str(model), str(tmp_path / "videos"), "--output", str(tmp_path / "out")]
    options = ["--roi", "none", "--precision", "int8", "--json"]
    done = subprocess.run(
        [sys.executable, "-m", "pyside", *arguments, *options], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr[-2000:]
    found = json.loads(done.stdout)  # and nothing else: the quantizers print no progress there
    assert found["looked_at"] == 200
    (video,) = read_session(tmp_path / "out")["videos"]
    assert video["precision"] == "int8" and video["runtime"] in RUNTIMES
    assert video["quantizer"].startswith("NNCF ")


def test_auto_never_takes_int8(model: Path) -> None:
    assert Engine(model, (SIDE, SIDE, 1), runtime="openvino").precision != "int8"


# --- what cannot be done -------------------------------------------------------------------------------------------


def test_a_model_without_frames_for_calibration_is_refused(tmp_path: Path) -> None:
    path = model_of_spots(tmp_path / "model.h5", calibrated=False)
    settings = PredictSettings.from_options({"precision": "int8", "runtime": "openvino"})
    with raises_with(BadOption, "int8", "store_probes", "precision"):
        choice.check_runtime(settings, path)
    with raises_with(BadOption, "int8", "store_probes", "precision"):
        Engine(path, (SIDE, SIDE, 1), precision="int8", runtime="openvino")


def test_a_network_without_convolutions_is_refused(tmp_path: Path) -> None:
    path = known_model(tmp_path / "model.h5")
    with h5py.File(path, "a") as file:
        file.create_dataset(f"{probes.CALIBRATION}/frames", data=np.zeros((4, 20, 20, 1), np.uint8))
    with raises_with(BadOption, "int8", "convolutions"):
        Engine(path, (20, 20, 1), precision="int8", runtime="onnxruntime")


@pytest.mark.parametrize("runtime", ["auto", *RUNTIMES])
def test_a_gpu_is_refused(runtime: str) -> None:
    given = {"precision": "int8", "runtime": runtime, "execution_environment": "gpu"}
    with raises_with(BadOption, "int8", "CPU", "execution_environment"):
        choice.check_runtime(PredictSettings.from_options(given))


def test_runtimes_that_are_not_installed_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    hide(monkeypatch, "onnxruntime")
    for runtime in ("keras", "auto", "openvino"):
        with raises_with(ExtraMissing, "int8", "onnxruntime", "pip install"):
            choice.check_runtime(PredictSettings.from_options({"precision": "int8", "runtime": runtime}))


def hide(monkeypatch: pytest.MonkeyPatch, *packages: str) -> None:
    """Make packages look as if they were not installed."""
    find = choice.importlib.util.find_spec
    monkeypatch.setattr(
        choice.importlib.util, "find_spec", lambda name, *rest: None if name in packages else find(name, *rest)
    )
