"""Records and arrays pass through a pipe unchanged."""

from __future__ import annotations

import io

import numpy as np
import pytest

from pyside.bridge.warm import wire


def test_arrays_pass_in_any_type_and_order() -> None:
    rng = np.random.default_rng(0)
    frames = rng.integers(0, 256, (3, 4, 5), np.uint8)
    given = [
        frames,
        np.asfortranarray(frames),
        frames[::2, :, ::-1],
        rng.random((2, 3)),
        frames > 99,
        frames.astype(">u2"),
        np.empty((0, 2), np.float32),
        np.array(3.5),
        np.zeros((3 << 20,), np.uint8),
    ]
    pipe = io.BytesIO()
    wire.send(pipe, {"name": "ü", "none": None}, given)
    wire.send(pipe, {"second": [1, 2]})
    pipe.seek(0)
    record, found = wire.receive(pipe)
    assert record == {"name": "ü", "none": None}
    for one, other in zip(given, found, strict=True):
        assert one.dtype == other.dtype
        np.testing.assert_array_equal(one, other)
    assert wire.receive(pipe) == ({"second": [1, 2]}, [])


def test_the_end_of_the_pipe_is_noticed() -> None:
    pipe = io.BytesIO()
    wire.send(pipe, {}, [np.zeros(10)])
    for length in (0, 3, 20, len(pipe.getvalue()) - 1):
        with pytest.raises(EOFError):
            wire.receive(io.BytesIO(pipe.getvalue()[:length]))
