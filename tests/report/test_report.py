import filecmp
import html
import json
import re
import tomllib

import pytest

from figures import all_figures
from lib.config import request
from lib.runs import plan
from lib.system import paths
from report.content import Content
from report.reference import record, results
from tests import fake_runs

REPORTS = ["report.html", "report.pdf"]
TEMPLATES = sorted((fake_runs.REPOSITORY / "report" / "templates").glob("*.md.j2"))


@pytest.fixture(scope="module")
def work(tmp_path_factory):
    return fake_runs.built(tmp_path_factory.getbasetemp())


@pytest.fixture(scope="module")
def page(work):
    return (work / "build" / "report.html").read_text(encoding="utf-8")


def test_published_values_are_complete():
    known = tomllib.loads((fake_runs.REPOSITORY / "original/published.toml").read_text())
    assert list(known["claims"]) == [f"C{number}" for number in range(1, 23)]
    assert list(known["defects"]) == [f"E{number}" for number in range(1, 14)]
    assert len(known["text2text"]["test_accuracy"]) == 7
    assert len(known["text2image"]) == 5
    explained = {claim for defect in known["defects"].values() for claim in defect["explains"]}
    assert explained <= set(known["claims"])


def test_every_claim_defect_and_figure_is_in_the_page(page):
    for name in [f"C{number}" for number in range(1, 23)] + [
        f"E{number}" for number in range(1, 14)
    ]:
        assert re.search(rf'<th [^>]*scope="row"[^>]*>(<a [^>]*>)?{name}(</a>)?</th>', page), name
    for figure in all_figures():
        assert re.search(rf'<figure id="fig:{figure.name}"', page)
        own = page.partition(f'<figure id="fig:{figure.name}"')[2].partition("</figure>")[0]
        number = figure.number or "[A-Z]"
        assert re.search(rf"<strong>Figure {number}\.</strong>", own)
    assert "<strong>Table 4.</strong>" in page


def test_numbers_come_from_the_runs(page, work):
    folder = work / "runs/quick/text2text/train-95"
    values = [
        json.loads((folder / f"seed-{seed}" / "result.json").read_text())["metrics"][
            "test_accuracy"
        ]
        for seed in (0, 1)
    ]
    mean = sum(values) / 2
    # Of two values: Student's quantile for one degree of freedom, from any table, times the
    # standard error, which is half their distance.
    half_width = 12.706 * abs(values[0] - values[1]) / 2
    assert re.search(rf"{mean:.4f}\u00a0±\u00a0{half_width:.2f}\d\d", page)


def test_reference_results_are_compared_with_the_published_ones(page):
    known = record.read("paper")["runs"]
    values = [
        run["metrics"]["test_accuracy"]
        for run in known
        if (run["experiment"], run["variant"]) == ("text2text", "train-25")
    ]
    start = page.index('id="tbl:reference-text2text"')
    table = page[start : page.index("</figcaption>", start)]
    assert "reference, paper profile" in " ".join(table.split())
    cells = re.search(r"<th[^>]*>25%</th>(.*?)</tr>", table, re.DOTALL).group(1)
    found = re.findall(r"<td[^>]*>\s*([^<]*)</td>", cells)
    assert found[0] == "0.9617"
    assert found[1].startswith(f"{sum(values) / len(values):.4f}")
    assert found[3] == str(len(values))


def test_an_unfinished_run_is_no_reference_result(monkeypatch):
    run = {
        **{"experiment": "vae_32", "variant": "published", "seed": 0, "data": {}},
        **{"epochs": 1, "metrics": {"loss": 0.6}},
    }
    done = {**run, "seed": 1, "metrics": {"loss": 0.5}, "weights_sha256": "0"}
    known = {"runs": [run, done], "claims": [], "defects": [], "images": {}}
    monkeypatch.setattr(record, "read", {"paper": known}.get)
    ((pair, metric, value),) = results.at_full_scale().primary_metrics(())
    assert (pair, metric, value) == (("vae_32", "published"), "loss", "0.5000")


def test_no_number_is_typed_into_the_templates():
    assert TEMPLATES
    for template in TEMPLATES:
        text = template.read_text(encoding="utf-8")
        for filled in (r"<%.*?%>", r"<<.*?>>", r"<#.*?#>", r"```.*?```", r"\$+[^$]*\$+"):
            text = re.sub(filled, "", text, flags=re.DOTALL)
        names = r"@\w+:[\w-]+|\[@[^]]*\]|\{#.*?\}|\b[CE]\d+\b"
        assert not re.search(r"^.*\d.*$", re.sub(names, "", text), re.MULTILINE), template.name


def test_every_caption_names_profile_stand_in_and_seeds(page):
    captions = re.findall(r"<figcaption>(.*?)</figcaption>", page, re.DOTALL)
    assert len(captions) >= 15 + 4
    of_images = {figure.script for figure in all_figures() if figure.shows_images}
    for caption in captions:
        text = " ".join(html.unescape(re.sub("<[^>]*>", "", caption)).split())
        if "(reference, paper profile" in text or "Criteria that were changed" in text:
            continue
        assert "quick profile, reduced" in text, text
        shows_images = any(f"Drawn by {script} " in text for script in of_images)
        assert ("seed 0)" if shows_images else "seeds 0, 1)") in text, text
        assert "stand-in" in text or text.startswith(("Figure 10", "Figure 11", "Table")), text


