"""Folders as archives leave them: other files beside slices, files that are missing."""

# ruff: noqa: RUF001 (letters of other alphabets are meant)
import io
import sqlite3
import tarfile
import zipfile

import pytest
from ingest_builders import FLAIR, T1, write_series

from radnec.ingest.reading.charsets import misdeclared
from radnec.ingest.reading.decode import decode
from radnec.ingest.reading.elements import Raw
from radnec.ingest.reading.moments import seconds_between
from radnec.ingest.reading.tags import KEYWORD

DESCRIPTION = next(tag for tag, name in KEYWORD.items() if name == "SeriesDescription")


def _apple(folder, files):
    for path in files:
        (folder / f"._{path.name}").write_bytes(bytes.fromhex("0005160700020000") + bytes(100))


def _tar(folder, files):
    for name in ("backup.tar", "backup"):
        with tarfile.open(folder / name, "w") as archive:
            for path in files:
                archive.add(path, path.name)


def _zip(folder, files):
    for name in ("backup.zip", "1234"):
        with zipfile.ZipFile(folder / name, "w") as archive:
            for path in files:
                archive.write(path, path.name)


def _sqlite(folder, files):
    with sqlite3.connect(folder / "ctkDICOM.sql") as base:
        base.execute("create table images (uid text)")
        base.execute("insert into images values ('1.2.840.10008.5.1.4.1.1.4')")
    base.close()


@pytest.mark.parametrize("make", [_apple, _tar, _zip, _sqlite])
def test_other_files_beside_slices_are_no_damaged_slices(tmp_path, ingest, make):
    write_series(tmp_path, 1, **T1)
    make(tmp_path, sorted(tmp_path.iterdir()))
    found = ingest(tmp_path)
    assert found.status() == {"t1": "chosen"}
    assert found.convert.ok
    packed = [warning for warning in found.index.warnings if "packed" in warning]
    assert bool(packed) == (make in (_tar, _zip))


@pytest.mark.parametrize("kind", ["link", "annex", "lfs"])
def test_slices_that_were_not_fetched_exclude_the_case(tmp_path, ingest, kind):
    write_series(tmp_path, 1, n=10, **T1)
    for path in sorted(tmp_path.iterdir())[-3:]:
        path.unlink()
        if kind == "link":
            path.symlink_to(f"../.git/annex/objects/{path.name}")
        elif kind == "annex":
            path.write_text("/annex/objects/MD5E-s100--0123.dcm\n")
        else:
            path.write_text("version https://git-lfs.github.com/spec/v1\noid sha256:01\nsize 9\n")
    reason = ingest(tmp_path).index.reason
    assert "3 " in reason
    assert "not there" in reason if kind == "link" else "not fetched" in reason


def test_a_scout_slice_of_another_plane_is_left_out_with_a_remark(tmp_path, ingest):
    write_series(tmp_path, 1, n=8, **FLAIR)
    uid = "1.2.826.0.1.3680043.2.1"
    write_series(
        tmp_path / "scout", 1, n=1, SeriesInstanceUID=uid, SOPInstanceUID="1.9", InstanceNumber=9,
        ImageOrientationPatient=[0, 1, 0, 0, 0, -1], ImagePositionPatient=[0, -60, 60], **FLAIR,
    )  # fmt: skip
    found = ingest(tmp_path)
    assert found.convert.ok
    assert found.convert.measures["slices_flair"] == 8
    assert any("scout" in warning for warning in found.index.warnings)


@pytest.mark.parametrize(
    ("text", "written", "declared"),
    [
        ("T1增强", "gbk", ("iso8859",)),
        ("T2压水", "gbk", ("iso8859",)),
        ("T1增强", "gb2312", ("iso8859", "iso_ir_58")),
        ("T1增强", "utf-8", ("iso8859",)),
        ("T1 с контрастом", "cp1251", ("iso8859",)),
        ("T1 造影後", "shift_jis", ("iso8859",)),
        ("T1 조영증강", "euc_kr", ("iso8859",)),
        ("T1增强", "gbk", ("utf8",)),
        ("Größe Schädel", "latin-1", ("iso8859",)),
        ("injecté après", "latin-1", ("iso8859",)),
        ("crâne", "utf-8", ()),
    ],
)
def test_text_under_a_wrong_character_set(text, written, declared):
    assert decode(DESCRIPTION, Raw("LO", text.encode(written)), "<", declared) == text


def test_western_text_is_not_taken_for_chinese():
    for text in ("Größe", "Schädelübersicht", "Öl", "tête déjà", "Ångström øæå", "señal"):
        assert misdeclared(text.encode("latin-1"), ("iso8859",)) is None


def test_time_between_moments_of_two_days():
    assert seconds_between("20200101T235500", "20200102T000900") == 14 * 60
    assert seconds_between("20200101T235500", "20200101T240900") == 14 * 60
    assert seconds_between("T235500", "T240900.5") == 14 * 60
    assert seconds_between("#000000001", "#000000002") is None


def test_a_file_without_permission_is_named_and_no_traceback(tmp_path, capsys, monkeypatch):
    from radnec.cli.main import main

    folder = write_series(tmp_path / "s", 1, **T1)
    refused = sorted(folder.iterdir())[0]
    opened = io.FileIO

    def guarded(path, *rest):
        if str(path) == str(refused):
            raise PermissionError(13, "Permission denied")
        return opened(path, *rest)

    monkeypatch.setattr("radnec.ingest.reading.headers.io.FileIO", guarded)
    assert main(["inspect", str(folder), "--processes", "1"]) == 0
    assert f"{refused.name}: no permission" in capsys.readouterr().out


def test_inspect_fails_where_nothing_could_be_chosen(tmp_path, capsys):
    from radnec.cli.main import main

    diffusion = {"SeriesDescription": "ep2d_diff_ADC", "ScanningSequence": "EP"}
    write_series(tmp_path / "s", 1, **(T1 | diffusion))
    assert main(["inspect", str(tmp_path / "s"), "--processes", "1"]) == 1
    shown = capsys.readouterr()
    assert "ADC map" in shown.out
    assert f"{tmp_path / 's'}: no series was chosen for any sequence" in shown.err
