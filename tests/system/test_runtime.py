import threadpoolctl

from lib.system import runtime


def test_linear_algebra_gets_no_more_threads_than_the_training():
    with threadpoolctl.threadpool_limits(3):
        runtime.start(threads=1, seed=0)
        pools = threadpoolctl.threadpool_info()
        assert pools
        assert {pool["num_threads"] for pool in pools} == {1}
