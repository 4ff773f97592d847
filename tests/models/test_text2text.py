import numpy as np
import pytest
from sklearn.model_selection import train_test_split

from lib.config.arithmetic import Text2TextSettings
from lib.data.arithmetic import arithmetic
from lib.models.arithmetic.text2text import build_model, split
from lib.training.saving import layer_table


def test_layers_and_parameters_are_those_of_the_published_table():
    indices = layer_table(build_model(256))
    assert [(row["type"], row["output_shape"][1:]) for row in indices] == [
        ("LSTM", [256]),
        ("RepeatVector", [3, 256]),
        ("LSTM", [3, 256]),
        ("Dense", [3, 13]),
    ]
    encoder = 4 * 256 * (13 + 256 + 1)
    assert [row["parameters"] for row in indices] == [encoder, 0, 525_312, 3_341]
    assert sum(row["parameters"] for row in indices) == 805_133


def test_outputs_are_probabilities():
    queries = np.eye(13, dtype=np.float32)[arithmetic().queries[:7]]
    outputs = build_model(8)(queries).numpy()
    assert outputs.shape == (7, 3, 13)
    assert outputs.min() > 0
    assert np.allclose(outputs.sum(axis=-1), 1, atol=1e-6)


@pytest.mark.parametrize("fraction", [0.95, 0.9, 0.75, 0.5, 0.25, 0.1, 0.05])
def test_the_split_is_scikit_learn_s_and_validation_the_last_tenth_of_its_training_part(fraction):
    splits = split(Text2TextSettings(train_fraction=fraction), seed=0)
    rest, test = train_test_split(np.arange(20_000), train_size=fraction, random_state=42)
    assert np.array_equal(splits["test"], test)
    assert np.array_equal(np.concatenate([splits["train"], splits["validation"]]), rest)
    assert len(splits["train"]) == 0.9 * len(rest)
    assert sorted(np.concatenate(list(splits.values()))) == list(range(20_000))


def test_the_split_does_not_depend_on_the_run_s_seed_unless_queries_are_drawn():
    full, few = Text2TextSettings(), Text2TextSettings(query_count=200)
    assert np.array_equal(split(full, 0)["test"], split(full, 1)["test"])
    assert not np.array_equal(split(few, 0)["test"], split(few, 1)["test"])
