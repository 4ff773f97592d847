"""Figures draw the right numbers and images of the right runs, under the right labels."""

import contextlib

import numpy as np
import pytest
from matplotlib.container import BarContainer
from matplotlib.figure import Figure

from figures import all_figures, plots
from figures.gan_display import as_published
from lib.config import request
from lib.runs import plan
from lib.system import paths
from original.published import curve, published
from tests import fake_runs


@pytest.fixture(scope="module")
def runs(tmp_path_factory):
    work = fake_runs.built(tmp_path_factory.getbasetemp())
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(paths, "DATA", work / "data")
        patch.setattr(paths, "RUNS", work / "runs")
        found = plan.load_runs(request.parse(fake_runs.ARGUMENTS))
        for each in (run for group in found.values() for run in group):
            assert each.history
            assert each.samples is not None
    return found


@pytest.fixture
def drawn(runs, monkeypatch, tmp_path):
    """Return a function that draws a figure and returns its panels' axes, or its rows of images."""
    found = []

    @contextlib.contextmanager
    def panels(path, rows=1, height=2.1):
        axes = list(Figure().subplots(rows, 1, squeeze=False)[:, 0])
        found.extend(axes)
        yield axes

    monkeypatch.setattr(plots, "panels", panels)
    monkeypatch.setattr(plots, "image_rows", lambda path, *rows, **options: found.extend(rows))

    def draw(name, groups=None):
        found.clear()
        (figure,) = (each for each in all_figures() if each.name == name)
        figure.draw(groups or [runs[pair] for pair in figure.needs], tmp_path / "figure")
        return list(found)

    return draw


def assert_mean(line, group, metric):
    expected = np.mean([run.series(metric) for run in group], axis=0)
    assert line.get_xdata().tolist() == list(range(1, len(expected) + 1))
    np.testing.assert_allclose(line.get_ydata(), expected)


def assert_points(line, points):
    assert dict(zip(line.get_xdata(), line.get_ydata(), strict=True)) == points


def test_the_loss_of_each_latent_size_is_next_to_the_published_one(drawn, runs):
    (axes,) = drawn("vae-loss")
    for k, size in enumerate((32, 64, 128)):
        assert_mean(axes.lines[2 * k], runs[f"vae_{size}", "published"], "loss")
        assert axes.lines[2 * k].get_label() == f"latent {size}"
        assert_points(axes.lines[2 * k + 1], curve(5, f"latent_{size}"))


def test_text_to_text_has_training_above_validation(drawn, runs):
    splits = (("training", "accuracy"), ("validation", "val_accuracy"))
    for axes, (split, metric) in zip(drawn("text2text-curves"), splits, strict=True):
        lines = list(axes.lines)
        for variant in published()["text2text"]["test_accuracy"]:
            assert_mean(lines.pop(0), runs["text2text", variant], metric)
            if variant in ("train-10", "train-05"):
                assert_points(lines.pop(0), curve(11, f"{variant.replace('-', '_')}_{split}"))
        assert not lines


@pytest.mark.parametrize(
    ("name", "number", "ending"),
    [("image2text-augmented", 12, ""), ("image2text-unaugmented", 13, "-unaugmented")],
)
def test_image_to_text_has_both_encoders_with_their_published_points(
    drawn, runs, name, number, ending
):
    (axes,) = drawn(name)
    for k, (encoder, label) in enumerate(
        (("flatten", "flattening LSTM"), ("convlstm", "ConvLSTM"))
    ):
        training, validation, *points = axes.lines[4 * k : 4 * k + 4]
        group = runs["image2text", encoder + ending]
        assert_mean(training, group, "accuracy")
        assert_mean(validation, group, "val_accuracy")
        assert training.get_label() == f"{label}, training"
        assert validation.get_label() == f"{label}, validation"
        for line, split in zip(points, ("training", "validation"), strict=True):
            assert_points(line, curve(number, f"{encoder}_{split}"))


def test_text_to_image_has_loss_above_error_of_every_depth(drawn, runs):
    for axes, metric in zip(drawn("text2image-curves"), ("loss", "mae"), strict=True):
        lines = list(axes.lines)
        for variant in published()["text2image"]:
            training, validation = lines.pop(0), lines.pop(0)
            assert_mean(training, runs["text2image", variant], metric)
            assert_mean(validation, runs["text2image", variant], f"val_{metric}")
            assert training.get_linestyle() == "--"
            assert validation.get_label() == variant.replace("-", "/")
            if variant == "1-1-512":
                for split in ("training", "validation"):
                    assert_points(lines.pop(0), curve(15, f"{split}_{metric}"))
        assert not lines


