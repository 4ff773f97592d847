import pytest

from benchmarks import table
from benchmarks.workloads import WORKLOADS
from tests.benchmarks.measurements import summarised


def test_a_slow_ratio_is_marked_and_an_absent_implementation_has_empty_cells():
    cells = table.cells(summarised(project=[1.0], keras=[2.0]))
    assert cells == ["100", "50", "", "2.00 !", "", "25%", "500"]


@pytest.mark.parametrize("other", ["keras", "pytorch"])
def test_a_ratio_of_the_expected_minimum_is_not_marked(other):
    minimum = WORKLOADS["text2text"].minimum_ratios[other]
    measured = summarised(project=[1.0], **{other: [minimum]})
    assert table.ratio(measured, other) == f"{minimum:.2f}"
    measured = summarised(project=[1.0], **{other: [minimum - 0.01]})
    assert table.ratio(measured, other) == f"{minimum - 0.01:.2f} !"


def test_lines_show_trainings_data_and_commands():
    faces = {
        "implementations": {
            "project": {"median": 5.0, "megabytes": 300.0},
            "baseline": {"median": 20.0, "megabytes": 2_600.0},
        },
        "ratios": {"baseline": 4.0},
        "minimum_ratios": {"baseline": 3.0},
    }
    bench = {
        "trainings": {"text2text": summarised(project=[1.0], keras=[4.0], pytorch=[1.0])},
        "preparation": {"faces": faces},
        "commands": {"the report": {"median": 1.25}},
    }
    cells = {line.split("  ")[1]: line.split()[1:] for line in table.lines(bench) if line[0] == " "}
    assert cells["text2text"] == ["100", "25", "100", "4.00", "1.00", "25%", "500"]
    assert cells["faces"] == ["5.00", "20.00", "4.00", "300", "2,600"]
    assert cells["the report"][-1] == "1.25"
