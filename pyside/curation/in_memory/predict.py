"""Predicts frames from memory or from files, with models that stay loaded."""

from __future__ import annotations

import collections
import dataclasses
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from pyside.aliases import Array
from pyside.curation.in_memory import files, frames
from pyside.curation.in_memory.prediction import Prediction
from pyside.curation.model.decision import decided_by
from pyside.curation.model.facts import ModelFacts
from pyside.evaluation.decision import decide
from pyside.runtimes.choice import TIMED_FROM, about_untimed, check_runtime, is_chosen
from pyside.settings.curation import PredictSettings
from pyside.system.paths import Stamp, is_settled, stamp_of

if TYPE_CHECKING:
    from pyside.runtimes.engine import Engine

MOST_MODELS = 4  # that stay loaded
_HOW = ("batch_size", "runtime", "backend", "execution_environment", "precision")
_UNTIMED = "untimed"  # ends the key of a model in the runtime that was ready soonest


class Models:
    """Models that stay loaded: the last few, by the content of their files, so that a changed file is loaded anew.

    A file is read again only when its size, a time or its number in the file system has changed, or while it is so new
    that a second change could bear the same time.
    """

    def __init__(self, most: int = MOST_MODELS):
        self._most = most
        self._seen: collections.OrderedDict[Path, tuple[Stamp, ModelFacts]] = collections.OrderedDict()
        self._facts: collections.OrderedDict[str, ModelFacts] = collections.OrderedDict()
        self._engines: collections.OrderedDict[tuple[Any, ...], Engine] = collections.OrderedDict()
        self._lock = threading.RLock()

    def facts(self, path: Path) -> ModelFacts:
        """Return what a model says of its frames.

        Raises:
            PathMissing, BadModel: as `pyside.curation.model.facts.model_facts`.
        """
        from pyside.curation.model.facts import model_facts
        from pyside.data.video.reader import file_sha256
        from pyside.models.files import existing_file

        stamp, settled = stamp_of(path), is_settled(path)
        with self._lock:
            seen = self._seen.get(path)
            if seen is not None and seen[0] == stamp:
                return seen[1]
            sha256 = file_sha256(existing_file(path))
            found = dataclasses.replace(self._facts.get(sha256) or model_facts(path), path=path)
            self._keep(self._facts, sha256, found)
            if stamp is not None and settled:
                self._keep(self._seen, path, (stamp, found))
            return found

    def is_loaded(self, facts: ModelFacts, settings: PredictSettings) -> bool:
        """Return whether a model is ready to predict with these settings."""
        key = self._key(facts, settings)
        return key in self._engines or (*key, _UNTIMED) in self._engines

    def engine(
        self, facts: ModelFacts, settings: PredictSettings, sample: Array | None = None, n: int | None = None
    ) -> Engine:
        """Return a model that is ready to predict; it is loaded if it is not.

        With the runtime ``auto``, the first call with many frames times all runtimes on them, and later calls keep the
        fastest. Until then, few frames take one that is loaded, else the one that is ready soonest.

        Args:
            facts: of the model.
            settings: how to compute.
            sample: frames to time the runtimes on.
            n: number of frames in this call. Default: many.
        """
        from pyside.curation.model.engine import engine_of

        key = self._key(facts, settings)
        few = is_chosen(settings.runtime, settings.precision) and n is not None and n < TIMED_FROM
        with self._lock:
            if few and key not in self._engines:
                key = (*key, _UNTIMED)
                found = self._engines.get(key) or self._in_any_runtime(facts, settings)
            else:
                found = self._engines.get(key)
                self._engines.pop((*key, _UNTIMED), None)
            if found is None:
                found = engine_of(facts, settings, sample, alone=True, timed=not few)
            self._keep(self._engines, key, found)
            return found

    def _in_any_runtime(self, facts: ModelFacts, settings: PredictSettings) -> Engine | None:
        """Return a model that is loaded in one runtime or another, and says so; None if it is in none."""
        key, place = self._key(facts, settings), 1 + _HOW.index("runtime")
        for other, found in reversed(self._engines.items()):
            if (*other[:place], *other[place + 1 : len(key)]) == (*key[:place], *key[place + 1 :]):
                return found.taken_because(about_untimed(found.runtime, "the model is loaded in it"))
        return None

    @staticmethod
    def _key(facts: ModelFacts, settings: PredictSettings) -> tuple[Any, ...]:
        return (facts.sha256, *(getattr(settings, name) for name in _HOW))

    def _keep(self, kept: collections.OrderedDict[Any, Any], key: Any, value: Any) -> None:
        kept[key] = value
        kept.move_to_end(key)
        while len(kept) > self._most:
            kept.popitem(last=False)


def predict(
    models: Models, model: Path, arrays: Sequence[Array], paths: Sequence[Path], settings: PredictSettings
) -> Prediction:
    """Predict frames.

    Args:
        models: those that are loaded.
        model: the model file.
        arrays: frames, an array for each sequence; if each is one frame, they are one sequence.
        paths: files and folders with frames, if there are no arrays.
        settings: how.

    Returns:
        What the model says of each frame.

    Raises:
        TouchTrainError: everything that is wrong with model, frames and settings, before the first frame.
    """
    facts = models.facts(model)
    if not models.is_loaded(facts, settings):
        check_runtime(settings)
    decision = decided_by(facts, settings.threshold, settings.min_duration)
    names = ["frames"] if len(arrays) == 1 else [f"frames {{{number}}}" for number in range(1, len(arrays) + 1)]
    source = files.read(paths, facts, settings) if paths else files.Source(list(arrays), names, True)
    stacks = frames.ready(source.arrays, source.names, facts, settings)
    in_time = source.sequence if settings.sequence is None else settings.sequence
    sources = np.repeat(np.arange(len(stacks), dtype=np.int32), [len(stack) for stack in stacks])
    runs = _sequences(stacks, in_time)
    sample = _with_context(runs[0][: settings.batch_size], facts.context_frames)
    engine = models.engine(facts, settings, sample, len(sources))
    probabilities = np.concatenate([_probabilities(engine, run, facts.context_frames, in_time) for run in runs])
    numbers = np.concatenate([np.arange(len(run)) for run in runs])
    of_run = np.repeat(np.arange(len(runs)), [len(run) for run in runs])
    labels = decide(probabilities, decision, of_run, numbers if in_time else np.full_like(numbers, -1))
    return Prediction(
        probabilities,
        labels.astype(np.int16),
        facts.class_names,
        sources,
        decision.event_class,
        decision.threshold,
        decision.min_duration if in_time else 1,
        engine.runtime,
        engine.precision,
        engine.device,
        engine.said,
    )


def _with_context(run: Array, context: int) -> Array:
    """Return frames whose neighbours are themselves."""
    return run if context == 1 else np.repeat(run, context, axis=3)


def _probabilities(engine: Engine, run: Array, context: int, in_time: bool) -> Array:
    """Return the probabilities of frames; those that do not follow each other see themselves as their neighbours."""
    from pyside.curation.marking.network.neighbours import stacked

    if context == 1 or not in_time:
        return engine.predict(_with_context(run, context))
    n = len(run)
    chunks = stacked(iter([(np.arange(n), run)]), np.ones(n, bool), context)
    return np.concatenate([engine.predict(part) for _, part in chunks])


def _sequences(stacks: list[Array], in_time: bool) -> list[Array]:
    """Return frames that follow each other in one array each: several single frames are one sequence."""
    if len(stacks) > 1 and (not in_time or all(len(stack) == 1 for stack in stacks)):
        return [np.concatenate(stacks)]
    return stacks
