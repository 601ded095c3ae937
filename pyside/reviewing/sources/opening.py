"""Opens what a path means as what a review looks at."""

from __future__ import annotations

from pathlib import Path

from pyside.errors import BadReview
from pyside.reviewing.sources.kinds import TABLE, folder_of, kind_of
from pyside.reviewing.sources.source import Source
from pyside.system.paths import is_file


def open_source(path: Path) -> Source:
    """Return what a review looks at.

    Args:
        path: a session, a dataset, the folder of a review, or videos that were reviewed with labels.

    Raises:
        PathMissing, BadSession, BadDataset, BadReview: there is none, or it is damaged.
    """
    kind, folder = kind_of(path), folder_of(path)
    if kind == "session":
        from pyside.reviewing.sources.session import of_session

        return of_session(path)
    if kind == "dataset":
        from pyside.reviewing.sources.dataset import of_dataset

        return of_dataset(path, folder)
    if not is_file(folder / TABLE):
        raise BadReview(
            f"{path} is no session, dataset, or folder of a review. To review labels of videos, give them as labels."
        )
    from pyside.reviewing.sources.videos import of_review

    return of_review(folder)
