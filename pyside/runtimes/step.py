"""What a runtime must do, so that the engine can use it."""

from __future__ import annotations

from typing import Any, Protocol

from pyside.aliases import Array
from pyside.compute.proof import Proof

UNDER_WAY = 2  # batches, at most, at a time


class Step(Protocol):
    """One step of a model, loaded in a runtime. Scaling is part of it: uint8 frames in, float32 probabilities out.

    The probabilities of a frame do not depend on the frames beside it in the batch.

    Attributes:
        runtime: name of the runtime, as the setting `runtime` has it.
        device: ``cpu`` or ``gpu``.
        precision: in which it computes: ``float32``, ``mixed_bfloat16``, ``mixed_float16``, ``int8``.
        quantizer: what made the int8 of a float model, with its version; None in other precisions.
        proof: how its answers to the probes of the file differ; None if the file carries none.
        remark: a sentence for the user, or "".
    """

    runtime: str
    device: str
    precision: str
    proof: Proof | None
    remark: str
    quantizer: str | None

    def start(self, batch: Array) -> Any:
        """Begin to compute a batch.

        Args:
            batch: uint8, (n, height, width, channels), C order; it must not change before `finish` has returned.

        Returns:
            What `finish` takes. At most `UNDER_WAY` batches are started and not finished at a time.
        """

    def finish(self, started: Any) -> Array:
        """Wait for a batch; returns float32, (n, classes), the probabilities, in memory of their own."""
