"""Says whether a model file computes what it was trained to: its answers to the probes that it carries."""

from __future__ import annotations

from os import PathLike
from typing import Any

from pyside.aliases import Progress, Record
from pyside.compute.proof import BOUNDS
from pyside.errors import ModelNotProven
from pyside.models import load, probes
from pyside.models.files import form
from pyside.runtimes.choice import PROPER_NAMES, check_runtime
from pyside.runtimes.engine import Engine
from pyside.settings.core import named, set_to
from pyside.settings.curation import VerifySettings
from pyside.system.paths import absolute

_FIGURES = (
    *("runtime", "backend", "device", "precision", "bound", "difference", "beyond"),
    *("compared", "differing", "weights_kept"),
)


def verify(path: str | PathLike[str], settings: VerifySettings, progress: Progress = lambda record: None) -> Record:
    """Load a model, let it answer the probes of its file, and compare; see `pyside.verify`.

    Args:
        path: a model file, or a SavedModel folder.
        settings: how it computes.
        progress: called with the stage.

    Returns:
        What `pyside.verify` returns of a model; also if it is not proven, with ``well`` False.

    Raises:
        PathMissing, BadModel: it cannot be read.
        BadOption, ExtraMissing, ModelNotSaved: it cannot compute so.
    """
    path = absolute(path)
    progress({"stage": "verifying the model"})
    carried = probes.read(path)
    if carried is None:
        if form(path) != "folder":
            load.read_plan(path)  # raises an error if it is no model
        return _record(path, 0, 0, {}, None, "", _none_carried(path))
    check_runtime(settings, path)
    n, doubtful = len(carried.frames), carried.n_doubtful
    try:
        engine = Engine(
            path,
            carried.frames.shape[1:],
            backend=settings.backend,
            execution_environment=settings.execution_environment,
            precision=settings.precision,
            runtime=settings.runtime,
        )
    except ModelNotProven as error:
        proof = error.proof
        return _record(path, n, doubtful, proof.record(), False, "", error.text, proof.why_not(path))
    assert engine.proof is not None
    found, said = engine.proof.record(), engine.said
    verdict = f"{path} is proven: it computes what it was trained to."
    if found["bound"] > BOUNDS["float32"]:
        verdict += (
            f" In {found['precision']} only differences of more than {found['bound']:g} are noticed. To notice smaller "
            f"ones, set {set_to('precision', 'float32')}."
        )
    return _record(path, n, doubtful, found, True, said, verdict)


def _none_carried(path: object) -> str:
    return (
        f"{path} carries no probe frames, so it cannot be told whether it computes what it was trained to. It is used "
        "without this check. Models carry probes if this version of TouchTrain trained them, as .h5 files, and "
        f"{named('store_probes')} was not switched off."
    )


def _record(
    path: object,
    n: int,
    doubtful: int,
    figures: Record,
    proven: bool | None,
    said: str,
    verdict: str,
    without_figures: str = "",
) -> dict[str, Any]:
    found = {
        "kind": "proof",
        "path": str(path),
        "well": proven is not False,
        "proven": proven,
        "probes": n,
        "doubtful": doubtful,
        **{name: figures.get(name) for name in _FIGURES},
        "about_runtime": said,
        "verdict": verdict,
    }
    return {**found, "summary": [*_table(found), *filter(None, (said, without_figures or verdict))]}


def _table(found: Record) -> list[str]:
    """Return the figures as lines; none if there are none."""
    if found["proven"] is None:
        return []
    where = ", ".join(filter(None, (found["backend"], found["precision"], found["device"])))
    difference = "not a number" if found["difference"] is None else f"{found['difference']:.2g}"
    rows = {
        "Probe frames": f"{found['probes']}, {found['doubtful']} of them doubtful (nearest the threshold)",
        "Computed by": f"{PROPER_NAMES[found['runtime']]} ({where})",
        "Largest difference": f"{difference} of a probability, at most {found['bound']:g} allowed; beyond it: "
        f"{found['beyond']} frames",
        "Labels beyond doubt": f"{found['compared']} compared, {found['differing']} differ",
        "Weights": "those that were saved" if found["weights_kept"] else "not those that were saved",
    }
    return [f"{name + ':':<21}{text}" for name, text in rows.items()]
