"""Names planted in every text element, private ones too, in folders and files, come out nowhere."""

import gzip
import logging

import nibabel as nib
import pytest
from ingest_builders import FLAIR, T1, T1CE, T2, dicom_slice, write_series
from pydicom import dcmread
from pydicom.datadict import DicomDictionary, keyword_for_tag
from pydicom.dataset import Dataset

from radnec.cases.sources import CaseSource
from radnec.cli.main import main
from radnec.ingest.conversion.nifti import save

NAME = "Zyxwolf"
BORN = "19031207"
TEXT = {"PN", "LO", "SH", "ST", "LT", "UT", "AE", "CS", "UC"}
# What the readers need to find the series at all; names in their place end the case.
NEEDED = {"Modality", "SeriesDescription", "ImageType", "PhotometricInterpretation"}
NEEDED |= {"ScanningSequence", "SpecificCharacterSet"}


def plant(data: Dataset) -> None:
    """Put the name into every text element of the dictionary below the pixel data."""
    for tag, (vr, *_) in DicomDictionary.items():
        keyword = keyword_for_tag(tag)
        if not keyword or tag >> 16 in (0, 2, 4) or tag > 0x0040FFFF:
            continue
        if keyword.startswith("ContrastBolus"):
            continue  # anything there means contrast agent: planted below where it was given
        if vr in TEXT and keyword not in NEEDED and keyword not in data:
            setattr(data, keyword, f"{NAME}^{keyword}"[:16] if vr in ("CS", "AE", "SH") else NAME)
        elif vr == "DA" and keyword not in data:
            setattr(data, keyword, BORN)
    data.PatientName = f"{NAME}^Hans"
    data.SeriesDescription += f" {NAME}"
    if "ContrastBolusAgent" in data:
        data.ContrastBolusAgent = f"Gadovist {NAME}"
        data.ContrastBolusRoute = data.ContrastBolusIngredient = NAME.upper()
    data.ImageComments = data.PatientComments = f"born {BORN}, {NAME}"
    for group in (0x0009, 0x0019, 0x0029, 0x2001, 0x2005):
        block = data.private_block(group, f"{NAME} PRIVATE", create=True)
        block.add_new(0x01, "LO", NAME)
        block.add_new(0x10, "UN", NAME.encode())
    nested = Dataset()
    nested.PatientName = NAME
    data.ReferencedPatientSequence = [nested]


@pytest.fixture
def planted(tmp_path):
    folder = tmp_path / f"{NAME}_Hans" / f"study of {NAME}"
    for number, tags in enumerate((T1, T1CE, T2, FLAIR), start=1):
        place = write_series(folder / f"{NAME}{number}", number, **tags)
        for path in sorted(place.iterdir()):
            data = dcmread(path)
            plant(data)
            data.save_as(place / f"{NAME}_{path.name}", enforce_file_format=True)
            path.unlink()
    return folder


def everything_in(folder):
    """Yield each file's name and content, packed ones unpacked."""
    for path in sorted(folder.rglob("*")):
        content = path.read_bytes() if path.is_file() else b""
        yield path.name, gzip.decompress(content) if path.suffix == ".gz" else content


def assert_nothing(content: bytes | str, where: str):
    content = content.encode() if isinstance(content, str) else content
    for secret in (NAME, "Hans", BORN, NAME.upper(), "1.2.826.0.1.3680043"):
        for encoding in ("utf-8", "utf-16-le"):
            assert secret.encode(encoding) not in content, f"{secret} in {where}"


def test_outputs_logs_and_errors(planted, ingest, caplog, capsys):
    caplog.set_level(logging.DEBUG)
    found = ingest(planted)
    assert found.status() == dict.fromkeys(("t1", "t1ce", "t2", "flair"), "chosen")
    assert found.convert.ok
    for name, content in everything_in(found.out):
        assert_nothing(name, "a file name")
        assert_nothing(content, name)
    assert_nothing(caplog.text, "the log")
    assert_nothing("".join(capsys.readouterr()), "the terminal")


