"""Make the pictures of README and guide from the example videos, by the commands that a user would run.

    python -m docs.pictures.make            those that are stale
    python -m docs.pictures.make NAME ...   these, such as report-curves.png
    python -m docs.pictures.make --all      all, in some minutes

The pages are photographed by Chromium with its driver, the curves of MATLAB's functions are drawn by Octave.
"""

from __future__ import annotations

import argparse
import json
import shutil
import sys
import tempfile
import time
from pathlib import Path

from docs.pictures import files, models, record  # noqa: F401 (they register their pictures)
from docs.pictures.browser import Browser
from docs.pictures.lab import Lab

NEEDED = {"chromium": "chromium", "chromedriver": "chromium-driver", "octave": "octave"}  # program: package of Debian
WIDTH = 1200  # pixels, at most


def main() -> int:
    """Make what is asked for, and write the record."""
    parser = argparse.ArgumentParser(description="Make the pictures of README and guide.")
    parser.add_argument("names", nargs="*", help="pictures to make. Default: those that are stale")
    parser.add_argument("--all", action="store_true", help="make all")
    parser.add_argument("--lab", type=Path, help="folder for videos, datasets and models. Default: one that is removed")
    given = parser.parse_args()
    if unknown := sorted(set(given.names) - set(record.PICTURES)):
        parser.error(f"there is no picture {', '.join(unknown)}. There are: {', '.join(sorted(record.PICTURES))}")
    known = record.read() if record.RECORD.is_file() else {}
    stale = [name for name in record.PICTURES if record.faults(name, known.get(name))]
    wanted = sorted(record.PICTURES) if given.all else given.names or stale
    if wanted and (missing := [program for program in NEEDED if shutil.which(program) is None]):
        packages = " ".join(NEEDED[program] for program in missing)
        print(f"Pictures are not made: {', '.join(missing)} not found. On Debian: apt-get install {packages}")
        return 1
    started = time.perf_counter()
    made_of = {name: record.made_of(name) for name in wanted}
    with tempfile.TemporaryDirectory(prefix="pictures-") as folder, Browser() as browser:
        lab = Lab(given.lab or Path(folder), browser)
        for name in wanted:
            draw, alt = record.PICTURES[name]
            draw(lab, record.FOLDER / name)
            slim(record.FOLDER / name)
            hashes = {"sha256": record.sha256(record.FOLDER / name), "made_of": made_of[name]}
            known[name] = {"alt": alt, **hashes}
            print(f"{name:40s}{(record.FOLDER / name).stat().st_size // 1024:6d} kB", flush=True)
            write(known)
    write(known)
    print(f"{len(wanted)} of {len(record.PICTURES)} pictures made in {time.perf_counter() - started:.0f} s.")
    return 0


def write(known: dict[str, dict[str, str]]) -> None:
    """Write the record of the pictures that there are, with their present alternative texts."""
    rows = {name: {**known[name], "alt": alt} for name, (_, alt) in record.PICTURES.items() if name in known}
    text = json.dumps(dict(sorted(rows.items())), indent=2, ensure_ascii=False)
    record.RECORD.write_text(text + "\n", encoding="utf-8", newline="\n")


def slim(path: Path) -> None:
    """Make a picture as wide as a page at most, with at most 256 colours."""
    from PIL import Image

    with Image.open(path) as opened:
        image = opened.convert("RGB")
    if image.width > WIDTH:
        image = image.resize((WIDTH, round(image.height * WIDTH / image.width)), Image.Resampling.LANCZOS)
    image.quantize(256, dither=Image.Dither.NONE).save(path, format="PNG", optimize=True)


if __name__ == "__main__":
    sys.exit(main())
