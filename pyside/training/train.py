"""A whole training: split, augment, build, fit, evaluate, save."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Callable
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pyside.aliases import Progress
from pyside.compute import devices
from pyside.data.conversion.verification import WhileTraining
from pyside.errors import Interrupted, TouchTrainError, WorkerLost
from pyside.evaluation.result import TrainingResult
from pyside.evaluation.verdict.judge import verdict, verdict_text
from pyside.models import files, output_files
from pyside.models.formats import export
from pyside.runtimes.choice import check_runtime
from pyside.settings.core import named
from pyside.settings.curation import ComputeSettings
from pyside.settings.training import TrainSettings
from pyside.system.records import plain
from pyside.training.assessment.provenance import describe, metadata
from pyside.training.checks import memory, workers
from pyside.training.checks.annotators import read_annotations
from pyside.training.checks.preflight import check, warnings_of
from pyside.training.splitting import duplicates
from pyside.training.splitting.likeness import warnings_of_likeness

if TYPE_CHECKING:
    import numpy as np

    from pyside.data.dataset import Dataset
    from pyside.models.probes import Carried
    from pyside.training.assessment.evaluate import Judged
    from pyside.training.splitting.subsets import Split
    from pyside.training.trainer import Fitted


def train(
    dataset: Dataset,
    model_path: Path,
    settings: TrainSettings,
    progress: Progress = lambda record: None,
    should_stop: Callable[[], bool] = lambda: False,
    checkpoint: Path | None = None,
    look: Callable[[Fitted], None] = lambda fitted: None,
    place: output_files.Place | None = None,
) -> TrainingResult:
    """Train a model on a dataset and save it.

    Args:
        dataset: an opened dataset folder.
        model_path: where the model goes; ``name`` and ``name.h5`` both give ``name.h5``.
        settings: how to train.
        progress: called with a record up to about five times a second, and at the end of each epoch.
        should_stop: called after each batch. True ends the training gently, as Ctrl-C does: the best weights so far
            are evaluated and saved.
        checkpoint: the ``.npz`` file from which an interrupted training is resumed. If the file exists, the training
            continues from it and ends as it would have ended without the interruption. It is removed at the end. None
            for no checkpoints.
        look: called with the trained network before it is evaluated and saved; if it raises, the training ends there.
            A search ends a training this way when another network was better.
        place: where the model goes, and the fallback if it cannot be written there. Default: `model_path`, or the
            folder for temporary files.

    Returns:
        History, model path, metrics, verdict and report.

    Raises:
        BadJob: the checkpoint belongs to another dataset or to other settings.
        BadFrames, OneClass, BadOption, BadDataset, BadLabels, BadModel, PathMissing, NotWritable, DiskFull: raised
            before any long work, with all faults at once.
        ExtraMissing: a package that writes a format, or the runtime of the evaluation, is not installed.
        NotEnoughMemory: there is less memory than the training certainly takes.
        NoCluster: the cluster of the setting `scheduler` does not answer, or has no worker that can be used.
        WorkerLost: workers of the cluster have not completed a further training. The model and its report are written,
            and what is complete is kept beside the checkpoint. Without a checkpoint, a warning says so instead.
        NotFinite: the loss or a weight became NaN or infinite even in float32, or the weights became so large that
            rounding decides about the class.
        ModelNotSaved, DiskFull, NotWritable: the model could not be written to its place, or not be evaluated. The
            previous file there is kept, the error says where the model was saved instead, and the checkpoint stays.
        Interrupted: Ctrl-C during the evaluation; the error says where the model was saved.
    """
    began = time.perf_counter()
    progress({"stage": "reading"})
    path = files.with_suffix(model_path).absolute()
    devices.use_backend(settings.backend)
    place = place or output_files.Place(path, settings)
    ready = _checked(dataset, path, settings, place, progress)
    if settings.scheduler is not None and (settings.folds or settings.learning_curve):
        ask_workers(dataset, settings, path, progress, should_stop)
    with devices.device_scope(ready.device, ready.n_devices):
        done = _trained(dataset, settings, ready, place, progress, should_stop, checkpoint, look)
    history = done.fitted.progress.history
    report = {**done.saved, **done.later, "seconds": round(time.perf_counter() - began, 3)}
    report["verdict"] = verdict(report, history)
    if settings.report:
        progress({"stage": "writing the report"})
        report |= done.judged.write_report(
            output_files.report_folder(path), report, history, place.elsewhere, done.folds
        )
    if done.lost and checkpoint is not None:
        raise WorkerLost(
            f"{done.lost.rstrip('.')}. The model is saved as {path}, and what is complete is kept: resume the job, and "
            "only what was lost is trained."
        )
    done.fitted.checkpoints.remove()
    return TrainingResult(history, str(path), report["metrics"], verdict_text(report["verdict"]), plain(report))


def ask_workers(
    dataset: Dataset, settings: TrainSettings, path: Path, progress: Progress, should_stop: Callable[[], bool]
) -> None:
    """Ask the workers of a cluster, before any long work, whether they have what they need."""

    def end_if_asked() -> None:
        if should_stop():
            raise Interrupted("The training was stopped while the workers of its cluster were asked.")

    with workers.asked(dataset, settings, path, progress, end_if_asked):
        pass


@dataclasses.dataclass(frozen=True)
class _Ready:
    """What is known about a training after all checks.

    Attributes:
        sides: of the split.
        equal: int64, (all frames,), see `duplicates.equal_frames`.
        people: labels of further annotators, see `read_annotations`.
        device: ``cpu`` or ``gpu``.
        n_devices: number of these.
        warnings: sentences.
    """

    sides: Split
    equal: np.ndarray
    people: dict[str, np.ndarray]
    device: str
    n_devices: int
    warnings: list[str]


@dataclasses.dataclass(frozen=True)
class _Done:
    """A finished training whose model is saved.

    Attributes:
        fitted: the network.
        judged: its evaluation.
        saved: the part of the report that is in the model file too.
        later: the part that was added after the model was saved; its ``warnings`` are the complete list.
        folds: what a complete cross-validation keeps, see `assessment.out_of_fold`; else None.
        lost: what workers of a cluster have not completed, in words; empty if nothing.
    """

    fitted: Fitted
    judged: Judged
    saved: dict[str, Any]
    later: dict[str, Any]
    folds: dict[str, np.ndarray] | None
    lost: str


def _checked(
    dataset: Dataset, path: Path, settings: TrainSettings, place: output_files.Place, progress: Progress
) -> _Ready:
    """Run all checks before any long work, and split."""
    check_runtime(ComputeSettings(runtime=settings.runtime, precision="float32"))
    export.check_packages(settings.also_save)
    sides = check(dataset, path, settings)
    device = devices.choose_device(settings.execution_environment)
    n_devices = devices.count(settings.devices, device, settings.batch_size)
    output_files.clear_broken_off(path)
    if notes := place.replacement_notes(dataset.hash):
        progress({"stage": "reading", "said": notes})
    sides, equal, warnings = settled_sides(dataset, path, settings, sides)
    warnings += warnings_of_likeness(dataset, sides)
    people = {}
    if settings.annotations:
        people = read_annotations(settings.annotations, dataset, warnings, settings.include_machine_labels)
    scarce = memory.check(dataset, settings, device)
    progress({"stage": "reading", "said": scarce})
    return _Ready(sides, equal, people, device, n_devices, warnings + scarce)


def settled_sides(
    dataset: Dataset, path: Path, settings: TrainSettings, sides: Split | None = None
) -> tuple[Split, np.ndarray, list[str]]:
    """Return the sides of a training, on which no frame of one is on another; which frames are equal; and warnings.

    Args:
        dataset: the training data.
        path: of the model.
        settings: how to train.
        sides: as `preflight.check` returned them; by default, it is called.

    Raises:
        TouchTrainError: as `preflight.check` and `duplicates.settled`.
    """
    split_again = partial(check, dataset, path, settings)
    equal = duplicates.equal_frames(dataset)
    found, warnings = duplicates.settled(dataset, sides or split_again(), split_again, settings, equal)
    return found, equal, warnings


def _trained(
    dataset: Dataset,
    settings: TrainSettings,
    ready: _Ready,
    place: output_files.Place,
    progress: Progress,
    should_stop: Callable[[], bool],
    checkpoint: Path | None,
    look: Callable[[Fitted], None],
) -> _Done:
    """Fit, evaluate and save the network, then run the further trainings."""
    from pyside.training.assessment.carried import carried_frames
    from pyside.training.assessment.evaluate import judge
    from pyside.training.assessment.resampling import further_sides, further_trainings
    from pyside.training.trainer import Fit

    sides, precision = ready.sides, devices.choose_precision(settings.precision, ready.device)
    with (
        WhileTraining(dataset, should_stop) as verified,
        closing(Fit(dataset, settings, precision, progress, verified.should_stop, place.check_size)) as work,
    ):
        further = further_sides(dataset, sides, settings, ready.equal)
        fitted = work.run(sides, checkpoint)
        verified.finish(progress, fitted.checkpoints.remove)
        look(fitted)
        known = describe(dataset, settings, sides) | fitted.outcome(settings)
        with place.rescuing(fitted.core, partial(_without_figures, dataset, settings, known, sides)):
            progress({"stage": "evaluating"})
            judged = judge(fitted, dataset, sides, settings, ready.people)
            carried = carried_frames(judged, dataset, sides, fitted.frames) if settings.store_probes else None
        warnings = [
            *warnings_of(dataset, sides, settings),
            *ready.warnings,
            *fitted.warnings,
            *judged.warnings,
            *fitted.sampling["remarks"],
        ]
        made = {"device": ready.device, "devices": ready.n_devices, "versions": devices.versions()}
        made["model_path"] = str(place.path)
        saved = {**known, **judged.record(), **made, "warnings": warnings}
        about = metadata(dataset, settings, saved, sides)
        also_saved, failed = _save(fitted, place, about, carried, settings, progress)
        more = further_trainings(work, fitted, sides, further, judged, checkpoint, place.path)
    later = {"also_saved": also_saved, **more.report, "warnings": [*warnings, *failed, *more.warnings]}
    return _Done(fitted, judged, saved, later, more.folds, more.lost)


def _save(
    fitted: Fitted,
    place: output_files.Place,
    saved: dict[str, Any],
    carried: Carried | None,
    settings: TrainSettings,
    progress: Progress,
) -> tuple[dict[str, Any], list[str]]:
    """Save a model in all formats; return the paths of the additional ones, and warnings."""
    progress({"stage": "saving"})
    place.save(fitted.core, saved, fitted.sample(), carried)
    also_saved, failed = _save_also(fitted, place, saved, settings)
    return also_saved, place.warnings + failed


def _save_also(
    fitted: Fitted, place: output_files.Place, saved: dict[str, Any], settings: TrainSettings
) -> tuple[dict[str, Any], list[str]]:
    """Save a model in the additional formats; a failure gives a warning, because the model itself is saved already."""
    core, sample, path = fitted.core, fitted.sample(), place.path
    found: dict[str, Any] = {}
    notes: list[str] = []
    for kind in dict.fromkeys(settings.also_save):
        target = export.beside(path, kind)
        write = partial(export.save_as, kind, core, metadata=saved, sample=sample)
        try:
            notes += write(target)
            found[kind] = str(target)
        except TouchTrainError as error:
            where = place.elsewhere(target.name, write)
            instead = f" It was saved as {where} instead." if where else ""
            notes.append(f"The model was not saved as '{kind}' ({named('also_save')}): {error.text}{instead}")
    return found, notes


def _without_figures(dataset: Dataset, settings: TrainSettings, report: dict[str, Any], sides: Split) -> dict[str, Any]:
    """Return the metadata of a model that could not be evaluated."""
    unknown = {"decision": {"event_class": None, "threshold": None, "min_duration": None}, "metrics": {}}
    warnings = ["The model could not be evaluated, so it has neither metrics nor a threshold."]
    return metadata(
        dataset, settings, {**report, **unknown, "versions": devices.versions(), "warnings": warnings}, sides
    )
