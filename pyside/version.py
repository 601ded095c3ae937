"""The version of TouchTrain, and where it is.

This file must be readable for older Pythons, which MATLAB may have loaded.
"""

from pathlib import Path

__version__ = "0.1.0"
__date__ = "29-Nov-2026"  # of the version, as MATLAB's ver shows it

ROOT = Path(__file__).resolve().parents[1]  # the folder with the package in it
IS_CHECKOUT = (ROOT / "pyproject.toml").is_file()
WHEEL = "touchtrain-{}-py3-none-any.whl".format(__version__)  # noqa: UP032


def matlab_folder() -> Path:
    """Return the folder for MATLAB's path: ``matlab`` of the repository, or that inside the installed package."""
    return ROOT / "matlab" if IS_CHECKOUT else ROOT / "pyside" / "_matlab"
