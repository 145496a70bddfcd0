"""Files of folders: which are taken, in which order."""

from __future__ import annotations

import gzip
import json
import os

import pytest

from records.interchange import kinds
from records.interchange.services import sources
from records.interchange.services.orders import PartRejected


def put(folder, name, value):
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(value if isinstance(value, bytes) else json.dumps(value).encode())
    return path


def names(*paths):
    return [file.name for file in sources.of_paths(map(str, paths))]


def test_what_others_refer_to_comes_first(tmp_path):
    put(tmp_path, "a.json", {"resourceType": "Observation"})
    put(tmp_path, "b.json.gz", gzip.compress(b'{"resourceType": "Patient"}'))
    put(tmp_path, "c.ndjson", b'{"resourceType":"Encounter"}\n{"resourceType":"Encounter"}')
    put(tmp_path, "d.json", {"resourceType": "Practitioner"})
    put(tmp_path, "e.json", {"resourceType": "Bundle", "entry": [{"resource": {}}]})
    put(
        tmp_path,
        "f.json",
        {"resourceType": "Bundle", "entry": [{"resource": {"resourceType": "Organization"}}]},
    )
    put(tmp_path, "g.pdf", b"%PDF-")

    assert names(tmp_path) == [
        "f.json",
        "d.json",
        "b.json.gz",
        "c.ndjson",
        "e.json",
        "a.json",
        "g.pdf",
    ]


def test_hidden_files_and_links_in_folders_are_left_out_and_named_ones_taken_once(tmp_path):
    real = put(tmp_path, "in/deep/a.json", {})
    put(tmp_path, "in/.hidden.json", {})
    put(tmp_path, "in/.git/b.json", {})
    link = tmp_path / "in" / "link.json"
    link.symlink_to(real)

    assert names(tmp_path / "in", real, link) == ["deep/a.json"]


def test_a_path_that_leads_nowhere_is_refused(tmp_path):
    with pytest.raises(FileNotFoundError):
        sources.of_paths([str(tmp_path / "none")])


def test_a_special_file_is_refused(tmp_path):
    os.mkfifo(tmp_path / "pipe")

    with pytest.raises(FileNotFoundError):
        sources.of_paths([str(tmp_path / "pipe")])


def test_a_file_that_vanished_is_rejected(tmp_path):
    path = put(tmp_path, "a.json", {})
    (file,) = sources.of_paths([str(path)])
    path.unlink()

    with pytest.raises(PartRejected) as refused:
        file.load()

    assert refused.value.reason == "UNREADABLE"


def test_a_file_that_is_too_large_is_not_read(tmp_path, monkeypatch):
    (file,) = sources.of_paths([str(put(tmp_path, "a.json", b"x" * 20))])
    monkeypatch.setattr(kinds, "LARGEST", 10)

    with pytest.raises(PartRejected) as refused:
        file.load()

    assert refused.value.reason == "TOO_LARGE"
