"""The published study, recomputed from what it printed; needs no cohort.

Ying et al. 2025, Front. Oncol. 15:1573700. ``config/published`` holds its tables. Every number
of tables 3 and 4 is explained by whole counts over 9 necrosis and 49 recurrence cases.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd

from radnec.core.errors import InputError
from radnec.core.files import write_json
from radnec.core.tables import read_tsv, write_markdown, write_tsv
from radnec.evaluate.audit.table1 import audit_table1
from radnec.evaluate.audit.ttests import audit_tests
from radnec.evaluate.measures.auc import newcombe_interval
from radnec.evaluate.measures.intervals import proportion, wald

N_NECROSIS, N_RECURRENCE = 9, 49
CONFIDENCE = 0.95
TOLERANCE = 0.01
CITATION = "Ying et al. 2025, Front. Oncol. 15:1573700, doi 10.3389/fonc.2025.1573700"
_METRICS = ("acc", "sens", "spec", "auc")


def audit_published(*, published: Path, outdir: Path) -> None:
    """Recompute the published tables and write what holds and what does not.

    Parameters
    ----------
    published
        Folder of table1.tsv and table3.tsv to table6.tsv, as printed.
    outdir
        Gets performance.tsv (tables 3 and 4: counts, every interval recomputed, recommended
        intervals), bounds.tsv (one row a printed bound), tests.tsv (tables 5 and 6),
        table1.tsv, summary.json and audit.md.

    Raises
    ------
    InputError
        If a row of tables 3 or 4 has no whole counts behind it.
    """
    rows = pd.concat(
        [read_tsv(published / f"table{k}.tsv").assign(table=k) for k in (3, 4)], ignore_index=True
    )
    performance, bounds = recompute(rows)
    tests = audit_tests(
        read_tsv(published / "table5.tsv"), read_tsv(published / "table6.tsv"), performance
    )
    first = audit_table1(read_tsv(published / "table1.tsv"))
    write_tsv(performance, outdir / "performance.tsv")
    write_tsv(bounds, outdir / "bounds.tsv")
    write_tsv(tests, outdir / "tests.tsv")
    write_tsv(first, outdir / "table1.tsv")
    findings = _findings(performance, bounds, tests, first)
    write_json(outdir / "summary.json", findings)
    readable = pd.DataFrame(
        [{"Table": item["table"], "Finding": item["finding"]} for item in findings["findings"]]
    )
    title = "The published study, recomputed from its printed numbers"
    write_markdown(readable, outdir / "audit.md", title=title, notice=f"Source: {CITATION}.")


def recompute(rows: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Find the counts behind each row of tables 3 and 4 and recompute all its intervals.

    Returns
    -------
    tuple of DataFrame
        One row a model: counts, printed values, recommended intervals (Wilson; Newcombe for the
        AUC, since DeLong's needs the scores), the AUCs that the printed sensitivity and
        specificity allow, agreement. And one row a printed bound: printed, recomputed, formula.
    """
    models, bounds = [], []
    for row in rows.to_dict("records"):
        found = counts_behind(row)
        if len(found) != 1:
            raise InputError(
                f"published table {row['table']}, {row['backbone']} {row['inputs']}: found "
                f"{len(found)} pairs of counts that give the printed figures, expected one"
            )
        tp, tn = found[0]
        n = N_NECROSIS + N_RECURRENCE
        counts = {"acc": (tp + tn, n), "sens": (tp, N_NECROSIS), "spec": (tn, N_RECURRENCE)}
        used = {"acc": "wald", "sens": "wilsoncc", "spec": "wilsoncc"}
        paper = {m: proportion(*counts[m], used[m], CONFIDENCE) for m in counts}  # type: ignore[arg-type]
        paper["auc"] = wald(row["auc"], n, CONFIDENCE)
        better = {m: proportion(*counts[m], "wilson", CONFIDENCE) for m in counts}
        better["auc"] = newcombe_interval(row["auc"], N_NECROSIS, N_RECURRENCE, CONFIDENCE)
        key = {name: row[name] for name in ("table", "backbone", "inputs")}
        off = []
        for metric in _METRICS:
            for side, value in (("lo", paper[metric].low), ("hi", paper[metric].high)):
                printed = row[f"{metric}_{side}"]
                agrees = abs(value - printed) <= TOLERANCE
                bounds.append(
                    {
                        **key,
                        "bound": f"{metric}_{side}",
                        "printed": printed,
                        "recomputed": round(value, 4),
                        "formula": paper[metric].method,
                        "agrees": "yes" if agrees else "no",
                    }
                )
                if not agrees:
                    off.append(f"{metric}_{side}")
        sens, spec = tp / N_NECROSIS, tn / N_RECURRENCE
        model: dict[str, Any] = {**key, "true_necrosis": tp, "true_recurrence": tn}
        model |= {"n_necrosis": N_NECROSIS, "n_recurrence": N_RECURRENCE}
        for metric in _METRICS:
            estimate = better[metric]
            model[metric] = row[metric] if metric == "auc" else round(estimate.value, 6)
            model |= {
                f"{metric}_lo": row[f"{metric}_lo"],
                f"{metric}_hi": row[f"{metric}_hi"],
                f"{metric}_recommended_lo": round(estimate.low, 6),
                f"{metric}_recommended_hi": round(estimate.high, 6),
            }
        # A curve through the point (1 - spec, sens) has at least and at most these areas.
        model |= {"auc_least": sens * spec, "auc_most": 1 - (1 - sens) * (1 - spec)}
        model["bounds_off"] = ", ".join(off)
        models.append(model)
    return pd.DataFrame(models).round(6), pd.DataFrame(bounds)


