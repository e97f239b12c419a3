"""The report in a real browser: tables, figures, contents, print, and what keeps readers out."""

from __future__ import annotations

import dataclasses
import itertools
import re
import time
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest
from browser import asked_for, barriers, browser, needs_browser, wait_for
from report_inputs import PATIENT_TABLES, SVG, required_inputs

from radnec.report.html import write_report

pytestmark = needs_browser
ROWS = 15


@pytest.fixture(scope="module")
def page(tmp_path_factory) -> Path:
    """A report with a first screen, one long table and a wide one."""
    folder = tmp_path_factory.mktemp("report")
    (folder / "evaluation").mkdir()
    (folder / "evaluation" / "ranking.tsv").write_text(
        "backbone\tinput_set\trank\tauc\tauc_lo\tauc_hi\tsimultaneous_lo\tsimultaneous_hi\t"
        "corrected\tcorrected_lo\tcorrected_hi\tpermutation_holm_p\tnotes\n"
        "net\tfused\t1\t0.88\t0.7\t0.95\t0.62\t0.97\t0.81\t0.6\t0.93\t0.004\t\n"
        "net\tt1\t2\t0.71\t0.5\t0.9\t0.45\t0.92\t\t\t\t0.1\t\n"
    )
    (folder / "evaluation" / "comparisons.tsv").write_text(
        "family\tfirst_backbone\tfirst_input_set\tsecond_backbone\tsecond_input_set\t"
        "auc_difference\tauc_difference_lo\tauc_difference_hi\tdelong_p\tdelong_holm_p\t"
        "acc_difference\tacc_difference_lo\tacc_difference_hi\tmcnemar_exact_p\t"
        "mcnemar_exact_holm_p\n"
        "inputs\tnet\tfused\tnet\tt1\t0.17\t-0.02\t0.36\t0.08\t0.08\t0.1\t-0.1\t0.3\t0.4\t0.4\n"
    )
    (folder / "evaluation" / "resampled.tsv").write_text("kind\tnotes\nnone\tnot applicable\n")
    (folder / "evaluation" / "metrics.tsv").write_text(
        "backbone\tinput_set\toperating_point\tprevalence\tmetric\tvalue\tlow\thigh\tmethod\tnote\n"
        "net\tfused\t\t\tbrier\t0.07\t\t\tBCa\t\nnet\tt1\t\t\tbrier\t0.17\t\t\tBCa\t\n"
    )
    (folder / "evaluation" / "planning.tsv").write_text(
        "n\tprevalence\tn_necrosis\tn_recurrence\tsens_width\tspec_width\tauc_width\tsmallest_auc"
        "\tsmallest_difference_50\tsmallest_difference_90\tsource\tnotes\n"
        "58\t0.155\t9\t49\t0.45\t0.13\t0.36\t0.786\t\t0.13\ttested\twhy\n"
    )
    for name, text in PATIENT_TABLES.items():
        (folder / "evaluation" / name).write_text(text)
    # Order of rows, of numbers and of words all differ; the last row has no number.
    volumes = [*(1000 + (7 * at) % ROWS * 90 for at in range(ROWS - 1)), None]
    quality = pd.DataFrame(
        {
            "case": [f"P{(4 * at) % ROWS:02d}" for at in range(ROWS)],
            "remarks": ["odd" if at % 3 == 0 else "" for at in range(ROWS)],
            "brain (ml)": [f"{one:,}" if one else "" for one in volumes],
        }
    )
    quality.to_csv(folder / "qc.tsv", sep="\t", index=False)
    inputs = dataclasses.replace(
        required_inputs(folder), evaluation=folder / "evaluation", quality=folder / "qc.tsv"
    )
    write_report(inputs=inputs, output=folder / "report.html")
    return folder / "report.html"


@pytest.fixture(scope="module")
def driver(page: Path, tmp_path_factory) -> Iterator:
    with browser(tmp_path_factory.mktemp("profile")) as started:
        yield started


def look(driver, page: Path, *, width: int = 1280, dark: bool = False, media: str = "") -> None:
    """Open the report at a width; headless windows cannot be narrower than 500 by themselves."""
    size = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": False}
    driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
    scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
    driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": media, "features": [scheme]})
    driver.get(page.as_uri())


def cells(driver, table, column: int) -> list[str]:
    """What is seen of a column, from above."""
    return driver.execute_script(
        "return [...arguments[0].tBodies[0].rows].filter((row) => !row.hidden)"
        ".map((row) => row.cells[arguments[1]].textContent)",
        table,
        column,
    )


def quality_table(driver):
    fold = driver.find_element("css selector", "#quality ~ details.fold")
    fold.find_element("css selector", "summary").click()
    return fold.find_element("css selector", "table")


def number(text: str) -> float:
    return float(text.replace(",", "")) if text else float("inf")


def test_a_long_table_is_folded_and_sorts_by_its_numbers(driver, page) -> None:
    look(driver, page)
    table = quality_table(driver)
    before = cells(driver, table, 2)
    head = table.find_elements("css selector", "th")[2]
    head.find_element("css selector", "button").click()
    assert head.get_attribute("aria-sort") == "ascending"
    assert cells(driver, table, 2) == sorted(before, key=number) != before
    head.find_element("css selector", "button").click()
    assert head.get_attribute("aria-sort") == "descending"
    down = sorted((one for one in before if one), key=number, reverse=True)
    assert cells(driver, table, 2) == [*down, ""]  # without a value: last, whichever way
    table.find_elements("css selector", "th button")[0].click()
    assert cells(driver, table, 0) == [f"P{at:02d}" for at in range(ROWS)]
    assert not head.get_attribute("aria-sort")


