from __future__ import annotations

import itertools
from collections.abc import Callable

import keras
import numpy as np
import pytest
from keras import layers, ops

from pyside.errors import BadModel
from pyside.settings import TrainSettings
from pyside.settings.checks import AUGMENT_AMOUNTS, AUGMENTATIONS
from pyside.training.input_pipeline import augment
from pyside.training.model import build_model
from tests.conftest import raises_with

ALL = AUGMENTATIONS["strong"]
SHAPE = (20, 20, 1)


def noise(n: int, shape: tuple[int, int, int] = SHAPE, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 256, (n, *shape), dtype=np.uint8)


def hills(n: int, height: int = 31, width: int = 31, channels: int = 1) -> np.ndarray:
    """Smooth float frames: a hill a little off the middle."""
    y, x = np.mgrid[:height, :width].astype(np.float32)
    hill = 200 * np.exp(-((x - width / 2 - 3) ** 2 + (y - height / 2 + 1) ** 2) / 30)
    return np.repeat(hill[None, ..., None], n, 0).repeat(channels, -1)


def varied(name: str, frames: np.ndarray, amount: float | None = None, seed: int = 0) -> np.ndarray:
    """What training sees of frames with this one operation."""
    amount = AUGMENT_AMOUNTS[name][0] if amount is None else amount
    (layer,) = augment.variations([(name, amount)], frames.shape[1:], seed)
    return np.asarray(layer(frames, training=True))


def middle(frame: np.ndarray) -> tuple[float, float]:
    """The centre of light (x, y) of a frame."""
    light = frame[..., 0] / frame[..., 0].sum()
    return float(light.sum(0) @ np.arange(frame.shape[1])), float(light.sum(1) @ np.arange(frame.shape[0]))


# --- turns and flips -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("channels", [1, 3])
def test_turned_is_rot90(channels: int) -> None:
    frames = noise(8, (19, 19, channels))
    turns = np.arange(8) % 4
    found = np.asarray(augment.turned(frames, turns.reshape(-1, 1, 1, 1)))
    assert found.dtype == np.uint8
    for frame, turn, turned in zip(frames, turns, found, strict=True):
        assert np.array_equal(turned, np.rot90(frame, turn))


def test_mirrored_is_what_numpy_makes_of_a_turned_frame() -> None:
    frames = noise(16, (19, 19, 3))
    turns, mirrors = np.arange(16) % 4, np.arange(16) // 4
    found = np.asarray(augment.turned(frames, *(each.reshape(-1, 1, 1, 1) for each in (turns, mirrors))))
    for frame, turn, mirror, seen in zip(frames, turns, mirrors, found, strict=True):
        expected = np.rot90(frame, turn)[:: -1 if mirror % 2 else 1, :: -1 if mirror >= 2 else 1]
        assert np.array_equal(seen, expected)


def turns_of(frames: np.ndarray, turned: np.ndarray) -> list[int]:
    """Which of the eight ways of lying each frame has: quarter turns, 4 more if it is also mirrored left to right."""
    return [
        next(
            turn + 4 * mirror
            for mirror, turn in itertools.product((0, 1), range(4))
            if np.array_equal(np.rot90(frame, turn)[:, :: -1 if mirror else 1], after)
        )
        for frame, after in zip(frames, turned, strict=True)
    ]


@pytest.mark.parametrize(
    ("operations", "ways"),
    [(("quarter-turns",), [0, 1, 2, 3]), (("flips",), [0, 2, 4, 6]), (("quarter-turns", "flips"), list(range(8)))],
)
def test_each_training_frame_is_turned_on_its_own_and_seeded(operations: tuple[str, ...], ways: list[int]) -> None:
    frames = noise(400, (18, 18, 1))
    asked = [(name, 1.0) for name in operations]
    (layer,), (same,), (other,) = (augment.variations(asked, (18, 18, 1), seed) for seed in (1, 1, 2))
    first = turns_of(frames, np.asarray(layer(frames, training=True)))
    counts = np.bincount(first, minlength=8)
    assert np.flatnonzero(counts).tolist() == ways
    assert counts[ways].min() > 0.6 * len(frames) / len(ways)
    assert turns_of(frames, np.asarray(same(frames, training=True))) == first
    assert turns_of(frames, np.asarray(other(frames, training=True))) != first
    assert turns_of(frames, np.asarray(layer(frames, training=True))) != first  # the next batch is turned anew


