"""One training of one network on one split."""

from __future__ import annotations

import dataclasses
import functools
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import keras
import numpy as np

from pyside.compute import devices
from pyside.data.dataset import taken
from pyside.errors import BadModel, NotFinite
from pyside.models import load, metadata, save
from pyside.models.formats import export
from pyside.settings.checks import NETWORKS
from pyside.settings.core import named
from pyside.settings.training import USUAL_RATE, TrainSettings
from pyside.training import model
from pyside.training.callbacks.checkpoint import Checkpoints
from pyside.training.callbacks.progress import TrainingProgress, gentle_interrupt
from pyside.training.callbacks.schedule import schedule_callbacks
from pyside.training.callbacks.validation_metrics import Validation, monitored
from pyside.training.checks import memory, networks
from pyside.training.input_pipeline import sampling
from pyside.training.input_pipeline.augment import for_training
from pyside.training.input_pipeline.batches import Batches
from pyside.training.input_pipeline.frame_store import FrameStore
from pyside.training.splitting.subsets import SIDES, Split
from pyside.version import __version__

if TYPE_CHECKING:
    from pyside.data.dataset import Dataset
    from pyside.runtimes.engine import Engine


@dataclasses.dataclass
class Fitted:
    """A network after training.

    Attributes:
        core: the network; its input is floats in [0, 1].
        trainer: the network behind augmentation and scaling; its input is uint8.
        progress: history and speed.
        precision: the precision of the final fit.
        best_epoch: 1-based, the epoch with the best monitored validation figure.
        batches: by name of the side.
        checkpoints: the checkpoints of this training.
        plain_batches: makes batches of any frames of the dataset, by number, in their order.
        sampling: frames of each class before and after sampling, see `sampling.Plan.counts`.
        warnings: sentences.
        settings: of the training.
    """

    core: keras.Model
    trainer: keras.Model
    progress: TrainingProgress
    precision: str
    best_epoch: int
    batches: dict[str, Batches]
    checkpoints: Checkpoints
    plain_batches: Callable[[np.ndarray], Batches]
    sampling: dict[str, Any]
    warnings: list[str]
    settings: TrainSettings

    @functools.cached_property
    def engine(self) -> Engine | None:
        """A float32 copy of the network in the runtime that evaluates it; None for Keras, which has it already.

        Raises:
            ModelNotSaved: the network cannot be converted for the runtime.
        """
        if self.settings.runtime == "keras":
            return None
        with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
            file = Path(folder) / "network.h5"
            file.write_bytes(save.h5_image(self.core, {"versions": {"touchtrain": __version__}}))
            return engine_for(file, self.core.input_shape[1:], self.settings, self.batches["validation"][0][0])

    def probabilities(self, numbers: np.ndarray) -> np.ndarray:
        """Return what the network says of frames of the dataset, by number: float, (n, classes)."""
        batches = self.plain_batches(numbers)
        if self.engine is None:
            with devices.variables_kept(self.trainer):
                found: np.ndarray = self.trainer.predict(batches, verbose=0)
            return found
        return np.concatenate([self.engine.predict(batches[place][0]) for place in range(len(batches))])

    def evaluated_in(self) -> dict[str, str]:
        """Return the runtime that evaluates the network, its precision, and what 'auto' said of all runtimes."""
        if self.engine is None:
            return {"runtime": "keras", "precision": self.precision, "said": ""}
        return {"runtime": self.engine.runtime, "precision": self.engine.precision, "said": self.engine.said}

    def outcome(self, settings: TrainSettings) -> dict[str, Any]:
        """Return the part of the report about the course of the training."""
        epochs_run = len(self.progress.history["loss"])
        asked = "asked" if self.progress.asked else None
        return {
            "best_epoch": self.best_epoch,
            "epochs_run": epochs_run,
            "stopped": asked or ("patience" if epochs_run < settings.epochs else None),
            "monitor": settings.monitor,
            "precision": self.precision,
            "frames_per_second": round(self.progress.frames_per_second, 1),
            "network": settings.network if settings.initial_model is None else self.core.name,
            "parameters": self.core.count_params(),
            "sampling": self.sampling,
        }

    def frames(self, numbers: np.ndarray) -> np.ndarray:
        """Return frames of the dataset as the network takes them, by number: uint8, (n, height, width, channels)."""
        batches = self.plain_batches(numbers)
        return np.concatenate([batches[place][0] for place in range(len(batches))])

    def sample(self) -> np.ndarray:
        """Return the frames on which the saved model is compared with this one: float32 in [0, 1]."""
        return self.batches["validation"][0][0].astype(np.float32) / 255


