"""Speed and memory of this project and of two other implementations: `make bench`.

Nothing here decides a number of an experiment. TensorFlow and PyTorch are imported only by the
processes that are measured.

workloads          the trainings that are measured, and the expected minimum ratios
training_speed     all implementations of a training, measured in turn
training_worker    a process that trains on request
data_preparation   data prepared by this project and by a baseline
command_time       whole commands, from start to end
matmul_peak        the machine's speed of matrix multiplication
flops              floating-point operations of layers and of training steps
processes          processors, peak memory, and functions run in processes of their own
summary            statistics of the measurements
table              the summary as text
implementations/   the same trainings in this project, in plain Keras and in PyTorch
"""

from lib.system.paths import BUILD

OUTPUT = BUILD / "bench.json"