@pytest.mark.parametrize("operations", [("quarter-turns",), ("quarter-turns", "flips")])
def test_frames_that_are_not_square_take_half_turns(operations: tuple[str, ...]) -> None:
    frames = noise(200, (18, 24, 1))
    (layer,) = augment.variations([(name, 1.0) for name in operations], (18, 24, 1), 0)
    found = turns_of(frames, np.asarray(layer(frames, training=True)))
    ways = [0, 2] if len(operations) == 1 else [0, 2, 4, 6]
    assert set(found) == set(ways)
    assert np.bincount(found)[ways].min() > 0.6 * 200 / len(ways)


# --- the warp ------------------------------------------------------------------------------------------------------


def test_a_warp_of_nothing_changes_nothing() -> None:
    frames = noise(3, (19, 24, 3)).astype(np.float32)
    none = np.zeros(3, np.float32)
    assert np.allclose(augment.warped(frames, none, none, none, none + 1), frames, atol=1e-3)


def test_a_warp_shifts_by_pixels_and_repeats_the_edge() -> None:
    frames = noise(1, (19, 24, 1)).astype(np.float32)
    none = np.zeros(1, np.float32)
    found = np.asarray(augment.warped(frames, none, none + 3, none - 2, none + 1))[0, ..., 0]
    rows, columns = np.clip(np.arange(19) + 2, 0, 18), np.clip(np.arange(24) - 3, 0, 23)
    assert np.allclose(found, frames[0, ..., 0][np.ix_(rows, columns)], atol=1e-3)


def test_a_warp_by_a_right_angle_is_a_quarter_turn() -> None:
    frames = noise(1, (19, 19, 1)).astype(np.float32)
    one = np.ones(1, np.float32)
    found = np.asarray(augment.warped(frames, one * np.pi / 2, 0 * one, 0 * one, one))
    assert np.allclose(found[0], np.rot90(frames[0], -1), atol=0.1)


def test_a_warp_zooms_about_the_middle() -> None:
    frames = hills(2, 41, 31)
    none = np.zeros(2, np.float32)
    found = np.asarray(augment.warped(frames, none, none, none, np.array([1.2, 1 / 1.2], np.float32)))
    center = np.array([15, 20])
    before = np.array(middle(frames[0])) - center
    for frame, scale in zip(found, (1.2, 1 / 1.2), strict=True):
        assert np.array(middle(frame)) - center == pytest.approx(before * scale, abs=0.1)
        assert frame.sum() == pytest.approx(frames[0].sum() * scale**2, rel=0.02)


def test_turn_shift_and_zoom_stay_within_their_amounts_and_reach_them() -> None:
    frames = hills(300, 41, 31)
    x, y = middle(frames[0])
    shifted = np.array([middle(frame) for frame in varied("shift", frames, 0.1)]) - (x, y)
    assert np.abs(shifted).max(axis=0) == pytest.approx([3.1, 4.1], rel=0.05)
    assert np.abs(shifted.mean(axis=0)).max() < 0.5
    areas = varied("zoom", frames, 0.2).sum(axis=(1, 2, 3)) / frames[0].sum()
    assert [areas.min(), areas.max()] == pytest.approx([1 / 1.44, 1.44], rel=0.04)
    ways = np.array([middle(frame) for frame in varied("turn", frames, 30)]) - (15, 20)
    angles = np.degrees(np.arctan2(ways[:, 1], ways[:, 0]) - np.arctan2(y - 20, x - 15))
    assert [angles.min(), angles.max()] == pytest.approx([-30, 30], abs=1.5)