def heights(axes):
    bars = [each for each in axes.containers if isinstance(each, BarContainer)]
    return {each.get_label(): [bar.get_height() for bar in each] for each in bars}


def test_text_to_text_has_bars_of_both_accuracies_next_to_the_published_ones(drawn, runs):
    known = published()["text2text"]["test_accuracy"]
    found = heights(*drawn("text2text-accuracy"))
    assert found.pop("published, per character") == list(known.values())
    labels = {"reproduced, per character": "test_accuracy"}
    labels["reproduced, exact match"] = "test_exact_match"
    assert found.keys() == labels.keys()
    for label, metric in labels.items():
        groups = [runs["text2text", variant] for variant in known]
        means = [np.mean([run.result["metrics"][metric] for run in group]) for group in groups]
        np.testing.assert_allclose(found[label], means)


@pytest.mark.parametrize("several", [0, 1])
def test_fractions_may_have_different_numbers_of_seeds(drawn, runs, several):
    """Only those with several seeds have an interval."""
    groups = [runs["text2text", variant] for variant in published()["text2text"]["test_accuracy"]]
    uneven = [group if k == several else group[:1] for k, group in enumerate(groups)]
    (axes,) = drawn("text2text-accuracy", uneven)
    intervals = [line for each in axes.collections for line in each.get_segments() if len(line)]
    drawn_at = {round(float(line[0][0])) for line in intervals if np.isfinite(line).all()}
    assert drawn_at == {several}


def test_each_kind_of_kl_has_a_marker_of_its_own(drawn, runs):
    (axes,) = drawn("kl")
    markers = {"none": "o", "sum": "s", "mean": "^"}
    (figure,) = (each for each in all_figures() if each.name == "kl")
    for line, pair in zip(axes.lines, figure.needs, strict=True):
        group = runs[pair]
        assert line.get_marker() == markers[group[0].config["spec"]["settings"]["kl"]]
        for found, metric in (
            (line.get_xdata(), "kl_divergence"),
            (line.get_ydata(), "reconstruction_loss"),
        ):
            assert list(found) == [run.result["metrics"][metric] for run in group]
    legend = axes.figure.legends[0]
    named = dict(
        zip(
            (text.get_text() for text in legend.get_texts()),
            (handle.get_marker() for handle in legend.legend_handles),
            strict=True,
        )
    )
    of_kl = {"none": "KL not in the loss", "sum": "KL summed", "mean": "KL averaged"}
    assert {kind: named[label] for kind, label in of_kl.items()} == markers


@pytest.mark.parametrize(
    ("name", "pair"),
    [
        ("vae-32-samples", ("vae_32", "published")),
        ("gan-256-samples", ("gan_256", "published")),
        ("vae-corrected-samples", ("vae_corrected", "corrected")),
    ],
)
def test_samples_are_those_of_the_first_epoch_above_those_of_the_last(drawn, runs, name, pair):
    rows, labels = drawn(name)
    run = runs[pair][0]
    for row, epoch in zip(rows, (0, -1), strict=True):
        np.testing.assert_array_equal(row, run.samples["samples"][epoch])
    assert labels == ["epoch 1", f"epoch {run.result['epochs']}"]


def test_a_text_to_image_sample_is_above_its_target(drawn, runs):
    rows, labels = drawn("text2image-sample")
    samples = runs["text2image", "1-1-512"][0].samples
    for row, label, name in zip(rows, labels, ("predictions", "targets"), strict=True):
        np.testing.assert_array_equal(row, samples[f"shown_{name}"][0])
        assert label == {"predictions": "predicted", "targets": "target"}[name]


def test_each_sampling_of_a_vae_has_its_label(drawn, runs):
    rows, labels = drawn("vae-sampling")
    kinds = {"scaled": "samples", "N(0, I)": "prior_samples", "fitted": "posterior_samples"}
    for row, label in zip(rows, labels, strict=True):
        size, kind = label.removeprefix("latent ").split("\n")
        images = runs[f"vae_{size}", "published"][0].samples[kinds[kind]]
        np.testing.assert_array_equal(row, images[-1] if kind == "scaled" else images)


def test_the_first_epoch_of_the_gan_is_shown_clipped_above_mapped(drawn, runs):
    rows, labels = drawn("gan-display")
    images = runs["gan_first_epoch", "published"][0].samples["samples"][0]
    np.testing.assert_array_equal(rows[0], as_published(images))
    np.testing.assert_array_equal(rows[1], images)
    assert labels == ["clipped", "mapped"]
    assert as_published(np.array([0, 127, 128, 255], np.uint8)).tolist() == [0, 0, 1, 255]
