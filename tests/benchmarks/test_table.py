import pytest

from benchmarks import table
from benchmarks.training import summary
from benchmarks.workloads import WORKLOADS

TEXT2TEXT = WORKLOADS["text2text"]


def told(examples, peak_megabytes=500.0, flops=0):
    return {
        "examples": examples,
        "parameters": 1,
        "flops": flops,
        "peak_megabytes": peak_megabytes,
    }


def summarised(**seconds):
    facts = {way: [told(100, flops=10)] for way in seconds}
    return summary(TEXT2TEXT, seconds, facts, peak=4_000.0)


def test_ratios_are_medians_of_those_of_the_turns():
    found = summarised(ours=[1.0, 0.5, 9.0], notebook=[4.0, 4.0, 1.0], torch=[2.0, 1.0, 1.5])
    assert found["ways"]["ours"]["median"] == 100
    assert found["ratios"] == {"notebook": pytest.approx(4), "torch": pytest.approx(2)}
    assert found["share_of_peak"] == pytest.approx(10 * 100 / 4_000)


def test_processes_side_by_side_add_up_in_the_time_of_all():
    facts = {"ours": [told(60), told(40, peak_megabytes=700.0)], "notebook": [told(100)]}
    seconds = {"ours": [2.0], "notebook": [10.0]}
    found = summary(WORKLOADS["text2text sweep"], seconds, facts, peak=1.0)
    assert found["ways"]["ours"]["median"] == 50
    assert found["ways"]["ours"]["peak_megabytes"] == 1200
    assert found["ratios"] == {"notebook": pytest.approx(5)}


def test_what_is_slower_than_expected_is_marked_and_what_is_absent_is_empty():
    cells = table.cells(summarised(ours=[1.0], notebook=[2.0]))
    assert cells == ["100", "50", "", "2.00 !", "", "25%", "500"]
    assert "!" not in table.cells(summarised(ours=[1.0], notebook=[2.5]))[3]


def test_lines_hold_trainings_data_and_commands():
    faces = {
        "ways": {
            "ours": {"median": 5.0, "megabytes": 300.0},
            "notebook": {"median": 20.0, "megabytes": 2_600.0},
        },
        "ratios": {"notebook": 4.0},
        "expected": {"notebook": 3.0},
    }
    bench = {
        "trainings": {"text2text": summarised(ours=[1.0], notebook=[4.0], torch=[1.0])},
        "preparation": {"faces": faces},
        "commands": {"the report": {"median": 1.25}},
    }
    text = "\n".join(table.lines(bench))
    for shown in ("100", "4.00", "5.00", "20.00", "2,600", "1.25"):
        assert shown in text
