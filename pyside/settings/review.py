"""Settings of `review`, `corrected` and `add_corrections`."""

from __future__ import annotations

import dataclasses
from typing import Any

from pyside.settings.checks import anything, choice, file_name, number, optional, several, text, whole, yes_or_no
from pyside.settings.conversion import LABEL_VARIABLE_DOC
from pyside.settings.core import Settings, setting
from pyside.settings.curation import PairedTrialSettings

CONTACTS = "contacts"
CORRECTED_FORMATS = ("mat", "csv", "boris", "deepethogram", "whacc", "nwb", CONTACTS)
_FRAMES_DOC = "Frames with a label: 'all', or 'reviewed', those that a person looked at; the others are left out then."
_LONGEST = 10_000.0  # minutes
_FEWEST, _MOST = 3, 100_000  # windows: at least one of each stratum


@dataclasses.dataclass(frozen=True)
class ReviewSettings(Settings):
    """Settings of `review`."""

    labels: Any = setting(
        None,
        anything,
        "Labels of a person for some or all of the recordings; where they disagree, touches come first. Of videos "
        "without a session: the labels to review.",
        names_file=True,
        kind="labels",
    )
    label_variable: str | None = setting(None, optional(text), LABEL_VARIABLE_DOC)
    browser: bool = setting(True, yes_or_no, "Whether to open the page in the browser of this computer.")
    idle_minutes: float = setting(
        30.0, number(0, _LONGEST, above=True), "The review ends when nobody has used the page for so long."
    )
    blind: bool = setting(
        False,
        yes_or_no,
        "Whether to judge windows that are drawn at random without seeing the labels, to know how right these are.",
    )
    sample: int = setting(
        100, whole(_FEWEST, _MOST), "Windows of a blind look; each has 30 frames, and up to 10 before it are shown."
    )
    seed: int = setting(
        0, whole(0, 2**31 - 1), "Seed of a blind look: the same seed and number of windows go on with the same sample."
    )


@dataclasses.dataclass(frozen=True)
class CorrectedSettings(PairedTrialSettings):
    """Settings of `corrected`."""

    output: str | None = setting(
        None,
        optional(file_name),
        "Folder for the labels. Default: beside the folder of the session, with _corrected after its name.",
        kind="folder",
    )
    frames: str = setting("all", choice("all", "reviewed"), _FRAMES_DOC)
    formats: tuple[str, ...] = setting(
        ("mat", "csv"),
        several(choice(*CORRECTED_FORMATS), what="one or more formats"),
        "Formats of the labels: 'mat', 'csv', 'boris', 'deepethogram', 'whacc', 'nwb', and 'contacts', a contact array "
        "beside the folder, with _contacts after its name.",
    )
    contact_array: str | None = setting(
        None,
        optional(file_name),
        "A .mat file with a contact array: the labels are written into a copy of it. Default: none; with 'contacts' "
        "among the formats, a new contact array is written.",
        names_file=True,
        kind="contact array",
    )


@dataclasses.dataclass(frozen=True)
class AdditionSettings(Settings):
    """Settings of `add_corrections`."""

    frames: str = setting(
        "reviewed",
        choice("reviewed", "all"),
        "Frames with a label: 'reviewed', those that a person looked at, the others are left out; or 'all', the others "
        "keep the label of the model, from which a network learns its errors, too.",
    )
    on_known: str = setting(
        "error",
        choice("error", "replace", "skip"),
        "If the video of a corrected recording is in the dataset already: 'error'; 'replace', the labels of the review "
        "take the place of the former ones, which stay where a person gave them and nobody looked now; or 'skip', the "
        "former ones stay.",
    )
    keep_sides: bool = setting(
        True,
        yes_or_no,
        "Whether recordings keep the sides (training, validation, test) that the model of the session was trained "
        "with, and those that are added are for training; otherwise the next training splits anew.",
    )
