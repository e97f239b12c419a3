"""What torchrun starts: `torchrun --nproc-per-node N -m radnec.training.worker job.json`."""

from __future__ import annotations

import json
import logging
import sys
from pathlib import Path

from radnec.training.run import train_run
from radnec.training.settings import TrainingSettings


def main() -> None:
    """Call `train_run` with the arguments in a JSON file (see `distributed.launch`)."""
    logging.basicConfig(level=logging.INFO)
    job = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    for name in ("split", "packed_cases", "checkpoints", "outdir"):
        job[name] = Path(job[name])
    job["packed"] = {name: Path(path) for name, path in job["packed"].items()}
    job["settings"] = TrainingSettings.from_json(job["settings"])
    train_run(**job)


if __name__ == "__main__":
    main()
