"""Trained models as functions of arrays and texts, with networks whose results are known."""

import numpy as np
import pytest

from lib.config.arithmetic import (
    CorrectedText2ImageSettings,
    CorrectedText2TextSettings,
    DigitClassifierSettings,
    Image2TextSettings,
    Text2TextSettings,
)
from lib.config.faces import CAESettings, GANSettings, VAESettings
from lib.data.arithmetic import VOCABULARY, aligned_answers, aligned_queries, arithmetic, decode
from lib.system.errors import UserError
from lib.system.runtime import tf, tf_keras
from lib.trained.arithmetic import (
    ImageReader,
    StyledTextDrawer,
    TextAnswerer,
    TextDrawer,
    TokenClassifier,
    indices_of,
)
from lib.trained.faces import GAN, VAE, Autoencoder

pytestmark = pytest.mark.usefixtures("runtime")
FACES = np.random.default_rng(0).integers(0, 256, (3, 64, 64, 3), dtype=np.uint8)


def network(function, *shapes):
    """Return a Keras model that applies a function of tensors."""
    inputs = [tf_keras.layers.Input(shape) for shape in shapes]
    return tf_keras.Model(inputs if len(inputs) > 1 else inputs[0], function(*inputs))


def grey(latents):
    """Return faces of one colour: the first latent, in every pixel."""
    return tf.tile(latents[:, None, None, :1], (1, 64, 64, 3))


def brightness(images):
    mean = tf.reduce_mean(images, axis=(1, 2, 3))[:, None]
    return tf.concat([mean, 0 * mean], axis=1)


@pytest.fixture
def vae():
    networks = {
        "encoder": network(brightness, (64, 64, 3)),
        "decoder": network(grey, (2,)),
    }
    return VAE(networks, VAESettings(latent_dim=2, sample_scale=0.5), "vae-2", "here")


def test_a_vae_encodes_decodes_and_reconstructs(vae):
    expected = FACES.mean(axis=(1, 2, 3)) / 255
    assert np.allclose(vae.encode(FACES)[:, 0], expected, atol=1e-5)
    reconstructed = vae.reconstruct(FACES)
    assert reconstructed.shape == FACES.shape
    assert np.array_equal(reconstructed[:, 5, 7, 1], np.round(expected * 255))


def test_latents_have_the_scale_that_was_set_and_the_first_ones_do_not_depend_on_how_many(vae):
    latents = vae.latents(20_000, seed=1)
    assert np.allclose(latents.std(axis=0), 0.5, rtol=0.02)
    assert np.array_equal(vae.latents(3, seed=1), latents[:3])
    assert not np.array_equal(vae.latents(3, seed=2), latents[:3])
    clipped = np.clip(latents[:450, :1], 0, 1)  # more than are decoded at once
    assert np.array_equal(vae.sample(450, seed=1)[:, 0, 0], np.round(clipped * 255) * np.ones(3))


def test_latents_of_a_fitted_prior_go_through_it(vae):
    prior = network(lambda standard: 3 * standard + 1, (2,))
    fitted = VAE({**vae.networks, "prior": prior}, vae.settings, "vae-2", "here")
    assert np.allclose(fitted.latents(4, 0), 3 * vae.latents(4, 0) + 1, atol=1e-6)


def test_an_interpolation_is_a_line_between_latents_or_faces(vae):
    ends = np.array([[0.0, 0.0], [1.0, 0.0]], np.float32)
    path = vae.interpolate(*ends, steps=5)
    assert path[:, 0, 0, 0].tolist() == [0, 64, 128, 191, 255]
    between = vae.interpolate(FACES[0], FACES[1], steps=2)
    assert np.array_equal(between, vae.reconstruct(FACES[:2]))
    with pytest.raises(UserError, match="1 steps"):
        vae.interpolate(*ends, steps=1)


@pytest.mark.parametrize("wrong", [FACES[0], FACES[:0], FACES / 255, FACES[..., 0]])
def test_other_arrays_are_no_faces(vae, wrong):
    with pytest.raises(UserError):
        vae.encode(wrong)


def test_latents_of_another_dimension_are_refused(vae):
    with pytest.raises(UserError, match=r"takes \(n, 2\)"):
        vae.decode(np.zeros((1, 3), np.float32))


def test_a_gan_maps_its_range_to_grey_levels_and_has_no_encoder():
    gan = GAN({"generator": network(grey, (2,))}, GANSettings(latent_dim=2), "gan-2", "here")
    latents = np.array([[-1, 0], [0, 0], [1, 0]], np.float32)
    assert gan.decode(latents)[:, 0, 0, 0].tolist() == [0, 128, 255]
    with pytest.raises(UserError, match=r"takes \(n, 2\)"):
        gan.decode(np.zeros((1, 3), np.float32))
    with pytest.raises(UserError, match="no encoder"):
        gan.reconstruct(FACES)


