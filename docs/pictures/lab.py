"""What the pictures show: rendered videos, datasets of them, small models and a session, each made once when needed."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from docs.pictures.browser import Browser

ROOT = Path(__file__).resolve().parents[2]
RENDERER = "examples/make_whisker_videos.py"
QUICK = {"network": "small", "batch_size": 32, "seed": 0}


class Lab:
    """A folder with the data of all pictures.

    Args:
        folder: for everything; what an earlier run left in it is used again.
        browser: that photographs pages.
    """

    def __init__(self, folder: Path, browser: Browser):
        self.folder, self.browser = folder.absolute(), browser

    def render(self, name: str, *options: str) -> Path:
        """Return a folder of rendered videos with labels.mat and centers.mat."""
        if not (self.folder / name).exists():
            line = [sys.executable, str(ROOT / RENDERER), str(self.folder / name), *options]
            subprocess.run(line, check=True, capture_output=True)
        return self.folder / name

    @cached_property
    def example(self) -> Path:
        """Six short videos, as README and guide have them."""
        return self.render("example", "--recordings", "6", "--frames", "200")

    @cached_property
    def labelled(self) -> Path:
        """Videos to train on."""
        return self.render("labelled", "--recordings", "32", "--frames", "300")

    @cached_property
    def new(self) -> Path:
        """Videos that no training saw."""
        return self.render("new", "--recordings", "6", "--frames", "300", "--seed", "2")

    def vectors(self, folder: Path, name: str = "labels") -> list[np.ndarray]:
        """Return what a file of rendered videos holds for each: labels, or centres counted from 1."""
        from scipy.io import loadmat

        return [np.squeeze(one) for one in loadmat(folder / f"{name}.mat")[name].ravel()]

    def convert(
        self, name: str, recordings: int, labels: Sequence[np.ndarray] | None = None, held_out: int = 0
    ) -> Path:
        """Return a dataset of the first labelled videos; the last ones may be named for validation."""
        import pyside

        if not (self.folder / name).exists():
            videos: list[Any] = sorted((self.labelled / "videos").iterdir())[:recordings]
            centers = [one - 1 for one in self.vectors(self.labelled, "centers")[:recordings]]
            labels = labels or self.vectors(self.labelled)[:recordings]
            more: dict[str, Any] = {}
            if held_out:
                sides = ["training"] * (recordings - held_out) + ["validation"] * held_out
                rows = [f"{video.name},{side}" for video, side in zip(videos, sides, strict=True)]
                more["tags"] = self.folder / f"{name}.csv"
                more["tags"].write_text("\n".join(["video,side", *rows]) + "\n", encoding="ascii")
            pyside.convert_videos(videos, list(labels), self.folder / name, centers=centers, **more)
        return self.folder / name

    @cached_property
    def dataset(self) -> Path:
        """A dataset of all labelled videos."""
        return self.convert("dataset", 32)

    def train(self, name: str, dataset: Path, **settings: Any) -> Path:
        """Return a model, with its report beside it."""
        import pyside

        path = self.folder / f"{name}.h5"
        if not path.exists():
            pyside.train(dataset, path, **{**QUICK, **settings})
        return path

    @cached_property
    def good(self) -> Path:
        """A model that has learnt, with a test side."""
        return self.train("good", self.dataset, epochs=10, test_fraction=0.2)

    @cached_property
    def weak(self) -> Path:
        """A model of few recordings, which makes mistakes: for what is to be seen of mistakes."""
        return self.train("weak", self.convert("fewer", 14), epochs=5, validation_fraction=0.4)

    @cached_property
    def underfitting(self) -> Path:
        """A model that learnt too slowly."""
        return self.train("underfitting", self.convert("half", 16), epochs=4, learning_rate=1e-5)

    @cached_property
    def overfitting(self) -> Path:
        """A model that knows its few recordings by heart."""
        settings = {"augment": "none", "dropout_rates": (0, 0, 0, 0), "validation_fraction": 0.5}
        return self.train("overfitting", self.convert("few", 10), epochs=16, patience=16, **settings)

    @cached_property
    def unequal(self) -> Path:
        """A model that saw hardly any touch, and for which touches weigh as little as they are few."""
        labels = [one.astype(float) for one in self.vectors(self.labelled)]
        for one in labels[10:24]:
            one[one == 1] = -1
        dataset = self.convert("rare", 32, labels, 8)
        return self.train("unequal", dataset, epochs=4, class_weight="none", learning_rate=3e-5)

    @cached_property
    def swapped(self) -> Path:
        """A model of labels that have 0 for touch and 1 for none in all recordings of the validation side."""
        labels = [1 - one if k >= 12 else one for k, one in enumerate(self.vectors(self.labelled)[:18])]
        return self.train("swapped", self.convert("partly", 18, labels, 6), epochs=5)

    @cached_property
    def better(self) -> Path:
        """A model that went on from the weak one with more recordings, some of which neither has seen."""
        return self.train("better", self.dataset, epochs=6, test_fraction=0.4, initial_model=str(self.weak))

    @cached_property
    def session(self) -> Path:
        """New videos that the good model marked."""
        return self.mark(self.good, "marked-well")

    @cached_property
    def doubtful(self) -> Path:
        """New videos that the weak model marked, by another threshold than its own, with something to correct."""
        import pyside

        session = self.mark(self.weak, "marked")
        pyside.redecide(session, threshold=0.7, min_duration=2)
        return session

    def mark(self, model: Path, name: str) -> Path:
        """Return a session of the new videos."""
        import pyside

        where: Any = {"centers": self.new / "centers.mat", "no_center": "non-touch"}
        if not (self.folder / name).exists():
            pyside.curate(model, self.new / "videos", self.folder / name, **where)
        return self.folder / name

    def results(self, format: str, pattern: str) -> Path:
        """Return a file that curate writes for other programs."""
        import pyside

        again = self.folder / f"marked-{format}"
        if not again.exists():
            pyside.redecide(self.session, again, formats=(format,))
        return sorted(again.rglob(pattern))[0]

    @cached_property
    def comparison(self) -> Path:
        """The folder of a comparison of the doubtful session with the true labels."""
        import pyside

        if not (self.folder / "compared").exists():
            pyside.compare(self.doubtful, self.new / "labels.mat", output=self.folder / "compared")
        return self.folder / "compared"

    def octave(self, code: str) -> None:
        """Run code of MATLAB in Octave."""
        setup = f"addpath('{ROOT / 'matlab'}'); touchtrain.setup; "
        line = [str(shutil.which("octave")), "--no-gui", "--norc", "--quiet", "--eval", setup + code]
        own = {"TOUCHTRAIN_PYTHON": sys.executable, "TOUCHTRAIN_CONFIG": str(self.folder / "config")}
        subprocess.run(line, check=True, capture_output=True, env={**os.environ, **own})
