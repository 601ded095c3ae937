"""The workers of a cluster for trainings: asked before work begins; and how a training begins on one of them."""

from __future__ import annotations

import contextlib
import dataclasses
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from pyside.aliases import Progress
from pyside.cluster.cluster import Cluster
from pyside.cluster.preflight import OF_MODELS
from pyside.cluster.share import Share
from pyside.compute import devices
from pyside.data.dataset import Dataset, open_dataset
from pyside.settings.checks import NETWORKS
from pyside.settings.core import named
from pyside.settings.training import TrainSettings, with_files
from pyside.system.files import sha256_of
from pyside.system.machine import Memory
from pyside.training.checks import memory, networks

if TYPE_CHECKING:
    from pyside.training.trainer import Fit

OF_TRAININGS = ("numpy", "scipy", "keras", "h5py")  # packages that weights depend on, beside the backend
_A_WEIGHT = 20  # bytes of a checkpoint: itself, Adam's two moments, and the best one so far


@contextlib.contextmanager
def asked(
    dataset: Dataset, settings: TrainSettings, target: Path, progress: Progress, meanwhile: Callable[[], None]
) -> Iterator[Cluster]:
    """Yield the workers of the setting `scheduler`, which have been asked whether they have what a training needs.

    Args:
        dataset: the training data, which they must see under the same path.
        settings: of the trainings.
        target: the model; files of workers go beside it.
        progress: hears what a person should know.
        meanwhile: called while it waits; what it raises ends the wait.

    Raises:
        ExtraMissing: dask.distributed is not installed.
        NoCluster: the scheduler does not answer, or no worker has files, packages, cores and memory that are needed.
        NotEnoughMemory: the share of memory is certainly too small.
    """
    assert settings.scheduler is not None
    files: list[Path] = [dataset.folder / name for name in dataset.files]
    own: list[Path] = []  # files that the settings name

    def noted(name: str) -> str:
        own.append(Path(name))
        return name

    with_files({**settings.as_dict(), "annotations": None}, noted)
    hashes = {str(path): sha256_of(path) for path in [*own, dataset.folder / "dataset.json"]}
    gigabytes = settings.memory_per_training
    share = Share(settings.cores_per_training, None if gigabytes is None else round(gigabytes * 1e9))
    room = 0
    if settings.network in NETWORKS:
        shape = networks.input_shape(dataset.image_shape, settings)
        room = _A_WEIGHT * memory.size_of(shape, len(dataset.class_names), settings).weights
    with Cluster(
        settings.scheduler,
        target,
        lambda text: progress({"stage": "asking the workers", "said": [text]}),
        meanwhile,
        most_frames=1,
        what="trainings",
    ) as cluster:
        packages = [*OF_TRAININGS, settings.backend, *(() if settings.runtime == "keras" else OF_MODELS)]
        cluster.check(packages, [*files, *own], hashes, room=room, share=share)
        least = cluster.least_memory()
        if least is not None:
            there = Memory(least, least, least, f"the share of a training on a worker, {named('memory_per_training')}")
            scarce = memory.check(dataset, settings, None, there)
            progress({"stage": "asking the workers", "said": scarce})
        yield cluster


@dataclasses.dataclass(frozen=True)
class Shared:
    """What all trainings of a command share on the workers.

    Attributes:
        dataset: its folder.
        settings: of the training.
        stop: the file whose presence asks for a gentle end.
    """

    dataset: Path
    settings: TrainSettings
    stop: Path


@contextlib.contextmanager
def opened(
    folder: Path,
    settings: TrainSettings,
    tick: Callable[[int], None],
    should_stop: Callable[[], bool] = lambda: False,
) -> Iterator[Fit]:
    """Yield what a training in this process, which is one on a worker, begins with; it computes on its own devices.

    Args:
        folder: of the dataset.
        settings: of the training.
        tick: called with the number of frames of each batch.
        should_stop: called after each batch.
    """
    devices.use_backend(settings.backend)
    from pyside.training.trainer import Fit

    device = devices.choose_device(settings.execution_environment)
    number = devices.count(settings.devices, device, settings.batch_size)
    precision = devices.choose_precision(settings.precision, device)
    with devices.device_scope(device, number):
        work = Fit(open_dataset(folder), settings, precision, lambda record: None, should_stop, tick=tick)
        with contextlib.closing(work):
            yield work
