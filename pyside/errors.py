"""Every error that TouchTrain raises on purpose, each with the identifier that MATLAB shows.

The identifier is ``TouchTrain:<class name>``. It precedes the text, because MATLAB gives every Python exception the
same identifier: the wrappers in ``+touchtrain`` read it from there. The docstring of a class says the cause, and after
``Remedy:`` what a person does about it; the guide lists both.
"""

from __future__ import annotations

import collections
import contextlib
import errno
import os
import re
import shlex
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from pyside import version

# Characters that a terminal obeys, or that change the order in which text is read; tabs and line ends stay.
_SHORTEST_THAT_FAILS = 248  # characters: of a folder on Windows; of a file 260
_SPECIAL_ON_WINDOWS = re.compile(r"[\s&()\[\]{}^=;!'+,`~%<>|$@]")  # of its shells
_OBEYED = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")

NO_ROOM = (errno.ENOSPC, errno.EDQUOT)  # the system's codes for a full disk
_MOST_ROWS = 20  # faults listed in one error
_MOST_NAMED = 5
_MANY = 3  # from so many similar faults on, one message stands for all, without the numbers of each


class TouchTrainError(Exception):
    """An error with a text for the user: what is wrong, where, what was expected, what to do.

    Attributes:
        text: the message without the identifier.
        identifier: ``TouchTrain:<What>``.
        faults: the single faults, if the error reports several.
        of: the file or recording at fault, with which the text begins; or "".
        alike: the message if many files have this fault, after ``in all 15 videos``; or "" for the text after `of`.
        what: what several things at fault are called: ``files``, ``videos``, ``images``, ``recordings``.
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
    """The command has no option of that name.

    Remedy: take one of the names that the message suggests. `touchtrain.options` in MATLAB and ``--help`` on the
    command line list all.
    """


class BadOption(TouchTrainError):
    """An option has a value that it cannot take.

    Remedy: take a value that the message says, or leave the option out for its default.
    """


class BadFrames(TouchTrainError):
    """The type, shape or content of frames cannot be used: empty, text, NaN, too small.

    Remedy: give frames as numbers, height x width x frames, at least as large as the network needs. For floats or
    more than 8 bits, set `pixel_range`.
    """


class FrameOrder(TouchTrainError):
    """The axes of a frame array are ambiguous, or not in the stated order.

    Remedy: set `frame_order` to the order of the axes of the array.
    """


class PixelRange(TouchTrainError):
    """The numbers for black and white are unknown, or values lie outside the stated range.

    Remedy: set `pixel_range` to the numbers for black and white, such as 0 and 4095 for a camera of 12 bits.
    """


class BadLabels(TouchTrainError):
    """The labels have a type or form that cannot be read, or lie outside the classes.

    Remedy: look at the file with `inspect`, which shows how it is read. Set `label_values` if other numbers than 0
    and 1 stand for the classes, and `label_variable` if another variable holds the labels.
    """


class LengthMismatch(TouchTrainError):
    """The number of labels is not the number of frames.

    Remedy: check that each video has its own labels (the message says how they were paired, `pairing` changes it).
    If the file counts frames that hold no picture, set `on_empty`; otherwise cut the labels, or write -1 for
    frames without a label.
    """

    what = "recordings"


class OneClass(TouchTrainError):
    """Training needs frames of at least two classes.

    Remedy: add recordings with frames of the other class. If there are some, their label is not the one expected:
    set `label_values`.
    """


class BadVideo(TouchTrainError):
    """A video cannot be read: it is empty, truncated, damaged, or not a video.

    Remedy: play the video; if it is damaged, copy it again from where it was recorded. `on_damage` says whether
    the frames before the damage are used.
    """

    what = "videos"


class BadImage(TouchTrainError):
    """An image cannot be read, or the class folders hold no images.

    Remedy: open the image in another program, and save it again or take it away. Each class has its own folder
    with images.
    """

    what = "images"


class Unpaired(TouchTrainError):
    """Some videos have no labels, or some labels (or centres) have no video.

    Remedy: name videos and labels alike, give labels with the names of their videos, or set `pairing`.
    `on_unpaired` skips those without a partner.
    """


class OutOfFrame(TouchTrainError):
    """A region of interest is larger than the frame, or its centre lies outside it.

    Remedy: look where the region lies with `preview_region`. Make `roi` smaller, correct `centers` (x before y),
    or set `out_of_frame`.
    """

    what = "recordings"


class BadDataset(TouchTrainError):
    """There is no dataset folder, or it is incomplete, damaged or of another version.

    Remedy: give the folder that a conversion wrote. If it is damaged or older, convert again: recordings that are
    complete are kept.
    """


class BadModel(TouchTrainError):
    """There is no model file, or it cannot be interpreted.

    Remedy: give an ``.h5`` or ``.keras`` file that Keras can load; `inspect` shows what it holds. If it is
    damaged, copy it again.
    """


class BadSession(TouchTrainError):
    """There is no session of marked videos, or a file of it is damaged.

    Remedy: give the folder that `curate` wrote. If a file of it is damaged, call `curate` again: it marks what is
    missing.
    """


class BadReview(TouchTrainError):
    """There is nothing to review, or a correction does not fit what is reviewed.

    Remedy: give the folder of a session, a dataset, or videos with labels. If the page is old, load it again.
    """


class Outdated(TouchTrainError):
    """What a person corrected was corrected in another window meanwhile.

    Remedy: load the page again, look at the frames, and answer once more.
    """


class KnownVideo(TouchTrainError):
    """A video that is to be added to a dataset is in it already.

    Remedy: set `on_known`: ``replace`` takes the corrected labels, ``skip`` keeps those of the dataset.
    """


class MachineLabels(TouchTrainError):
    """A model wrote these labels, and they would be taken for those of a person.

    Remedy: review the labels first, so that they are a person's. If the model is meant to learn from another one,
    set `include_machine_labels`.
    """


class OnlyMatlab(TouchTrainError):
    """A file holds values that only MATLAB can write again unchanged, such as objects.

    Remedy: call the function in MATLAB, which gets the variable and saves it itself.
    """


class ModelNotDescribed(TouchTrainError):
    """A model file does not say what must be known to use it; ``describe`` writes that into a copy.

    Remedy: call `describe` with what the message asks for, and go on with the copy that it writes.
    """


class PathMissing(TouchTrainError):
    """A file or folder does not exist.

    Remedy: correct the path; the message names the nearest folder that exists. A relative path begins in the
    current folder.
    """


class NotReadable(TouchTrainError):
    """A file or folder cannot be read, for example because the permission is missing.

    Remedy: ask for the permission to read, copy the file to a folder of your own, or connect the network drive
    again.
    """


class NotWritable(TouchTrainError):
    """A folder or file cannot be written.

    Remedy: choose a folder of your own, ask for the permission to write, or close the program that has the file
    open.
    """


class InUse(TouchTrainError):
    """Another process is writing the dataset, model or job.

    Remedy: wait for the job that the message names, or end it with `stop` or `cancel`. If its computer is gone,
    call `unlock`.
    """


class DiskFull(TouchTrainError):
    """The disk has no space left for a file.

    Remedy: free the space that the message names, or write to another disk. What is complete stays; the same call
    goes on.
    """


class NotEnoughMemory(TouchTrainError):
    """The work needs more memory than there is.

    Remedy: set a smaller `batch_size`, `roi` or `image_size`, or the `network` ``small``; the message says which
    values fit. Close other programs.
    """


class ModelNotSaved(TouchTrainError):
    """The saved model, loaded again, does not predict the same as the trained one.

    Remedy: call `resume`: the message says where the model is. If it happens again, report it with the logs of the
    job.
    """


class ModelNotProven(TouchTrainError):
    """A loaded model does not give the answers to probe frames that its file carries, so it is not used.

    Attributes:
        proof: a `pyside.compute.proof.Proof`, the figures; None if only the weights were looked at.

    Remedy: copy the file again from where it was trained. Where a precision or a runtime is at fault, set `precision`
    to ``float32`` or `runtime` to ``keras``. If the file itself was changed, train again.
    """

    proof: Any = None


class NotFinite(TouchTrainError):
    """The loss became NaN or infinite in every precision that was tried, or the weights became too large to be used.

    Remedy: set a lower `learning_rate`, a `gradient_threshold` or the `precision` ``float32``.
    """


class PythonNotFound(TouchTrainError):
    """No Python interpreter was found that can run a job.

    Remedy: call `touchtrain.setup` in MATLAB, with its option ``Install`` where no Python is found, or install
    TouchTrain into a Python of 3.11 to 3.13. `touchtrain.doctor` says what each Python lacks.
    """


class BadJob(TouchTrainError):
    """The folder holds no job, or the job is in the wrong state for the request.

    Remedy: take a number or a name that `touchtrain.jobs` shows; the message says what this job can do in its
    state.
    """


class JobFailed(TouchTrainError):
    """A job's process ended without a result.

    Remedy: read the end of the log in the message. `resume` continues a job that was killed. `touchtrain.doctor`
    packs the logs for a report.
    """


class WorkerLost(TouchTrainError):
    """A worker process was killed, as when memory runs out, or workers of a cluster did not complete a task.

    Remedy: set fewer `workers`, and close other programs. On a cluster, give its workers or, in `memory_per_training`,
    trainings more memory, then resume the job: what is complete is kept.
    """


class NoCluster(TouchTrainError):
    """The scheduler of a cluster does not answer, or the cluster has no worker that can do the work.

    Remedy: compare the address in `scheduler`, start the scheduler and its workers, and give the workers what the
    message says they lack. Then repeat the call: what is complete is kept.
    """


class ExtraMissing(TouchTrainError):
    """An optional package that the request needs is not installed.

    Remedy: run the command in the message, which installs the extra into the Python of the jobs.
    """


class NoCredentials(TouchTrainError):
    """This machine has no credentials for Google Cloud.

    Remedy: run ``gcloud auth application-default login``, or set the environment variable
    ``GOOGLE_APPLICATION_CREDENTIALS``.
    """


class ProjectNotFound(TouchTrainError):
    """Google Cloud has no project of that id.

    Remedy: give the id of the project, as the console of Google Cloud shows it; its name is another one.
    """


class NoPermission(TouchTrainError):
    """The credentials do not allow this in the project or with the bucket.

    Remedy: ask the owner of the project for the role that the message names, or log in with another account.
    """


class ApiDisabled(TouchTrainError):
    """A service of Google Cloud is not enabled in the project.

    Remedy: enable the service by the command or the address in the message, and wait a minute.
    """


class QuotaExceeded(TouchTrainError):
    """The request exceeds a quota of the project: only a higher quota, or a smaller machine, helps.

    Remedy: ask for a higher quota of the metric that the message names, or set a smaller `machine_type`.
    """


class NoCapacity(TouchTrainError):
    """The region has no such machine available now: another region, or another time, helps.

    Remedy: set `fallback_regions`, another `machine_type` or `accelerator`, or try again later.
    """


class BucketNotFound(TouchTrainError):
    """There is no bucket of that name, or no such folder in it.

    Remedy: correct the name of the bucket or the folder; the region and the project of the bucket are in the
    console.
    """


class NoNetwork(TouchTrainError):
    """A service does not answer, or the connection was lost, also after retries.

    Remedy: check the network of this computer, its proxy and firewall, and try again. What was sent is not sent
    again.
    """


class TransferFailed(TouchTrainError):
    """A file could not be uploaded or downloaded, or arrived changed.

    Remedy: try again: only what has not arrived is sent. If it fails again, check the disk and the network.
    """


class NeverStarted(TouchTrainError):
    """A job in the cloud waited for a machine longer than allowed.

    Remedy: set `fallback_regions`, another `machine_type` or `accelerator`, or a longer `max_wait_hours`.
    """


class CloudError(TouchTrainError):
    """A cloud service reported another error; the text is its answer.

    Remedy: follow the answer of the service, which is in the message; try again later if it says that it is
    unavailable.
    """


class EngineMissing(TouchTrainError):
    """This Python can drive neither MATLAB nor Octave.

    Remedy: install the extra ``octave`` with GNU Octave, or ``engine`` beside MATLAB; `touchtrain.doctor` says
    which version.
    """


class EngineFailed(TouchTrainError):
    """The code that MATLAB or Octave ran raised an error.

    Remedy: correct the MATLAB code: the message is that of MATLAB or Octave, with the line.

    Attributes:
        matlab_identifier: identifier of that error, such as ``MATLAB:UndefinedFunction``; empty if it has none.
        matlab_message: text of that error.
    """

    def __init__(self, text: str, faults: Sequence[TouchTrainError] = (), identifier: str = "", message: str = ""):
        super().__init__(text, faults)
        self.matlab_identifier, self.matlab_message = identifier, message or text


class EngineBusy(TouchTrainError):
    """MATLAB or Octave is busy with a call of another thread.

    Remedy: wait for the other call, or connect a second engine.
    """


class EngineTimeout(TouchTrainError):
    """MATLAB or Octave did not answer in time; the call was aborted.

    Remedy: give a longer timeout, or split the work into shorter calls.
    """


class EngineLost(TouchTrainError):
    """The process of MATLAB or Octave has ended, or the connection to it is lost.

    Remedy: connect again. If MATLAB ended by itself, its crash log says why.
    """


class BadValue(TouchTrainError):
    """A value cannot pass between Python and MATLAB or Octave.

    Remedy: pass numbers, texts, logical values, or cells and structs of these.
    """


class NoGraphics(TouchTrainError):
    """This machine cannot show or draw figures.

    Remedy: give the option ``File``, which writes the picture to a file, or log in with a display.
    """


class Python(TouchTrainError):
    """Any other Python error: a bug of TouchTrain, or of a package that it uses.

    Remedy: read the log of the job. If the fault is not yours, report it with the logs that `touchtrain.doctor`
    packs.
    """


class Interrupted(TouchTrainError):
    """The work was interrupted, by Ctrl-C or a request to stop, before there was a result to keep.

    Remedy: call the function again, or `resume` the job: what was complete is kept.
    """


def some(names: Sequence[str], most: int = 5, between: str = ", ") -> str:
    """Return the first `most` names for a message, and how many more there are."""
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return between.join(names[:most]) + more


def files_text(number: int) -> str:
    """Return ``1 file``, or ``1,234 files``."""
    return f"{number:,} file{'' if number == 1 else 's'}"


def in_several(names: Sequence[str], what: str, total: int = 0) -> str:
    """Return ``in all 15 videos``, or ``in 7 of 15 videos (a.mp4, b.mp4, ... and 2 more)``.

    Args:
        names: names or paths of those concerned; the common folder of paths is named once.
        what: what they are, such as ``videos``.
        total: how many there are in all; 0 if unknown.
    """
    if len(names) == total:
        return f"in all {total} {what}"
    below = ""
    if all(map(os.path.isabs, names)):
        with contextlib.suppress(ValueError):  # on two drives
            folder = os.path.commonpath([os.path.dirname(name) for name in names])
            names, below = [os.path.relpath(name, folder) for name in names], f" in {folder}"
    return f"in {len(names)}{f' of {total}' if total else ''} {what} ({some(names, _MOST_NAMED)}){below}"


def for_matlab(path: object) -> str:
    """Return a path as MATLAB code: in quotes, with each apostrophe in it doubled."""
    return "'" + str(path).replace("'", "''") + "'"


def for_shell(path: object) -> str:
    """Return a path, or another text, as a word of the shell of this system."""
    if os.name == "posix":
        return shlex.quote(str(path))
    return f'"{path}"' if _SPECIAL_ON_WINDOWS.search(str(path)) or not str(path) else str(path)


def to_install(extra: str = "", python: object = None) -> str:
    """Return the command that installs TouchTrain, which is not on a package index: from the repository, or the wheel.

    Args:
        extra: the extra to install, such as ``nwb``.
        python: the interpreter to install into. Default: this one.
    """
    what = f"{version.ROOT if version.IS_CHECKOUT else version.WHEEL}{f'[{extra}]' if extra else ''}"
    if version.IS_CHECKOUT:
        return by_pip(f"install -e {for_shell(what)}", python)
    return by_pip(f"install {for_shell(what)}", python, "the wheel of a release, in its folder")


def by_pip(words: str, python: object = None, remark: str = "") -> str:
    """Return a command line for pip, with what else a person must know of it in parentheses.

    Args:
        words: what follows ``pip``, ready for the shell.
        python: the interpreter whose pip it is. Default: this one.
        remark: what to know of `words`.
    """
    program = for_shell(python or sys.executable)
    quoted = "in PowerShell, write & and a space in front" if program.startswith('"') else ""  # else it is a text there
    remarks = "; ".join(one for one in (remark, quoted) if one)
    return f"{program} -m pip {words}{f' ({remarks})' if remarks else ''}"


def if_too_long(path: object) -> str:
    """Return a sentence for the end of a message, if a path may be too long for Windows; otherwise empty."""
    length = len(os.path.abspath(str(path)))
    if os.name != "nt" or length < _SHORTEST_THAT_FAILS:
        return ""
    return (
        f" The path has {length} characters, and Windows takes 259, unless long paths are enabled (LongPathsEnabled). "
        "Use a folder with a shorter path, such as C:\\lab."
    )


def visible(text: str) -> str:
    r"""Return a text that is safe to print: control characters, such as ``\x1b``, are written out."""

    def escaped(found: re.Match[str]) -> str:
        code = ord(found[0])
        return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}"

    return _OBEYED.sub(escaped, text)


def of_system(error: OSError) -> TouchTrainError:
    """Return an error of the operating system as a `TouchTrainError`, where no caller has given a more precise one."""
    named = os.fsdecode(error.filename) if isinstance(error.filename, (str, bytes)) and error.filename else ""
    reason = error.strerror or str(error) or type(error).__name__
    if error.errno in NO_ROOM:
        return DiskFull(f"The disk is full: {named or 'a file'} could not be written. Make room and try again.")
    if not named:
        if isinstance(error, FileNotFoundError):
            return PathMissing("The current folder does not exist any more. Change to another one.")
        return NotReadable(f"The system refused to read or write: {reason}.")
    if error.errno in (errno.ENOENT, errno.ENOTDIR, errno.ELOOP, errno.ENAMETOOLONG):
        return PathMissing(f"There is no file or folder {named} ({reason}).{if_too_long(named)}")
    if error.errno == errno.EROFS or (error.errno in (errno.EACCES, errno.EPERM) and _can_be_read(Path(named))):
        return NotWritable(f"{named} cannot be written: {reason}. Choose another folder, or ask for write permission.")
    return NotReadable(f"{named} cannot be read: {reason}. Ask its owner for read permission.")


def _can_be_read(path: Path) -> bool:
    """Return whether a file or folder, or the nearest existing folder above it, may be read."""
    for place in (path, *path.parents):
        if os.path.lexists(place):
            return os.access(place, os.R_OK | (os.X_OK if os.path.isdir(place) else 0))
    return False


class Faults:
    """Collects all faults of one input, so that a single error reports them.

    The same fault of several files is reported once; see `TouchTrainError.of`.

    >>> faults = Faults()
    >>> faults.add(BadLabels, "Label 7 is outside the 2 classes.")
    >>> faults.raise_any()
    Traceback (most recent call last):
    pyside.errors.BadLabels: TouchTrain:BadLabels: Label 7 is outside the 2 classes.

    Args:
        what: what is checked, such as ``videos``.
        total: how many of them there are; 0 if unknown.
    """

    def __init__(self, what: str = "files", total: int = 0) -> None:
        self.what, self.total = what, total
        self._found: list[TouchTrainError] = []

    def add(self, kind: type[TouchTrainError], text: str, of: object = "", alike: str = "", what: str = "") -> None:
        """Add one fault; `of`, `alike` and `what` are those of `TouchTrainError`."""
        self._found.append(kind(text, of=of, alike=alike, what=what))

    def include(self, error: TouchTrainError) -> None:
        """Add the faults of an error that was raised elsewhere: one, or a list."""
        self._found += error.faults or [error]

    @contextlib.contextmanager
    def noting(self, of: object = "", what: str = "") -> Iterator[None]:
        """Add what is raised within, instead of raising it; `of` and `what` apply if the error has none."""
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
        """Return each different fault with its message; faults that are alike share one message."""
        many = collections.Counter((type(fault), fault.alike) for fault in self._found if fault.alike)
        alike: dict[tuple[type, str], list[TouchTrainError]] = {}
        for fault in self._found:
            text = fault.alike if many[type(fault), fault.alike] >= _MANY else _without_name(fault)
            alike.setdefault((type(fault), text), []).append(fault)
        return [(faults[0], self._message(faults, text)) for (_, text), faults in alike.items()]

    def _message(self, faults: Sequence[TouchTrainError], text: str) -> str:
        names = list(dict.fromkeys(fault.of for fault in faults))
        if len(names) == 1:
            return faults[0].text
        what, total = "places" if isinstance(faults[0], NotReadable) else faults[0].what, 0
        if self.total and (what == self.what or (what, self.what) == ("recordings", "videos")):  # one per video
            what, total = self.what, self.total
        where = in_several(names, what, total)
        return where[0].upper() + where[1:] + (f": each{text}" if text.startswith(" ") else f": {text.lstrip(': ')}")

    def raise_any(self) -> None:
        """Raise the only fault, or an error of the first one's class with a numbered list of at most 20 messages.

        Raises:
            TouchTrainError: of the class of the first fault; its `faults` are all of them.
        """
        if not self._found:
            return
        first, texts = self._found[0], [text for _, text in self.messages()]
        if len(self._found) == 1:
            raise first
        if len(texts) == 1:
            raise type(first)(texts[0], self._found)
        rows = [f"  {number}. {text}" for number, text in enumerate(texts[:_MOST_ROWS], start=1)]
        more = [f"  ... and {len(texts) - _MOST_ROWS} more."] if len(texts) > _MOST_ROWS else []
        raise type(first)("\n".join([f"{len(texts)} things are wrong:", *rows, *more]), self._found)


def _without_name(fault: TouchTrainError) -> str:
    """Return the text of a fault without the name that it begins with."""
    return fault.text[len(fault.of) :] if fault.of and fault.text.startswith(fault.of) else fault.text


# Half a character (a lone surrogate): a byte of a file name that is not UTF-8, or a name that only Windows allows.
ODD = re.compile("[\ud800-\udfff]")


def printable(text: str) -> str:
    """Return a text that can be printed and stored anywhere: a byte that is not UTF-8 becomes, for example, ``%DF``."""
    if text.isascii() or not ODD.search(text):
        return text
    return ODD.sub(lambda odd: f"%{ord(odd[0]) & 0xFF:02X}" if "\udc80" <= odd[0] <= "\udcff" else "\ufffd", text)


def error_record(error: TouchTrainError) -> dict[str, Any]:
    """Return an error as plain values, to pass it from one process to another."""
    record = {"kind": type(error).__name__, "identifier": error.identifier, "text": error.text}
    return {**record, "faults": [error_record(fault) for fault in error.faults]} if error.faults else record


def error_from(record: Mapping[str, Any]) -> TouchTrainError:
    """Return the error of an `error_record`."""
    kind = globals().get(str(record.get("kind")))
    if not (isinstance(kind, type) and issubclass(kind, TouchTrainError)):
        kind = JobFailed
    faults = record.get("faults")
    known = [one for one in faults if isinstance(one, dict)] if isinstance(faults, list) else []
    return kind(str(record.get("text")), [error_from(fault) for fault in known])
