"""The output files of a training: their names, the model that they replace, and another place if that fails.

A model that is replaced is kept once, with its report and further formats: ``name.previous.h5``,
``name.previous.report``, ``name.previous.keras``, ``name.previous.savedmodel``, ``name.previous.onnx``. Until a model
is saved, this module needs only NumPy, so MATLAB's own Python can use it, too.
"""

from __future__ import annotations

import contextlib
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from pyside.errors import DiskFull, Interrupted, ModelNotSaved, NotFinite, NotWritable, TouchTrainError
from pyside.evaluation.report import page
from pyside.models import files, save
from pyside.models import metadata as model_metadata
from pyside.models.formats import export, saved_model_folders
from pyside.models.probes import Carried
from pyside.settings.core import named, set_to
from pyside.settings.training import TrainSettings
from pyside.system.files import fitting, left_behind, link_or_copy, write_errors, written_beside
from pyside.system.records import from_json, write_json

if TYPE_CHECKING:
    import keras

NOTE = "saved.json"  # in a job's folder: the model that its training has saved, and files saved elsewhere
_HEX = r"\.[0-9a-f]{8}"


def report_folder(path: Path) -> Path:
    """Return the folder of the report on a model: ``model.report`` beside ``model.h5``."""
    return path.with_name(f"{path.stem}.report")


def previous(path: Path) -> Path:
    """Return the path at which a replaced model is kept: ``model.previous.h5``."""
    return path.with_name(f"{path.stem}.previous{path.suffix}")


def check_names(path: Path, settings: TrainSettings) -> None:
    """Check, before any long work, that the model, its further formats and its report can be written.

    Raises:
        PathMissing, NotWritable, DiskFull: one of them cannot be written.
    """
    files.check_target(path)
    export.check_besides(path, settings.also_save)
    if settings.report:
        files.check_name(report_folder(path))
        page.check_folder(report_folder(path))
    if settings.keep_previous and path.exists():
        try:
            files.check_name(previous(path))
        except NotWritable as error:
            raise NotWritable(
                f"The model {path} is to be replaced, but the old one cannot be kept: {error.text} Or set "
                f"{set_to('keep_previous', False)}."
            ) from None


def clear_broken_off(path: Path) -> None:
    """Remove incomplete files of killed processes beside a model; call this only while nobody else writes it."""
    for stem in (path.stem, previous(path).stem):
        for suffix in (path.suffix, *export.FILES):
            for file in left_behind(path.parent, f".{stem}", _HEX + suffix.replace(".", r"\.")):
                with contextlib.suppress(OSError):
                    file.unlink()
        saved_model_folders.clear_broken_off(export.beside(path.with_name(stem + path.suffix), "tensorflow"))
    page.clear_broken_off(report_folder(path))


