"""Compares labels with labels: every pair of sources, by recording, by tag and in all."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from pyside.aliases import Progress, Record
from pyside.curation.comparison.alignment import Labelled, align, classes_of
from pyside.curation.comparison.figures import Aligned, pair_figures
from pyside.curation.comparison.page import summary
from pyside.curation.comparison.pairing import Paired, pair_sources
from pyside.curation.comparison.sources import Source, read_source
from pyside.data.recordings.tags import read_tags, tags_of, unknown_videos
from pyside.data.video.info import VideoInfo
from pyside.errors import Faults, TouchTrainError, Unpaired, some
from pyside.evaluation.agreement import MEANS
from pyside.evaluation.metrics import mean_of_known
from pyside.settings.core import named
from pyside.settings.curation import CompareSettings

_SWAPPED = -0.2  # kappa below which the classes of a source seem to be swapped
_HEADLINE = (
    "predicted reference frames frames_left_out left_out_predicted left_out_reference equal kappa f1 confusion "
    "confusion_pairs classes events errors_per_touch disagreements"
).split()


def compare(
    predicted: Sequence[tuple[str, Any]],
    reference: Sequence[tuple[str, Any]],
    settings: CompareSettings,
    progress: Progress = lambda record: None,
    should_stop: Callable[[], bool] = lambda: False,
) -> Record:
    """Compare the labels of every two sources.

    Args:
        predicted: names and sources, as `given_sources` returns them: marks of models, or labels of people to judge.
        reference: names and sources that count as the truth, such as the labels of people.
        settings: those of the comparison. With `output`, a page, pictures and the record are written there.
        progress: called with progress records.
        should_stop: asked between the parts of the work.

    Returns:
        ``kind`` (``comparison``); ``class_names``; ``pairs``, one record for each two sources, those of a predicted and
        a reference one first: ``predicted`` and ``reference``, their names, what `pair_figures` returns, and ``alone``:
        ``predicted`` and ``reference``, the names of the recordings that only that one has; the figures of the first
        pair also at the top; ``sources``, of each ``name``, ``recordings`` and ``pairing``; ``means``: by kind of pair
        (``predicted_reference``, ``reference_reference``, ``predicted_predicted``) the means of ``equal``, ``kappa``,
        ``f1`` and ``errors_per_touch``; ``warnings``; and with an output ``output``, ``page`` and ``picture``, paths.
        ``summary``, all this in lines of text. Frames are counted from ``first_frame``, which is 0.

    Raises:
        TouchTrainError: what is wrong with the sources; all faults at once.
        NotWritable, DiskFull: the output cannot be written.
        Interrupted: it was asked to stop.
    """
    from pyside.curation.comparison import output

    if settings.output is not None:
        output.check_folder(Path(settings.output))
    warnings: list[str] = []
    progress({"stage": "reading"})
    sources = _read([*predicted, *reference], settings)
    warnings += [f"{source.name}: {remark}" for source in sources for remark in source.remarks]
    videos = _videos(settings, warnings)
    recordings, how = pair_sources(sources, videos, settings.pairing, settings.trial_pattern)
    class_names = classes_of(sources, settings, warnings)
    infos = _infos(recordings, settings)
    output.stop_if(should_stop)
    labelled = align(recordings, sources, class_names, infos, settings, warnings)
    _add_tags(labelled, settings, warnings)
    pairs = []
    sides = [[name for name, _ in side] for side in (predicted, reference)]
    for kind, first, second in _every_pair(*sides):
        progress({"stage": "comparing"})
        output.stop_if(should_stop)
        pairs.append({"kind": kind, **_pair(first, second, labelled, class_names, settings, warnings)})
    record: Record = {
        "kind": "comparison",
        "class_names": list(class_names),
        "first_frame": 0,
        **{name: pairs[0][name] for name in _HEADLINE if name in pairs[0]},
        "pairs": pairs,
        "means": _means(pairs),
        "sources": [
            {"name": source.name, "recordings": len(source.tracks), "pairing": how[source.name]} for source in sources
        ],
        "warnings": list(dict.fromkeys(warnings)),
    }
    if settings.output is not None:
        record = output.write(Path(settings.output), record, labelled, infos, progress, should_stop)
    return {**record, "summary": summary(record)}


def _read(given: Sequence[tuple[str, Any]], settings: CompareSettings) -> list[Source]:
    faults, found = Faults("sources", len(given)), []
    for name, value in given:
        with faults.noting(of=name):
            found.append(read_source(name, value, settings.label_variable, settings.class_names))
    faults.raise_any()
    return found


def _videos(settings: CompareSettings, warnings: list[str]) -> list[Path]:
    if settings.videos is None:
        return []
    from pyside.data.video.sources import find_videos

    faults = Faults()
    found = find_videos(settings.videos, faults, warnings)
    faults.raise_any()
    return found


def _infos(recordings: Sequence[Paired], settings: CompareSettings) -> dict[str, VideoInfo]:
    """Return what is known of the videos that are there; those that the sources name are not needed if damaged."""
    from pyside.data.video.reader import probe

    found, faults = {}, Faults()
    for one in recordings:
        if one.video is None:
            continue
        try:
            found[one.name] = probe(one.video, "skip")
        except TouchTrainError as error:
            if settings.videos is not None:
                faults.include(error)
    faults.raise_any()
    return found


def _add_tags(labelled: Sequence[Labelled], settings: CompareSettings, warnings: list[str]) -> None:
    tags = read_tags(settings.tags)
    paths = [one.paired.path for one in labelled]
    for one, more in zip(labelled, tags_of(tags, paths, [one.paired.name for one in labelled]), strict=True):
        one.tags.update(more)
    if unknown := unknown_videos(tags, paths):
        warnings.append(f"{named('tags')}: there are no recordings called {some(unknown)}.")


def _every_pair(predicted: Sequence[str], reference: Sequence[str]) -> list[tuple[str, str, str]]:
    """Return kind, predicted and reference of every pair."""
    across = [("predicted_reference", one, other) for one in predicted for other in reference]
    people = [("reference_reference", other, one) for one, other in itertools.combinations(reference, 2)]
    models = [("predicted_predicted", other, one) for one, other in itertools.combinations(predicted, 2)]
    return across + people + models


def _pair(
    predicted: str,
    reference: str,
    labelled: Sequence[Labelled],
    class_names: Sequence[str],
    settings: CompareSettings,
    warnings: list[str],
) -> Record:
    both = [one for one in labelled if predicted in one.labels and reference in one.labels]
    alone = {
        "predicted": [one.paired.name for one in labelled if predicted in one.labels and reference not in one.labels],
        "reference": [one.paired.name for one in labelled if reference in one.labels and predicted not in one.labels],
    }
    _check_alone(predicted, reference, alone, settings, warnings)
    if not both:
        raise Unpaired(f"{predicted} and {reference} have no recording in common.")
    aligned = [
        Aligned(
            one.paired.name,
            one.labels[reference],
            one.labels[predicted],
            one.probabilities.get(predicted),
            one.frame_rate,
            one.tags,
        )
        for one in both
    ]
    without_rate = [one.paired.name for one in both if one.frame_rate is None]
    if 0 < len(without_rate) < len(both):
        warnings.append(
            f"{predicted} and {reference}: the frame rate of {some(without_rate)} is unknown, so errors of all "
            f"recordings together are not in ms. Set {named('frame_rate')}."
        )
    found = pair_figures(aligned, class_names, settings.examples)
    if not found["frames"]:
        warnings.append(f"{predicted} and {reference}: no frame has a label from both.")
    if found["kappa"] is not None and found["kappa"] < _SWAPPED:
        warnings.append(
            f"{predicted} and {reference} agree less than by chance (Cohen's kappa {found['kappa']:.2f}), as if the "
            f"classes of one of them were swapped. Check {named('class_names')} and {named('label_values')}."
        )
    return {"predicted": predicted, "reference": reference, **found, "alone": alone}


def _check_alone(
    predicted: str, reference: str, alone: dict[str, list[str]], settings: CompareSettings, warnings: list[str]
) -> None:
    """Tell of recordings that only one of two sources has."""
    lists = [
        f"only {name} has {some(names, 10)}"
        for name, names in ((predicted, alone["predicted"]), (reference, alone["reference"]))
        if names
    ]
    if not lists:
        return
    n = sum(map(len, alone.values()))
    text = f"{n} recording{'s are' if n > 1 else ' is'} not compared: {'; '.join(lists)}."
    if settings.on_unpaired == "error":
        raise Unpaired(f"{text} Add what is missing, or set {named('on_unpaired')} to 'skip'.")
    warnings.append(text)


def _means(pairs: Sequence[Record]) -> Record:
    kinds = dict.fromkeys(pair["kind"] for pair in pairs)
    return {
        kind: {figure: mean_of_known([pair[figure] for pair in pairs if pair["kind"] == kind]) for figure in MEANS}
        for kind in kinds
    }
