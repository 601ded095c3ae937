"""A scripted reviewer who knows the truth: what a review mends, and what a model learns from its corrections.

For each of five seeds, 41 recordings are rendered: 13 to train a model and to choose its epoch, 12 that no model and no
reviewer touches, 16 that the model marks. The reviewer goes through the events of these as the page offers them, up to
a third of what a look at each touch would take, and says of each what the truth is. A training with the corrections
goes on from the model; beside it, one without them goes on as long. All are judged on the 12 recordings.
"""

from __future__ import annotations

import csv
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import pyside
from pyside.evaluation.events import event_metrics, runs

Row = tuple[str, float, float, str, str]
SEEDS = range(5)
SIDES = ["training"] * 10 + ["validation"] * 3 + ["test"] * 12
FRESH, FRAMES = 16, 300
EPOCHS, FURTHER_EPOCHS = 24, 6
NETWORK: dict[str, Any] = {
    "network": "small",
    "batch_size": 32,
    "precision": "float32",
    "report": False,
    "patience": None,
}
SHARE, ERRORS, GOOD = 1 / 3, 0.01, 0.1  # of the touches to look at; count errors a touch


def measure() -> list[Row]:
    """Review and train on, for each seed; the figures are means over the seeds."""
    found: dict[str, list[float]] = {}
    for seed in SEEDS:
        with tempfile.TemporaryDirectory() as folder:
            for name, figure in of_seed(Path(folder), seed).items():
                found.setdefault(name, []).append(figure)
        print({name: round(figures[-1], 4) for name, figures in found.items()}, file=sys.stderr, flush=True)
    mean = {name: float(np.mean(figures)) for name, figures in found.items()}
    good = [mended for mended, marked in zip(found["mended"], found["marked"], strict=True) if marked <= GOOD]
    title = f"mean of {len(SEEDS)} seeds"
    return [
        (f"{title}: errors a touch as marked", 0, mean["marked"], "", "told"),
        (f"{title}: the same after a third of the looks", 0, mean["mended"], "", "told"),
        *((f"a session with at most {GOOD:g}: the same", ERRORS, one, "", "at most") for one in good),
        (f"{title}: untouched recordings, errors a touch", 0, mean["old"], "", "told"),
        (f"{title}: the same, trained on with corrections", mean["old"], mean["new"], "", "at most"),
        (f"{title}: the same, trained on without", 0, mean["without"], "", "told"),
        (f"{title}: untouched recordings, frames right", 0, 100 * mean["old frames"], "%", "told"),
        (f"{title}: the same, with corrections", 100 * mean["old frames"], 100 * mean["new frames"], "%", "at least"),
        (f"{title}: the same, without", 0, 100 * mean["without frames"], "%", "told"),
    ]


def of_seed(folder: Path, seed: int) -> dict[str, float]:
    """Return the figures of one seed."""
    videos, truth, centers = rendered(folder, seed)
    known = len(SIDES)
    tags = folder / "tags.csv"
    with tags.open("w", newline="") as file:
        csv.writer(file).writerows([("video", "side"), *zip([one.name for one in videos], SIDES, strict=False)])
    where = {"centers": centers[:known], "tags": str(tags)}
    pyside.convert_videos([*map(str, videos[:known])], truth[:known], folder / "set", **where)
    options = {**NETWORK, "seed": seed}
    old = pyside.train(folder / "set", folder / "old.h5", epochs=EPOCHS, **options)
    pyside.curate(
        old.model_path,
        [*map(str, videos[known:])],
        folder / "marked",
        centers=centers[known:],
        no_center="non-touch",
    )
    by_name = {one.stem: labels for one, labels in zip(videos[known:], truth[known:], strict=True)}
    review = reviewed(folder / "marked", by_name)
    pyside.add_corrections(folder / "set", folder / "marked", folder / "more")
    on = {**options, "initial_model": old.model_path, "epochs": FURTHER_EPOCHS}
    new = pyside.train(folder / "more", folder / "new.h5", **on)
    without = pyside.train(folder / "set", folder / "without.h5", **on)
    for name, result in (("old", old), ("new", new), ("without", without)):
        test = result.report["metrics"]["test"]
        review[name] = test["events"]["Touch"]["errors_per_touch"]
        review[f"{name} frames"] = test["accuracy"]
    return review


