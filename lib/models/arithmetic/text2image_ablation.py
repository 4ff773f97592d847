"""The published text-to-image model, whose answers the digit classifier reads (E6)."""

import dataclasses

import numpy as np

from lib.data.arithmetic import ANSWER_LENGTH, arithmetic
from lib.data.digits import SIDE
from lib.metrics.sequences import exact_match, per_character_accuracy
from lib.models.arithmetic import digit_classifier
from lib.models.arithmetic.text2image import Text2ImageTrainer
from lib.training.trainer import Evaluation


class Text2ImageAblationTrainer(Text2ImageTrainer):
    """Trains as published, to the same bits; only its outcome tells more."""

    def evaluation(self, history: list[dict]) -> Evaluation:
        """Evaluate as published, then read what is drawn for the validation part's queries."""
        evaluation = super().evaluation(history)
        reader = digit_classifier.load(self.needed["digit_classifier"])
        drawn = self.draw(self.validation_indices).reshape(-1, SIDE, SIDE)
        read = reader.read(drawn).reshape(-1, ANSWER_LENGTH)
        answers = arithmetic().answers[self.validation_indices]
        metrics = {
            "validation_classified_accuracy": per_character_accuracy(read, answers),
            "validation_classified_exact_match": exact_match(read, answers),
            "average_digit_error_fraction": self._average_digit_error_fraction(drawn),
        }
        return dataclasses.replace(evaluation, metrics={**evaluation.metrics, **metrics})

    def _average_digit_error_fraction(self, drawn: np.ndarray) -> float:
        """Return the squared error against each token's average over that against the targets.

        The smallest squared error over random targets is that of their average (E5).
        """
        answers = arithmetic().answers[self.validation_indices].reshape(-1)
        written = self.instances.numpy()[self.validation_indices].reshape(-1)
        against = (self.tokens.averages()[answers], self.tokens.images[written].astype(float))
        average, target = (np.square(drawn - images).mean() for images in against)
        return float(average / target)
