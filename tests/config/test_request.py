import os
import subprocess
import sys
from pathlib import Path

import pytest

from lib.config import request
from lib.config.experiments import experiments, studied
from lib.config.profiles import PROFILES
from lib.system.errors import UserError

REPOSITORY = Path(__file__).parents[2]
BAD_ARGUMENTS = {
    "PROFILE=huge": ("smoke", "quick", "paper"),
    "SEEDS=-1": ("whole numbers from 0", 'SEEDS="0 1 2"'),
    "SEEDS=one": ("whole numbers from 0",),
    "SEEDS=0 1.5": ("whole numbers from 0",),
    "SEEDS= ": ("whole numbers from 0",),
    "SEEDS=99999999999": ("whole numbers from 0",),
    f"SEEDS={'9' * 5000}": ("whole numbers from 0",),
    "DATA=fake": ("auto", "builtin", "real"),
    "THREADS=0": ("a whole number from 1",),
    "THREADS=-2": ("a whole number from 1",),
    "THREADS=99999999999": ("a whole number from 1 to 1024",),
    "THREADS=two": ("a whole number from 1",),
    "ALLOW_MISSING=yes": ("0 or 1",),
    "FACES=/no/such/folder": ("/no/such/folder", "no such file or folder"),
    "FACES=~no-such-user/faces": ("~no-such-user/faces", "no such file or folder"),
    "FACES=/caf\udce9": ("is not UTF-8",),
    f"FACES=/{'n' * 300}": ("no such file or folder",),
    "DIGITS=/no/such/folder": ("/no/such/folder", "no such file or folder"),
    "EPOCH=3": ("unknown setting EPOCH;", "PROFILE", "SEEDS", "JOBS", "EPOCHS", "KL"),
    "epochs=3": ("unknown setting epochs;", "EPOCHS"),
    "=3": ("unknown setting", "EPOCHS"),
    "smoke": ("NAME=VALUE",),
    "EPOCHS=-1": ("EPOCHS=-1", "positive"),
    f"EPOCHS={'9' * 400}": ("at most 2147483647",),
    f"FILTERS={2**63}": ("at most 2147483647",),
    "SPLIT_SEED=2147483648": ("SPLIT_SEED=2147483648", "below 2147483648"),
    "QUERY_COUNT=99": ("at least 100",),
    "BATCH_SIZE=1000000000000": ("at most 65536",),
    "IMAGE_COUNT=19": ("at least 20",),
    "IMAGE_COUNT=20001": ("at most 20000",),
    "KL=max": ("none", "sum", "mean"),
    "LEARNING_RATE=1e300": ("at most 1e+30",),
    "ZOOM=1": ("below 1",),
    "VARIANT=train-05": ("experiments.<name> VARIANT=train-05",),
}


def planned(*arguments, goals=(), variants=()):
    return request.planned(request.parse(["PROFILE=paper", *arguments]), goals, variants)


@pytest.mark.parametrize("argument", BAD_ARGUMENTS)
def test_a_bad_argument_is_refused_in_one_line_with_what_is_valid(argument):
    with pytest.raises(UserError) as refused:
        planned(argument)
    message = str(refused.value)
    assert "\n" not in message
    for part in BAD_ARGUMENTS[argument]:
        assert part in message


def test_an_unknown_experiment_is_refused_with_the_known_targets():
    with pytest.raises(
        UserError, match=r"unknown experiment vae-16; did you mean .*vae-32"
    ) as refused:
        planned(goals=["vae-16"])
    for name in experiments():
        assert name.replace("_", "-") in str(refused.value)


def test_an_unknown_variant_is_refused_with_the_known_ones():
    with pytest.raises(UserError, match=r"unknown variant 4-4-512; .*known: 1-1-512, 2-1-512, 1-2"):
        planned(goals=["text2image"], variants=["4-4-512"])


def test_a_setting_of_another_experiment_is_refused_with_those_of_this_one():
    with pytest.raises(UserError, match=r"UNITS is no setting of cae; these have BATCH_SIZE, .*"):
        planned("UNITS=3", goals=["cae"])


