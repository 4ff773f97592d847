"""The machine's speed of matrix multiplication: the ceiling of a training's speed."""

import time

from benchmarks.processes import in_own_process

SIZE = 4096
REPEATS = 5


def measure(threads: int) -> float:
    """Return the floating-point operations per second, measured in a process of its own."""
    return in_own_process(multiply, threads)


def multiply(threads: int) -> float:
    """Multiply two square float32 matrices in TensorFlow a few times; return the best speed."""
    from lib.system import runtime

    tf = runtime.tf
    runtime.start(threads, seed=0)
    product = tf.function(tf.matmul)
    left, right = tf.random.normal((SIZE, SIZE)), tf.random.normal((SIZE, SIZE))
    seconds = []
    for _ in range(REPEATS + 1):
        began = time.perf_counter()
        product(left, right).numpy()
        seconds.append(time.perf_counter() - began)
    return 2 * SIZE**3 / min(seconds[1:])
