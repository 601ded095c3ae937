"""How the probabilities of a model become labels."""

from __future__ import annotations

from collections.abc import Sequence

from pyside.curation.model.facts import ModelFacts
from pyside.errors import BadOption
from pyside.evaluation.decision import HALF, Decision
from pyside.evaluation.events import event_classes
from pyside.settings.core import named


def decided_by(facts: ModelFacts, threshold: float | None, min_duration: int | None) -> Decision:
    """Return the decision of a model, or with another threshold or minimum duration; errors as in `decision_with`."""
    return decision_with(facts.class_names, facts.decision, threshold, min_duration, facts.path.name)


def decision_with(
    class_names: Sequence[str], own: Decision | None, threshold: float | None, min_duration: int | None, whose: str
) -> Decision:
    """Return a decision with another threshold or minimum duration.

    Args:
        class_names: of the model.
        own: the decision until now; None for the threshold 0.5 and no minimum duration.
        threshold: 0 to 1; None for that until now.
        min_duration: in frames; None for that until now.
        whose: name of the model or recording, for messages.

    Raises:
        BadOption: there is another one, but the model has more than two classes.
    """
    if len(class_names) > 2:
        if threshold is not None or min_duration is not None:
            name = named("threshold" if threshold is not None else "min_duration")
            raise BadOption(
                f"{name} is for models of two classes. {whose} has {len(class_names)}, and each frame is of its "
                "likeliest class. Leave it out."
            )
        return Decision(None, None, None)
    own = own or Decision(None, None, None)
    event = event_classes(class_names)[0]
    if threshold is None:
        threshold = HALF if own.threshold is None else own.threshold
    return Decision(event, [*class_names].index(event), threshold, min_duration or own.min_duration)
