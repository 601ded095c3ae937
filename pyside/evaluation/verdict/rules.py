"""The rules of the verdict: each checks for one fault and yields its findings."""

from __future__ import annotations

import math
import statistics
from collections.abc import Callable, Iterator
from typing import Any

from pyside.aliases import Record
from pyside.errors import some
from pyside.evaluation.verdict import remedies
from pyside.evaluation.verdict.case import (
    AT_CHANCE,
    GOOD,
    LEARNT,
    Case,
    amount,
    by_heart,
    compared,
    is_guess,
    is_number,
    learnt_nothing,
    overfits,
    percent,
    points,
    several,
    touches,
)
from pyside.evaluation.verdict.remedies import Advice
from pyside.evaluation.verdict.swaps import Swap, swaps
from pyside.settings.core import named, set_to
from pyside.settings.training import LOWER_IS_BETTER, USUAL_RATE

Finding = dict[str, Any]
# The kinds of findings in their order: "good", which stands only beside notes, then the most severe first.
KINDS = (
    "good",
    "better than the initial model",
    "frames without contrast",
    "labels swapped",
    "nothing learnt",
    "class ignored",
    "too few frames",
    "overfitting",
    "underfitting",
    "touches miscounted",
    "not better than the initial model",
    "recording stands out",
    "still improving",
    "validation too small",
    "folds differ",
    "more data would help",
    "could be better",
    "initial model not compared",
    "more data would not help",
)
# Kinds that do not call for a remedy, and those that a good model may have beside "good".
FAVOURABLE = ("good", "better than the initial model", "more data would not help")
NOTES = (
    "not better than the initial model",
    "too few frames",
    "still improving",
    "validation too small",
    "initial model not compared",
    "more data would help",
)
SMALL_FRAMES, SMALL_RECORDINGS, SMALL_TOUCHES = 200, 2, 10  # of validation; with fewer, figures are unreliable
FOLDS_STD, FOLDS_RANGE = 0.03, 0.1  # of balanced accuracy over the folds
IGNORED = 0.2  # recall; a class below it is ignored
MANY_IGNORED = 5  # classes; more than these share one finding
MANY_EVENTS = 5  # classes whose touches get a finding each
FEW_FRAMES = 1000  # of training: with fewer, networks often learn nothing
FEW_OF_A_CLASS = 100  # of training
FEW_RECORDINGS = 10  # of training: below it, an overfitting model needs more recordings first
MISCOUNTED = 0.1  # errors per touch
LAST_EPOCHS = 0.1  # share of the epochs, and at least one ...
IMPROVEMENT = 0.01  # ... in which the best figure still improved by this share of itself
LEAST_IMPROVEMENT = 0.001  # ... and by at least this much: a loss near 0 can be halved for ever
OUTLYING = 0.15  # how far the accuracy of a recording lies below the median of all
LEAST_NOISE = 0.002  # of a learning curve
_LOWER_IS_BETTER = tuple(name.replace("-", "_") for name in LOWER_IS_BETTER)  # as a report names them


def wilson(share: float, n: int) -> tuple[float, float]:
    """Return Wilson's 95 % interval of a share measured on `n` items."""
    if n <= 0:
        return 0.0, 1.0
    from scipy.special import ndtri  # not scipy.stats, which takes long to import

    square = float(ndtri(0.975)) ** 2 / n
    middle, reach = share + square / 2, math.sqrt(square * (share * (1 - share) + square / 4))
    return max(0.0, (middle - reach) / (1 + square)), min(1.0, (middle + reach) / (1 + square))


def case_swaps(case: Case) -> list[Swap]:
    """Return the swapped classes, unless there is nothing to see on the frames."""
    return [] if case.is_blind else swaps(case)


def is_swapped(case: Case) -> bool:
    """Whether the classes of the validation side as a whole are swapped."""
    return any(one.side == "validation" and not one.recordings for one in case_swaps(case))


def tells_nothing(case: Case) -> bool:
    """Whether the figures of the validation side are those of a guess, or of swapped classes: the rest follows."""
    return case.is_blind or learnt_nothing(case) or is_swapped(case)


