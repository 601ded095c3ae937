"""Python only: from labelled videos to a model, and from the model to marks of new videos.

    python examples/from_videos_to_marks.py

renders small videos into ``example-python/``, trains on some, marks the others, and prints the pages to look at: the
report of the training, and the comparison of the marks with the true labels. It takes about two minutes.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent)]

from make_whisker_videos import write_videos  # noqa: E402

import pyside  # noqa: E402


def main() -> None:
    """Render, convert, train, mark, compare."""
    parser = argparse.ArgumentParser(description="From labelled videos to marks of new ones, in Python.")
    parser.add_argument("--folder", type=Path, default=Path("example-python"))
    parser.add_argument("--recordings", type=int, default=12, help="to train on")
    parser.add_argument("--epochs", type=int, default=6)
    parser.add_argument("--network", default="small")
    given = parser.parse_args()
    labelled, fresh = given.folder / "labelled", given.folder / "fresh"

    # %% Videos with labels, and a new session
    write_videos(labelled, given.recordings, 300)
    write_videos(fresh, 3, 300, seed=2)

    # %% A dataset: the region around the pole in each frame, and its label
    report = pyside.convert_videos(
        labelled / "videos", labelled / "labels.mat", given.folder / "dataset", centers=labelled / "centers.mat"
    )
    print(f"{report['frames']} frames: {report['counts']}")

    # %% A model
    result = pyside.train(
        given.folder / "dataset",
        given.folder / "whisker.h5",
        network=given.network,
        epochs=given.epochs,
        batch_size=32,
    )
    print(result.summary())

    # %% Marks of the new session
    session = pyside.curate(
        result.model_path,
        fresh / "videos",
        given.folder / "marked",
        centers=fresh / "centers.mat",
        no_center="non-touch",  # without a centre, the pole is away
    )
    print(f"{session['touches']} touches in {session['done']} videos")

    # %% Are they right?
    agreement = pyside.compare(given.folder / "marked", fresh / "labels.mat", output=given.folder / "compared")
    print(f"{agreement['equal']:.1%} of {agreement['frames']} frames are as in the true labels")
    print(f"report     {given.folder / 'whisker.report' / 'report.html'}")
    print(f"comparison {agreement['page']}")


if __name__ == "__main__":
    main()
