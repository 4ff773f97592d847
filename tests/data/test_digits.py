import gzip
import json
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from sklearn.neighbors import KNeighborsClassifier

from lib.data import digits
from lib.system.errors import UserError
from lib.system.files import sha256
from lib.system.paths import REPOSITORY

REAL = REPOSITORY.parent / "shared" / "data" / "mnist"
# Published label counts of MNIST's training split, for the digits 0 to 9.
TRAINING_COUNTS = [5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949]

needs_mnist = pytest.mark.skipif(not REAL.is_dir(), reason="no real MNIST in ../shared/data/mnist")


@pytest.fixture(scope="module")
def synthetic(tmp_path_factory):
    folder = tmp_path_factory.mktemp("data") / "digits"
    digits.prepare("builtin", None, folder)
    return digits.load(folder)


@pytest.fixture(scope="module")
def real(tmp_path_factory):
    folder = tmp_path_factory.mktemp("data") / "digits"
    digits.prepare("auto", REAL, folder)
    return folder


def copy_of_real(folder: Path) -> Path:
    return Path(shutil.copytree(REAL, folder, copy_function=shutil.copyfile))


def unpacked(folder: Path) -> Path:
    folder.mkdir()
    for path in REAL.glob("*.gz"):
        (folder / path.stem).write_bytes(gzip.decompress(path.read_bytes()))
    return folder


@needs_mnist
def test_real_mnist_is_read_from_the_given_folder(real):
    loaded = digits.load(real)
    facts = loaded.provenance
    assert np.bincount(loaded.train_labels).tolist() == TRAINING_COUNTS
    assert loaded.train_images.shape == (60_000, 28, 28)
    assert loaded.test_images.shape == (10_000, 28, 28)
    assert loaded.test_labels.shape == (10_000,)
    assert loaded.train_images.dtype == loaded.test_images.dtype == np.uint8
    assert (loaded.train_images.min(), loaded.train_images.max()) == (0, 255)
    assert isinstance(loaded.train_images, np.memmap)
    # The mean and deviation that every tutorial normalises MNIST's training images with.
    scaled = loaded.train_images / np.float32(255)
    assert scaled.mean(dtype=np.float64) == pytest.approx(0.1307, abs=5e-5)
    assert scaled.std(dtype=np.float64) == pytest.approx(0.3081, abs=5e-5)
    assert (facts["name"], facts["synthetic"], facts["source"]) == ("MNIST", False, "given folder")
    assert facts["counts"] == {"train": 60_000, "test": 10_000}
    assert facts["files"] == {path.name: sha256(path) for path in REAL.glob("*.gz")}
    assert set(facts["versions"]) == {"python", "numpy", "opencv", "pillow"}


@needs_mnist
def test_unpacked_and_packed_files_give_the_same_digits(tmp_path, real):
    plain = digits.prepare("auto", unpacked(tmp_path / "plain"), tmp_path / "digits")
    assert plain["fingerprint"] == digits.load(real).provenance["fingerprint"]
    assert "train-images-idx3-ubyte" in plain["files"]


@needs_mnist
@pytest.mark.parametrize("is_packed", [True, False])
def test_a_corrupted_file_is_named_and_what_was_there_kept(tmp_path, is_packed):
    source = (copy_of_real if is_packed else unpacked)(tmp_path / "mine")
    damaged = source / ("t10k-labels-idx1-ubyte" + ".gz" * is_packed)
    content = bytearray(damaged.read_bytes())
    content[2000] ^= 1
    damaged.write_bytes(content)
    before = digits.prepare("builtin", None, tmp_path / "digits")
    with pytest.raises(UserError, match=damaged.name):
        digits.prepare("auto", source, tmp_path / "digits")
    assert digits.load(tmp_path / "digits").provenance == before
    assert [path.name for path in tmp_path.glob(".digits.*")] == [".digits.lock"]


@needs_mnist
def test_a_missing_file_is_named(tmp_path):
    source = copy_of_real(tmp_path / "mine")
    (source / "train-labels-idx1-ubyte.gz").unlink()
    with pytest.raises(UserError, match=r"train-labels-idx1-ubyte\.gz"):
        digits.prepare("auto", source, tmp_path / "digits")
    with pytest.raises(UserError, match="train-images"):
        digits.prepare("auto", tmp_path / "nowhere", tmp_path / "digits")


@needs_mnist
def test_files_put_into_downloads_by_hand_need_no_network(tmp_path, offline):
    copy_of_real(tmp_path / "downloads")
    facts = digits.prepare("real", None, tmp_path / "digits")
    assert facts["name"] == "MNIST"
    assert facts["source"].startswith("downloaded from https://")


@needs_mnist
def test_the_modes_choose_among_what_is_prepared(tmp_path, real, offline):
    folder = Path(shutil.copytree(real, tmp_path / "digits"))
    assert not digits.prepare("real", None, folder)["synthetic"]
    assert not digits.prepare("auto", None, folder)["synthetic"]
    assert digits.prepare("builtin", None, folder)["synthetic"]
    assert digits.prepare("auto", None, folder)["synthetic"]
    with pytest.raises(UserError, match="can be reached"):
        digits.prepare("real", None, folder)
    assert digits.load(folder).provenance["synthetic"]
    assert not digits.prepare("builtin", REAL, folder)["synthetic"]


