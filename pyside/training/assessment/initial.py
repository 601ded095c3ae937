"""The initial model beside the new one, on test recordings that the initial model was neither trained nor chosen on.

What a model saw, its file says under ``seen``; a file of an earlier version names at least some of its recordings.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from pyside.curation.model.decision import decision_with
from pyside.curation.model.facts import facts_from, recorded_region
from pyside.errors import TouchTrainError, some
from pyside.evaluation.decision import Decision, decide
from pyside.evaluation.verdict.improvement import FEWEST, improvement, sentence
from pyside.models import load
from pyside.models.metadata import read_metadata
from pyside.models.save import predictions
from pyside.settings.core import named, set_to
from pyside.system.records import same_name

if TYPE_CHECKING:
    import keras

    from pyside.data.dataset import Dataset, Recording
    from pyside.evaluation.predictions import Predictions
    from pyside.settings.training import TrainSettings
    from pyside.training.splitting.subsets import Split
    from pyside.training.trainer import Fitted

NOT_COMPARED = "not compared"
_TEST_FRACTION = 0.2  # that is advised


# --- what a model saw ----------------------------------------------------------------------------------------------


@dataclasses.dataclass(frozen=True)
class Seen:
    """The recordings that a model, and those that it began from, were trained on or validated with.

    Attributes:
        names: of recordings.
        sha256: of their frames, as far as they are known.
        complete: whether these are all.
    """

    names: frozenset[str] = frozenset()
    sha256: frozenset[str] = frozenset()
    complete: bool = False

    @classmethod
    def of(cls, about: Mapping[str, Any]) -> Seen:
        """Return what the metadata of a model file says; those of an earlier version have names in other places."""
        found = about.get("seen")
        if isinstance(found, Mapping):
            return cls(_texts(found.get("names")), _texts(found.get("sha256")), found.get("complete") is True)
        statistics, metrics = _within(about, "statistics"), _within(about, "metrics")
        of_training, of_validation = _texts(statistics.get("names")), _named_in(_within(metrics, "validation"))
        complete = (
            len(of_training) == statistics.get("recordings")
            and len(of_validation) > 0
            and _within(about, "settings").get("initial_model", "") is None
        )
        return cls(of_training | of_validation | _named_in(_within(metrics, "training")), complete=complete)

    def has(self, recording: Recording) -> bool:
        """Return whether a recording of a dataset is among them, by its name or by its frames."""
        return same_name(recording.original) in self.names or recording.info["source"].get("sha256") in self.sha256


def _within(found: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    value = found.get(key)
    return value if isinstance(value, Mapping) else {}


def _texts(found: Any) -> frozenset[str]:
    return (
        frozenset(same_name(one) for one in found if isinstance(one, str)) if isinstance(found, list) else frozenset()
    )


def _named_in(figures: Mapping[str, Any]) -> frozenset[str]:
    each = figures.get("recordings")
    return _texts([one.get("recording") for one in each if isinstance(one, Mapping)] if isinstance(each, list) else [])


def seen_record(dataset: Dataset, settings: TrainSettings, sides: Split) -> dict[str, Any]:
    """Return what a new model saw, for its file: ``names``, ``sha256`` and ``complete``, see `Seen`."""
    earlier = Seen(complete=True) if settings.initial_model is None else _seen_in(settings.initial_model)
    used = np.unique(dataset.table.recordings[np.concatenate([sides.training, sides.validation])])
    own = [dataset.recordings[number] for number in used.tolist()]
    hashes = {str(one.info["source"]["sha256"]) for one in own if one.info["source"].get("sha256")}
    return {
        "names": sorted(earlier.names | {same_name(one.original) for one in own}),
        "sha256": sorted(earlier.sha256 | hashes),
        "complete": earlier.complete,
    }


def _seen_in(path: str) -> Seen:
    try:
        return Seen.of(read_metadata(path) or {})
    except TouchTrainError:  # it has gone since the training began
        return Seen()


# --- the comparison ------------------------------------------------------------------------------------------------


def compared(
    fitted: Fitted, dataset: Dataset, settings: TrainSettings, test: Predictions | None, decision: Decision
) -> dict[str, Any] | None:
    """Compare the new model with its initial one on the test side.

    Each is judged as it would be used: by its own threshold and minimum duration, its classes by name.

    Args:
        fitted: the new network.
        dataset: the one that it was trained on.
        settings: of the training.
        test: the predictions of the new model on the test side; None if there is no such side.
        decision: of the new model.

    Returns:
        None without an initial model. Else ``initial_model``, the name of its file; ``outcome`` and all else that
        `improvement` returns, or the outcome ``not compared``; ``untouched``, whether the initial model is known not to
        have seen the recordings; ``left_out``, names of test recordings that it saw; ``sentence``, ``advice``, and
        ``remarks``, sentences. Plain values.
    """
    if settings.initial_model is None:
        return None
    path = Path(settings.initial_model)
    if test is None:
        text = f"There is no test side on which the new model could be compared with {path.name}."
        return _not_compared(path, text, _advice(path))
    try:
        about = read_metadata(path) or {}
        if why := _misfit(about, dataset):
            return _not_compared(path, f"The new model was not compared with {path.name}: {why}", "")
        return _on_untouched(fitted, dataset, settings, about, test, decision)
    except TouchTrainError as error:
        text = f"The new model was not compared with {path.name}, which cannot be used any more: {error.text}"
        return _not_compared(path, text, "")


def _advice(path: Path) -> str:
    return (
        f"Give at least {FEWEST} recordings that {path.name} never saw the tag side with the value test. Or hold some "
        f"out before the first model is trained: set {set_to('test_fraction', _TEST_FRACTION)}."
    )


def _not_compared(path: Path, text: str, advice: str, left_out: Sequence[str] = ()) -> dict[str, Any]:
    return {
        "initial_model": path.name,
        "outcome": NOT_COMPARED,
        "left_out": list(left_out),
        "sentence": text,
        "advice": advice,
        "remarks": [],
        "rows": [],
    }


def _misfit(about: Mapping[str, Any], dataset: Dataset) -> str:
    """Return why a model would not be used on frames like those of a dataset; empty if it would."""
    names = about.get("class_names") or dataset.class_names
    strange = [name for name in names if name not in dataset.class_names]
    if strange:
        return f"it knows the class {some(strange)}, which the dataset does not have."
    if not about:
        return ""
    was = _preparation(about, _within(about, "region"))
    now = _preparation(dataset.info, recorded_region(dataset.info))
    for name, value in was.items():
        if value is not None and now[name] is not None and value != now[name]:
            return f"it was made for frames with the {named(name)} {value}, and those of the dataset have {now[name]}."
    return ""


def _preparation(info: Mapping[str, Any], region: Mapping[str, Any]) -> dict[str, str | None]:
    """Return how frames were prepared, in words, as far as it is known: frames that came cut out may be adjusted."""
    came_whole = region.get("center") not in (None, "unknown")
    sides = {"roi": info.get("roi"), "image_size": region.get("image_size")}
    return {
        "contrast": info.get("contrast") or ("none" if came_whole else None),
        **{name: None if size is None else " x ".join(map(str, size)) for name, size in sides.items()},
    }


def _on_untouched(
    fitted: Fitted,
    dataset: Dataset,
    settings: TrainSettings,
    about: Mapping[str, Any],
    test: Predictions,
    decision: Decision,
) -> dict[str, Any]:
    path, seen = Path(str(settings.initial_model)), Seen.of(about)
    touched = [number for number in np.unique(test.recordings).tolist() if seen.has(dataset.recordings[number])]
    left_out = [dataset.recordings[number].original for number in touched]
    found = test.of(~np.isin(test.recordings, touched))
    if not len(found.labels):
        text = (
            f"The new model was not compared with {path.name}, which was trained or validated on all test recordings."
        )
        return _not_compared(path, text, _advice(path), left_out)
    core = load.load_model(path)
    names = tuple(about.get("class_names") or dataset.class_names)
    if core.output_shape[-1] != len(names):
        said = f"which does not say what its {core.output_shape[-1]} outputs mean"
        text = f"The new model was not compared with {path.name}, {said}."
        return _not_compared(path, text, "")
    own = facts_from(about, path).decision if about.get("class_names") and about.get("image_shape") else None
    where = found.recordings, found.frame_numbers
    answers = _probabilities(path, core, fitted, found.numbers)
    old = decide(answers, decision_with(names, own, None, None, path.name), *where)
    as_here = np.array([dataset.class_names.index(name) for name in names])
    new = decide(found.probabilities, decision, *where)
    compared = improvement(found, as_here[old], new, dataset.table.groups[found.numbers], settings.seed)
    return {
        "initial_model": path.name,
        **compared,
        "untouched": seen.complete,
        "left_out": left_out,
        "sentence": sentence(compared, path.name, seen.complete),
        "advice": _what_next(compared["outcome"], path),
        "remarks": [
            *_remarks(path, seen, left_out, [one for one in dataset.class_names if one not in names]),
            *_about_machine([dataset.recordings[number] for number in np.unique(found.recordings).tolist()]),
        ],
    }


def _about_machine(recordings: Sequence[Recording]) -> list[str]:
    """Return a remark about test recordings whose labels nobody looked at: the model that made them is right there."""
    names = [
        one.original
        for one in recordings
        if one.info["source"].get("labels_by") or _within(one.info["source"], "corrections").get("machine")
    ]
    if not names:
        return []
    return [
        f"In these test recordings a model gave labels to frames that nobody looked at: {some(names)}. By them that "
        "model looks better than it is, and another one worse. Review them whole, or leave those frames out: set "
        f"{set_to('frames', 'reviewed')} when corrections are added."
    ]


def _probabilities(path: Path, core: keras.Model, fitted: Fitted, numbers: np.ndarray) -> np.ndarray:
    """Return what the initial model says of frames of the dataset, by number, in the runtime of the new one.

    Args:
        path: the model file.
        core: its network, which takes floats.
        fitted: the new one.
        numbers: int64, (n,), of the frames.

    Returns:
        float, (n, classes).
    """
    from pyside.training.trainer import engine_for

    batches = fitted.plain_batches(numbers)
    if fitted.engine is not None:
        settings = dataclasses.replace(fitted.settings, runtime=fitted.engine.runtime)
        engine = engine_for(path, core.input_shape[1:], settings, batches[0][0])
        return np.concatenate([engine.predict(batches[place][0]) for place in range(len(batches))])
    return np.concatenate(
        [predictions(core, np.asarray(batches[place][0], np.float32) / 255) for place in range(len(batches))]
    )


def _what_next(outcome: str, path: Path) -> str:
    return {
        "worse": f"Use {path.name} on, and look at the labels that were added since.",
        "no difference": "There is no reason to prefer it yet. More corrections or test recordings may tell more.",
        "mixed": "Decide whether touches or frames matter more.",
        "unknown": _advice(path),
    }.get(outcome, "")


def _remarks(path: Path, seen: Seen, left_out: Sequence[str], unknown: Sequence[str]) -> Any:
    if left_out:
        yield (
            f"Left out, because {path.name} was trained or validated on recordings of these names or frames: "
            f"{some(left_out)}."
        )
    if not seen.complete:
        yield (
            f"{path.name} does not say all that it was trained on. If these recordings were new to it, the table "
            "holds. If it was trained on some of them, its figures are too good, those of the new model less so, and "
            "neither says how good they are on other recordings."
        )
    if unknown:
        yield f"{path.name} does not know the class {some(unknown)}: frames of it count as its errors."
