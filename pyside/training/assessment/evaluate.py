"""Evaluation of a trained network: figures on each side, decision, mistakes, and the report about them."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from pyside.errors import TouchTrainError
from pyside.evaluation.agreement import agreement
from pyside.evaluation.decision import Decision, at_chance, choose_decision, decide
from pyside.evaluation.events import event_classes
from pyside.evaluation.metrics import side_figures
from pyside.evaluation.mistakes import worst_mistakes
from pyside.evaluation.predictions import Predictions
from pyside.settings.training import TrainSettings
from pyside.training.assessment.initial import compared
from pyside.training.splitting.subsets import SIDES, Split

MOST_CURVES = 8  # per plot
FLAT = 8  # grey levels between the darkest and the brightest pixel; a frame with fewer has no contrast
LOOKED_AT = 200  # frames, of at most half as many recordings

if TYPE_CHECKING:
    from pyside.data.dataset import Dataset
    from pyside.training.trainer import Fitted


@dataclasses.dataclass
class Judged:
    """Predictions on all sides and their evaluation.

    Attributes:
        predictions: by side; for training, a random sample about as large as the validation side.
        decision: the probability from which a frame is a touch, and the shortest touch.
        metrics: figures by side, see `side_figures`.
        agreement: of annotators with each other and with the model, or None.
        mistakes: the worst ones of the validation and test sides.
        grey_levels: see `grey_levels`.
        improvement: on the initial model, see `initial.compared`; None without one.
        evaluated_in: runtime and precision that computed the predictions, see `Fitted.evaluated_in`.
        warnings: sentences.
    """

    dataset: Dataset
    predictions: dict[str, Predictions]
    decision: Decision
    metrics: dict[str, Any]
    agreement: dict[str, Any] | None
    mistakes: list[dict[str, Any]]
    grey_levels: dict[str, Any]
    improvement: dict[str, Any] | None
    evaluated_in: dict[str, str]
    warnings: list[str]

    def record(self) -> dict[str, Any]:
        """Return the evaluation's part of the report."""
        return {
            "first_frame": 0,  # numbers of frames are counted from it
            "metrics": self.metrics,
            "decision": self.decision.as_dict(),
            "agreement": self.agreement,
            "mistakes": self.mistakes,
            "grey_levels": self.grey_levels,
            "improvement": self.improvement,
            "evaluated_in": self.evaluated_in,
        }

    def write_report(
        self,
        folder: Path,
        report: dict[str, Any],
        history: dict[str, list[float]],
        elsewhere: Callable[[str, Callable[[Path], Any]], Path | None] = lambda name, write: None,
        folds: Mapping[str, np.ndarray] | None = None,
    ) -> dict[str, Any]:
        """Write the report folder.

        Args:
            folder: ``name.report`` beside the model.
            report: of the training.
            history: curves of the training.
            folds: what a cross-validation keeps, see `out_of_fold`.
            elsewhere: writes to another place if `folder` cannot be written, see `output_files.Place.elsewhere`.

        Returns:
            ``report_folder``, its path, or None if it could not be written. If it is not in `folder`, ``warnings``
            says so: that is no error, because the model is saved and matters more than its report.
        """
        from pyside.evaluation.report.page import write_report
        from pyside.evaluation.report.plots import precision_recall
        from pyside.evaluation.report.traces import of_side

        names = self.dataset.class_names
        curves = {
            side: {name: precision_recall(found, names.index(name)) for name in self._drawn(side)}
            for side, found in self.predictions.items()
            if side != "training"
        }
        traces = {
            side: of_side(found, _decided(found, self.decision), self.decision.threshold)
            for side, found in self.predictions.items()
            if side != "training"
        }

        def write(place: Path) -> None:
            write_report(place, report | {"report_folder": str(place)}, history, frames, curves, folds, traces)

        try:
            frames = self.dataset.read(np.array([mistake["number"] for mistake in self.mistakes], np.int64))
            write(folder)
        except TouchTrainError as error:
            where = elsewhere(folder.name, write)
            outcome = f"The report was written to {where} instead" if where else "There is no report"
            return {
                "report_folder": str(where) if where else None,
                "warnings": [*report["warnings"], f"{outcome}: {error.text}"],
            }
        return {"report_folder": str(folder)}

    def _drawn(self, side: str) -> list[str]:
        """Return the event classes whose curves are drawn; of more than `MOST_CURVES`, those recognised worst."""
        classes = self.metrics[side]["classes"]
        names = list(event_classes(self.dataset.class_names))
        if len(names) > MOST_CURVES:
            names = [name for name in names if classes[name]["average_precision"] is not None]
            names = sorted(names, key=lambda name: classes[name]["average_precision"])[:MOST_CURVES]
        return names


