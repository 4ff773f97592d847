import sys

import pytest

from lib.config.base import replaced
from lib.config.experiments import experiments, find, studied
from lib.system.errors import UserError


def test_every_experiment_of_the_original_is_there_in_the_report_s_order():
    assert studied("published") == [
        "cae",
        *("vae_32", "vae_64", "vae_64_wide", "vae_128"),
        *("gan_64", "gan_128", "gan_256", "gan_first_epoch"),
        *("text2text", "image2text", "text2image"),
    ]


def test_every_variant_is_valid_and_its_name_fit_for_a_folder_and_for_make():
    for experiment in experiments().values():
        for name, changes in experiment.variants.items():
            assert not set(name) & set(" /=:%#$'\"")
            replaced(experiment.settings, dict(changes))


def test_the_seven_published_splits_and_five_depths_are_there():
    splits = experiments()["text2text"].variants.values()
    assert [split["train_fraction"] for split in splits] == [0.95, 0.9, 0.75, 0.5, 0.25, 0.1, 0.05]
    depths = experiments()["text2image"].variants
    for name, changes in depths.items():
        assert name == "-".join(str(value) for value in changes.values())
    assert list(depths) == ["1-1-512", "2-1-512", "1-2-512", "2-2-256", "3-2-256"]


def test_every_file_says_what_it_reproduces():
    for name in studied("published"):
        assert "Original: " in sys.modules[f"experiments.{name}"].__doc__


def test_a_make_target_names_an_experiment():
    assert find("vae-64-wide") == find("vae_64_wide") == "vae_64_wide"


@pytest.mark.parametrize("name", ["vae-16", "", "__init__", "../cae"])
def test_an_unknown_name_is_refused_with_the_known_ones(name):
    with pytest.raises(
        UserError, match=f"unknown experiment {name}; .*known: cae, vae-32, vae-64, "
    ):
        find(name)


def test_the_corrected_study_is_the_published_one_and_more():
    published = studied("published")
    assert studied("corrected")[: len(published)] == published
    assert studied("corrected") == list(experiments())
