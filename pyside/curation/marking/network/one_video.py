"""One video on its way through the network: its frames, its probabilities, and what becomes of it."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from pyside.aliases import Array
from pyside.curation.marking.network.neighbours import stacked
from pyside.curation.marking.remarks import sampled
from pyside.curation.marks import WHY, Marks, labels_of, no_touch_class
from pyside.curation.model.facts import ModelFacts
from pyside.curation.regions.plan import VideoPlan
from pyside.data.video.reader import file_sha256
from pyside.errors import BadVideo
from pyside.evaluation.decision import Decision
from pyside.system.parallel import usable_cores
from pyside.system.paths import Stamp, stamp_of

_DAMAGED = WHY.index("damaged")


class Job:
    """A video on its way through the network.

    Args:
        plan: where to look in it.
        facts: of the model.

    Attributes:
        view: what the network sees of it.
        probabilities: float32, (n_frames, classes), filled as frames come back.
        under_way: frames that were decoded and have not come back.
        ended: whether all frames are decoded.
        error: why it failed; "" if it did not.
        sha256: of the video, once it has ended.
        seconds: of decoding and predicting it; while several videos share a batch, each has its share.
    """

    def __init__(self, plan: VideoPlan, facts: ModelFacts):
        assert plan.info is not None and plan.look is not None
        assert plan.no_touch is not None and plan.why is not None
        self.plan, self._facts = plan, facts
        self.view = plan.view((facts.image_shape[0], facts.image_shape[1]))
        self.stamp: Stamp | None = stamp_of(plan.path)
        self.probabilities = np.full((len(plan.look), len(facts.class_names)), np.nan, np.float32)
        self.probabilities[plan.no_touch] = 0
        self.probabilities[plan.no_touch, no_touch_class(facts.class_names)] = 1
        self.seen = np.zeros(len(plan.look), bool)
        self.under_way, self.ended, self.error, self.sha256, self.seconds = 0, False, "", "", 0.0
        self._sampled = sampled(plan.look, facts.image_shape)
        self._sample: list[Array] = []

    def frames(self, on_damage: str) -> Iterator[tuple[Array, Array]]:
        """Decode the frames that the network looks at."""
        plan, facts = self.plan, self._facts
        assert plan.look is not None and plan.decode is not None
        if not plan.look.any():
            return
        # The network computes meanwhile, and is slowed down by more threads.
        chunks = self.view.frames(plan.path, plan.decode, on_damage, max(1, usable_cores() // 2))
        middle = facts.context_frames // 2
        for numbers, frames in stacked(chunks, plan.look, facts.context_frames):
            own = slice(None) if facts.context_frames == 1 else slice(middle, middle + 1)
            self._sample.append(frames[np.isin(numbers, self._sampled)][..., own])
            yield numbers, frames

    @property
    def sample(self) -> Array | None:
        """uint8, (n, height, width, channels), some of its frames as the network sees them; None if there are none."""
        return np.concatenate(self._sample) if self._sample else None

    def check_unchanged(self) -> None:
        """Raise BadVideo if the file has changed since it was planned; it may have been linked or moved."""
        assert self.plan.info is not None
        planned, now = self.plan.info.stamp, stamp_of(self.plan.path)
        same = (
            now is not None and self.stamp is not None and now.content == self.stamp.content == (planned or now).content
        )
        if not same or (now != self.stamp and file_sha256(self.plan.path) != self.sha256):
            raise BadVideo(
                f"{self.plan.path} changed while it was read: it was written to, or replaced. Wait until it is "
                "complete, and curate again; finished videos are not marked twice."
            )
        self.stamp = now

    def marks(self, decision: Decision, frame_rate: float | None) -> Marks:
        """Return the marks; frames that were selected and are not there are damaged."""
        plan = self.plan
        assert plan.look is not None and plan.why is not None
        why = plan.why.astype(np.uint8)
        why[plan.look & ~self.seen] = _DAMAGED
        return Marks(
            plan.name,
            plan.path,
            self._facts.class_names,
            self.probabilities,
            labels_of(self.probabilities, why, decision),
            why,
            decision,
            frame_rate,
            self.sha256,
            self._facts.sha256,
            self.view,
            plan.info.frames_per_second or None if plan.info else None,
        )
