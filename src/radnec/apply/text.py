"""A patient's answer in words: for the terminal, and as Markdown."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from radnec.apply.checks import outside
from radnec.apply.map_tests import estimate, map_lines
from radnec.novelty.finding import OUTSIDE


def as_text(answer: Mapping[str, Any]) -> str:
    """Return the answer with its doubt, line by line, the loudest first.

    Parameters
    ----------
    answer
        What `radnec.apply.predict.predict_patient` returns.
    """
    return "\n".join([*warnings(answer), "", *_answer(answer), "", str(answer["notice"])]).strip()


def as_markdown(answer: Mapping[str, Any]) -> str:
    """Return the answer with every check, for reading."""
    lines = [
        f"# Case {answer['case']}: {answer['predicted']}",
        "",
        *(f"**{line}**\n" for line in warnings(answer)),
        "| probability of necrosis | probability of recurrence |",
        "|---|---|",
        f"| {answer['p_necrosis']:.3f} | {answer['p_recurrence']:.3f} |",
        "",
        *(f"{line}\n" for line in _answer(answer)),
        "## Similarity to the training cases",
        "",
        *_checks(answer["likeness"]),
        "",
        "## The map, tested in the study",
        "",
        *(f"- {line}" for line in map_lines(answer["map_tests"])),
        "",
        f"**{answer['notice']}**",
    ]
    return "\n".join(lines) + "\n"


def warnings(answer: Mapping[str, Any]) -> list[str]:
    """Return what a reader has to know before the answer; empty where nothing speaks against it."""
    likeness = answer["likeness"]
    said = [f"SAME IMAGES: {text}." for text in likeness["same_images"]]
    if likeness["learned"]:
        said.append(learned(answer))
    said += [
        f"UNLIKE THE STUDY, {check['title']}: {check['found']}; training cases: {check['seen']}."
        for check in outside(likeness)
    ]
    said += [f"Remark of the preparation: {text}." for text in likeness["remarks"]]
    if likeness["note"]:
        said.append(f"NOT COMPARED WITH THE STUDY: {likeness['note']}.")
    return said


def learned(answer: Mapping[str, Any]) -> str:
    """Say which networks learned from these images, and what the others answer."""
    each = answer["p_necrosis_of_each_network"]
    trained = answer["likeness"]["learned"]
    others = [p for name, p in each.items() if name not in trained]
    text = f"{len(trained)} of {len(each)} networks were trained on these images"
    if not others:
        return f"{text}."
    mean = sum(others) / len(others)
    return f"{text}; those that were not give a probability of necrosis of {mean:.3f}."


def false_alarms(likeness: Mapping[str, Any]) -> str:
    """Say how often cases of the study itself are found outside; nothing where it is not known."""
    counted = likeness.get("false_alarms")
    if not counted or not counted["held_out_cases"]:
        return ""
    return (
        f"Of the study's own {counted['held_out_cases']} held-out cases, {counted['any']} "
        "would be called unlike it (each judged by limits from the others)."
    )


def doubt_lines(doubt: Mapping[str, Any]) -> list[str]:
    """Return recalibration, prediction set and the study's own performance, a sentence each.

    Parameters
    ----------
    doubt
        See `radnec.apply.doubt.doubt_of`.
    """
    lines = []
    if decided := doubt["set"]:
        lines.append(_set(decided))
    if moved := doubt["recalibrated"]:
        lines.append(
            f"Recalibrated probability of necrosis ({moved['method']}) "
            f"{moved['p_necrosis']:.3f}, where {moved['share']:.0%} of the patients have "
            f"necrosis ({moved['share_is']})."
        )
    if known := doubt["performance"]:
        lines.append(
            f"In the study this model had sensitivity {estimate(known['sensitivity'])} and "
            f"specificity {estimate(known['specificity'])}, {known['n_necrosis']} cases of "
            f"necrosis and {known['n_recurrence']} of recurrence (prevalence "
            f"{known['prevalence']:.0%}; {known['cases']}; {known['cohort']})."
        )
    if values := doubt["predictive_values"]:
        lines.append(
            f"At a prevalence of {values['prevalence']:.0%}: positive predictive value "
            f"{estimate(values['ppv'])}, negative {estimate(values['npv'])}."
        )
    return [*lines, *(f"{note[0].upper()}{note[1:]}." for note in doubt["notes"])]


def _set(decided: Mapping[str, Any]) -> str:
    members = decided["members"]
    if len(members) > 1:
        why = ", since neither class can be ruled out"
    else:
        why = "" if members else ", since it is unusual for either class"
    text = f"At {decided['confidence']:.0%} confidence: {decided['call']}{why}"
    if kept := decided["never_left_out"]:
        text += f" (too few cases to rule out {' or '.join(kept)})"
    return f"{text}."


def _answer(answer: Mapping[str, Any]) -> list[str]:
    each = list(answer["p_necrosis_of_each_network"].values())
    spread = f"; {len(each)} networks, {min(each):.3f} to {max(each):.3f}" if len(each) > 1 else ""
    likeness = answer["likeness"]
    lines = [
        f"{answer['case']}: {answer['predicted']}, probability of necrosis "
        f"{answer['p_necrosis']:.3f}{spread}",
        f"Model {answer['model']} of study {answer['study']}, "
        f"sequences {', '.join(answer['sequences'])}",
        *doubt_lines(answer["doubt"]),
    ]
    if likeness["unlike"] is False:
        lines.append(f"No check finds the patient unlike the study. {false_alarms(likeness)}")
    elif likeness["unlike"]:
        lines.append(false_alarms(likeness))
    if likeness["similar_cases"]:
        lines.append(f"Most similar training cases, by the networks' features: {_near(likeness)}")
    return [line.strip() for line in lines if line]


def _near(likeness: Mapping[str, Any]) -> str:
    return ", ".join(f"{one['case']} ({one['outcome']})" for one in likeness["similar_cases"])


def _checks(likeness: Mapping[str, Any]) -> list[str]:
    if not likeness["checks"]:
        return [likeness["note"]]
    rows = [
        "| check | verdict | found | training cases | false alarms on held-out cases |",
        "|---|---|---|---|---|",
    ]
    for check in likeness["checks"]:
        verdict = f"**{check['verdict']}**" if check["verdict"] == OUTSIDE else check["verdict"]
        count = check["false_alarms"]
        alarms = "" if count is None else f"{count} of {check['held_out_cases']}"
        rows.append(
            f"| {check['title']} | {verdict} | {check['found']} | {check['seen']} | {alarms} |"
        )
    return rows
