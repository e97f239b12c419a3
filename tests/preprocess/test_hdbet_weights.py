"""HD-BET's network from a folder and from an archive, once, whole or not at all."""

from __future__ import annotations

import hashlib
import http.server
import json
import shutil
import threading
import zipfile
from collections import Counter

import pytest

from radnec.core.errors import InputError
from radnec.preprocess.settings.hd_bet_weights import HdBetWeightsSettings
from radnec.preprocess.skullstrip import hdbet_weights
from radnec.preprocess.skullstrip.hdbet_weights import fetch_hdbet

CONTENT = {name: f"content of {name}".encode() for name in hdbet_weights.FILES}


@pytest.fixture
def site(tmp_path):
    """A site with one Zenodo record; counts what is asked for."""
    folder = tmp_path / "site"
    folder.mkdir()
    archive = folder / "release_v1.5.0.zip"
    with zipfile.ZipFile(archive, "w") as stream:
        for name, content in CONTENT.items():
            stream.writestr(name, content)
    answers = {
        "/records/7/files/release_v1.5.0.zip": archive.read_bytes(),
        "/api/records/7": json.dumps(
            {
                "files": [
                    {
                        "key": "release_v1.5.0.zip",
                        "checksum": "md5:" + hashlib.md5(archive.read_bytes()).hexdigest(),
                    }
                ]
            }
        ).encode(),
    }
    asked = Counter()

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            asked[self.path] += 1
            body = answers.get(self.path)
            self.send_response(200 if body else 404)
            self.send_header("Content-Length", str(len(body or b"")))
            self.end_headers()
            self.wfile.write(body or b"")

        def log_message(self, *_):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    server.answers, server.asked = answers, asked
    server.url = f"http://127.0.0.1:{server.server_port}/records/7/files/release_v1.5.0.zip"
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def _fetch(tmp_path, url, checksum=""):
    folder = tmp_path / "resources" / "hd-bet"
    settings = HdBetWeightsSettings(folder=str(folder), url=url, checksum=checksum)
    fetch_hdbet(backend="hd-bet", settings=settings, output=tmp_path / "network.json")
    return folder, json.loads((tmp_path / "network.json").read_text())


def _nothing_left(tmp_path):
    resources = tmp_path / "resources"
    return not (tmp_path / "network.json").exists() and not (
        resources.exists() and list(resources.iterdir())
    )


def test_fetched_once_checked_and_offline_afterwards(tmp_path, site):
    folder, description = _fetch(tmp_path, site.url)
    for name, content in CONTENT.items():
        assert (folder / name).read_bytes() == content
        assert description["files"][name] == hashlib.sha256(content).hexdigest()
    assert sorted(path.name for path in folder.parent.iterdir()) == ["hd-bet"]
    site.answers.clear()
    assert _fetch(tmp_path, site.url)[1] == description
    assert site.asked["/records/7/files/release_v1.5.0.zip"] == 1


def test_a_folder_of_one_s_own_is_used_as_it_is(tmp_path, site):
    folder = tmp_path / "resources" / "hd-bet"
    for name in CONTENT:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(b"mine")
    _, description = _fetch(tmp_path, site.url)
    assert set(description["files"].values()) == {hashlib.sha256(b"mine").hexdigest()}
    assert not site.asked


def test_an_archive_with_a_folder_around_it(tmp_path, site):
    path = tmp_path / "wrapped.zip"
    with zipfile.ZipFile(path, "w") as stream:
        for name, content in CONTENT.items():
            stream.writestr(f"release_2.0.0/{name}", content)
    site.answers["/records/7/files/release_v1.5.0.zip"] = path.read_bytes()
    digest = "sha256:" + hashlib.sha256(path.read_bytes()).hexdigest()
    folder, _ = _fetch(tmp_path, site.url, digest)
    assert (folder / "plans.json").read_bytes() == CONTENT["plans.json"]


def test_wrong_checksum_installs_nothing(tmp_path, site):
    with pytest.raises(InputError, match=r"has checksum sha256:\w+, expected sha256:0+; nothing"):
        _fetch(tmp_path, site.url, "sha256:" + 64 * "0")
    assert _nothing_left(tmp_path)
    # A download cut short does not match what the record states.
    whole = site.answers["/records/7/files/release_v1.5.0.zip"]
    site.answers["/records/7/files/release_v1.5.0.zip"] = whole[:-50]
    with pytest.raises(InputError, match="expected md5:"):
        _fetch(tmp_path, site.url)
    assert _nothing_left(tmp_path)


def test_missing_and_not_to_be_fetched_says_which_file_goes_where(tmp_path):
    with pytest.raises(InputError) as error:
        _fetch(tmp_path, "")
    assert f"{tmp_path}/resources/hd-bet/plans.json does not exist" in str(error.value)
    assert "https://zenodo.org/records/14445620" in str(error.value)
    assert "skull_strip.backend" in str(error.value)


def test_an_archive_that_is_not_the_network(tmp_path, site):
    path = tmp_path / "other.zip"
    with zipfile.ZipFile(path, "w") as stream:
        stream.writestr("plans.json", "{}")
    site.answers["/records/7/files/release_v1.5.0.zip"] = path.read_bytes()
    digest = "sha256:" + hashlib.sha256(path.read_bytes()).hexdigest()
    with pytest.raises(InputError, match=r"does not contain plans\.json, dataset\.json"):
        _fetch(tmp_path, site.url, digest)
    assert _nothing_left(tmp_path)


def test_an_address_without_a_published_checksum_needs_one(tmp_path):
    with pytest.raises(InputError, match=r"expected 'sha256:\.\.\.' or 'md5:\.\.\.'"):
        _fetch(tmp_path, "https://example.org/archive.zip")


def test_a_full_disk_is_the_machine_s_fault_and_leaves_nothing(tmp_path, site, monkeypatch):
    usage = shutil.disk_usage(tmp_path)._replace(free=100)
    monkeypatch.setattr(hdbet_weights.shutil, "disk_usage", lambda _: usage)
    with pytest.raises(OSError, match=r"needs \d+ MB in .*, 0 MB are free"):
        _fetch(tmp_path, site.url)
    assert _nothing_left(tmp_path)


def test_without_an_answer_the_folder_and_other_backends_are_named(tmp_path, site):
    says = r"{} cannot be fetched \({}.*plans.json does not exist.*deepbet and atlas fetch nothing"
    absent = site.url.replace("/7/", "/8/")
    with pytest.raises(InputError, match=says.format(absent, "HTTP Error 404")):
        _fetch(tmp_path, absent)
    # Nobody listens on the port of a site that was closed.
    closed = "http://127.0.0.1:9/records/7/files/release_v1.5.0.zip"
    with pytest.raises(InputError, match=says.format(closed, "<urlopen error")):
        _fetch(tmp_path, closed)
    assert _nothing_left(tmp_path)
