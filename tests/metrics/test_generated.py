import pytest

from lib.metrics.generated import generated_metrics
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