def judge(
    fitted: Fitted, dataset: Dataset, sides: Split, settings: TrainSettings, people: Mapping[str, np.ndarray]
) -> Judged:
    """Evaluate a trained network.

    Args:
        fitted: the network.
        dataset: the one that it was trained on.
        sides: of the split.
        settings: of the training.
        people: labels by further annotators, int, (all frames,), -1 for a frame without a label.

    Returns:
        The evaluation. The decision is chosen on the validation side.
    """
    predictions = {side: predict(fitted, dataset, getattr(sides, side)) for side in SIDES[1:] if side in fitted.batches}
    few = sample_of(sides.training, dataset.table.labels[sides.training], len(sides.validation), settings.seed)
    sample = predict(fitted, dataset, few)
    predictions["training"] = dataclasses.replace(sample, frame_numbers=np.full(len(few), -1))
    decision = choose_decision(predictions["validation"], settings.frame_rate)
    predicted = {side: _decided(found, decision) for side, found in predictions.items()}
    metrics = {
        side: side_figures(predictions[side], predicted[side], dataset.table.tags, settings.frame_rate)
        for side in SIDES
        if side in predictions
    }
    mistakes = [
        {"side": side, **one, **_file_of(dataset, one["number"])}
        for side in SIDES[:0:-1]
        if side in predictions
        for one in worst_mistakes(predictions[side], predicted[side])
    ]
    held_out = predictions.get("test", predictions["validation"])
    agreed = None
    if people:
        all_people = {"dataset": dataset.table.labels, **people}
        agreed = agreement(
            {name: labels[held_out.numbers] for name, labels in all_people.items()},
            predicted["test" if "test" in predictions else "validation"],
            dataset.class_names,
            held_out.recordings,
            held_out.frame_numbers,
            settings.frame_rate,
        )
    levels = grey_levels(dataset, np.concatenate([getattr(sides, side) for side in SIDES]))
    improved = compared(fitted, dataset, settings, predictions.get("test"), decision)
    computed, warnings = fitted.evaluated_in(), nothing_learnt(metrics)
    return Judged(dataset, predictions, decision, metrics, agreed, mistakes, levels, improved, computed, warnings)


def _file_of(dataset: Dataset, number: int) -> dict[str, str]:
    """Return the file that a frame of a dataset is from, if each frame has its own."""
    recording, place = dataset.place(number)
    return {} if recording.files is None else {"file": recording.files[place]}


def sample_of(numbers: np.ndarray, labels: np.ndarray, n: int, seed: int) -> np.ndarray:
    """Draw the same share of frames of each class; every n-th frame might miss all short touches.

    Args:
        numbers: int64, (frames,), ascending.
        labels: int, (frames,), their classes.
        n: number of frames to draw; the sample has a few more, because each class is in it.
        seed: of the draw.

    Returns:
        int64, ascending, the drawn `numbers`; all of them if there are at most n.
    """
    if len(numbers) <= n:
        return numbers
    rng = np.random.default_rng([seed, n, len(numbers)])
    of_classes = [numbers[labels == label] for label in np.unique(labels)]
    share = n / len(numbers)
    return np.sort(np.concatenate([rng.choice(one, math.ceil(share * len(one)), replace=False) for one in of_classes]))


def grey_levels(dataset: Dataset, numbers: np.ndarray) -> dict[str, Any]:
    """Look at some frames, as many of each recording, and count those without contrast.

    Args:
        dataset: where the frames are.
        numbers: int64, the frames that are used.

    Returns:
        ``frames``, the number of frames looked at; ``limit``, the grey levels that the darkest and the brightest pixel
        of a frame must differ by; ``flat``, the number of frames in which they do not; ``recordings``, names of the
        recordings of which all frames looked at are flat. Plain values.
    """
    of_frames = dataset.table.recordings[numbers]
    there = np.unique(of_frames)
    there = there[np.unique(np.linspace(0, len(there) - 1, min(len(there), LOOKED_AT // 2)).astype(int))]
    flat, seen, names = 0, 0, []
    for recording in there.tolist():
        own = np.sort(numbers[of_frames == recording])
        picked = own[np.unique(np.linspace(0, len(own) - 1, min(len(own), LOOKED_AT // len(there))).astype(int))]
        levels = [int(np.ptp(dataset.read(picked[place : place + 1]))) for place in range(len(picked))]
        of_recording = sum(level < FLAT for level in levels)
        flat, seen = flat + of_recording, seen + len(levels)
        if of_recording == len(levels):
            names.append(dataset.recordings[recording].original)
    return {"frames": seen, "limit": FLAT, "flat": flat, "recordings": names}


def predict(fitted: Fitted, dataset: Dataset, numbers: np.ndarray) -> Predictions:
    """Return the predictions of a network for frames of the dataset, by number."""
    rows = dataset.table[numbers]
    return Predictions(
        rows.class_names,
        rows.labels.astype(np.int64),
        fitted.probabilities(numbers),
        rows.recordings,
        tuple(recording.original for recording in dataset.recordings),
        rows.frame_numbers,
        numbers,
    )


def _decided(predictions: Predictions, decision: Decision) -> np.ndarray:
    return decide(predictions.probabilities, decision, predictions.recordings, predictions.frame_numbers)


def nothing_learnt(metrics: dict[str, Any]) -> list[str]:
    """Warn if the model is no better than chance on both sides."""
    # A model that is good on the training side only has learnt it by heart: the verdict says that, and weighs luck.
    if not all(at_chance(metrics[side]) for side in ("training", "validation")):
        return []
    return [
        "The model has learnt nothing: on training and validation frames it is no better than guessing. The verdict "
        "says what to do."
    ]
