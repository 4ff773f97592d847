import types

import numpy as np
import pytest
import tensorflow as tf
from close_weights import assert_trained_alike

from lib.config.faces import CorrectedVAESettings, VAESettings
from lib.models.faces.vae import VAETrainer
from lib.models.faces.vae_corrected import CorrectedVAETrainer
from lib.system.randomness import stateless_seed
from lib.training import micro_batches
from lib.training.micro_batches import sum_over_micro_batches

VAE = {"filters": 4, "latent_dim": 6, "batch_size": 8}
SEED = stateless_seed(0, "latent noise", 1, 0)


@pytest.mark.parametrize(("size", "most", "sizes"), [(8, 2, [4, 4]), (9, 4, [3] * 3), (7, 4, [7])])
def test_parts_are_equal_in_order_and_added_up(size, most, sizes, monkeypatch):
    monkeypatch.setattr(micro_batches, "side_by_side", lambda: most)
    seen = []

    def function(indices, pair):
        seen.append(indices.numpy())
        return {"sum": tf.reduce_sum(indices), "both": [tf.reduce_sum(each) for each in pair]}

    indices = tf.range(size)
    found = sum_over_micro_batches(function, indices, (indices * 2, indices * 3))
    assert [len(part) for part in seen] == sizes
    assert np.concatenate(seen).tolist() == list(range(size))
    total = size * (size - 1) // 2
    assert found["sum"] == total
    assert [int(each) for each in found["both"]] == [2 * total, 3 * total]


@pytest.mark.parametrize(
    "training",
    [
        lambda: VAETrainer(VAESettings(**VAE), 0),
        lambda: VAETrainer(VAESettings(**VAE, kl="mean"), 0),
        lambda: CorrectedVAETrainer(CorrectedVAESettings(**VAE), 0),
    ],
    ids=["published", "mean", "fixed"],
)
def test_a_step_in_parts_is_the_step(training, few_faces, monkeypatch):
    whole, split = training(), training()
    split.restore({name: array.copy() for name, array in whole.state()[0].items()}, {})
    before = [variable.numpy() for variable in whole.weights()]
    metrics = [whole.train_step(few_faces[:8], SEED)]
    monkeypatch.setattr(micro_batches, "side_by_side", lambda: 4)
    metrics.append(split.train_step(few_faces[:8], SEED))
    for name, value in metrics[0].items():
        assert np.isclose(value, metrics[1][name], rtol=1e-4), name
    trained = [
        types.SimpleNamespace(get_weights=lambda each=each: [v.numpy() for v in each.weights()])
        for each in (whole, split)
    ]
    assert_trained_alike(*trained, before, 1e-3)
