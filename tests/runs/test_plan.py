import numpy as np
import pytest

from lib.config import request
from lib.runs import code, directories, plan
from lib.system import files, paths
from lib.system.errors import UserError

ARGUMENTS = ("PROFILE=smoke",)


def prepare(fingerprint="f" * 64, synthetic=True):
    for name in ("faces", "digits"):
        facts = {"name": f"drawn {name}", "synthetic": synthetic, "fingerprint": fingerprint}
        files.write_json(paths.DATA / name / "provenance.json", {**facts, "made": "now"})


@pytest.fixture(autouse=True)
def _work(tmp_path, monkeypatch):
    for name in ("DATA", "RUNS"):
        monkeypatch.setattr(paths, name, tmp_path / name.lower())
    monkeypatch.setattr(paths, "WORK", tmp_path)
    prepare()


def runs_for(*arguments, goals=("vae-32",)):
    requested = request.parse([*ARGUMENTS, *arguments])
    return requested, request.planned(requested, goals)


def begin(*arguments, goals=("vae-32",)):
    requested, planned = runs_for(*arguments, goals=goals)
    for run in planned:
        spec = plan.spec(run, requested.threads)
        files.write_json(run.key.path / "config.json", {"spec": spec})
    return planned


def finish(*arguments, goals=("vae-32",), weights="a"):
    for run in begin(*arguments, goals=goals):
        files.write_text(run.key.path / "history.jsonl", '{"epoch": 1, "loss": 0.5}\n')
        np.savez(run.key.path / "samples.npz")
        directories.write_result(run.key.path, {"metrics": {}, "weights_sha256": weights})


def states(*arguments, goals=("vae-32",)):
    requested, planned = runs_for(*arguments, goals=goals)
    return [plan.is_done(run, requested.threads) for run in planned]


def test_nothing_is_done_at_first():
    assert states() == [False]


def test_a_begun_run_fits_but_is_not_done():
    (run,) = begin()
    assert states() == [False]
    assert plan.fits(run.key.path, plan.spec(run, 1))


def test_a_finished_run_is_done():
    finish()
    assert states() == [True]
    assert states("SEEDS=0 1") == [True, False]
    assert states("PROFILE=quick") == [False]


@pytest.mark.parametrize(
    "argument", ["EPOCHS=3", "BATCH_SIZE=4", "KL=mean", "LEARNING_RATE=1e-4", "THREADS=2"]
)
def test_a_run_for_other_settings_or_threads_is_to_be_made(argument):
    finish()
    assert states(argument) == [False]
    finish(argument)
    assert states(argument) == [True]
    assert states() == [False]


def made_with(*arguments, goals=("vae-32",)):
    requested, (run, *_) = runs_for(*arguments, goals=goals)
    return plan.made_with(run.key.path, plan.spec(run, requested.threads))


def test_every_setting_for_which_a_run_was_made_is_named():
    finish("EPOCHS=3", "KL=mean", "THREADS=2")
    assert made_with("EPOCHS=4") == "epochs 3, not 4; kl mean, not none; threads 2, not 1"


def test_the_data_for_which_a_run_was_made_are_named():
    finish()
    prepare(fingerprint="e" * 64)
    assert made_with() == "faces drawn faces (ffffffff), not drawn faces (eeeeeeee)"


def test_the_run_of_which_a_run_needed_other_weights_is_named():
    finish(goals=["digit-classifier"])
    finish(goals=NEEDING)
    (reader,) = runs_for(goals=["digit-classifier"])[1]
    (reader.key.path / "result.json").unlink()
    assert made_with(goals=NEEDING) == "digit_classifier/corrected/seed-0 a, not none"


def test_the_same_value_written_differently_is_the_same_run():
    finish("LEARNING_RATE=1e-4")
    assert states("LEARNING_RATE=0.0001") == [True]


def test_a_run_on_other_data_is_to_be_made():
    finish()
    prepare(fingerprint="e" * 64)
    assert states() == [False]


def test_a_run_on_synthetic_data_is_not_one_on_real_data():
    finish()
    prepare(synthetic=False)
    assert states() == [False]


def test_the_same_data_prepared_again_is_the_same_data():
    finish()
    facts = {"name": "drawn faces", "synthetic": True, "fingerprint": "f" * 64, "made": "later"}
    files.write_json(paths.DATA / "faces" / "provenance.json", facts)
    assert states() == [True]


def test_only_the_data_that_a_run_reads_matters():
    goals = ("vae-32", "text2text", "text2image")
    finish(goals=goals)
    facts = {"name": "MNIST", "synthetic": False, "fingerprint": "d" * 64}
    files.write_json(paths.DATA / "digits" / "provenance.json", facts)
    assert states(goals=["vae-32"]) == [True]
    assert states(goals=["text2text"]) == [True] * 7
    assert states(goals=["text2image"]) == [False] * 5


# text2image_ablation needs the digit classifier of the same seed.
NEEDING = ["text2image-ablation"]


