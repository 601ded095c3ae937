"""A loaded model proves itself: its answers to probe frames beside those of the network in float32."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

import numpy as np

from pyside.aliases import Array
from pyside.errors import ModelNotProven
from pyside.settings.core import named, set_to

# The largest difference of a probability, by precision.
BOUNDS = {"float32": 1e-4, "mixed_bfloat16": 0.05, "mixed_float16": 0.05, "int8": 0.15}

WEIGHTS_CHANGED = "its weights are not those that were saved"
COPY_AGAIN = "The file was changed or damaged: copy it again from its source, or train again."


@dataclasses.dataclass(frozen=True)
class Decides:
    """What makes a label of the probabilities of one frame.

    Attributes:
        index: of the class whose probability counts; None where each frame is of its likeliest class.
        threshold: of it, 0 to 1.
    """

    index: int | None = None
    threshold: float = 0.5

    def labels(self, probabilities: Array) -> Array:
        """Return the class of each frame: int64, (n,); if one class counts, 1 for it and 0 for the other."""
        if self.index is None:
            return np.argmax(probabilities, axis=1)
        return (probabilities[:, self.index].astype(np.float64) >= self.threshold).astype(np.int64)

    def beyond(self, probabilities: Array, bound: float) -> Array:
        """Return which frames are beyond doubt: bool, (n,), no difference within `bound` changes their label."""
        if self.index is None:
            two = np.sort(probabilities, axis=1)[:, -2:]
            found: Array = two[:, -1] - two[:, 0] > 2 * bound if two.shape[1] == 2 else np.ones(len(two), bool)
            return found
        return np.abs(probabilities[:, self.index].astype(np.float64) - self.threshold) > bound


@dataclasses.dataclass(frozen=True)
class Proof:
    """How the answers of a loaded model differ from those that its file carries.

    Attributes:
        runtime: that computed.
        backend: of Keras; None for other runtimes.
        device: ``cpu`` or ``gpu``.
        precision: in which it computed.
        bound: the largest difference of a probability that is allowed.
        probes: number of frames.
        difference: the largest difference of a probability; NaN if an answer is no number.
        beyond: number of frames with a probability beyond the bound.
        compared: number of frames whose label is beyond doubt.
        differing: number of them with another label.
        are_weights_kept: whether the weights in the file are those that were saved.
    """

    runtime: str
    backend: str | None
    device: str
    precision: str
    bound: float
    probes: int
    difference: float
    beyond: int
    compared: int
    differing: int
    are_weights_kept: bool

    @property
    def is_proven(self) -> bool:
        """Whether the model may be used."""
        return self.are_weights_kept and not self.beyond and not self.differing

    def record(self) -> dict[str, Any]:
        """Return the figures as plain values; a difference that is no number is None."""
        found = dataclasses.asdict(self)
        found["weights_kept"] = found.pop("are_weights_kept")
        return {**found, "difference": self.difference if np.isfinite(self.difference) else None}

    @property
    def figures(self) -> str:
        """The figures as a sentence."""
        where = f"{self.runtime} ({', '.join(filter(None, (self.backend, self.device, self.precision)))})"
        return (
            f"In {where}, {self.beyond} of {self.probes} probe frames have a probability that differs by more than "
            f"{self.bound:g} from the answer in the file, at most by {self.difference:.2g}; {self.differing} of "
            f"{self.compared} labels beyond doubt differ."
        )

    def why_not(self, path: object) -> str:
        """Return why the model may not be used, and what to do, without the figures.

        Args:
            path: of the file.
        """
        if not self.are_weights_kept:
            return f"{path} is not used: {WEIGHTS_CHANGED}. {COPY_AGAIN}"
        plain = [set_to("precision", "float32")] if self.precision != "float32" else []
        plain += [set_to("runtime", "keras")] if self.runtime != "keras" else []
        advice = (
            f"Set {' or '.join(plain)}."
            if plain
            else (
                f"So the file was changed elsewhere, or {named('backend')} and its driver compute wrongly on this "
                f"machine: try another one, or 'cpu' for {named('execution_environment')}."
            )
        )
        return (
            f"{path} is not used: it does not compute what it was trained to. Its weights are those that were saved. "
            f"{advice}"
        )

    def check(self, path: object) -> None:
        """Check that the model may be used.

        Args:
            path: of the file, which the error names.

        Raises:
            ModelNotProven: it may not.
        """
        if not self.is_proven:
            hidden = "" if self.beyond or self.differing else "Only the weights show it. "
            error = ModelNotProven(f"{self.why_not(path)} {hidden}{self.figures}")
            error.proof = self
            raise error


def compared(found: Array, expected: Array, decides: Decides, are_weights_kept: bool, how: Mapping[str, Any]) -> Proof:
    """Compare answers.

    Args:
        found: float32, (n, classes), of the loaded model.
        expected: float32, (n, classes), of the network in float32.
        decides: what makes labels of them.
        are_weights_kept: whether the weights in the file are those that were saved.
        how: ``runtime``, ``backend``, ``device`` and ``precision`` of the loaded model.
    """
    bound = BOUNDS[how["precision"]]
    differences = np.abs(found.astype(np.float64) - expected.astype(np.float64)).max(axis=1)
    beyond_doubt = decides.beyond(expected, bound)
    differ = (decides.labels(found) != decides.labels(expected)) & beyond_doubt
    return Proof(
        bound=bound,
        probes=len(expected),
        difference=float(differences.max()),
        beyond=int(np.count_nonzero(~(differences <= bound))),
        compared=int(np.count_nonzero(beyond_doubt)),
        differing=int(np.count_nonzero(differ)),
        are_weights_kept=are_weights_kept,
        **{name: how[name] for name in ("runtime", "backend", "device", "precision")},
    )


def is_too_coarse(proof: Proof) -> bool:
    """Return whether a model whose weights are those that were saved may prove itself in float32, but not as it is."""
    return proof.are_weights_kept and not proof.is_proven and proof.precision != "float32"
