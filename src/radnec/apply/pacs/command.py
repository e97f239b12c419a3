"""Sub-commands `radnec watch` and `radnec listen`."""

from __future__ import annotations

import argparse
import logging
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from radnec.core.notices import RESEARCH_USE

if TYPE_CHECKING:
    from radnec.apply.pacs.watch import Watcher
    from radnec.apply.patients import Patient


def add_commands(subparsers: Any) -> None:
    """Add `watch` and `listen` to the sub-commands of `radnec`."""
    watch = subparsers.add_parser(
        "watch",
        help="answer for every study that appears in a folder",
        description=f"Answer for every MR study that appears below a folder, once. {RESEARCH_USE}",
    )
    watch.add_argument("folder", type=Path, help="where DICOM appears, in any layout")
    watch.add_argument(
        "--once", action="store_true", help="answer for what is there now, then stop"
    )
    watch.set_defaults(run=_watch)
    listen = subparsers.add_parser(
        "listen",
        help="take studies as a DICOM node (C-STORE) and answer for each",
        description=f"Take MR studies as a DICOM node and answer for each, once. {RESEARCH_USE}",
    )
    listen.add_argument("--port", type=int, default=11112, help="default: %(default)s")
    listen.add_argument(
        "--address",
        default="127.0.0.1",
        help="interface to listen on (default: %(default)s, this machine alone)",
    )
    listen.add_argument(
        "--from",
        dest="callers",
        action="append",
        default=[],
        metavar="TITLE",
        help="who may send (may be given several times; default: everyone)",
    )
    listen.set_defaults(run=_listen)
    for parser in (watch, listen):
        _add_common(parser)


def _add_common(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--study", type=Path, required=True, help="results/<study>, or an export")
    parser.add_argument("--model", help="<backbone>/<inputs>, as densenet121/fused")
    parser.add_argument("--output", type=Path, required=True, help="folder for results and state")
    parser.add_argument(
        "--send",
        metavar="NODE",
        help="where the results go: TITLE@host:port, or the address of a DICOMweb service",
    )
    parser.add_argument(
        "--title", default="RADNEC", help="own application entity title (default: %(default)s)"
    )
    parser.add_argument(
        "--quiet",
        type=float,
        default=60.0,
        metavar="SECONDS",
        help="a study is complete when nothing of it came for so long (default: %(default)s)",
    )
    parser.add_argument(
        "--every",
        type=float,
        default=5.0,
        metavar="SECONDS",
        help="how often to look (default: %(default)s)",
    )
    parser.add_argument("--device", default="auto", help="auto, cpu or cuda (default: auto)")
    parser.add_argument("--threads", type=int, default=1, help="default: %(default)s")
    parser.add_argument(
        "--allow-code",
        action="store_true",
        help="build networks that the study names as package.module:factory (runs that code)",
    )


def _watch(arguments: argparse.Namespace) -> None:
    from radnec.core.errors import InputError

    if not arguments.folder.is_dir():
        raise InputError(f"{arguments.folder} is not a folder, expected one that DICOM comes to")
    with _watcher(arguments, arguments.folder) as watcher:
        stop = _stop_on_signals()
        if not arguments.once:
            watcher.run(stop, arguments.every)
        elif failed := watcher.run_once(stop):
            raise InputError(f"{failed} studies without an answer or not sent, see summary.tsv")


def _listen(arguments: argparse.Namespace) -> None:
    from radnec.apply.pacs.listen import listening
    from radnec.apply.pacs.send import require

    require("dicom")
    inbox = arguments.output / "inbox"
    with (
        _watcher(arguments, inbox) as watcher,
        listening(
            inbox,
            address=arguments.address,
            port=arguments.port,
            title=arguments.title,
            callers=arguments.callers,
        ) as port,
    ):
        stop = _stop_on_signals()
        print(f"{arguments.title} listens on {arguments.address}:{port}", flush=True)
        watcher.run(stop, arguments.every)


@contextmanager
def _watcher(arguments: argparse.Namespace, folder: Path) -> Iterator[Watcher]:
    # Imported here: `radnec --help` need not wait for torch.
    from radnec.apply.known import find_model
    from radnec.apply.pacs.inbox import Inbox
    from radnec.apply.pacs.send import read_node
    from radnec.apply.pacs.watch import Watcher
    from radnec.apply.prepare.preparing import Preparing
    from radnec.apply.side import Side
    from radnec.core.errors import InputError

    if arguments.quiet < 0 or arguments.every <= 0:
        raise InputError(
            f"--quiet {arguments.quiet} --every {arguments.every}: expected seconds, not negative, "
            "and the second above 0"
        )
    node = read_node(arguments.send) if arguments.send else None
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(message)s")
    logging.getLogger("radnec.apply").setLevel(logging.INFO)
    known = find_model(arguments.study, arguments.model)
    with Side() as side:
        # Here: `side` starts without torch.
        from radnec.apply.model import load_model
        from radnec.apply.row import row_of

        model = load_model(
            known,
            device=arguments.device,
            threads=arguments.threads,
            allow_code=arguments.allow_code,
        )

        def answer(patient: Patient, output: Path) -> dict[str, Any]:
            preparing = Preparing(side, known.request(patient, output / patient.case))
            return row_of(model, patient, preparing, side, write_dicom=True)

        inbox = Inbox(folder, arguments.quiet)
        yield Watcher(answer, inbox, arguments.output, node, arguments.title)


def _stop_on_signals() -> threading.Event:
    """Return an event that SIGTERM and Ctrl-C set: the study at work is finished first."""
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    return stop
