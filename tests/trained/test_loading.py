"""Which run a command takes."""

import os

from lib.system import paths
from lib.trained import loading


def test_evaluating_a_run_before_its_end_does_not_make_it_the_one_trained_last(
    runtime, tmp_path, monkeypatch
):
    monkeypatch.setattr(paths, "RUNS", tmp_path)
    for profile, time in (("paper", 1_000_000), ("quick", 2_000_000)):
        run = tmp_path / profile / "vae_32" / "published" / "seed-0"
        (run / "checkpoint").mkdir(parents=True)
        (run / "checkpoint" / "epoch-00001-0123456789abcdef.npz").touch()
        (run / "history.jsonl").touch()
        os.utime(run / "history.jsonl", (time, time))
    (tmp_path / "paper" / "vae_32" / "published" / "seed-0" / "unfinished").mkdir()
    assert loading.find_run("vae_32").profile == "quick"
