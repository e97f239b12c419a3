"""Proton density and relaxation times of each tissue at 3 T, and gadolinium.

Sources
-------
White and grey matter: T1 1084, 1820 ms and T2 69, 99 ms, Stanisz et al. 2005, Magn Reson
Med 54:507 (3 T). Water contents 0.71 and 0.83: Whittall et al. 1997, Magn Reson Med 37:34.
Blood: T1 1932 ms, T2 275 ms, Stanisz et al. 2005.
Cerebrospinal fluid: T1 4309 ms, T2 1886 ms (subarachnoid space, 3 T), "Quantification of
T1 and T2 of subarachnoid CSF", Magn Reson Med 2023 (PMC10696635); ventricles differ by 3 %.
Subcutaneous fat, muscle: T1 371, 1420 ms and T2 133, 31.7 ms, Gold et al. 2004, AJR
183:343 (3 T). Tumour: T1 1863 ms in high-grade glioma, oedema: T1 1261 (SD 359) ms in
peritumoral white matter, de Blank et al. 2019, Pediatr Neurosurg 54:310 (3 T fingerprinting).
Gadopentetate: r1 3.7, r2 5.2 per mM and s in plasma at 3 T and 37 degrees, Rohrer et al.
2005, Invest Radiol 40:715.

Assumed, since no single figure is agreed on: the T2 of tumour, oedema and necrotic fluid
(longer than grey matter in this order), T1 of oedema at the upper end of the published
spread, T1 of necrotic fluid between oedema and cerebrospinal fluid, proton densities of
the lesion's parts between those of grey matter and water. Cortical bone and air give no
signal at these echo times (T2 of bone below 1 ms), so neither appears as a tissue.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray


@dataclass(frozen=True)
class Tissue:
    """Proton density (water = 1) and relaxation times in milliseconds."""

    density: float
    t1: float
    t2: float


WHITE = Tissue(0.71, 1084.0, 69.0)
GREY = Tissue(0.83, 1820.0, 99.0)
FLUID = Tissue(1.00, 4309.0, 1886.0)
FAT = Tissue(0.90, 371.0, 133.0)
MUSCLE = Tissue(0.80, 1420.0, 31.7)
BLOOD = Tissue(0.80, 1932.0, 275.0)

TUMOUR = Tissue(0.86, 1863.0, 115.0)
OEDEMA = Tissue(0.86, 1500.0, 150.0)
NECROSIS = Tissue(0.95, 2800.0, 350.0)

# Order of the tissue fractions in `radnec.phantom.anatomy.Anatomy`.
NORMAL_TISSUES = (WHITE, GREY, FLUID, FAT, MUSCLE, BLOOD)

R1_PER_MM_S = 3.7
R2_PER_MM_S = 5.2
# 0.1 mmol/kg (0.2 ml/kg of a 0.5 molar solution) in the extracellular quarter litre per kg.
BLOOD_POOL_MM = 0.4


def with_gadolinium(
    tissue: Tissue, concentration: ArrayLike
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Return T1 and T2 (ms) of a tissue that holds gadolinium: 1/T = 1/T0 + r c.

    Parameters
    ----------
    tissue
        The tissue before contrast.
    concentration
        Gadolinium in mmol/l, any shape.
    """
    millimolar = np.asarray(concentration, dtype=np.float32)
    t1 = 1000.0 / (1000.0 / tissue.t1 + R1_PER_MM_S * millimolar)
    t2 = 1000.0 / (1000.0 / tissue.t2 + R2_PER_MM_S * millimolar)
    return t1.astype(np.float32), t2.astype(np.float32)
