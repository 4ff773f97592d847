import json
import shutil

import pytest

from lib.config import request
from lib.config.profiles import PROFILES
from lib.runs import code
from lib.system import files
from lib.system.errors import UserError
from report.content import own_settings
from report.reference import begun_runs, check, record, recorded_content, recorded_runs, writing
from report.reference.agreement import AGREES, compare
from tests import fake_runs
from tests.report.recording import changed, recorded, rewrite_verdict, status, study, verdicts

__all__ = ["study"]


def contents(folder):
    return {str(file.relative_to(folder)): file.read_bytes() for file in folder.rglob("*.*")}


def test_a_written_reference_agrees_with_its_own_runs(study, tmp_path, capsys):
    assert record.read("quick") is None
    assert status(record.main, study) == 0
    known = record.read("quick")
    requested = request.parse(study)
    assert len(known["runs"]) == len(request.planned(requested))
    assert {each.verdict for each in compare(record.entries(requested), known["runs"])} == {AGREES}
    assert {claim["id"] for claim in known["claims"]} == {f"C{k}" for k in range(1, 23)}
    for run in recorded_runs.load_all("quick"):
        config = json.loads((tmp_path / f"runs/quick/{run.key}/config.json").read_text())
        files_by_part = config["spec"].pop("code")
        fingerprints = run.config["spec"].pop("code")
        assert run.config == config
        assert fingerprints == code.fingerprints(files_by_part)
    assert status(check.main, study) == 0
    assert "0 differs" in capsys.readouterr().out


def test_recording_the_same_runs_again_changes_no_byte(study, tmp_path):
    assert status(record.main, study) == 0
    before = contents(tmp_path / "recorded")
    assert status(record.main, study) == 0
    assert contents(tmp_path / "recorded") == before


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


def test_a_run_that_trains_on_while_it_is_recorded_is_recorded_as_it_was_read(study):
    (planned,) = [each for each in request.planned(request.parse(["PROFILE=quick"]), ["vae-32"])]
    (planned.key.path / "result.json").unlink()
    begun = begun_runs.begun_run(planned)
    with (planned.key.path / "history.jsonl").open("a") as history:
        history.write(json.dumps({"epoch": fake_runs.EPOCHS + 1, "loss": 0.5}) + "\n")
    key = recorded_runs.RecordedKey("quick", "vae_32", "published", 0)
    writing.write_run(begun, key)
    (known,) = recorded("vae_32", 0)
    assert len(known.history) == known.result["epochs"] == fake_runs.EPOCHS


def test_the_readme_s_table_says_what_is_not_there_of_an_experiment(study, tmp_path):
    runs = tmp_path / "runs" / "quick"
    for result in (runs / "vae_32").glob("*/*/result.json"):
        result.unlink()
    (runs / "vae_64" / "published" / "seed-1" / "result.json").unlink()
    shutil.rmtree(runs / "image2text" / "flatten")
    assert status(record.main, study) == 0
    (other,) = (row for row in (tmp_path / "README.md").open() if row.startswith("| `vae-64` "))
    assert "epochs" not in other
    (begun,) = (row for row in (tmp_path / "README.md").open() if row.startswith("| `vae-32`"))
    (epochs,) = {run.entry["settings"]["epochs"] for run in recorded("vae_32", 0)}
    assert f", {fake_runs.EPOCHS} of {epochs} epochs |" in begun
    (part,) = (row for row in (tmp_path / "README.md").open() if row.startswith("| `image2text`"))
    assert ", 3 of 4 variants |" in part


def test_what_is_known_of_runs_on_another_machine_stays(study, tmp_path):
    assert status(record.main, study) == 0
    before = contents(tmp_path / "recorded")
    for seed in tmp_path.glob("runs/quick/*/*/seed-1"):
        shutil.rmtree(seed)
    shutil.rmtree(tmp_path / "runs" / "quick" / "vae_64")
    assert status(record.main, study) == 0
    assert contents(tmp_path / "recorded") == before


def test_verdicts_rest_on_the_runs_of_all_machines(study, tmp_path):
    assert status(record.main, study) == 0
    in_one_place = contents(tmp_path / "recorded")
    for away in ((1, 0), (0, 1)):
        shutil.rmtree(tmp_path / "recorded")
        for other in away:
            for folder in tmp_path.glob(f"runs/quick/*/*/seed-{other}"):
                folder.rename(folder.with_name(f"away-{other}"))
            assert status(record.main, study) == 0
            for folder in tmp_path.glob(f"runs/quick/*/*/away-{other}"):
                folder.rename(folder.with_name(f"seed-{other}"))
        assert contents(tmp_path / "recorded") == in_one_place


