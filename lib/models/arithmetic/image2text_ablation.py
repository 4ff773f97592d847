"""The published image-to-text models, tested on unseen handwriting as well (E9)."""

import dataclasses

import tensorflow as tf

from lib.config.arithmetic import Image2TextAblationSettings
from lib.data import digits
from lib.data.arithmetic import Handwriting, arithmetic
from lib.models.arithmetic.image2text import Image2TextTraining
from lib.training.trainer import Outcome


class Image2TextAblationTraining(Image2TextTraining):
    """Trains as published, to the same bits; only its outcome tells more."""

    def __init__(self, settings: Image2TextAblationSettings, seed: int) -> None:
        super().__init__(settings, seed)
        handwriting = Handwriting.of(digits.load())
        self.images = tf.constant(handwriting.images)
        self.handwriting = tf.Variable(self.handwriting, trainable=False)
        self.unseen_instances = handwriting.draw_unseen(arithmetic().queries, seed)

    def outcome(self, history: list[dict]) -> Outcome:
        """Evaluate as published, then the validation part's queries in unseen handwriting."""
        outcome = super().outcome(history)
        published = self.handwriting.numpy()
        self.handwriting.assign(self.unseen_instances)
        unseen = self.evaluate(self.parts["validation"])
        self.handwriting.assign(published)
        metrics = {f"unseen_instances_{name}": value for name, value in unseen.items()}
        return dataclasses.replace(outcome, metrics={**outcome.metrics, **metrics})
