"""Image quality without a trained network. Images are uint8 RGB of shape (N, H, W, 3)."""

import itertools

import cv2
import numpy as np

PATCH_SIZE = 7
SMALLEST_LEVEL = 16
# One thousandth of an 8-bit step: below it a level holds rounding, which must not become contrast.
SMALLEST_DEVIATION = 1e-3

MS_SSIM_FILTER_SIZE = 11
MS_SSIM_FILTER_SIGMA = 1.5
MS_SSIM_EXPONENTS = (0.0448, 0.2856, 0.3001, 0.2363, 0.1333)  # of Wang et al. (2003)
MS_SSIM_SCALES = 3
MS_SSIM_BLOCK = 64


def sharpness(images: np.ndarray) -> np.ndarray:
    """Return the variance of each image's Laplacian, float64 (N,), in squared 8-bit steps.

    Focus measure of Pech-Pacheco et al. (2000), "Diatom autofocusing in brightfield microscopy",
    in the variant usual with OpenCV: kernel [[0, 1, 0], [1, -4, 1], [0, 1, 0]] without the
    paper's factor 1/6, on signed responses, borders mirrored. Luma is BT.601, not rounded. Noise
    counts as sharpness: compare with the value of real images.
    """
    _require_images(images)
    return np.array([_laplacian_variance(image) for image in images])


def _laplacian_variance(image: np.ndarray) -> float:
    luma = cv2.cvtColor(image.astype(np.float32), cv2.COLOR_RGB2GRAY)
    return cv2.Laplacian(luma, cv2.CV_32F, ksize=1).var(dtype=np.float64)


def sliced_wasserstein_distance(
    first: np.ndarray,
    second: np.ndarray,
    *,
    patches: int = 32,
    projections: int = 256,
    seed: int = 0,
) -> dict[str, float]:
    """Return the distance between two sets of images at each resolution, times 1000.

    Keys are the heights of the pyramid's levels ("64", "32", "16" for 64-pixel images) and
    "mean". 0 is best. Karras et al. (2018), "Progressive Growing of GANs", section 5: 7x7 patches
    of a Laplacian pyramid down to 16 pixels, each set normalised per colour channel by its own
    mean and deviation, projected on random directions; mean absolute difference of the sorted
    projections. So it sees structure, not overall brightness or contrast.

    Differences from the paper: `patches` per image and `projections` are fewer (128 and 512
    there), and image i of both sets gives patches at the same places, so equal sets are at
    distance 0. Numbers depend on the set size (16,384 there): give the distance of real images
    from other real images beside them. The larger set is cut to the size of the smaller.

    Raises ValueError for images whose sides are not 16 times a power of two.
    """
    _require_images(first, second)
    count = min(len(first), len(second))
    generator = np.random.default_rng(seed)
    distances = {}
    levels = zip(laplacian_pyramid(first[:count]), laplacian_pyramid(second[:count]), strict=True)
    for first_level, second_level in levels:
        height, width = first_level.shape[1:3]
        rows = generator.integers(height - PATCH_SIZE + 1, size=(count, patches))
        columns = generator.integers(width - PATCH_SIZE + 1, size=(count, patches))
        directions = generator.standard_normal((projections, PATCH_SIZE**2 * 3), dtype=np.float32)
        directions /= np.linalg.norm(directions, axis=1, keepdims=True)
        distances[str(height)] = 1000 * projected_distance(
            _patches(first_level, rows, columns), _patches(second_level, rows, columns), directions
        )
    return {**distances, "mean": float(np.mean(list(distances.values())))}


