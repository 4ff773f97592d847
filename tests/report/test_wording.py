import subprocess

import pypandoc
import pytest

from lib.config.arithmetic import Text2TextSettings
from lib.config.faces import VAESettings
from report.criteria.findings import Bounds, Finding
from report.wording import escaped, estimate, required, scale_of, settings_text
from tests.report.claimed_study import content


def test_estimate_shows_an_interval_only_if_seeds_differ():
    assert estimate([0.5], ".2f") == "0.50"
    assert estimate([0.5, 0.5], ".2f") == "0.50"
    # 3.182 is Student's quantile for 3 degrees of freedom; the standard error is 1.
    values = [5 + sign * 3**0.5 for sign in (-1, -1, 1, 1)]
    assert estimate(values, ".2f") == "5.00\u00a0±\u00a03.18"


@pytest.mark.parametrize(
    ("value", "spec", "text"),
    [
        (1441.57, ".3g", "1442"),
        (0.012345, ".3g", "0.0123"),
        (9.996, ".3g", "10.0"),
        (0.0, ".3g", "0.00"),
        (-0.5, ".2f", "\u22120.50"),
        (123456.0, ",.0f", "123,456"),
    ],
)
def test_numbers_are_printed_without_an_exponent(value, spec, text):
    assert estimate([value], spec) == text


def test_required_ranges_as_text():
    assert required(Finding("", (0.0,), Bounds(low=0))) == "above 0"
    assert required(Finding("", (0.0,), Bounds(high=1.5))) == "below 1.5"
    assert required(Finding("", (0.0,), Bounds(-0.2, 0.2))) == "\u22120.2 to 0.2"
    assert required(Finding("", (0.0,), Bounds(0.1, 0.2))) == "0.1 to 0.2"
    assert required(Finding("", (0.0,), Bounds(low=0, margin=0.02))) == "above 0.02"
    assert required(Finding("", (0.0, 1.0), Bounds(low=0, margin=0.02))) == "above 0"
    assert required(Finding("", (0.0,))) == ""


def test_of_runs_with_one_kind_of_settings_the_later_ones_name_what_differs(tmp_path):
    planned = content(tmp_path).planned
    whole = settings_text(("vae_32", "published"), planned)
    assert {"LATENT_DIM=32", "KL=none", "FILTERS=64"} <= set(whole.split())
    assert settings_text(("vae_64", "published"), planned) == "as vae_32, LATENT_DIM=64"
    wide = settings_text(("vae_64_wide", "published"), planned)
    assert wide.split()[:2] == ["as", "vae_32,"]
    assert set(wide.split()[2:]) == {"LATENT_DIM=64", "FILTERS=128"}


def test_scale_of_gives_ranges():
    assert scale_of([VAESettings(latent_dim=2, epochs=3)]) == "20,000 images, 3 epochs"
    texts = [Text2TextSettings(epochs=epochs, query_count=9) for epochs in (5, 7)]
    assert scale_of(texts) == "9 queries, 5–7 epochs"


@pytest.mark.parametrize("name", ["a|b", "<script>alert(1)</script>", "*x* `y` [z](w) $1$ ~t~"])
def test_markdown_shows_escaped_names_unchanged(name):
    done = subprocess.run(
        [pypandoc.get_pandoc_path(), "--to", "plain", "--wrap", "none"],
        input=escaped(name).encode(),
        capture_output=True,
        check=True,
    )
    assert done.stdout.decode().strip() == name