@pytest.mark.parametrize("tag", sorted(NEEDED - {"SpecificCharacterSet"}))
def test_name_in_an_element_that_is_needed(planted, ingest, caplog, capsys, tag):
    for path in planted.rglob("*"):
        if path.is_file():
            data = dcmread(path)
            setattr(data, tag, NAME.upper())
            data.save_as(path)
    caplog.set_level(logging.DEBUG)
    found = ingest(planted)
    for name, content in everything_in(found.out):
        assert_nothing(content, name)
    assert_nothing(caplog.text + "".join(capsys.readouterr()), "the log")


@pytest.mark.parametrize(
    ("tag", "value"),
    [
        ("ImagePositionPatient", NAME),
        ("PixelSpacing", NAME),
        ("Rows", None),
        ("PixelData", b"x"),
        ("EchoTime", NAME),
        ("NumberOfFrames", NAME),
        ("BitsAllocated", None),
    ],
)
def test_name_where_a_number_belongs(planted, ingest, caplog, capsys, tag, value):
    for path in planted.rglob("*"):
        if path.is_file():
            data = dcmread(path)
            if value is None:
                del data[tag]
            elif isinstance(value, str):
                data.add_new(tag, "LO", value)
            else:
                data.PixelData = value
            data.save_as(path)
    caplog.set_level(logging.DEBUG)
    found = ingest(planted)
    for name, content in everything_in(found.out):
        assert_nothing(content, name)
    assert_nothing(caplog.text + "".join(capsys.readouterr()), "the log")


def test_names_in_nifti_headers_and_sidecars(tmp_path, ingest):
    import numpy as np

    folder = tmp_path / f"{NAME}_Hans"
    folder.mkdir()
    image = nib.Nifti1Image(np.random.default_rng(0).random((8, 9, 10), np.float32), np.eye(4))
    image.header["descrip"], image.header["aux_file"] = NAME.encode(), NAME.encode()
    image.header["db_name"], image.header["intent_name"] = NAME.encode(), NAME.encode()
    image.header.extensions.append(nib.nifti1.Nifti1Extension("comment", NAME.encode()))
    nib.save(image, folder / f"{NAME}_t1.nii.gz")
    sidecar = f'{{"PatientName": "{NAME}", "EchoTime": "{NAME}", "RepetitionTime": 0.5}}'
    (folder / f"{NAME}_t1.json").write_text(sidecar)
    files = {"t1": str(folder / f"{NAME}_t1.nii.gz"), "t2": str(folder / f"{NAME}_t2.nii.gz")}
    missing = ingest(CaseSource("nifti", "", files))
    assert missing.index.reason == "t2: there is no such file"
    found = ingest(CaseSource("nifti", "", {"t1": files["t1"]}))
    assert found.convert.ok
    for out in (missing.out, found.out):
        for name, content in everything_in(out):
            assert_nothing(content, name)


def test_inspect_shows_names_in_the_terminal_alone(planted, capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    before = sorted(tmp_path.rglob("*"))
    assert main(["inspect", str(planted), "--processes", "1"]) == 0
    shown = capsys.readouterr().out
    assert NAME in shown
    assert "chosen: flair, t1, t1ce, t2" in shown
    assert sorted(tmp_path.rglob("*")) == before


def test_gzip_header_has_neither_name_nor_time(tmp_path):
    import numpy as np

    path = tmp_path / f"{NAME}.nii.gz"
    save(nib.Nifti1Image(np.zeros((4, 4, 4), np.int16), np.eye(4)), path)
    head = path.read_bytes()[:10]
    assert head[3] == 0  # FLG: no file name, no comment
    assert head[4:8] == bytes(4)  # MTIME


def test_slice_with_a_name_as_its_pixel_kind_is_refused_without_it(tmp_path, ingest):
    import numpy as np

    for k in range(5):
        data = dicom_slice(k, pixels=np.zeros((24, 20)) + k * 99, **T1)
        data.PhotometricInterpretation = NAME.upper()
        data.save_as(tmp_path / f"{k}", enforce_file_format=True)
    found = ingest(tmp_path)
    assert not found.convert.ok
    assert NAME.upper() not in found.convert.reason