def laplacian_pyramid(images: np.ndarray) -> list[np.ndarray]:
    """Return float32 levels, the finest first: band-pass images, then the 16-pixel low-pass.

    Burt and Adelson (1983): 5-tap binomial filter, borders mirrored.
    """
    sides = images.shape[1:3]
    depth = int(np.log2(max(1, min(sides) // SMALLEST_LEVEL)))
    if min(sides) != SMALLEST_LEVEL * 2**depth or any(side % 2**depth for side in sides):
        raise ValueError(f"sides of {sides} pixels are not {SMALLEST_LEVEL} times a power of two")
    low = images.astype(np.float32)
    levels = []
    for _ in range(depth):
        lower = np.stack([cv2.pyrDown(image) for image in low])
        levels.append(low - np.stack([cv2.pyrUp(image) for image in lower]))
        low = lower
    return [*levels, low]


def _patches(level: np.ndarray, rows: np.ndarray, columns: np.ndarray) -> np.ndarray:
    """Return the patches with their top left at `rows`, `columns` (N, P), float32 (N * P, 147)."""
    windows = np.lib.stride_tricks.sliding_window_view(level, (PATCH_SIZE, PATCH_SIZE), (1, 2))
    # Colours last, as in the images: runs of memory stay long, and OpenCV sees channels.
    windows = np.moveaxis(windows, 3, -1)
    patches = windows[np.arange(len(level))[:, None], rows, columns]
    patches = patches.reshape(-1, PATCH_SIZE**2, level.shape[-1])
    mean, deviation = cv2.meanStdDev(patches)
    offset = np.tile(mean[:, 0], PATCH_SIZE**2)
    scale = np.tile(np.maximum(deviation[:, 0], SMALLEST_DEVIATION), PATCH_SIZE**2)
    patches = patches.reshape(len(patches), -1)
    patches -= offset.astype(np.float32)
    patches /= scale.astype(np.float32)
    return patches


def projected_distance(first: np.ndarray, second: np.ndarray, directions: np.ndarray) -> float:
    """Return the mean 1-Wasserstein distance of two samples (N, D) along `directions` (P, D)."""
    difference = np.sort(directions @ first.T, axis=1)
    difference -= np.sort(directions @ second.T, axis=1)
    return float(np.mean(np.abs(difference, out=difference), dtype=np.float64))


def ms_ssim(first: np.ndarray, second: np.ndarray, scales: int = MS_SSIM_SCALES) -> np.ndarray:
    """Return the multi-scale structural similarity of each pair of images, float64 (N,), in [0, 1].

    Wang et al. (2003), "Multiscale structural similarity for image quality assessment", per
    colour channel, then averaged, negative terms set to 0. The paper's 11x11 Gaussian does not
    fit five scales of 64 pixels (the last would be 4x4), so the first `scales` are used, three or,
    for 28 pixels, two, with their exponents renormalised to a sum of 1: values of different numbers
    of scales are not comparable.

    Raises ValueError for images whose sides do not allow so many scales: 44 pixels and divisible by
    4 for three, 22 and divisible by 2 for two.
    """
    _require_images(first, second)
    if first.shape != second.shape:
        raise ValueError(f"pairs need equal shapes, not {first.shape} and {second.shape}")
    sides = first.shape[1:3]
    coarsest = 2 ** (scales - 1)
    if min(sides) < MS_SSIM_FILTER_SIZE * coarsest or any(side % coarsest for side in sides):
        raise ValueError(f"sides of {sides} pixels do not allow {scales} scales")
    blocks = (slice(i, i + MS_SSIM_BLOCK) for i in range(0, len(first), MS_SSIM_BLOCK))
    weights = ms_ssim_weights(scales)
    return np.concatenate([_ms_ssim(first[block], second[block], weights) for block in blocks])


def ms_ssim_weights(scales: int) -> np.ndarray:
    """Return the exponents of the first `scales` of the five scales, renormalised to a sum of 1."""
    exponents = np.array(MS_SSIM_EXPONENTS[:scales])
    return exponents / exponents.sum()


def _ms_ssim(first: np.ndarray, second: np.ndarray, weights: np.ndarray) -> np.ndarray:
    x, y = (np.moveaxis(images, -1, 1).astype(np.float32) / 255 for images in (first, second))
    similarity = np.ones(x.shape[:2])
    for scale, weight in enumerate(weights):
        if scale:
            x, y = _halve(x), _halve(y)
        luminance, structure = _ssim_maps(x, y)
        if scale == len(weights) - 1:
            structure *= luminance
        similarity *= np.maximum(structure.mean(axis=(2, 3), dtype=np.float64), 0) ** weight
    return similarity.mean(axis=1)


def _ssim_maps(x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the luminance and the contrast-structure terms of SSIM at every filter position."""
    rows, columns = (_gaussian_filter_matrix(side) for side in x.shape[2:])
    mean_x, mean_y, mean_squares, mean_product = (
        rows @ maps @ columns.T for maps in (x, y, x * x + y * y, x * y)
    )
    squared_means, product_of_means = mean_x**2 + mean_y**2, mean_x * mean_y
    c1, c2 = 0.01**2, 0.03**2
    luminance = (2 * product_of_means + c1) / (squared_means + c1)
    structure = (2 * (mean_product - product_of_means) + c2) / (mean_squares - squared_means + c2)
    return luminance, structure


def _gaussian_filter_matrix(side: int) -> np.ndarray:
    """Return the 1-D Gaussian as a matrix, one row per position where it fits into `side`."""
    taps = cv2.getGaussianKernel(MS_SSIM_FILTER_SIZE, MS_SSIM_FILTER_SIGMA, cv2.CV_32F)[:, 0]
    matrix = np.zeros((side - MS_SSIM_FILTER_SIZE + 1, side), np.float32)
    for position, row in enumerate(matrix):
        row[position : position + MS_SSIM_FILTER_SIZE] = taps
    return matrix


def _halve(maps: np.ndarray) -> np.ndarray:
    corners = [maps[..., i::2, j::2] for i, j in itertools.product((0, 1), repeat=2)]
    return sum(corners) / 4


def mean_pairwise_ms_ssim(
    images: np.ndarray, *, pairs: int = 1000, seed: int = 0, scales: int = MS_SSIM_SCALES
) -> float:
    """Return the mean MS-SSIM of random pairs of different images: lower is more diverse.

    Odena et al. (2017), "Conditional image synthesis with auxiliary classifier GANs". Compare
    with the value of real images. Raises ValueError for fewer than two images.
    """
    if len(images) < 2:
        raise ValueError("a pair needs two images")
    generator = np.random.default_rng(seed)
    first = generator.integers(len(images), size=pairs)
    second = (first + generator.integers(1, len(images), size=pairs)) % len(images)
    return float(ms_ssim(images[first], images[second], scales).mean())


def reconstruction_error(images: np.ndarray, reconstructions: np.ndarray) -> dict[str, float]:
    """Return mean_squared_error and mean_absolute_error over all pixels, on the scale [0, 1].

    Both arrays have the same shape; each is uint8, or floating point in [0, 1].
    Raises ValueError for unequal shapes.
    """
    if images.shape != reconstructions.shape:
        raise ValueError(f"shapes differ: {images.shape} and {reconstructions.shape}")
    difference = _unit_range(images) - _unit_range(reconstructions)
    return {
        "mean_squared_error": float(np.mean(np.square(difference), dtype=np.float64)),
        "mean_absolute_error": float(np.mean(np.abs(difference), dtype=np.float64)),
    }


def interpolation_smoothness(frames: np.ndarray) -> float | None:
    """Return the largest step between neighbouring frames over the mean step; 1 is even.

    `frames` (T, H, W, C) are the decoded points of one path, uint8 or floating point; a step is
    a Euclidean distance in pixel space. Defined here. A cross-fade, the straight line in pixel
    space, gives 1; a path that stands still but for one jump gives T - 1, the largest value.
    None where no frame differs from the next. Raises ValueError for fewer than two frames.
    """
    if len(frames) < 2:
        raise ValueError("a path needs two frames")
    steps = np.diff(frames.reshape(len(frames), -1).astype(np.float64), axis=0)
    lengths = np.linalg.norm(steps, axis=1)
    return float(lengths.max() / lengths.mean()) if lengths.any() else None


def _unit_range(images: np.ndarray) -> np.ndarray:
    scale = 255 if images.dtype == np.uint8 else 1
    return images.astype(np.float32) / scale


def _require_images(*sets: np.ndarray) -> None:
    for images in sets:
        if images.dtype != np.uint8 or images.ndim != 4 or images.shape[-1] != 3 or not len(images):
            raise ValueError(
                f"images must be uint8 (N, H, W, 3), not {images.dtype} {images.shape}"
            )
