"""Every error that TouchTrain raises on purpose, each with the identifier that MATLAB shows.

The identifier is ``TouchTrain:<class name>``, and it stands in front of the text, because MATLAB gives
every Python exception the same identifier: the wrappers in ``+touchtrain`` read it from there.
"""

from __future__ import annotations

import collections
import contextlib
import errno
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

# What a terminal obeys, or what lets a text be read in another order than it is written; tabs and ends of lines stay.
_OBEYED = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")

NO_ROOM = (errno.ENOSPC, errno.EDQUOT)  # what systems call a full disk
_MOST_ROWS = 20  # things that are wrong, in one error
_MOST_NAMED = 5
_MANY = 3  # faults that are told as one, though each has numbers of its own


class TouchTrainError(Exception):
    """An error whose text is for the person at the prompt: what, where, what was expected, what to do.

    Attributes:
        text: the message without the identifier.
        identifier: ``TouchTrain:<What>``.
        faults: the single faults, where several are told at once.
        of: the file or recording that it is a fault of, with which the text begins; or "".
        alike: what is told where many have it, behind ``in all 15 videos``; or "" for the text behind `of`.
        what: what it is a fault of, where it is one of several: ``files``, ``videos``, ``images``, ``recordings``.
    """

    what = "files"

    def __init__(
        self, text: str, faults: Sequence[TouchTrainError] = (), of: object = "", alike: str = "", what: str = ""
    ):
        text = printable(text)
        super().__init__(text)
        self.text = text
        self.faults = list(faults)
        self.of, self.alike = printable(str(of)), printable(alike)
        self.what = what or self.what

    @property
    def identifier(self) -> str:
        """``TouchTrain:`` and the name of the class."""
        return f"TouchTrain:{type(self).__name__}"

    def __str__(self) -> str:
        return f"{self.identifier}: {self.text}"


class UnknownOption(TouchTrainError):
    """An option by a name that the command does not have."""


class BadOption(TouchTrainError):
    """A known option with a value that it cannot take."""


class BadFrames(TouchTrainError):
    """Frames of a type, shape or content that cannot be used: empty, text, NaN, too small."""


class FrameOrder(TouchTrainError):
    """The axes of a frame array are ambiguous, or are not in the order that was named."""


class PixelRange(TouchTrainError):
    """It is not known which numbers mean black and white, or values lie outside the stated range."""


class BadLabels(TouchTrainError):
    """Labels of a type or form that cannot be read, or outside the classes."""


class LengthMismatch(TouchTrainError):
    """Not one label a frame."""

    what = "recordings"


class OneClass(TouchTrainError):
    """Training needs frames of at least two classes."""


class BadVideo(TouchTrainError):
    """A video that cannot be read: empty, cut short, damaged, or no video."""

    what = "videos"


class BadImage(TouchTrainError):
    """An image that cannot be read, or class folders that hold none."""

    what = "images"


class Unpaired(TouchTrainError):
    """Videos without labels, or labels (or centres) without a video."""


class OutOfFrame(TouchTrainError):
    """A region of interest that is larger than the frame, or whose centre lies outside it."""

    what = "recordings"


class BadDataset(TouchTrainError):
    """No dataset folder, or one that is half-written, damaged or of another version."""


class BadModel(TouchTrainError):
    """No model file, or one that is not understood."""


class PathMissing(TouchTrainError):
    """A file or folder that should be there is not."""


class NotReadable(TouchTrainError):
    """A file or folder that may not be read."""


class NotWritable(TouchTrainError):
    """A folder or file that cannot be written."""


class InUse(TouchTrainError):
    """A dataset, model or job that another process is writing at this moment."""


class DiskFull(TouchTrainError):
    """No room left where something had to be written."""


class NotEnoughMemory(TouchTrainError):
    """There is, or was, less memory than the work takes."""


class ModelNotSaved(TouchTrainError):
    """The saved model, loaded again, does not predict what the trained one does."""


class NotFinite(TouchTrainError):
    """The loss became NaN or infinite, in every precision that was tried."""


class PythonNotFound(TouchTrainError):
    """No Python interpreter that can run a job."""


class BadJob(TouchTrainError):
    """No job in that folder, or one that is in the wrong state for what was asked."""


class JobFailed(TouchTrainError):
    """A job's process ended without a result."""


class WorkerLost(TouchTrainError):
    """A process that shared the work was killed, as systems do where memory runs out."""


class ExtraMissing(TouchTrainError):
    """A package that is needed only for this is not installed."""


class NoCredentials(TouchTrainError):
    """There is nothing on this machine that says to Google Cloud who asks."""


class ProjectNotFound(TouchTrainError):
    """No project of Google Cloud by that id."""


class NoPermission(TouchTrainError):
    """Whoever asks may not do that in the project or with the bucket."""


class ApiDisabled(TouchTrainError):
    """A service of Google Cloud is not switched on in the project."""


class QuotaExceeded(TouchTrainError):
    """The project may not use so much at a time: only a higher quota, or a smaller machine, helps."""