def test_claims_that_compare_runs_rest_on_the_seeds_that_all_have(study, tmp_path):
    shutil.rmtree(tmp_path / "runs" / "quick" / "vae_64" / "published" / "seed-1")
    assert status(record.main, study) == 0
    runs = verdicts()["C3"]["runs"]
    assert {run.rpartition("/")[2] for run in runs} == {"seed-0"}
    assert {run.rpartition("/")[2] for run in verdicts()["C9"]["runs"]} == {"seed-0", "seed-1"}


def test_runs_that_read_other_data_leave_the_record(study, tmp_path):
    assert status(record.main, study) == 0
    for folder in (tmp_path / "runs" / "quick").glob("[vgc]a*"):
        if folder.name != "vae_64":
            shutil.rmtree(folder)
    facts = {"name": "CelebA", "synthetic": False, "fingerprint": "of CelebA"}
    files.write_json(tmp_path / "data" / "faces" / "provenance.json", facts)
    for config in tmp_path.glob("runs/quick/vae_64/*/*/config.json"):
        made_with = json.loads(config.read_text())
        made_with["spec"]["data"]["faces"] = facts
        files.write_json(config, made_with)
        (config.parent / "result.json").unlink()  # sealed with the former configuration
    assert status(record.main, study) == 0
    assert recorded("vae_64", 0)
    assert not recorded("vae_32", 0)
    assert recorded("text2text", 0)
    assert verdicts()["C1"]["verdict"] == "not run"


def test_a_run_that_came_further_elsewhere_stays(study):
    def goes_further(config, result):
        result["epochs"] += 1

    assert status(record.main, study) == 0
    (run,) = recorded("vae_32", 1)
    longer = [*run.history, {**run.history[-1], "epoch": fake_runs.EPOCHS + 1}]
    lines = "".join(json.dumps(epoch) + "\n" for epoch in longer)
    (run.key.path / "history.jsonl").write_text(lines)
    changed("vae_32", 1, goes_further)
    assert status(record.main, study) == 0
    assert [run.result["epochs"] for run in recorded("vae_32", 1)] == [fake_runs.EPOCHS + 1]
    assert [run.result["epochs"] for run in recorded("vae_64", 1)] == [fake_runs.EPOCHS]


def test_a_finished_run_stays_where_one_that_is_only_begun_has_as_many_epochs(study, tmp_path):
    assert status(record.main, study) == 0
    before = contents(tmp_path / "recorded")
    (run,) = tmp_path.glob("runs/quick/vae_32/*/seed-1")
    (run / "result.json").unlink()
    assert status(record.main, study) == 0
    assert contents(tmp_path / "recorded") == before


def test_an_evaluated_run_stays_where_one_that_is_not_evaluated_has_as_many_epochs(study, tmp_path):
    (run,) = tmp_path.glob("runs/quick/vae_32/*/seed-0")
    (run / "result.json").unlink()
    shutil.copytree(run, run / "unfinished")
    files.write_json(run / "unfinished" / "result.json", {"epochs": fake_runs.EPOCHS, **EVALUATED})
    assert status(record.main, study) == 0
    before = contents(tmp_path / "recorded")
    shutil.rmtree(run / "unfinished")
    assert status(record.main, study) == 0
    assert contents(tmp_path / "recorded") == before


EVALUATED = {"parameters": 5, "metrics": {"loss": 0.5, "samples_swd": 80.0}}
DIFFERENCES = {
    "vae_32": lambda config, result: config["spec"]["settings"].update(learning_rate=0.5),
    "vae_64": lambda config, result: config["spec"]["code"].update(training="earlier"),
    "vae_128": lambda config, result: config["spec"]["code"].update(evaluation="earlier"),
    "gan_64": lambda config, result: config["spec"]["data"]["faces"].update(fingerprint="other"),
}


