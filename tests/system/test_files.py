import hashlib
import os
import subprocess
import sys
from pathlib import Path

import pytest

from lib.system import files
from lib.system.errors import UserError

REPOSITORY = Path(__file__).parents[2]


def test_replaces_a_file_and_leaves_nothing_else(tmp_path):
    path = tmp_path / "new folder" / "result.json"
    files.write_json(path, {"a": 1})
    files.write_json(path, {"a": "ä"})
    assert path.read_text(encoding="utf-8") == '{\n  "a": "ä"\n}\n'
    assert os.listdir(path.parent) == ["result.json"]


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt, SystemExit])
def test_a_failing_block_leaves_the_old_file_and_nothing_else(tmp_path, error):
    path = tmp_path / "result.json"
    path.write_text("old", encoding="utf-8")

    def fail(temporary):
        temporary.write_text("half of the new", encoding="utf-8")
        raise error

    with pytest.raises(error), files.replaced(path) as temporary:
        fail(temporary)
    assert path.read_text(encoding="utf-8") == "old"
    assert os.listdir(tmp_path) == ["result.json"]


def test_the_old_file_is_there_until_the_block_ends(tmp_path):
    path = tmp_path / "samples.npz"
    path.write_bytes(b"old")
    with files.replaced(path) as temporary:
        temporary.write_bytes(b"new")
        assert temporary.suffix == ".npz"
        assert path.read_bytes() == b"old"
    assert path.read_bytes() == b"new"


def test_a_folder_that_cannot_be_created_is_named(tmp_path):
    (tmp_path / "a file").touch()
    with pytest.raises(UserError, match=r"cannot write .*a file/x/result\.json: Not a directory"):
        files.write_text(tmp_path / "a file" / "x" / "result.json", "")


@pytest.mark.skipif(os.geteuid() == 0, reason="nothing is forbidden to root")
def test_a_forbidden_folder_is_named(tmp_path):
    tmp_path.chmod(0o500)
    with pytest.raises(UserError, match=r"cannot write .*result\.json: Permission denied"):
        files.write_text(tmp_path / "result.json", "")


FILL = """
import sys
from pathlib import Path
from lib.system import files
from lib.system.errors import UserError
try:
    files.write_text(Path(sys.argv[1]), "x" * 1_000_000)
except UserError as error:
    sys.exit(f"error: {error}")
"""


def fill(path, prefix):
    return subprocess.run(
        ["bash", "-c", f'{prefix} && exec "$@"', "-", sys.executable, "-c", FILL, str(path)],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        timeout=60,
    )


def test_a_file_over_the_size_limit_is_reported_in_one_line_and_the_old_one_kept(tmp_path):
    path = tmp_path / "result.json"
    path.write_text("old", encoding="utf-8")
    done = fill(path, "ulimit -f 8")
    assert done.returncode == 1
    assert done.stderr == f"error: cannot write {path}: File too large; what was there is kept\n"
    assert path.read_text(encoding="utf-8") == "old"
    assert os.listdir(tmp_path) == ["result.json"]


def test_a_full_disk_is_reported_in_one_line_and_the_old_file_kept(tmp_path):
    mount = ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(tmp_path)]
    if os.geteuid() or subprocess.run(mount, capture_output=True).returncode:
        pytest.skip("needs root and the right to mount a file system")
    try:
        path = tmp_path / "result.json"
        path.write_text("old", encoding="utf-8")
        done = fill(path, "true")
        assert done.stderr == (
            f"error: cannot write {path}: No space left on device; what was there is kept\n"
        )
        assert path.read_text(encoding="utf-8") == "old"
        assert os.listdir(tmp_path) == ["result.json"]
    finally:
        subprocess.run(["umount", str(tmp_path)], check=True)


def test_sha256_is_that_of_the_content(tmp_path):
    (tmp_path / "x").write_bytes(b"abc" * 100_000)
    assert files.sha256(tmp_path / "x") == hashlib.sha256(b"abc" * 100_000).hexdigest()
