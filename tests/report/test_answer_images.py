import numpy as np
import pytest

from report.criteria.answer_images import (
    blend_distance,
    mean_sharpness,
    own_error,
    own_error_fraction,
    same_for_every_query,
)
from tests.report.claimed_study import DIGITS, content

ALIKE = np.repeat(DIGITS[:1], 8, axis=0)
FLAT, DEEP = ("text2image", "1-1-512"), ("text2image", "2-1-512")


def test_a_flat_image_has_no_sharpness():
    assert mean_sharpness(np.full((2, 3, 28, 28), 90, np.uint8)) == 0


def test_own_error_is_zero_for_the_target_and_one_for_one_image_of_every_query():
    assert own_error_fraction(DIGITS, DIGITS, list("+" * 8)) == 0
    assert own_error_fraction(ALIKE, DIGITS, list("+" * 8)) == pytest.approx(1)


def test_own_error_is_one_for_an_image_that_depends_on_the_operator_alone():
    dark = DIGITS // 4
    targets = np.concatenate([DIGITS[:5], dark[5:]])
    generated = np.concatenate([DIGITS[:1].repeat(5, axis=0), dark[:1].repeat(3, axis=0)])
    assert own_error_fraction(generated, targets, list("+++++---")) == pytest.approx(1)
    assert own_error_fraction(generated, targets, list("+" * 8)) < 0.95


def test_models_that_generate_one_image_are_found(tmp_path):
    rounded = ALIKE.clip(0, 254)
    rounded[0] += 1
    made = content(tmp_path, changes={(*DEEP, "samples.validation_predictions"): rounded})
    assert same_for_every_query(made, [FLAT, DEEP]) == {DEEP: [0, 1, 2]}


def test_a_seed_whose_images_vary_is_not_among_them(tmp_path):
    varied = {
        (*DEEP, "samples.validation_predictions"): lambda seed: DIGITS if seed == 1 else ALIKE
    }
    assert same_for_every_query(content(tmp_path, changes=varied), [DEEP]) == {DEEP: [0, 2]}


def test_a_model_that_was_not_run_is_not_among_them(tmp_path):
    made = content(tmp_path)
    made.runs.pop(DEEP)
    assert same_for_every_query(made, [DEEP]) == {}
    assert own_error(made, DEEP, "validation").startswith("not run")


def test_blends_of_averages_are_at_distance_zero_of_them():
    averages = np.array([DIGITS[0, 0], DIGITS[1, 0], np.zeros((28, 28))], np.uint8)
    blends = np.array([averages[0], averages[2], (averages[1].astype(int) + averages[2]) // 2])
    # Halves are rounded down.
    assert blend_distance(blends.astype(np.uint8), averages) < (0.5 / 255) ** 2


def test_weights_of_a_blend_sum_to_one():
    averages = np.zeros((2, 28, 28), np.uint8)
    averages[0, 0, 0] = averages[1, 1, 1] = 255
    both = averages.sum(axis=0)[None].astype(np.uint8)
    # The closest blend has half of each, so that two of 784 pixels differ by a half.
    assert blend_distance(both, averages) == pytest.approx(2 * 0.25 / 784, rel=1e-4)
    # Half of one alone is no blend: the closest has 3/4 and 1/4.
    assert blend_distance(averages[:1] // 2, averages) == pytest.approx(2 * 0.25**2 / 784, rel=0.02)
