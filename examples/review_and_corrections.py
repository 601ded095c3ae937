"""From a session with errors to a better model: a review, its corrections, and a training that goes on with them.

    python examples/review_and_corrections.py          a program says of each event what is true
    python examples/review_and_corrections.py --page   you do, on the page in your browser

renders small videos into ``example-review/``, trains a quick network, lets it mark others, and reviews them: the most
doubtful touches first. The page and the program write the same corrections, which become labels, a dataset and the next
model. At the end it prints how many frames are right before and after, and the report that compares both models. It
takes some minutes.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import numpy as np

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent)]

from make_whisker_videos import write_videos  # noqa: E402

import pyside  # noqa: E402
from pyside.reviewing.desk import Desk  # noqa: E402


def answer(session: Path, truth: dict[str, np.ndarray]) -> int:
    """Say of each doubtful event whether there is a touch, as the page does with its keys ``y`` and ``n``.

    Args:
        session: folder of the session.
        truth: the labels of each recording, 0 and 1.

    Returns:
        How many events were looked at.
    """
    desk, looked = Desk(session), 0
    while (place := desk.next_place()) is not None:
        event = desk.events[place]
        is_touch = truth[event.recording][event.first : event.last + 1].mean() > 0.5
        desk.correct(place, "yes" if is_touch else "no", desk.corrections)
        looked += 1
    return looked


def main() -> None:
    """Render, train, mark, review, train on."""
    parser = argparse.ArgumentParser(description="Review what a model marked, and train on with the corrections.")
    parser.add_argument("--page", action="store_true", help="open the page of the review, and wait for its end")
    parser.add_argument("--folder", type=Path, default=Path("example-review"))
    parser.add_argument("--recordings", type=int, default=10, help="to train on")
    parser.add_argument("--epochs", type=int, default=5)
    parser.add_argument("--network", default="small")
    given = parser.parse_args()
    labelled, fresh, session = (given.folder / name for name in ("labelled", "fresh", "marked"))
    training = {"network": given.network, "epochs": given.epochs, "batch_size": 32}

    # %% A quick model, and what it marks in new videos
    write_videos(labelled, given.recordings, 300)
    truth = write_videos(fresh, 4, 300, seed=2)
    dataset, old = given.folder / "dataset", given.folder / "old.h5"
    pyside.convert_videos(labelled / "videos", labelled / "labels.mat", dataset, centers=labelled / "centers.mat")
    pyside.train(dataset, old, **training)
    pyside.curate(old, fresh / "videos", session, centers=fresh / "centers.mat", no_center="non-touch")

    # %% The review: on the page, or as a program gives its answers
    if given.page:
        done = pyside.review(session)["done"]
    else:
        done = answer(session, {f"whisker{k:03d}": labels for k, labels in enumerate(truth, 1)})
    print(f"{done} events were looked at.")

    # %% What it changed
    corrected = pyside.corrected(session, given.folder / "corrected")
    before = pyside.compare(session, fresh / "labels.mat")["equal"]
    after = pyside.compare(corrected["table"], fresh / "labels.mat", videos=fresh / "videos")["equal"]
    print(f"Frames as in the true labels: {before:.1%} as marked, {after:.1%} as corrected")

    # %% A model that goes on with the corrections
    pyside.add_corrections(dataset, session, given.folder / "more")
    result = pyside.train(given.folder / "more", given.folder / "new.h5", initial_model=str(old), **training)
    print(result.summary())
    print(f"report {given.folder / 'new.report' / 'report.html'}")


if __name__ == "__main__":
    main()
