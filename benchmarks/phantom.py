"""How long a simulated case takes, and its sampling against scipy's.

Simulates cases one after the other and prints the CPU seconds of each and the peak memory;
then samples one series with the phantom's own trilinear interpolation and with
`scipy.ndimage.map_coordinates`, in the same run, and prints the ratio and the difference.

    OMP_NUM_THREADS=1 python benchmarks/phantom.py --cases 4
"""

from __future__ import annotations

import argparse
import resource
import tempfile
import time
from pathlib import Path

import numpy as np
from scipy import ndimage

from radnec.phantom.anatomy import load_anatomy
from radnec.phantom.case import simulate_case
from radnec.phantom.patient import draw_session
from radnec.phantom.sampling import trilinear
from radnec.phantom.settings import PhantomSettings

SETTINGS = PhantomSettings(
    snr=25.0, movement_mm=3.0, movement_degrees=3.0, deformation_mm=3.0, bias=0.15
)


def time_cases(count: int) -> None:
    begin = time.process_time()
    load_anatomy()
    print(f"template head, once a process: {time.process_time() - begin:.2f} s CPU")
    print("| case | scanner | label | CPU s | files |")
    print("|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as folder:
        for number in range(count):
            case = f"B{number:03d}"
            label = ("recurrence", "necrosis")[number % 2]
            dicom = Path(folder) / "dicom" / case
            begin = time.process_time()
            simulate_case(
                case=case,
                label=label,
                defect="none",
                seed=1,
                settings=SETTINGS,
                dicom=dicom,
                truth=Path(folder) / "truth" / case,
            )
            spent = time.process_time() - begin
            scanner = draw_session(1, case, SETTINGS).scanner.key
            files = sum(1 for path in dicom.rglob("*") if path.is_file())
            print(f"| {case} | {scanner} | {label} | {spent:.2f} | {files} |")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"peak memory {peak:.0f} MB")


def compare_sampling(repeats: int) -> None:
    anatomy = load_anatomy()
    volume = anatomy.mix(np.array([0.5, 0.4, 0.2, 0.9, 0.4, 0.6]))
    x, y = np.meshgrid(np.linspace(5, 175, 240), np.linspace(5, 210, 240), indexing="ij")
    plane = np.stack([x, y, 60 + 0.05 * x + 0.1 * y]).astype(np.float32)
    spent = {"own": 0.0, "scipy": 0.0}
    for _ in range(repeats):
        begin = time.process_time()
        own = trilinear(volume, plane.copy())
        spent["own"] += time.process_time() - begin
        begin = time.process_time()
        peer = ndimage.map_coordinates(volume, plane, order=1, mode="nearest", output=np.float32)
        spent["scipy"] += time.process_time() - begin
    print("| sampling | ns a point | ratio to scipy |")
    print("|---|---|---|")
    for name, seconds in spent.items():
        each = seconds / repeats / x.size * 1e9
        print(f"| {name} | {each:.0f} | {seconds / spent['scipy']:.2f} |")
    print(f"largest difference {np.abs(own - peer).max():.1e}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--cases", type=int, default=4, help="cases to simulate")
    parser.add_argument("--repeats", type=int, default=40, help="planes to sample")
    arguments = parser.parse_args()
    time_cases(arguments.cases)
    compare_sampling(arguments.repeats)


if __name__ == "__main__":
    main()
