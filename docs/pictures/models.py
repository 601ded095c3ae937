"""Pictures of frames, models, marks and reviews, by the commands that make them."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import numpy as np

from docs.pictures.lab import RENDERER, Lab
from docs.pictures.record import picture

STYLE = "pyside/evaluation/report/parts.html pyside/evaluation/report/style.html"
KEY_FIGURES = f"{STYLE} pyside/evaluation/report/tables.py:figures"
RECORDINGS = f"{STYLE} pyside/evaluation/report/tables.py:further_tables"
MISTAKES = f"{STYLE} pyside/evaluation/report/tables.py:sheet"
IMPROVEMENT = f"{STYLE} pyside/evaluation/report/tables.py:improvement pyside/evaluation/verdict/improvement.py"
CURVES = f"{STYLE} pyside/evaluation/report/plots.py:training_curves"
DECISION = f"{STYLE} pyside/evaluation/report/plots.py"
TRACES = f"{STYLE} pyside/evaluation/report/traces.py"
VERDICT = f"{STYLE} pyside/evaluation/verdict/rules.py pyside/evaluation/verdict/remedies.py"
SHEET = "pyside/training/input_pipeline/preview.py pyside/training/input_pipeline/augment.py"
REGION = "pyside/curation/regions/preview.py"
COMPARED = f"{TRACES} pyside/curation/comparison/comparison.html pyside/curation/comparison/pictures.py"
REVIEW = "pyside/reviewing/page/page.html pyside/reviewing/page/page.css pyside/reviewing/page/page.js"
BLIND = f"{REVIEW} pyside/reviewing/page/blind.js"


# --- frames ----------------------------------------------------------------------------------------------------------


@picture("Three frames of the example videos, and the region around the pole through a touch and a near miss", RENDERER)
def example_videos(lab: Lab, path: Path) -> None:
    """As the generator draws it."""
    from examples.make_whisker_videos import draw_picture, render_recording

    draw_picture(path, [render_recording((1, k), 600) for k in range(3)])


@picture("A frame of each of three videos with the region of interest as a box around the pole", REGION)
def region(lab: Lab, path: Path) -> None:
    """A region around given centres."""
    import pyside

    pyside.preview_region(lab.example / "videos", path, centers=lab.example / "centers.mat", examples=3)


@picture("A smaller region: the box of 41 x 41 pixels cuts off the whisker near the pole", REGION)
def region_small(lab: Lab, path: Path) -> None:
    """The same with another size."""
    import pyside

    pyside.preview_region(lab.example / "videos", path, centers=lab.example / "centers.mat", examples=3, roi=41)


@picture("The same frames with contrast none, stretch and equalize, in a dim copy of a video")
def contrast(lab: Lab, path: Path) -> None:
    """Frames of a dim video, converted with each contrast."""
    import pyside

    frames = np.load(lab.dataset / "whisker001.frames.npy")[40:240:40, ..., 0]
    dim = (60 + 0.4 * frames).astype(np.uint8)
    rows = {}
    for name in ("none", "stretch", "equalize"):
        folder = lab.folder / f"contrast-{name}"
        pyside.convert_arrays([dim], [np.arange(len(dim)) % 2], folder, frame_order="NHW", contrast=name)
        rows[f"contrast: {name}"] = list(np.load(next(folder.glob("*.frames.npy")))[..., 0])
    draw_rows(rows, path)


@picture("Five frames, each unchanged and in six quarter turns and mirror images", SHEET)
def augmentation_legacy(lab: Lab, path: Path) -> None:
    """The default."""
    sheet(lab, path, "legacy")


@picture("Five frames, each unchanged and in six variants of the augmentation standard", SHEET)
def augmentation_standard(lab: Lab, path: Path) -> None:
    """Turns, shifts and light."""
    sheet(lab, path, "standard")


@picture("Five frames, each unchanged and in six variants of the augmentation strong", SHEET)
def augmentation_strong(lab: Lab, path: Path) -> None:
    """The strongest."""
    sheet(lab, path, "strong")


@picture("Five frames, each unchanged and in six variants with quarter turns, shifts and noise of 0.05", SHEET)
def augmentation_list(lab: Lab, path: Path) -> None:
    """Operations with amounts."""
    sheet(lab, path, ["quarter-turns", "shift", "noise=0.05"])


def sheet(lab: Lab, path: Path, augment: str | list[str]) -> None:
    """Draw a sheet of augmented frames."""
    import pyside

    pyside.preview_augmentation(lab.dataset, path, augment=augment, examples=5, seed=1)


# --- reports ---------------------------------------------------------------------------------------------------------


@picture("The top of a report: the verdict in a green box says that the model is good, with a note below", VERDICT)
def report_verdict(lab: Lab, path: Path) -> None:
    """Of the good model."""
    lab.browser.section(report(lab.good), "verdict", path)


@picture("Key figures of a report: tiles, frames by side, classes, touches found and missed, onset errors", KEY_FIGURES)
def report_figures(lab: Lab, path: Path) -> None:
    """Tiles and tables."""
    lab.browser.section(report(lab.weak), "figures", path)


@picture("Training curves of a report: loss, accuracy and learning rate by epoch, training and validation", CURVES)
def report_curves(lab: Lab, path: Path) -> None:
    """Curves of a good training."""
    lab.browser.section(report(lab.good), "curves", path)


@picture("Confusion matrices of a report for training, validation and test frames", KEY_FIGURES)
def report_confusion(lab: Lab, path: Path) -> None:
    """Confusion."""
    lab.browser.section(report(lab.good), "confusion", path)


@picture("Precision and recall of a report, and errors per touch over the threshold with the chosen one", DECISION)
def report_decision(lab: Lab, path: Path) -> None:
    """Where the threshold is."""
    lab.browser.section(report(lab.weak), "decision", path)


@picture("The recordings of a report, worst first, with frames, accuracy and touches of each", RECORDINGS)
def report_recordings(lab: Lab, path: Path) -> None:
    """By recording."""
    lab.browser.section(report(lab.weak), "recordings", path, 1180)


@picture("Traces of a report: probability of a touch over time, with labels, decisions and where they differ", TRACES)
def report_traces(lab: Lab, path: Path) -> None:
    """The first recordings of the section."""
    page = report(lab.weak)
    lab.browser.open(page.absolute().as_uri())
    few = "document.querySelectorAll('.trace').forEach((one, k) => { if (k > 2) one.remove() })"
    lab.browser.driver.execute_script(few)
    lab.browser.photograph(path, "section#traces")


@picture("The worst mistakes of a report: frames with label, prediction, probability and frame number", MISTAKES)
def report_mistakes(lab: Lab, path: Path) -> None:
    """The sheet of mistakes."""
    lab.browser.section(report(lab.weak), "mistakes", path)


@picture("A table of the report: the old and the new model on test recordings that neither was trained on", IMPROVEMENT)
def report_improvement(lab: Lab, path: Path) -> None:
    """Better than the initial model."""
    lab.browser.section(report(lab.better), "improvement", path)


@picture(
    "A verdict that finds labels swapped, and what to do about it", f"{VERDICT} pyside/evaluation/verdict/swaps.py"
)
def report_swaps(lab: Lab, path: Path) -> None:
    """Labels the other way round."""
    lab.browser.section(report(lab.swapped), "verdict", path)


@picture("Curves of a good training: both losses fall and stay together", CURVES)
def history_good(lab: Lab, path: Path) -> None:
    """The loss falls on both sides."""
    curves(lab, lab.good, path)


@picture("Curves of underfitting: after six epochs both losses are still high", CURVES)
def history_underfitting(lab: Lab, path: Path) -> None:
    """It learns too slowly."""
    curves(lab, lab.underfitting, path)


@picture("Curves of overfitting: the training loss falls to zero while the validation loss rises", CURVES)
def history_overfitting(lab: Lab, path: Path) -> None:
    """It knows its training frames by heart."""
    curves(lab, lab.overfitting, path)


@picture("Curves of unequal classes: the accuracy is that of always saying NonTouch", CURVES)
def history_unequal(lab: Lab, path: Path) -> None:
    """It ignores the rare class."""
    curves(lab, lab.unequal, path)


@picture("The verdict on a training that underfits", VERDICT)
def verdict_underfitting(lab: Lab, path: Path) -> None:
    """What it says and advises."""
    lab.browser.section(report(lab.underfitting), "verdict", path)


@picture("The verdict on a training that overfits", VERDICT)
def verdict_overfitting(lab: Lab, path: Path) -> None:
    """What it says and advises."""
    lab.browser.section(report(lab.overfitting), "verdict", path)


@picture("The verdict on a training that ignores touches", VERDICT)
def verdict_unequal(lab: Lab, path: Path) -> None:
    """What it says and advises."""
    lab.browser.section(report(lab.unequal), "verdict", path)


@picture(
    "The figure of touchtrain.plotHistory: loss and accuracy by epoch, with the best epoch",
    "matlab/+touchtrain/plotHistory.m matlab/+touchtrain/+internal/+figures/drawHistory.m",
)
def plot_history(lab: Lab, path: Path) -> None:
    """As MATLAB and Octave draw it."""
    record = report(lab.good).with_name("report.json")
    history = f"r = jsondecode(fileread('{record}')); touchtrain.plotHistory(r.history, 'File', '{path}');"
    lab.octave(history)


def report(model: Path) -> Path:
    """Return the page of a model's report."""
    return model.with_suffix(".report") / "report.html"


