"""The published image-to-text models, tested on unseen digit instances as well (E9)."""

import tensorflow as tf

from lib.config.arithmetic import Image2TextAblationSettings
from lib.data import digits
from lib.data.arithmetic import DigitInstances, arithmetic
from lib.models.arithmetic.image2text import Image2TextTrainer
from lib.training.trainer import Evaluation


class Image2TextAblationTrainer(Image2TextTrainer):
    """Trains as published, to the same bits; its evaluation has more metrics."""

    def __init__(self, settings: Image2TextAblationSettings, seed: int) -> None:
        super().__init__(settings, seed)
        instances = DigitInstances.of(digits.load())
        self.images = tf.constant(instances.images)
        self.instances = tf.Variable(self.instances, trainable=False)
        self.unseen_instances = instances.sample_unseen(arithmetic().queries, seed)

    def evaluation(self, history: list[dict]) -> Evaluation:
        """Evaluate as published, then the validation queries in unseen digit instances."""
        evaluation = super().evaluation(history)
        published = self.instances.numpy()
        self.instances.assign(self.unseen_instances)
        unseen = self.evaluate(self.splits["validation"])
        self.instances.assign(published)
        metrics = {f"unseen_instances_{name}": value for name, value in unseen.items()}
        evaluation.metrics.update(metrics)
        return evaluation
