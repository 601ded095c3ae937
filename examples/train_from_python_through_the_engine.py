"""Run MATLAB's control script train_new_model.m from Python: in MATLAB, or in GNU Octave where there is none.

    python examples/train_from_python_through_the_engine.py

renders some example videos (into ``example/``, unless they are there), trains on them through the engine and prints
what `pyside.train` prints. MATLAB takes the package matlabengine of its release (``touchtrain doctor`` tells which),
Octave ``pip install 'touchtrain[octave]'``.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

from pyside.bridge.engine import connect, train_new_model  # noqa: E402


def main() -> None:
    """Render, connect, train, print."""
    parser = argparse.ArgumentParser(description="Train from Python through MATLAB or GNU Octave.")
    parser.add_argument("--engine", choices=["matlab", "octave"], help="default: MATLAB where it can be driven")
    parser.add_argument("--epochs", type=int, default=3)
    parser.add_argument("--folder", type=Path, default=Path("example"), help="with videos, labels.mat and centers.mat")
    parser.add_argument("--network", default="small")
    options = parser.parse_args()

    # %% Videos to train on, and their labels
    if not (options.folder / "labels.mat").is_file():
        render = [sys.executable, str(HERE / "make_whisker_videos.py"), str(options.folder)]
        subprocess.run([*render, "--recordings", "6", "--frames", "200"], check=True)

    # %% A session of MATLAB or Octave, and the script in it
    with connect(options.engine) as engine:
        print(f"In {engine.name}:")
        result = train_new_model(
            engine,
            dataPath=options.folder.absolute() / "videos",
            labelPath=options.folder.absolute() / "labels.mat",
            centers=options.folder.absolute() / "centers.mat",
            processDirectory=options.folder.absolute() / "lab",
            modelName="whiskers",
            Network=options.network,
            MaxEpochs=options.epochs,
        )

    # %% The same result as of pyside.train
    print(result.summary())


if __name__ == "__main__":
    main()
