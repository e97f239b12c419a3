from __future__ import annotations

import hashlib

import pytest

from radnec.core.errors import InputError
from radnec.core.files import (
    atomic_dir,
    atomic_path,
    sha256,
    verify_checksum,
    write_checksum,
    write_json,
    write_text,
)


def test_a_file_is_whole_or_not_there(tmp_path):
    target = tmp_path / "new" / "volume.nii.gz"
    with pytest.raises(RuntimeError), atomic_path(target) as temporary:
        assert temporary.name == "volume.nii.gz"
        temporary.write_text("half")
        raise RuntimeError
    assert list(target.parent.iterdir()) == []
    write_text(target, "whole")
    with pytest.raises(RuntimeError), atomic_path(target) as temporary:
        temporary.write_text("half")
        raise RuntimeError
    assert target.read_text() == "whole"
    assert [p.name for p in target.parent.iterdir()] == ["volume.nii.gz"]


def test_a_folder_replaces_the_old_one_as_a_whole(tmp_path):
    target = tmp_path / "case"
    for names in (["a", "b"], ["c"]):
        with atomic_dir(target) as folder:
            for name in names:
                (folder / name).write_text(name)
    assert [p.name for p in target.iterdir()] == ["c"]
    with pytest.raises(RuntimeError), atomic_dir(target) as folder:
        (folder / "d").write_text("d")
        raise RuntimeError
    assert [p.name for p in target.iterdir()] == ["c"]
    assert [p.name for p in tmp_path.iterdir()] == ["case"]


def test_checksum_is_sha256(tmp_path):
    path = tmp_path / "x"
    path.write_bytes(b"abc")
    assert sha256(path) == hashlib.sha256(b"abc").hexdigest()


def test_json_refuses_what_json_does_not_have(tmp_path):
    with pytest.raises(ValueError, match="not JSON compliant"):
        write_json(tmp_path / "x.json", {"x": float("nan")})
    assert not (tmp_path / "x.json").exists()


def test_what_a_killed_writer_left_is_gone_after_the_next(tmp_path):
    target = tmp_path / "case"
    # A block that is never left is a writer that never comes back.
    killed = atomic_dir(target)
    (killed.__enter__() / "half").write_text("half")
    assert [p.name for p in tmp_path.iterdir()] == [".writing-case"]
    with atomic_dir(target) as folder:
        (folder / "whole").write_text("whole")
    assert [p.name for p in tmp_path.iterdir()] == ["case"]
    assert [p.name for p in target.iterdir()] == ["whole"]


def test_a_survivor_does_not_replace_what_the_next_writer_made(tmp_path):
    """Snakemake was killed, its job was not, and the next Snakemake started the job again."""
    target = tmp_path / "record.json"
    with pytest.raises(FileNotFoundError), atomic_path(target) as survivors:
        survivors.write_text("half")
        with atomic_path(target) as new:
            new.write_text("whole")
        assert target.read_text() == "whole"
    assert target.read_text() == "whole"


def test_a_changed_file_is_reported_with_what_to_do(tmp_path):
    path = tmp_path / "t1.npy"
    path.write_bytes(b"voxels")
    write_checksum(path)
    verify_checksum(path)
    path.write_bytes(b"voxelz")
    with pytest.raises(InputError, match=r"t1\.npy is not what was written.*Delete it and start"):
        verify_checksum(path)
    path.unlink()
    with pytest.raises(InputError, match="no file"):
        verify_checksum(path)
