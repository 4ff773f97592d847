import json
import shutil

import pytest

from lib.config import request
from lib.config.profiles import PROFILES
from lib.system import files, paths
from lib.system.errors import UserError
from report.readme import gallery, sections, verdicts_table
from report.reference import check, record
from report.reference.agreement import AGREES, compare
from tests import fake_runs


@pytest.fixture
def study(tmp_path, monkeypatch):
    """A complete set of small made-up runs, and a folder for the record."""
    words = ["PROFILE=quick", "SEEDS=0 1"]
    fake_runs.write(tmp_path, words)
    monkeypatch.setattr(paths, "DATA", tmp_path / "data")
    monkeypatch.setattr(paths, "RUNS", tmp_path / "runs")
    monkeypatch.setattr(record, "FOLDER", tmp_path / "reference")
    monkeypatch.setattr(check, "OUTPUT", tmp_path / "claims.json")
    begin, end = sections.marks("experiments")
    others = "".join("".join(sections.marks(name)) for name in ("images", "verdicts"))
    parts = f"before\n{begin}old\n{end}between\n{others}after\n"
    (tmp_path / "README.md").write_text(parts)
    monkeypatch.setattr(sections, "FILE", tmp_path / "README.md")
    monkeypatch.setattr(gallery, "REPOSITORY", tmp_path)
    monkeypatch.setattr(gallery, "FOLDER", tmp_path / "docs" / "images")
    return words


def status(main, words):
    with pytest.raises(SystemExit) as ended:
        main(words)
    return ended.value.code


def test_a_written_reference_agrees_with_its_own_runs(study, tmp_path, capsys):
    assert record.read("quick") is None
    assert status(record.main, study) == 0
    known = record.read("quick")
    asked = request.parse(study)
    assert len(known["runs"]) == len(request.planned(asked))
    assert {each.verdict for each in compare(record.entries(asked), known["runs"])} == {AGREES}
    assert {claim["id"] for claim in known["claims"]} == {f"C{k}" for k in range(1, 23)}
    for entry in known["runs"]:
        config = json.loads(
            (
                tmp_path
                / "runs"
                / "quick"
                / entry["experiment"]
                / entry["variant"]
                / f"seed-{entry['seed']}"
                / "config.json"
            ).read_text()
        )
        assert entry["settings"] == config["spec"]["settings"]
        assert entry["command"] == config["command"]
    assert status(check.main, study) == 0
    assert "0 differs" in capsys.readouterr().out


def test_the_readme_s_table_has_a_row_for_each_experiment(study, tmp_path):
    assert status(record.main, study) == 0
    text = (tmp_path / "README.md").read_text()
    assert text.startswith("before\n")
    assert text.endswith("after\n")
    assert "old" not in text
    for goal in ("cae", "vae-64-wide", "text2image"):
        assert f"| `{goal}` |" in text


def test_a_run_that_was_only_begun_says_how_far_it_came(study):
    (planned,) = [each for each in request.planned(request.parse(["PROFILE=quick"]), ["vae-32"])]
    (planned.key.path / "result.json").unlink()
    entries = record.entries(request.parse(study))
    (begun,) = [entry for entry in entries if "weights_sha256" not in entry]
    assert begun["experiment"] == "vae_32"
    assert begun["epochs"] == fake_runs.EPOCHS < begun["settings"]["epochs"]
    history = (planned.key.path / "history.jsonl").read_text().splitlines()
    assert begun["metrics"]["loss"] == json.loads(history[-1])["loss"]


def in_reference(name, seed, change=lambda entry: None):
    """Return the reference's entries of a variant and seed, after `change` to each of them."""
    known = record.read("quick")
    found = [run for run in known["runs"] if (run["experiment"], run["seed"]) == (name, seed)]
    for entry in found:
        change(entry)
    files.write_json(record.FOLDER / "quick.json", known)
    return found


