"""The corrections of a person, beside a session: each is appended at once, and nothing is ever taken out.

``corrections.jsonl`` in the folder of a session holds one JSON object per line:

    number       1, 2, 3 ...
    when         UTC, such as 2026-01-31T12:00:00Z · who   the user
    recording    its name
    kind         yes, no, onset, offset, split, merge, uncuratable or undo
    first        first frame, counted from 0
    was, is      labels of the frames from there on, as runs: [class name, number of frames], null for a frame left out
    undoes       number of the correction that this one takes back; only of kind undo
    video_sha256 of the video; once the recording has another one, the correction is kept, but not used

The labels with corrections are those of the session with ``is`` of each correction over them, in order, less those that
were undone. A correction of kind yes confirms what it found. So a later `redecide` changes only what nobody looked at.
"""

from __future__ import annotations

import contextlib
import dataclasses
import getpass
import itertools
import os
import time
import types
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from pyside.aliases import Array
from pyside.curation.marking.session import CORRECTIONS
from pyside.curation.marks import LEFT_OUT
from pyside.errors import BadSession, NotWritable, Outdated, printable, some
from pyside.system.files import write_errors
from pyside.system.paths import is_there
from pyside.system.records import from_json, to_json

FILE = CORRECTIONS
KINDS = ("yes", "no", "onset", "offset", "split", "merge", "uncuratable", "undo")
MACHINE, CONFIRMED, CORRECTED, GIVEN = 0, 1, 2, 3  # the origin of a frame's label
ORIGINS = ("machine", "confirmed by a person", "corrected by a person", "given")  # the last one without a model


@dataclasses.dataclass(frozen=True)
class Correction:
    """One correction, see the module.

    Attributes:
        number: 1, 2, 3 ...
        recording: its name.
        kind: one of `KINDS`.
        first: its first frame, counted from 0.
        was: int16, (n,), the labels before it, -1 for a frame that is left out.
        labels: int16, (n,), the labels after it.
        undoes: number of the correction that it takes back, or None.
        video: SHA-256 of the video, "" if it is not known.
    """

    number: int
    recording: str
    kind: str
    first: int
    was: Array
    labels: Array
    undoes: int | None = None
    video: str = ""

    @property
    def stop(self) -> int:
        """The frame after its last one."""
        return self.first + len(self.labels)