def _finding(kind: str, text: str, *advice: str, settings: Advice | None = None) -> Finding:
    """Return one finding; its remedy is the advice in words, then the settings to change."""
    steps = [set_to(name, value) for name, value in (settings or {}).items()]
    sentences = list(advice)
    if len(steps) == 1:
        sentences.append(f"Set {steps[0]}.")
    elif steps:
        sentences.append(f"Set these one after the other, until it helps: {'; '.join(steps)}.")
    return {"kind": kind, "text": text.strip(), "remedy": " ".join(sentences), "settings": settings or {}}


def _without_contrast(case: Case) -> Iterator[Finding]:
    grey = case.grey
    if case.is_good or not (case.is_blind or grey.get("recordings")):
        return
    where = ""
    if grey["recordings"] and grey["flat"] < grey["frames"]:
        where = f" Recordings without any other frame: {some(grey['recordings'])}."
    guess = "The model cannot tell the classes apart. " if learnt_nothing(case) else ""
    yield _finding(
        "frames without contrast",
        f"{guess}In {grey['flat']:,} of {several(grey['frames'], 'frame')} that were looked at, the darkest and "
        f"the brightest pixel differ by fewer than {grey['limit']} of 255 grey levels, so there is next to nothing to "
        f"see.{where}",
        "Look at the frames, and at the videos or arrays that they come from. Frames become black where they are "
        "scaled twice, or where values from 0 to 1 are taken for 0 to 255. Convert them again with the right "
        f"{named('pixel_range')}.",
    )


def _labels_swapped(case: Case) -> Iterator[Finding]:
    found = case_swaps(case)
    how = (
        f"see which class each value in their label files means, and convert them again with {named('label_values')} "
        "or with corrected labels."
    )
    if {"training", "validation"} <= {one.side for one in found if not one.recordings}:
        remedy = f"Exchange the classes: {how}"
        if case.settings["initial_model"]:
            remedy = (
                f"The {named('initial_model')} was probably trained with its classes in another order. Convert the "
                f"dataset with {named('class_names')} in the order of that model. If it was not, exchange the classes "
                f"of the recordings: {how}"
            )
        text = f"The classes are the other way round, on training frames, too: {_said(found[0])}."
        yield _finding("labels swapped", text, remedy)
        return
    for one in found:
        where = f"On the {one.side} side"
        if one.recordings:
            where = f"In {several(len(one.recordings), 'recording')} of the {one.side} side ({some(one.recordings)})"
        text = f"{where} the labels are the other way round: {_said(one)}."
        if one.epoch is not None:
            text += f" That was after epoch {one.epoch}; what was kept is the epoch that had learnt least."
        elif one.side == "validation" and not one.recordings and case.pair is not None:
            text += f" {compared(case.pair).capitalize()}."
        yield _finding(
            "labels swapped",
            text,
            f"Look at the worst mistakes. If the model is right, exchange the classes of these recordings: {how} If "
            "their labels are right, exchange those of the other recordings.",
        )


def _said(swap: Swap) -> str:
    pairs = some([f"{said} where the label is {label}" for label, said in swap.classes.items()])
    return f"the model says {pairs}, in {percent(swap.share)} of these frames"


def _nothing_learnt(case: Case) -> Iterator[Finding]:
    if not learnt_nothing(case) or case.is_blind or is_swapped(case):
        return
    training, validation = case.measured.get("balanced_accuracy"), case.validation["balanced_accuracy"]
    figure = f"its balanced accuracy is {percent(validation)}, and guessing gives {percent(case.chance)}"
    known, heart = "", by_heart(case)
    if heart and case.pair is not None:
        known = f" It knows its training frames by heart: {compared(case.pair)}."
    elif training is not None:
        known = f" On training it is {percent(training)}."
    text = f"On validation frames the model is no better than guessing: {figure}.{_luck(case)}{known} {amount(case)}"
    first = (
        "First check that labels and frames belong together: frames counted from 1 instead of 0, or the labels of "
        "another video, have this effect."
    )
    if heart:
        yield _finding(
            "nothing learnt",
            text,
            f"{first} If they do, add recordings: what the model learnt of these does not hold for others.",
            settings=remedies.against_overfitting(case.settings, case.n_classes),
        )
        return
    if remedies.has_far_rate(case.settings):
        rate = case.settings["learning_rate"]
        first = f"The {named('learning_rate')} of {rate:g} is far from the usual {USUAL_RATE:g}: change it first."
    yield _finding(
        "nothing learnt",
        text,
        f"{first} Some trainings stay in this state, while others with another seed leave it.",
        settings=remedies.against_chance(case.settings, bool(case.events), case.ran_to_the_end),
    )


