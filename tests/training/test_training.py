"""The promise that the same seed gives the same bits, in a resumed run too, by real commands."""

import concurrent.futures
import json
import shutil
import signal

import numpy as np
import pytest

from lib.data import digits, faces
from tests.verify_kills import CHECKPOINT, EPOCH, Pace, epochs_done, kill_and_go_on
from tests.verify_resume import NEGATIVE_CONTROL
from tests.workplace import Workplace, differences, wait_until

EPOCHS = 8
ARGUMENTS = ("PROFILE=smoke", f"EPOCHS={EPOCHS}")


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    """Stand-ins, as many as the smoke profile reads."""
    folder = tmp_path_factory.mktemp("stand-ins")
    faces.prepare("builtin", None, folder / "faces", limit=64)
    digits.prepare("builtin", None, folder / "digits")
    return folder


@pytest.fixture(scope="module")
def workplace(tmp_path_factory, data):
    """Return a function that makes a folder to train a variant of an experiment in."""

    def make(experiment, variant="published", launcher=None):
        folder = tmp_path_factory.mktemp(experiment)
        (folder / "data").symlink_to(data)
        return Workplace(folder, experiment, variant, ARGUMENTS, launcher)

    return make


def side_by_side(*trainings):
    with concurrent.futures.ThreadPoolExecutor() as pool:
        return [future.result() for future in [pool.submit(training) for training in trainings]]


def killed(place, *aims, seed=0):
    """Train, killed at one random moment for each of `aims`; return where that was."""
    random, pace = np.random.default_rng(0), Pace(first=6, epoch=0.05, end=1)
    story = kill_and_go_on(place, aims, pace, random, EPOCHS, seed=seed)
    assert not story.problems
    return story


@pytest.fixture(scope="module")
def trained(workplace):
    """Where seeds 0 and 1 of vae_32 are trained, after a killed run resumed as if uninterrupted."""
    unbroken, broken = workplace("vae_32"), workplace("vae_32")
    # As a process leaves it that is killed while it writes its first file.
    broken.run(1).mkdir(parents=True)
    (broken.run(1) / ".config.json.1.partial").write_text("{", encoding="utf-8")
    _, story = side_by_side(
        lambda: unbroken.train(seed="0 1"), lambda: killed(broken, CHECKPOINT, seed=1)
    )
    assert story.hits[EPOCH] + story.hits[CHECKPOINT] == 1
    assert not differences(broken.numbers(1), unbroken.numbers(1))
    assert [path.name for path in broken.run(1).parent.glob("seed*")] == ["seed-1"]
    return unbroken


def test_a_killed_run_goes_on_as_if_unbroken_and_another_seed_differs(trained):
    one, other = trained.numbers(0), trained.numbers(1)
    assert one["weights_sha256"] != other["weights_sha256"]
    for name in ("samples", "interpolation", "reconstructions"):
        assert one["samples"][name] != other["samples"][name]
    for first, second in zip(one["history"], other["history"], strict=True):
        assert first["loss"] != second["loss"]


@pytest.mark.slow
def test_a_terminated_run_says_how_to_resume_does_so_and_records_what_continued_it(
    trained, workplace
):
    place = workplace("vae_32")
    status, output = place.train_one_epoch(signal.SIGTERM)
    assert status == 143
    assert "vae_32/published/seed-0: the same command resumes after epoch " in output
    assert "Traceback" not in output

    config = place.run() / "config.json"
    started = json.loads(config.read_text(encoding="utf-8"))
    started["versions"]["numpy"] = "1.0"
    config.write_text(json.dumps(started), encoding="utf-8")
    output = place.train()
    assert "vae_32/published/seed-0: resuming after epoch " in output
    assert " was started with other versions; " in output
    (later,) = json.loads(config.read_text(encoding="utf-8"))["continued_with"]
    assert later["versions"]["numpy"] == np.__version__
    assert later["commit"] == started["commit"]
    assert not differences(place.numbers(), trained.numbers())


@pytest.mark.slow
def test_shuffles_without_a_key_for_the_epoch_do_not_go_on_as_if_unbroken(workplace):
    """The negative control: what the other tests look for would be found."""
    unbroken, broken = (workplace("vae_32", launcher=NEGATIVE_CONTROL) for _ in range(2))
    side_by_side(unbroken.train, lambda: killed(broken, EPOCH))
    assert {"weights_sha256", "history", "samples"} <= set(
        differences(broken.numbers(), unbroken.numbers())
    )


