"""Frames that a model file carries: probes, by which every load proves itself, and frames to calibrate int8 on.

Both are groups of the .h5 beside ``model_weights``, which Keras and MATLAB skip. Frames are as the network takes them,
uint8 before scaling; with context frames, channels are frames. Each is compressed on its own, with gzip.

    touchtrain_probes
        frames          uint8, (n, height, width, channels), at most 64: a quarter nearest the threshold, the others
                        spread over the logits
        probabilities   float32, (n, classes): the answers of the network in float32
        doubtful        attribute: how many are nearest the threshold
        weights_sha256  attribute: SHA-256 of all weights in float32, see `hash_of_weights`
    touchtrain_calibration
        frames          uint8, (n, height, width, channels), at most 256 of the training side, spread over classes and
                        recordings

The first takes at most 1 MB of the file, the second 2 MB: of large frames there are fewer. The order of the frames is
such that the first ones, however many, are a fair choice of all.
"""

from __future__ import annotations

import dataclasses
import hashlib
import math
import os
import re
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import numpy as np

from pyside.aliases import Array
from pyside.compute.proof import COPY_AGAIN, WEIGHTS_CHANGED, Decides, Proof, compared
from pyside.data.formats import hdf5_files
from pyside.errors import BadFrames, BadModel, ModelNotProven
from pyside.models import blueprint
from pyside.models.files import existing_file, form, opened
from pyside.models.metadata import read_metadata

if TYPE_CHECKING:
    from pathlib import Path

    import h5py

PROBES, CALIBRATION = "touchtrain_probes", "touchtrain_calibration"
MOST_FRAMES = {PROBES: 64, CALIBRATION: 256}
MOST_BYTES = {PROBES: 1_000_000, CALIBRATION: 2_000_000}  # of a group in the file
_OVERHEAD = {PROBES: 30_000, CALIBRATION: 80_000}  # bytes, for the answers and for what HDF5 notes of each frame
_MOST_UNPACKED = hdf5_files.room(0) // 2  # bytes of frames in memory; a file that claims more than `room` is refused
_LEVEL = 4  # of gzip
_SUMS_TO_1 = 1e-3


@dataclasses.dataclass(frozen=True)
class Carried:
    """The frames that a new model file is to carry; of each kind the first ones that fit are written.

    Attributes:
        probes: uint8, (n, height, width, channels).
        doubtful: bool, (n,), which of them are nearest the threshold.
        calibration: uint8, (n, height, width, channels).
    """

    probes: Array
    doubtful: Array
    calibration: Array


@dataclasses.dataclass(frozen=True)
class Probes:
    """The probes of a model file.

    Attributes:
        frames: uint8, (n, height, width, channels).
        probabilities: float32, (n, classes), of the network in float32, when the file was written.
        n_doubtful: how many of them are nearest the threshold.
        are_weights_kept: whether the weights of the file are those that were written.
    """

    frames: Array
    probabilities: Array
    n_doubtful: int
    are_weights_kept: bool


def fitting(frames: Array, group: str) -> Array:
    """Return the first of these frames, as many as a group may have.

    Args:
        frames: uint8, (n, height, width, channels).
        group: `PROBES` or `CALIBRATION`.
    """
    room, unpacked = MOST_BYTES[group] - _OVERHEAD[group], _MOST_UNPACKED
    for n, frame in enumerate(frames[: MOST_FRAMES[group]]):
        room -= min(frame.nbytes, len(zlib.compress(frame.tobytes(), _LEVEL)))
        unpacked -= frame.nbytes
        if min(room, unpacked) < 0:
            return frames[:n]
    return frames[: MOST_FRAMES[group]]