def engine_for(file: Path, image_shape: Sequence[int], settings: TrainSettings, sample: np.ndarray) -> Engine:
    """Return the engine that evaluates a model, in float32 on the CPU, where all runtimes agree best.

    Args:
        file: the model file.
        image_shape: (height, width, channels) of what the network takes.
        settings: `runtime`, `backend` and `batch_size` count.
        sample: uint8, (n, height, width, channels): frames for 'auto' to time the runtimes on.
    """
    from pyside.runtimes.engine import Engine

    size = settings.batch_size
    return Engine(file, image_shape, size, settings.backend, "cpu", "float32", settings.runtime, sample)


@dataclasses.dataclass
class Fit:
    """What all trainings of one command share.

    Attributes:
        dataset: the training data.
        settings: of the training.
        precision: to begin with, unless a checkpoint names another.
        progress: receives progress records.
        should_stop: called after each batch.
        check_size: called with the size of the weights in bytes, before the first epoch.
        tick: called with the number of frames of each batch that is trained on or predicted.
    """

    dataset: Dataset
    settings: TrainSettings
    precision: str
    progress: Callable[[dict[str, Any]], None]
    should_stop: Callable[[], bool]
    check_size: Callable[[int], None] = lambda n_bytes: None
    tick: Callable[[int], None] = lambda frames: None

    def __post_init__(self) -> None:
        self._store = FrameStore(self.dataset.recordings, self.settings.context, self.settings.memory_limit)
        self._distances: np.ndarray | None = None
        if self.settings.hard_negatives is not None:
            self._distances = sampling.distances_to_borders(self.dataset.table)

    def close(self) -> None:
        """Stop reading frames."""
        self._store.close()

    def run(self, sides: Split, checkpoint: Path | None = None) -> Fitted:
        """Build and fit the network; if the loss is not finite in a mixed precision, start again in float32.

        Args:
            sides: the frames to train and validate on.
            checkpoint: the file to resume from; None for no checkpoints.

        Returns:
            The network with the best weights, or with the last ones if the settings say so.

        Raises:
            BadJob: the checkpoint belongs to another training.
            NotFinite: the loss or a weight became NaN or infinite in float32 too.
        """
        settings = self.settings
        distances = None if self._distances is None else taken(self._distances, sides.training)
        labels = taken(self.dataset.table.labels, sides.training)
        plan = sampling.plan(labels, self.dataset.class_names, settings, distances)
        batches = self._batches(sides, plan)
        checkpoints = Checkpoints(checkpoint, self.dataset, settings)
        warnings = checkpoints.warnings
        if checkpoints.found:
            self.progress({"stage": "reading", "said": [checkpoints.found]})
        for attempt in dict.fromkeys((checkpoints.precision or self.precision, "float32")):
            core = self._core(attempt, warnings)
            self.check_size(core.count_params() * np.dtype(np.float32).itemsize)
            self._check_memory(core, warnings)
            trainer = for_training(core, core.input_shape[1:], settings.augment, settings.seed)
            _make_variables(trainer, len(self.dataset.class_names))
            name, mode = monitored(settings.monitor)
            best = keras.callbacks.EarlyStopping(
                monitor=name,
                mode=mode,
                patience=settings.patience or settings.epochs,
                restore_best_weights=settings.restore_best_weights,
            )
            schedule = schedule_callbacks(settings)
            with gentle_interrupt() as interrupted:
                reported = TrainingProgress(
                    self.progress, lambda: interrupted() or self.should_stop(), len(plan), settings.batch_size
                )
                checkpoints.watch(attempt, batches["training"], best, reported, schedule)
                trainer.fit(
                    batches["training"],
                    initial_epoch=checkpoints.initial_epoch,
                    epochs=settings.epochs,
                    shuffle=False,  # Keras would draw the order of the batches from a global state
                    verbose=0,
                    callbacks=[self._validation(batches, sides, reported), best, reported, *schedule, checkpoints],
                )
            if reported.finite and _all_finite(core):
                return Fitted(
                    core,
                    trainer,
                    reported,
                    attempt,
                    best.best_epoch + 1,
                    batches,
                    checkpoints,
                    self._batches_of,
                    plan.counts(),
                    warnings,
                    settings,
                )
            warnings.append(f"The loss or a weight was not finite in {attempt}; the training was restarted in float32.")
            batches["training"].rewind()
        smaller = min(settings.learning_rate / 10, USUAL_RATE)
        raise NotFinite(
            f"The loss or a weight became NaN or infinite, in float32 too. Try a {named('learning_rate')} below "
            f"{settings.learning_rate:g}, such as {smaller:g}, or a {named('gradient_threshold')} of 1, and check "
            "the class weights."
        )

    def _core(self, precision: str, warnings: list[str]) -> keras.Model:
        """Return the network to train: a new one, or the initial model."""
        dataset, settings = self.dataset, self.settings
        shape = networks.input_shape(dataset.image_shape, settings)
        if settings.initial_model is None:
            core = model.build_model(shape, len(dataset.class_names), settings, precision)
        else:
            self._check_context(settings.initial_model)
            core, notes = load.load_core(
                settings.initial_model,
                precision,
                shape,
                dataset.class_names,
                settings.seed,
                settings.freeze_convolutions,
            )
            model.compile_model(core, settings, precision)
            warnings += [note for note in notes if note not in warnings]
        if settings.network not in NETWORKS or settings.initial_model is not None:
            save.check_saveable(core)  # only a try shows whether a network of the user's can be saved
            export.check_network(core, settings.also_save)
            if settings.runtime in ("openvino", "onnxruntime"):
                export.check_network(core, ["onnx"])  # which they load
        return core

    def _check_memory(self, core: keras.Model, warnings: list[str]) -> None:
        """Warn if memory may be too small for a network whose size is known only once it is built."""
        settings = self.settings
        if (settings.network in NETWORKS and settings.initial_model is None) or memory.on_gpu(settings):
            return
        scarce = [text for text in memory.check_model(self.dataset, settings, core) if text not in warnings]
        warnings += scarce
        self.progress({"stage": "reading", "said": scarce})

    def _check_context(self, initial_model: str) -> None:
        """Make sure that an initial model gets as many frames per input as it was made for."""
        settings, about = self.settings, metadata.read_metadata(initial_model) or {}
        seen, given = about.get("context_frames", 1), settings.context
        if not about or seen == given:
            return
        if seen > 1:
            raise BadModel(
                f"{initial_model} cannot be used with these options: it sees {seen} frames at a time. Set "
                f"{named('network')} to 'context' and {named('context_frames')} to {seen}."
            )
        raise BadModel(
            f"{initial_model} cannot be used with these options: it sees one frame at a time, but {named('network')} "
            f"is 'context'. Leave out {named('network')}, or train a new network."
        )

    def _batches(self, sides: Split, plan: sampling.Plan) -> dict[str, Batches]:
        """Make the batches of each side; there is a test side only if the settings ask for one."""
        weights = sampling.class_weights(self.settings.class_weight, plan)
        seed = self.settings.seed if self.settings.shuffle else None
        training = self._batches_of(sides.training, plan=plan, seed=seed, class_weights=weights)
        held_out = {side: self._batches_of(getattr(sides, side)) for side in SIDES[1:] if len(getattr(sides, side))}
        return {"training": training} | held_out

    def _batches_of(self, numbers: np.ndarray, **how: Any) -> Batches:
        return Batches(self._store, numbers, self.dataset.table, self.settings.batch_size, tick=self.tick, **how)

    def _validation(self, batches: dict[str, Batches], sides: Split, progress: TrainingProgress) -> Validation:
        return Validation(batches["validation"], self.dataset.table[sides.validation], self.settings, progress)


def _all_finite(core: keras.Model) -> bool:
    """Return whether all weights are numbers; where one is not, the loss may be one, because ReLU makes 0 of NaN."""
    return all(np.isfinite(one).all() for one in core.get_weights())


def _make_variables(trainer: keras.Model, n_classes: int) -> None:
    """Create the variables of optimizer and metrics, which Keras would create in the first step.

    A checkpoint is restored before that step; and TensorFlow traces a step that creates variables twice, which takes a
    second each time.
    """
    if not trainer.optimizer.built:
        trainer.optimizer.build(trainer.trainable_variables)
    nothing = np.zeros((1, n_classes), np.float32)
    trainer.compute_metrics(None, nothing, nothing)
    trainer.reset_metrics()
