"""Operations that run on the device during training only: augmentation, scaling and dropout.

Augmentation follows the order of effects in a camera: geometry (turns, warp), sharpness (blur), light, and noise of the
sensor. Each layer draws from its own seed generator, which advances in training only, so neither another operation nor
a validation in between changes the random numbers.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import keras
import numpy as np
from keras import ops

from pyside.compute.distribution import shared
from pyside.errors import BadModel

WHITE = 255.0
_LAYERS = ("turns", "warp", "blur", "light", "noise")  # a layer's place in this list is in its seed
_BLUR_LEVELS = 16  # sigmas from 0 to the largest one
_NOISE_ROWS = 4096


class Varied(keras.layers.Layer):
    """Varies each training frame independently; frames to predict pass unchanged.

    It computes in its own dtype, whatever the precision of the network.

    Args:
        name: one of the layers above.
        seed: of the training.
        dtype: of the output.
    """

    def __init__(self, name: str, seed: int, dtype: str = "float32"):
        super().__init__(name=f"training_{name}", dtype=dtype, trainable=False)
        state = np.random.SeedSequence((seed, _LAYERS.index(name))).generate_state(1)
        self.seed_generator = keras.random.SeedGenerator(int(state[0] >> 1))

    def call(self, frames, training=False):
        """Vary frames, (n, height, width, channels), 0 to 255."""
        frames = ops.cast(frames, self.compute_dtype)
        return self.vary(frames) if training else frames

    def vary(self, frames):
        """Return varied frames of the same shape and range."""
        raise NotImplementedError

    def compute_output_shape(self, input_shape):
        """Return the input shape."""
        return input_shape

    def draw(self, frames, numbers: int):
        """Draw numbers for each frame, -1 to 1: a list of `numbers` tensors, float32, (n, 1, 1, 1)."""
        shape = (ops.shape(frames)[0], numbers, 1, 1)
        drawn = keras.random.uniform(shape, -1.0, 1.0, dtype="float32", seed=self.seed_generator)
        return [drawn[:, number : number + 1] for number in range(numbers)]


# --- geometry ------------------------------------------------------------------------------------------------------


class Turns(Varied):
    """Turns each frame by a random number of quarter turns, mirrors it at random, or both; uint8, exact to the pixel.

    A frame that is not square gets half turns only, because a quarter turn would change its shape.

    Args:
        seed: determines the turns, which are the same with and without flips.
        quarter_turns: whether frames are turned.
        flips: whether frames are mirrored left to right and top to bottom, each half of the time.
    """

    def __init__(self, seed: int, quarter_turns: bool = True, flips: bool = False):
        super().__init__("turns", seed, "uint8")
        self.quarter_turns, self.flips = quarter_turns, flips

    def vary(self, frames):
        """Turn and mirror uint8 frames."""
        square = frames.shape[1] == frames.shape[2]
        drawn = keras.random.randint((ops.shape(frames)[0], 1, 1, 1), 0, 16, seed=self.seed_generator)
        turns = drawn % 4 if self.quarter_turns else ops.zeros_like(drawn)
        if not square:
            turns = 2 * (turns // 2)
        mirrors = drawn // 4 if self.flips else None
        return turned(frames, turns, mirrors, square and self.quarter_turns)


def turned(frames, turns, mirrors=None, square: bool = True):
    """Turn each frame counterclockwise, then mirror it.

    Args:
        frames: any dtype, (n, height, width, channels).
        turns: int, (n, 1, 1, 1), 0 to 3 quarter turns; 0 or 2 if frames are not square.
        mirrors: int, (n, 1, 1, 1): 1 for top to bottom, 2 for left to right, 3 for both, 0 for neither; None to mirror
            no frame.
        square: whether odd numbers of turns are possible.

    Returns:
        ``np.rot90(frame, turns)`` for each frame, mirrored.
    """
    rows, columns = (turns == 1) | (turns == 2), turns >= 2
    if mirrors is not None:  # mirroring twice changes nothing
        rows, columns = rows ^ (mirrors % 2 == 1), columns ^ (mirrors >= 2)
    if square:
        frames = ops.where(turns % 2 == 1, ops.transpose(frames, (0, 2, 1, 3)), frames)
    frames = ops.where(rows, ops.flip(frames, axis=1), frames)
    return ops.where(columns, ops.flip(frames, axis=2), frames)


class Warp(Varied):
    """Turns, shifts and zooms each frame in one bilinear resampling; edge pixels fill the gaps.

    Args:
        seed: determines all three.
        turn: largest angle in degrees, in both directions.
        shift: largest shift as a share of height and width, in both directions.
        zoom: frames are enlarged or reduced by factors of up to 1 + `zoom`.
    """

    def __init__(self, seed: int, turn: float = 0.0, shift: float = 0.0, zoom: float = 0.0):
        super().__init__("warp", seed)
        self.turn, self.shift, self.zoom = turn, shift, zoom

    def vary(self, frames):
        """Warp float frames."""
        turn, right, down, zoom = (ops.reshape(drawn, (-1,)) for drawn in self.draw(frames, 4))
        height, width = frames.shape[1:3]
        return warped(
            frames,
            turn * math.radians(self.turn),
            right * (self.shift * width),
            down * (self.shift * height),
            ops.exp(zoom * math.log1p(self.zoom)),
        )


def warped(frames, angles, right, down, scales):
    """Turn and zoom each frame about its middle, then shift it.

    Args:
        frames: float32, (n, height, width, channels).
        angles: (n,), radians clockwise.
        right: (n,), pixels.
        down: (n,), pixels.
        scales: (n,), above 1 to enlarge.

    Returns:
        float32, of the same shape.
    """
    height, width = frames.shape[1:3]
    x, y = (width - 1) / 2, (height - 1) / 2
    cos, sin = ops.cos(angles) / scales, ops.sin(angles) / scales
    # Keras takes the map from output to input pixels: (cos sin; -sin cos) times the position, plus an offset.
    from_x = x - cos * (x + right) - sin * (y + down)
    from_y = y + sin * (x + right) - cos * (y + down)
    none = ops.zeros_like(cos)
    transforms = ops.stack([cos, sin, from_x, -sin, cos, from_y, none, none], axis=1)
    return ops.image.affine_transform(frames, transforms, "bilinear", "nearest", data_format="channels_last")


# --- sharpness, light and noise ------------------------------------------------------------------------------------


class Blur(Varied):
    """Blurs each frame by a Gaussian with its own random sigma, from 0 to `sigma` pixels; edge pixels are repeated.

    Rows and columns are each blurred by a matrix: two matrix products cost less than sums of shifted frames, and each
    frame can have its own sigma.

    Args:
        seed: determines the sigmas.
        sigma: the largest one, in pixels.
        image_shape: (height, width, channels).
    """

    def __init__(self, seed: int, sigma: float, image_shape: tuple[int, int, int]):
        super().__init__("blur", seed)
        sigmas = np.linspace(0, sigma, _BLUR_LEVELS)
        self._down = blur_matrices(image_shape[0], sigmas)
        self._across = blur_matrices(image_shape[1], sigmas).transpose(0, 2, 1)

    def vary(self, frames):
        """Blur float frames."""
        height, width, channels = frames.shape[1:]
        levels = keras.random.randint((ops.shape(frames)[0],), 0, _BLUR_LEVELS, seed=self.seed_generator)
        down, across = (ops.take(ops.convert_to_tensor(of), levels, axis=0) for of in (self._down, self._across))
        frames = ops.matmul(down, ops.reshape(frames, (-1, height, width * channels)))
        frames = ops.transpose(ops.reshape(frames, (-1, height, width, channels)), (0, 1, 3, 2))
        frames = ops.matmul(ops.reshape(frames, (-1, height * channels, width)), across)
        return ops.transpose(ops.reshape(frames, (-1, height, channels, width)), (0, 1, 3, 2))


def blur_matrices(length: int, sigmas: np.ndarray) -> np.ndarray:
    """Return matrices that blur a column of pixels.

    Args:
        length: of the column.
        sigmas: of the Gaussians, in pixels; 0 for none.

    Returns:
        float32, (sigmas, length, length); each row sums to one.
    """
    reach = max(1, math.ceil(4 * float(np.max(sigmas))))
    away = np.arange(-reach, reach + 1)
    weights = np.exp(-0.5 * (away / np.maximum(sigmas, 1e-3)[:, None]) ** 2)
    weights /= weights.sum(axis=1, keepdims=True)
    matrices = np.zeros((len(sigmas), length, length), np.float32)
    rows = np.arange(length)
    for step, weight in zip(away, weights.T, strict=True):
        matrices[:, rows, np.clip(rows + step, 0, length - 1)] += weight[:, None].astype(np.float32)
    return matrices


class Light(Varied):
    """Changes brightness, contrast and gamma of each frame, equally in all its pixels and channels.

    Args:
        seed: determines all three.
        brightness: largest amount that is added or subtracted, as a share of white.
        contrast: differences from the mean of the frame are multiplied or divided by up to 1 + `contrast`.
        gamma: values from 0 to 1 are raised to powers from 1 / (1 + `gamma`) to 1 + `gamma`.
    """

    def __init__(self, seed: int, brightness: float = 0.0, contrast: float = 0.0, gamma: float = 0.0):
        super().__init__("light", seed)
        self.brightness, self.contrast, self.gamma = brightness, contrast, gamma

    def vary(self, frames):
        """Change the light of float frames."""
        brightness, contrast, gamma = self.draw(frames, 3)
        if self.gamma:  # exp and log are quicker than a power
            power = ops.exp(gamma * math.log1p(self.gamma))
            frames = ops.exp(power * ops.log(frames + 1e-6) + (1 - power) * math.log(WHITE))
        added = brightness * (self.brightness * WHITE)
        if self.contrast:
            factor = ops.exp(contrast * math.log1p(self.contrast))
            added = added + (1 - factor) * ops.mean(frames, axis=(1, 2, 3), keepdims=True)
            frames = factor * frames
        if self.brightness or self.contrast:
            frames = frames + added
        return ops.clip(frames, 0.0, WHITE)


class Noise(Varied):
    """Adds Gaussian noise to each pixel, with a random standard deviation for each frame, from 0 to `std`.

    Each row of a frame gets one of `_NOISE_ROWS` rows of noise at random: a fifth of the cost of drawing each pixel.

    Args:
        seed: determines the noise.
        std: the largest standard deviation, as a share of white.
        image_shape: (height, width, channels).
    """

    def __init__(self, seed: int, std: float, image_shape: tuple[int, int, int]):
        super().__init__("noise", seed)
        self.std = std
        rng = np.random.default_rng((seed, _LAYERS.index("noise")))
        self._rows = rng.standard_normal((_NOISE_ROWS, image_shape[1] * image_shape[2]), np.float32)

    def vary(self, frames):
        """Add noise to float frames."""
        (drawn,) = self.draw(frames, 1)
        shape = (ops.shape(frames)[0], frames.shape[1])
        rows = keras.random.randint(shape, 0, _NOISE_ROWS, seed=self.seed_generator)
        noise = ops.reshape(ops.take(ops.convert_to_tensor(self._rows), rows, axis=0), (-1, *frames.shape[1:]))
        return ops.clip(frames + noise * (ops.abs(drawn) * (self.std * WHITE)), 0.0, WHITE)


def variations(augment: Sequence[tuple[str, float]], image_shape: tuple[int, int, int], seed: int) -> list[Varied]:
    """Return the layers that vary frames, in order.

    Args:
        augment: operations and their amounts, as in the settings; their order does not matter.
        image_shape: (height, width, channels).
        seed: determines all random numbers.
    """
    amounts = dict(augment)

    def those(*names: str) -> dict[str, float]:
        return {name: amounts[name] for name in names if name in amounts}

    layers: list[Varied] = []
    if those("quarter-turns", "flips"):
        layers.append(Turns(seed, "quarter-turns" in amounts, "flips" in amounts))
    if warp := those("turn", "shift", "zoom"):
        layers.append(Warp(seed, **warp))
    if "blur" in amounts:
        layers.append(Blur(seed, amounts["blur"], image_shape))
    if light := those("brightness", "contrast", "gamma"):
        layers.append(Light(seed, **light))
    if "noise" in amounts:
        layers.append(Noise(seed, amounts["noise"], image_shape))
    return layers


# --- the model that is trained -------------------------------------------------------------------------------------


class QuickDropout(keras.layers.Dropout):
    """Dropout that draws 16 random bits per value instead of a float, which saves a tenth of a training step on CPUs.

    The rate is exact to 1 / 65536. The saved model has Keras's own dropout in its place.
    """

    def call(self, inputs, training=False):
        """Set a share of the values to zero, and scale the others up."""
        if not training or self.rate == 0:
            return inputs
        import tensorflow as tf

        shape, size = tf.shape(inputs), tf.size(inputs)
        seed = tf.cast(self.seed_generator.next(), tf.int64)
        words = tf.random.stateless_uniform([(size + 1) // 2], seed, minval=None, maxval=None, dtype=tf.uint32)
        bits = tf.reshape(tf.reshape(tf.bitcast(words, tf.uint16), [-1])[:size], shape)
        kept = bits >= tf.constant(round(self.rate * 65536), tf.uint16)
        return inputs * (tf.cast(kept, inputs.dtype) * tf.cast(1 / (1 - self.rate), inputs.dtype))


def for_training(
    core: keras.Model, image_shape: tuple[int, int, int], augment: Sequence[tuple[str, float]], seed: int
) -> keras.Model:
    """Put augmentation and scaling in front of the network.

    Args:
        core: a compiled model for float frames in [0, 1]: Sequential, functional, or of a custom class.
        image_shape: (height, width, channels).
        augment: operations and their amounts, as in the settings.
        seed: of the augmentation.

    Returns:
        A model for uint8 frames, 0 to 255, compiled like `core` and with its optimizer. Training it trains `core`.

    Raises:
        BadModel: `core` is not compiled.
    """
    compiled = _compiled(core)
    scaled = keras.layers.Rescaling(1 / WHITE, name="training_scale", dtype="float32")
    # The call of a custom class may do more than its layers in sequence.
    layers = [_quick(layer) for layer in core.layers] if type(core) is keras.Sequential else [core]
    trainer = keras.Sequential(
        [keras.Input(image_shape, dtype="uint8"), *shared([*variations(augment, image_shape, seed), scaled, *layers])],
        name="training",
    )
    trainer.compile(**compiled)
    return trainer


def _compiled(core: keras.Model) -> dict[str, Any]:
    """Return the arguments that the model was compiled with: the objects themselves, as a user's loss may not copy."""
    if not core.compiled:
        raise BadModel(
            f"The network '{core.name}' is not compiled, so it has no loss and no optimizer. Call its "
            "compile(optimizer, loss) where it is built."
        )
    known = core._compile_config.config  # Keras's public API returns a serialized copy only
    # The optimizer is the model's, not the given one: Keras may have wrapped it in one that scales the loss.
    # Without compilation JAX is too slow to use; on TensorFlow XLA slows the network down (see model.py).
    return {**known, "optimizer": core.optimizer, "jit_compile": keras.backend.backend() == "jax"}


def _quick(layer: keras.layers.Layer) -> keras.layers.Layer:
    """Return the layer itself, or a quicker one in place of a dropout."""
    plain = type(layer) is keras.layers.Dropout and layer.noise_shape is None
    if plain and keras.backend.backend() == "tensorflow":
        return QuickDropout(layer.rate, seed=layer.seed, name=layer.name, dtype=layer.dtype_policy)
    return layer
