"""The engine of a model: what computes, as the settings of a command say."""

from __future__ import annotations

from pyside.aliases import Array
from pyside.curation.model.facts import ModelFacts
from pyside.runtimes.engine import Engine
from pyside.settings.curation import ComputeSettings


def engine_of(
    facts: ModelFacts,
    settings: ComputeSettings,
    sample: Array | None = None,
    alone: bool = False,
    timed: bool = True,
) -> Engine:
    """Return the engine of a model, computing as the settings say.

    Args:
        facts: of the model.
        settings: how to compute.
        sample: frames for the runtime ``auto``, as `Engine` takes them.
        alone: as `Engine` takes it.
        timed: as `Engine` takes it.

    Raises:
        BadOption, ExtraMissing, PathMissing, BadModel, ModelNotSaved: as `Engine`.
    """
    height, width, channels = facts.image_shape
    return Engine(
        facts.path,
        (height, width, channels * facts.context_frames),
        settings.batch_size,
        settings.backend,
        settings.execution_environment,
        settings.precision,
        settings.runtime,
        sample,
        alone,
        timed,
    )