def counts_behind(row: dict[str, Any]) -> list[tuple[int, int]]:
    """Return the counts (necrosis right, recurrence right) that give a row's printed figures."""
    n = N_NECROSIS + N_RECURRENCE
    # Half a unit of the last digit would do for all rows but one accuracy (vgg16 t2: 49/58 is
    # 0.8448, printed 0.85), hence the whole unit.
    return [
        (tp, tn)
        for tp in range(N_NECROSIS + 1)
        for tn in range(N_RECURRENCE + 1)
        if abs(tp / N_NECROSIS - row["sens"]) <= TOLERANCE
        and abs(tn / N_RECURRENCE - row["spec"]) <= TOLERANCE
        and abs((tp + tn) / n - row["acc"]) <= TOLERANCE
    ]


def _findings(
    performance: pd.DataFrame, bounds: pd.DataFrame, tests: pd.DataFrame, first: pd.DataFrame
) -> dict[str, Any]:
    """Return the figures of the audit and what they say, in sentences."""
    off = bounds[bounds["agrees"] == "no"]
    named = [
        f"{r['backbone']} {r['inputs']} {r['bound']} is printed {r['printed']:.2f}, the formula "
        f"gives {r['recomputed']:.2f}"
        for r in off.to_dict("records")
    ]
    impossible = performance[
        (performance["auc"] < performance["auc_least"] - TOLERANCE)
        | (performance["auc"] > performance["auc_most"] + TOLERANCE)
    ]
    widths = {
        kind: (performance[f"auc{kind}_hi"] - performance[f"auc{kind}_lo"]).mean()
        for kind in ("", "_recommended")
    }
    sentences = [
        (
            "3, 4",
            f"{len(bounds) - len(off)} of {len(bounds)} printed bounds in {len(performance)} rows "
            f"agree within {TOLERANCE} with counts over {N_NECROSIS} necrosis and {N_RECURRENCE} "
            "recurrence cases: Wilson with continuity correction for sensitivity and specificity, "
            f"Wald for accuracy and AUC. Not: {'; '.join(named) or 'none'}.",
        ),
        (
            "3, 4",
            "Wald's formula with all 58 cases is not an interval of an AUC: the printed ones are "
            f"on average {widths['']:.2f} wide, Newcombe's score interval, which knows that there "
            f"are 9 positives, {widths['_recommended']:.2f}.",
        ),
        (
            "3, 4",
            f"{len(performance) - len(impossible)} of {len(performance)} printed AUCs are possible "
            "with the printed sensitivity and specificity.",
        ),
        *((str(r["table"]), r["finding"]) for r in tests.to_dict("records") if r["finding"]),
        *(("1", r["finding"]) for r in first.to_dict("records") if r["finding"]),
    ]
    return {
        "source": CITATION,
        "rows": len(performance),
        "bounds": len(bounds),
        "bounds_agreeing": int(len(bounds) - len(off)),
        "bounds_off": named,
        "auc_width_printed": round(float(widths[""]), 4),
        "auc_width_recommended": round(float(widths["_recommended"]), 4),
        "tests_possible": {
            str(k): int(group["possible"].eq("yes").sum()) for k, group in tests.groupby("table")
        },
        "findings": [{"table": table, "finding": text} for table, text in sentences],
    }
