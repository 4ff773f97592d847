"""When to stop and when to slow down, by the validation loss, as `tf_keras.callbacks` do."""

import dataclasses
import math


@dataclasses.dataclass
class EarlyStopping:
    """Stops after `patience` epochs in a row that were not better than the best one."""

    patience: int
    best: float = math.inf
    best_epoch: int = 0
    waited: int = 0

    def update(self, epoch: int, loss: float) -> bool:
        """Take an epoch's loss in; tell whether it is the best so far."""
        if loss < self.best:
            self.best, self.best_epoch, self.waited = loss, epoch, 0
            return True
        self.waited += 1
        return False

    @property
    def stopped(self) -> bool:
        """Whether training is over."""
        return self.waited >= self.patience


@dataclasses.dataclass
class ReduceOnPlateau:
    """Multiplies the learning rate by `factor` after `patience` epochs without a gain over 1e-4."""

    patience: int
    factor: float
    minimum: float
    best: float = math.inf
    waited: int = 0

    def update(self, loss: float, learning_rate: float) -> float:
        """Take an epoch's loss in; return the learning rate of the next epoch."""
        if loss < self.best - 1e-4:
            self.best, self.waited = loss, 0
            return learning_rate
        self.waited += 1
        if self.waited < self.patience or learning_rate <= self.minimum:
            return learning_rate
        self.waited = 0
        return max(learning_rate * self.factor, self.minimum)
