"""Train a model from a shell: ``python -m pyside.train_model_local --data-path set --model-name model``.

It has the flags of the older tool's script: it takes a dataset folder on this computer, trains as `pyside.train` does,
and writes an ``.h5`` model.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

import pyside
from pyside.__main__ import guarded
from pyside.cli.options import add_settings, given_settings
from pyside.cli.text import show
from pyside.settings.training import TrainSettings
from pyside.system import processes


def parser(program: str, text: str) -> argparse.ArgumentParser:
    """Return a parser with the flags of both scripts: those of the older tool, and every training setting."""
    made = argparse.ArgumentParser(program, description=text)
    made.add_argument("--data_path", "--data-path", required=True, help="dataset folder")
    made.add_argument("--export_path", "--export-path", default=".", help="folder for the model (default: here)")
    made.add_argument("--model_name", "--model-name", default="model.h5", help="name or name.h5 (default: model.h5)")
    add_settings(made, TrainSettings)
    return made


def main(arguments: Sequence[str] | None = None) -> int:
    """Train with the arguments of the command line; returns the exit code: 0, or 1 after an error."""
    options = parser("train_model_local", "Train a model on a dataset folder.").parse_args(arguments)

    def train() -> int:
        model_path = Path(options.export_path) / options.model_name
        show(pyside.train(options.data_path, model_path, **given_settings(options, TrainSettings)).summary())
        return 0

    return guarded(train)


if __name__ == "__main__":
    processes.leave(main())
