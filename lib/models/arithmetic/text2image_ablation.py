"""The published text-to-image model, with answers classified by the digit classifier (E6)."""

import numpy as np

from lib.data.arithmetic import ANSWER_LENGTH, arithmetic
from lib.data.digits import SIDE
from lib.metrics.sequences import exact_match, per_character_accuracy
from lib.models.arithmetic import digit_classifier
from lib.models.arithmetic.text2image import Text2ImageTrainer
from lib.training.trainer import Evaluation


class Text2ImageAblationTrainer(Text2ImageTrainer):
    """Trains as published, to the same bits; its evaluation has more metrics."""

    def evaluation(self, history: list[dict]) -> Evaluation:
        """Evaluate as published, then classify the answers to the validation queries."""
        evaluation = super().evaluation(history)
        classifier = digit_classifier.load(self.needed["digit_classifier"])
        generated = self.generate(self.validation_indices).reshape(-1, SIDE, SIDE)
        tokens = classifier.classify(generated).reshape(-1, ANSWER_LENGTH)
        answers = arithmetic().answers[self.validation_indices]
        evaluation.metrics.update(
            validation_classified_accuracy=per_character_accuracy(tokens, answers),
            validation_classified_exact_match=exact_match(tokens, answers),
            average_digit_error_fraction=self.average_digit_error_fraction(generated),
        )
        return evaluation

    def average_digit_error_fraction(self, generated: np.ndarray) -> float:
        """Return the squared error against each token's average over that against the targets.

        The smallest squared error over random targets is that of their average (E5).
        """
        answers = arithmetic().answers[self.validation_indices].reshape(-1)
        instances = self.instances.numpy()[self.validation_indices].reshape(-1)
        against = (self.tokens.averages()[answers], self.tokens.images[instances].astype(float))
        average, target = (np.square(generated - images).mean() for images in against)
        return float(average / target)