class Place:
    """The path at which one command saves its model.

    Args:
        path: path of the .h5.
        settings: settings of the training.
        note: a file that records which model this command has saved, so that a resumed command does not take it for
            the previous model. None if the command cannot be resumed.
        spare: folder of the job, where the model is saved if its path is not writable. None for a new temporary folder.

    Attributes:
        warnings: warnings about the saving.
    """

    def __init__(self, path: Path, settings: TrainSettings, note: Path | None = None, spare: Path | None = None):
        self.path = path
        self.warnings: list[str] = []
        self._settings, self._note, self._spare = settings, note, spare
        self._mine: list[int] | None = None
        self._noted_replacement = False
        self._kept_report = False
        self._temporary: Path | None = None

    def replacement_notes(self, dataset_hash: str) -> list[str]:
        """Return, once, a message about the model that will be replaced: its age, dataset and metrics."""
        if self._noted_replacement or not self.path.is_file() or self._is_mine():
            return []
        self._noted_replacement = True
        kept = f"It will not be kept ({named('keep_previous')})."
        if self._settings.keep_previous:
            kept = f"It will be kept as {previous(self.path).name}."
        return [f"{self.path.name} exists already and will be replaced: {_described(self.path, dataset_hash)}. {kept}"]

    def check_size(self, n_bytes: int) -> None:
        """Check, before the first epoch, that a model of so many bytes fits on the disk.

        Raises:
            DiskFull: it does not.
        """
        with write_errors(self.path):
            disk = shutil.disk_usage(self.path.parent)
        if disk.total and n_bytes > disk.free:
            raise DiskFull(
                f"The model takes {n_bytes / 1e6:,.2f} MB, and {self.path.parent} has {disk.free / 1e6:,.2f} MB free. "
                "Make room, or choose another folder."
            )

    def save(
        self, core: keras.Model, metadata: dict[str, Any], sample: np.ndarray, carried: Carried | None = None
    ) -> None:
        """Save a trained network as .h5; if that fails, elsewhere.

        Args:
            core: as in `save.save_model`.
            metadata: as in `save.save_model`.
            sample: as in `save.save_model`.
            carried: as in `save.save_model`.

        Raises:
            ModelNotSaved, DiskFull, NotWritable: it could not be saved at its path. The error says where it is.
            NotFinite: its predictions depend on rounding; it is not saved.
        """
        try:
            save.save_model(core, self.path, metadata, sample, self.replacing, carried)
        except NotFinite:
            raise
        except TouchTrainError as error:
            again = partial(save.save_model, core, metadata=metadata, sample=sample, carried=carried)
            where = self.elsewhere(self.path.name, lambda file: again(path=file))
            raise self.with_location(error, where) from error
        self.clean_up()

    @contextlib.contextmanager
    def rescuing(self, core: keras.Model, metadata: Callable[[], dict[str, Any]]) -> Iterator[None]:
        """Save a trained network elsewhere if the block, which evaluates it, fails or is interrupted.

        Args:
            core: as in `save`.
            metadata: returns the metadata of the file.

        Raises:
            TouchTrainError: what the block raised, and where the network was saved.
            ModelNotSaved: the block raised an exception of another kind.
            Interrupted: Ctrl-C.
        """
        try:
            yield
        except (Exception, KeyboardInterrupt) as error:
            # Frames may be gone by now; hours of training must not be lost with them.
            sample = np.random.default_rng(0).random((2, *core.input_shape[1:]), np.float32)
            where = self.elsewhere(self.path.name, lambda file: save.save_model(core, file, metadata(), sample))
            if isinstance(error, TouchTrainError):
                raise self.with_location(error, where) from error
            failed: TouchTrainError = ModelNotSaved(
                f"The trained network could not be evaluated ({type(error).__name__}: {error})."
            )
            if isinstance(error, KeyboardInterrupt):
                failed = Interrupted("The evaluation of the trained network was interrupted.")
            raise self.with_location(failed, where) from error

    def clean_up(self) -> None:
        """Clean up once the model is saved: remove copies elsewhere, and the report of the replaced model."""
        self._forget_elsewhere()
        if self._kept_report and not self._settings.report:
            page.remove(report_folder(self.path))  # it belongs to the replaced model

    def elsewhere(self, name: str, write: Callable[[Path], Any]) -> Path | None:
        """Write a file or folder to the job's folder, or else to a temporary one; returns its path, or None.

        Args:
            name: name of the file or folder.
            write: writes to a given path; may raise a `TouchTrainError`.
        """
        for folder in self._spares():
            file = fitting(folder, Path(name).stem, Path(name).suffix)
            try:
                write(file)
            except TouchTrainError:
                continue
            self._remember(elsewhere=[*self._noted().get("elsewhere", []), str(file)])
            return file
        return None

    def _spares(self) -> Iterator[Path]:
        if self._spare is not None and self._spare.is_dir() and self._spare != self.path.parent:
            yield self._spare
        with contextlib.suppress(OSError):
            self._temporary = self._temporary or Path(tempfile.mkdtemp(prefix="touchtrain-"))
            yield self._temporary
            self._temporary.rmdir()  # reached only if nothing could be written there
            self._temporary = None

    def with_location(self, error: TouchTrainError, where: Path | None) -> TouchTrainError:
        """Return an error with the path of the model that was saved elsewhere, and what to do."""
        advice = ""
        if self._spare is not None and (self._spare / "settings.json").is_file():
            advice = f"When this is fixed, resume the job {self._spare}: it continues after the training."
        if where is None:
            return type(error)(f"{error.text} It could not be saved elsewhere either. {advice}".strip())
        advice = advice or "Move it to its folder."
        return type(error)(f"{error.text} The training is not lost: the model was saved as {where}. {advice}")

    # --- the replaced model ---

    def replacing(self, new: Path) -> None:
        """Keep the model that is about to be replaced, and note the new one."""
        if self._settings.keep_previous and self.path.is_file() and not self._is_mine():
            try:
                self._keep()
            except OSError as error:
                self.warnings.append(
                    f"The previous model {self.path.name} could not be kept as {previous(self.path).name} "
                    f"({named('keep_previous')}): {error.strerror or error}."
                )
        self._mine = _identity(new)
        self._remember(file=self._mine)

    def _keep(self) -> None:
        old = previous(self.path)
        _have_twice(self.path, old)
        for kind in self._settings.also_save:
            form, kept = export.beside(self.path, kind), export.beside(old, kind)
            if form.is_file():
                _have_twice(form, kept)
            elif form.is_dir():
                saved_model_folders.keep(form, kept)
        if page.is_ours(report_folder(self.path)):
            page.keep(report_folder(self.path), report_folder(old))
            self._kept_report = True
        else:
            page.remove(report_folder(old))  # it belongs to an even older model

    def _is_mine(self) -> bool:
        """Return whether this command saved the model at this path."""
        mine = self._mine or self._noted().get("file")
        return mine is not None and mine == _identity(self.path)

    # --- the note ---

    def _noted(self) -> dict[str, Any]:
        if self._note is not None:
            with contextlib.suppress(OSError, ValueError):
                found = from_json(self._note.read_text(encoding="utf-8"))
                return found if isinstance(found, dict) else {}
        return {}

    def _remember(self, **what: Any) -> None:
        if self._note is not None:
            with contextlib.suppress(OSError):
                write_json(self._note, {**self._noted(), **what})

    def _forget_elsewhere(self) -> None:
        """Remove what an earlier attempt saved elsewhere: the model is at its path now."""
        for name in self._noted().get("elsewhere", []):
            file = Path(str(name))
            is_spare = file.parent == self._spare
            is_temporary = file.parent.name.startswith("touchtrain-")
            if file.name == self.path.name and file != self.path and (is_spare or is_temporary):
                with contextlib.suppress(OSError):
                    file.unlink()
                    for suffix in export.FILES:
                        file.with_suffix(suffix).unlink(missing_ok=True)
                    page.remove(report_folder(file))
                    if is_temporary and not is_spare:
                        file.parent.rmdir()
        if self._noted().get("elsewhere"):
            self._remember(elsewhere=[])


