import re
import tracemalloc

import numpy as np
import pytest
from scipy import stats

from lib.data.arithmetic import (
    VOCABULARY,
    DigitInstances,
    TokenImages,
    aligned_queries,
    arithmetic,
    choose_indices,
    decode,
    encode,
    exchanged_indices,
    fact_families,
    inverted_indices,
    right_aligned,
    sample_query_images,
)
from lib.data.digits import Digits
from lib.data.operators import operator_images

OPERATIONS = {"+": int.__add__, "-": int.__sub__}


def padded(codes):
    return ["".join(VOCABULARY[code] for code in text) for text in codes]


@pytest.fixture(scope="module")
def labels():
    """Many sevens and few of everything else, as no real set of digits is."""
    counts = [3, 1, 2, 5, 4, 6, 2, 40, 3, 2]
    return np.random.default_rng(5).permutation(np.repeat(np.arange(10), counts))


@pytest.fixture(scope="module")
def tokens(labels):
    images = np.random.default_rng(6).integers(1, 256, (len(labels), 28, 28), dtype=np.uint8)
    return TokenImages.of(images, labels)


def test_queries_are_all_pairs_and_operators_in_the_stated_order():
    stated = [f"{i}{sign}{j}" for i in range(100) for j in range(100) for sign in "+-"]
    assert decode(arithmetic().queries) == stated
    assert len(set(stated)) == 20_000


def test_answers_are_correct():
    for query, answer in zip(
        decode(arithmetic().queries), decode(arithmetic().answers), strict=True
    ):
        first, sign, second = re.fullmatch(r"(\d+)([+-])(\d+)", query).groups()
        assert int(answer) == OPERATIONS[sign](int(first), int(second))
        assert answer == str(int(answer))


def test_answers_range_from_0_minus_99_to_99_plus_99():
    answers = [int(answer) for answer in decode(arithmetic().answers)]
    assert (min(answers), max(answers)) == (-99, 198)


def test_texts_are_padded_with_spaces_on_the_right_to_5_and_3_tokens():
    assert arithmetic().queries.shape == (20_000, 5)
    assert arithmetic().answers.shape == (20_000, 3)
    for text in padded(arithmetic().queries) + padded(arithmetic().answers):
        assert re.fullmatch(r"[^ ]+ *", text)


def test_vocabulary_has_the_13_published_tokens_in_order():
    assert VOCABULARY == "0123456789+- "
    assert np.array_equal(encode([VOCABULARY]), [range(13)])
    assert arithmetic().queries.dtype == np.uint8


def test_decode_undoes_encode_but_for_the_padding():
    random = np.random.default_rng(0)
    texts = ["".join(random.choice(list(VOCABULARY), 5)) for _ in range(200)]
    assert padded(encode(texts)) == texts
    assert decode(encode(texts)) == [text.rstrip(" ") for text in texts]


def test_every_token_gets_an_image_of_its_own_class(tokens, labels):
    codes = arithmetic().queries
    sampled = sample_query_images(tokens, codes, seed=0)
    assert sampled.shape == codes.shape
    is_digit = codes < 10
    assert np.array_equal(labels[sampled[is_digit]], codes[is_digit])
    for sign in "+-":
        expected = {image.tobytes() for image in operator_images(sign)}
        used = np.unique(sampled[codes == VOCABULARY.index(sign)])
        assert {tokens.images[index].tobytes() for index in used} == expected
    assert not tokens.images[sampled[codes == VOCABULARY.index(" ")]].any()


def test_images_are_those_given(tokens, labels):
    images = np.random.default_rng(6).integers(1, 256, (len(labels), 28, 28), dtype=np.uint8)
    assert np.array_equal(tokens.images[: len(labels)], images)


@pytest.mark.parametrize("digit", [0, 7])
def test_images_of_a_class_are_sampled_uniformly(tokens, labels, digit):
    codes = np.full((20_000, 3), digit)
    sampled = tokens.sample(codes, np.random.default_rng(1))
    counts = np.bincount(sampled.ravel(), minlength=len(labels))[labels == digit]
    assert counts.sum() == codes.size
    assert stats.chisquare(counts).pvalue > 1e-3


def test_positions_are_sampled_independently(tokens, labels):
    sampled = tokens.sample(np.full((20_000, 2), 3), np.random.default_rng(2))
    table = stats.contingency.crosstab(sampled[:, 0], sampled[:, 1]).count
    assert table.shape == (5, 5)
    assert stats.chi2_contingency(table).pvalue > 1e-3


def test_sampled_instances_depend_on_seed_and_epoch_alone(tokens):
    codes = arithmetic().answers
    first = sample_query_images(tokens, codes, seed=3)
    assert np.array_equal(first, sample_query_images(tokens, codes, seed=3, epoch=0))
    for seed, epoch in ((4, 0), (3, 1), (3, 2)):
        other = sample_query_images(tokens, codes, seed, epoch)
        assert np.mean(other != first) > 0.3


@pytest.fixture(scope="module")
def instances(labels):
    images = np.random.default_rng(7).integers(1, 256, (90, 28, 28), dtype=np.uint8)
    test_labels = np.arange(20) % 10
    return DigitInstances.of(Digits(images[:70], labels, images[70:], test_labels, {}))


def test_unseen_instances_are_those_of_the_test_split_and_of_the_correct_class(instances):
    codes = arithmetic().queries
    sampled = instances.sample_unseen(codes, seed=0)
    is_digit = codes < 10
    count = instances.training_count
    assert sampled.min() >= count
    assert np.array_equal((sampled[is_digit] - count) % 10, codes[is_digit])
    assert set(sampled[is_digit]) == set(range(count, count + 20))
    assert not instances.images[sampled[codes == VOCABULARY.index(" ")]].any()


