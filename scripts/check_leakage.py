"""Stop the study where two cases use the same images, or one patient has two pseudonyms."""

import json
from pathlib import Path

from radnec.core.jobs import job_log
from radnec.ingest.checks.leakage import refuse_shared_images
from radnec.ingest.checks.visits import refuse_split_patients

if __name__ == "__main__":
    with job_log(snakemake.log[0]):
        patients = json.loads(snakemake.params.patients)
        refuse_split_patients(
            folders={case: Path(folder) for case, (_, folder) in patients.items()},
            patients={case: patient for case, (patient, _) in patients.items()},
        )
        refuse_shared_images(
            series={Path(path).stem: Path(path) for path in snakemake.input.tables},
            records={Path(path).stem: Path(path) for path in snakemake.input.records},
            ledger=Path(snakemake.output.ledger),
        )
