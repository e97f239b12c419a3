"""Answer every study of a folder that fills, once."""

from __future__ import annotations

import logging
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from radnec.apply.pacs.inbox import Inbox, Study
from radnec.apply.pacs.ledger import ATTEMPTS, Entry, Ledger
from radnec.apply.pacs.send import Node, NotSent
from radnec.apply.patients import Patient
from radnec.apply.summary import ANSWERED, FAILED, write_summary
from radnec.cases.sources import CaseSource

log = logging.getLogger(__name__)

_BETWEEN_SENDS = 60.0


class Watcher:
    """The loop of `radnec watch` and `radnec listen`.

    Parameters
    ----------
    answer
        Answers for one patient into a folder `output`/<case> and returns a row of the summary,
        whatever happens (see `radnec.apply.row.row_of`).
    inbox
        Where studies arrive.
    output
        Gets a folder a study, ``summary.tsv`` and ``state``, what is known of each study.
    node, own_title
        Where the DICOM results go, if anywhere, and under which title.
    """

    def __init__(
        self,
        answer: Callable[[Patient, Path], dict[str, Any]],
        inbox: Inbox,
        output: Path,
        node: Node | None = None,
        own_title: str = "RADNEC",
    ) -> None:
        self._answer, self._inbox, self._output = answer, inbox, output
        self._node, self._title = node, own_title
        self._ledger = Ledger(output / "state")
        self._not_before: dict[str, float] = {}

    def run(self, stop: threading.Event, every: float) -> None:
        """Look, answer and send until `stop` is set; `every` so many seconds."""
        with self._ledger.alone():
            while not stop.is_set():
                self.step(stop)
                stop.wait(every)

    def run_once(self, stop: threading.Event) -> int:
        """Do all there is and stop; return how many studies have no answer or were not sent."""
        with self._ledger.alone():
            self._inbox.look()
            stop.wait(self._inbox.quiet)
            self.step(stop)
        entries = self._ledger.entries().values()
        return sum(
            entry.row.get("status") != ANSWERED or (self._node is not None and not entry.sent)
            for entry in entries
        )

    def step(self, stop: threading.Event) -> None:
        """Answer for each quiet study that has images without an answer; send what is not sent."""
        for study in self._inbox.look():
            if stop.is_set():
                return
            entry = self._ledger.read(study.key)
            if not study.instances <= set(entry.instances):
                self._answer_for(study, entry)
        if self._node is not None:
            for key, entry in self._ledger.entries().items():
                if stop.is_set():
                    return
                self._send(key, entry)

    def _answer_for(self, study: Study, entry: Entry) -> None:
        case = f"study_{study.key}"
        log.info("%s: %d images", case, len(study.files))
        entry.begun += 1
        self._ledger.write(study.key, entry)
        if entry.begun > ATTEMPTS:
            row = {"case": case, "status": FAILED}
            row["reason"] = f"the process ended {ATTEMPTS} times while it worked on this study"
        else:
            # Links: the stages take one folder that holds this study and no other.
            with tempfile.TemporaryDirectory(prefix="radnec-") as folder:
                for number, path in enumerate(study.files):
                    (Path(folder) / f"{number:06d}").symlink_to(path.resolve())
                patient = Patient(case, CaseSource("dicom", folder, {}))
                row = self._answer(patient, self._output)
        self._ledger.write(study.key, Entry(sorted(study.instances), 0, False, row))
        self._write_summary()
        log.info("%s: %s %s", case, row["status"], row.get("reason", ""))

    def _send(self, key: str, entry: Entry) -> None:
        now = time.monotonic()
        if (
            self._node is None
            or entry.sent
            or entry.row.get("status") != ANSWERED
            or now < self._not_before.get(key, 0.0)
        ):
            return
        files = sorted((self._output / str(entry.row["case"]) / "dicom").glob("*.dcm"))
        try:
            self._node.send(files, self._title)
        except NotSent as reason:
            self._not_before[key] = now + _BETWEEN_SENDS
            log.warning("%s: %s; tried again later", entry.row["case"], reason)
            return
        entry.sent = True
        self._ledger.write(key, entry)
        log.info("%s: %d files sent", entry.row["case"], len(files))

    def _write_summary(self) -> None:
        rows = [entry.row for entry in self._ledger.entries().values() if entry.row]
        write_summary(rows, self._output)
