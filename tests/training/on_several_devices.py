"""A program that trains with JAX as `test_several_devices.py` asks, and tells what happened, as JSON on its last line.

Its arguments are a dataset, a folder for models, and a list of trainings: ``name``, settings, and perhaps ``resumed``,
the name of an earlier training after whose second epoch this one goes on.
"""

import json
import shutil
import sys
from pathlib import Path

import numpy as np

from pyside.compute import devices
from pyside.errors import TouchTrainError

devices.use_backend("jax")
devices.import_keras()

import jax  # noqa: E402
import keras  # noqa: E402

from pyside.data.dataset import open_dataset  # noqa: E402
from pyside.settings import TrainSettings  # noqa: E402
from pyside.training import train  # noqa: E402
from pyside.training.callbacks import checkpoint, progress  # noqa: E402
from tests.conftest import QUICK  # noqa: E402

FULL = 80  # frames of a batch that all devices can share equally

folder = Path(sys.argv[2])
dataset = open_dataset(Path(sys.argv[1]))
checkpoint.SECONDS_BETWEEN = 0
losses: list[float] = []
steps: list[np.ndarray] = []
shares: list[int] = []
after_batch = progress.TrainingProgress.on_train_batch_end
write = checkpoint.write
flatten = keras.layers.Flatten.call


def noting(self, batch, logs):
    """Keep the loss and all weights of the network after each step."""
    losses.append(float(logs["loss"]))
    steps.append(np.concatenate([one.ravel() for one in self.model.get_weights() if one.dtype == np.float32]))
    after_batch(self, batch, logs)


def keeping(path, record, arrays):
    """Keep the checkpoint of the second epoch, too."""
    write(path, record, arrays)
    if record["epoch"] == 2:
        shutil.copy(path, path.with_suffix(".kept"))


def looking(self, inputs):
    """Note how many frames of a full batch are on each device in the middle of the network."""
    if inputs.shape[0] == FULL:
        jax.debug.inspect_array_sharding(
            inputs, callback=lambda found: shares.append(found.shard_shape(inputs.shape)[0])
        )
    return flatten(self, inputs)


def told(name, resumed=None, **options):
    """Train, and return what is to be told."""
    for one in (losses, steps, shares):
        one.clear()
    kept = folder / f"{name}.npz"
    if resumed:
        shutil.copy(folder / f"{resumed}.kept", kept)
    settings = TrainSettings.from_options({**QUICK, "backend": "jax", **options})
    try:
        result = train.train(dataset, folder / f"{name}.h5", settings, checkpoint=kept)
    except TouchTrainError as error:
        return {"name": name, "refused": error.text}
    np.save(folder / f"{name}.steps.npy", np.array(steps))
    report = {key: result.report[key] for key in ("device", "devices", "best_epoch", "epochs_run", "warnings")}
    found = {"losses": list(losses), "shares": list(shares), "history": result.history, "metrics": result.metrics}
    return {"name": name, **found, **report}


progress.TrainingProgress.on_train_batch_end = noting
checkpoint.write = keeping
keras.layers.Flatten.call = looking
print(json.dumps([told(**one) for one in json.loads(sys.argv[3])]))