def test_turn_shift_and_zoom_are_one_resampling() -> None:
    asked = [(name, AUGMENT_AMOUNTS[name][0]) for name in ("turn", "shift", "zoom")]
    (warp,) = augment.variations(asked, SHAPE, 0)
    assert (warp.turn, warp.shift, warp.zoom) == tuple(amount for _, amount in asked)


# --- blur, light, noise --------------------------------------------------------------------------------------------


def test_blur_is_a_gaussian_that_repeats_the_edge() -> None:
    from scipy.ndimage import gaussian_filter1d

    columns = np.random.default_rng(0).random((30, 5))
    matrices = augment.blur_matrices(30, np.array([0, 0.5, 3.0]))
    assert np.array_equal(matrices[0], np.eye(30))
    for matrix, sigma in zip(matrices[1:], (0.5, 3.0), strict=True):
        expected = gaussian_filter1d(columns, sigma, axis=0, mode="nearest", radius=12)
        assert matrix @ columns == pytest.approx(expected, abs=1e-5)


@pytest.mark.parametrize("channels", [1, 3, 7])
def test_blur_has_a_sigma_a_frame_and_is_alike_across_and_down(channels: int) -> None:
    frames = np.zeros((200, 21, 25, channels), np.float32)
    frames[:, 10, 12] = 100
    found = varied("blur", frames, 2.0)
    assert found.sum(axis=(1, 2)) == pytest.approx(100, rel=1e-3)
    away = np.arange(21) - 10
    down = np.sqrt((found.sum(axis=2) * away[:, None] ** 2).sum(axis=1) / 100)
    across = np.sqrt((found.sum(axis=1)[:, 2:-2] * away[:, None] ** 2).sum(axis=1) / 100)
    assert down == pytest.approx(across, abs=0.02)
    assert np.allclose(down, down[:, :1], atol=1e-3)  # all channels of a frame alike
    assert down.min() < 0.05 and down.max() == pytest.approx(2, rel=0.02) and 0.8 < down.mean() < 1.2


def test_brightness_adds_one_number_to_a_frame() -> None:
    frames = np.full((300, 5, 5, 3), 128, np.uint8)
    added = varied("brightness", frames, 0.1) - 128
    assert np.all(added == added[:, :1, :1, :1])
    assert [added.min(), added.max()] == pytest.approx([-25.5, 25.5], abs=0.5)


def test_contrast_stretches_about_the_mean_of_a_frame() -> None:
    frames = 100 + noise(300) // 8
    found = varied("contrast", frames, 0.5)
    assert found.mean(axis=(1, 2, 3)) == pytest.approx(frames.mean(axis=(1, 2, 3)), abs=1e-2)
    factors = found.std(axis=(1, 2, 3)) / frames.std(axis=(1, 2, 3))
    assert [factors.min(), factors.max()] == pytest.approx([1 / 1.5, 1.5], rel=0.02)
    assert np.mean(factors > 1) == pytest.approx(0.5, abs=0.1)


def test_gamma_is_a_power_and_keeps_black_and_white() -> None:
    frames = np.array([0, 1, 64, 128, 255], np.uint8).reshape(1, 1, 5, 1).repeat(200, 0)
    found = varied("gamma", frames, 0.5)[:, 0, :, 0]
    assert np.abs(found[:, 0]).max() < 0.05 and found[:, 4] == pytest.approx(255, abs=1e-2)
    powers = np.log(found[:, 1:4] / 255) / np.log(frames[0, 0, 1:4, 0] / 255)
    assert powers == pytest.approx(powers[:, :1].repeat(3, axis=1), rel=1e-2)
    assert [powers.min(), powers.max()] == pytest.approx([1 / 1.5, 1.5], rel=0.02)


