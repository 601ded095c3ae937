"""One group only: it is cut into blocks of time, with a gap where two sides meet."""

from __future__ import annotations

import numpy as np

from pyside.data.dataset import FrameTable
from pyside.errors import BadDataset
from pyside.training.splitting.group_assignment import aim_of_sides

FEWEST_TO_CUT = 10  # frames
GAP = 50  # most frames left out where one group is cut; fewer in a short one


def cut_in_blocks(labelled: FrameTable, shares: np.ndarray, rng: np.random.Generator) -> tuple[np.ndarray, list[str]]:
    """Cut one group into blocks with a gap between sides.

    Args:
        labelled: of the frames in their order, none of which is left out.
        shares: (sides,), fractions asked for.
        rng: draws where the first cut is.

    Returns:
        int64, (n,), the side of each frame, -1 for those in a gap, and the warning.
    """
    n = len(labelled)
    n_sides = len(shares)
    if n < FEWEST_TO_CUT:
        raise BadDataset(
            f"The dataset has {n} labelled frames in one group: too few to hold some out. "
            f"Label more frames (at least {FEWEST_TO_CUT}), or add a recording."
        )
    shares = np.append(0, np.maximum(shares[1:], 2 / n))  # a block and its gap
    shares[0] = 1 - shares.sum()
    one_hot = np.eye(len(labelled.class_names), dtype=np.int64)[labelled.labels]
    aim = aim_of_sides(shares, one_hot.sum(0))
    best: tuple[float, np.ndarray] | None = None
    for rounds in (1, 2, 3, 5, 8):  # rounds of training, validation (and test); more only where it pays
        gap = min(GAP, max(1, n // (50 * rounds)))
        if rounds > 1 and n < 20 * rounds * n_sides * gap:
            break
        for shift in np.append(0.0, rng.random(15)):
            sides = _blocks(n, shares, rounds, shift, gap)
            at = (sides[:, None] == np.arange(n_sides)).astype(np.int64)
            cost = float(aim.cost(at.T @ one_hot, at.sum(0), np.arange(n_sides)).sum()) + 0.05 * rounds
            if best is None or cost < best[0] - 1e-9:
                best = cost, sides
    assert best is not None
    warning = (
        "All frames are of one group (one recording), so it was cut into blocks of time, with left-out frames between "
        "them. The figures show how the model does on other moments of this recording, not on another one: another "
        "animal, day or light may do worse. Label frames of a second recording to see that."
    )
    return best[1], [warning]


def _blocks(n: int, shares: np.ndarray, rounds: int, shift: float, gap: int) -> np.ndarray:
    """Lay rounds of blocks over n frames, begun `shift` (0 to 1) of a round late, with a gap where sides meet."""
    round_length = n / rounds
    position = ((np.arange(n) + 0.5) / round_length + shift) % 1.0
    sides = np.searchsorted(np.cumsum(shares)[:-1], position, side="right")
    after = np.flatnonzero(np.diff(sides)) + 1  # a side begins here
    for start in after:
        left_out = slice(max(start - (gap + 1) // 2, 0), start + gap // 2)
        sides[left_out] = -1
    return sides
