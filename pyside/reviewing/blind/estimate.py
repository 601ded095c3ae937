"""What the answers to a blind sample say of all labels of a session: frames right and count errors per touch.

Both are ratios of two totals, each estimated by the sum over the windows of the sample, every window weighted with one
over its inclusion probability (Horvitz and Thompson, "A generalization of sampling without replacement from a finite
universe", Journal of the American Statistical Association 47, 1952). The variance of a ratio is that of the combined
ratio estimate in stratified sampling (Cochran, "Sampling Techniques", 3rd edition, 1977, sections 6.11 and 6.12).

Errors are few, and where none was seen, that variance is 0. So the 95 % interval is the gamma interval for weighted
counts of rare events (Fay and Feuer, "Confidence intervals for directly standardized rates", Statistics in Medicine 16,
1997): its upper end allows for one more error in the stratum whose windows weigh most. It is rather too long than too
short.

Count errors are those of `pyside.evaluation.events`, each counted in the window with the frame where it shows: a touch
at its onset; an overlap of a true touch and one of the labels at its first frame; what is found at the first overlap.
So a touch that reaches over several windows is counted once. What lies more than `LEAD` frames before a window is not
known, and counts as no touch.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from pyside.aliases import Array, Record
from pyside.evaluation.events import Overlaps, runs
from pyside.reviewing.blind.sample import LENGTH, STRATA, Sample

CONFIDENCE = 0.95
_TAIL = (1 - CONFIDENCE) / 2


def estimate(sample: Sample, truths: Sequence[Array], labels: Sequence[Array], events: Sequence[int]) -> Record:
    """Estimate how right the labels of a session are.

    Args:
        sample: what was drawn.
        truths: what a person said of each window: int, frames that were shown, -1 where it cannot be judged.
        labels: the labels to judge, likewise; -1 where there is none.
        events: indices of the classes that are touches. The other classes count as one.

    Returns:
        ``frames`` (those in the sample with a label and an answer), ``touches`` (those of the person in it),
        ``frames_right`` (0 to 1), ``count_errors_per_touch`` (0 or more), and ``frames_right_interval`` and
        ``count_errors_per_touch_interval``: [low, high] of 95 %. None for what cannot be known, without any touch or
        frame.
    """
    counts = np.array(
        [
            _counted(truth, label, window.counted_from - window.first, events)
            for window, truth, label in zip(sample.windows, truths, labels, strict=True)
        ],
        np.float64,
    ).reshape(-1, 5)
    frames, wrong, touching, touches, errors = counts.T
    off, off_interval = _rate(sample, wrong, frames, _usual_size(wrong, touching))
    rate, interval = _rate(sample, errors, touches, 1.0)
    return {
        "frames": int(frames.sum()),
        "touches": int(touches.sum()),
        "frames_right": None if off is None else 1 - off,
        "frames_right_interval": None if off_interval is None else [1 - min(1.0, one) for one in off_interval[::-1]],
        "count_errors_per_touch": rate,
        "count_errors_per_touch_interval": interval,
    }


def _counted(truth: Array, labels: Array, core: int, events: Sequence[int]) -> tuple[int, int, int, int, int]:
    """Count in a window: frames, those that are wrong, those with a touch, touches, and count errors."""
    judged = (truth >= 0) & (labels >= 0)
    said, claimed = (np.where(np.isin(one, events), one, -1) for one in (truth, labels))
    wrong, touching = judged & (said != claimed), judged & ((said >= 0) | (claimed >= 0))
    of_classes = [_touches(judged & (said == index), judged & (claimed == index), core) for index in events]
    touches, errors = np.sum(of_classes, axis=0)
    frames, off, of_touches = (int(np.count_nonzero(one[core:])) for one in (judged, wrong, touching))
    return frames, off, of_touches, int(touches), int(errors)


def _touches(true: Array, predicted: Array, core: int) -> tuple[int, int]:
    """Count the true touches, and the count errors, that show from a frame on."""
    follows = np.ones(max(0, len(true) - 1), bool)
    overlaps = Overlaps.between(true, predicted, follows)
    shared, _ = runs(true & predicted, follows)
    # Missed, ghosts, merged and split together: touches + predicted + 2 (overlaps - found - real).
    first = [shared[np.unique(of, return_index=True)[1]] for of in (overlaps.of_true, overlaps.of_predicted)]
    touches, claims, both, found, real = (
        int(np.count_nonzero(one >= core)) for one in (overlaps.true[0], overlaps.predicted[0], shared, *first)
    )
    return touches, touches + claims + 2 * (both - found - real)


def _usual_size(wrong: Array, touching: Array) -> float:
    """Return how many frames of a window an error takes that was not seen: as those that were, or as a touch."""
    means = [float(one[one > 0].mean()) for one in (wrong, touching) if one.any()]
    return max(means, default=float(LENGTH))


def _rate(sample: Sample, over: Array, under: Array, step: float) -> tuple[float | None, list[float] | None]:
    """Return the ratio of two totals, and its interval; a further error would add `step` to the upper one."""
    weights = np.array([1 / one.probability for one in sample.windows])
    total = float(weights @ under)
    if total <= 0:
        return None, None
    ratio = float(weights @ over) / total
    variance, heaviest = _variance(sample, (over - ratio * under) / total)
    return max(0.0, ratio), _interval(max(0.0, ratio), variance, heaviest * step / total)


def _variance(sample: Sample, residuals: Array) -> tuple[float, float]:
    """Return the variance of a total, and the largest weight of a window in strata that were not drawn whole."""
    strata, variance, heaviest = np.array([one.stratum for one in sample.windows]), 0.0, 0.0
    for name in STRATA:
        inside, size = residuals[strata == name], sample.strata[name]
        n = len(inside)
        if 0 < n < size:
            spread = float(inside.var(ddof=1)) if n > 1 else float(inside[0] ** 2)
            variance += size**2 * (1 - n / size) * spread / n
            heaviest = max(heaviest, size / n)
    return variance, heaviest


def _interval(rate: float, variance: float, step: float) -> list[float]:
    """Return the gamma interval of a rate; `step` is what one more error would add."""
    low = _gamma(rate, variance, _TAIL) if rate > 0 else 0.0
    return [low, _gamma(rate + step, variance + step**2, 1 - _TAIL)]


def _gamma(mean: float, variance: float, share: float) -> float:
    """Return a quantile of the gamma distribution of a mean and a variance."""
    from scipy.special import gammaincinv

    return variance / mean * float(gammaincinv(mean**2 / variance, share)) if variance > 0 else mean
