"""Models of Keras 2.0 and later, rebuilt layer by layer from the configuration in their files.

Keras 3 refuses many files of Keras 2, and it would import whatever a file names. So no configuration of a file reaches
Keras: each layer is described anew, from a list of plain layers and of the options that this Keras knows, and the
weights are assigned by the names of the layers. Any other layer is refused before Keras is called.
"""

from pyside.models.blueprint.building import build
from pyside.models.blueprint.inputs import is_for_bytes, scales, scaling_layer, with_range
from pyside.models.blueprint.outputs import NOT_ONE_VECTOR, ONE_SOFTMAX, with_outputs, with_probabilities
from pyside.models.blueprint.stored import (
    keras_2_nodes,
    layers_of,
    names_in,
    outline,
    read_keras_3_weights,
    read_weights,
    text,
)
from pyside.models.blueprint.translation import CONVOLUTIONS, Blueprint, blueprint, check_plain, l1_l2, logits

__all__ = [
    "NOT_ONE_VECTOR",
    "ONE_SOFTMAX",
    "CONVOLUTIONS",
    "Blueprint",
    "blueprint",
    "build",
    "check_plain",
    "keras_2_nodes",
    "is_for_bytes",
    "l1_l2",
    "layers_of",
    "logits",
    "names_in",
    "outline",
    "read_keras_3_weights",
    "read_weights",
    "scales",
    "scaling_layer",
    "text",
    "with_outputs",
    "with_probabilities",
    "with_range",
]