@pytest.mark.parametrize(
    ("arguments", "part"),
    [
        (["PROFILE=huge"], "smoke, quick, paper"),
        (["PROFILE=smoke", "EPOCHS=-1", "all"], "EPOCHS=-1: expected a positive number"),
        (["PROFILE=smoke", "TYPO=1", "all"], "known: PROFILE, SEEDS"),
        (["PROFILE=smoke", "vae-16"], "known: cae, vae-32"),
        (["PROFILE=smoke", "LEARNING_RATE=nan", "cae"], "expected a positive number"),
    ],
)
def test_the_command_ends_with_status_2_and_one_line(arguments, part, tmp_path):
    done = subprocess.run(
        [sys.executable, "-m", "lib.runs.pipeline", *arguments],
        cwd=REPOSITORY,
        env={**os.environ, "WORK_DIR": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 2
    assert done.stdout == ""
    assert len(done.stderr.splitlines()) == 1
    assert done.stderr.startswith("error: ")
    assert part in done.stderr


def test_arguments_are_parsed():
    requested = request.parse(
        [
            *("PROFILE=smoke", "SEEDS=2, 0 2 1", "DATA=real", f"FACES={REPOSITORY}"),
            *("THREADS=2", "ALLOW_MISSING=1", "EPOCHS=3", "BATCH_SIZE=8"),
        ]
    )
    assert requested == request.Request(
        profile="smoke",
        seeds=(0, 1, 2),
        data="real",
        faces=REPOSITORY,
        threads=2,
        allow_missing=True,
        changes=(("batch_size", "8"), ("epochs", "3")),
    )


def test_the_later_of_two_values_counts_and_an_empty_option_is_none():
    requested = request.parse(
        ["PROFILE=smoke", "SEEDS=1", "SEEDS=2", "EPOCHS=3", "EPOCHS=4", "FACES="]
    )
    assert requested.seeds == (2,)
    assert requested.changes == (("epochs", "4"),)
    assert requested.faces is None


def test_settings_of_make_alone_change_nothing():
    arguments = ["PYTHON=python3", "JOBS=2", "LAUNCH=srun x=y", "WORK_DIR=/tmp"]
    assert request.parse(["PROFILE=smoke", *arguments]) == request.parse(["PROFILE=smoke"])


@pytest.mark.parametrize(
    ("change", "goals"),
    [("EPOCHS=3", []), ("LATENT_DIM=3", ["vae-32", "text2text"]), ("DIGIT_COUNT=500", [])],
)
def test_arguments_for_a_run_request_that_run(change, goals):
    requested = request.parse(["PROFILE=smoke", "SEEDS=0 1", "STUDY=corrected", change])
    for run in request.planned(requested, goals):
        again = request.parse(requested.arguments_for(run))
        assert request.planned(again, [run.key.experiment], [run.key.variant]) == [run]


def test_of_several_experiments_each_gets_the_settings_that_it_has():
    requested = request.parse(["PROFILE=smoke", "LATENT_DIM=3"])
    with pytest.raises(UserError, match="LATENT_DIM is no setting of text2text"):
        request.planned(requested, ["text2text"])
    assert request.planned(requested, ["text2text", "vae-32"])
    alone = request.parse(requested.arguments(["text2text"]))
    assert request.planned(alone, ["text2text"]) == [
        run for run in request.planned(requested) if run.key.experiment == "text2text"
    ]


@pytest.mark.parametrize(
    ("experiment", "change", "apart"),
    [
        ("text2text", "TRAIN_FRACTION=0.3", "train-95 and train-90"),
        ("text2image", "ENCODER_LAYERS=4", "1-1-512 and 2-1-512"),
        # They have other epochs, but their names would no longer be true.
        ("image2text", "ENCODER=flatten", "flatten and convlstm"),
    ],
)
def test_a_change_that_makes_two_variants_the_same_is_refused(experiment, change, apart):
    requested = request.parse(["PROFILE=paper", "SEEDS=0 1", change])
    for goals in ([experiment], []):
        with pytest.raises(UserError, match=f"with {change}, {apart} of {experiment}"):
            request.planned(requested, goals)
    variant = apart.split()[0]
    assert len(request.planned(requested, [experiment], [variant])) == 2
    assert request.planned(request.parse(["PROFILE=paper", "EPOCHS=3"]))


def test_arguments_request_the_same_again():
    arguments = ["PROFILE=smoke", "SEEDS=0 1", "DATA=builtin", "STUDY=corrected", "LATENT_DIM=3"]
    requested = request.parse(arguments)
    assert request.parse(requested.arguments()) == requested
    assert "LATENT_DIM=3" in requested.arguments(["text2text", "vae_32"])
    assert requested.arguments(["text2text"]) == [
        "PROFILE=smoke",
        "SEEDS=0 1",
        "STUDY=corrected",
        "DATA=builtin",
    ]


def test_a_setting_of_what_an_experiment_needs_is_one_of_its_own():
    requested = request.parse(["PROFILE=smoke", "DIGIT_COUNT=500"])
    (run,) = request.planned(requested, ["text2image-corrected"])
    assert run.needs[0].settings.digit_count == 500


def test_all_runs_are_planned_in_the_report_s_order():
    runs = planned("SEEDS=1 0")
    assert len(runs) == 2 * sum(len(experiments()[name].variants) for name in studied("published"))
    names = list(dict.fromkeys(run.key.experiment for run in runs))
    assert [name.split("_")[0] for name in names] == sorted(
        (name.split("_")[0] for name in names),
        key=["cae", "vae", "gan", "text2text", "image2text", "text2image"].index,
    )
    assert [run.key.seed for run in runs[:2]] == [0, 1]


def test_goals_and_variants_select():
    runs = planned(goals=["vae-64-wide", "text2image"], variants=["published", "2-2-256"])
    keys = [(run.key.experiment, run.key.variant) for run in runs]
    assert keys == [("vae_64_wide", "published"), ("text2image", "2-2-256")]


def test_the_command_line_beats_the_profile_and_the_profile_beats_the_experiment():
    def epochs(*arguments):
        requested = request.parse(arguments)
        return request.planned(requested, ["image2text"], ["convlstm"])[0].settings.epochs

    smoke = PROFILES["smoke"].changes["image2text"]["epochs"]
    assert epochs("PROFILE=paper") == 200
    assert epochs("PROFILE=smoke") == smoke != 200
    assert epochs("PROFILE=smoke", "EPOCHS=7") == 7


def test_a_change_applies_to_those_experiments_that_have_the_setting():
    by_name = {run.key.experiment: run.settings for run in planned("KL=mean")}
    assert by_name["vae_32"].kl == "mean"
    assert not hasattr(by_name["cae"], "kl")


@pytest.mark.parametrize(
    ("goal", "variant", "expected"),
    [
        ("vae-32", "published", {"latent_dim": 32, "filters": 64}),
        ("vae-64-wide", "published", {"latent_dim": 64, "filters": 128}),
        ("gan-256", "published", {"latent_dim": 256, "epochs": 50}),
        ("text2text", "train-05", {"train_fraction": 0.05}),
        ("image2text", "flatten", {"augment": True, "rescale_twice": True, "epochs": 100}),
        ("image2text", "convlstm-unaugmented", {"augment": False, "encoder": "convlstm"}),
        ("text2image", "3-2-256", {"encoder_layers": 3, "decoder_layers": 2, "units": 256}),
    ],
)
def test_paper_runs_have_the_published_settings(goal, variant, expected):
    (run,) = planned(goals=[goal], variants=[variant])
    assert {name: getattr(run.settings, name) for name in expected} == expected


def test_a_run_s_needs_are_planned_with_its_seed_profile_and_changes():
    for run in planned("SEEDS=0 1", "FILTERS=5", goals=["text2image-ablation", "digit-classifier"]):
        if run.key.experiment == "digit_classifier":
            assert run.needs == ()
            continue
        (reader,) = run.needs
        assert reader.key.experiment == "digit_classifier"
        assert (reader.key.profile, reader.key.seed) == ("paper", run.key.seed)
        (named,) = planned(f"SEEDS={run.key.seed}", "FILTERS=5", goals=["digit-classifier"])
        assert reader == named
        assert reader.settings.filters == 5


def test_no_run_needs_itself_or_an_unknown_one():
    """Planning ends: what needs each other would never be planned."""
    for run in planned("STUDY=corrected"):
        assert [needed.key.experiment for needed in run.needs] == list(run.settings.needs)
