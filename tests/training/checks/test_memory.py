"""What a training takes of memory is told before it, with what fits; and where the memory ran out, that is said."""

from __future__ import annotations

import dataclasses
import re
import signal
from collections.abc import Callable

import numpy as np
import pytest

from pyside.data.dataset import Dataset
from pyside.errors import NotEnoughMemory, TouchTrainError
from pyside.settings import TrainSettings
from pyside.system.machine import Memory
from pyside.training import model
from pyside.training.checks import memory
from tests.conftest import raises_with

MakeSettings = Callable[..., TrainSettings]
GB = 1_000_000_000
LARGE = (480, 640, 1)


def there(limit: float, free: float | None = None) -> Memory:
    return Memory(int(limit * GB), int(limit * GB), int((free or limit) * GB), "as the test says")


def of_size(dataset: Dataset, shape: tuple[int, int, int]) -> Dataset:
    return dataclasses.replace(dataset, image_shape=shape)


@pytest.mark.parametrize("network", ["legacy", "context", "small"])
@pytest.mark.parametrize("shape", [(18, 18), (23, 40), (61, 61), (96, 127)])
def test_weights_and_activations_counted_by_hand_are_those_of_keras(network: str, shape: tuple[int, int]) -> None:
    channels = 5 if network == "context" else 1
    settings = TrainSettings.from_options(
        {
            "network": network,
            "context_frames": 5,
            "convolution_filters": [3, 4, 5, 6, 7, 8],
            "dense_units": 9,
        }
    )
    made = model.build_model((*shape, channels), 3, settings)
    found = memory.size_of((*shape, channels), 3, settings)
    assert found.weights == made.count_params()
    flat = next(layer for layer in made.layers if layer.name == "flatten")
    assert found.activations == memory.size_of_model(made).activations - flat.output.shape[1]


@pytest.mark.parametrize(
    ("network", "shape", "batch_size", "precision", "measured"),
    [
        ("legacy", (24, 24, 1), 32, "float32", 748),
        ("legacy", (61, 61, 1), 256, "float32", 1370),
        ("legacy", (61, 61, 1), 256, "mixed_bfloat16", 1277),
        ("legacy", (160, 160, 1), 64, "float32", 2293),
        ("legacy", (160, 160, 1), 64, "mixed_bfloat16", 1928),
        ("legacy", (240, 320, 1), 16, "float32", 3053),
        ("legacy", (240, 320, 1), 64, "mixed_bfloat16", 4381),
        ("small", LARGE, 16, "float32", 3251),
        ("small", LARGE, 64, "mixed_bfloat16", 4814),
        ("legacy", LARGE, 4, "float32", 8410),
    ],
)
def test_the_estimate_is_what_was_measured(
    network: str, shape: tuple[int, int, int], batch_size: int, precision: str, measured: int
) -> None:
    settings = TrainSettings.from_options({"network": network})
    found = memory.need(memory.size_of(shape, 2, settings), batch_size, precision)
    assert found.total == pytest.approx(measured * 2**20, rel=0.08)  # most that a process held, in MiB


def test_a_training_that_fits_is_neither_refused_nor_warned_of(dataset: Dataset) -> None:
    assert memory.check(dataset, TrainSettings(), "cpu", there(2)) == []
    assert memory.check(of_size(dataset, LARGE), TrainSettings(), "cpu", there(32)) == []
    assert memory.warnings_of_conversion((61, 61, 1), 2, there(2)) == []


def test_a_training_that_cannot_fit_is_refused_with_numbers_and_one_that_may_is_warned_of(dataset: Dataset) -> None:
    large, settings = of_size(dataset, LARGE), TrainSettings.from_options({"precision": "float32"})
    with pytest.raises(NotEnoughMemory) as raised:
        memory.check(large, settings, "cpu", there(8))
    frames = memory.held(large, settings, there(8))
    needed = memory.need(memory.size_of(LARGE, 2, settings), 64, "float32", frames).total / GB
    for fact in (f"{needed:.1f} GB", "8.0 GB", "'small'", "roi", "148,341,858"):
        assert fact in raised.value.text
    [warning] = memory.check(large, settings, "cpu", there(32, 8))
    assert f"{needed:.1f} GB" in warning and "8.0 GB" in warning
    [warning] = memory.warnings_of_conversion(LARGE, 2, there(32, 8))
    assert "8.0 GB" in warning and "480 x 640" in warning and "roi" in warning