def curves(lab: Lab, model: Path, path: Path) -> None:
    """Photograph the plots of a report without what stands around them."""
    lab.browser.open(report(model).absolute().as_uri())
    lab.browser.photograph(path, "section#curves .plots")


# --- marks -----------------------------------------------------------------------------------------------------------


@picture("A frame of a marked video with a box around the pole, and the probability of a touch with the marks", TRACES)
def marked_video(lab: Lab, path: Path) -> None:
    """A frame in a touch, and the trace of its recording."""
    import matplotlib

    from pyside.curation.marking.session import marks_in, read_session

    matplotlib.use("Agg")
    from matplotlib.figure import Figure
    from matplotlib.patches import Rectangle

    record = read_session(lab.session)["videos"][0]
    marks = marks_in(lab.session, record)
    assert marks is not None
    touch = marks.probabilities[:, 1]
    runs = np.flatnonzero(np.diff(np.r_[0, marks.labels == 1, 0])).reshape(-1, 2)
    frames = frames_of(lab.new / "videos" / f"{marks.name}.mp4")
    k = int(runs[0].mean())
    figure = Figure(figsize=(10, 3.6), dpi=120, layout="constrained")
    left, right = figure.subplots(1, 2, width_ratios=(1, 1.6))
    left.imshow(frames[k], "gray", vmin=0, vmax=255)
    x, y = lab.vectors(lab.new, "centers")[0][k] - 1
    left.add_patch(Rectangle((x - 30.5, y - 30.5), 61, 61, fill=False, edgecolor="#e8590c", linewidth=2))
    left.set_title(f"{marks.name}, frame {k + 1}: Touch, {touch[k]:.2f}")
    left.set_axis_off()
    for start, stop in runs:
        right.axvspan(start + 0.5, stop + 0.5, color="#e8590c", alpha=0.25, linewidth=0, label="marked as touch")
    right.plot(np.arange(1, len(touch) + 1), touch, color="#1c7ed6", label="probability of a touch")
    right.axhline(marks.decision.threshold, color="black", linestyle="--", linewidth=1, label="threshold")
    right.axvline(k + 1, color="gray", linewidth=1)
    right.set(xlim=(1, len(touch)), ylim=(-0.02, 1.02), xlabel="frame")
    right.spines[["top", "right"]].set_visible(False)
    handles = dict(zip(*reversed(right.get_legend_handles_labels()), strict=True))
    figure.legend(handles.values(), handles.keys(), loc="outside upper right", ncols=3, frameon=False)
    figure.savefig(path)


