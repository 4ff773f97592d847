"""The machine's speed of matrix multiplication: the ceiling of a training's speed.

`python -m benchmarks.matmul_peak <threads>` multiplies two square float32 matrices of 4096 in
TensorFlow and prints the floating-point operations per second.
"""

import json
import sys
import time

from benchmarks.processes import run_module

SIZE = 4096
REPEATS = 5


def measure(threads: int) -> float:
    """Return the floating-point operations per second, measured in a process of its own."""
    return run_module("benchmarks.matmul_peak", str(threads))["flops_per_second"]


def main() -> None:
    """Print the best of a few measurements."""
    from lib.system import runtime

    tf = runtime.tf
    runtime.start(int(sys.argv[1]), seed=0)
    product = tf.function(tf.matmul)
    left, right = tf.random.normal((SIZE, SIZE)), tf.random.normal((SIZE, SIZE))
    seconds = []
    for _ in range(REPEATS + 1):
        began = time.perf_counter()
        product(left, right).numpy()
        seconds.append(time.perf_counter() - began)
    print(json.dumps({"flops_per_second": 2 * SIZE**3 / min(seconds[1:])}))


if __name__ == "__main__":
    main()