def test_the_readme_s_table_says_what_is_not_there_of_an_experiment(study, tmp_path):
    runs = tmp_path / "runs" / "quick"
    for result in (runs / "vae_32").glob("*/*/result.json"):
        result.unlink()
    shutil.rmtree(runs / "image2text" / "flatten")
    assert status(record.main, study) == 0
    (begun,) = (row for row in (tmp_path / "README.md").open() if row.startswith("| `vae-32`"))
    (epochs,) = {run["settings"]["epochs"] for run in in_reference("vae_32", 0)}
    assert f", {fake_runs.EPOCHS} of {epochs} epochs |" in begun
    (part,) = (row for row in (tmp_path / "README.md").open() if row.startswith("| `image2text`"))
    assert ", 3 of 4 variants |" in part


def test_what_is_known_of_runs_on_another_machine_stays(study, tmp_path):
    assert status(record.main, study) == 0
    before = record.read("quick")
    for seed in tmp_path.glob("runs/quick/*/*/seed-1"):
        shutil.rmtree(seed)
    shutil.rmtree(tmp_path / "runs" / "quick" / "vae_64")
    assert status(record.main, study) == 0
    after = record.read("quick")
    assert after["runs"] == before["runs"]
    for part in ("claims", "defects"):
        assert after[part] == before[part]


def test_a_verdict_on_numbers_rests_on_the_runs_of_all_machines(study, tmp_path):
    assert status(record.main, study) == 0
    in_one_place = record.read("quick")
    shutil.rmtree(record.FOLDER)
    assert status(record.main, [*study, "SEEDS=0"]) == 0
    for seed in tmp_path.glob("runs/quick/*/*/seed-0"):
        shutil.rmtree(seed)
    assert status(record.main, study) == 0
    in_two_places = record.read("quick")
    assert in_two_places["runs"] == in_one_place["runs"]
    whole = {claim["id"]: claim for claim in in_one_place["claims"]}
    put_together = {claim["id"]: claim for claim in in_two_places["claims"]}
    assert put_together["C9"] == whole["C9"]
    # It rests on epochs, which are not at hand: it stays the one of seed 0.
    assert len(put_together["C11"]["runs"]) * 2 == len(whole["C11"]["runs"])


def test_a_verdict_never_rests_on_runs_that_read_other_data_than_is_there(study, tmp_path):
    assert status(record.main, study) == 0
    before = record.read("quick")
    for folder in (tmp_path / "runs" / "quick").glob("[vgc]a*"):
        shutil.rmtree(folder)
    facts = {"name": "CelebA", "synthetic": False, "fingerprint": "of CelebA"}
    files.write_json(tmp_path / "data" / "faces" / "provenance.json", facts)
    assert status(record.main, study) == 0
    after = record.read("quick")
    assert after["claims"] == before["claims"]


def test_verdicts_stay_where_runs_of_further_seeds_are_asked_for_and_missing(study):
    assert status(record.main, study) == 0
    before = record.read("quick")
    assert status(record.main, [*study, "SEEDS=0 1 2"]) == 0
    after = record.read("quick")
    for part in ("claims", "defects"):
        decided = [one for one in before[part] if one["verdict"] != "not run"]
        assert decided
        assert all(one in after[part] for one in decided)


def test_a_run_that_came_further_elsewhere_stays(study):
    def goes_further(entry):
        entry["epochs"] += 1

    assert status(record.main, study) == 0
    in_reference("vae_32", 1, goes_further)
    assert status(record.main, study) == 0
    assert [run["epochs"] for run in in_reference("vae_32", 1)] == [fake_runs.EPOCHS + 1]
    assert [run["epochs"] for run in in_reference("vae_64", 1)] == [fake_runs.EPOCHS]


def test_a_finished_run_stays_where_one_that_is_only_begun_has_as_many_epochs(study, tmp_path):
    assert status(record.main, study) == 0
    before = in_reference("vae_32", 1)
    (run,) = tmp_path.glob("runs/quick/vae_32/*/seed-1")
    (run / "result.json").unlink()
    (begun,) = [
        e
        for e in record.entries(request.parse(study))
        if e["experiment"] == "vae_32" and e["seed"] == 1
    ]
    assert begun["epochs"] == before[0]["epochs"]
    assert status(record.main, study) == 0
    assert in_reference("vae_32", 1) == before