@picture("The sheet of a check before marking: the region on a frame of each video", "pyside/curation/regions/check.py")
def session_check(lab: Lab, path: Path) -> None:
    """The sheet that curate writes with check."""
    import pyside

    where: Any = {"centers": lab.new / "centers.mat", "no_center": "non-touch"}
    pyside.curate(lab.good, lab.new / "videos", lab.folder / "checked", check=True, **where)
    shutil.copyfile(lab.folder / "checked_check.png", path)


@picture("Labels and marks of the worst recordings over the probability of a touch, as compare draws them", COMPARED)
def comparison_traces(lab: Lab, path: Path) -> None:
    """The picture of a comparison."""
    shutil.copyfile(lab.comparison / "traces.png", path)


@picture("The page of a comparison: agreement, touches, confusion matrix and recordings", COMPARED)
def comparison_page(lab: Lab, path: Path) -> None:
    """Figures of the first pair."""
    lab.browser.open((lab.comparison / "comparison.html").absolute().as_uri(), 1180)
    few = "document.querySelectorAll('#pair-1 figure').forEach((one, k) => { if (k > 6) one.remove() })"
    lab.browser.driver.execute_script(few)
    lab.browser.photograph(path, "section#pair-1", 1)


@picture("The page of a review: frames around a doubtful touch, the probabilities, and the keys", REVIEW)
def review_page(lab: Lab, path: Path) -> None:
    """The first event of a session."""
    from pyside.reviewing.desk import Desk

    lab.browser.review(Desk(lab.doubtful), path)


@picture(
    "The page of a blind review: a window of frames without the answer of the model",
    BLIND,
)
def review_blind(lab: Lab, path: Path) -> None:
    """The first window."""
    from pyside.reviewing.blind.desk import BlindDesk

    lab.browser.review(BlindDesk(lab.doubtful, 100, 9), path)


def frames_of(video: Path) -> np.ndarray:
    """Return the frames of a video, uint8, (n, height, width)."""
    import av

    with av.open(str(video)) as file:
        return np.array([frame.to_ndarray(format="gray") for frame in file.decode(video=0)])


def draw_rows(rows: dict[str, list[np.ndarray]], path: Path) -> None:
    """Draw rows of frames, each under its title."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib.figure import Figure

    figure = Figure(figsize=(8, 1.55 * len(rows)), dpi=120, layout="constrained")
    parts: Any = figure.subfigures(len(rows), 1)
    for part, (title, frames) in zip(parts, rows.items(), strict=True):
        part.suptitle(title, fontsize=10, x=0.01, ha="left")
        for axes, frame in zip(part.subplots(1, len(frames)).flat, frames, strict=True):
            axes.imshow(frame, "gray", vmin=0, vmax=255)
            axes.set_axis_off()
    figure.savefig(path)
