"""Saving of a model: as one .h5 file that Keras 3, Keras 2 and MATLAB read, checked by loading it again."""

from __future__ import annotations

import io
import json
import math
import tempfile
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from pyside.compute.devices import device_scope, import_keras
from pyside.errors import BadModel, ModelNotSaved, NotFinite
from pyside.models import blueprint, probes
from pyside.models.files import temporary
from pyside.models.keras2 import in_keras_2_dialect, replaced
from pyside.models.load import read_plan
from pyside.models.metadata import write_metadata
from pyside.settings.core import named, set_to
from pyside.settings.training import USUAL_RATE
from pyside.system.files import write_errors, written_beside

if TYPE_CHECKING:
    import keras

TOLERANCE = 1e-5  # largest difference of probabilities when a saved model is loaded again
_MOST_PIXELS = 1 << 22  # of a batch of probes: what the layers of a network make of it takes about a GB
HUGE = 100  # largest usual weight of a network; beyond it, rounding may decide about the class


def check_saveable(core: keras.Model) -> None:
    """Check, before any long work, that a network can be saved as an .h5 that Keras 2 and Keras 3 read.

    Raises:
        ModelNotSaved: it has custom layers, several inputs, or other parts that Keras 2 does not have.
    """
    in_keras_2_dialect(core)
    shape, given = core.input_shape, core.output_shape
    if not isinstance(shape, tuple) or not isinstance(given, tuple) or (len(shape), len(given)) != (4, 2):
        raise ModelNotSaved(
            f"The network takes {shape} and returns {given}. It must take only frames, (n, height, width, channels), "
            "and return one vector of probabilities per frame."
        )
    sides = [side or 32 for side in shape[1:]]
    sample = np.random.default_rng(0).random((2, *sides), np.float32)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "trial.h5"
        file.write_bytes(h5_image(core, {}))
        compare(file, core, sample, "The network cannot be saved, so it was not trained.")


def save_model(
    core: keras.Model,
    path: Path,
    metadata: dict[str, Any],
    sample: np.ndarray,
    replacing: Callable[[Path], None] = lambda file: None,
    carried: probes.Carried | None = None,
) -> None:
    """Write a model, load it, compare its predictions, and only then give the file its name.

    Args:
        core: the trained network, Sequential or functional, in any precision. It is saved in float32, with all layers
            trainable.
        path: the file to write. An existing file is replaced once the new one is known to be good.
        metadata: metadata of the file, as plain values.
        sample: float32, (n, height, width, channels), 0 to 1: frames to compare predictions on.
        replacing: called with the new file once it is known to be good, just before it gets its name.
        carried: frames that the file is to carry; None for none.

    Raises:
        ModelNotSaved: the file, loaded again, does not predict the same as the trained network, or Keras 2 does not
            have its layers.
        NotFinite: its weights are so large that its predictions depend on rounding.
        DiskFull, NotWritable: the file could not be written.
    """
    write_checked(path, h5_image(core, metadata, carried), core, sample, replacing)


def write_checked(
    path: Path,
    image: bytes,
    core: keras.Model,
    sample: np.ndarray,
    replacing: Callable[[Path], None] = lambda file: None,
) -> None:
    """Write a file under a temporary name, compare its predictions, and rename it; see `save_model`."""
    with write_errors(path), written_beside(path, temporary(path), durable=True) as beside:
        beside.write_bytes(image)
        try:
            compare(beside, core, sample, f"{path} is unchanged.")
        except ModelNotSaved:
            _check_weights(core, f"{path} is unchanged.")
            raise
        replacing(beside)


def float32_copy(core: keras.Model) -> keras.Model:
    """Return a copy of `core` in which all layers compute in float32 and are trainable."""
    keras = import_keras()
    config = replaced(core.get_config(), "DTypePolicy", lambda config: "float32")
    copy = (keras.Sequential if isinstance(core, keras.Sequential) else keras.Model).from_config(config)
    for layer in core.layers:  # by name: the layers of a rebuilt graph may be in another order
        same = copy.get_layer(layer.name)
        same.trainable = True
        same.set_weights(layer.get_weights())
    return copy


