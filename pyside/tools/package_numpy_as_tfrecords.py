"""Package NumPy files as TFRecords, with the flags of the older tool.

``python -m pyside.tools.package_numpy_as_tfrecords --numpy_file_path FOLDER --name_dataset NAME`` writes
``NAME-00000-of-00001.tfrecord`` and so on into FOLDER.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

if not __package__:  # run by its path
    sys.path[0] = str(Path(__file__).resolve().parents[2])

from pyside.errors import PixelRange, TouchTrainError, files_text
from pyside.system.paths import absolute

_OLD_RANGE = (0.0, 255.0)  # pixel range of floats in the older tool


def main(arguments: Sequence[str] | None = None) -> int:
    """Package the files that the command line names.

    Args:
        arguments: those of the command line; None for those of this process.

    Returns:
        0, or 1 after an error, which is printed as one line.
    """
    from pyside.data.conversion.preflight import label_text

    parser = argparse.ArgumentParser(prog="package_numpy_as_tfrecords", description="NumPy files to TFRecords.")
    parser.add_argument("--numpy_file_path", required=True, help="folder with Train_Data_*.npy ..., or frames.npy ...")
    parser.add_argument("--name_dataset", required=True, help="start of the names of the files")
    parser.add_argument("--output", help="folder to write to (default: the folder of the NumPy files)")
    parser.add_argument("--pixel_range", type=_two_numbers, help="black and white, as 0,1 (default for floats: 0,255)")
    parser.add_argument("--shard_frames", type=int, default=10_000, help="most frames in one file")
    given = parser.parse_args(arguments)
    try:
        report = package(given.numpy_file_path, given.name_dataset, given.output, given.pixel_range, given.shard_frames)
    except TouchTrainError as error:
        print(" ".join(str(error).split()), file=sys.stderr)
        return 1
    for warning in report["warnings"]:
        print(f"Warning: {warning}")
    print(f"Labels: {label_text(report['label_table'])}")
    files = report["files"]
    print(f"{report['frames']} frames in {files_text(len(files))}: {report['path']}/{files[0]} ...")
    return 0


def package(
    numpy_file_path: str,
    name_dataset: str,
    output: str | None = None,
    pixel_range: tuple[float, float] | None = None,
    shard_frames: int = 10_000,
) -> dict:
    """Convert NumPy files to a temporary dataset, and export it.

    Args:
        numpy_file_path: as `pyside.convert_numpy` takes it.
        name_dataset: start of the names of the files.
        output: the folder to write to. Default: the folder of the NumPy files.
        pixel_range: the numbers that mean black and white. Default for floats: 0 and 255.
        shard_frames: most frames in one file.

    Returns:
        The report of the export, with the table of labels and the warnings of the conversion.

    Raises:
        TouchTrainError: everything that is wrong.
    """
    from pyside.data.conversion.from_numpy import convert_numpy
    from pyside.data.formats.tfrecords import export_tfrecords

    source = absolute(numpy_file_path)
    target = absolute(output) if output else (source if source.is_dir() else source.parent)
    room = target if target.is_dir() else target.parent
    with tempfile.TemporaryDirectory(
        prefix=".touchtrain-", dir=room if room.is_dir() else None, ignore_cleanup_errors=True
    ) as folder:
        dataset = Path(folder) / "dataset"
        try:
            summary = convert_numpy(source, dataset, {"pixel_range": pixel_range})
        except PixelRange:
            if pixel_range is not None:
                raise
            summary = convert_numpy(source, dataset, {"pixel_range": _OLD_RANGE})
        report = export_tfrecords(dataset, target, {"name": name_dataset, "shard_frames": shard_frames})
    return {**report, "label_table": summary["label_table"], "warnings": summary["warnings"]}


def _two_numbers(text: str) -> tuple[float, float]:
    low, high = text.strip("[]() ").replace(",", " ").split()
    return float(low), float(high)


if __name__ == "__main__":
    sys.exit(main())
