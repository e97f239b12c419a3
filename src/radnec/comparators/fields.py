"""What is known of the cases without their images, as a model reads it."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from radnec.core.tables import read_tsv


def read_fields(path: Path) -> pd.DataFrame:
    """Return fields by case: numbers as float, everything else as text.

    A column is a number where every cell that is not empty is one. Which cells there are does not
    depend on a fold, and neither does a label.
    """
    table = read_tsv(path, dtype=str).set_index("case")
    columns = {}
    for name in table:
        numbers = pd.to_numeric(table[name], errors="coerce")
        is_number = bool((numbers.notna() == table[name].notna()).all()) and numbers.notna().any()
        columns[name] = numbers.astype(float) if is_number else table[name].astype(object)
    return pd.DataFrame(columns, index=table.index)