@pytest.mark.slow
def test_a_damaged_checkpoint_costs_an_epoch_and_changes_nothing(trained, workplace):
    place = workplace("vae_32")
    _, newest = place.killed_with_two_states()
    done = epochs_done(place) - 1
    content = bytearray(newest.read_bytes())
    content[len(content) // 2] ^= 1
    newest.write_bytes(content)
    output = place.train()
    assert f"{newest.name} is damaged; the epochs since the state before it are lost" in output
    assert f"vae_32/published/seed-0: resuming after epoch {done}\n" in output
    assert output.count(": epoch ") == EPOCHS - done
    assert not differences(place.numbers(), trained.numbers())


@pytest.mark.slow
@pytest.mark.parametrize(
    ("experiment", "variant"),
    [
        ("cae", "published"),
        ("gan_64", "published"),
        ("text2text", "train-50"),
        ("image2text", "flatten"),
        ("image2text", "convlstm"),
        ("text2image", "1-1-512"),
        ("text2image", "3-2-256"),
        ("vae_corrected", "corrected"),
    ],
)
def test_every_kind_of_run_goes_on_as_if_unbroken(workplace, experiment, variant):
    unbroken, broken = workplace(experiment, variant), workplace(experiment, variant)

    def break_and_go_on():
        broken.train_one_epoch(signal.SIGKILL)
        return broken.train()

    _, output = side_by_side(unbroken.train, break_and_go_on)
    assert f"{experiment}/{variant}/seed-0: resuming after epoch " in output
    assert not differences(broken.numbers(), unbroken.numbers())


def contents(folder):
    return {path.name: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.slow
def test_a_run_with_other_settings_is_archived_and_comes_back(trained, workplace):
    """The other run is stopped with Ctrl-C, which has its own status and says how to resume."""
    place = workplace("vae_32")
    shutil.copytree(trained.run(), place.run())
    first = contents(place.run())
    status, output = place.train_one_epoch(signal.SIGINT, "EPOCHS=9")
    assert status == 130
    assert "vae_32/published/seed-0: the same command resumes after epoch " in output
    assert "Traceback" not in output
    (archived,) = place.run().parent.glob("seed-0.archived-*")
    assert f"seed-0 was made with epochs 8, not 9; it is archived as {archived}" in output
    assert contents(archived) == first

    assert "already done" in place.train()
    assert contents(place.run()) == first
    (archived,) = place.run().parent.glob("seed-0.archived-*")
    assert "result.json" not in contents(archived)
    assert "already done" in place.train()
    assert contents(place.run()) == first


def test_a_second_process_is_refused(workplace):
    place = workplace("vae_32")
    first = place.start()
    try:
        wait_until((place.run() / "config.json").exists, first)
        second = place.start()
        output = second.communicate(timeout=60)[1]
    finally:
        first.kill()
        first.communicate()
    assert second.returncode == 2
    (line,) = output.splitlines()
    assert f"is being written by process {first.pid} on " in line


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["EPOCHS=0"], "EPOCHS=0: expected a positive number"),
        (["UNITS=3"], "UNITS is no setting of vae_32"),
        (["VARIANT=x"], "unknown variant x; known: published"),
        pytest.param(["FILTERS=1000000000"], "FILTERS=1000000000", marks=pytest.mark.slow),
        pytest.param(
            ["BATCH_SIZE=65"], "64 faces do not fill a batch of 65", marks=pytest.mark.slow
        ),
    ],
)
def test_a_training_that_is_impossible_is_refused_in_one_line(workplace, arguments, message):
    assert message in workplace("vae_32").refused(*arguments)[-1]


@pytest.mark.slow
def test_data_prepared_again_during_the_start_are_not_used(tmp_path):
    place = Workplace(tmp_path, "digit_classifier", "corrected", ARGUMENTS)
    digits.prepare("builtin", None, tmp_path / "data" / "digits")
    record = tmp_path / "data" / "digits" / "provenance.json"
    facts = json.loads(record.read_text(encoding="utf-8"))
    training = place.start()
    wait_until((place.run() / "config.json").exists, training)
    record.write_text(json.dumps({**facts, "fingerprint": "of others"}), encoding="utf-8")
    output = training.communicate()[1].splitlines()
    assert training.returncode == 2
    assert "its data were prepared again while it started" in output[-1]
    record.write_text(json.dumps(facts), encoding="utf-8")
    place.train()


def test_missing_data_is_refused_with_the_target(tmp_path):
    output = Workplace(tmp_path, "vae_32", "published", ARGUMENTS).refused()
    assert output == [f"error: {tmp_path}/data/faces is not prepared; run: make data"]
