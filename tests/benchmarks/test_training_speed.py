import pytest

from benchmarks.training_speed import assign_jobs, measure
from benchmarks.workloads import WORKLOADS, Workload


def test_the_free_worker_takes_the_next_job():
    # Worker 0 is busy until 4 and worker 1 until 3; so worker 1 takes the third job, until 5.
    assert assign_jobs([4, 3, 2, 1], workers=2) == [[0, 3], [1, 2]]


def test_the_splits_of_the_sweep_keep_two_workers_equally_busy():
    fractions = [each.train_fraction for each in WORKLOADS["text2text sweep"].settings]
    assigned = assign_jobs(fractions, workers=2)
    assert sorted(assigned[0] + assigned[1]) == list(range(7))
    loads = [sum(fractions[job] for job in jobs) for jobs in assigned]
    assert abs(loads[0] - loads[1]) <= 0.1


def test_workers_without_a_job_are_left_out():
    assert assign_jobs([1], workers=4) == [[0]]


@pytest.mark.slow
def test_a_tiny_training_is_measured_in_every_installed_implementation():
    reduced = {"query_count": 100, "units": 8, "compile": False}
    tiny = Workload("tiny", "text2text", ("train-95", "train-05"), reduced, {"keras": 1.0})
    measured = measure(tiny, matmul_peak=1e12, rounds=2)
    assert set(measured["implementations"]) >= {"project", "keras"}
    for found in measured["implementations"].values():
        assert len(found["examples_per_second"]) == 2
        assert found["parameters"] == measured["implementations"]["project"]["parameters"]
        assert found["peak_megabytes"] > 50
    assert measured["ratios"]["keras"] > 0
    assert 0 < measured["fraction_of_peak"] < 1