def test_training_instances_are_those_of_the_training_split_alone(instances):
    codes = arithmetic().answers
    sampled = instances.sample_training(codes, seed=3, epoch=2)
    assert np.array_equal(sampled, sample_query_images(instances.training, codes, 3, 2))
    assert sampled.max() < instances.training_count


def test_no_image_but_the_padding_and_some_operators_is_both_trained_and_tested_on(instances):
    count = instances.training_count
    first, second = (
        {image.tobytes() for image in images}
        for images in (instances.images[:count], instances.images[count:])
    )
    shared = first & second - {bytes(28 * 28)}
    operators = {image.tobytes() for operator in "+-" for image in operator_images(operator)}
    assert shared <= operators
    assert len(shared) <= 2 * (50 / 5 + 3)


def test_images_of_all_queries_take_less_than_100_mb():
    images, labels = np.zeros((60_000, 28, 28), np.uint8), np.arange(60_000) % 10
    queries, answers = arithmetic().queries, arithmetic().answers
    tracemalloc.start()
    try:
        tokens = TokenImages.of(images, labels)
        sampled = [sample_query_images(tokens, codes, seed=0) for codes in (queries, answers)]
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert [indices.dtype for indices in sampled] == [np.int32, np.int32]
    assert peak < 100e6


def test_indices_are_all_in_order_or_a_random_choice():
    assert np.array_equal(choose_indices(20_000, seed=0), np.arange(20_000))
    assert np.array_equal(choose_indices(30_000, seed=0), np.arange(20_000))
    chosen = choose_indices(640, seed=0)
    assert len(chosen) == 640
    assert np.all(np.diff(chosen) > 0)
    assert np.array_equal(chosen, choose_indices(640, seed=0))
    assert not np.array_equal(chosen, choose_indices(640, seed=1))
    assert stats.kstest(chosen / 20_000, "uniform").pvalue > 1e-3


@pytest.fixture(scope="module")
def every():
    """The first number, operator, second number and answer of every query, from its texts."""
    texts = zip(decode(arithmetic().queries), decode(arithmetic().answers), strict=True)
    split = [(re.fullmatch(r"(\d+)(.)(\d+)", query).groups(), answer) for query, answer in texts]
    return [
        (int(first), operator, int(second), int(answer))
        for (first, operator, second), answer in split
    ]


def test_exchanged_sums_keep_their_answers_and_exchanged_differences_negate_them(every):
    indices = np.arange(20_000)
    exchanged = exchanged_indices(indices)
    assert np.array_equal(exchanged_indices(exchanged), indices)
    for (first, operator, second, answer), index in zip(every, exchanged, strict=True):
        sign = 1 if operator == "+" else -1
        assert every[index] == (second, operator, first, sign * answer)


def test_inverted_queries_take_the_answer_back_to_the_first_number(every):
    for index, (first, operator, second, answer) in enumerate(every):
        inverted = inverted_indices(np.array([index]))
        assert len(inverted) == (0 <= answer < 100)
        for other in inverted:
            assert every[other] == (answer, "-" if operator == "+" else "+", second, first)


@pytest.mark.parametrize(
    ("query", "family"),
    [
        ("2+3", ["2+3", "3+2", "5-3", "5-2", "3-5", "2-5"]),
        ("2-5", ["2+3", "3+2", "5-3", "5-2", "3-5", "2-5"]),
        ("60+70", ["60+70", "70+60"]),
        ("4+4", ["4+4", "8-4", "4-8"]),
        ("7-7", ["7-7", "0+7", "7+0", "7-0", "0-7"]),
        ("0+0", ["0+0", "0-0"]),
    ],
)
def test_a_family_is_all_that_follows_from_one_answer(query, family):
    texts = decode(arithmetic().queries)
    found = fact_families(np.array([texts.index(query)]))
    assert sorted(texts[index] for index in found) == sorted(family)


def test_families_do_not_overlap():
    """All members of a family have the same family."""
    for index in range(0, 20_000, 97):
        family = fact_families(np.array([index]))
        assert index in family
        for other in family:
            assert np.array_equal(fact_families(np.array([other])), family)


def test_aligned_queries_hold_all_queries_place_by_place():
    aligned = aligned_queries()
    assert aligned.shape == (20_000, 3, 3)
    assert aligned.dtype == np.uint8
    written = [
        "".join(column) for query in aligned for column in np.array(list(VOCABULARY))[query.T]
    ]
    firsts, seconds, operators = written[::3], written[1::3], written[2::3]
    assert set(operators) == {"+++", "---"}
    queries = [
        f"{int(first)}{operator[0]}{int(second)}"
        for first, operator, second in zip(firsts, operators, seconds, strict=True)
    ]
    assert queries == decode(arithmetic().queries)


def test_right_aligned_answers_are_the_same_texts_and_read_back():
    aligned = right_aligned(arithmetic().answers)
    texts = ["".join(VOCABULARY[code] for code in text) for text in aligned]
    assert texts == [text.rjust(3) for text in decode(arithmetic().answers)]
    assert np.array_equal(encode([text.strip().ljust(3) for text in texts]), arithmetic().answers)


def test_averages_are_those_of_each_token_s_images():
    images = np.random.default_rng(0).integers(0, 256, (20, 28, 28), dtype=np.uint8)
    tokens = TokenImages.of(images, np.arange(20, dtype=np.uint8) % 10)
    averages = tokens.averages()
    assert averages.shape == (len(VOCABULARY), 28, 28)
    np.testing.assert_allclose(averages[3], (images[3] / 2 + images[13] / 2))
    assert not averages[VOCABULARY.index(" ")].any()
