"""Run directories with foreign content: used, or refused in one line that names what to do."""

import copy
import io
import json
import shutil
import tempfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import figures.__main__
from lib.config import request
from lib.runs import directories, plan
from lib.system import paths
from report.content import Content
from report.criteria.claims import evaluated
from tests import fake_runs
from tests.verify_foreign_bytes import bounded, damaged, examples, refusal

ARGUMENTS = ("PROFILE=smoke",)
FILES = ("config.json", "history.jsonl", "samples.npz", "result.json")
# One experiment of each kind: variants of one kind have the same files.
KINDS = [
    ("cae", "published"),
    ("vae_32", "published"),
    ("gan_64", "published"),
    ("text2text", "train-95"),
    ("image2text", "flatten"),
    ("text2image", "1-1-512"),
]


class Study:
    """A complete set of small runs, and what asks for it."""

    def __init__(self):
        self.request = request.parse(ARGUMENTS)
        self.runs = plan.load_runs(self.request)


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    """Runs that lie where the project looks for them."""
    work = tmp_path_factory.mktemp("runs")
    with pytest.MonkeyPatch.context() as patch:
        fake_runs.write(work, ARGUMENTS)
        patch.setattr(paths, "DATA", work / "data")
        patch.setattr(paths, "RUNS", work / "runs")
        patch.setattr(figures.__main__, "FOLDER", work / "figures")
        yield Study()


class Changed:
    """A run directory that is as it was when the block ends."""

    def __init__(self, run):
        self.folder = run.key.path
        self.kept = self.folder.with_name("kept")

    def __enter__(self):
        shutil.copytree(self.folder, self.kept)
        return self.folder

    def __exit__(self, *_):
        shutil.rmtree(self.folder)
        self.kept.rename(self.folder)


@given(data=st.data())
@examples(40)
def test_a_run_with_any_bytes_is_refused_or_the_same(study, data):
    kind, name = data.draw(st.sampled_from(KINDS)), data.draw(st.sampled_from(FILES))
    before = study.runs[kind][0]
    content = (before.key.path / name).read_bytes()
    with Changed(before) as folder, bounded():
        (folder / name).write_bytes(data.draw(damaged([content])))
        message = refusal(lambda: plan.load_runs(study.request))
        if message:
            assert f"run: make {before.key.target} PROFILE=smoke SEEDS=0" in message
        else:
            assert directories.load(before.key).result == before.result


VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=5)
    | st.just("[" * 10_000),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=4,
)


def places_in(value, place=()):
    """Return where in a JSON value there is anything, as keys and indices."""
    found = [place]
    if isinstance(value, dict | list):
        for key in value if isinstance(value, dict) else range(len(value)):
            found += places_in(value[key], (*place, key))
    return found


@st.composite
def changed(draw, value):
    """Draw a JSON value in which something is replaced or missing."""
    place = draw(st.sampled_from(places_in(value)))
    if not place:
        return draw(VALUES)
    value = copy.deepcopy(value)
    *outer, last = place
    inner = value
    for key in outer:
        inner = inner[key]
    if draw(st.booleans()):
        inner[last] = draw(VALUES)
    else:
        del inner[last]
    return value


@given(data=st.data())
@examples(6)
def test_a_sealed_history_of_another_form_is_shown_or_refused(study, data):
    """As one of another version of this project may be."""
    before = study.runs[data.draw(st.sampled_from(KINDS[1:]))][0]
    lines = data.draw(changed(before.history))
    text = "".join(json.dumps(line) + "\n" for line in (lines if isinstance(lines, list) else []))

    def show():
        found = plan.load_runs(study.request)
        pair = before.key.experiment, before.key.variant
        for figure in figures.all_figures():
            if pair in figure.needs and set(figure.needs) <= set(found):
                shown = {needed: found[needed] for needed in figure.needs}
                figures.__main__.draw_all(shown, study.request.seeds)
        evaluated(Content(study.request, found))

    with Changed(before) as folder, bounded():
        (folder / "history.jsonl").write_text(text, encoding="utf-8")
        directories.write_result(folder, before.result)
        refusal(show)


WEIGHTS = [np.arange(6, dtype=np.float32).reshape(2, 3), np.zeros(())]


def weights_file(save):
    buffer = io.BytesIO()
    save(buffer)
    return buffer.getvalue()


@given(
    damaged(
        [
            weights_file(lambda file: np.savez(file, *WEIGHTS)),
            weights_file(lambda file: np.savez_compressed(file, *WEIGHTS)),
            weights_file(lambda file: np.save(file, WEIGHTS[0])),
        ]
    ),
    st.sampled_from(
        ["{}", "[]", json.dumps({"weights_sha256": directories.weights_digest(WEIGHTS)})]
    ),
)
@examples(100)
def test_weights_of_any_bytes_are_read_whole_or_refused(content, result):
    with tempfile.TemporaryDirectory() as folder, bounded():
        (Path(folder) / "weights.npz").write_bytes(content)
        (Path(folder) / "result.json").write_text(result, encoding="utf-8")
        read = []
        message = refusal(lambda: read.extend(directories.read_weights(Path(folder))))
        if not message:
            assert [array.tobytes() for array in read] == [array.tobytes() for array in WEIGHTS]
