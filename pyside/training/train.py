"""Training from end to end: split, augment, build, fit, evaluate, save."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

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
    from pyside.data.dataset import Dataset
    from pyside.training.trainer import Fitted


def train(
    dataset: Dataset,
    model_path: Path,
    settings: TrainSettings,
    progress: Callable[[dict[str, Any]], None] = lambda record: None,
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
    sides = check(dataset, path, settings)
    output_files.clear_broken_off(path)
    if notes := place.replacement_notes(dataset.hash):
        progress({"stage": "reading", "said": notes})
    equal = duplicates.equal_frames(dataset)
    split_again = partial(check, dataset, path, settings)
    sides, warnings = duplicates.settled(dataset, sides, split_again, settings, equal)
    people = read_annotations(settings.annotations, dataset) if settings.annotations else {}
    device = devices.choose_device(settings.execution_environment)
    warnings += (scarce := memory.check(dataset, settings, device))
    progress({"stage": "reading", "said": scarce})
    with devices.device_scope(device):
        from pyside.training.assessment.evaluate import judge
        from pyside.training.assessment.resampling import further_sides, further_trainings
        from pyside.training.trainer import Fit

        precision = devices.choose_precision(settings.precision, device)
        with (
            WhileTraining(dataset, should_stop) as verified,
            closing(Fit(dataset, settings, precision, progress, verified.should_stop, place.check_size)) as work,
        ):
            further = further_sides(dataset, sides, settings, equal)
            fitted = work.run(sides, checkpoint)
            verified.finish(progress, fitted.checkpoints.remove)
            look(fitted)
            progress({"stage": "evaluating"})
            report = describe(dataset, settings, sides) | fitted.outcome(settings)
            with place.rescuing(fitted.core, partial(_without_figures, dataset, report)):
                judged = judge(fitted, dataset, sides, settings, people)
            report |= judged.record()
            report |= {"device": device, "versions": devices.versions(), "model_path": str(path)}
            report["warnings"] = warnings_of(dataset, sides, settings) + warnings + fitted.warnings + judged.warnings
            report["warnings"] += fitted.sampling["remarks"]
            progress({"stage": "saving"})
            saved = metadata(dataset, report)
            place.save(fitted.core, saved, fitted.sample())
            report["also_saved"], failed = _save_besides(fitted, place, saved, settings)
            failed = place.warnings + failed
            besides, warnings = further_trainings(work, fitted, sides, further, judged, checkpoint)
            report |= besides | {"warnings": report["warnings"] + failed + warnings}
    report["seconds"] = round(time.perf_counter() - began, 3)
    history = fitted.progress.history
    report["verdict"] = verdict(report, history)
    if settings.report:
        progress({"stage": "writing the report"})
        report |= judged.write_report(output_files.report_folder(path), report, history, place.elsewhere)
    fitted.checkpoints.remove()
    return TrainingResult(history, str(path), report["metrics"], verdict_text(report["verdict"]), plain(report))


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


def _without_figures(dataset: Dataset, report: dict[str, Any]) -> dict[str, Any]:
    """Return what the file of a model that could not be evaluated tells about itself."""
    unknown = {"decision": {"event_class": None, "threshold": None, "min_duration": None}, "metrics": {}}
    warnings = ["The model could not be evaluated, so it has neither figures nor a threshold."]
    return metadata(dataset, {**report, **unknown, "versions": devices.versions(), "warnings": warnings})