def write(file: h5py.File, carried: Carried, probabilities: Array) -> None:
    """Write probes and frames for calibration; a group without frames is left out.

    Args:
        file: a model file, open for writing, whose weights are written.
        carried: the frames; those that `fitting` keeps are written.
        probabilities: float32, (n, classes), the answers to the probes that `fitting` keeps.
    """
    for group, given in ((PROBES, carried.probes), (CALIBRATION, carried.calibration)):
        frames = fitting(given, group)
        if not len(frames):
            continue
        file.create_dataset(
            f"{group}/frames",
            data=frames,
            chunks=(1, *frames.shape[1:]),
            compression="gzip",
            compression_opts=_LEVEL,
        )
        if group == PROBES:
            file[group].create_dataset("probabilities", data=np.asarray(probabilities, np.float32))
            file[group].attrs["doubtful"] = int(np.count_nonzero(carried.doubtful[: len(frames)]))
            file[group].attrs["weights_sha256"] = np.bytes_(hash_of_weights(file["model_weights"]))


def read(path: str | os.PathLike[str]) -> Probes | None:
    """Read the probes of a model file; None if it carries none, as old files, .keras files and SavedModels.

    Raises:
        PathMissing: no such file.
        BadModel: it is not a model file, or it or its probes are damaged.
    """
    if form(path) != "h5":
        return None
    path = existing_file(path)
    with opened(path) as file:
        if PROBES not in file:
            return None
        with _saying(PROBES, path):
            group = file[PROBES]
            frames = _frames(group, path, MOST_FRAMES[PROBES])
            answers = _array(group, "probabilities", np.float32, 2, path)
            _check(len(answers) == len(frames), "there are more or fewer answers than frames")
            _check(bool(np.isfinite(answers).all()) and answers.min() >= 0, "answers are no probabilities")
            _check(bool(np.abs(answers.sum(axis=1) - 1).max() < _SUMS_TO_1), "answers do not sum to 1")
            n_doubtful, noted = int(group.attrs["doubtful"]), blueprint.text(group.attrs["weights_sha256"])
            _check(0 <= n_doubtful <= len(frames), f"{n_doubtful} of {len(frames)} frames are said to be doubtful")
            _check(re.fullmatch("[0-9a-f]{64}", noted) is not None, "weights_sha256 is no SHA-256")
        return Probes(frames, answers, n_doubtful, _are_kept(file, noted, path))


def carries_calibration(path: str | os.PathLike[str]) -> bool:
    """Return whether a model file carries frames for calibration, without reading them; errors as in `read`."""
    if form(path) != "h5":
        return False
    with opened(existing_file(path)) as file:
        return CALIBRATION in file


def read_calibration(path: str | os.PathLike[str]) -> Array | None:
    """Read the frames for calibration of a model file: uint8, (n, height, width, channels); None if it carries none.

    Raises:
        PathMissing, BadModel: as `read`.
    """
    if form(path) != "h5":
        return None
    path = existing_file(path)
    with opened(path) as file:
        if CALIBRATION not in file:
            return None
        with _saying(CALIBRATION, path):
            return _frames(file[CALIBRATION], path, MOST_FRAMES[CALIBRATION])


def hash_of_weights(group: h5py.Group) -> str:
    """Return the SHA-256, in hexadecimal, of all weights of a model file.

    It is of layer, name, shape and little-endian float32 values of each weight, in the order in which Keras reads them.

    Args:
        group: ``model_weights``.
    """
    found = hashlib.sha256()
    for layer in blueprint.names_in(group, "layer_names"):
        for name in blueprint.names_in(group[layer], "weight_names"):
            values = np.asarray(group[layer][name][()], "<f4")
            found.update(f"{layer}\0{name}\0{values.shape}\0".encode())
            found.update(values.tobytes())
    return found.hexdigest()


def _are_kept(file: h5py.File, noted: str, path: Path) -> bool:
    """Return whether the weights have the hash that was noted; others that cannot be read are for the reader to say."""
    import h5py

    sizes: list[int] = []

    def note(name: str, item: Any) -> None:
        sizes.append(item.nbytes if isinstance(item, h5py.Dataset) else 0)

    try:
        weights = file["model_weights"]
        weights.visititems(note)
        return sum(sizes) <= hdf5_files.room(path.stat().st_size) and hash_of_weights(weights) == noted
    except Exception:  # a forged or damaged file can raise anything
        return False


