import pytest

from report.readme import gallery, sections, verdicts_table
from report.readme.experiments_table import table
from report.reference import record
from tests.report.recording import status, study

__all__ = ["study"]


def test_the_readme_shows_what_was_drawn_and_under_which_conditions(study, tmp_path):
    assert status(record.main, study) == 0
    images = record.read("quick")["images"]
    assert "text2text-accuracy" in images
    text = (tmp_path / "README.md").read_text()
    for image in images.values():
        assert (tmp_path / "docs" / "images" / image["file"]).stat().st_size < 300_000
        assert f"(docs/images/{image['file']})" in text
        assert "quick profile, reduced" in image["conditions"]
        assert image["conditions"] in text


def test_an_image_of_the_paper_profile_takes_the_place_of_a_reduced_one():
    def known(profile):
        image = {"file": f"{profile}-styles.png", "conditions": f"{profile} profile"}
        return {"runs": [], "images": {"styles": image}}

    section = gallery.section({profile: known(profile) for profile in sections.PROFILES})
    assert "paper-styles.png" in section
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


def test_a_time_is_the_processor_time_of_those_seeds_that_have_it():
    paper = record.read("paper")
    (row,) = (
        line for line in table({"paper": paper}).splitlines() if "| `gan-corrected` |" in line
    )
    known = [run for run in paper["runs"] if run["experiment"] == "gan_corrected"]
    without = {name: value for name, value in known[0].items() if name != "cpu_seconds"}
    more = {**paper, "runs": [*paper["runs"], {**without, "seed": 99, "seconds": 1e6}]}
    assert row in table({"paper": more})


def test_no_image_in_the_repository_is_one_that_the_readme_does_not_show():
    text = sections.FILE.read_text(encoding="utf-8")
    for file in gallery.FOLDER.glob("*"):
        assert f"docs/images/{file.name}" in text


def test_the_readme_is_up_to_date():
    text = sections.FILE.read_text(encoding="utf-8")
    for name, content in sections.parts(record.references()).items():
        begin, end = sections.marks(name)
        assert text.partition(begin)[2].partition(end)[0] == content