class NoCapacity(TouchTrainError):
    """A region has no such machine left just now: another region, or another time, helps."""


class BucketNotFound(TouchTrainError):
    """No bucket by that name, or no folder in it."""


class NoNetwork(TouchTrainError):
    """A service does not answer, or the connection was cut, also when tried again."""


class TransferFailed(TouchTrainError):
    """A file that was sent or fetched is not what it was, or could not be sent or fetched."""


class NeverStarted(TouchTrainError):
    """A job in the cloud that waited longer for a machine than it may."""


class CloudError(TouchTrainError):
    """What a service in the cloud answered, where it is none of these."""


class EngineMissing(TouchTrainError):
    """Neither MATLAB nor Octave can be driven from this Python."""


class EngineFailed(TouchTrainError):
    """What MATLAB or Octave was told to do ended with an error of its own.

    Attributes:
        matlab_identifier: of that error, such as ``MATLAB:UndefinedFunction``; empty where it has none.
        matlab_message: its text.
    """

    def __init__(self, text: str, faults: Sequence[TouchTrainError] = (), identifier: str = "", message: str = ""):
        super().__init__(text, faults)
        self.matlab_identifier, self.matlab_message = identifier, message or text


class EngineBusy(TouchTrainError):
    """MATLAB or Octave is at work for another thread."""


class EngineTimeout(TouchTrainError):
    """MATLAB or Octave did not answer in time; what it was doing is broken off."""


class EngineLost(TouchTrainError):
    """The process of MATLAB or Octave has ended, or the connection to it."""


class BadValue(TouchTrainError):
    """A value that cannot pass between Python and MATLAB or Octave."""


class NoGraphics(TouchTrainError):
    """Nothing can be drawn on this machine."""


class Python(TouchTrainError):
    """A Python error that is none of these: a fault of TouchTrain, or of a package that it uses."""


class Interrupted(TouchTrainError):
    """Ctrl-C ended it before there was anything to keep."""


def some(names: Sequence[str], most: int = 5, between: str = ", ") -> str:
    """Return the first few names for a message, and how many more there are."""
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return between.join(names[:most]) + more


def files_text(number: int) -> str:
    """Return how many files there are, in words."""
    return f"{number:,} file{'' if number == 1 else 's'}"


def in_several(names: Sequence[str], what: str, total: int = 0) -> str:
    """Return ``in all 15 videos``, or ``in 7 of 15 videos (a.mp4, b.mp4, ... and 2 more)``.

    Args:
        names: of those that have it: names, or paths, of which the folder that they have in common is told once.
        what: what they are, such as ``videos``.
        total: how many there are in all; 0 where that is not known.
    """
    if len(names) == total:
        return f"in all {total} {what}"
    below = ""
    if all(map(os.path.isabs, names)):
        with contextlib.suppress(ValueError):  # on two drives
            folder = os.path.commonpath([os.path.dirname(name) for name in names])
            names, below = [os.path.relpath(name, folder) for name in names], f" in {folder}"
    return f"in {len(names)}{f' of {total}' if total else ''} {what} ({some(names, _MOST_NAMED)}){below}"


def visible(text: str) -> str:
    r"""Return a text as it may be shown: what a terminal would obey, such as ``\x1b``, is written out."""

    def written(found: re.Match[str]) -> str:
        code = ord(found[0])
        return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}"

    return _OBEYED.sub(written, text)


def of_system(error: OSError) -> TouchTrainError:
    """Return what the operating system refused as an error of ours; it is called where nobody else has told of it."""
    named = os.fsdecode(error.filename) if isinstance(error.filename, (str, bytes)) and error.filename else ""
    reason = error.strerror or str(error) or type(error).__name__
    if error.errno in NO_ROOM:
        return DiskFull(f"The disk is full: {named or 'a file'} could not be written. Make room and try again.")
    if not named:
        if isinstance(error, FileNotFoundError):
            return PathMissing("The current folder is not there any more. Go to another one.")
        return NotReadable(f"The system refused to read or write: {reason}.")
    if error.errno in (errno.ENOENT, errno.ENOTDIR, errno.ELOOP, errno.ENAMETOOLONG):
        return PathMissing(f"There is no file or folder {named} ({reason}).")
    if error.errno == errno.EROFS or (error.errno in (errno.EACCES, errno.EPERM) and _can_be_read(Path(named))):
        return NotWritable(
            f"{named} cannot be written: {reason}. Choose another folder, or ask for the right to write."
        )
    return NotReadable(f"{named} cannot be read: {reason}. Ask whoever owns it for the right to read it.")


def _can_be_read(path: Path) -> bool:
    """Tell whether a file or folder, or the nearest folder above it that is there, may be read."""
    for place in (path, *path.parents):
        if os.path.lexists(place):
            return os.access(place, os.R_OK | (os.X_OK if os.path.isdir(place) else 0))
    return False