class Corrections:
    """The corrections of a session.

    Args:
        folder: of the session.
        class_names: of its model, in the order of the indices.
        lengths: number of frames of each recording, by name.
        videos: SHA-256 of the video of each recording, by name, as far as they are known.
        file: name of the file. That of a blind look holds answers in the same form.

    Attributes:
        all: the corrections, in order, with those that were undone.
        warnings: of reading them.

    Raises:
        BadSession: the file of corrections is damaged other than in its last line.
    """

    def __init__(
        self,
        folder: Path,
        class_names: Sequence[str],
        lengths: Mapping[str, int],
        videos: Mapping[str, str] = types.MappingProxyType({}),
        file: str = FILE,
    ):
        self.path, self._names, self._lengths, self._videos = folder / file, list(class_names), lengths, videos
        self.all: list[Correction] = []
        self.warnings: list[str] = []
        self._undone: set[int] = set()
        self._of: dict[str, list[Correction]] = {}
        self._whole = 0  # bytes of the file that hold whole lines
        self._size: int | None = 0  # bytes of the file as we know it; None if writing failed halfway
        self._read()

    # --- reading ---------------------------------------------------------------------------------------------------

    def _read(self) -> None:
        data = self.path.read_bytes() if is_there(self.path) else b""
        *lines, rest = data.split(b"\n")
        self._whole, self._size = len(data) - len(rest), len(data)
        if rest:
            self.warnings.append(
                f"The last line of {self.path} is cut: the correction was being written when the disk was full or the "
                "process ended. It is left out."
            )
        for place, line in enumerate(lines, start=1):
            try:
                self._take(self._parsed(from_json(line)))
            except (ValueError, KeyError, TypeError, AttributeError, IndexError) as error:
                raise BadSession(
                    f"Line {place} of {self.path} is no correction ({error}). Restore the file from a copy, or rename "
                    "it to review the session anew; its corrections are not used then."
                ) from error
        others = [one for one in self.all if not self._fits(one)]
        if others:
            names = some([*dict.fromkeys(printable(one.recording) for one in others)])
            self.warnings.append(
                f"Corrections of {names} are not used: the session does not have the recording now, or has another "
                "video for it. They stay in the file."
            )

    def _fits(self, one: Correction) -> bool:
        """Return whether a correction is of a recording of the session, and of the video that it has now."""
        known = self._videos.get(one.recording, "")
        return one.recording in self._lengths and (not known or one.video in ("", known))

    def _parsed(self, record: Mapping[str, Any]) -> Correction:
        name, kind, number, first = (record[key] for key in ("recording", "kind", "number", "first"))
        undoes, video = record.get("undoes"), record.get("video_sha256", "")
        if kind not in KINDS or number != len(self.all) + 1 or not isinstance(name, str) or not isinstance(video, str):
            raise ValueError("its kind, number, or recording is not one that could stand there")
        if not _is_count(first) or not (undoes is None or (_is_count(undoes) and 1 <= undoes <= len(self.all))):
            raise ValueError("it begins at no frame, or takes back a correction that there is not")
        nothing = np.empty(0, np.int16)
        one = Correction(number, name, kind, first, nothing, nothing, undoes, video)
        if not self._fits(one):
            return one
        was, labels = (self._from_runs(record[key], self._lengths[name] - first) for key in ("was", "is"))
        if len(was) != len(labels):
            raise ValueError("it has other frames before it than after it")
        return dataclasses.replace(one, was=was, labels=labels)

    def _take(self, one: Correction) -> None:
        self.all.append(one)
        if self._fits(one):
            self._of.setdefault(one.recording, []).append(one)
        if one.undoes is not None:
            self._undone.add(one.undoes)

    def _from_runs(self, pairs: Sequence[Any], most: int) -> Array:
        codes = [LEFT_OUT if name is None else self._names.index(name) for name, _ in pairs]
        counts = [count for _, count in pairs]
        if not all(map(_is_count, counts)) or sum(counts) > most:
            raise ValueError("the recording has no such frames")
        return np.repeat(np.array(codes, np.int16), counts)

    def _to_runs(self, labels: Array) -> list[list[Any]]:
        return [
            [None if code == LEFT_OUT else self._names[code], len([*same])]
            for code, same in itertools.groupby(labels.tolist())
        ]

    # --- the labels ------------------------------------------------------------------------------------------------

    def standing(self, recording: str) -> list[Correction]:
        """Return the corrections of a recording that were not undone, in order."""
        return [one for one in self._of.get(recording, ()) if one.undoes is None and one.number not in self._undone]

    def labels(self, recording: str, machine: Array) -> Array:
        """Return the labels of a recording with its corrections.

        Args:
            recording: its name.
            machine: int16, (n_frames,), its labels in the session.

        Returns:
            int16, (n_frames,).
        """
        labels = machine.astype(np.int16)
        for one in self.standing(recording):
            labels[one.first : one.stop] = one.labels
        return labels

    def origins(self, recording: str, machine: Array) -> Array:
        """Return where each label comes from: uint8, (n_frames,), the place in `ORIGINS`."""
        origins = np.zeros(len(machine), np.uint8)
        for one in self.standing(recording):
            origins[one.first : one.stop] = CONFIRMED
        corrected = self.labels(recording, machine) != machine
        origins[corrected] = CORRECTED
        return origins

    # --- adding ----------------------------------------------------------------------------------------------------

    def add(
        self,
        recording: str,
        kind: str,
        first: int,
        was: Array,
        labels: Array,
        seen: int | None = None,
    ) -> Correction:
        """Append a correction; it is on the disk when this returns.

        Args:
            recording: its name.
            kind: one of `KINDS` but undo.
            first: its first frame, counted from 0.
            was: int, (n,), the labels of these frames that the person saw.
            labels: int, (n,), what they are to be.
            seen: number of the last correction that the person had seen; None if that does not matter.

        Raises:
            Outdated: another correction since has changed these frames.
            DiskFull, NotWritable: it could not be written; nothing of it is kept.
        """
        later = [one for one in self._of.get(recording, ()) if seen is not None and one.number > seen]
        if any(one.first < first + len(labels) and first < one.stop for one in later):
            raise Outdated("These frames were corrected in another window meanwhile. Look at them again.")
        before, after = np.asarray(was, np.int16), np.asarray(labels, np.int16)
        video = self._videos.get(recording, "")
        one = Correction(len(self.all) + 1, recording, kind, first, before, after, None, video)
        self._append(one)
        return one

    def undo(self) -> Correction | None:
        """Take back the last correction that stands, and return it; None if there is none.

        Raises:
            DiskFull, NotWritable: it could not be written.
        """
        standing = [
            one for one in self.all if one.undoes is None and one.number not in self._undone and self._fits(one)
        ]
        if not standing:
            return None
        last = standing[-1]
        one = dataclasses.replace(
            last, number=len(self.all) + 1, kind="undo", was=last.labels, labels=last.was, undoes=last.number
        )
        self._append(one)
        return last

    def _append(self, one: Correction) -> None:
        record: dict[str, Any] = {
            "number": one.number,
            "when": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
            "who": _user(),
            "recording": one.recording,
            "kind": one.kind,
            "first": one.first,
            "was": self._to_runs(one.was),
            "is": self._to_runs(one.labels),
        }
        if one.undoes is not None:
            record["undoes"] = one.undoes
        if one.video:
            record["video_sha256"] = one.video
        line = to_json(record).encode() + b"\n"
        if not is_there(self.path):
            with write_errors(self.path):
                self.path.parent.mkdir(exist_ok=True)
        with write_errors(self.path), self.path.open("r+b" if is_there(self.path) else "w+b") as file:
            size = file.seek(0, os.SEEK_END)
            if size < self._whole or self._size not in (None, size):
                raise NotWritable(
                    f"{self.path} was changed by something else since it was read, and is left as it is. End the "
                    "review, put the file right, and begin again."
                )
            file.seek(self._whole)
            self._size = None
            try:
                file.truncate()  # of a line that was cut
                file.write(line)
                file.flush()
                os.fsync(file.fileno())
            except OSError:
                with contextlib.suppress(OSError):
                    self._size = file.truncate(self._whole)
                raise
        self._whole = self._size = self._whole + len(line)
        self._take(one)


def _is_count(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def _user() -> str:
    try:
        return printable(getpass.getuser())
    except (OSError, KeyError, ImportError):  # the user has no name on this computer
        return ""


def reviewed(corrections: Iterable[Correction]) -> list[tuple[int, int]]:
    """Return the stretches, first and stop, that a person looked at: those of corrections, joined."""
    found: list[tuple[int, int]] = []
    for first, stop in sorted((one.first, one.stop) for one in corrections):
        if found and first <= found[-1][1]:
            found[-1] = (found[-1][0], max(stop, found[-1][1]))
        else:
            found.append((first, stop))
    return found
