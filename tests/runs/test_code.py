import pytest

from lib.config.experiments import experiments
from lib.runs import code

VAE, GAN = "lib/models/faces/vae.py", "lib/models/faces/gan.py"


@pytest.fixture
def edit(tmp_path, monkeypatch):
    """Edits a file of a copy of the code, which is looked at from now on."""
    (tmp_path / "lib").symlink_to(code.REPOSITORY / "lib")
    monkeypatch.setattr(code, "REPOSITORY", tmp_path)

    def edited(path, old, new):
        text = (tmp_path / path).read_text(encoding="utf-8")
        assert text.count(old) >= 1
        if (tmp_path / "lib").is_symlink():
            _copy_lib(tmp_path)
        (tmp_path / path).write_text(text.replace(old, new), encoding="utf-8")
        code.forget()

    yield edited
    code.forget()


def _copy_lib(folder):
    link = folder / "lib"
    original = link.resolve()
    link.unlink()
    for path in original.rglob("*.py"):
        copy = link / path.relative_to(original)
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_bytes(path.read_bytes())


def fingerprints(name):
    found = code.code_of(experiments()[name].settings)
    return {part: code.fingerprint(files) for part, files in found.items()}


def test_an_edit_of_the_model_counts_for_its_experiments_alone(edit):
    before = {name: fingerprints(name) for name in ("vae_32", "vae_corrected", "gan_64")}
    edit(VAE, "reduce_sum(terms, axis=-1) / 2", "reduce_sum(terms, axis=-1) / 3")
    after = {name: fingerprints(name) for name in before}
    changed = {name for name in before if before[name]["training"] != after[name]["training"]}
    assert changed == {"vae_32", "vae_corrected"}
    assert all(before[name]["evaluation"] == after[name]["evaluation"] for name in before)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('"""Return the encoder and the decoder."""', '"""Another docstring."""'),
        ("        losses = {", "        # A comment.\n\n        losses = {"),
        (
            "return mean + tf.exp(log_variance / 2) * noise",
            "return (\nmean + tf.exp(log_variance / 2) * noise)",
        ),
    ],
)
def test_comments_docstrings_and_formatting_do_not_count(edit, old, new):
    before = fingerprints("vae_32")
    edit(VAE, old, new)
    assert fingerprints("vae_32") == before


@pytest.mark.parametrize("new", ["False", '""', "None", "0.0"])
def test_constants_that_are_all_false_count(edit, new):
    name, line = "lib/training/epochs.py", "SECONDS_IN_A_CALL = "
    edit(name, f"{line}0.1", f"{line}0")
    before = fingerprints("text2text")
    edit(name, f"{line}0", line + new)
    assert fingerprints("text2text") != before


def test_an_edit_of_a_metric_counts_for_the_evaluation(edit):
    before = fingerprints("vae_32")
    edit("lib/metrics/latent.py", "threshold: float = 0.01", "threshold: float = 0.02")
    after = fingerprints("vae_32")
    assert after["training"] == before["training"]
    assert after["evaluation"] != before["evaluation"]


def test_code_that_decides_no_number_does_not_count():
    parts = [code.code_of(each.settings) for each in experiments().values()]
    assert all("lib/system/runtime.py" in part["training"] for part in parts)
    found = {path for part in parts for files in part.values() for path in files}
    assert {VAE, GAN, "lib/data/arithmetic.py", "lib/metrics/sequences.py"} <= found
    assert {f"lib/data/{name}.py" for name in ("operators", "splits")} <= found
    assert {f"lib/system/{name}.py" for name in ("randomness", "runtime")} <= found
    assert not any(path.startswith(("lib/config", "lib/runs", "lib/data/faces")) for path in found)


def test_code_that_is_proven_equal_is_taken_for_the_current(monkeypatch):
    current, old, other = ({"lib/models/a.py": digest} for digest in ("now", "old", "other"))
    proven = {code.fingerprint(current): [code.fingerprint(old)]}
    monkeypatch.setattr(code, "proven", lambda: proven)
    assert code.is_equal(code.fingerprint(current), current)
    assert code.is_equal(code.fingerprint(old), current)
    assert not code.is_equal(code.fingerprint(current), old)
    assert not code.is_equal(code.fingerprint(other), current)
    assert not code.is_equal(None, current)


def test_changed_files_are_named():
    before, now = {"a.py": "1", "b.py": "2", "c.py": "3"}, {"b.py": "2", "c.py": "4", "d.py": "5"}
    assert code.changed_files(before, now) == ["a.py", "c.py", "d.py"]
    assert code.changed_files(None, {"a.py": "1"}) == ["a.py"]