@pytest.mark.parametrize(
    "differ",
    [
        lambda entry: entry["settings"].update(learning_rate=0.5),
        lambda entry: entry.update(model_version=entry["model_version"] - 1),
        lambda entry: entry["data"]["faces"].update(fingerprint="other pictures"),
    ],
    ids=["settings", "model", "data"],
)
def test_what_no_longer_fits_leaves_the_reference(study, tmp_path, differ):
    assert status(record.main, study) == 0
    in_reference("vae_32", 1, differ)
    shutil.rmtree(tmp_path / "runs" / "quick" / "vae_32" / "published" / "seed-1")
    assert status(record.main, study) == 0
    assert in_reference("vae_32", 0)
    assert not in_reference("vae_32", 1)
    resting_on = {claim["id"]: claim["runs"] for claim in record.read("quick")["claims"]}
    assert "runs/quick/vae_32/published/seed-0" in resting_on["C1"]
    assert "runs/quick/vae_32/published/seed-1" not in resting_on["C1"]
    assert "runs/quick/vae_64/published/seed-1" in resting_on["C3"]


def test_a_verdict_on_a_run_that_was_made_anew_leaves_the_reference(study, tmp_path):
    def was_other(entry):
        entry["weights_sha256"] = "of another processor"

    assert status(record.main, study) == 0
    in_reference("text2text", 0, was_other)
    for seed in tmp_path.glob("runs/quick/*/*/seed-1"):
        shutil.rmtree(seed)
    assert status(record.main, study) == 0
    verdicts = {claim["id"]: claim["verdict"] for claim in record.read("quick")["claims"]}
    assert verdicts["C11"] == "not run"  # of epochs that are not at hand
    assert verdicts["C15"] != "not run"


def test_runs_with_changed_settings_never_enter_the_reference(study, capsys):
    assert status(record.main, study) == 0
    before = record.read("quick")
    assert status(record.main, [*study, "LEARNING_RATE=0.05"]) == 2
    assert "leave out LEARNING_RATE" in capsys.readouterr().err
    assert record.read("quick") == before


def test_a_verdict_by_another_criterion_leaves_the_reference(study, tmp_path):
    assert status(record.main, study) == 0
    known = record.read("quick")
    for claim in known["claims"]:
        claim["criterion_version"] -= 1
        claim["reason"] = "a former criterion"
    files.write_json(record.FOLDER / "quick.json", known)
    shutil.rmtree(tmp_path / "runs" / "quick" / "vae_32" / "published" / "seed-1")
    assert status(record.main, study) == 0
    assert "a former criterion" not in {one["reason"] for one in record.read("quick")["claims"]}


def test_a_verdict_by_a_reworded_criterion_stays_with_the_new_wording(study, tmp_path):
    assert status(record.main, study) == 0
    before = record.read("quick")
    reworded = record.read("quick")
    for claim in reworded["claims"]:
        claim["criterion"] = "Former wording."
    files.write_json(record.FOLDER / "quick.json", reworded)
    for seed in tmp_path.glob("runs/quick/text2text/*/seed-1"):
        shutil.rmtree(seed)
    assert status(record.main, study) == 0
    kept, same = (
        {claim["id"]: claim for claim in known["claims"]}
        for known in (record.read("quick"), before)
    )
    # It needs epochs, which are not at hand.
    assert kept["C11"] == same["C11"]


@pytest.mark.parametrize("profile", PROFILES)
def test_the_references_were_made_with_the_settings_of_the_experiments(profile):
    known = record.read(profile) or {"runs": []}
    own = record.own_settings(profile)
    for run in known["runs"]:
        assert record.is_current(run, own), (run["experiment"], run["variant"])


