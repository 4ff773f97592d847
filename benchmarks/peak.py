"""`python -m benchmarks.peak <threads>`: floating-point operations per second of a large product.

A product of two square matrices of 4096 in float32, as TensorFlow computes it: the ceiling that a
training's share is taken of.
"""

import json
import sys
import time

from lib.system import runtime

SIZE = 4096
REPEATS = 5


def main() -> None:
    """Print the best of a few."""
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
