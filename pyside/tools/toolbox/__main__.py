"""Write the files anew: ``python -m pyside.tools.toolbox``."""

from __future__ import annotations

import sys

from pyside.tools.toolbox import contents, signatures
from pyside.tools.toolbox.m_files import MATLAB


def main() -> None:
    """Write each file, and print its path."""
    if not MATLAB.is_dir():
        sys.exit(f"There is no folder {MATLAB}. Run this in a checkout of TouchTrain.")
    made = {signatures.FILE: signatures.text(), **dict.fromkeys(contents.FILES, contents.text())}
    for file, text in made.items():
        file.write_bytes(text.encode("ascii"))
        print(file)


if __name__ == "__main__":
    main()