@pytest.mark.parametrize("channels", [1, 7])
def test_noise_is_normal_and_of_each_pixel_its_own(channels: int) -> None:
    from scipy.stats import kurtosis, skew

    frames = np.full((200, 24, 24, channels), 128, np.uint8)
    added = varied("noise", frames, 0.05).astype(np.float64) - 128
    std = added.std(axis=(1, 2, 3))
    assert std.max() == pytest.approx(0.05 * 255, rel=0.1) and std.min() < 1 and 0.4 < std.mean() / std.max() < 0.6
    alike = (added / std[:, None, None, None])[std > 2]
    assert abs(alike.mean()) < 0.02 and abs(skew(alike, axis=None)) < 0.05 and abs(kurtosis(alike, axis=None)) < 0.1
    neighbours = [alike[1:] * alike[:-1], alike[:, 1:] * alike[:, :-1], alike[:, :, 1:] * alike[:, :, :-1]]
    neighbours += [alike[..., 1:] * alike[..., :-1]] if channels > 1 else []
    assert all(abs(product.mean()) < 0.02 for product in neighbours)


@pytest.mark.parametrize("name", list(AUGMENT_AMOUNTS))
def test_values_stay_in_range_with_the_largest_amount(name: str) -> None:
    frames = np.concatenate([noise(40), np.zeros((20, *SHAPE), np.uint8), np.full((20, *SHAPE), 255, np.uint8)])
    found = varied(name, frames, AUGMENT_AMOUNTS[name][1])
    assert np.all(np.isfinite(found)) and found.min() > -1e-3 and found.max() < 255.001


# --- all of them ---------------------------------------------------------------------------------------------------


def through(operations: list[augment.Varied], frames: np.ndarray, training: bool = True) -> np.ndarray:
    for layer in operations:
        frames = layer(frames, training=training)
    return np.asarray(frames)


@pytest.mark.parametrize("name", list(AUGMENT_AMOUNTS))
def test_each_operation_follows_from_the_seed_alone(name: str) -> None:
    frames = noise(40)
    first = varied(name, frames, seed=1)
    assert np.array_equal(varied(name, frames, seed=1), first)
    assert not np.array_equal(varied(name, frames, seed=2), first)
    assert not np.array_equal(first, frames)
    keras.utils.set_random_seed(7)
    assert np.array_equal(varied(name, frames, seed=1), first)


def test_what_is_drawn_for_one_operation_does_not_depend_on_the_others() -> None:
    frames = noise(40)
    light = augment.variations(ALL, SHAPE, 3)[3]
    (alone,) = augment.variations([("brightness", 0.15)], SHAPE, 3)
    assert np.array_equal(ops.stack(light.draw(frames, 3)), ops.stack(alone.draw(frames, 3)))
    turns = [augment.variations(operations, SHAPE, 3)[0] for operations in (AUGMENTATIONS["legacy"], ALL[:2])]
    first, second = (turns_of(frames, np.asarray(layer(frames, training=True))) for layer in turns)
    lying = {0: (0, 2, 4, 6), 1: (1, 3, 5, 7)}
    assert all(after in lying[before % 2] for before, after in zip(first, second, strict=True))


@pytest.mark.parametrize("channels", [1, 3, 7])
def test_channels_of_a_frame_are_varied_alike(channels: int) -> None:
    operations = [(name, amount) for name, amount in ALL if name != "noise"]
    frames = noise(30, (20, 20, 1)).repeat(channels, -1)
    found = through(augment.variations(operations, (20, 20, channels), 0), frames)
    assert found.shape == frames.shape and found.dtype == np.float32
    assert np.allclose(found, found[..., :1], atol=1e-3)


def test_frames_to_predict_pass_as_they_are_and_move_no_seed() -> None:
    frames = noise(20)
    operations = augment.variations(ALL, SHAPE, 0)

    def states() -> list[list[int]]:
        return [ops.convert_to_numpy(layer.seed_generator.state).tolist() for layer in operations]

    before = states()
    assert np.array_equal(through(operations, frames, training=False), frames)
    assert states() == before
    through(operations, frames)
    assert all(new != old for new, old in zip(states(), before, strict=True))


def test_operations_compute_in_float32_whatever_the_precision() -> None:
    frames = noise(20)
    expected = through(augment.variations(ALL, SHAPE, 0), frames)
    policy = keras.config.dtype_policy()
    keras.config.set_dtype_policy("mixed_bfloat16")
    try:
        found = through(augment.variations(ALL, SHAPE, 0), frames)
    finally:
        keras.config.set_dtype_policy(policy)
    assert found.dtype == np.float32
    assert np.array_equal(found, expected)