def _identity(file: Path) -> list[int] | None:
    """Return size and time of modification of a file, which identify it under any name."""
    try:
        found = file.stat()
    except OSError:
        return None
    return [found.st_size, found.st_mtime_ns]


def _have_twice(file: Path, other: Path) -> None:
    """Link or copy a file to another name; an existing file is replaced."""
    with written_beside(other, files.temporary(other)) as beside:
        link_or_copy(file, beside)


def _described(path: Path, dataset_hash: str) -> str:
    """Describe a model in words: when it was written, its dataset, best epoch and accuracies."""
    words = []
    with contextlib.suppress(OSError):
        words.append(f"of {time.strftime('%Y-%m-%d %H:%M', time.localtime(path.stat().st_mtime))}")
    try:
        about = model_metadata.read_metadata(path)
    except (TouchTrainError, OSError):
        about = None
    if not about:
        return ", ".join([*words, "a file without information about its training"])
    with contextlib.suppress(KeyError, TypeError, AttributeError, ValueError):
        if about["dataset_hash"] == dataset_hash:
            words.append("trained on the same dataset")
        else:
            words.append(f"trained on {_dataset_name(path, about)}")
        words.append(f"best epoch {about['best_epoch']}")
        for side in ("validation", "test"):
            if side in about["metrics"]:
                words.append(f"{side} accuracy {100 * about['metrics'][side]['accuracy']:.2f} %")
    return ", ".join(words)


def _dataset_name(path: Path, about: dict[str, Any]) -> str:
    """Return the name of a model's dataset, from its report if that belongs to the same training."""
    with contextlib.suppress(OSError, ValueError, KeyError, TypeError):
        report = from_json((report_folder(path) / page.RECORD).read_text(encoding="utf-8"))
        if report["dataset"]["hash"] == about["dataset_hash"]:
            return f"the dataset {Path(report['dataset']['path']).name}"
    return f"another dataset ({str(about['dataset_hash'])[:8]})"
