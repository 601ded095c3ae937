"""A model file carries frames: within their bounds, for every reader of the file, and read with distrust."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import h5py
import keras
import numpy as np
import pytest

from pyside.errors import BadModel
from pyside.models import load, probes, save
from pyside.models.probes import CALIBRATION, PROBES, Carried
from pyside.settings import TrainSettings
from pyside.training.model import build_model
from tests.conftest import raises_with
from tests.curation.known_model import known_model

METADATA = {"class_names": ["NonTouch", "Touch"], "image_shape": [20, 20, 1], "versions": {"touchtrain": "9.9"}}
SAMPLE = np.zeros((1, 20, 20, 1), np.float32)


def noise(n: int, *shape: int) -> np.ndarray:
    return np.random.default_rng(n).integers(0, 256, (n, *shape), np.uint8)


def carried(n: int = 64, shape: tuple[int, ...] = (20, 20, 1)) -> Carried:
    return Carried(noise(n, *shape), np.arange(n) % 4 == 0, noise(2 * n, *shape))


@pytest.fixture(scope="module")
def core(small: Callable[..., TrainSettings]) -> keras.Sequential:
    """A network in mixed_bfloat16 whose answers differ from frame to frame."""
    network = build_model((20, 20, 1), 2, small(), "mixed_bfloat16")
    kernel, bias = network.layers[-1].get_weights()
    network.layers[-1].set_weights([kernel * 20, bias])
    return network


@pytest.fixture(scope="module")
def image(core: keras.Sequential) -> bytes:
    """The bytes of a model file that carries frames."""
    return save.h5_image(core, METADATA, carried())


@pytest.fixture
def saved(image: bytes, tmp_path: Path) -> Path:
    (tmp_path / "model.h5").write_bytes(image)
    return tmp_path / "model.h5"


def test_the_frames_and_the_answers_in_float32_come_back(core: keras.Sequential, saved: Path) -> None:
    found = probes.read(saved)
    assert found is not None and found.n_doubtful == 16 and found.are_weights_kept
    assert np.array_equal(found.frames, carried().probes)
    exact = save.float32_copy(core)(found.frames.astype(np.float32) / 255)
    np.testing.assert_allclose(found.probabilities, exact, atol=1e-6)
    assert np.ptp(found.probabilities[:, 1]) > 0.01, "or any answers would do"
    calibration = probes.read_calibration(saved)
    assert calibration is not None and np.array_equal(calibration, carried().calibration)


def test_other_readers_of_the_file_skip_them(saved: Path) -> None:
    """tf-keras is Keras 2; a process of its own, because it and Keras 3 share names."""
    found = probes.read(saved)
    assert found is not None
    frames = found.frames.astype(np.float32) / 255
    np.testing.assert_allclose(keras.models.load_model(saved)(frames), found.probabilities, atol=1e-5)
    assert load.describe_model(saved)["parameters"] == load.load_model(saved).count_params()
    pytest.importorskip("tf_keras")
    program = (
        "import sys, h5py, numpy, tf_keras\n"
        "assert tf_keras.__version__.startswith('2.'), tf_keras.__version__\n"
        "with h5py.File(sys.argv[1]) as file:\n"
        "    frames, answers = (file['touchtrain_probes'][name][()] for name in ('frames', 'probabilities'))\n"
        "found = tf_keras.models.load_model(sys.argv[1])(frames.astype('float32') / 255)\n"
        "print(numpy.abs(found - answers).max())\n"
    )
    child = subprocess.run([sys.executable, "-c", program, str(saved)], capture_output=True, text=True, check=False)
    assert child.returncode == 0, child.stderr
    assert float(child.stdout) < 1e-5


def test_equal_models_with_equal_frames_are_equal_files(core: keras.Sequential, image: bytes, tmp_path: Path) -> None:
    save.save_model(core, tmp_path / "again.h5", METADATA, SAMPLE, carried=carried())
    assert (tmp_path / "again.h5").read_bytes() == image


def test_a_file_without_frames_has_none(core: keras.Sequential, tmp_path: Path) -> None:
    empty = Carried(noise(0, 20, 20, 1), np.empty(0, bool), noise(0, 20, 20, 1))
    for number, given in enumerate((None, empty)):
        save.save_model(core, tmp_path / f"{number}.h5", METADATA, SAMPLE, carried=given)
        assert probes.read(tmp_path / f"{number}.h5") is probes.read_calibration(tmp_path / f"{number}.h5") is None
    core.save(tmp_path / "theirs.keras")
    assert probes.read(tmp_path / "theirs.keras") is probes.read_calibration(tmp_path / "theirs.keras") is None


@pytest.mark.parametrize("shape", [(61, 61, 1), (200, 200, 1), (61, 61, 7), (400, 600, 3)])
def test_the_groups_stay_within_their_bounds(tmp_path: Path, shape: tuple[int, ...]) -> None:
    """Noise is the worst case: it cannot be compressed."""
    sizes = {}
    for name, given in {"without": None, "probes": PROBES, "calibration": CALIBRATION}.items():
        path = known_model(tmp_path / f"{name}.h5", shape)  # type: ignore[arg-type]
        if given:
            many, none = noise(min(256, 2_500_000 // int(np.prod(shape))), *shape), noise(0, *shape)
            both = (many, none) if given == PROBES else (none, many)
            some = Carried(both[0], np.arange(256) % 4 == 0, both[1])
            answers = np.full((len(probes.fitting(some.probes, PROBES)), 2), 0.5)
            with h5py.File(path, "r+") as file:
                probes.write(file, some, answers)
        sizes[name] = path.stat().st_size
    assert sizes["probes"] - sizes["without"] <= 1_000_000
    assert sizes["calibration"] - sizes["without"] <= 2_000_000
    found, n_bytes = probes.read(tmp_path / "probes.h5"), int(np.prod(shape))
    assert found is not None and len(found.frames) >= min(64, 900_000 // n_bytes)
    assert found.n_doubtful == -(-len(found.frames) // 4)
    calibration = probes.read_calibration(tmp_path / "calibration.h5")
    assert calibration is not None and len(calibration) >= min(256, 1_900_000 // n_bytes)


def test_blank_frames_are_bounded_in_memory_too() -> None:
    blank = np.zeros((64, 1000, 1000, 1), np.uint8)
    assert 16 < len(probes.fitting(blank, PROBES)) < 64


def test_frames_larger_than_the_bound_are_not_carried(tmp_path: Path) -> None:
    path = known_model(tmp_path / "model.h5", (1200, 1200, 1))
    with h5py.File(path, "r+") as file:
        probes.write(file, Carried(noise(2, 1200, 1200, 1), np.array([True, False]), noise(1, 1200, 1200, 1)), None)
    assert probes.read(path) is None and probes.read_calibration(path) is not None


@pytest.mark.parametrize("what", ["value", "swapped", "gone"])
def test_weights_that_changed_are_noted(saved: Path, what: str) -> None:
    with h5py.File(saved, "r+") as file:
        layers = [layer for layer in file["model_weights"].values() if len(layer)]
        first, second = layers[2][layers[2].name.split("/")[-1]], layers[3][layers[3].name.split("/")[-1]]
        if what == "value":
            first["kernel:0"][0, 0, 0, 0] += np.float32(1e-6)
        elif what == "swapped":
            one, other = first["kernel:0"][()], second["kernel:0"][()]
            first["kernel:0"][...], second["kernel:0"][...] = other, one
        else:
            del first["kernel:0"]
    found = probes.read(saved)
    assert found is not None and not found.are_weights_kept


def _replaced(name: str, value: object, **how: object) -> Callable[[h5py.File], None]:
    def change(file: h5py.File) -> None:
        del file[PROBES][name]
        file[PROBES].create_dataset(name, data=value, **how)

    return change


def _huge(file: h5py.File) -> None:
    del file[PROBES]["frames"]
    file[PROBES].create_dataset("frames", (64, 1 << 14, 1 << 14, 1), "u1", chunks=(1, 1 << 10, 1 << 10, 1), fillvalue=0)


def _huge_chunk(file: h5py.File) -> None:
    del file[PROBES]["frames"]
    frames = file[PROBES].create_dataset(
        "frames", (1, 20, 20, 1), "u1", maxshape=(None,) * 4, chunks=(1, 1 << 15, 1 << 15, 1), compression="gzip"
    )
    frames.id.write_direct_chunk((0, 0, 0, 0), b"x")


def _elsewhere(file: h5py.File) -> None:
    del file[PROBES]["frames"]
    file[PROBES]["frames"] = h5py.ExternalLink("other.h5", "frames")


def _no_group(file: h5py.File) -> None:
    del file[PROBES]
    file[PROBES] = np.zeros(3)


def _loop(file: h5py.File) -> None:
    del file[PROBES]
    file[PROBES] = h5py.SoftLink(f"/{PROBES}")


def _attribute(name: str, value: object) -> Callable[[h5py.File], None]:
    return lambda file: file[PROBES].attrs.__setitem__(name, value)


@pytest.mark.parametrize(
    "forge",
    [
        _replaced("frames", np.zeros((64, 20, 20, 1), np.float32)),
        _replaced("frames", np.zeros((64, 400), np.uint8)),
        _replaced("frames", np.zeros((63, 20, 20, 1), np.uint8)),
        _replaced("frames", np.zeros((0, 20, 20, 1), np.uint8)),
        _replaced("frames", np.array([b"frame"] * 64, dtype=object), dtype=h5py.string_dtype()),
        _replaced("probabilities", np.full((64, 2), np.nan, np.float32)),
        _replaced("probabilities", np.full((64, 2), 0.9, np.float32)),
        _replaced("probabilities", np.full((64, 2), 0.5)),
        _replaced("probabilities", np.full((64, 2), [2.0, -1.0], np.float32)),
        _attribute("doubtful", 65),
        _attribute("doubtful", "many"),
        _attribute("weights_sha256", b"0" * 63),
        _attribute("weights_sha256", np.arange(4)),
        lambda file: file[PROBES].attrs.__delitem__("weights_sha256"),
        lambda file: file[PROBES].__delitem__("probabilities"),
        _huge,
        _huge_chunk,
        _elsewhere,
        _no_group,
        _loop,
    ],
)
def test_forged_probes_are_an_error_that_names_the_file(
    saved: Path, monkeypatch: pytest.MonkeyPatch, forge: Callable[[h5py.File], None]
) -> None:
    monkeypatch.setattr("pyside.models.files._look_from_outside", lambda *args: None)
    with h5py.File(saved, "r+") as file:
        forge(file)
    with raises_with(BadModel, saved):
        probes.read(saved)


def test_damage_is_an_error_or_shows_in_what_is_read(saved: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Single wrong bits between the weights and the end of the file, where the frames are."""
    monkeypatch.setattr("pyside.models.files._look_from_outside", lambda *args: None)
    whole, rng, refused = saved.read_bytes(), np.random.default_rng(0), 0
    path = saved.with_name("damaged.h5")
    for _ in range(40):
        damaged = bytearray(whole)
        damaged[int(rng.integers(len(whole) * 3 // 5, len(whole)))] ^= 1 << int(rng.integers(8))
        path.write_bytes(damaged)
        try:
            found, calibration = probes.read(path), probes.read_calibration(path)
        except BadModel as error:
            assert str(path) in error.text
            refused += 1
        else:
            assert found is not None and found.frames.dtype == np.uint8 and len(found.frames) <= 64
            assert calibration is not None and len(calibration) <= 256
    assert refused > 10
