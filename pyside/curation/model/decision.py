"""How the probabilities of a model become labels."""

from __future__ import annotations

from pyside.curation.model.facts import ModelFacts
from pyside.errors import BadOption
from pyside.evaluation.decision import HALF, Decision
from pyside.evaluation.events import event_classes
from pyside.settings.core import named


def decided_by(facts: ModelFacts, threshold: float | None, min_duration: int | None) -> Decision:
    """Return the decision of a model, or with another threshold or minimum duration.

    Raises:
        BadOption: there is a threshold, but the model has more than two classes.
    """
    events = event_classes(facts.class_names)
    if len(facts.class_names) > 2:
        if threshold is not None or min_duration is not None:
            name = named("threshold" if threshold is not None else "min_duration")
            raise BadOption(
                f"{name} is for models of two classes. {facts.path.name} has {len(facts.class_names)}, and each frame "
                "is of its likeliest class. Leave it out."
            )
        return Decision(None, None, None)
    own = facts.decision
    return Decision(
        events[0],
        facts.class_names.index(events[0]),
        threshold if threshold is not None else HALF if own.threshold is None else own.threshold,
        min_duration or own.min_duration,
    )