def test_filter_and_download_agree_with_the_file(driver, page, tmp_path) -> None:
    look(driver, page)
    driver.execute_cdp_cmd(
        "Browser.setDownloadBehavior", {"behavior": "allow", "downloadPath": str(tmp_path)}
    )
    table = quality_table(driver)
    fold = driver.find_element("css selector", "#quality ~ details.fold")
    fold.find_element("css selector", "input[type=search]").send_keys("ODD p")
    written = pd.read_csv(page.parent / "qc.tsv", sep="\t", dtype=str, keep_default_na=False)
    expected = written[written["remarks"] == "odd"].reset_index(drop=True)
    assert cells(driver, table, 0) == list(expected["case"])
    assert f"{len(expected)} of {ROWS} rows" in fold.find_element("css selector", "output").text
    fold.find_element("xpath", ".//button[text()='Download TSV']").click()
    wait_for(lambda: list(tmp_path.glob("*.tsv")))
    time.sleep(0.2)
    (saved,) = tmp_path.glob("*.tsv")
    taken = pd.read_csv(saved, sep="\t", dtype=str, keep_default_na=False)
    pd.testing.assert_frame_equal(taken, expected)


def test_figures_open_large_and_their_vectors_can_be_taken(driver, page, tmp_path) -> None:
    look(driver, page)
    driver.execute_cdp_cmd(
        "Browser.setDownloadBehavior", {"behavior": "allow", "downloadPath": str(tmp_path)}
    )
    figure = driver.find_element("css selector", "#figure3")
    button = figure.find_element("css selector", "button.enlarge")
    button.send_keys("\n")  # by the keys alone
    dialog = driver.find_element("css selector", "dialog")
    wait_for(lambda: dialog.get_attribute("open"))
    dialog.find_element("xpath", ".//button[text()='Download SVG']").click()
    wait_for(lambda: (tmp_path / "figure3.svg").exists())
    assert (tmp_path / "figure3.svg").read_text() == SVG
    dialog.find_element("xpath", ".//button[text()='Close']").click()
    assert not dialog.get_attribute("open")


def test_contents_stand_beside_the_text_or_fold(driver, page) -> None:
    look(driver, page)
    contents, text = (driver.find_element("css selector", name) for name in (".contents", "main"))
    assert contents.rect["x"] + contents.rect["width"] <= text.rect["x"]
    driver.execute_script("window.scrollTo(0, 2000)")
    assert driver.execute_script("return arguments[0].getBoundingClientRect().top", contents) < 50
    titles = [link.text for link in contents.find_elements("css selector", "ol a")]
    heads = [head.text for head in driver.find_elements("css selector", "main h2[id]")]
    assert titles == heads and len(titles) > 8
    look(driver, page, width=390)
    contents = driver.find_element("css selector", ".contents")
    fold = contents.find_element("css selector", "details")
    assert not fold.get_attribute("open")
    contents.find_element("css selector", "summary").click()
    contents.find_element("css selector", "ol a").click()
    assert not fold.get_attribute("open")
    wide = driver.execute_script("return document.documentElement.scrollWidth")
    assert wide <= 390


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("dark", [False, True])
def test_nothing_keeps_a_reader_out(driver, page, width, dark) -> None:
    look(driver, page, width=width, dark=dark)
    for fold in driver.find_elements("css selector", "main details"):
        driver.execute_script("arguments[0].open = true", fold)
    assert barriers(driver) == []
    levels = driver.execute_script(
        "return [...document.querySelectorAll('h1, h2, h3, h4')].map((one) => +one.tagName[1])"
    )
    assert levels[0] == 1 and all(b - a <= 1 for a, b in itertools.pairwise(levels))
    background = driver.execute_script(
        "return getComputedStyle(document.documentElement).backgroundColor"
    )
    red = int(re.findall(r"\d+", background)[0])
    assert (red < 60) == dark


def test_nothing_leaves_the_page_and_nothing_fails(driver, page) -> None:
    asked_for(driver)  # what was asked for before
    look(driver, page)
    assert asked_for(driver) == [page.as_uri()]
    assert [one for one in driver.get_log("browser") if one["level"] == "SEVERE"] == []


def test_print_leaves_out_what_is_folded(driver, page) -> None:
    look(driver, page, media="print")
    for selector in (".contents", "details.fold table", ".tools"):
        assert not driver.find_element("css selector", selector).is_displayed()
    assert driver.find_element("css selector", "#figure3 img").is_displayed()
    look(driver, page)


def test_a_link_into_a_fold_opens_it(driver, page) -> None:
    look(driver, page)
    fold = driver.find_element("css selector", "#quality ~ details.fold")
    driver.execute_script("arguments[0].querySelector('tr').id = 'inside'", fold)
    driver.execute_script("location.hash = 'inside'")
    wait_for(lambda: fold.get_attribute("open"))