# --- proving -------------------------------------------------------------------------------------------------------


def check_weights(path: str | os.PathLike[str]) -> None:
    """Check, without loading a model, that the weights in its file are those that were saved.

    A file without probes does not say what they were.

    Raises:
        ModelNotProven: they are others.
        PathMissing, BadModel: as `read`.
    """
    probes = read(path)
    if probes is not None and not probes.are_weights_kept:
        raise ModelNotProven(f"{path} is not used: {WEIGHTS_CHANGED}. {COPY_AGAIN}")


def prove(
    path: str | os.PathLike[str],
    predict: Callable[[Array], Array],
    about: Mapping[str, Any] | None = None,
    **how: Any,
) -> Proof | None:
    """Let a loaded model answer the probes of its file, and compare; None if the file carries none.

    Args:
        path: the model file.
        predict: takes uint8 frames, (n, height, width, channels), and returns probabilities, float, (n, classes), as
            later frames will be predicted.
        about: the metadata of the file; None to read them.
        how: ``runtime``, ``backend``, ``device`` and ``precision`` of the loaded model.

    Raises:
        PathMissing: no such file.
        BadModel: the file is damaged, or its probes do not fit its network.
    """
    probes = read(path)
    if probes is None:
        return None
    about = (read_metadata(path) or {}) if about is None else about
    try:
        found = np.asarray(predict(probes.frames))
    except BadFrames as error:
        raise BadModel(f"{path} is damaged: its probe frames do not fit its network. {error.text}") from None
    if found.shape != probes.probabilities.shape:
        raise BadModel(
            f"{path} is damaged: it carries answers of {probes.probabilities.shape[1]} classes, but its network has "
            f"{found.shape[-1]}. Copy the file again from its source."
        )
    return compared(found, probes.probabilities, decides(about), probes.are_weights_kept, how)


def decides(about: Mapping[str, Any]) -> Decides:
    """Return what makes labels of the probabilities of a model, by the metadata of its file."""
    names, decision = about.get("class_names") or (), about.get("decision") or {}
    event, threshold = decision.get("event_class"), decision.get("threshold")
    if len(names) != 2 or event not in names or threshold is None:
        return Decides()
    return Decides(list(names).index(event), float(threshold))


# --- reading with distrust -----------------------------------------------------------------------------------------


@contextmanager
def _saying(group: str, path: Path) -> Iterator[None]:
    """Name the file and the group in errors about its content."""
    try:
        yield
    except Exception as error:  # a forged or damaged file can raise anything
        why = error.text if isinstance(error, BadModel) else str(error)
        raise BadModel(
            f"{path} is damaged: its group {group} is not as it was written ({why}). Copy the file again from its "
            "source."
        ) from None


def _check(holds: bool, otherwise: str) -> None:
    if not holds:
        raise BadModel(otherwise)


def _frames(group: Any, path: Path, most: int) -> Array:
    found = _array(group, "frames", np.uint8, 4, path)
    _check(len(found) <= most, f"it has {len(found)} frames, at most are {most}")
    return found


def _array(group: Any, name: str, dtype: Any, n_axes: int, path: Path) -> Array:
    """Return an array of a group, after checks of what it claims to be."""
    import h5py

    _check(isinstance(group, h5py.Group), "it is no group")
    item = group.get(name)
    if not isinstance(item, h5py.Dataset):
        raise BadModel(f"{name} is not an array")
    _check(item.dtype == dtype and item.ndim == n_axes, f"{name} is {item.dtype} with {item.ndim} axes")
    _check(item.size > 0, f"{name} is empty")
    claimed = max(item.nbytes, math.prod(item.chunks or ()) * item.dtype.itemsize)
    _check(claimed <= hdf5_files.room(path.stat().st_size), f"{name} claims to be larger than the file could hold")
    found: Array = item[()]
    return found
