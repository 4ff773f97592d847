"""The published files that can be downloaded: their mirrors, sizes and checksums."""

from dataclasses import dataclass
from pathlib import Path

from lib.system.files import sha256


@dataclass(frozen=True)
class RemoteFile:
    """A public file: its size in bytes, its SHA-256 in hexadecimal, its mirrors, best first."""

    name: str
    size: int
    sha256: str
    urls: tuple[str, ...]

    def is_at(self, path: Path) -> bool:
        """Return whether `path` is a file with exactly its bytes."""
        return path.is_file() and path.stat().st_size == self.size and sha256(path) == self.sha256


CELEBA = RemoteFile(
    "img_align_celeba.zip",
    1_443_490_838,
    "46fb89443c578308acf364d7d379fe1b9efb793042c0af734b6112e4fd3a8c74",
    (
        "https://s3.amazonaws.com/pytorch-tutorial-assets/img_align_celeba.zip",
        "https://cseweb.ucsd.edu/~weijian/static/datasets/celeba/img_align_celeba.zip",
        "https://s3-us-west-1.amazonaws.com/udacity-dlnfd/datasets/celeba.zip",
    ),
)
MNIST_MIRRORS = (
    "https://ossci-datasets.s3.amazonaws.com/mnist/",
    "https://storage.googleapis.com/cvdf-datasets/mnist/",
)
MNIST = {
    name: RemoteFile(name, size, digest, tuple(mirror + name for mirror in MNIST_MIRRORS))
    for name, size, digest in (
        (
            "train-images-idx3-ubyte.gz",
            9_912_422,
            "440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609",
        ),
        (
            "train-labels-idx1-ubyte.gz",
            28_881,
            "3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c",
        ),
        (
            "t10k-images-idx3-ubyte.gz",
            1_648_877,
            "8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6",
        ),
        (
            "t10k-labels-idx1-ubyte.gz",
            4_542,
            "f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6",
        ),
    )
}
