"""Training from end to end: split, augment, build, fit, evaluate, save."""

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
from pyside.errors import TouchTrainError
from pyside.evaluation.result import TrainingResult
from pyside.evaluation.verdict.judge import verdict, verdict_text
from pyside.models import export, files, output_files
from pyside.settings.core import named
from pyside.settings.training import TrainSettings
from pyside.system.records import plain
from pyside.training.assessment.provenance import describe, metadata
from pyside.training.checks import memory
from pyside.training.checks.annotators import read_annotations
from pyside.training.checks.preflight import check, warnings_of
from pyside.training.splitting import duplicates

if TYPE_CHECKING:
    import numpy as np

    from pyside.data.dataset import Dataset
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
        progress: called with a record at most some five times a second, and at each epoch's end.
        should_stop: asked after each batch. True ends the training gently, as Ctrl-C does: the best weights so far
            are evaluated and saved.
        checkpoint: the file in which the training keeps what it goes on from when it is broken off, ended with
            ``.npz``; with the one that is there, it goes on and ends as it would have ended unbroken. It is removed at
            the end. None for no checkpoints.
        look: called with the trained network before it is judged and saved; what it raises ends it there, as a search
            does where another network was better.
        place: where the model goes, and where else if it cannot go there. Default: `model_path`, or among the temporary
            files.

    Returns:
        History, model path, metrics, verdict and report.

    Raises:
        BadJob: the checkpoint is of another dataset, or of other settings.
        BadFrames, OneClass, BadOption, BadDataset, BadLabels, BadModel, PathMissing, NotWritable, DiskFull: before any
            long work, all faults at once.
        NotEnoughMemory: there is less than the training takes in any case.
        NotFinite: the loss became NaN or infinite even in float32.
        ModelNotSaved, DiskFull, NotWritable: the model could not be written to its place. What was there before still
            is, the error says where the model lies, and the checkpoint stays.
    """
    began = time.perf_counter()
    progress({"stage": "reading"})
    path = files.with_suffix(model_path).absolute()
    devices.use_backend(settings.backend)
    place = place or output_files.Place(path, settings)
    ready = _checked(dataset, path, settings, place, progress)
    with devices.device_scope(ready.device):
        done = _trained(dataset, settings, ready, place, progress, should_stop, checkpoint, look)
    history = done.fitted.progress.history
    report = {**done.told, **done.besides, "seconds": round(time.perf_counter() - began, 3)}
    report["verdict"] = verdict(report, history)
    if settings.report:
        progress({"stage": "writing the report"})
        report |= done.judged.write_report(output_files.report_folder(path), report, history, place.elsewhere)
    done.fitted.checkpoints.remove()
    return TrainingResult(history, str(path), report["metrics"], verdict_text(report["verdict"]), plain(report))


@dataclasses.dataclass(frozen=True)
class _Ready:
    """What is known of a training once all was looked at that can be wrong with it.

    Attributes:
        sides: of the split.
        equal: int64, (all frames,), see `duplicates.equal_frames`.
        people: labels of further annotators, see `read_annotations`.
        device: ``cpu`` or ``gpu``.
        warnings: in words.
    """

    sides: Split
    equal: np.ndarray
    people: dict[str, np.ndarray]
    device: str
    warnings: list[str]


@dataclasses.dataclass(frozen=True)
class _Done:
    """A training that is over, its model saved.

    Attributes:
        fitted: the network.
        judged: what it is worth.
        told: the part of the report that the model file tells, too.
        besides: what came of it after the model was saved; its warnings are all that there are.
    """

    fitted: Fitted
    judged: Judged
    told: dict[str, Any]
    besides: dict[str, Any]


def _checked(
    dataset: Dataset, path: Path, settings: TrainSettings, place: output_files.Place, progress: Progress
) -> _Ready:
    """Look for all that is wrong before any long work, and split."""
    sides = check(dataset, path, settings)
    output_files.clear_broken_off(path)
    if said := place.told(dataset.hash):
        progress({"stage": "reading", "said": said})
    equal = duplicates.equal_frames(dataset)
    split_again = partial(check, dataset, path, settings)
    sides, warnings = duplicates.settled(dataset, sides, split_again, settings, equal)
    people = read_annotations(settings.annotations, dataset) if settings.annotations else {}
    device = devices.choose_device(settings.execution_environment)
    scarce = memory.check(dataset, settings, device)
    progress({"stage": "reading", "said": scarce})
    return _Ready(sides, equal, people, device, warnings + scarce)


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
    """Fit, judge and save the network, and do the trainings besides."""
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
        progress({"stage": "evaluating"})
        known = describe(dataset, settings, sides) | fitted.outcome(settings)
        with place.rescuing(fitted.core, partial(_without_figures, dataset, settings, known)):
            judged = judge(fitted, dataset, sides, settings, ready.people)
        warnings = [
            *warnings_of(dataset, sides, settings),
            *ready.warnings,
            *fitted.warnings,
            *judged.warnings,
            *fitted.sampling["remarks"],
        ]
        made = {"device": ready.device, "versions": devices.versions(), "model_path": str(place.path)}
        told = {**known, **judged.record(), **made, "warnings": warnings}
        also_saved, failed = _save(fitted, place, metadata(dataset, settings, told), settings, progress)
        besides, unfinished = further_trainings(work, fitted, sides, further, judged, checkpoint)
    after = {"also_saved": also_saved, **besides, "warnings": [*warnings, *failed, *unfinished]}
    return _Done(fitted, judged, told, after)


def _save(
    fitted: Fitted, place: output_files.Place, saved: dict[str, Any], settings: TrainSettings, progress: Progress
) -> tuple[dict[str, Any], list[str]]:
    """Save a model in all forms; return where the further ones lie, and what went wrong with them."""
    progress({"stage": "saving"})
    place.save(fitted.core, saved, fitted.sample())
    also_saved, failed = _save_besides(fitted, place, saved, settings)
    return also_saved, place.warnings + failed


def _save_besides(
    fitted: Fitted, place: output_files.Place, saved: dict[str, Any], settings: TrainSettings
) -> tuple[dict[str, Any], list[str]]:
    """Save the further forms of a model that is saved; one that cannot be is warned of, for the model is there."""
    core, sample, path = fitted.core, fitted.sample(), place.path
    found: dict[str, Any] = {}
    notes: list[str] = []
    for kind in dict.fromkeys(settings.also_save):
        try:
            found |= export.save_besides(core, path, saved, sample, [kind])
            notes += found.pop("notes")
        except TouchTrainError as error:
            write = export.save_keras if kind == "keras" else export.save_tensorflow
            where = place.elsewhere(export.beside(path, kind).name, partial(_written, write, core, sample, saved))
            lies = f" It lies in {where}." if where else ""
            notes.append(f"The model was not saved as '{kind}' ({named('also_save')}) too: {error.text}{lies}")
    return found, notes


def _written(write: Callable[..., Any], core: Any, sample: Any, saved: dict[str, Any], file: Path) -> None:
    write(core, file, sample, saved)


def _without_figures(dataset: Dataset, settings: TrainSettings, report: dict[str, Any]) -> dict[str, Any]:
    """Return what the file of a model that could not be evaluated tells about itself."""
    unknown = {"decision": {"event_class": None, "threshold": None, "min_duration": None}, "metrics": {}}
    warnings = ["The model could not be evaluated, so it has neither figures nor a threshold."]
    return metadata(dataset, settings, {**report, **unknown, "versions": devices.versions(), "warnings": warnings})
