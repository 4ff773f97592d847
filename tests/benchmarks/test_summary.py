import pytest

from benchmarks import summary
from benchmarks.workloads import WORKLOADS
from tests.benchmarks.measurements import facts, summarised


def test_ratios_are_medians_of_the_ratios_within_each_round():
    found = summarised(project=[1.0, 0.5, 9.0], keras=[4.0, 4.0, 1.0], pytorch=[2.0, 1.0, 1.5])
    assert found["implementations"]["project"]["median"] == 100
    assert found["ratios"] == {"keras": pytest.approx(4), "pytorch": pytest.approx(2)}
    assert found["fraction_of_peak"] == pytest.approx(10 * 100 / 4_000)


def test_the_rates_and_the_memory_of_processes_side_by_side_add_up():
    processes = {
        "project": [facts(60), facts(40, peak_megabytes=700.0)],
        "keras": [facts(100)],
    }
    seconds = {"project": [2.0], "keras": [10.0]}
    sweep = WORKLOADS["text2text sweep"]
    found = summary.training(sweep, seconds, processes, matmul_peak=1.0)
    assert found["implementations"]["project"]["median"] == 50
    assert found["implementations"]["project"]["peak_megabytes"] == 1200
    assert found["ratios"] == {"keras": pytest.approx(5)}


def test_data_preparation_is_compared_by_time_and_by_memory_beyond_the_libraries():
    def process(seconds, peak_megabytes):
        return {
            "seconds": seconds,
            "peak_megabytes": peak_megabytes,
            "imports_megabytes": 100.0,
        }

    found = summary.preparation(
        {
            "project": [process(1.0, 150.0), process(2.0, 160.0), process(9.0, 155.0)],
            "baseline": [process(10.0, 900.0), process(30.0, 800.0), process(9.0, 700.0)],
        },
        minimum_ratio=3.0,
    )
    assert found["implementations"]["project"]["median"] == 2
    assert found["implementations"]["project"]["megabytes"] == 60
    assert found["implementations"]["baseline"]["megabytes"] == 800
    assert found["ratios"] == {"baseline": pytest.approx(10)}
