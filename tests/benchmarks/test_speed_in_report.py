import json

import pytest

import benchmarks
from benchmarks.training import summary
from benchmarks.workloads import WORKLOADS
from lib.system.errors import UserError
from report.provenance import speed

FACTS = {"examples": 100, "parameters": 1, "flops": 10, "peak_megabytes": 500.0}


@pytest.fixture
def output(monkeypatch, tmp_path):
    monkeypatch.setattr(benchmarks, "OUTPUT", tmp_path / "bench.json")
    return tmp_path / "bench.json"


def test_without_measurements_there_is_nothing_to_show(output):
    assert speed() is None


def test_each_training_is_a_row_and_the_machine_is_named(output):
    facts = {"ours": [FACTS], "notebook": [FACTS]}
    seconds = {"ours": [1.0], "notebook": [4.0]}
    measured = summary(WORKLOADS["text2text"], seconds, facts, peak=4_000.0)
    bench = {
        "trainings": {"text2text": measured},
        "hardware": {"cpu": "A processor"},
        "threads": 2,
        "commit": "",
    }
    output.write_text(json.dumps(bench))
    assert speed()["rows"] == [["text2text", "100", "25", "", "4.00", "", "25%", "500"]]
    assert speed()["conditions"] == "A processor, 2 cores, commit unknown"


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"trainings": {"text2text": {}}}'])
def test_measurements_that_cannot_be_read_are_named(output, text):
    output.write_text(text)
    with pytest.raises(UserError, match=r"bench\.json.*make bench"):
        _ = speed()
