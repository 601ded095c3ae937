"""A contact array made like a real one: 412 trials of which people edited seven, a template, and nine bare empties."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import scipy.io

from pyside.curation.marking.session import Session
from pyside.curation.marks import WHY, Marks, labels_of
from pyside.curation.writers.results import write_results
from pyside.evaluation.decision import Decision

MODEL: dict[str, Any] = {"path": "/models/m.h5", "sha256": "cd" * 32, "class_names": ("NonTouch", "Touch")}
ABOUT = {"seconds": 0.5, "frames_per_second": 14.0, "stamp": "s", "key": "k", "precision": "float32"}
ABOUT |= {"backend": "tensorflow", "device": "CPU", "warnings": []}
NOTHING = np.zeros((0, 0))
EDITED, EMPTIES, SIZE = range(40, 47), range(200, 209), 422
FORCES = "M0combo FaxialAdj meanM0 peakM0 meanFaxial peakFaxial M0comboAdj Faxial preConCurve".split()


def row(values: Any) -> np.ndarray:
    return np.asarray(values, np.float64).reshape(1, -1)


def cell(*items: Any) -> np.ndarray:
    found = np.empty((1, len(items)), object)
    for place, item in enumerate(items):
        found[0, place] = item
    return found


def probabilities(seed: int, n: int) -> np.ndarray:
    """float32, (n,): of touch, in runs."""
    rng = np.random.default_rng(seed)
    high = np.repeat(rng.random(n) < 0.2, rng.integers(1, 7, n))[:n]
    return np.where(high, 0.6 + 0.4 * rng.random(n), 0.4 * rng.random(n)).astype(np.float32)


def trial(number: int, touch: np.ndarray, looked: np.ndarray | None = None) -> dict[str, Any]:
    """A trial that a program wrote with the threshold 0.5."""
    looked = np.ones(len(touch), bool) if looked is None else looked
    confidence = np.where(looked, touch, 0).astype(np.float64)
    return {
        "contactInds": cell(row(np.flatnonzero(confidence > 0.5) + 1)),
        "prepross": row(np.where(looked, 2, 0)),
        "touchConfidence": row(confidence),
        "trialNum": row(number),
    }


def edited(number: int, touch: np.ndarray, backwards: bool = False) -> dict[str, Any]:
    """A trial that a person corrected, with all that the lab's browser adds."""
    found = trial(number, touch)
    more = {
        "manualAdd": cell(row([3, 4])),
        "manualDel": cell(NOTHING),
        "segmentInds": np.array([[3.0, 4.0], [9.0, 12.0]]),
        "inferredInds": row([10]),
        "contactLength": np.array([[1.0], [3.0]]),
    }
    return {**found, **dict(reversed(more.items()))} if backwards else {**found, **more}


def like_the_real_one(seed: int = 0, n: int = 40) -> dict[str, Any]:
    """The variables ``contacts``, 422 cells, and ``params``; trial numbers run over the empties, to 421."""
    cells: list[Any] = []
    for number in range(1, SIZE):
        touch = probabilities(seed + number, n + number % 9)
        if number - 1 in EMPTIES:
            cells.append(NOTHING)
        elif number - 1 in EDITED:
            cells.append(edited(number, touch, number % 2 == 1))
        else:
            cells.append(trial(number, touch, touch > 0.02))
    template = {"contactInds": cell(NOTHING), "prepross": NOTHING, "trialNum": NOTHING, "confidence": NOTHING}
    cells.insert(SIZE // 2, template)
    texts = cell(*(f"{number}: trialNum={number}" for number in range(1, SIZE)))
    return {"contacts": cell(*cells), "params": {"trialList": texts, "framesUsed": row(np.arange(1, n + 1))}}


def saved(path: Path, contacts: Any, **variables: Any) -> Path:
    """Write a contact array, a list of trials or a cell, as MATLAB does: from doubles."""
    contacts = cell(*contacts) if isinstance(contacts, list) else contacts
    scipy.io.savemat(path, {"contacts": contacts, **variables}, do_compression=True, long_field_names=True)
    return path


def marks(
    name: str,
    touch: np.ndarray,
    *,
    why: np.ndarray | None = None,
    class_names: Sequence[str] = MODEL["class_names"],
    decision: Decision | None = None,
    frame_rate: float | None = 500.0,
) -> Marks:
    """Marks of a video from the probability of touch of each frame, or of each class; NaN could not be looked at."""
    columns = touch if touch.ndim == 2 else np.stack([1 - touch, touch], axis=1)
    values = columns.astype(np.float32)
    why = np.zeros(len(values), np.uint8) if why is None else why.astype(np.uint8)
    why[np.isnan(values).any(axis=1)] = WHY.index("damaged")
    fixed = (why > 0) & ~np.isnan(values).any(axis=1)
    values[fixed] = np.eye(len(class_names), dtype=np.float32)[0]
    decision = decision or (Decision("Touch", 1, 0.5) if values.shape[1] == 2 else Decision(None, None, None))
    labels = labels_of(values, why, decision)
    video, names, model = Path(f"/videos/{name}.mp4"), tuple(class_names), MODEL["sha256"]
    return Marks(name, video, names, values, labels, why, decision, frame_rate, "ab" * 32, model)


def session(folder: Path, of_videos: Sequence[Marks], failed: Sequence[str] = ()) -> Path:
    """Write a session without results, and return its folder."""
    model = {**MODEL, "class_names": of_videos[0].class_names}
    new = Session(folder, model, {"threshold": None}, {"touchtrain": "0"}, write_results)
    new.begin([*(one.name for one in of_videos), *failed], [])
    for one in of_videos:
        new.finish(one, (), ABOUT)
    for name in failed:
        new.fail(name, Path(f"/videos/{name}.mp4"), "it is damaged")
    new.close()
    return folder


def loaded(path: Path, name: str = "contacts") -> Any:
    """Return a variable as SciPy reads it, with MATLAB's classes and sizes."""
    return scipy.io.loadmat(path, mat_dtype=True)[name]