def compare(file: Path, core: keras.Model, sample: np.ndarray, ending: str) -> None:
    """Check that a file predicts the same as `core`, loaded by TouchTrain and by plain Keras.

    Args:
        file: the file to check.
        core: the network that was saved.
        sample: as in `save_model`.
        ending: last sentence of the error.

    Raises:
        ModelNotSaved: it cannot be loaded, or its predictions differ.
    """
    expected = predictions(float32_copy(core), sample)
    for load in (_load_what_was_written, _load_plainly):
        try:
            with warnings.catch_warnings():  # plain Keras warns of the form of Keras 2
                warnings.simplefilter("ignore")
                found = predictions(load(file), sample)
        except Exception as error:  # Keras raises many kinds for an unreadable file
            why = error.text if isinstance(error, BadModel) else str(error)
            raise ModelNotSaved(f"The model was written but cannot be loaded again ({why}). {ending}") from error
        advice = "Save to a local disk, and report this if it happens again."
        check_alike("saved model", found, expected, f"{ending} {advice}")


def _check_weights(core: keras.Model, ending: str) -> None:
    """Check that weights are in the usual range.

    Raises:
        NotFinite: they are not, so the network cannot be used and the learning rate was too large.
    """
    largest = max((float(np.abs(one).max()) for one in core.get_weights() if one.size), default=0.0)
    if largest <= HUGE:
        return
    raise NotFinite(
        f"The weights of the network have grown to {largest:.2g} (usual is less than {HUGE}), so its predictions are "
        f"decided by rounding, and it cannot be used. Its {named('learning_rate')} is too large: set "
        f"{set_to('learning_rate', USUAL_RATE)}. {ending}"
    )


def check_alike(what: str, found: np.ndarray, expected: np.ndarray, ending: str) -> None:
    """Check that probabilities differ by at most `TOLERANCE`.

    Args:
        what: what was loaded again, for the error.
        found: its predictions.
        expected: predictions of the trained network.
        ending: last sentence of the error.

    Raises:
        ModelNotSaved: they differ by more, or in shape.
    """
    difference = float(np.abs(found - expected).max()) if found.shape == expected.shape else float("inf")
    if not difference <= TOLERANCE:
        raise ModelNotSaved(
            f"The {what}, loaded again, does not predict the same as the trained one (probabilities differ by "
            f"{difference:.2g}; allowed is {TOLERANCE:g}). {ending}"
        )


def predictions(model: keras.Model, frames: np.ndarray) -> np.ndarray:
    """Return the predictions of a model for frames, in one batch, as an array; for all backends."""
    found: np.ndarray = import_keras().ops.convert_to_numpy(model(frames))
    return found


def _load_what_was_written(file: Path) -> keras.Model:
    """Load a file that this process has just written, so that no separate process need check it first."""
    return blueprint.build(read_plan(file, from_here=True))


def _load_plainly(file: Path) -> keras.Model:
    return import_keras().models.load_model(file, compile=False)


def h5_image(core: keras.Model, metadata: dict[str, Any], carried: probes.Carried | None = None) -> bytes:
    """Return the bytes of the .h5 file; its arguments are those of `save_model`.

    They are made in memory (a model has some megabytes), because HDF5 reports a full disk in many ways, sometimes only
    when the interpreter ends, but a plain write always in the same way.
    """
    import h5py

    config = in_keras_2_dialect(core)
    version = import_keras().__version__.encode()
    memory = io.BytesIO()
    with h5py.File(memory, "w") as file:
        file.attrs["keras_version"] = version
        file.attrs["backend"] = b"tensorflow"  # the layout of the kernels, whichever backend trained them
        file.attrs["model_config"] = json.dumps(config).encode("ascii")
        write_metadata(file, metadata)
        weights = file.create_group("model_weights")
        weights.attrs["keras_version"] = version
        weights.attrs["backend"] = b"tensorflow"
        weights.attrs["layer_names"] = [layer.name.encode() for layer in core.layers]
        for layer in core.layers:
            group = weights.create_group(layer.name)
            names = [f"{layer.name}/{weight.name}:0" for weight in layer.weights]
            group.attrs["weight_names"] = np.array([name.encode() for name in names], dtype="S")
            for name, value in zip(names, layer.get_weights(), strict=True):
                group.create_dataset(name, data=np.asarray(value, np.float32))
        if carried is not None:
            probes.write(file, carried, _answers(core, probes.fitting(carried.probes, probes.PROBES)))
    return memory.getvalue()


def _answers(core: keras.Model, frames: np.ndarray) -> np.ndarray:
    """Return what the float32 copy of a network says of frames, uint8: float32, (n, classes).

    It computes on the CPU, because GPUs round float32 as they like.
    """
    if not len(frames):
        return np.empty((0, 0), np.float32)
    with device_scope("cpu"):
        exact, size = float32_copy(core), max(1, _MOST_PIXELS // math.prod(frames.shape[1:3]))
        parts = [frames[first : first + size] for first in range(0, len(frames), size)]
        return np.concatenate([predictions(exact, part.astype(np.float32) / 255) for part in parts])