@needs_mnist
def test_the_same_given_folder_is_not_read_again(real):
    before = (real / "train_images.npy").stat()
    assert digits.prepare("auto", REAL, real) == digits.load(real).provenance
    after = (real / "train_images.npy").stat()
    assert (after.st_ino, after.st_mtime_ns) == (before.st_ino, before.st_mtime_ns)


@needs_mnist
def test_a_changed_given_folder_is_read_again(tmp_path):
    source, folder = copy_of_real(tmp_path / "mine"), tmp_path / "digits"
    digits.prepare("auto", source, folder)
    (source / "t10k-images-idx3-ubyte.gz").write_bytes(b"changed")
    with pytest.raises(UserError, match=r"t10k-images-idx3-ubyte\.gz"):
        digits.prepare("auto", source, folder)


def test_finding_all_prepared_imports_nothing_heavy(tmp_path):
    digits.prepare("builtin", None, tmp_path / "digits")
    program = (
        "import pathlib, sys; from lib.data import digits;"
        "facts = digits.prepare('auto', None, pathlib.Path(sys.argv[1]));"
        "assert facts['synthetic'];"
        "assert not {'numpy', 'cv2', 'sklearn', 'tensorflow'} & set(sys.modules)"
    )
    command = [sys.executable, "-c", program, str(tmp_path / "digits")]
    subprocess.run(command, cwd=REPOSITORY, check=True)


def test_offline_the_synthetic_digits_come_with_a_notice(tmp_path, offline, capsys):
    facts = digits.prepare("auto", None, tmp_path / "digits")
    assert facts["synthetic"]
    assert "NOTICE" in capsys.readouterr().err
    with pytest.raises(UserError, match="can be reached"):
        digits.prepare("real", None, tmp_path / "other")
    assert not (tmp_path / "other").exists()


def test_the_synthetic_digits_look_like_mnist(synthetic):
    assert synthetic.provenance["name"] == "scikit-learn digits (stand-in)"
    assert synthetic.provenance["counts"] == {"train": 1500, "test": 297}
    assert synthetic.train_images.shape == (1500, 28, 28)
    assert synthetic.test_images.shape == (297, 28, 28)
    for images, labels in (
        (synthetic.train_images, synthetic.train_labels),
        (synthetic.test_images, synthetic.test_labels),
    ):
        assert images.dtype == labels.dtype == np.uint8
        assert set(labels.tolist()) == set(range(10))
        frame = images.copy()
        frame[:, 4:24, 4:24] = 0
        assert not frame.any()
        assert images.max() == 255
        # As in MNIST, most of an image is background.
        assert 0.05 < images.mean() / 255 < 0.25


def test_a_simple_classifier_learns_the_synthetic_digits(synthetic):
    flat = synthetic.train_images.reshape(1500, -1)
    classifier = KNeighborsClassifier(1).fit(flat, synthetic.train_labels)
    assert classifier.score(synthetic.test_images.reshape(297, -1), synthetic.test_labels) > 0.9


def test_the_synthetic_digits_are_the_same_every_time(tmp_path, synthetic):
    again = digits.prepare("builtin", None, tmp_path / "digits")
    assert again["fingerprint"] == synthetic.provenance["fingerprint"]


def test_remains_of_a_killed_preparation_do_no_harm(tmp_path):
    folder = tmp_path / "digits"
    for remains in (".digits.partial", ".digits.previous"):
        (tmp_path / remains).mkdir()
        (tmp_path / remains / "train_images.npy").write_bytes(b"half")
    digits.prepare("builtin", None, folder)
    assert digits.load(folder).train_images.shape == (1500, 28, 28)
    assert not (tmp_path / ".digits.partial").exists()
    assert not (tmp_path / ".digits.previous").exists()


def test_a_preparation_killed_between_its_renames_is_repaired(tmp_path, offline):
    folder = tmp_path / "digits"
    facts = digits.prepare("builtin", None, folder)
    folder.rename(tmp_path / ".digits.previous")
    assert digits.prepare("auto", None, folder) == facts


@pytest.mark.parametrize("damage", ["missing", "short", "no provenance", "odd provenance"])
def test_a_damaged_preparation_is_reported_and_prepared_again(tmp_path, damage):
    folder = tmp_path / "digits"
    digits.prepare("builtin", None, folder)
    if damage == "missing":
        (folder / "test_labels.npy").unlink()
    elif damage == "short":
        (folder / "test_labels.npy").write_bytes(b"short")
    elif damage == "no provenance":
        (folder / "provenance.json").unlink()
    else:
        (folder / "provenance.json").write_text(json.dumps({"arrays": [1]}))
    with pytest.raises(UserError, match="make data"):
        digits.load(folder)
    digits.prepare("builtin", None, folder)
    assert len(digits.load(folder).test_labels) == 297


def test_foreign_bytes_of_the_correct_size_are_reported(tmp_path):
    folder = tmp_path / "digits"
    facts = digits.prepare("builtin", None, folder)
    (folder / "test_labels.npy").write_bytes(b"\x80" * facts["arrays"]["test_labels.npy"])
    with pytest.raises(UserError, match="make data"):
        digits.load(folder)


def test_an_unwritable_folder_is_reported(tmp_path):
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(UserError, match="cannot write"):
        digits.prepare("builtin", None, tmp_path / "file" / "digits")