def rendered(folder: Path, seed: int) -> tuple[list[Path], list[np.ndarray], list[np.ndarray]]:
    """Render the recordings of a seed: videos, labels, and centres counted from 0."""
    sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "examples"))
    import make_whisker_videos

    from pyside.data.labels.files import read_label_file
    from pyside.data.recordings.regions.center_files import read_centers_file

    make_whisker_videos.write_videos(folder, len(SIDES) + FRESH, FRAMES, 100 + seed)
    videos = sorted((folder / "videos").iterdir())
    centers = [matrix - 1 for matrix in read_centers_file(folder / "centers.mat")]
    return videos, list(read_label_file(folder / "labels.mat").vectors), centers


def reviewed(session: Path, truth: dict[str, np.ndarray]) -> dict[str, float]:
    """Review a session until a third of the touches has been looked at; count errors a touch before and after."""
    from pyside.reviewing.desk import open_desk

    desk = open_desk(session)
    touches = sum(len([*runs_of(desk.labels(name))]) for name in desk.recordings())
    before, looks, place = errors(desk, truth), 0, desk.next_place()
    while place is not None and looks < SHARE * touches:
        judge(desk, place, truth[desk.events[place].recording])
        looks, place = looks + 1, desk.next_place(place)
    return {"marked": before, "mended": errors(desk, truth)}


def errors(desk: Any, truth: dict[str, np.ndarray]) -> float:
    """Return the count errors a touch of the labels with corrections."""
    names = desk.recordings()
    labels = [desk.labels(name) for name in names]
    numbers = np.concatenate([np.full(len(one), place) for place, one in enumerate(labels)])
    frames = np.concatenate([np.arange(len(one)) for one in labels])
    true = np.concatenate([truth[name] for name in names]).astype(int)
    found = event_metrics(true, np.concatenate(labels).astype(int), numbers, frames, desk.class_names)
    return float(found["Touch"]["errors_per_touch"])


def runs_of(labels: np.ndarray) -> Iterator[tuple[int, int]]:
    """Yield the first and last frame of each touch, counted from 1, as the page counts."""
    starts, stops = runs(labels == 1, np.ones(len(labels) - 1, bool))
    yield from zip((starts + 1).tolist(), stops.tolist(), strict=True)


def meeting(runs: Sequence[Any], first: int, last: int) -> list[tuple[int, int]]:
    """Return the runs that overlap a stretch."""
    return [(one[0], one[1]) for one in runs if one[0] <= last and first <= one[1]]


def judge(desk: Any, place: int, truth: np.ndarray) -> None:
    """Say of an event what is true: whether there is a touch, how many, and from which frame to which."""
    event = desk.events[place]
    there = meeting([*runs_of(truth)], event.first + 1, event.last + 1)

    def say(kind: str, **how: Any) -> None:
        desk.correct(place, kind, desk.about(place)["seen"], **how)

    def marked(one: tuple[int, int]) -> list[tuple[int, int]]:
        return meeting(desk.about(place)["touches"], *one)

    say("yes" if there else "no")
    for one in there:
        while len(marked(one)) > 1:
            say("merge", frame=marked(one)[0][1])
    for one, following in zip(there, there[1:], strict=False):
        if set(marked(one)) & set(marked(following)):
            say("split", frame=one[1] + 1)
    for one in there:
        for kind, end in (("onset", 0), ("offset", 1)):
            run = next(iter(marked(one)), one)
            if run[end] != one[end]:
                say(kind, frame=run[1 - end], to=one[end])
