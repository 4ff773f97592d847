"""TensorFlow, set up for bit-exact training. Import this before tf_keras."""

import os

import threadpoolctl

from lib.system import native_messages

os.environ["TF_USE_LEGACY_KERAS"] = "1"
# TensorFlow enables oneDNN's convolutions by default on some processors only; on others, too, they
# are faster and take less memory.
os.environ["TF_ENABLE_ONEDNN_OPTS"] = "1"
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")


with native_messages.held():
    import tensorflow as tf
    import tf_keras


def start(threads: int, seed: int, in_micro_batches: bool = False) -> None:
    """Make training bit-exact, with this number of threads and this seed for the initial weights.

    The threads share each operation or, `in_micro_batches`, run one operation each (see
    `lib.training.micro_batches`). Op determinism is enabled, so stateful operations run in order;
    graph rewriting is disabled, because its order varies between processes. Linear algebra
    libraries that are imported already get the same number of threads: with more, they would wait
    for each other on busy cores.
    """
    threadpoolctl.threadpool_limits(threads)
    tf.config.threading.set_intra_op_parallelism_threads(1 if in_micro_batches else threads)
    tf.config.threading.set_inter_op_parallelism_threads(threads if in_micro_batches else 1)
    tf.config.optimizer.set_experimental_options({"disable_meta_optimizer": True})
    tf.config.experimental.enable_op_determinism()
    # Dropout then uses generators whose state can be set, see `reseed`.
    tf_keras.backend.experimental.enable_tf_random_generator()
    tf_keras.backend.clear_session()
    tf_keras.utils.set_random_seed(seed)


def side_by_side() -> int:
    """Return how many operations run at once; one on a GPU, because one fills it."""
    return 1 if compile_convolutions() else tf.config.threading.get_inter_op_parallelism_threads()


def compile_convolutions() -> bool:
    """Return whether XLA shall compile convolutions: faster on a GPU, slower on a CPU."""
    return bool(tf.config.list_physical_devices("GPU"))
