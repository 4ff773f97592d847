import hashlib
import json

import numpy as np
import pytest

from lib.runs import directories
from lib.runs.directories import RunKey
from lib.system import files, paths
from lib.system.errors import UserError

KEY = RunKey("smoke", "vae_32", "published", 3)
TARGET = "run: make vae-32 PROFILE=smoke SEEDS=3"
RESULT = {"metrics": {"loss": 0.25}, "weights_sha256": "ab", "epochs": 2}


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A finished run, written as a training writes it."""
    monkeypatch.setattr(paths, "RUNS", tmp_path / "runs")
    folder = KEY.path
    files.write_json(folder / "config.json", {"spec": {"seed": 3}})
    files.write_text(
        folder / "history.jsonl", '{"epoch": 1, "loss": 0.5}\n{"epoch": 2, "loss": 0.25}\n'
    )
    np.savez(folder / "samples.npz", samples=np.arange(6, dtype=np.uint8))
    directories.write_result(folder, RESULT)
    return folder


def replace_text(path, old, new):
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def flip_a_bit(path):
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


def refused(message):
    with pytest.raises(UserError, match=message) as refused:
        directories.load(KEY)
    assert TARGET in str(refused.value)
    assert "\n" not in str(refused.value)


def test_a_finished_run_is_read_as_it_was_written(folder):
    run = directories.load(KEY)
    assert run.key == KEY
    assert run.config == {"spec": {"seed": 3}}
    assert {name: run.result[name] for name in RESULT} == RESULT
    assert run.history == [{"epoch": 1, "loss": 0.5}, {"epoch": 2, "loss": 0.25}]
    assert np.array_equal(run.series("loss"), [0.5, 0.25])
    assert run.series("loss").dtype == np.float64
    assert np.array_equal(run.samples["samples"], np.arange(6))


@pytest.mark.parametrize(
    "lines", ["", '{"epoch": 2, "loss": 1}\n', '{"epoch": 1, "loss": 1}\n', "1\n2\n"]
)
def test_a_sealed_history_that_lacks_epochs_is_refused(folder, lines):
    files.write_text(folder / "history.jsonl", lines)
    directories.write_result(folder, RESULT)
    with pytest.raises(UserError, match="is not that of epochs 1 to 2; remove its result"):
        directories.load(KEY).series("loss")


def test_a_run_has_the_stated_folder_name_and_target(tmp_path, monkeypatch):
    monkeypatch.setattr(paths, "RUNS", tmp_path)
    assert KEY.path == tmp_path / "smoke" / "vae_32" / "published" / "seed-3"
    assert str(KEY) == "vae_32/published/seed-3"
    assert KEY.target == "vae-32"


def test_a_missing_run_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(paths, "RUNS", tmp_path)
    refused("holds no finished run")


@pytest.mark.parametrize("name", ["config.json", "history.jsonl", "samples.npz", "result.json"])
def test_a_run_without_one_of_its_files_is_refused(folder, name):
    (folder / name).unlink()
    refused("holds no finished run")


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("result.json", "0.25", "0.01"),
        ("result.json", '"epochs": 2', '"epochs": 3'),
        ("result.json", '"metrics"', '"more": 1, "metrics"'),
        ("history.jsonl", "0.25", "0.01"),
        ("config.json", "3", "4"),
    ],
)
def test_an_edited_run_is_refused(folder, name, old, new):
    replace_text(folder / name, old, new)
    refused("was changed after its training")


def test_edited_samples_are_refused(folder):
    flip_a_bit(folder / "samples.npz")
    refused("was changed after its training")


@pytest.mark.parametrize("text", ["", "{", '{"metrics": ', "\x00\xff"])
def test_a_torn_result_is_refused(folder, text):
    (folder / "result.json").write_bytes(text.encode("latin-1"))
    refused("cannot be read")


@pytest.mark.parametrize("value", [[], None, "done", {}])
def test_a_result_of_another_form_is_refused(folder, value):
    files.write_json(folder / "result.json", value)
    refused("was changed after its training")


def test_what_json_leaves_open_is_no_change(folder):
    result = json.loads((folder / "result.json").read_text(encoding="utf-8"))
    (folder / "result.json").write_text(json.dumps(result, sort_keys=True), encoding="utf-8")
    directories.load(KEY)


def test_a_loss_that_is_not_a_number_is_no_change(folder):
    directories.write_result(folder, {"metrics": {"loss": float("nan")}})
    assert np.isnan(directories.load(KEY).result["metrics"]["loss"])


WEIGHTS = [np.arange(6, dtype=np.float32).reshape(2, 3), np.ones(12, np.float32), np.zeros(())]


@pytest.fixture
def with_weights(folder):
    directories.write_weights(folder, WEIGHTS)
    directories.write_result(
        folder, {**RESULT, "weights_sha256": directories.weights_digest(WEIGHTS)}
    )
    return folder


def test_weights_are_read_in_the_order_they_were_written(with_weights):
    read = directories.read_weights(with_weights)
    assert len(read) == len(WEIGHTS)
    for one, other in zip(read, WEIGHTS, strict=True):
        assert np.array_equal(one, other)
        assert one.dtype == other.dtype


def test_the_digest_of_weights_is_that_of_all_their_bytes():
    whole = hashlib.sha256(b"".join(array.tobytes() for array in WEIGHTS)).hexdigest()
    assert directories.weights_digest(WEIGHTS) == whole


def test_weights_of_another_run_are_refused(with_weights):
    directories.write_weights(with_weights, [array + 1 for array in WEIGHTS])
    with pytest.raises(UserError, match=r"weights\.npz was changed after its training; remove .*"):
        directories.read_weights(with_weights)


@pytest.mark.parametrize("content", [None, b"", b"PK\x03\x04", b"\x80\x04K\x01."])
def test_missing_torn_or_pickled_weights_are_refused(with_weights, content):
    if content is None:
        (with_weights / "weights.npz").unlink()
    else:
        (with_weights / "weights.npz").write_bytes(content)
    with pytest.raises(UserError, match=r"weights\.npz cannot be read .*; remove ") as refused:
        directories.read_weights(with_weights)
    assert "\n" not in str(refused.value)
