"""The same code trains with JAX and PyTorch, where they are installed, and writes the same kind of file."""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from pyside.models.load import load_model

pytestmark = pytest.mark.trains

PROGRAM = """
import json, sys
from pathlib import Path
import numpy as np
from pyside.errors import BadOption
from pyside.settings import TrainSettings
from pyside.compute import devices

backend, folder = sys.argv[1:]
devices.use_backend(backend)
options = {"network": "small", "convolution_filters": [4] * 6, "dense_units": 8, "dropout_rates": [0.1] * 4}
options |= {"learning_rate": 0.01, "l2": 1e-5, "loss": "focal", "seed": 3}
options |= {"gradient_threshold": 1, "gradient_threshold_method": "global-l2norm"}
settings = TrainSettings.from_options(options)
device = devices.choose_device("auto")
with devices.device_scope(device):
    from pyside.training.model import build_model
    from pyside.models.save import float32_copy, save_model

    rng = np.random.default_rng(0)
    labels = np.arange(64) % 2
    frames = rng.random((64, 18, 18, 1), dtype=np.float32) / 2
    frames[1::2, 6:12, 6:12] += 0.5
    precision = "mixed_bfloat16" if backend == "torch" else "float32"
    model, again = (build_model((18, 18, 1), 2, settings, precision) for _ in range(2))
    alike = all(np.array_equal(a, b) for a, b in zip(model.get_weights(), again.get_weights()))
    losses = [float(model.train_on_batch(frames, np.eye(2, dtype=np.float32)[labels])[0]) for _ in range(30)]
    told = {"class_names": ["NonTouch", "Touch"], "image_shape": [18, 18, 1]}
    save_model(model, Path(folder) / "model.h5", told, frames)
    found = np.asarray(float32_copy(model)(frames).tolist())
np.savez(folder + "/frames.npz", frames=frames, found=found)
try:
    devices.use_backend("tensorflow")
    refused = ""
except BadOption as error:
    refused = error.text
print(json.dumps({"versions": devices.versions(), "device": device, "gpus": devices.gpu_count(), "alike": alike,
                  "losses": losses, "refused": refused}))
"""


@pytest.mark.slow
@pytest.mark.parametrize("backend", ["jax", "torch"])
def test_another_backend_trains_and_writes_a_file_that_tensorflow_reads(backend: str, tmp_path: Path) -> None:
    if importlib.util.find_spec(backend) is None:
        pytest.skip(f"{backend} is not installed")
    root = Path(__file__).parents[2]
    child = subprocess.run(
        [sys.executable, "-c", PROGRAM, backend, str(tmp_path)], cwd=root, capture_output=True, text=True, check=False
    )
    assert child.returncode == 0, child.stderr
    told = json.loads(child.stdout.splitlines()[-1])
    assert told["versions"]["backend"] == backend and told["versions"][backend]
    assert told["device"] == ("gpu" if told["gpus"] else "cpu")
    assert told["alike"], "the same seed gave other weights"
    assert told["losses"][-1] < told["losses"][0] / 2
    assert f"'{backend}'" in told["refused"] and "'tensorflow'" in told["refused"]
    kept = np.load(tmp_path / "frames.npz")
    assert np.asarray(load_model(tmp_path / "model.h5")(kept["frames"])) == pytest.approx(kept["found"], abs=1e-5)