def _luck(case: Case) -> str:
    """Return what luck alone can reach, where few events make that much."""
    one = case.evidence
    if not is_guess(case) or case.luck <= AT_CHANCE * (1 - one["guessing"]):
        return ""
    name = "ROC AUC" if one["figure"] == "roc_auc" else "balanced accuracy"
    return (
        f" A class has only {several(one['runs'], 'run')} of frames there: with so few, luck alone gives a {name} of "
        f"up to {_figure(one, case.limit)}, and the model has {_figure(one, one['value'])}."
    )


def _figure(one: Record, value: float) -> str:
    """Return a figure of `evidence` as text."""
    return f"{value:.2f}" if one["figure"] == "roc_auc" else percent(value)


def _class_ignored(case: Case) -> Iterator[Finding]:
    if tells_nothing(case):  # such a model predicts one class throughout, whichever it is
        return
    counts = case.training_counts
    total = sum(counts.values())
    each = (case.validation.get("classes") or {}).items()
    ignored = [
        (name, figures)
        for name, figures in each
        if figures.get("frames") and figures.get("recall") is not None and figures["recall"] < IGNORED
    ]
    if len(ignored) > MANY_IGNORED:
        ignored.sort(key=lambda one: (one[1]["recall"], -one[1]["frames"]))
        rows = [f"{name} ({percent(one['recall'])} of {one['frames']:,})" for name, one in ignored]
        yield _finding(
            "class ignored",
            f"The model ignores {len(ignored):,} of {case.n_classes:,} classes. The worst, with the share of their "
            f"validation frames that it finds: {some(rows)}.",
            "Look at their mistakes, and add recordings in which these classes occur.",
            settings=remedies.against_ignoring(case.settings, counts, case.n_classes, ignored[0][0]),
        )
        return
    for name, figures in ignored:
        frames, recall = figures["frames"], figures["recall"]
        there = counts.get(name)
        known = ""
        if there is not None and total:
            known = f" The training side has {several(there, 'frame')} of it ({percent(there / total)} of all)."
        text = f"The model ignores {name}: it finds {percent(recall)} of its {several(frames, 'validation frame')}."
        if there == 0:
            remedy = (
                f"The model never saw {name}. Add recordings in which it occurs, enough for every side of the split."
            )
            yield _finding("class ignored", text + known, remedy)
            continue
        remedy = f"Look at its mistakes. {name} is not rare among the training frames: more will hardly help."
        if there is None or there * case.n_classes < total:
            remedy = f"Raise the share of {name} among the training frames, best by more recordings in which it occurs."
        advice = remedies.against_ignoring(case.settings, counts, case.n_classes, name)
        yield _finding("class ignored", text + known, remedy, settings=advice)


def _too_few_frames(case: Case) -> Iterator[Finding]:
    frames = case.side("training").get("frames")
    if frames is None:
        return
    rare = {name: number for name, number in case.training_counts.items() if 0 < number < FEW_OF_A_CLASS}
    rarest = some([f"{number} of {name}" for name, number in sorted(rare.items(), key=lambda one: one[1])])
    if frames < FEW_FRAMES:
        also = f" They include only {rarest}." if rarest else ""
        why = f"With fewer than {FEW_FRAMES:,}, networks often learn nothing"
        if case.is_good:
            why = "They were enough for these recordings, and may not be for others"
        yield _finding(
            "too few frames",
            f"There are only {several(frames, 'training frame')}. {why}; a few thousand are usual.{also}",
            "Label more frames, best from other recordings.",
        )
    elif rare:
        yield _finding(
            "too few frames",
            f"The {frames:,} training frames include only {rarest}; fewer than {FEW_OF_A_CLASS} show too little of a "
            "class.",
            f"Label more frames of {some(list(rare))}.",
        )


