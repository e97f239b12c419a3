"""A folder that fills: quiet studies are answered once, whatever is killed and sent again."""

from __future__ import annotations

import json
import shutil
import threading
from pathlib import Path

import numpy as np
import pytest
from ingest_builders import T1CE, dicom_slice

from radnec.apply.pacs.inbox import Inbox
from radnec.apply.pacs.ledger import ATTEMPTS, Ledger
from radnec.apply.pacs.send import Node, NotSent, read_node
from radnec.apply.pacs.watch import Watcher
from radnec.core.errors import InputError
from radnec.core.tables import read_tsv

STOP = threading.Event()  # never set


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


class Answers:
    """In place of the networks: notes what it was asked, or does what it is told to."""

    def __init__(self, does=None) -> None:
        self.asked: list[tuple[str, int]] = []
        self.does = does

    def __call__(self, patient, output: Path) -> dict:
        files = [path for path in Path(patient.source.path).iterdir() if path.is_file()]
        self.asked.append((patient.case, len(files)))
        if self.does:
            self.does()
        folder = output / patient.case / "dicom"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "report.dcm").write_bytes(b"report")
        return {"case": patient.case, "status": "answered", "p_necrosis": 0.25}


class Sink(Node):
    """A node that can be down."""

    def __init__(self) -> None:
        super().__init__(title="SINK", host="localhost", port=1)
        object.__setattr__(self, "up", True)
        object.__setattr__(self, "got", [])

    def send(self, files, own_title) -> None:
        if not self.up:
            raise NotSent("down")
        self.got.append([path.name for path in files])


def put(folder: Path, study: str, numbers, **changed: object) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for number in numbers:
        image = dicom_slice(number, pixels=np.ones((4, 4), int), series=f"{study}.1", **T1CE)
        image.StudyInstanceUID = study
        for name, value in changed.items():
            setattr(image, name, value)
        image.file_meta.MediaStorageSOPClassUID = image.SOPClassUID
        image.save_as(folder / f"{study}-{number}", enforce_file_format=True)


def keys(studies) -> list[int]:
    return sorted(len(study.files) for study in studies)


def test_a_study_is_complete_when_it_has_been_quiet(tmp_path) -> None:
    clock = Clock()
    inbox = Inbox(tmp_path, 30.0, clock)
    put(tmp_path / "a" / "b", "1.2.3", range(3))
    assert inbox.look() == []
    clock.now = 29.0
    put(tmp_path, "1.2.3", [3])  # another folder, the same study
    put(tmp_path, "1.2.4", [0])
    assert inbox.look() == []
    clock.now = 58.0
    assert inbox.look() == []
    clock.now = 59.0
    assert keys(inbox.look()) == [1, 4]


def test_a_file_that_grows_holds_its_study_back(tmp_path) -> None:
    clock = Clock()
    put(tmp_path / "whole", "1.2.3", [0])
    content = (tmp_path / "whole" / "1.2.3-0").read_bytes()
    inbox = Inbox(tmp_path / "in", 30.0, clock)
    (tmp_path / "in").mkdir()
    for now, end in ((0.0, 100), (20.0, len(content) - 8), (45.0, len(content))):
        clock.now = now
        (tmp_path / "in" / "x").write_bytes(content[:end])
        assert inbox.look() == []
    clock.now = 74.0
    assert inbox.look() == []
    clock.now = 75.0
    assert keys(inbox.look()) == [1]


def test_what_is_no_mr_image_is_no_study(tmp_path) -> None:
    inbox = Inbox(tmp_path, 0.0)
    (tmp_path / "notes.txt").write_text("nothing")
    put(tmp_path, "1.2.5", [0], SOPClassUID="1.2.840.10008.5.1.4.1.1.30")  # Parametric Map
    put(tmp_path / ".incoming", "1.2.6", [0])
    assert inbox.look() == []


@pytest.fixture
def arranged(tmp_path):
    inbox, output = tmp_path / "in", tmp_path / "out"
    put(inbox, "1.2.3", range(3))

    def make(answers, node=None) -> Watcher:
        return Watcher(answers, Inbox(inbox, 0.0), output, node)

    return inbox, output, make


def test_answered_once_and_again_only_for_more_images(arranged) -> None:
    inbox, output, make = arranged
    answers = Answers()
    watcher = make(answers)
    watcher.step(STOP)
    watcher.step(STOP)
    make(answers).step(STOP)  # another process, later
    assert [count for _, count in answers.asked] == [3]
    shutil.rmtree(inbox)
    put(inbox, "1.2.3", range(2))  # sent again, in part, to other files
    make(answers).step(STOP)
    assert len(answers.asked) == 1
    put(inbox, "1.2.3", [7])
    make(answers).step(STOP)
    assert [count for _, count in answers.asked] == [3, 3]
    table = read_tsv(output / "summary.tsv")
    assert table["status"].tolist() == ["answered"]


def test_a_process_that_dies_at_work_is_replaced(arranged) -> None:
    _, output, make = arranged

    def die() -> None:
        raise SystemExit  # what a killed process leaves behind: work begun and no answer

    for _ in range(ATTEMPTS - 1):
        with pytest.raises(SystemExit):
            make(Answers(die)).step(STOP)
    answers = Answers()
    make(answers).step(STOP)
    assert len(answers.asked) == 1
    assert read_tsv(output / "summary.tsv")["status"].tolist() == ["answered"]


def test_a_study_that_always_ends_the_process_is_given_up(arranged) -> None:
    inbox, output, make = arranged

    def die() -> None:
        raise SystemExit

    for _ in range(ATTEMPTS):
        with pytest.raises(SystemExit):
            make(Answers(die)).step(STOP)
    put(inbox, "1.2.9", [0])
    answers = Answers(None)
    make(answers).step(STOP)
    assert len(answers.asked) == 1  # the other study
    table = read_tsv(output / "summary.tsv").set_index("status")
    assert f"ended {ATTEMPTS} times" in table.loc["failed", "reason"]


def test_a_node_that_is_down_gets_the_results_later(arranged, monkeypatch) -> None:
    _, _, make = arranged
    monkeypatch.setattr("radnec.apply.pacs.watch._BETWEEN_SENDS", 0.0)
    answers, node = Answers(), Sink()
    object.__setattr__(node, "up", False)
    watcher = make(answers, node)
    watcher.step(STOP)
    assert node.got == []
    object.__setattr__(node, "up", True)
    make(answers, node).step(STOP)  # after a restart
    make(answers, node).step(STOP)
    assert node.got == [["report.dcm"]]
    assert len(answers.asked) == 1


def test_two_watchers_do_not_share_an_output(arranged) -> None:
    _, output, make = arranged
    with (
        Ledger(output / "state").alone(),
        pytest.raises(InputError, match="another radnec watch or listen"),
    ):
        make(Answers()).run_once(STOP)


def test_state_holds_no_identifier(arranged) -> None:
    _, output, make = arranged
    make(Answers()).step(STOP)
    (state,) = (output / "state").glob("*.json")
    assert "1.2.3" not in state.read_text() + state.name
    assert len(json.loads(state.read_text())["instances"]) == 3


@pytest.mark.parametrize("text", ["orthanc", "PACS@host", "PACS@host:0", "A" * 17 + "@h:1"])
def test_a_node_is_named_by_title_host_and_port(text) -> None:
    with pytest.raises(InputError, match="TITLE@host:port"):
        read_node(text)
