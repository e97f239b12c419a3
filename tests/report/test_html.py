"""The report: everything inside, nothing from elsewhere, no section without its file."""

from __future__ import annotations

import base64
import dataclasses
import json
import re
from html.parser import HTMLParser
from pathlib import Path

import pandas as pd
import pytest
from report_inputs import NOTICE, PATIENT_TABLES, SVG

from radnec.core.errors import InputError
from radnec.core.notices import notice
from radnec.evaluate.audit.published import audit_published
from radnec.report.html import write_report
from radnec.report.inputs import ReportInputs
from radnec.report.published import write_published
from radnec.report.readable import comparisons

ROOT = Path(__file__).parents[2]


class Page(HTMLParser):
    """What a browser would see: text, anchors, links, pictures; and whether tags are balanced."""

    VOID = frozenset({"meta", "img", "br", "hr", "link"})

    def __init__(self, html: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.words: list[str] = []
        self.ids: list[str] = []
        self.links: list[str] = []
        self.pictures: list[str] = []
        self.tags: set[str] = set()
        self.feed(html)
        self.close()
        self.text = " ".join(" ".join(self.words).split())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        self.tags.add(tag)
        if tag not in self.VOID:
            self.open.append(tag)
        if values.get("id"):
            self.ids.append(str(values["id"]))
        if tag == "a":
            self.links.append(str(values["href"]))
        if tag == "img":
            self.pictures.append(str(values["src"]))
            assert values.get("alt")

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if not self.open or self.open[-1] not in ("style", "script"):
            self.words.append(data)


def write(inputs: ReportInputs, folder: Path) -> tuple[str, Page]:
    write_report(inputs=inputs, output=folder / "report.html")
    html = (folder / "report.html").read_text()
    return html, Page(html)


def test_page_is_whole_and_needs_nothing_else(inputs: ReportInputs, tmp_path: Path) -> None:
    html, page = write(inputs, tmp_path)
    assert not page.open
    assert "link" not in page.tags and "src=" not in re.sub(r'<img src="data:', "", html)
    assert page.pictures and all(p.startswith("data:image/svg+xml;base64,") for p in page.pictures)
    outside = [link for link in page.links if not link.startswith("#")]
    assert outside == ["https://doi.org/10.3389/fonc.2025.1573700"]
    assert {link[1:] for link in page.links if link.startswith("#")} <= set(page.ids)
    assert len(page.ids) == len(set(page.ids))
    assert "url(" not in html


def test_what_is_shown(inputs: ReportInputs, tmp_path: Path) -> None:
    _, page = write(inputs, tmp_path)
    assert page.text.count(NOTICE) == 2  # at the top and at the end, not below each table
    assert "Of 3 cases, 2 were analysed: 1 recurrence and 1 necrosis" in page.text
    for number in range(1, 7):
        assert f"Table {number}. Title & more" in page.text
        assert f"net<{number}>" in page.text  # as text, not as a tag
    for number in range(1, 6):
        assert f"Figure {number}." in page.text
    assert "missing sequence: <t2>" in page.text
    assert "x: <not a tag>" in page.text
    first = base64.b64decode(page.pictures[0].split(",")[1]).decode()
    assert first == SVG
    for name in ("torch", "snakemake", "Python"):
        assert name in page.text


@pytest.mark.parametrize(
    ("config", "expected"),
    [
        ("registration: {method: given}", ["Registration was skipped"]),
        ("skull_strip: {backend: none}", ["Skull stripping was skipped"]),
        ("skull_strip: {backend: given}", ["the mask of every case came with it"]),
        ("registration: {method: rigid}\nskull_strip: {backend: hd-bet}", []),
    ],
)
def test_stages_that_were_skipped_are_named(
    inputs: ReportInputs, tmp_path: Path, config: str, expected: list[str]
) -> None:
    inputs.config.write_text(config)
    _, page = write(inputs, tmp_path)
    for text in ("Registration was skipped", "Skull stripping was skipped", "the mask of every"):
        assert (text in page.text) == any(text in one for one in expected)


def test_sections_without_files_are_left_out(inputs: ReportInputs, tmp_path: Path) -> None:
    _, page = write(inputs, tmp_path)
    for name in ("training", "beyond", "comparisons", "subgroups", "planning", "published"):
        assert name not in page.ids
    assert {"question", "performance", "explanation", "excluded", "limits"} <= set(page.ids)
    table = pd.read_csv(inputs.cohort, sep="\t").query("status == 'included'")
    table.to_csv(inputs.cohort, sep="\t", index=False)
    _, page = write(inputs, tmp_path)
    assert "excluded" not in page.ids
    assert "None was excluded." in page.text


def test_patients_are_not_called_a_phantom(inputs: ReportInputs, tmp_path: Path) -> None:
    real = dataclasses.replace(inputs, phantom=False, notice=notice(phantom=False))
    for path in real.tables.values():
        path.write_text(path.read_text().replace(NOTICE, real.notice))
    _, page = write(real, tmp_path)
    assert "phantom" not in page.text.lower() and "simulated" not in page.text.lower()
    assert "Research use only" in page.text


def test_same_inputs_same_bytes(inputs: ReportInputs, tmp_path: Path) -> None:
    write_report(inputs=inputs, output=tmp_path / "a.html")
    write_report(inputs=inputs, output=tmp_path / "b.html")
    assert (tmp_path / "a.html").read_bytes() == (tmp_path / "b.html").read_bytes()


@pytest.mark.parametrize("kind", ["tables", "figures"])
def test_missing_required_file_is_an_error(inputs: ReportInputs, tmp_path: Path, kind: str) -> None:
    name = f"{kind[:-1]}3"
    given = dict(getattr(inputs, kind))
    given[name].unlink()
    with pytest.raises(InputError, match=rf"{name}\.\w+: not found, the report needs it"):
        write(inputs, tmp_path)
    del given[name]
    with pytest.raises(InputError, match=f"report: {kind}: {name} missing"):
        write(dataclasses.replace(inputs, **{kind: given}), tmp_path)
    assert not (tmp_path / "report.html").exists()


def test_named_optional_file_has_to_be_there(inputs: ReportInputs, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"audit\.md: not found"):
        write(dataclasses.replace(inputs, audit=tmp_path / "audit"), tmp_path)
    with pytest.raises(InputError, match=r"expected \.svg or \.png"):
        write(dataclasses.replace(inputs, training_figure=tmp_path / "x.pdf"), tmp_path)


def maps_summary(path: Path, grid: str, zero: str = "no") -> Path:
    rows = [
        ("a", "necrosis", 0.9, "necrosis", "no"),
        ("b", "recurrence", 0.2, "recurrence", zero),
    ]
    table = pd.DataFrame(rows, columns=["case", "label", "p_necrosis", "predicted", "zero"])
    table["p_recurrence"] = 1 - table["p_necrosis"]
    table.assign(method="gradcam", layer="class_layers.relu", layer_grid=grid).to_csv(
        path, sep="\t", index=False
    )
    return path


def test_maps_are_described_honestly(inputs: ReportInputs, tmp_path: Path) -> None:
    for grid, zero, expected in (
        ("5x5x4", "no", "None of the 2 maps is zero."),
        ("5x5x1", "yes", "In 1 of 2 test cases, nothing raised the score of the predicted class"),
        ("5x5x1", "no", "the map gives almost no information about location"),
        ("1x1x1", "no", "A grid of one cell cannot localise anything"),
    ):
        path = maps_summary(tmp_path / "summary.tsv", grid, zero)
        _, page = write(dataclasses.replace(inputs, maps_summary=path), tmp_path)
        assert expected in page.text
        assert "the most confident correct answer among 1 test cases of necrosis" in page.text


def test_optional_sections(inputs: ReportInputs, tmp_path: Path) -> None:
    evaluation = tmp_path / "evaluation"
    evaluation.mkdir()
    model = "resnet10\tfused"
    (evaluation / "metrics.tsv").write_text(
        "backbone\tinput_set\toperating_point\tprevalence\tmetric\tvalue\tlow\thigh\tmethod\tnote\n"
        f"{model}\thigher probability\t\tmcc\t0.718\t0.38\t0.93\tBCa\t\n"
        f"{model}\tchosen\t\tmcc\t0.111\t0.0\t0.2\tBCa\t\n"
        f"{model}\t\t\tbrier\t0.07\t\t\tBCa\t\n"
        f"{model}\t\t\tauc_permutation_p\t0.0005\t\t\t2000\t\n"
    )
    (evaluation / "ranking.tsv").write_text(
        "backbone\tinput_set\trank\tauc\tauc_lo\tauc_hi\tsimultaneous_lo\tsimultaneous_hi\t"
        "corrected\tcorrected_lo\tcorrected_hi\tpermutation_holm_p\tnotes\n"
        "net\tfused\t1\t0.88\t0.7\t0.95\t0.62\t0.97\t0.81\t0.6\t0.93\t0.004\t\n"
    )
    (evaluation / "resampled.tsv").write_text("kind\tnotes\nnone\tnot applicable\n")
    (evaluation / "comparisons.tsv").write_text(
        "family\tfirst_backbone\tfirst_input_set\tsecond_backbone\tsecond_input_set\t"
        "auc_difference\tauc_difference_lo\tauc_difference_hi\tdelong_p\tdelong_holm_p\t"
        "acc_difference\tacc_difference_lo\tacc_difference_hi\tmcnemar_exact_p\t"
        "mcnemar_exact_holm_p\n"
        f"backbones\t{model}\tvgg11\tfused\t-0.211\t-0.417\t-0.0046\t0.045\t1.0\t0.0\t-0.1\t0.1\t1\t1\n"
    )
    (evaluation / "planning.tsv").write_text(
        "n\tprevalence\tn_necrosis\tn_recurrence\tsens_width\tspec_width\tauc_width\tsmallest_auc"
        "\tsmallest_difference_50\tsmallest_difference_90\tsource\tnotes\n"
        "58\t0.155172\t9\t49\t0.45\t0.13\t0.36\t0.786\t\t0.13\ttested\twhy\n"
    )
    for name, text in PATIENT_TABLES.items():
        (evaluation / name).write_text(text)
    (tmp_path / "scanner_use.tsv").write_text(
        "backbone\tinput_set\tname\tr2\tr2_by_chance\tp_value\tholm_p\tnotes\n"
        f"{model}\tscanner\t0.31\t0.04\t0.0004\t0.002\t\n"
    )
    explanation = tmp_path / "tests"
    explanation.mkdir()
    (explanation / "metrics.tsv").write_text(
        "test\tmeasure\tgroup\tn\tvalue\tlower\tupper\tchance\tp\n"
        "pointing game\tpeak in the lesion\tall\t12\t0.75\t0.46\t0.91\t0.05\t1e-09\n"
    )
    card = {
        "model": {"backbone": "resnet10", "inputs": "fused", "fold": "holdout", "seed": 1}
        | {"parameters": 14356929, "size": [48, 48, 32]},
        "data": {"training": {"recurrence": 30, "necrosis": 20}},
        "results": {"epochs_trained": 15, "train_loss": 0.1234},
    }
    (tmp_path / "card.json").write_text(json.dumps(card))
    audit_published(published=ROOT / "config/published", outdir=tmp_path / "audit")
    (tmp_path / "curve.svg").write_text(SVG)
    cases = [f"P{number:02d}" for number in range(10)]
    (tmp_path / "qc.tsv").write_text("case\tremarks\n" + "".join(f"{c}\tr{c}\n" for c in cases))
    (tmp_path / "quality").mkdir()
    pages = [tmp_path / "quality" / f"{case}.svg" for case in reversed(cases)]
    for path in pages:
        path.write_text(SVG)
    full = dataclasses.replace(
        inputs,
        training_figure=tmp_path / "curve.svg",
        cards=[tmp_path / "card.json"],
        evaluation=evaluation,
        evaluation_figures={"Calibration of all": tmp_path / "curve.svg"},
        patient_figures={"Probabilities by class": tmp_path / "curve.svg"},
        scanner_use=tmp_path / "scanner_use.tsv",
        audit=tmp_path / "audit",
        audit_figures={"Published beside this": tmp_path / "curve.svg"},
        explanation=explanation,
        quality=tmp_path / "qc.tsv",
        quality_pages=pages,
    )
    html, page = write(full, tmp_path)
    assert "0.72 (0.38 to 0.93)" in page.text and "0.11" not in page.text
    assert "< 0.001" in page.text
    assert "resnet10 / fused" in page.text
    assert "-0.21 (-0.42 to 0.00)" in page.text  # no minus before a zero
    assert "14,356,929" in page.text and "30 recurrence + 20 necrosis" in page.text
    assert "peak in the lesion" in page.text and "0.75 (0.46 to 0.91)" in page.text
    assert "resnet50 t1 auc_lo is printed 0.69" in page.text
    assert "evaluated 3 times" in page.text and "2 different sets of predictions" in page.text
    assert "0.051" in page.text and "-0.25 (-0.75 to 0.25)" in page.text
    assert "0.099 (0.020 to 0.140)" in page.text and "0.777" not in page.text
    assert "-0.011 (-0.050 to 0.030)" in page.text and "2882" in page.text
    assert "not defined: why" in page.text and "Probabilities by class" in page.text
    assert "rP00" in page.text and "Calibration of all" in page.text
    # In the order of the table: the first eight with their pictures, the others as links.
    assert [f"Case {case}. Top" in page.text for case in cases] == [True] * 8 + [False] * 2
    assert [f'href="quality/{case}.svg"' in html for case in cases] == [False] * 8 + [True] * 2
    assert {
        "training",
        "beyond",
        "patients",
        "comparisons",
        "planning",
        "published",
        "quality",
    } <= set(page.ids)
    assert not page.open


def test_the_page_on_the_published_study_needs_no_cohort(tmp_path: Path) -> None:
    audit_published(published=ROOT / "config/published", outdir=tmp_path / "audit")
    (tmp_path / "forest.svg").write_text(SVG)
    write_published(
        audit=tmp_path / "audit",
        figure=tmp_path / "forest.svg",
        notice=notice(phantom=False),
        output=tmp_path / "published.html",
    )
    html = (tmp_path / "published.html").read_text()
    page = Page(html)
    assert not page.open and page.pictures[0].startswith("data:image/svg+xml;base64,")
    assert html.count("8 of 8") == 23 and html.count("7 of 8") == 1
    # By hand: 0.75 - 1.96 sqrt(0.75 x 0.25 / 58) is 0.64; the table prints 0.69.
    assert "resnet50 t1 auc_lo is printed 0.69, the formula gives 0.64" in page.text
    assert "7 of 9" in page.text and "46 of 49" in page.text
    assert "Simulated" not in page.text


def test_a_single_model_has_nothing_to_be_compared_with(tmp_path):
    """Its table of comparisons has a header only, without the columns of the differences."""
    path = tmp_path / "comparisons.tsv"
    path.write_text("family\tfirst_backbone\tfirst_input_set\tdelong_p\tcohort\n")
    assert comparisons(path, "95 % CI") == ""


def test_the_networks_of_the_brain_masks_are_named(inputs: ReportInputs, tmp_path: Path) -> None:
    network = tmp_path / "network.json"
    network.write_text(
        '{"network": "some <network> 1.0", "licence": "MIT", "files": {"a.model": "0123abcd"}}'
    )
    _, page = write(inputs, tmp_path)
    assert "Brain masks by" not in page.text
    _, page = write(dataclasses.replace(inputs, strip_network=network), tmp_path)
    for expected in ("some <network> 1.0", "licence MIT", "a.model SHA-256 0123abcd"):
        assert expected in page.text
