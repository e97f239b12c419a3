"""The two classes differ in what the paper names, and their ranges overlap."""

import numpy as np
import pytest

from radnec.phantom.anatomy import load_anatomy
from radnec.phantom.lesions import Lesion, draw_lesion

DRAWS = 10


@pytest.fixture(scope="module")
def lesions() -> dict[str, list[Lesion]]:
    anatomy = load_anatomy()
    return {
        label: [draw_lesion(np.random.default_rng(n), label, anatomy) for n in range(DRAWS)]
        for label in ("recurrence", "necrosis")
    }


def of_each(lesions: dict, measure) -> tuple[np.ndarray, np.ndarray]:
    recurrence, necrosis = (
        np.array([measure(lesion) for lesion in lesions[label]])
        for label in ("recurrence", "necrosis")
    )
    return recurrence, necrosis


def test_parts_never_exceed_the_voxel(lesions) -> None:
    for lesion in (*lesions["recurrence"], *lesions["necrosis"]):
        total = lesion.enhancing + lesion.core + lesion.oedema
        assert min(lesion.enhancing.min(), lesion.core.min(), lesion.oedema.min()) >= 0
        assert total.max() <= 1 + 1e-5
        assert lesion.enhancing.sum() > 1000  # 1 ml


def test_necrosis_is_a_ring_around_a_core(lesions) -> None:
    recurrence, necrosis = of_each(
        lesions, lambda one: one.core.sum() / (one.core.sum() + one.enhancing.sum())
    )
    assert np.median(necrosis) > 0.4 > np.median(recurrence)
    core = of_each(lesions, lambda one: one.core.sum())
    assert core[0].max() > core[1].min(), "the ranges are to overlap"


def test_recurrence_has_wide_oedema_along_white_matter(lesions) -> None:
    recurrence, necrosis = of_each(lesions, lambda one: one.oedema.sum() / 1000)
    assert np.median(recurrence) > 2 * np.median(necrosis)
    anatomy = load_anatomy()
    for lesion in lesions["recurrence"]:
        white = anatomy.white[lesion.box] / 255
        assert (lesion.oedema * white).sum() / lesion.oedema.sum() > 0.6


def test_recurrence_enhances_unevenly(lesions) -> None:
    def unevenness(lesion: Lesion) -> float:
        inside = lesion.gadolinium[lesion.enhancing > 0.9]
        return float(inside.std() / inside.mean())

    recurrence, necrosis = of_each(lesions, unevenness)
    assert np.median(recurrence) > np.median(necrosis)
    strength = of_each(lesions, lambda one: one.facts["gadolinium_mmol_l"])
    assert strength[0].min() < strength[1].max()
    assert strength[1].min() < strength[0].max()


def test_lesions_lie_inside_the_brain(lesions) -> None:
    anatomy = load_anatomy()
    for lesion in (*lesions["recurrence"], *lesions["necrosis"]):
        solid = lesion.enhancing + lesion.core > 0.5
        assert anatomy.brain[lesion.box][solid].mean() > 0.99