def test_what_no_longer_fits_leaves_the_reference(study, tmp_path):
    assert status(record.main, study) == 0
    for experiment, differ in DIFFERENCES.items():
        changed(experiment, 1, differ)
        shutil.rmtree(tmp_path / "runs" / "quick" / experiment / "published" / "seed-1")
    assert status(record.main, study) == 0
    for experiment in DIFFERENCES:
        assert recorded(experiment, 0)
        assert not recorded(experiment, 1), experiment
    resting_on = {name: claim["runs"] for name, claim in verdicts().items()}
    assert "recorded/quick/runs/vae_32/published/seed-0" in resting_on["C1"]
    assert not any("seed-1" in run for run in resting_on["C1"])
    assert "recorded/quick/runs/text2text/train-95/seed-1" in resting_on["C9"]


def test_runs_with_changed_settings_never_enter_the_reference(study, tmp_path, capsys):
    assert status(record.main, study) == 0
    before = contents(tmp_path / "recorded")
    assert status(record.main, [*study, "LEARNING_RATE=0.05"]) == 2
    assert "leave out LEARNING_RATE" in capsys.readouterr().err
    assert contents(tmp_path / "recorded") == before


def test_a_verdict_by_an_earlier_criterion_no_longer_counts(study):
    assert status(record.main, study) == 0
    before = verdicts()
    assert before["C10"]["verdict"] not in ("not run", "inconclusive")
    rewrite_verdict("C10", criterion_version=before["C10"]["criterion_version"] - 1)
    assert verdicts()["C10"]["verdict"] == "not run"
    assert "make reference PROFILE=quick" in verdicts()["C10"]["reason"]
    assert status(record.main, study) == 0
    assert verdicts() == before


def test_a_verdict_by_a_reworded_criterion_stays(study):
    assert status(record.main, study) == 0
    before = verdicts()
    rewrite_verdict("C10", criterion="Former wording.")
    assert verdicts()["C10"]["verdict"] == before["C10"]["verdict"]
    assert status(record.main, study) == 0
    assert verdicts() == before


@pytest.mark.parametrize("profile", PROFILES)
def test_the_references_were_made_with_the_settings_of_the_experiments(profile):
    known = record.read(profile) or {"runs": []}
    own = own_settings(profile)
    for run in known["runs"]:
        assert record.is_current(run, own), (run["experiment"], run["variant"])


@pytest.mark.parametrize("profile", PROFILES)
def test_the_recorded_verdicts_are_those_of_the_recorded_runs(profile):
    known = record.read(profile)
    now = record.verdicts(recorded_content.load(profile))
    for part, claims in now.items():
        for claim, before in zip(claims, known[part], strict=True):
            assert json.loads(json.dumps(claim)) == before, claim["id"]


def test_a_record_with_a_damaged_history_is_to_be_restored(study):
    assert status(record.main, study) == 0
    (run,) = recorded("vae_32", 0)
    history = run.key.path / "history.jsonl"
    history.write_text(history.read_text(encoding="utf-8").splitlines()[0] + "\n")
    with pytest.raises(UserError, match=r"vae_32.*; restore it from git"):
        record.write_derived("quick")


@pytest.mark.parametrize("content", ["", "[]\n", '{"epoch": 1'])
def test_a_damaged_history_of_a_run_that_was_begun_is_one_line(study, tmp_path, content, capsys):
    (run,) = tmp_path.glob("runs/quick/vae_32/*/seed-0")
    (run / "result.json").unlink()
    (run / "history.jsonl").write_text(content)
    assert status(record.main, study) == 2
    assert "vae_32/published/seed-0 cannot be read" in capsys.readouterr().err


def test_a_claim_that_is_new_is_not_run_until_the_record_is_brought_up_to_date(study, tmp_path):
    assert status(record.main, study) == 0
    before = verdicts()
    (tmp_path / "recorded" / "quick" / "verdicts" / "C10.json").unlink()
    assert verdicts()["C10"]["verdict"] == "not run"
    assert "make reference PROFILE=quick" in verdicts()["C10"]["reason"]
    shutil.rmtree(tmp_path / "runs")
    assert status(record.main, study) == 0
    assert verdicts() == before


def test_an_unreadable_reference_is_one_line(study):
    assert status(record.main, study) == 0
    (run,) = recorded("vae_32", 0)
    for name in ("config.json", "result.json"):
        whole = (run.key.path / name).read_text(encoding="utf-8")
        for content in ("", "[]", '{"claims": []}', "\x00"):
            (run.key.path / name).write_text(content)
            with pytest.raises(UserError, match=r"vae_32.*restore it from git"):
                record.read("quick")
        (run.key.path / name).write_text(whole, encoding="utf-8")
    assert record.read("quick")
