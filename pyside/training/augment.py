"""What is done to training frames on the device, between the dataset's uint8 and the network."""

from __future__ import annotations

import keras
from keras import ops


class QuarterTurns(keras.layers.Layer):
    """Turns each training frame by a random number of quarter turns; frames to predict pass as they are.

    A frame that is not square takes half turns only, for a quarter turn would change its shape.

    Args:
        seed: the turns follow from it.
    """

    def __init__(self, seed: int):
        super().__init__(name="quarter_turns", dtype="uint8", trainable=False)
        self.seed_generator = keras.random.SeedGenerator(seed)

    def call(self, frames, training=False):
        """Turn uint8 frames, (n, height, width, channels)."""
        if not training:
            return frames
        square = frames.shape[1] == frames.shape[2]
        turns = keras.random.randint((ops.shape(frames)[0], 1, 1, 1), 0, 4, seed=self.seed_generator)
        if not square:
            turns = 2 * (turns // 2)
        return turned(frames, turns, square)

    def compute_output_shape(self, input_shape):
        """Return the shape as it came."""
        return input_shape


def turned(frames, turns, square: bool = True):
    """Turn each frame counterclockwise.

    Args:
        frames: any dtype, (n, height, width, channels).
        turns: int, (n, 1, 1, 1), 0 to 3 quarter turns; 0 or 2 where frames are not square.
        square: whether height and width are equal.

    Returns:
        What ``np.rot90(frame, turns)`` makes of each frame.
    """
    if square:
        frames = ops.where(turns % 2 == 1, ops.transpose(frames, (0, 2, 1, 3)), frames)
    frames = ops.where((turns == 1) | (turns == 2), ops.flip(frames, axis=1), frames)
    return ops.where(turns >= 2, ops.flip(frames, axis=2), frames)


def with_preprocessing(
    core: keras.Sequential, image_shape: tuple[int, int, int], augment: str, seed: int
) -> keras.Sequential:
    """Put augmentation and scaling in front of the network, sharing its weights and the way it is compiled.

    Args:
        core: a compiled model of float frames in [0, 1].
        image_shape: (height, width, channels).
        augment: ``quarter-turns`` or ``none``.
        seed: what the augmentation follows from.

    Returns:
        A compiled model of uint8 frames, 0 to 255. Training it trains `core`.
    """
    varied = [QuarterTurns(seed)] if augment == "quarter-turns" else []
    scaled = keras.layers.Rescaling(1 / 255, name="scale", dtype="float32")
    trainer = keras.Sequential([keras.Input(image_shape, dtype="uint8"), *varied, scaled, core], name="training")
    trainer.compile_from_config(core.get_compile_config())
    return trainer
