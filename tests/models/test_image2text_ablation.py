import numpy as np
import pytest

from lib.config import request
from lib.config.arithmetic import Image2TextAblationSettings, Image2TextSettings
from lib.config.profiles import PROFILES
from lib.data.arithmetic import arithmetic
from lib.models.arithmetic.image2text import Image2TextTrainer
from lib.models.arithmetic.image2text_ablation import Image2TextAblationTrainer

TINY = {"units": 4, "query_count": 100, "batch_size": 32, "epochs": 1}


@pytest.fixture
def trained(few_digits_and_others):
    """The published training and the ablation's, alike in everything."""
    published = Image2TextTrainer(Image2TextSettings(**TINY), seed=0)
    ablation = Image2TextAblationTrainer(Image2TextAblationSettings(**TINY), seed=0)
    ablation.restore(*published.state())
    return published, ablation, [published.train_epoch(1, "")], [ablation.train_epoch(1, "")]


def test_it_trains_to_the_published_bits(trained):
    published, ablation, history, ablation_history = trained
    assert history == ablation_history
    for one, two in zip(published.weights(), ablation.weights(), strict=True):
        assert np.array_equal(one.numpy(), two.numpy())


def test_its_outcome_is_the_published_one_and_that_on_unseen_instances(trained):
    published, ablation, history, _ = trained
    expected, found = published.evaluation(history), ablation.evaluation(history)
    assert expected.metrics.items() <= found.metrics.items()
    assert set(found.metrics) - set(expected.metrics) == {
        f"unseen_instances_{name}" for name in ("loss", "accuracy", "exact_match")
    }
    assert found.metrics["unseen_instances_loss"] != found.metrics["validation_loss"]
    assert ablation.evaluation(history).metrics == found.metrics


def test_unseen_instances_is_of_the_test_part(few_digits_and_others):
    training = Image2TextAblationTrainer(Image2TextAblationSettings(**TINY), seed=0)
    count = len(training.tokens.images)
    assert training.instances.numpy().max() < count
    drawn = training.unseen_instances
    assert drawn.min() >= count
    images = training.images.numpy()[drawn]
    codes = arithmetic().queries
    shown = {image.tobytes() for image in images[codes < 10]}
    assert shown <= {image.tobytes() for image in few_digits_and_others.test_images}


def test_more_queries_take_the_same_number_of_steps():
    requested = request.Request(profile="paper")
    variants = (
        ("image2text-ablation", "flatten-unaugmented-most-queries"),
        ("image2text", "flatten-unaugmented"),
    )
    steps = []
    for target, variant in variants:
        ((planned),) = request.planned(requested, [target], [variant])
        settings = planned.settings
        examples = round(settings.query_count * (1 - settings.validation_fraction))
        steps.append(settings.epochs * -(-examples // settings.batch_size))
    assert steps[0] == steps[1]


@pytest.mark.parametrize("profile", PROFILES)
@pytest.mark.parametrize(
    ("variant", "baseline", "changed"),
    [
        ("flatten-rescaled-once", "flatten", {"rescale_twice"}),
        ("convlstm-rescaled-once", "convlstm", {"rescale_twice"}),
        ("flatten-interpolated-once", "flatten", {"interpolations"}),
        ("flatten-unaugmented-rescaled-twice", "flatten-unaugmented", {"rescale_twice"}),
        # As many steps are taken in fewer epochs of more queries.
        (
            "flatten-unaugmented-most-queries",
            "flatten-unaugmented",
            {"validation_fraction", "epochs"},
        ),
    ],
)
def test_a_variant_differs_from_its_published_twin_in_what_it_is_named_for(
    profile, variant, baseline, changed
):
    requested = request.Request(profile=profile)
    (ablation,) = request.planned(requested, ["image2text-ablation"], [variant])
    (published,) = request.planned(requested, ["image2text"], [baseline])
    one, two = vars(ablation.settings), vars(published.settings)
    assert {name for name in two if one[name] != two[name]} - {"epochs"} == changed - {"epochs"}
    assert ("epochs" in changed) or one["epochs"] == two["epochs"]