@pytest.mark.parametrize("content", ["", "[]", '{"claims": []}', "\x00"])
def test_an_unreadable_reference_is_one_line(study, content):
    record.FOLDER.mkdir()
    (record.FOLDER / "quick.json").write_text(content)
    with pytest.raises(UserError, match=r"quick\.json .*restore it from git"):
        record.read("quick")


def test_the_readme_shows_what_was_drawn_and_under_which_conditions(study, tmp_path):
    assert status(record.main, study) == 0
    pictures = record.read("quick")["pictures"]
    assert "text2text-accuracy" in pictures
    text = (tmp_path / "README.md").read_text()
    for picture in pictures.values():
        assert (tmp_path / "docs" / "images" / picture["file"]).stat().st_size < 300_000
        assert f"(docs/images/{picture['file']})" in text
        assert "quick profile, reduced" in picture["conditions"]
        assert picture["conditions"] in text


def test_a_picture_of_the_paper_profile_takes_the_place_of_a_reduced_one():
    def known(profile):
        picture = {"file": f"{profile}-handwritings.png", "conditions": f"{profile} profile"}
        return {"runs": [], "pictures": {"styles": picture}}

    section = gallery.section({profile: known(profile) for profile in sections.PROFILES})
    assert "paper-handwritings.png" in section
    assert "quick" not in section


OPEN = "inconclusive"


@pytest.mark.parametrize(
    ("quick", "paper", "shown"),
    [
        (("reproduced", False, 2), ("not run", True, 0), "| reproduced | `quick` | 2 |"),
        (("reproduced", False, 2), ("not reproduced", True, 2), "| not reproduced | `paper` | 2 |"),
        (("not run", False, 0), (OPEN, True, 2), f"| {OPEN}: why | `paper` | 2 |"),
        (("not run", False, 0), ("not run", True, 0), "| not run | `paper` | – |"),
        (("confirmed", False, 2), None, "| confirmed | `quick` | 2 |"),
        # What is open at no smaller scale, with no fewer seeds, is not decided elsewhere.
        (("reproduced", True, 1), (OPEN, True, 3), f"| {OPEN}: why | `paper` | 3 |"),
        (("reproduced", False, 3), (OPEN, True, 3), f"| {OPEN}: why | `paper` | 3 |"),
        (("reproduced", False, 3), (OPEN, True, 1), "| reproduced | `quick` | 3 |"),
        ((OPEN, True, 3), ("reproduced", True, 1), f"| {OPEN}: why | `quick` | 3 |"),
        ((OPEN, False, 3), ("reproduced", True, 1), "| reproduced | `paper` | 1 |"),
        # Quick and paper runs may have the same settings.
        (("reproduced", True, 3), ("not reproduced", True, 1), "| reproduced | `quick` | 3 |"),
        ((OPEN, False, 3), (OPEN, True, 1), f"| {OPEN}: why | `paper` | 1 |"),
    ],
)
def test_the_verdict_that_rests_on_most_is_shown(quick, paper, shown):
    def known(verdict, full_scale, seeds):
        evaluated = {
            **{"id": "C1", "claim": "It holds.", "verdict": verdict, "reason": "why"},
            "full_scale": full_scale,
            "runs": [f"runs/x/vae_32/published/seed-{seed}" for seed in range(seeds)],
        }
        return {"claims": [evaluated], "defects": []}

    each = {"quick": quick, "paper": paper}
    references = {profile: known(*evaluated) for profile, evaluated in each.items() if evaluated}
    assert f"| C1 | It holds. {shown}\n" in verdicts_table.table(references)


def test_no_picture_in_the_repository_is_one_that_the_readme_does_not_show():
    text = sections.FILE.read_text(encoding="utf-8")
    for file in gallery.FOLDER.glob("*"):
        assert f"docs/images/{file.name}" in text


def test_the_readme_is_up_to_date():
    text = sections.FILE.read_text(encoding="utf-8")
    for name, content in sections.parts(record.references()).items():
        begin, end = sections.marks(name)
        assert text.partition(begin)[2].partition(end)[0] == content