def test_a_run_is_done_only_where_the_run_that_it_needs_is():
    finish("SEEDS=0 1", goals=["digit-classifier"])
    finish("SEEDS=0 1", goals=NEEDING)
    (reader,) = runs_for("SEEDS=1", goals=["digit-classifier"])[1]
    assert all(states("SEEDS=0 1", goals=NEEDING))
    (reader.key.path / "result.json").unlink()
    assert all(states("SEEDS=0", goals=NEEDING))
    assert not any(states("SEEDS=1", goals=NEEDING))


def test_with_other_weights_of_the_run_that_it_needs_a_run_is_to_be_made():
    finish(goals=["digit-classifier"])
    finish(goals=NEEDING)
    finish(goals=["digit-classifier"], weights="b")
    assert not any(states(goals=NEEDING))
    finish(goals=["digit-classifier"], weights="a")
    assert all(states(goals=NEEDING))


def test_a_run_that_needs_one_for_other_settings_is_to_be_made():
    finish(goals=["digit-classifier"])
    finish(goals=NEEDING)
    assert not any(states("FILTERS=5", goals=["digit-classifier", *NEEDING]))


def test_the_spec_of_a_run_that_needs_nothing_has_these_keys():
    requested, (run,) = runs_for()
    assert set(plan.spec(run, requested.threads)) == {
        *("profile", "experiment", "variant", "seed"),
        *("settings", "data", "threads", "code"),
    }


def edited(monkeypatch, part, path):
    """Lets the code of a part have another digest of one of its files."""
    before = code.code_of

    def code_of(settings):
        found = before(settings)
        return {**found, part: {**found[part], path: "edited"}}

    monkeypatch.setattr(code, "code_of", code_of)


def test_a_run_by_other_code_is_outdated_and_the_file_is_named(monkeypatch):
    finish()
    assert states() == [True]
    edited(monkeypatch, "training", "lib/models/faces/vae.py")
    assert states() == [False]
    assert made_with() == "other code (lib/models/faces/vae.py)"


def test_a_run_by_code_that_is_proven_equal_is_done(monkeypatch):
    finish()
    (run,) = runs_for()[1]
    before = code.fingerprint(code.code_of(run.settings)["training"])
    edited(monkeypatch, "training", "lib/models/faces/vae.py")
    now = code.fingerprint(code.code_of(run.settings)["training"])
    monkeypatch.setattr(code, "proven", lambda: {now: [before]})
    assert states() == [True]


def test_a_run_whose_metrics_have_other_code_is_only_evaluated_again(monkeypatch):
    finish()
    requested, (run,) = runs_for()
    for part, expected in (("evaluation", True), ("training", False)):
        edited(monkeypatch, part, "lib/metrics/latent.py")
        assert states() == [False]
        wanted = plan.spec(run, requested.threads)
        assert plan.is_evaluated_by_other_code(run.key.path, wanted) is expected


def test_data_that_is_not_prepared_is_refused_with_the_target():
    finish()
    (paths.DATA / "faces" / "provenance.json").unlink()
    with pytest.raises(UserError, match=r"data/faces is not prepared; run: make data"):
        states()


@pytest.mark.parametrize("text", ["", "{", "[]", "null", '{"spec": {}}'])
def test_a_torn_or_foreign_config_fits_nothing(text):
    finish()
    (run,) = runs_for()[1]
    (run.key.path / "config.json").write_text(text, encoding="utf-8")
    assert states() == [False]
    assert made_with() == "settings that its config.json does not name"


def test_runs_are_loaded_by_experiment_and_variant_one_per_seed():
    finish("SEEDS=0 1", goals=())
    requested = request.parse([*ARGUMENTS, "SEEDS=0 1"])
    loaded = plan.load_runs(requested)
    assert {pair: [run.key.seed for run in found] for pair, found in loaded.items()} == {
        (run.key.experiment, run.key.variant): [0, 1] for run in request.planned(requested)
    }


def test_a_missing_run_is_refused_with_its_target_or_left_out():
    finish(goals=())
    (run,) = runs_for()[1]
    (run.key.path / "result.json").unlink()
    with pytest.raises(UserError, match="no finished run; run: make vae-32 PROFILE=smoke SEEDS=0"):
        plan.load_runs(request.parse(ARGUMENTS))
    loaded = plan.load_runs(request.parse([*ARGUMENTS, "ALLOW_MISSING=1"]))
    assert ("vae_32", "published") not in loaded
    assert ("vae_64", "published") in loaded


def test_a_run_for_other_settings_is_refused_and_never_mixed_in():
    finish(goals=())
    finish("EPOCHS=7")
    with pytest.raises(UserError, match="was made with epochs 7, not 2; run: make vae-32 "):
        plan.load_runs(request.parse(ARGUMENTS))
    loaded = plan.load_runs(request.parse([*ARGUMENTS, "ALLOW_MISSING=1"]))
    assert ("vae_32", "published") not in loaded
