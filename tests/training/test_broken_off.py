"""A training on JAX that is broken off: Keras takes the variables out of the network while JAX computes."""

from __future__ import annotations

import importlib.util
import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from pyside.models.load import load_model
from tests.conftest import holds

pytestmark = [
    pytest.mark.trains,
    pytest.mark.skipif(importlib.util.find_spec("jax") is None, reason="JAX is not installed"),
]

PROGRAM = Path(__file__).with_name("broken_off_on_jax.py")
SIMULATED = "--xla_force_host_platform_device_count=2"


def broken_off(folder: Path, *trainings: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Run trainings one after the other in a process that has two simulated devices; return what it tells, by name."""
    child = subprocess.run(
        [sys.executable, str(PROGRAM), str(folder), json.dumps(trainings)],
        env={
            **os.environ,
            "PYTHONPATH": str(Path(__file__).parents[2]),
            "XLA_FLAGS": SIMULATED,
            "TMPDIR": str(folder),
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert child.returncode == 0, child.stderr
    told = [json.loads(line) for line in child.stdout.splitlines()]
    return {one["name"]: one for one in told}


def last_good(checkpoint: Path) -> list[np.ndarray]:
    """Return the weights of the best epoch in a checkpoint."""
    with np.load(checkpoint) as file:
        return [file[name] for name in sorted(file.files) if name.startswith("best.")]


def check_rescued(folder: Path, told: dict[str, Any]) -> None:
    """Check that an error names a file that holds the weights of the best epoch."""
    [found] = re.findall(r"was saved as (\S+m\.h5)\.", told["text"])
    kept = [one for one in last_good(folder / told["name"] / "c.npz") if one.dtype == np.float32]
    saved = load_model(found).get_weights()
    assert [one.shape for one in saved] == [one.shape for one in kept]
    assert all(np.array_equal(one, other) for one, other in zip(saved, kept, strict=True))
    assert not (folder / told["name"] / "m.h5").exists()


def test_an_evaluation_that_breaks_off_says_why_and_keeps_the_last_good_weights(tmp_path: Path) -> None:
    told = broken_off(
        tmp_path,
        {"name": "one", "devices": 1, "fault": "gone", "batch": 0},
        {"name": "two", "devices": 2, "fault": "asked", "batch": 1},
    )
    assert told["one"]["kind"] == "BadDataset" and holds(told["one"]["text"], "frames.npy")
    assert told["two"]["kind"] == "Interrupted"
    for one in told.values():
        check_rescued(tmp_path, one)
