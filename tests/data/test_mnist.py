"""MNIST as people have it: under other names, in other folders, in one file."""

import gzip
from pathlib import Path

import numpy as np
import pytest

from lib.data import digits
from lib.system.errors import UserError
from lib.system.files import sha256
from lib.system.paths import REPOSITORY

REAL = REPOSITORY.parent / "shared" / "data" / "mnist"

needs_mnist = pytest.mark.skipif(not REAL.is_dir(), reason="no real MNIST in ../shared/data/mnist")


@pytest.fixture(scope="module")
def real(tmp_path_factory):
    folder = tmp_path_factory.mktemp("data") / "digits"
    digits.prepare("auto", REAL, folder)
    return folder


def packed_again(content: bytes) -> bytes:
    """Other bytes than the published file's, which unpack to the same."""
    return gzip.compress(content, compresslevel=1)


def keras_npz(path: Path, real: Path) -> Path:
    loaded = digits.load(real)
    np.savez_compressed(
        path,
        x_train=loaded.train_images,
        y_train=loaded.train_labels,
        x_test=loaded.test_images,
        y_test=loaded.test_labels,
    )
    return path


@needs_mnist
@pytest.mark.parametrize(
    ("pattern", "write"),
    [
        ("{split}-{kind}.idx{axes}-ubyte", bytes),
        ("{split}-{kind}.idx{axes}-ubyte.gz", packed_again),
        ("MNIST/raw/{split}-{kind}-idx{axes}-ubyte", bytes),
        ("MNIST/raw/{split}-{kind}-idx{axes}-ubyte.gz", packed_again),
        ("{split}_{kind}.gz", packed_again),
    ],
)
def test_the_other_usual_names_give_the_same_digits(tmp_path, real, pattern, write):
    for path in REAL.glob("*.gz"):
        split, kind, axes, _ = path.stem.replace("idx", "").split("-")
        target = tmp_path / "mine" / pattern.format(split=split, kind=kind, axes=axes)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(write(gzip.decompress(path.read_bytes())))
    facts = digits.prepare("auto", tmp_path / "mine", tmp_path / "digits")
    assert facts["name"] == "MNIST"
    assert facts["fingerprint"] == digits.load(real).provenance["fingerprint"]


@needs_mnist
@pytest.mark.parametrize("is_file", [True, False])
def test_the_npz_of_keras_gives_the_same_digits(tmp_path, real, is_file):
    (tmp_path / "mine").mkdir()
    path = keras_npz(tmp_path / "mine" / "mnist.npz", real)
    given = path if is_file else path.parent
    facts = digits.prepare("auto", given, tmp_path / "digits")
    assert facts["fingerprint"] == digits.load(real).provenance["fingerprint"]
    assert facts["files"] == {"mnist.npz": sha256(path)}


@pytest.mark.parametrize(
    "arrays",
    [
        {"x_train": np.zeros((60_000, 28, 28), np.uint8)},
        {"x_train": np.zeros(5)},
        {"x_train": np.array([{"an": "object"}], object)},
        {"images": np.zeros(5)},
    ],
)
def test_an_npz_of_something_else_is_refused(tmp_path, arrays):
    np.savez_compressed(tmp_path / "mnist.npz", **arrays)
    with pytest.raises(UserError, match=r"is not MNIST's mnist\.npz's x_train"):
        digits.prepare("auto", tmp_path / "mnist.npz", tmp_path / "digits")


@pytest.mark.parametrize("content", [b"no digits", gzip.compress(bytes(10**6)), b"\x1f\x8bx"])
def test_files_of_the_usual_names_with_other_content_are_refused(tmp_path, content):
    for name in ("train-images", "train-labels", "test-images", "test-labels"):
        (tmp_path / f"{name}.gz").write_bytes(content)
    with pytest.raises(UserError, match=r"is not MNIST's train-images\.gz"):
        digits.prepare("auto", tmp_path, tmp_path / "digits")
