import json

import pytest

import benchmarks
from lib.system.errors import UserError
from report.provenance import speed
from tests.benchmarks.measurements import summarised


@pytest.fixture
def output(monkeypatch, tmp_path):
    monkeypatch.setattr(benchmarks, "OUTPUT", tmp_path / "bench.json")
    return tmp_path / "bench.json"


def test_without_measurements_there_is_nothing_to_show(output):
    assert speed() is None


def test_each_training_is_a_row_and_the_machine_is_named(output):
    bench = {
        "trainings": {"text2text": summarised(project=[1.0], keras=[4.0])},
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
