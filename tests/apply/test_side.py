"""Work beside the process with the networks: done elsewhere, survives a kill, tells its errors."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path

import pytest

from radnec.apply.prepare.stages import SequencesMissing
from radnec.apply.side import Side

# A process that is killed without a word while the one beside it has nothing to do.
KILLED = """
import os, signal
from radnec.apply.side import Side
print(Side().submit(os.getpid).result(), flush=True)
os.kill(os.getpid(), signal.SIGKILL)
"""


def refuse() -> None:
    raise SequencesMissing("no t2", ["t1", "t1ce"])


def test_work_is_done_in_another_process_and_its_errors_come_back_whole() -> None:
    with Side() as side:
        assert side.submit(os.getpid).result() != os.getpid()
        with pytest.raises(SequencesMissing, match="no t2") as told:
            side.submit(refuse).result()
    assert told.value.usable == ("t1", "t1ce")


def test_a_killed_process_is_replaced() -> None:
    with Side() as side:
        with pytest.raises(BrokenProcessPool):
            side.submit(os._exit, 9).result()
        assert side.submit(os.getpid).result() != os.getpid()


@pytest.mark.skipif(not Path("/proc").is_dir(), reason="looks at /proc")
def test_nothing_is_left_behind_when_the_parent_is_killed() -> None:
    done = subprocess.run([sys.executable, "-c", KILLED], capture_output=True, text=True)
    beside = Path("/proc") / done.stdout.strip()
    assert beside.name.isdigit()
    end = time.monotonic() + 60
    while beside.exists() and "Z" not in (beside / "stat").read_text().split()[2]:
        assert time.monotonic() < end, "the process beside still runs"
        time.sleep(0.1)