def test_what_is_advised_fits(dataset: Dataset) -> None:
    settings = TrainSettings.from_options({"precision": "float32"})
    [text] = memory.check(of_size(dataset, LARGE), settings, "cpu", there(64, 9.5))
    batch_size = int(re.findall(r"\bbatch_size\b\D*(\d+)", text)[0])
    height, width = min(tuple(map(int, pair)) for pair in re.findall(r"(\d+) x (\d+)", text))
    assert memory.need(memory.size_of(LARGE, 2, settings), batch_size, "float32").total < 9.5 * GB
    assert memory.need(memory.size_of((height, width, 1), 2, settings), 64, "float32").total < 9.5 * GB
    smaller = dataclasses.replace(settings, network="small")
    assert memory.check(of_size(dataset, LARGE), smaller, "cpu", there(9.5)) == []


def test_what_a_gpu_has_is_not_judged_by_the_memory_of_the_computer(dataset: Dataset) -> None:
    assert memory.check(of_size(dataset, LARGE), TrainSettings(), "gpu", there(4)) == []


def test_a_network_of_the_users_own_is_looked_at_once_it_is_built(dataset: Dataset, small: MakeSettings) -> None:
    settings = small(network="own.py:build", batch_size=64)
    made = model.build_model((61, 61, 1), 2, small(convolution_filters=(32, 32, 64, 64, 64, 64), dense_units=512))
    assert memory.check(dataset, settings, "cpu", there(0.1)) == []
    assert memory.check_model(dataset, settings, made, there(8)) == []
    [warning] = memory.check_model(dataset, settings, made, there(8, 0.5))
    assert "1,279,074" in warning and "batch_size" not in warning
    with pytest.raises(NotEnoughMemory):
        memory.check_model(dataset, settings, made, there(0.01))


def _from_numpy() -> None:
    np.empty(1 << 55)


def _from_python() -> None:
    bytearray(1 << 60)


def _from_tensorflow() -> None:
    import tensorflow as tf

    raise tf.errors.ResourceExhaustedError(None, None, "OOM when allocating tensor with shape[64,480,640,32]")


def _from_onednn() -> None:
    import tensorflow as tf

    raise tf.errors.AbortedError(None, None, "Operation received an exception: could not create a memory object")


@pytest.mark.parametrize("work", [_from_numpy, _from_python, _from_tensorflow, _from_onednn])
def test_what_libraries_raise_where_memory_runs_out_is_named(work: Callable[[], None]) -> None:
    with raises_with(NotEnoughMemory, "memory", "batch_size"), memory.told("train"):
        work()
    with raises_with(NotEnoughMemory, "workers"), memory.told("convert videos"):
        work()


@pytest.mark.parametrize("error", [ValueError("out of memory"), RuntimeError("no such layer"), OSError(2, "nothing")])
def test_other_errors_stay_what_they_are(error: Exception) -> None:
    with pytest.raises(type(error)) as raised, memory.told("train"):
        raise error
    assert raised.value is error and not isinstance(raised.value, TouchTrainError)


@pytest.mark.parametrize(
    ("code", "log", "killed", "words"),
    [
        (-signal.SIGKILL, "", False, "SIGKILL"),
        (128 + signal.SIGSEGV, "", False, "SIGSEGV"),
        (-signal.SIGABRT, "terminate called after throwing an instance of 'std::bad_alloc'", False, "bad_alloc"),
        (None, "", True, "memory"),
        (None, "terminate called after throwing an instance of 'dnnl::error'", False, "dnnl::error"),
        (1, "MemoryError", False, "MemoryError"),
    ],
)
def test_a_death_that_may_be_of_memory_is_told_as_such_with_what_helps(
    code: int | None, log: str, killed: bool, words: str
) -> None:
    text = memory.death("train", code, log, killed)
    assert words in text and "batch_size" in text


@pytest.mark.parametrize("code", [None, 0, 1, -signal.SIGTERM])
def test_a_death_of_which_nothing_is_known_is_not_put_down_to_memory(code: int | None) -> None:
    assert memory.death("train", code, "epoch 1/3 ...", False) == ""


def test_the_estimate_of_a_frame_store_is_what_it_holds(dataset: Dataset, small: MakeSettings) -> None:
    bytes_of_frames = sum(one.frames.nbytes for one in dataset.recordings)
    assert memory.held(dataset, small(), there(8)) == bytes_of_frames
    assert memory.held(dataset, small(memory_limit=bytes_of_frames / 2 / GB), there(8)) <= bytes_of_frames / 2
