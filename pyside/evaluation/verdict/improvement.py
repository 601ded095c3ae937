"""Whether a model is better than the one it began from: both on the same recordings, and how much of it is noise.

Frames of one recording are alike, and so are recordings of one group, so neither frames nor touches are independent:
groups are. If both models were equally good, the errors of a group could as well be those of the other model. So the
signs of the differences between groups are exchanged in all ways, or in 9,999 random ones, and the share of the ways
that make the sum at least as large is the p-value: Fisher's test for pairs ("The Design of Experiments", section 21,
1935; Ernst, "Permutation methods", Statistical Science 19:676, 2004), two-sided, by `scipy.stats.permutation_test`.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from pyside.evaluation.events import errors_per_touch, event_metrics
from pyside.evaluation.metrics import metrics_by_recording
from pyside.evaluation.predictions import Predictions

LEVEL = 0.05
FEWEST = 6  # groups: with 5, the rarest of all exchanges of signs is 2 of 32, more than 5 %
MOST_CLASSES = 5  # classes of events with rows of their own
_RESAMPLES = 9999  # all exchanges are tried with up to 13 groups that differ
_AT_ONCE = 2_000_000  # signs in memory
_COUNTS = ("missed", "ghosts", "merged", "split")
_ENDS = [(f"{end}_{key}", f"{end}_error", key) for end in ("onset", "offset") for key in ("median", "percentile_95")]
TITLES = {
    "accuracy": "frames right",
    "errors_per_touch": "count errors per touch",
    **{name: name for name in _COUNTS},
    "onset_median": "onset error, median frames",
    "onset_percentile_95": "onset error, 95 % frames",
    "offset_median": "offset error, median frames",
    "offset_percentile_95": "offset error, 95 % frames",
}


def improvement(
    found: Predictions, old: np.ndarray, new: np.ndarray, groups: np.ndarray, seed: int = 0
) -> dict[str, Any]:
    """Compare the decisions of two models on the same frames.

    Args:
        found: the frames and their labels; its probabilities are not used.
        old: int64, (n,), the class that the initial model decides for each frame.
        new: int64, (n,), likewise the new model.
        groups: int, (n,), the group of each frame: what one side of the split keeps together.
        seed: of the random exchanges, where there are too many groups for all.

    Returns:
        ``recordings`` and ``groups``, numbers of them; ``frames``; ``touches``; ``rows``, one record per figure:
        ``figure`` (a key of `TITLES`), ``class`` (empty for all classes of events), ``old``, ``new`` and
        ``difference`` (None where there is nothing to measure); ``count_errors`` and ``frame_errors``, each ``old``
        and ``new`` (sums), ``differ`` (groups in which they differ), ``p``, and ``outcome``: ``better``, ``worse``,
        ``no difference``, or ``unknown`` with fewer than `FEWEST` groups, where ``p`` is None; ``count_errors`` is None
        where frames have no order in time; and ``outcome``: the same of both, ``mixed`` if one is better and the other
        worse. Models that are equally good are called better by chance in at most 5 % of all cases: each of the two
        figures is tested at 2.5 % in that direction. Plain values.
    """
    pieces, owners = _pieces(found.recordings, groups)
    by_piece = dataclasses.replace(found, recordings=pieces, recording_names=("",) * len(owners))
    (old_counts, old_frames), (new_counts, new_frames) = (_errors(by_piece, one, owners) for one in (old, new))
    tests = {
        "count_errors": _test(old_counts, new_counts, seed) if np.any(found.frame_numbers >= 0) else None,
        "frame_errors": _test(old_frames, new_frames, seed),
    }
    events = [_events(found, decided) for decided in (old, new)]
    return {
        "recordings": len(np.unique(found.recordings)),
        "groups": len(np.unique(owners)),
        "frames": len(found.labels),
        "touches": sum(one["touches"] for one in events[0].values()),
        "rows": list(_rows(found.labels, (old, new), events)),
        **tests,
        "outcome": _outcome([one["outcome"] for one in tests.values() if one]),
    }


def _pieces(recordings: np.ndarray, groups: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the piece of each frame, where a piece is of one recording and one group; and the group of each piece."""
    begins = np.ones(len(recordings), bool)
    begins[1:] = (np.diff(recordings) != 0) | (np.diff(groups) != 0)
    return np.cumsum(begins) - 1, groups[begins]


