"""The command line: ``touchtrain``, or ``python -m pyside``."""

from __future__ import annotations

import contextlib
import io
import os
import sys
from collections.abc import Callable, Sequence
from typing import TextIO

from pyside.cli.parser import make_parser
from pyside.cli.text import OutputLost, print_json, printing
from pyside.errors import Interrupted, NotWritable, TouchTrainError, error_record, of_system, visible


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit code: 0, 1 after an error, 130 after Ctrl-C."""
    if arguments is None:
        os.environ.setdefault("PYTHONSAFEPATH", "1")  # files here must not shadow modules of the Pythons we start
    _prepare_streams()
    try:
        options = make_parser().parse_args(sys.argv[1:] if arguments is None else arguments)
    except SystemExit:  # after --help, or wrong arguments
        if guarded(lambda: 0):
            return 1
        raise
    return guarded(lambda: int(options.run(options)), getattr(options, "json", False))


def guarded(run: Callable[[], int], as_json: bool = False) -> int:
    """Run a command, flush its output and return its exit code; an error is printed as one line.

    Args:
        run: the command.
        as_json: whether to print an error as JSON as well.
    """
    try:
        _prepare_streams()
        code = run()
        if sys.stdout is not None:
            with printing():
                sys.stdout.flush()
        return code
    except OutputLost as error:
        _give_up(sys.stdout)
        if not isinstance(error.reason, BrokenPipeError):  # a broken pipe means that its reader has seen enough
            _complain(NotWritable(f"The output could not be written: {error.reason.strerror}."))
        return 1
    except TouchTrainError as error:
        return _failed(error, as_json)
    except OSError as error:
        return _failed(of_system(error), as_json)
    except KeyboardInterrupt:
        return 130


def _failed(error: TouchTrainError, as_json: bool) -> int:
    """Print an error; returns the exit code."""
    if as_json:
        try:
            print_json({"error": error_record(error)})
            with printing():
                sys.stdout.flush()
        except OutputLost:
            _give_up(sys.stdout)
    _complain(error)
    return 130 if isinstance(error, Interrupted) else 1


def _complain(error: TouchTrainError) -> None:
    if sys.stderr is None:
        return
    try:
        print(visible(str(error)), file=sys.stderr, flush=True)
    except OSError:
        _give_up(sys.stderr)


def _give_up(stream: TextIO) -> None:
    """Send a stream that cannot be written to nowhere, or Python would complain at exit about what is left in it."""
    with contextlib.suppress(AttributeError, OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def _prepare_streams() -> None:
    for number in range(3):  # the next opened file would take the number of a closed stream and receive its output
        try:
            os.fstat(number)
        except OSError:
            os.set_inheritable(os.open(os.devnull, os.O_RDWR), True)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper) and stream.errors != "printable":
            stream.reconfigure(errors="printable")  # a console may lack characters


if __name__ == "__main__":
    sys.exit(main())
