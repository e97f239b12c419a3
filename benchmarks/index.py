"""Speed and memory of indexing a folder of DICOM slices, against a bare loop of pydicom.

Writes small synthetic slices with headers of the usual size, then reads them by turns: with
`pydicom.dcmread(stop_before_pixels=True)` alone, and with the whole of indexing (walk, read,
group, identify, choose) on one and on two processes. Only ratios from one run are comparable.

    python benchmarks/index.py --files 20000
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

SLICES_PER_SERIES = 100


def write_slices(folder: Path, number: int) -> None:
    """Write `number` slices of 16 x 16 pixels, 100 a series, one folder a series."""
    import numpy as np
    from pydicom.dataset import Dataset, FileMetaDataset
    from pydicom.uid import ExplicitVRLittleEndian, MRImageStorage

    rng = np.random.default_rng(0)
    names = ("t1_se_tra", "t2_tse_tra", "t2_tirm_tra_dark-fluid", "t1_se_tra_KM", "ep2d_diff")
    for index in range(number):
        series, k = divmod(index, SLICES_PER_SERIES)
        data = Dataset()
        data.file_meta = FileMetaDataset()
        data.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
        data.file_meta.MediaStorageSOPClassUID = MRImageStorage
        data.file_meta.MediaStorageSOPInstanceUID = f"1.2.826.0.1.3680043.2.{series}.{k}"
        data.SpecificCharacterSet = "ISO_IR 100"
        data.ImageType = ["ORIGINAL", "PRIMARY", "M", "ND", "NORM"]
        data.SOPClassUID, data.SOPInstanceUID = (
            MRImageStorage,
            f"1.2.826.0.1.3680043.2.{series}.{k}",
        )
        for name in ("StudyDate", "SeriesDate", "AcquisitionDate", "ContentDate"):
            setattr(data, name, "20200101")
        begun = f"{10 + series // 60 % 12:02d}{series % 60:02d}"
        data.StudyTime, data.SeriesTime = "100000", f"{begun}00"
        data.AcquisitionTime = data.ContentTime = f"{begun}{k % 60:02d}.5000"
        data.AccessionNumber, data.Modality, data.Manufacturer = "1234567", "MR", "SIEMENS"
        data.InstitutionName, data.StationName = "HOSPITAL", "MRC40000"
        data.StudyDescription = "Kopf"
        data.SeriesDescription = data.ProtocolName = names[series % len(names)]
        data.ManufacturerModelName, data.PatientName, data.PatientID = "Skyra", "A^B", "4711"
        data.PatientBirthDate, data.PatientSex, data.PatientAge = "19600101", "F", "060Y"
        data.PatientWeight, data.BodyPartExamined, data.ScanningSequence = 70, "BRAIN", "SE"
        data.SequenceVariant, data.ScanOptions, data.MRAcquisitionType = ["SK", "SP"], "SAT1", "2D"
        data.SequenceName, data.AngioFlag, data.SliceThickness = "*se2d1", "N", 5
        data.RepetitionTime, data.EchoTime, data.NumberOfAverages = 550, 9, 1
        data.ImagingFrequency, data.ImagedNucleus, data.EchoNumbers = 123.2, "1H", 1
        data.MagneticFieldStrength, data.SpacingBetweenSlices = 3, 6.5
        data.NumberOfPhaseEncodingSteps, data.EchoTrainLength, data.PercentSampling = 230, 1, 90
        data.PercentPhaseFieldOfView, data.PixelBandwidth = 80, 150
        data.DeviceSerialNumber, data.SoftwareVersions = "45678", "syngo MR E11"
        data.TransmitCoilName, data.AcquisitionMatrix = "Body", [0, 256, 230, 0]
        data.InPlanePhaseEncodingDirection, data.FlipAngle = "ROW", 90
        data.VariableFlipAngleFlag, data.SAR, data.dBdt = "N", 0.5, 0
        data.PatientPosition = "HFS"
        data.StudyInstanceUID = "1.2.826.0.1.3680043.2"
        data.SeriesInstanceUID = f"1.2.826.0.1.3680043.2.{series}"
        data.StudyID, data.SeriesNumber, data.AcquisitionNumber = "1", series, 1
        data.InstanceNumber = k + 1
        data.ImagePositionPatient = [-120.5, -110.25, round(-60 + 1.2 * k, 4)]
        data.ImageOrientationPatient = [1, 0, 0, 0, 0.98, -0.1989975]
        data.FrameOfReferenceUID, data.SliceLocation = "1.2.826.0.1.3680043.2.9", 1.2 * k
        referenced = Dataset()
        referenced.ReferencedSOPClassUID, referenced.ReferencedSOPInstanceUID = (
            MRImageStorage,
            "1.2",
        )
        data.ReferencedImageSequence = [referenced, referenced]
        data.SamplesPerPixel, data.PhotometricInterpretation = 1, "MONOCHROME2"
        data.Rows = data.Columns = 16
        data.PixelSpacing = [0.9, 0.9]
        data.BitsAllocated = data.BitsStored = 16
        data.HighBit, data.PixelRepresentation = 15, 0
        data.SmallestImagePixelValue, data.LargestImagePixelValue = 0, 999
        data.WindowCenter, data.WindowWidth = 400 + k, 800 + k
        data.PixelData = rng.integers(0, 999, (16, 16), dtype="u2").tobytes()
        data["PixelData"].VR = "OW"
        place = folder / f"series{series:04d}"
        place.mkdir(exist_ok=True, parents=True)
        data.save_as(place / f"IM{k:05d}", enforce_file_format=True)


def bare_loop(folder: Path) -> float:
    """Return the seconds that pydicom alone takes over all files."""
    import pydicom

    start = time.perf_counter()
    for path in sorted(folder.rglob("IM*")):
        pydicom.dcmread(path, stop_before_pixels=True)
    return time.perf_counter() - start


def index(folder: Path, threads: int) -> float:
    """Return the seconds that indexing takes."""
    from radnec.ingest.identification.folder import find_series

    start = time.perf_counter()
    found = find_series(folder, 0.7, {}, threads=threads)
    seconds = time.perf_counter() - start
    expected = sum(1 for _ in folder.rglob("IM*"))
    if sum(len(one.identity.volume.slices) for one in found.decisions) != expected:
        raise SystemExit("indexing lost slices: the timing means nothing")
    return seconds


def peak_memory_mb(folder: Path) -> float:
    """Return the peak resident memory of indexing in a process of its own, MB."""
    command = [sys.executable, __file__, "--memory-of", str(folder)]
    return float(subprocess.run(command, capture_output=True, text=True, check=True).stdout)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--files", type=int, default=20_000, help="number of slice files")
    parser.add_argument("--rounds", type=int, default=3, help="turns; the medians are compared")
    parser.add_argument("--memory-of", type=Path, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.memory_of:
        index(arguments.memory_of, 1)
        # Not ru_maxrss: a process inherits that figure from the one that started it.
        status = Path("/proc/self/status").read_text(encoding="ascii")
        print(int(status.partition("VmHWM:")[2].split()[0]) / 1024)
        return
    with tempfile.TemporaryDirectory() as name:
        large, small = Path(name, "all"), Path(name, "tenth")
        write_slices(large, arguments.files)
        write_slices(small, arguments.files // 10)
        bare_loop(small)  # so that the files are in the cache of the system for all alike
        index(small, 1)
        seconds: dict[str, list[float]] = {"pydicom, bare loop": [], "index, 1": [], "index, 2": []}
        for _ in range(arguments.rounds):
            seconds["pydicom, bare loop"].append(bare_loop(large))
            seconds["index, 1"].append(index(large, 1))
            seconds["index, 2"].append(index(large, 2))
        medians = {what: statistics.median(times) for what, times in seconds.items()}
        memory = {"tenth": peak_memory_mb(small), "all": peak_memory_mb(large)}
    bare = medians["pydicom, bare loop"]
    print(f"{arguments.files} files, median of {arguments.rounds} rounds")
    print(f"{'what':24}{'seconds':>10}{'files/s':>10}{'times as fast':>16}")
    for what, median in medians.items():
        print(f"{what:24}{median:10.2f}{arguments.files / median:10.0f}{bare / median:16.2f}")
    print(
        f"two processes against one: {medians['index, 1'] / medians['index, 2']:.2f} times as fast"
    )
    grown = memory["all"] - memory["tenth"]
    print(
        f"peak memory: {memory['tenth']:.0f} MB for {arguments.files // 10} files, "
        f"{memory['all']:.0f} MB for {arguments.files}: "
        f"{1024 * grown / (0.9 * arguments.files):.2f} KB a file"
    )
    print(
        json.dumps(
            {"ratio_one": bare / medians["index, 1"], "ratio_two": bare / medians["index, 2"]}
        )
    )


if __name__ == "__main__":
    main()