def _overfitting(case: Case) -> Iterator[Finding]:
    if tells_nothing(case) or not overfits(case) or case.pair is None:
        return
    less = points(case.pair[0] - case.pair[1])
    text = f"The model does much better on training frames than on new ones: {compared(case.pair)}, {less} lower."
    side = case.side("training")
    recordings = side.get("recordings")
    words = []
    if recordings and recordings < FEW_RECORDINGS:
        words.append(f"It learnt from only {several(recordings, 'recording')}: add others that differ.")
    else:
        words.append("Add recordings that differ from the present ones: other animals, days, light, positions.")
    for tag, values in (side.get("tags") or {}).items():
        seen = [value for value, counts in values.items() if sum(counts.values())]
        if len(seen) == 1 and not (tag == "side" and case.split.get("unit") == "given"):
            words.append(f"All training frames have the same {tag}: {seen[0]}.")
    if remedies.own_network(case.settings):
        words.append("Remove layers or filters from your network.")
    yield _finding("overfitting", text, *words, settings=remedies.against_overfitting(case.settings, case.n_classes))


def _underfitting(case: Case) -> Iterator[Finding]:
    # If new frames are right, the training frames are harder or their labels worse: the network is not to blame.
    if case.pair is None or max(case.pair[:2]) >= LEARNT or overfits(case) or tells_nothing(case):
        return
    training, validation, figure = case.pair
    text = (
        f"Training {figure} is below {100 * LEARNT:g} %: it is {percent(training)}, and {percent(validation)} on "
        "validation. "
    )
    words = ["Look at the worst mistakes: wrong labels have the same effect. Add training frames."]
    if remedies.own_network(case.settings):
        words.append("Add layers or filters to your network.")
    advice = remedies.against_underfitting(case.settings, bool(case.events), case.ran_to_the_end)
    yield _finding("underfitting", text + amount(case), *words, settings=advice)


def _touches_miscounted(case: Case) -> Iterator[Finding]:
    if tells_nothing(case):
        return
    for name, events in _worst_events(case):
        errors = events.get("errors_per_touch")
        if errors is None or errors <= MISCOUNTED or (events.get("touches") or 0) < SMALL_TOUCHES or overfits(case):
            continue
        parts = {kind: events.get(kind) or 0 for kind in ("missed", "ghosts", "merged", "split")}
        yield _finding(
            "touches miscounted",
            f"Of {touches(events['touches'], name)} on validation: "
            + ", ".join(f"{number} {kind}" for kind, number in parts.items())
            + f". That is {errors:.2f} errors per true touch; a good model has at most {MISCOUNTED:g}.",
            "Look at the worst mistakes and at the threshold sweep.",
            settings=remedies.against_miscounting(case.settings, parts["ghosts"] + parts["merged"] >= parts["missed"]),
        )


def _worst_events(case: Case) -> list[tuple[str, Record]]:
    """Return the touch figures by class; of many classes, those with the most errors per touch."""
    events = list(case.events.items())
    if len(events) <= MANY_EVENTS:
        return events
    counted = [one for one in events if (one[1].get("touches") or 0) >= SMALL_TOUCHES]
    return sorted(counted, key=lambda one: -(one[1].get("errors_per_touch") or 0))[:MANY_EVENTS]


def _recording_stands_out(case: Case) -> Iterator[Finding]:
    told = {*case.grey["recordings"], *(name for one in case_swaps(case) for name in one.recordings)}
    for side, figures in (("validation", case.validation), ("test", case.test)):
        # Loose images have no events; those of one class share a container, which is no recording.
        each = [one for one in figures.get("recordings") or [] if one.get("events", {}) is not None]
        known = [(one["accuracy"], str(one.get("recording"))) for one in each if is_number(one.get("accuracy"))]
        if len(known) < 3:
            continue
        middle = statistics.median(value for value, _ in known)
        apart = sorted((value, name) for value, name in known if value < middle - OUTLYING and name not in told)
        if apart and len(apart) < len(known) / 2:
            rows = ", ".join(f"{name} {percent(value)}" for value, name in apart[:3])
            more = f" and {len(apart) - 3} more" if len(apart) > 3 else ""
            yield _finding(
                "recording stands out",
                f"Far fewer frames are right than in other recordings (median on {side} {percent(middle)}): {rows}"
                f"{more}.",
                "Check for labels of another recording, labels shifted in time, another place, light or magnification. "
                "If all is as it should be, add more recordings of this kind.",
            )


