"""Where the results of a study lie, relative to the folder in which the workflow is started."""

from __future__ import annotations

import dataclasses


@dataclasses.dataclass(frozen=True)
class StudyPaths:
    """The layout of ``results/<study>``.

    A path may hold wildcards in braces, as Snakemake writes them: ``records/strip/{case}.json``.

    Attributes
    ----------
    study
        Name of the study: its folder below ``results``.
    external
        Name of an external cohort, whose results lie in ``external/<name>`` of the study's folder
        as the study's own do in its folder; "" for the study itself.
    """

    study: str
    external: str = ""

    def result(self, path: str) -> str:
        """Return the path of a result of the study, or of the external cohort."""
        folder = f"external/{self.external}/" if self.external else ""
        return f"results/{self.study}/{folder}{path}"

    def run(self, path: str, *, fold: str = "{fold}", seed: int | str = "{seed}") -> str:
        """Return a path below the folder of a training run.

        Wildcards: ``{backbone}``, ``{inputs}``, and ``{fold}`` and ``{seed}`` unless given.
        """
        return self.result(f"models/{{backbone}}/{{inputs}}/{fold}_seed{seed}/{path}")

    def explanation(
        self, path: str, *, backbone: str = "{backbone}", inputs: str = "{inputs}"
    ) -> str:
        """Return a path below the folder that explains one backbone and input set."""
        return self.result(f"explain/{backbone}/{inputs}/{path}")