# --- the model that is trained -------------------------------------------------------------------------------------


def own_loss(y_true, y_pred):
    """Nothing that Keras could find by its name."""
    return ops.mean(ops.square(y_true - y_pred), axis=-1)


class OwnModel(keras.Model):
    """A user's class, which says nothing of how to make it again."""

    def __init__(self) -> None:
        super().__init__()
        self.flat, self.dense = layers.Flatten(), layers.Dense(2, activation="softmax")
        self.seen: list[bool] = []

    def call(self, frames, training=False):
        self.seen.append(training)
        return self.dense(self.flat(frames))


def functional() -> keras.Model:
    frames = keras.Input(SHAPE)
    values = layers.Dropout(0.2, seed=1)(layers.Flatten(name="training_noise")(frames))
    return keras.Model(frames, layers.Dense(2, activation="softmax")(values))


def sequential() -> keras.Model:
    model = keras.Sequential([keras.Input(SHAPE), layers.Flatten(), layers.Dropout(0.2, seed=1)])
    model.add(layers.Dense(2, activation="softmax"))
    return model


@pytest.mark.parametrize("make", [sequential, functional, OwnModel])
@pytest.mark.trains
def test_training_the_trainer_trains_a_model_of_any_make(make: Callable[[], keras.Model]) -> None:
    core, frames = make(), noise(12)
    core.compile(keras.optimizers.SGD(0.1, clipnorm=0.5, momentum=0.9), own_loss, metrics=["accuracy"])
    trainer = augment.for_training(core, SHAPE, ALL, 0)
    assert trainer.optimizer is core.optimizer and trainer.loss is own_loss
    assert trainer.jit_compile is (keras.backend.backend() == "jax")
    labels = np.eye(2, dtype=np.float32)[np.arange(12) % 2]
    assert np.allclose(trainer.predict(frames, verbose=0), core(frames.astype(np.float32) / 255), atol=1e-6)
    before = [weight.copy() for weight in core.get_weights()]
    history = trainer.fit(frames, labels, batch_size=5, epochs=2, verbose=0).history
    assert set(history) == {"loss", "accuracy"}
    assert not any(np.array_equal(old, new) for old, new in zip(before, core.get_weights(), strict=True))
    assert [variable.path for variable in trainer.trainable_variables] == [v.path for v in core.trainable_variables]
    assert np.allclose(trainer.predict(frames, verbose=0), core(frames.astype(np.float32) / 255), atol=1e-6)
    core.fit(frames / np.float32(255), labels, verbose=0)  # its optimizer goes on with the same variables
    assert int(core.optimizer.iterations) == 2 * 3 + 1
    if isinstance(core, OwnModel):
        assert True in core.seen and False in core.seen


@pytest.mark.trains
def test_training_follows_from_the_seed_and_validation_does_not_disturb_it() -> None:
    frames, labels = noise(40), np.eye(2)[np.arange(40) % 2]
    start = sequential().get_weights()
    found = []
    for seed, validated in ((1, True), (1, False), (2, False)):
        core = sequential()
        core.set_weights(start)
        core.compile("sgd", "categorical_crossentropy")
        trainer = augment.for_training(core, SHAPE, AUGMENTATIONS["standard"], seed)
        aside = {"validation_data": (frames[:7], labels[:7])} if validated else {}
        trainer.fit(frames, labels, epochs=2, shuffle=False, verbose=0, batch_size=16, **aside)
        found.append(core.get_weights()[0])
    assert np.array_equal(found[0], found[1])
    assert not np.array_equal(found[1], found[2])


def test_the_seeds_of_the_operations_are_among_the_variables_that_a_checkpoint_keeps(
    small: Callable[..., TrainSettings],
) -> None:
    trainer = augment.for_training(build_model(SHAPE, 2, small()), SHAPE, ALL, 0)
    states = [id(layer.seed_generator.state) for layer in trainer.layers if isinstance(layer, augment.Varied)]
    assert len(states) == 5 and set(states) <= {id(variable) for variable in trainer.variables}


