"""Reading of headers, against pydicom's own reading of the same files."""

import struct

import numpy as np
import pytest
from ingest_builders import T1, dicom_slice
from pydicom import dcmread
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence
from pydicom.uid import (
    DeflatedExplicitVRLittleEndian,
    ExplicitVRBigEndian,
    ExplicitVRLittleEndian,
    ImplicitVRLittleEndian,
)

from radnec.core.errors import CaseExcluded
from radnec.ingest.reading.headers import Unreadable, read_raw
from radnec.ingest.reading.scan import scan
from radnec.ingest.reading.walk import walk

PIXELS = np.arange(480).reshape(24, 20)


def save(data, path, syntax=ExplicitVRLittleEndian, **options):
    data.file_meta.TransferSyntaxUID = syntax
    big = syntax == ExplicitVRBigEndian
    if big:
        data.PixelData = np.frombuffer(data.PixelData, "<u2").astype(">u2").tobytes()
    data.save_as(path, enforce_file_format=not options, **options)
    return path


def only_slice(folder):
    (found,) = scan(folder).slices
    return found


@pytest.mark.parametrize(
    "syntax",
    [
        ImplicitVRLittleEndian,
        ExplicitVRLittleEndian,
        ExplicitVRBigEndian,
        DeflatedExplicitVRLittleEndian,
    ],
    ids=lambda uid: uid.name,
)
def test_values_are_those_of_pydicom(tmp_path, syntax):
    path = save(dicom_slice(3, pixels=PIXELS, **T1), tmp_path / "noextension", syntax)
    found, expected = only_slice(tmp_path), dcmread(path)
    assert found.position == tuple(expected.ImagePositionPatient)
    assert found.instance == expected.InstanceNumber
    assert found.echo_time == expected.EchoTime
    assert not found.cut_off
    for name in ("RepetitionTime", "Rows", "SeriesNumber", "SliceThickness", "BitsAllocated"):
        assert found.header[name] == float(expected[name].value), name
    for name in ("SeriesDescription", "Manufacturer", "SeriesInstanceUID", "SOPClassUID"):
        assert found.header[name] == expected[name].value, name
    for name in ("ImageType", "ImageOrientationPatient", "PixelSpacing"):
        assert found.header[name] == tuple(expected[name].value), name


@pytest.mark.parametrize("syntax", [ImplicitVRLittleEndian, ExplicitVRLittleEndian])
def test_file_without_preamble_and_meta_group(tmp_path, syntax):
    data = dicom_slice(0, pixels=PIXELS, **T1)
    del data.file_meta
    implicit = syntax == ImplicitVRLittleEndian
    data.save_as(tmp_path / "x", implicit_vr=implicit, little_endian=True)
    assert (tmp_path / "x").read_bytes()[128:132] != b"DICM"
    assert only_slice(tmp_path).header["SeriesDescription"] == "t1_se_tra"


def test_nested_sequences_of_undefined_length_are_stepped_over(tmp_path):
    inner, outer = Dataset(), Dataset()
    inner.SeriesDescription = "not this one"
    outer.ReferencedSeriesSequence = Sequence([inner])
    data = dicom_slice(0, pixels=PIXELS, **T1)
    data.ReferencedStudySequence = Sequence([outer, outer])
    data["ReferencedStudySequence"].is_undefined_length = True
    for item in data.ReferencedStudySequence:
        item.is_undefined_length_sequence_item = True
        item["ReferencedSeriesSequence"].is_undefined_length = True
    path = save(data, tmp_path / "x")
    assert b"\xff\xff\xff\xff" in path.read_bytes()
    found = only_slice(tmp_path)
    assert found.header["SeriesDescription"] == "t1_se_tra"
    assert found.position == (-60.0, -60.0, 0.0)


def test_private_elements_of_gigabytes_cost_nothing(tmp_path):
    path = save(dicom_slice(0, pixels=PIXELS, **T1), tmp_path / "x")
    raw = path.read_bytes()
    # An element (0009,1001) OB that claims 4 GB, put before group 10.
    huge = struct.pack("<HH2sHI", 0x0009, 0x1001, b"OB", 0, 0xFFFFFFF0) + b"x" * 8
    at = raw.index(struct.pack("<HH", 0x0018, 0x0020))
    path.write_bytes(raw[:at] + huge + raw[at:])
    found = scan(tmp_path)
    # What follows cannot be trusted: the file ends before its pixel data begin.
    assert not found.slices or found.slices[0].cut_off


def test_directory_and_other_files_are_not_dicom(tmp_path):
    directory = dicom_slice(0, pixels=PIXELS)
    directory.SOPClassUID = "1.2.840.10008.1.3.10"
    save(directory, tmp_path / "DICOMDIR")
    (tmp_path / "notes.txt").write_text("patient went home", encoding="utf-8")
    (tmp_path / "page.html").write_bytes(b"<html>" + bytes(500))
    (tmp_path / "empty").write_bytes(b"")
    (tmp_path / "nifti.nii").write_bytes(struct.pack("<i", 348) + bytes(400))
    found = scan(tmp_path)
    assert (found.files, found.not_dicom, found.slices, found.unreadable) == (5, 5, [], {})


@pytest.mark.parametrize("content", [b"", bytes(4096)], ids=["empty", "zeros"])
def test_file_that_should_be_dicom_but_is_not_is_damage(tmp_path, content):
    path = tmp_path / "IM0001.dcm"
    path.write_bytes(content)
    with pytest.raises(Unreadable, match="not DICOM despite"):
        read_raw(str(path))


