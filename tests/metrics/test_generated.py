import pytest

from lib.metrics.generated import generated_metrics
from tests.metrics.example_images import constant, noise


def test_a_set_compared_with_itself_is_at_distance_0_and_covered():
    metrics = generated_metrics(noise(), noise(), "samples")
    assert metrics["samples_swd"] == 0
    for name in ("precision", "recall", "coverage"):
        assert metrics[f"samples_{name}"] == 1


def test_one_real_face_again_and_again_has_precision_and_no_recall():
    real = noise()
    metrics = generated_metrics(real, real[:1].repeat(len(real), axis=0), "samples")
    assert metrics["samples_precision"] == 1
    assert metrics["samples_recall"] < 0.5


def test_equal_grey_images_have_their_brightness_no_sharpness_and_no_diversity():
    metrics = generated_metrics(noise(), constant(*[51] * 8), "samples")
    assert metrics["samples_brightness"] == pytest.approx(51 / 255)
    assert metrics["samples_sharpness"] == pytest.approx(0, abs=1e-6)
    assert metrics["samples_ms_ssim"] == pytest.approx(1, rel=1e-5)
    assert metrics["samples_coverage"] == 0
