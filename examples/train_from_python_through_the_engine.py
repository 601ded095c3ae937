"""Run MATLAB's control script train_new_model.m from Python: in MATLAB, or in GNU Octave if there is no MATLAB.

    python examples/train_from_python_through_the_engine.py

renders example videos (into ``example/``, unless they exist), trains on them through the engine and prints the same
summary as `pyside.train`. MATLAB needs the package matlabengine of its release (``touchtrain doctor`` says which),
Octave needs the extra ``octave``: ``pip install -e ".[octave]"`` in the folder of the repository.
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
    parser.add_argument("--engine", choices=["matlab", "octave"], help="default: MATLAB if available, else Octave")
    parser.add_argument("--epochs", type=int, default=3)
    parser.add_argument("--folder", type=Path, default=Path("example"), help="with videos, labels.mat and centers.mat")
    parser.add_argument("--network", default="small")
    options = parser.parse_args()

    # %% Videos to train on, with labels
    if not (options.folder / "labels.mat").is_file():
        render = [sys.executable, str(HERE / "make_whisker_videos.py"), str(options.folder)]
        subprocess.run([*render, "--recordings", "6", "--frames", "200"], check=True)

    # %% Run the script in a session of MATLAB or Octave
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

    # %% The result, as from pyside.train
    print(result.summary())


if __name__ == "__main__":
    main()
