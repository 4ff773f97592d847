"""TensorFlow, set up so that the same run gives the same bits. Import this before tf_keras."""

import os

import threadpoolctl

from lib.system import native_messages

os.environ["TF_USE_LEGACY_KERAS"] = "1"
# TensorFlow chooses oneDNN's convolutions itself only on some processors; elsewhere too they are
# faster and take less memory.
os.environ["TF_ENABLE_ONEDNN_OPTS"] = "1"
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")


with native_messages.held():
    import tensorflow as tf
    import tf_keras


def start(threads: int, seed: int, in_micro_batches: bool = False) -> None:
    """Fix all that decides bits: the number of threads, the seed of the initial weights.

    The threads share each operation or, `in_micro_batches`, take one each, as parts of a batch can
    use them (see `lib.training.micro_batches`). For equal bits, operations are deterministic, those
    that draw or assign run in order, and graphs are not rewritten, as that order varies by process.
    The libraries of linear algebra that measure what was trained, where they are imported already,
    get no more threads either: they would wait for each other on busy cores.
    """
    threadpoolctl.threadpool_limits(threads)
    tf.config.threading.set_intra_op_parallelism_threads(1 if in_micro_batches else threads)
    tf.config.threading.set_inter_op_parallelism_threads(threads if in_micro_batches else 1)
    tf.config.optimizer.set_experimental_options({"disable_meta_optimizer": True})
    tf.config.experimental.enable_op_determinism()
    # Dropout then draws from generators whose state can be set, see `reseed`.
    tf_keras.backend.experimental.enable_tf_random_generator()
    tf_keras.backend.clear_session()
    tf_keras.utils.set_random_seed(seed)


def side_by_side() -> int:
    """Return how many operations run at once; on a GPU one, which fills it."""
    return 1 if compile_convolutions() else tf.config.threading.get_inter_op_parallelism_threads()


def compile_convolutions() -> bool:
    """Tell whether XLA shall compile convolutions: it pays on a GPU and costs on a CPU."""
    return bool(tf.config.list_physical_devices("GPU"))
