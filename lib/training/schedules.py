"""Early stopping and learning-rate reduction on the validation loss, as in `tf_keras.callbacks`."""

import dataclasses
import math


@dataclasses.dataclass
class EarlyStopping:
    """Stops after `patience` consecutive epochs without improvement over the best one."""

    patience: int
    best: float = math.inf
    best_epoch: int = 0
    waited: int = 0

    def update(self, epoch: int, loss: float) -> bool:
        """Record an epoch's loss; return whether it is the best so far, as any first one is."""
        improved = loss < self.best
        if improved:
            self.best, self.waited = loss, 0
        else:
            self.waited += 1
        if improved or not self.best_epoch:  # a NaN loss never improves
            self.best_epoch = epoch
            return True
        return False

    @property
    def stopped(self) -> bool:
        """Whether training is over."""
        return self.waited >= max(self.patience, 1)


@dataclasses.dataclass
class ReduceOnPlateau:
    """Multiplies the learning rate by `factor` after `patience` epochs without a gain over 1e-4."""

    patience: int
    factor: float
    minimum: float
    best: float = math.inf
    waited: int = 0

    def update(self, loss: float, learning_rate: float) -> float:
        """Record an epoch's loss; return the learning rate of the next epoch."""
        if loss < self.best - 1e-4:
            self.best, self.waited = loss, 0
            return learning_rate
        self.waited += 1
        if self.waited < self.patience or learning_rate <= self.minimum:
            return learning_rate
        self.waited = 0
        return max(learning_rate * self.factor, self.minimum)
