import numpy as np
import pytest

from lib.data import provenance


def test_provenance_is_read_back(tmp_path):
    provenance.record(tmp_path, name="x", counts={"train": 1})
    facts = provenance.read(tmp_path)
    assert (facts["name"], facts["counts"]) == ("x", {"train": 1})
    assert facts["versions"]["numpy"] == np.__version__
    assert facts["made"].endswith("+00:00")


@pytest.mark.parametrize("text", [None, "", "{", "[1]", "\udcff", "[" * 100_000])
def test_unreadable_provenance_is_none(tmp_path, text):
    if text is not None:
        (tmp_path / "provenance.json").write_text(text, "utf-8", "surrogateescape")
    assert provenance.read(tmp_path) is None