def test_every_cut_of_a_file_is_noticed(tmp_path):
    raw = save(dicom_slice(0, pixels=PIXELS, **T1), tmp_path / "x").read_bytes()
    for end in [*range(140, len(raw) - 1, 37), len(raw) - 2]:
        (tmp_path / "x").write_bytes(raw[:end])
        found = scan(tmp_path)
        assert found.unreadable or found.slices[0].cut_off, end


def test_deflated_file_that_is_cut(tmp_path):
    path = save(dicom_slice(0, pixels=PIXELS, **T1), tmp_path / "x", DeflatedExplicitVRLittleEndian)
    raw = path.read_bytes()
    for end in (len(raw) - 20, len(raw) // 2, 400):
        path.write_bytes(raw[:end])
        found = scan(tmp_path)
        assert found.unreadable or found.slices[0].cut_off, end


@pytest.mark.parametrize(
    ("charset", "encoding", "text"),
    [
        ("ISO_IR 192", "utf-8", "T1增强"),
        ("GB18030", "gb18030", "T1增强"),
        ("ISO_IR 100", "latin-1", "Schädel"),
        # declared wrongly or not at all, as many scanners do
        (None, "gb18030", "T1增强"),
        (None, "utf-8", "T1增强"),
        (None, "latin-1", "Schädel"),
        (None, "latin-1", "Repérage"),
    ],
)
def test_character_sets(tmp_path, charset, encoding, text):
    data = dicom_slice(0, pixels=PIXELS)
    # Written as bytes of another representation, so that nothing encodes them again.
    path = save(data, tmp_path / "x")
    raw = path.read_bytes()
    value = text.encode(encoding) + b" " * (len(text.encode(encoding)) % 2)
    element = struct.pack("<HH2sH", 0x0008, 0x103E, b"LO", len(value)) + value
    at = raw.index(struct.pack("<HH", 0x0018, 0x0020))
    raw = raw[:at] + element + raw[at:]
    if charset:
        name = charset.encode() + b" " * (len(charset) % 2)
        at = raw.index(struct.pack("<HH2s", 0x0008, 0x0008, b"CS"))
        raw = raw[:at] + struct.pack("<HH2sH", 8, 5, b"CS", len(name)) + name + raw[at:]
    path.write_bytes(raw)
    assert only_slice(tmp_path).header["SeriesDescription"] == text


def test_walk_is_sorted_and_ends_in_a_loop_of_links(tmp_path):
    for name in ("b/2", "b/1", "a/x", "top"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(b"x")
    (tmp_path / "a" / "up").symlink_to(tmp_path, target_is_directory=True)
    (tmp_path / "gone").symlink_to(tmp_path / "nowhere")
    found = [path.removeprefix(f"{tmp_path}/") for path in walk(tmp_path)]
    # A link to what is not there stands for a missing file.
    assert found == ["gone", "top", "a/x", "b/1", "b/2"]


def test_missing_folder_is_named_without_its_path(tmp_path):
    with pytest.raises(CaseExcluded, match="does not exist") as caught:
        list(walk(tmp_path / "Meier_Hans"))
    assert "Meier" not in str(caught.value)


def test_two_processes_give_the_same_as_one(tmp_path):
    for k in range(6):
        save(dicom_slice(k, pixels=PIXELS, **T1), tmp_path / f"{k}")
    one, two = scan(tmp_path), scan(tmp_path, threads=2)
    assert one.slices == two.slices
    assert len({id(s.header) for s in two.slices}) == 1


@pytest.mark.parametrize("undefined", [True, False])
@pytest.mark.parametrize(
    "syntax",
    [ImplicitVRLittleEndian, ExplicitVRLittleEndian, ExplicitVRBigEndian],
    ids=lambda uid: uid.name,
)
def test_agent_as_a_code_where_its_name_is_empty(tmp_path, syntax, undefined):
    code = Dataset()
    # Its meaning has a letter beyond ASCII, in the declared character set.
    code.CodeValue, code.CodingSchemeDesignator = "418351005", "SCT"
    code.CodeMeaning = "Gadobutrol, injiziert für MRT"
    code.is_undefined_length_sequence_item = undefined
    data = dicom_slice(0, pixels=PIXELS, ContrastBolusAgent="", SpecificCharacterSet="ISO_IR 100")
    data.ContrastBolusAgentSequence = Sequence([code, Dataset()])
    data["ContrastBolusAgentSequence"].is_undefined_length = undefined
    path = save(data, tmp_path / "x", syntax)
    expected = dcmread(path).ContrastBolusAgentSequence[0].CodeMeaning
    assert only_slice(tmp_path).header["ContrastBolusAgent"] == expected


@pytest.mark.parametrize(
    ("name", "codes", "expected"),
    [
        ("Dotarem", {"CodeMeaning": "Gadolinium"}, "Dotarem"),
        (None, {"CodeMeaning": "Gadolinium"}, "Gadolinium"),
        (None, {"CodeValue": "C-17800"}, "C-17800"),
        (None, {}, None),
        (None, None, None),
    ],
)
def test_agent_by_name_before_the_code(tmp_path, name, codes, expected):
    data = dicom_slice(0, pixels=PIXELS)
    if name:
        data.ContrastBolusAgent = name
    items = [] if codes is None else [Dataset()]
    for keyword, value in (codes or {}).items():
        setattr(items[0], keyword, value)
    data.ContrastBolusAgentSequence = Sequence(items)
    save(data, tmp_path / "x")
    assert only_slice(tmp_path).header.get("ContrastBolusAgent") == expected
