"""The Python half of MATLAB's ``py.`` for GNU Octave: a process that answers requests on a pair of pipes.

Octave starts this file by its path (``matlab/resources/octave/private/pystart.m``). It needs the standard library only;
NumPy is imported when an array needs it. The code is in the files next to it, each of which imports only from those
above it:

    octave_calls.py         names, calls and indices, as MATLAB means them
    octave_arrays.py        arrays, as MATLAB passes them to Python
    octave_wire.py          the wire format: frames, and values in both directions
    octave_conversions.py   what char, double, struct, disp ... make of a Python object
    octave_server.py        the process: requests, output, interrupts, the end

Command line: ``octave_host.py --serve RELEASE FOLDER`` serves, with arrays as the MATLAB release ``R2024b`` or
``R2025a`` passes them and with files in a new folder inside FOLDER; ``octave_host.py --about`` prints the facts that
``pyenv`` shows.
"""

import importlib
import os
import sys
import types
from typing import Any

RELEASES = ("R2024b", "R2025a")

# The files next to this one form a package of their own, under a private name: so they work wherever they lie, neither
# hide nor load a module of user code, and leave it to sys.path which `pyside` that code imports.
PACKAGE = "_touchtrain_octave"


def import_server() -> Any:
    """The module octave_server.py of this folder; the folder is not on sys.path afterwards."""
    folder = os.path.dirname(os.path.realpath(__file__))
    sys.path[:] = [entry for entry in sys.path if os.path.realpath(entry) != folder]
    package = sys.modules[PACKAGE] = types.ModuleType(PACKAGE)
    package.__path__ = [folder]
    return importlib.import_module(f"{PACKAGE}.octave_server")


def main() -> int:
    """The command line; returns the exit code."""
    arguments = sys.argv[1:]
    if arguments == ["--about"]:
        sys.stdout.buffer.write(os.fsencode("\n".join([*import_server().about(), ""])))  # as Octave reads paths
        return 0
    if len(arguments) == 3 and arguments[0] == "--serve" and arguments[1] in RELEASES:
        return int(import_server().serve(arguments[1], arguments[2]))
    print(f"usage: octave_host.py --about | --serve {'|'.join(RELEASES)} FOLDER", file=sys.stderr)
    return 1


if __name__ == "__main__":
    if sys.version_info < (3, 10):  # noqa: UP036  (the user may have chosen an older one)
        sys.exit(f"Python 3.10 or newer is needed; {sys.executable} is {sys.version.split()[0]}")
    sys.exit(main())
