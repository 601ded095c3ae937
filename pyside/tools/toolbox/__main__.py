"""Write the files anew: ``python -m pyside.tools.toolbox``."""

from __future__ import annotations

from pyside.tools.toolbox import contents, signatures


def main() -> None:
    """Write each file, and print its path."""
    made = {signatures.FILE: signatures.text(), **dict.fromkeys(contents.FILES, contents.text())}
    for file, text in made.items():
        file.write_bytes(text.encode("ascii"))
        print(file)


if __name__ == "__main__":
    main()