@pytest.mark.parametrize("precision", [pytest.param("mixed_bfloat16", marks=pytest.mark.slow), "mixed_float16"])
@pytest.mark.trains
def test_mixed_precision_trains_with_the_optimizer_of_the_network(
    small: Callable[..., TrainSettings], precision: str
) -> None:
    core = build_model(SHAPE, 2, small(), precision)
    trainer = augment.for_training(core, SHAPE, ALL, 0)
    assert trainer.optimizer is core.optimizer
    assert isinstance(trainer.optimizer, keras.optimizers.LossScaleOptimizer) == (precision == "mixed_float16")
    losses = trainer.fit(noise(20), np.eye(2)[np.arange(20) % 2], verbose=0).history["loss"]
    assert np.all(np.isfinite(losses))


def test_the_model_that_is_trained_takes_uint8_and_has_no_operation_that_was_not_asked_for(
    small: Callable[..., TrainSettings],
) -> None:
    core = build_model(SHAPE, 2, small())
    frames = noise(10)
    with_all, with_none = (augment.for_training(core, SHAPE, augmented, 0) for augmented in (ALL, ()))
    assert with_all.inputs[0].dtype == "uint8"
    assert np.array_equal(with_all.predict(frames, verbose=0), with_none.predict(frames, verbose=0))
    names = [layer.name for layer in with_all.layers]
    assert names[:6] == [f"training_{name}" for name in ("turns", "warp", "blur", "light", "noise", "scale")]
    assert with_none.layers[0].name == "training_scale"


def test_a_network_that_is_not_compiled_is_refused() -> None:
    with raises_with(BadModel, "compiled"):
        augment.for_training(functional(), SHAPE, (), 0)


# --- dropout -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("rate", [0.25, 0.4])
@pytest.mark.parametrize("dtype", ["float32", "bfloat16"])
def test_quick_dropout_drops_that_share_and_keeps_the_mean(rate: float, dtype: str) -> None:
    layer, same, other = (augment.QuickDropout(rate, seed=seed, dtype=dtype) for seed in (1, 1, 2))
    values = keras.ops.ones((301, 1001), dtype)  # an odd number of values
    first = np.asarray(keras.ops.cast(layer(values, training=True), "float32"))
    assert np.mean(first == 0) == pytest.approx(rate, abs=0.005)
    assert first.mean() == pytest.approx(1, abs=0.01)
    assert np.mean(first == 0, axis=0).std() == pytest.approx(np.sqrt(rate * (1 - rate) / 301), rel=0.1)
    assert np.array_equal(first, keras.ops.cast(same(values, training=True), "float32"))
    assert not np.array_equal(first, keras.ops.cast(other(values, training=True), "float32"))
    assert not np.array_equal(first, keras.ops.cast(layer(values, training=True), "float32"))  # the next batch
    assert layer(values, training=False) is values


def test_the_network_that_is_saved_has_the_dropout_of_keras(small: Callable[..., TrainSettings]) -> None:
    core = build_model((20, 20, 1), 2, small())
    trainer = augment.for_training(core, (20, 20, 1), (), 0)
    kinds = [[type(layer).__name__ for layer in model.layers] for model in (core, trainer)]
    assert "QuickDropout" not in kinds[0] and kinds[1].count("QuickDropout") == 4
    assert [layer.rate for layer in core.layers if "Dropout" in type(layer).__name__] == [
        layer.rate for layer in trainer.layers if "Dropout" in type(layer).__name__
    ]


def test_a_dropout_of_whole_channels_stays_what_it_is() -> None:
    core = keras.Sequential([keras.Input(SHAPE), layers.Dropout(0.5, noise_shape=(None, 1, 1, None), seed=1)])
    core.compile("sgd", "mse")
    trainer = augment.for_training(core, SHAPE, (), 0)
    assert trainer.layers[-1] is core.layers[-1]