class Faults:
    """Collects what is wrong with one input, so that all of it is told at once.

    The same fault of several files is told once; see `TouchTrainError.of`.

    >>> faults = Faults()
    >>> faults.add(BadLabels, "Label 7 is outside the 2 classes.")
    >>> faults.raise_any()
    Traceback (most recent call last):
    pyside.errors.BadLabels: TouchTrain:BadLabels: Label 7 is outside the 2 classes.

    Args:
        what: what faults are of, such as ``videos``.
        total: how many of them there are, where that is known.
    """

    def __init__(self, what: str = "files", total: int = 0) -> None:
        self.what, self.total = what, total
        self._found: list[TouchTrainError] = []

    def add(self, kind: type[TouchTrainError], text: str, of: object = "", alike: str = "", what: str = "") -> None:
        """Note one fault; `of`, `alike` and `what` as of `TouchTrainError`."""
        self._found.append(kind(text, of=of, alike=alike, what=what))

    def include(self, error: TouchTrainError) -> None:
        """Note what somebody else raised: one fault, or a list of them."""
        self._found += error.faults or [error]

    @contextlib.contextmanager
    def noting(self, of: object = "", what: str = "") -> Iterator[None]:
        """Note what is raised within, instead of raising it; `of` and `what` hold where the error does not say."""
        try:
            yield
        except TouchTrainError as error:
            for fault in error.faults or [error]:
                if of and not fault.of:
                    fault.of, fault.what = printable(str(of)), what or fault.what
            self.include(error)

    def __len__(self) -> int:
        return len(self._found)

    def __iter__(self) -> Iterator[TouchTrainError]:
        return iter(self._found)

    def messages(self) -> list[tuple[TouchTrainError, str]]:
        """Return what is to be told: each fault that differs from those before, with its text or that of all alike."""
        many = collections.Counter((type(fault), fault.alike) for fault in self._found if fault.alike)
        alike: dict[tuple[type, str], list[TouchTrainError]] = {}
        for fault in self._found:
            said = fault.alike if many[type(fault), fault.alike] >= _MANY else _without_name(fault)
            alike.setdefault((type(fault), said), []).append(fault)
        return [(faults[0], self._text(faults, said)) for (_, said), faults in alike.items()]

    def _text(self, faults: Sequence[TouchTrainError], said: str) -> str:
        names = list(dict.fromkeys(fault.of for fault in faults))
        if len(names) == 1:
            return faults[0].text
        what, total = "places" if isinstance(faults[0], NotReadable) else faults[0].what, 0
        if self.total and (what == self.what or (what, self.what) == ("recordings", "videos")):  # one of each
            what, total = self.what, self.total
        where = in_several(names, what, total)
        return where[0].upper() + where[1:] + (f": each{said}" if said.startswith(" ") else f": {said.lstrip(': ')}")

    def raise_any(self) -> None:
        """Raise the only fault, or the first one's kind with a numbered list; what is long is cut.

        Raises:
            TouchTrainError: of the kind of the first fault; its `faults` are all of them.
        """
        if not self._found:
            return
        first, told = self._found[0], [text for _, text in self.messages()]
        if len(self._found) == 1:
            raise first
        if len(told) == 1:
            raise type(first)(told[0], self._found)
        rows = [f"  {number}. {text}" for number, text in enumerate(told[:_MOST_ROWS], start=1)]
        more = [f"  ... and {len(told) - _MOST_ROWS} more."] if len(told) > _MOST_ROWS else []
        raise type(first)("\n".join([f"{len(told)} things are wrong:", *rows, *more]), self._found)


def _without_name(fault: TouchTrainError) -> str:
    """Return what a fault says without saying of what."""
    return fault.text[len(fault.of) :] if fault.of and fault.text.startswith(fault.of) else fault.text


ODD = re.compile("[\ud800-\udfff]")  # half a character: a byte of a file's name that is no UTF-8, or Windows's alone


def printable(text: str) -> str:
    """Return a text that can be printed and stored anywhere: a byte of a name that is no UTF-8 becomes ``%DF``."""
    if text.isascii() or not ODD.search(text):
        return text
    return ODD.sub(lambda odd: f"%{ord(odd[0]) & 0xFF:02X}" if "\udc80" <= odd[0] <= "\udcff" else "\ufffd", text)


def error_record(error: TouchTrainError) -> dict[str, Any]:
    """Return an error in plain values, to cross from one process to another."""
    record = {"kind": type(error).__name__, "identifier": error.identifier, "text": error.text}
    return {**record, "faults": [error_record(fault) for fault in error.faults]} if error.faults else record


def error_from(record: Mapping[str, Any]) -> TouchTrainError:
    """Return the error that `error_record` wrote down."""
    kind = globals().get(str(record.get("kind")))
    if not (isinstance(kind, type) and issubclass(kind, TouchTrainError)):
        kind = JobFailed
    faults = record.get("faults")
    known = [one for one in faults if isinstance(one, dict)] if isinstance(faults, list) else []
    return kind(str(record.get("text")), [error_from(fault) for fault in known])
