import pytest

from benchmarks import flops


def convolution(side, inputs, outputs):
    shapes = (None, side, side, inputs), (None, side, side, outputs)
    return flops.multiply_adds("Conv2D", *shapes, [(3, 3, inputs, outputs), (outputs,)])


def dense(inputs, outputs):
    weights = [(inputs, outputs), (outputs,)]
    return flops.multiply_adds("Dense", (None, inputs), (None, outputs), weights)


def test_vgg_16_takes_its_published_multiply_adds():
    # Simonyan and Zisserman (2014), configuration D at 224 pixels: 15.5 billion.
    blocks = [(224, 64, 2), (112, 128, 2), (56, 256, 3), (28, 512, 3), (14, 512, 3)]
    total, channels = 0, 3
    for side, filters, count in blocks:
        for _ in range(count):
            total += convolution(side, channels, filters)
            channels = filters
    total += dense(512 * 7 * 7, 4096) + dense(4096, 4096) + dense(4096, 1000)
    assert total == pytest.approx(15.5e9, rel=3e-3)


def test_a_strided_convolution_counts_where_it_writes_and_a_transposed_one_where_it_reads():
    small, large, kernel = (None, 8, 8, 5), (None, 16, 16, 3), [(3, 3, 3, 5)]
    assert flops.multiply_adds("Conv2D", large, small, kernel) == 8 * 8 * 3 * 3 * 3 * 5
    assert flops.multiply_adds("Conv2DTranspose", small, large, kernel) == 8 * 8 * 3 * 3 * 3 * 5


def test_recurrent_layers_count_each_step():
    weights = [(13, 4 * 256), (256, 4 * 256), (4 * 256,)]
    lstm = flops.multiply_adds("LSTM", (None, 5, 13), (None, 256), weights)
    assert lstm == 5 * 4 * (13 * 256 + 256 * 256)
    weights = [(3, 3, 1, 4 * 32), (3, 3, 32, 4 * 32), (4 * 32,)]
    shapes = (None, 5, 28, 28, 1), (None, 28, 28, 32)
    expected = 5 * 4 * 28 * 28 * 9 * (32 + 32 * 32)
    assert flops.multiply_adds("ConvLSTM2D", *shapes, weights) == expected


def test_a_dense_layer_is_applied_to_each_token_and_other_layers_cost_nothing():
    assert flops.multiply_adds("Dense", (None, 3, 256), (None, 3, 13), [(256, 13)]) == 3 * 256 * 13
    assert flops.multiply_adds("Dropout", (None, 7), (None, 7), []) == 0


def test_a_step_goes_once_forwards_and_twice_backwards_but_not_into_the_images():
    # Two dense layers, n -> m -> k: forwards nm + mk, weights' gradients the same, and mk for what
    # is between them; each multiply-add is two operations.
    n, m, k = 7, 5, 3
    assert flops.chain_step([dense(n, m), dense(m, k)]) == 2 * (2 * (n * m + m * k) + m * k)


def test_a_gan_s_step_per_example():
    # By pass, for a batch of two: generator G = (g, h), discriminator D = (d, e).
    g, h, d, e = 2, 3, 5, 7
    passes = [
        (g + h) * 1,  # one generated image for the discriminator
        (d + e) * 2 + (d + e) * 2 + e * 2,  # its forwards, weights' and inner gradients
        (g + h) * 2 + (d + e) * 2,  # forwards through both
        (d + e) * 2,  # back to the images
        (g + h) * 2 + h * 2,  # the generator's weights' and inner gradients
    ]
    assert flops.gan_step([g, h], [d, e]) == 2 * sum(passes) / 2
