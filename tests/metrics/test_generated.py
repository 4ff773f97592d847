import numpy as np
import pytest

from lib.metrics.generated import generated_metrics, mean_smoothness
from tests.metrics.example_images import constant, noise


def test_a_set_compared_with_itself_is_at_distance_0_and_covered():
    metrics = generated_metrics(noise(), noise(), "samples")
    assert metrics["samples_swd"] == 0
    for name in ("precision", "recall", "coverage"):
        assert metrics[f"samples_{name}"] == 1


def test_equal_grey_images_have_their_brightness_no_sharpness_and_no_diversity():
    metrics = generated_metrics(noise(), constant(*[51] * 8), "samples")
    assert metrics["samples_brightness"] == pytest.approx(51 / 255)
    assert metrics["samples_sharpness"] == pytest.approx(0, abs=1e-6)
    assert metrics["samples_ms_ssim"] == pytest.approx(1, rel=1e-5)
    assert metrics["samples_coverage"] == 0


def test_mean_smoothness_leaves_out_paths_of_equal_frames():
    uniform, jump = constant(0, 10, 20, 30, 40), constant(0, 0, 0, 200, 200)
    still = constant(*[7] * 5)
    assert mean_smoothness(np.stack([uniform, jump, still])) == pytest.approx((1 + 4) / 2)
    assert np.isnan(mean_smoothness(still[None]))
