from __future__ import annotations

import hashlib

import pytest

from radnec.core.files import atomic_dir, atomic_path, sha256, write_json, write_text


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
