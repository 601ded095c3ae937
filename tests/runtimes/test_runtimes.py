"""The runtimes beside Keras: they give the answers of Keras, and say what they cannot do."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from pyside.compute import devices
from pyside.compute.quiet_imports import import_onnxruntime
from pyside.errors import BadModel, BadOption, ExtraMissing
from pyside.models.formats import onnx_files
from pyside.runtimes import choice, exported
from pyside.runtimes.engine import Engine
from pyside.settings import PredictSettings
from tests.conftest import raises_with
from tests.curation.known_model import known_model, known_probabilities

OTHERS = ("openvino", "onnxruntime")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return known_model(tmp_path / "model.h5")


def some_frames(n: int, channels: int = 1) -> np.ndarray:
    return np.random.default_rng(0).integers(0, 256, (n, 20, 20, channels), np.uint8) // 2 + np.uint8(60)


def saved(path: Path, *layers: Any, loss: str | None = None) -> Path:
    """Write a network of these layers as plain Keras does, with a first convolution."""
    keras = devices.import_keras()
    model = keras.Sequential([keras.Input((20, 20, 3)), keras.layers.Conv2D(4, 3, activation="relu"), *layers])
    model.compile(loss=loss)
    model.save(path)
    return path


# --- answers -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("runtime", OTHERS)
def test_the_answers_are_those_of_keras(path: Path, runtime: str) -> None:
    frames = some_frames(70)
    engine = Engine(path, (20, 20, 1), 32, precision="float32", runtime=runtime)
    assert (engine.runtime, engine.precision, engine.device, engine.backend) == (runtime, "float32", "cpu", None)
    found = engine.predict(frames)
    assert found.dtype == np.float32
    np.testing.assert_allclose(found, known_probabilities(frames), atol=1e-4)
    assert engine.predict(frames[:0]).shape == (0, 2)
    alone = np.concatenate([engine.predict(frames[number : number + 1]) for number in range(3)])
    np.testing.assert_allclose(alone, found[:3], atol=1e-4)


@pytest.mark.parametrize("runtime", OTHERS)
def test_a_frame_has_one_answer_wherever_it_stands_in_a_batch(path: Path, runtime: str) -> None:
    engine, frames = Engine(path, (20, 20, 1), 32, runtime=runtime), some_frames(64)
    order = np.random.default_rng(1).permutation(64)
    assert np.array_equal(engine.predict(frames)[order], engine.predict(frames[order]))


@pytest.mark.parametrize("runtime", OTHERS)
def test_two_batches_can_be_under_way(path: Path, runtime: str) -> None:
    engine, frames = Engine(path, (20, 20, 1), 32, precision="float32", runtime=runtime), some_frames(128)
    parts = [frames[first : first + 32] for first in range(0, 128, 32)]
    found, waiting = [], None
    for part in parts:
        started = engine.start(part)
        found += [] if waiting is None else [engine.finish(waiting)]
        waiting = started
    np.testing.assert_allclose(np.concatenate([*found, engine.finish(waiting)]), known_probabilities(frames), atol=1e-4)


@pytest.mark.parametrize("runtime", OTHERS)
def test_models_of_others_in_colour_with_one_output_or_logits(tmp_path: Path, runtime: str) -> None:
    layers = devices.import_keras().layers
    pool, frames = layers.GlobalAveragePooling2D(), some_frames(9, 3)
    models = {
        "sigmoid.h5": ([pool, layers.Dense(1, activation="sigmoid")], None),
        "logits.keras": ([layers.MaxPooling2D(2), layers.Flatten(), layers.Dense(3)], "softmax"),
        "normed.h5": ([layers.BatchNormalization(), pool, layers.Dense(2, activation="softmax")], None),
    }
    for name, (parts, end) in models.items():
        loss = devices.import_keras().losses.CategoricalCrossentropy(from_logits=True) if end else None
        file = saved(tmp_path / name, *parts, loss=loss)
        keras, other = (Engine(file, (20, 20, 3), precision="float32", runtime=one) for one in ("keras", runtime))
        np.testing.assert_allclose(other.predict(frames), keras.predict(frames), atol=1e-5, err_msg=name)


@pytest.mark.skipif(not devices.has_fast_bfloat16(*devices.cpu_facts()), reason="this processor has no fast bfloat16")
def test_openvino_takes_the_fastest_precision_unless_one_is_named(tmp_path: Path) -> None:
    path, frames = known_model(tmp_path / "model.h5", steepness=10.0), some_frames(40)
    quick, exact = (Engine(path, (20, 20, 1), runtime="openvino", precision=name) for name in ("auto", "float32"))
    assert (quick.precision, exact.precision) == ("mixed_bfloat16", "float32")
    assert np.abs(quick.predict(frames) - exact.predict(frames)).max() < 0.03


# --- what cannot be done -------------------------------------------------------------------------------------------


def test_onnx_runtime_computes_in_float32_only(path: Path) -> None:
    settings = PredictSettings.from_options({"runtime": "onnxruntime", "precision": "mixed_bfloat16"})
    with raises_with(BadOption, "mixed_bfloat16", "float32"):
        choice.check_runtime(settings)


@pytest.mark.parametrize("runtime", OTHERS)
def test_a_runtime_without_a_gpu_says_so(path: Path, runtime: str) -> None:
    with raises_with(BadOption, "gpu", "GPU"):
        Engine(path, (20, 20, 1), execution_environment="gpu", runtime=runtime)


@pytest.mark.parametrize("runtime", OTHERS)
def test_a_saved_model_folder_is_for_keras(tmp_path: Path, runtime: str) -> None:
    folder = tmp_path / "model.savedmodel"
    folder.mkdir()
    (folder / "saved_model.pb").write_bytes(b"")
    with raises_with(BadModel, "keras", "SavedModel"):
        Engine(folder, (20, 20, 1), runtime=runtime)


@pytest.mark.parametrize(("runtime", "package"), [("openvino", "openvino"), ("onnxruntime", "tf2onnx")])
def test_a_runtime_that_is_not_installed_names_what_to_install(
    monkeypatch: pytest.MonkeyPatch, runtime: str, package: str
) -> None:
    hide(monkeypatch, package)
    with raises_with(ExtraMissing, "runtime", runtime, package, "pip install"):
        choice.check_runtime(PredictSettings.from_options({"runtime": runtime}))
    choice.check_runtime(PredictSettings.from_options({"runtime": "auto"}))


def hide(monkeypatch: pytest.MonkeyPatch, *packages: str) -> None:
    """Make packages look as if they were not installed."""
    find = choice.importlib.util.find_spec
    monkeypatch.setattr(
        choice.importlib.util, "find_spec", lambda name, *rest: None if name in packages else find(name, *rest)
    )


# --- auto ----------------------------------------------------------------------------------------------------------


def test_auto_takes_the_fastest_and_gives_the_figures_of_all(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rates = iter([20.0, 4321.0, 300.0])
    monkeypatch.setattr(choice, "_rate", lambda *given: next(rates))
    engine = Engine(path, (20, 20, 1), runtime="auto", precision="float32")
    assert engine.runtime == "openvino"
    assert [(one.runtime, one.frames_per_second) for one in engine.timings] == [
        ("keras", 20.0),
        ("openvino", 4321.0),
        ("onnxruntime", 300.0),
    ]
    assert all(figure in engine.said for figure in ("4,321", "300", "20"))


def test_auto_times_on_the_frames_that_it_is_given(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen = []
    monkeypatch.setattr(choice, "SECONDS", 0.0)
    monkeypatch.setattr(choice, "_rate", lambda step, batch, seconds: float(len(seen.append(batch) or seen)))
    sample = some_frames(3)
    Engine(path, (20, 20, 1), 8, runtime="auto", sample=sample)
    Engine(path, (20, 20, 1), 8, runtime="auto", sample=sample[:1], alone=True)
    assert [len(batch) for batch in seen] == [8] * 3 + [1] * 3
    assert np.array_equal(seen[0], np.concatenate([sample, sample, sample[:2]]))


def test_auto_leaves_out_what_fails_with_its_reason(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    hide(monkeypatch, "openvino")

    def fail(*given: Any) -> Any:
        raise RuntimeError("an operation is not known")

    monkeypatch.setattr(choice, "OnnxRuntimeStep", fail)
    monkeypatch.setattr(choice, "_rate", lambda *given: 5.0)
    engine = Engine(path, (20, 20, 1), runtime="auto")
    assert engine.runtime == "keras"
    assert "openvino not installed" in engine.said and "an operation is not known" in engine.said


def test_auto_without_any_runtime_raises_the_error_of_keras(tmp_path: Path) -> None:
    (tmp_path / "model.h5").write_bytes(b"nothing")
    with raises_with(BadModel, "model.h5"):
        Engine(tmp_path / "model.h5", (20, 20, 1), runtime="auto")


# --- what is kept --------------------------------------------------------------------------------------------------


def test_a_conversion_is_kept_until_the_model_changes(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = exported.onnx_of(path)
    monkeypatch.setattr(exported, "to_onnx", lambda *given, **options: b"made anew")
    assert exported.onnx_of(path) == first
    known_model(path, border=100.0)
    assert exported.onnx_of(path) == b"made anew"


def test_a_damaged_file_is_made_anew() -> None:
    assert exported.kept("one", lambda: b"content") == b"content"
    (file,) = exported.kept_folder().iterdir()  # type: ignore[union-attr]
    file.write_bytes(file.read_bytes()[:-1])
    assert exported.kept("one", lambda: b"other") == b"other" == exported.kept("one", lambda: b"third")


def test_little_is_kept_and_the_oldest_goes_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exported, "_MOST_BYTES", 2 * (32 + 100))
    for name in "abc":
        exported.kept(name, lambda: bytes(100))
    assert exported.kept("c", lambda: b"") == bytes(100) and exported.kept("a", lambda: b"") == b""


def test_without_a_folder_nothing_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_bytes(b"")
    monkeypatch.setenv("TOUCHTRAIN_CONFIG", str(tmp_path / "file"))
    assert exported.kept("one", lambda: b"1") == b"1" and exported.kept("one", lambda: b"2") == b"2"


# --- processes of their own ----------------------------------------------------------------------------------------

QUIET = """
import os, sys, threading
from pathlib import Path
import numpy as np
from pyside.runtimes.engine import Engine
path, runtime = Path(sys.argv[1]), sys.argv[2]
engine = Engine(path, (20, 20, 1), runtime=runtime)
engine.predict(np.zeros((3, 20, 20, 1), np.uint8))
if runtime == "openvino":
    import nncf
names = [name for name in sys.modules if name.startswith("openvino_telemetry") and sys.modules[name]]
print(sorted(file.name for file in Path.home().rglob("*") if file.is_file()), names, threading.active_count(),
      "tensorflow" in sys.modules)
"""


@pytest.mark.parametrize("runtime", OTHERS)
def test_nothing_is_sent_or_written_and_a_kept_model_needs_no_tensorflow(
    path: Path, tmp_path: Path, runtime: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    exported.onnx_of(path)
    home = tmp_path / "home"
    home.mkdir()
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("USERPROFILE", str(home))
    done = subprocess.run(
        [sys.executable, "-c", QUIET, str(path), runtime], capture_output=True, text=True, check=False
    )
    assert done.stdout.strip() == "[] [] 1 False", done.stderr[-2000:]


def test_the_bytes_of_onnx_take_frames_in_0_to_1_unless_uint8_is_asked_for(path: Path) -> None:
    from pyside.models.load import load_model

    frames = some_frames(5)
    session = import_onnxruntime().InferenceSession(onnx_files.to_onnx(load_model(path)))
    (found,) = session.run(["probabilities"], {"frames": frames / np.float32(255)})
    np.testing.assert_allclose(found, known_probabilities(frames), atol=1e-4)
