from benchmarks.processes import side_by_side


def test_the_free_worker_takes_the_next_job():
    # Worker 0 is busy until 4, worker 1 until 3, and takes the third job, until 5.
    assert side_by_side([4, 3, 2, 1], 2) == [[0, 3], [1, 2]]


def test_the_sweep_s_seven_splits_fill_two_workers_evenly():
    shares = [0.95, 0.90, 0.75, 0.50, 0.25, 0.10, 0.05]
    jobs = side_by_side(shares, 2)
    assert sorted(jobs[0] + jobs[1]) == list(range(7))
    loads = [sum(shares[job] for job in each) for each in jobs]
    assert abs(loads[0] - loads[1]) <= 0.1


def test_more_workers_than_jobs_stay_without():
    assert side_by_side([1], 4) == [[0]]