def test_an_autoencoder_has_nothing_to_sample_from(vae):
    cae = Autoencoder(vae.networks, CAESettings(latent_dim=2), "cae", "here")
    assert np.array_equal(cae.reconstruct(FACES), vae.reconstruct(FACES))
    with pytest.raises(UserError, match="no latents"):
        cae.sample(1)


@pytest.mark.parametrize(
    ("query", "answer"), [("46+69", "115"), (" 7 - 12 ", "-5"), ("0+0", "0"), ("99\u221298", "1")]
)
def test_a_query_is_found_by_its_text(query, answer):
    (index,) = indices_of([query])
    assert decode(arithmetic().answers[[index]]) == [answer]


def test_no_query_is_refused():
    with pytest.raises(UserError, match="no query"):
        indices_of([])


@pytest.mark.parametrize(
    "query", ["", "46", "46+", "4*5", "1+2+3", "a+b", "100+1", "-1+2", "1.5+2"]
)
def test_what_is_no_query_is_refused(query):
    with pytest.raises(UserError):
        indices_of([query])


def first_tokens(count):
    """Return a network that answers with the first tokens of what it is given."""
    return lambda tokens: tokens[:, :count]


def test_text_is_given_as_one_hot_tokens_and_its_answer_loses_padding():
    model = network(first_tokens(3), (5, 13))
    answerer = TextAnswerer({"model": model}, Text2TextSettings(), "text2text", "here")
    assert answerer.answer(["46+69", "7-12", "1+2"]) == ["46+", "7-1", "1+2"]


def test_aligned_text_is_given_place_by_place():
    model = network(lambda places: places[..., 13:26], (3, 39))  # the second number's digits
    settings = CorrectedText2TextSettings(align=True)
    answerer = TextAnswerer({"model": model}, settings, "text2text-corrected", "here")
    assert answerer.answer(["46+69", "7-12"]) == ["069", "012"]


@pytest.mark.parametrize(("twice", "scale"), [(False, 255), (True, 255 * 255)])
def test_images_are_read_at_the_scale_of_the_training(twice, scale):
    seen = []

    def answer(images):
        bright = tf.reduce_max(images, axis=(2, 3, 4))
        seen.append(bright)
        codes = tf.cast(tf.round(bright[:, :3] * scale / 20), tf.int32)
        return tf.one_hot(codes, len(VOCABULARY))

    settings = Image2TextSettings(rescale_twice=twice)
    model = network(answer, (5, 28, 28, 1))
    reader = ImageReader({"model": model}, settings, "image2text", "here")
    images = np.zeros((1, 5, 28, 28), np.uint8)
    images[0, :3, 4, 4] = [20, 100, 60]
    assert reader.read(images) == ["153"]
    with pytest.raises(UserError, match="5, 28, 28"):
        reader.read(images[:, :4])


def test_answers_are_drawn_token_by_token():
    def pixels(tokens):
        code = tf.cast(tf.argmax(tokens[:, :3], axis=-1), tf.float32)
        return tf.tile(code[..., None], (1, 1, 784)) / 255

    drawer = TextDrawer({"model": network(pixels, (5, 13))}, Text2TextSettings(), "t", "here")
    images = drawer.draw(["46+69"])
    assert images.shape == (1, 3, 28, 28)
    assert images[0, :, 3, 3].tolist() == [4, 6, VOCABULARY.index("+")]


def test_a_styled_answer_has_the_predicted_tokens_in_one_style():
    predictor = network(lambda places: places[..., :13], (3, 39))  # the first number's digits

    def drawn(tokens, style):
        code = tf.cast(tf.argmax(tokens, axis=-1), tf.float32)[:, None, None, None] / 255
        return tf.tile(code + 0 * style[:, :1, None, None], (1, 28, 28, 1))

    networks = {"answer_predictor": predictor, "generator": network(drawn, (13,), (32,))}
    drawer = StyledTextDrawer(networks, CorrectedText2ImageSettings(), "t", "here")
    assert drawer.answer(["46+69"]) == ["046"]
    assert drawer.draw(["46+69"], seed=1)[0, :, 0, 0].tolist() == [0, 4, 6]


def test_a_classifier_names_tokens():
    def logits(images):
        code = tf.cast(tf.round(images[:, 0, 0, 0] * 255), tf.int32)
        return tf.one_hot(code, len(VOCABULARY))

    model = network(logits, (28, 28, 1))
    classifier = TokenClassifier({"model": model}, DigitClassifierSettings(), "d", "here")
    images = np.zeros((3, 28, 28), np.uint8)
    images[:, 0, 0] = [7, 10, 12]
    assert classifier.classify(images) == ["7", "+", " "]
    with pytest.raises(UserError, match="28, 28"):
        classifier.classify(images / 255)


def test_aligned_tokens_are_those_of_column_addition():
    (index,) = indices_of(["46+69"])
    assert decode(aligned_queries()[index].T) == ["046", "069", "+++"]
    assert decode(aligned_answers()[[index]]) == ["115"]
