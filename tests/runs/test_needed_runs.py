"""A run that reads another one: trained first, once, and waited for. By real commands."""

import concurrent.futures
import json
import signal

import pytest

from lib.data import digits
from tests.workplace import Workplace, wait_until

READER = "digit_classifier/corrected/seed-0"
ARGUMENTS = ("PROFILE=smoke", "EPOCHS=1")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("work")
    digits.prepare("builtin", None, folder / "data" / "digits")
    return folder


def read(file):
    return json.loads(file.read_text(encoding="utf-8"))


@pytest.mark.slow
def test_two_runs_side_by_side_train_once_what_both_need(folder):
    places = [
        Workplace(folder, "text2image_ablation", variant, ARGUMENTS)
        for variant in ("baseline", "resampled-digits")
    ]
    reader = Workplace(folder, "digit_classifier", "corrected", ARGUMENTS)
    with concurrent.futures.ThreadPoolExecutor() as pool:
        output = list(pool.map(Workplace.train, [*places, reader]))
    assert "".join(output).count(f"{READER}: starting") == 1
    digest = read(reader.run() / "result.json")["weights_sha256"]
    for place in places:
        spec = read(place.run() / "config.json")["spec"]
        assert spec["needs"] == {READER: digest}
        assert "already done" in place.train()


@pytest.mark.slow
def test_a_run_whose_reader_was_retrained_meanwhile_is_not_finished(folder):
    place = Workplace(folder, "text2image_ablation", "random-validation", ARGUMENTS)
    reader = Workplace(folder, "digit_classifier", "corrected", ARGUMENTS)
    training = place.start()
    wait_until((place.run() / "config.json").exists, training)
    training.send_signal(signal.SIGSTOP)
    reader.train("FILTERS=5")
    training.send_signal(signal.SIGCONT)
    output = training.communicate()[1]
    assert training.returncode == 2
    assert f"{READER}, which it reads, was trained again meanwhile" in output
    assert not (place.run() / "result.json").exists()
    reader.train()
    assert "starting" in place.train()
    assert (place.run() / "result.json").exists()