def test_the_corrected_gan_is_compared_with_each_published_one_after_as_many_faces(page):
    requested = request.parse(["PROFILE=quick", "STUDY=corrected"])
    scale = {
        planned.key.experiment: planned.settings
        for planned in request.planned(requested)
        if planned.key.experiment.startswith("gan_")
    }
    an_epoch = scale["gan_corrected"].steps_per_epoch * scale["gan_corrected"].batch_size
    for name in ("gan_64", "gan_first_epoch"):
        published = scale[name]
        # Half of a published batch is real.
        faces = published.epochs * published.steps_per_epoch * published.batch_size // 2
        row = (
            rf"GAN, 64 dimensions, corrected</th>\s*<td[^>]*>{faces // an_epoch * an_epoch:,}</td>"
        )
        assert re.search(row, page), name


def test_real_data_and_the_full_scale_are_not_called_reduced(tmp_path, monkeypatch):
    fake_runs.write(tmp_path, ["PROFILE=paper"], synthetic=False)
    monkeypatch.setattr(paths, "DATA", tmp_path / "data")
    monkeypatch.setattr(paths, "RUNS", tmp_path / "runs")
    requested = request.parse(["PROFILE=paper"])
    content = Content(requested, plan.load_runs(requested))
    assert content.state == "paper profile; faces: CelebA; digits: MNIST; seed 0"
    assert content.conditions([("vae_32", "published")]).replace("\\", "") == (
        "paper profile: 20,000 images, 50 epochs; faces: CelebA; seed 0"
    )


def test_page_needs_nothing_from_elsewhere_and_can_be_used_without_sight(page):
    loaded = re.findall(r'(?:src|srcset)="([^"]*)"|<link[^>]*href="([^"]*)"|url\(([^)]*)\)', page)
    assert all("".join(address).startswith("data:") for address in loaded)
    assert "<script" not in page
    images = re.findall(r"<img [^>]*>", page)
    assert len(images) == len(all_figures())
    assert all(re.search(r'alt="[^"]{20,}"', image) for image in images)
    assert '<html lang="en">' in page
    assert 'class="skip" href="#content"' in page
    heads = re.findall(r"<th\b[^>]*>", page)
    assert heads
    assert all("scope=" in head for head in heads)
    targets = set(re.findall(r'href="#([^"]*)"', page))
    assert targets <= set(re.findall(r'id="([^"]*)"', page))


def test_no_path_of_this_machine_is_in_the_outputs(work, page):
    for name in REPORTS:
        content = (work / "build" / name).read_bytes()
        for path in (work, fake_runs.REPOSITORY):
            assert str(path).encode() not in content
    assert "figures/samples.py" in page
    assert "runs/quick/vae_32" in page


def test_reports_are_the_same_bytes_when_built_again(work, tmp_path):
    kept = tmp_path / "kept"
    kept.mkdir()
    for name in REPORTS:
        (work / "build" / name).rename(kept / name)
    assert fake_runs.run(work, "report", *fake_runs.ARGUMENTS).returncode == 0
    assert filecmp.cmpfiles(kept, work / "build", REPORTS, shallow=False) == (REPORTS, [], [])


def test_missing_runs_fail_the_build_or_are_named(tmp_path):
    fake_runs.write(tmp_path, ["PROFILE=quick"])
    for result in tmp_path.glob("runs/quick/*/*/seed-0/result.json"):
        if result.parts[-4] not in ("cae", "gan_64", "text2text"):
            result.unlink()
    done = fake_runs.run(tmp_path, "report", "PROFILE=quick")
    assert done.returncode == 2
    assert "make vae-32 PROFILE=quick" in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "build" / "report.html").exists()

    fake_runs.make(tmp_path, "PROFILE=quick", "ALLOW_MISSING=1")
    page = (tmp_path / "build" / "report.html").read_text(encoding="utf-8")
    for target in ("vae-32", "gan-128", "text2image", "image2text"):
        assert f"not run: <code>make {target} PROFILE=quick SEEDS=0</code>" in page
    assert re.search(
        r"Missing runs: <code>make [^<]*vae-64-wide PROFILE=quick SEEDS=0</code>", page
    )
    assert len(re.findall(r"<img ", page)) == len((7, 10, 11))


def test_page_begins_with_the_results_and_has_every_claim_with_its_criterion(page):
    headings = re.findall(r"<h2 [^>]*>(.*?)</h2>", page)
    assert re.sub("<[^>]*>", "", headings[0]) == "1 Results"
    assert page.index('id="tbl:verdicts"') < page.index('id="tbl:summary"')
    boxes = re.findall(r'<div id="claim-(C\d+)" class="claim">(.*?)</div>', page, re.DOTALL)
    assert {name for name, _ in boxes} == {f"C{number}" for number in range(1, 23)}
    assert all("Criterion." in text for _, text in boxes)


def test_the_build_writes_the_claims_for_machines(work):
    record = json.loads((work / "build" / "claims.json").read_text(encoding="utf-8"))
    assert [claim["id"] for claim in record["claims"]] == [f"C{n}" for n in range(1, 23)]