def _errors(pieces: Predictions, decided: np.ndarray, owners: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return count errors and wrong frames of each group."""
    _, groups = np.unique(owners, return_inverse=True)
    each = metrics_by_recording(pieces, decided)
    counted = [sum(one["count_errors"] for one in (piece["events"] or {}).values()) for piece in each]
    return np.bincount(groups, counted), np.bincount(groups[pieces.recordings], decided != pieces.labels)


def _test(old: np.ndarray, new: np.ndarray, seed: int) -> dict[str, Any]:
    differences = new - old
    found = {"old": int(old.sum()), "new": int(new.sum()), "differ": int(np.count_nonzero(differences))}
    if len(old) < FEWEST:
        return {**found, "p": None, "outcome": "unknown"}
    p = chance(differences, seed)
    sure = "better" if differences.sum() < 0 else "worse"
    return {**found, "p": p, "outcome": sure if p <= LEVEL else "no difference"}


def chance(differences: np.ndarray, seed: int = 0) -> float:
    """Return the two-sided p-value of paired differences: how often random signs make a sum as far from 0.

    Args:
        differences: float or int, (n,); a pair without a difference changes nothing.
        seed: of the random signs, if there are more than 9,999 ways to set them.
    """
    from scipy.stats import permutation_test

    there = differences[differences != 0].astype(np.float64)
    if len(there) < 2:
        return 1.0
    found = permutation_test(
        (there,),
        lambda values, axis: values.sum(axis=axis),
        permutation_type="samples",
        vectorized=True,
        n_resamples=_RESAMPLES,
        batch=max(1, _AT_ONCE // len(there)),
        rng=np.random.default_rng([seed, len(there)]),
    )
    return float(found.pvalue)


def _outcome(outcomes: Sequence[str]) -> str:
    there = {*outcomes} - {"no difference"}
    return "mixed" if len(there) > 1 else there.pop() if there else "no difference"


def _events(found: Predictions, decided: np.ndarray) -> dict[str, dict[str, Any]]:
    ordered = found.frame_numbers >= 0
    if not ordered.any():
        return {}
    one = found.of(ordered)
    seen = one.labels, decided[ordered], one.recordings, one.frame_numbers
    return event_metrics(*seen, found.class_names, only_there=True)


def _rows(
    labels: np.ndarray, decided: tuple[np.ndarray, np.ndarray], events: Sequence[Mapping[str, Mapping[str, Any]]]
) -> Iterator[dict[str, Any]]:
    yield _row("accuracy", [float(np.mean(one == labels)) for one in decided])
    if not events[0]:
        return
    yield _row("errors_per_touch", [errors_per_touch(one.values()) for one in events])
    for key in _COUNTS:
        yield _row(key, [sum(figures[key] for figures in one.values()) for one in events])
    names = [name for name in events[0] if name in events[1]]
    names.sort(key=lambda name: -(events[0][name]["errors_per_touch"] or 0))
    for name in names[:MOST_CLASSES]:
        of_class = "" if len(names) == 1 else name
        if of_class:
            yield _row("errors_per_touch", [one[name]["errors_per_touch"] for one in events], of_class)
        for key, end, statistic in _ENDS:
            yield _row(key, [one[name][end]["frames"][statistic] for one in events], of_class)


def _row(figure: str, values: Sequence[float | None], of_class: str = "") -> dict[str, Any]:
    old, new = values
    difference = None if old is None or new is None else new - old
    return {"figure": figure, "class": of_class, "old": old, "new": new, "difference": difference}


# --- in words ------------------------------------------------------------------------------------------------------


def row_texts(row: Mapping[str, Any]) -> tuple[str, str, str, str]:
    """Return a row of the table as text: figure, old, new, difference; a dash for None."""
    title = TITLES[row["figure"]]
    title = f"{row['class']}: {title}" if row["class"] else title
    return title, _text(row, "old"), _text(row, "new"), _text(row, "difference", "+")


def _text(row: Mapping[str, Any], key: str, sign: str = "") -> str:
    value, figure = row[key], row["figure"]
    if value is None:
        return "\u2013"
    if figure == "accuracy":
        return f"{100 * value:{sign}.2f} {'points' if sign else '%'}"
    if figure == "errors_per_touch":
        return f"{value:{sign}.3f}"
    sign = sign if value else ""
    return f"{value:{sign},}" if figure in _COUNTS else f"{round(value, 2):{sign}g}"


def sentence(found: Mapping[str, Any], initial: str, untouched: bool = True) -> str:
    """Return in one sentence whether the new model is better beyond noise.

    Args:
        found: what `improvement` returned.
        initial: name of the initial model.
        untouched: whether it is known that the initial model did not see the recordings.
    """
    one = found["recordings"] == 1
    where = f"{found['recordings']:,} {'untouched ' if untouched else ''}test recording{'' if one else 's'}"
    if found["groups"] != found["recordings"]:
        where += f" ({found['groups']:,} group{'' if found['groups'] == 1 else 's'})"
    lead = {
        "better": f"The new model is better than {initial} beyond noise on {where}",
        "worse": f"The new model is worse than {initial} beyond noise on {where}",
        "mixed": f"On {where} the new model is better than {initial} by one figure and worse by the other, both beyond "
        "noise",
        "no difference": f"The new model is not better than {initial} beyond noise on {where}",
        "unknown": f"Whether the new model is better than {initial} cannot be known from {where}, because chance alone "
        f"explains any difference between fewer than {FEWEST}",
    }[found["outcome"]]
    return f"{lead}: {'; '.join(_clauses(found))}."


def _clauses(found: Mapping[str, Any]) -> list[str]:
    units = {
        "errors_per_touch": ("count_errors", "count errors per touch"),
        "accuracy": ("frame_errors", "of frames right"),
    }
    clauses = []
    for figure, (key, words) in units.items():
        row = next((row for row in found["rows"] if row["figure"] == figure and not row["class"]), None)
        if row is not None and found[key] is not None:
            p = found[key]["p"]
            said = "" if p is None else " (p < 0.001)" if p < 0.001 else f" (p = {p:.2g})"
            clauses.append(f"{_text(row, 'new')} {words} instead of {_text(row, 'old')}{said}")
    return clauses