def _still_improving(case: Case) -> Iterator[Finding]:
    best, run = case.report.get("best_epoch") or 0, case.report.get("epochs_run") or 0
    earlier = run - max(1, math.ceil(LAST_EPOCHS * run))
    # Where all is right there is nothing to gain, and a guess or swapped classes have remedies of their own.
    if not case.ran_to_the_end or best <= earlier or case.validation.get("accuracy") == 1 or tells_nothing(case):
        return
    before, after, figure = _best_before_and_after(case, earlier)
    change = ""
    if before is not None and after is not None:
        better = before - after if figure in _LOWER_IS_BETTER else after - before
        if better < max(IMPROVEMENT * abs(before), LEAST_IMPROVEMENT):
            return
        figure_name = figure.replace("_", " ")
        last = "in the last epoch" if run - earlier == 1 else f"in the last {run - earlier} epochs"
        change = f", and {last} the best validation {figure_name} went from {before:.4g} to {after:.4g}"
    yield _finding(
        "still improving",
        f"The model was still improving when the training ended: epoch {best} of {run} is the best{change}.",
        settings={"epochs": remedies.more_epochs(case.settings["epochs"])},
    )


def _best_before_and_after(case: Case, last: int) -> tuple[float | None, float | None, str]:
    """Return the best value of the monitored figure up to epoch `last`, the best one after it, and the figure."""
    watched = str(case.report.get("monitor") or case.settings["monitor"]).replace("-", "_").removeprefix("val_")
    figure = watched if case.history.get(f"val_{watched}") else "loss"
    curve = list(case.history.get(f"val_{figure}") or [])
    best = min if figure in _LOWER_IS_BETTER else max
    parts = [[one for one in part if one is not None and is_number(one)] for part in (curve[:last], curve[last:])]
    before, after = (best(part) if part else None for part in parts)
    return before, after, figure


def _validation_too_small(case: Case) -> Iterator[Finding]:
    frames, accuracy = case.validation.get("frames"), case.validation.get("accuracy")
    reasons = list(_smallness(case)) if frames and accuracy is not None else []
    if not reasons or frames is None or accuracy is None:
        return
    low, high = wilson(accuracy, frames)
    remedy = "Label more recordings; some of them will be held out."
    if case.recordings == 1:
        remedy = "One recording cannot show how the model does on another: label at least a second, better ten."
    yield _finding(
        "validation too small",
        f"The validation side is too small for reliable figures: {', '.join(reasons)}. {percent(accuracy)} of its "
        f"frames are right. If frames were independent, the 95 % interval would be {percent(low)} to {percent(high)}; "
        "neighbouring frames are alike, so the real one is wider.",
        remedy,
        settings=remedies.for_a_larger_validation(case.settings, case.recordings),
    )


def _smallness(case: Case) -> Iterator[str]:
    """Yield what the validation side has too little of."""
    side = case.side("validation")
    if case.validation["frames"] < SMALL_FRAMES:
        yield several(case.validation["frames"], "frame")
    apart = max(side.get("recordings", SMALL_RECORDINGS), side.get("groups", SMALL_RECORDINGS))
    if apart < SMALL_RECORDINGS:  # loose images share few recordings, but each is a group of its own
        yield "one recording"
    few = [one for one in case.events.items() if one[1].get("touches", SMALL_TOUCHES) < SMALL_TOUCHES]
    if len(few) > MANY_EVENTS:
        yield f"fewer than {SMALL_TOUCHES} events of {len(few):,} classes"
        few = []
    for name, events in few:
        yield touches(events["touches"], name)
    absent = [name for name, one in (case.validation.get("classes") or {}).items() if one.get("frames") == 0]
    if absent:
        yield f"no frame of {some(absent)}"


def _folds_differ(case: Case) -> Iterator[Finding]:
    spread = (case.report.get("cross_validation") or {}).get("spread") or {}
    for figure, title in (("balanced_accuracy", "balanced accuracy"), ("accuracy", "frames right")):
        one = spread.get(figure) or {}
        if not all(is_number(one.get(key)) for key in ("mean", "std", "least", "most")):
            continue
        if one["std"] > FOLDS_STD or one["most"] - one["least"] > FOLDS_RANGE:
            yield _finding(
                "folds differ",
                f"The result depends on which recordings are held out: over the folds, {title} ranges from "
                f"{percent(one['least'])} to {percent(one['most'])} (mean {percent(one['mean'])}, standard deviation "
                f"{points(one['std'])}).",
                "Some recordings differ from the rest. Find them in the table by recording, check their labels, and "
                "add recordings like them.",
            )
        return


def _more_data(case: Case) -> Iterator[Finding]:
    if tells_nothing(case):
        return
    rows = [row for row in case.report.get("learning_curve") or [] if is_number(row.get("share"))]
    rows = sorted(rows, key=lambda row: row["share"])
    figure = "balanced_accuracy" if all(is_number(row.get("balanced_accuracy")) for row in rows) else "accuracy"
    rows = [row for row in rows if is_number(row.get(figure))]
    if len(rows) < 2:
        return
    whole = rows[-1]
    half = min(rows[:-1], key=lambda row: abs(row["share"] - whole["share"] / 2))
    gain, noise = whole[figure] - half[figure], _noise(case, whole[figure], figure)
    ends = [f"{percent(row[figure])} with {several(row.get('frames') or 0, 'training frame')}" for row in (half, whole)]
    text = (
        f"{figure.replace('_', ' ').capitalize()} went from {ends[0]} to {ends[1]}: {points(gain)}, "
        f"{'more' if gain > noise else 'no more'} than chance alone explains ({points(noise)})."
    )
    if gain > noise:
        remedy = "Label more recordings. Twice as many may bring the same gain again, or somewhat less."
        yield _finding("more data would help", text, remedy)
    else:
        yield _finding("more data would not help", f"{text} This holds for more data of the same kind.")


def _initial_model(case: Case) -> Iterator[Finding]:
    found = case.report.get("improvement")
    if not found:
        return
    kind = {"better": "better than the initial model"}.get(found["outcome"], "not better than the initial model")
    if found["outcome"] in ("unknown", "not compared"):
        kind = "initial model not compared"
    yield _finding(kind, " ".join([found["sentence"], *found["remarks"]]), found["advice"])


def _noise(case: Case, share: float, figure: str) -> float:
    """Return one standard error of a validation figure."""
    spread = ((case.report.get("cross_validation") or {}).get("spread") or {}).get(figure) or {}
    if is_number(spread.get("std")):
        return max(LEAST_NOISE, spread["std"])
    each = [one.get("accuracy") for one in case.validation.get("recordings") or []]
    known = [value for value in each if is_number(value)]
    if len(known) >= 3:
        return max(LEAST_NOISE, statistics.stdev(known) / math.sqrt(len(known)))
    frames = case.validation.get("frames") or 1
    return max(LEAST_NOISE, math.sqrt(max(0.0, share * (1 - share)) / frames))


RULES: tuple[Callable[[Case], Iterator[Finding]], ...] = (
    _without_contrast,
    _labels_swapped,
    _nothing_learnt,
    _class_ignored,
    _too_few_frames,
    _overfitting,
    _underfitting,
    _touches_miscounted,
    _recording_stands_out,
    _still_improving,
    _validation_too_small,
    _folds_differ,
    _more_data,
    _initial_model,
)


def well(case: Case) -> Iterator[Finding]:
    """Judge how good a model is in which no rule found a fault."""
    accuracy = case.validation.get("accuracy")
    if accuracy is None:
        return
    balanced = case.validation.get("balanced_accuracy")
    words = [f"{percent(accuracy)} of validation frames right"]
    trained = case.measured.get("balanced_accuracy")
    beside = "" if trained is None else f" (on training {percent(trained)})"
    words += [] if balanced is None else [f"balanced accuracy {percent(balanced)}{beside}"]
    for name, events in _worst_events(case):
        if events.get("touches"):
            found = f"{events.get('found', 0)} of {touches(events['touches'], name)} found"
            words.append(f"{found}, {several(events.get('ghosts', 0), 'ghost')}")
    if case.test.get("accuracy") is not None:
        words.append(f"on test {percent(case.test['accuracy'])} of frames right")
    figures = "; ".join(words)
    if case.is_good:
        remedy = "It can be used as it is. Before you trust it on recordings of another day, try it on one."
        yield _finding("good", f"The model is good: {figures}.", remedy)
        return
    yield _finding(
        "could be better",
        f"No single fault stands out, but the model is not good yet: {figures}. A good model has at least "
        f"{percent(GOOD)} {'of frames right' if balanced is None else 'balanced accuracy'}.",
        "Look at the worst mistakes: frames that people would label differently set a limit.",
        settings=remedies.for_a_better_one(case.settings, case.n_classes, bool(case.events)),
    )
