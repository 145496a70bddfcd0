"""What stands in static/vendor is what was fetched, and says so."""

import hashlib
import io
import tarfile
from argparse import Namespace

import pytest

from tools import vendor

DRAWING = (
    b'<svg width="24"><path stroke="none" d="M0 0h24v24H0z" fill="none"/><path d="M5 5v16"/></svg>'
)


def _options(**changes):
    values = {"name": "@x/y", "version": "1.2.3", "licence": "MIT", "purpose": "a purpose"}
    return Namespace(**(values | changes))


@pytest.fixture
def shelf(tmp_path):
    """A folder with one package of one file."""
    vendor.store(tmp_path, _options(), {"a.js": b"let a = 1;\n"})
    return tmp_path


def test_repository_shelf_is_whole():
    assert vendor.check(vendor.VENDOR) == []


def test_stored_package_is_registered_with_version_licence_and_checksum(shelf):
    assert vendor.read_register(shelf) == [
        {
            "name": "@x/y",
            "version": "1.2.3",
            "licence": "MIT",
            "purpose": "a purpose",
            "folder": "x-y/1.2.3",
            "files": {"a.js": hashlib.sha256(b"let a = 1;\n").hexdigest()},
        }
    ]
    assert vendor.check(shelf) == []


def test_newer_version_replaces_the_entry_and_old_files_are_found(shelf):
    vendor.store(shelf, _options(version="2.0.0"), {"a.js": b"let a = 2;\n"})

    assert [package["version"] for package in vendor.read_register(shelf)] == ["2.0.0"]
    assert vendor.check(shelf) == ["x-y/1.2.3/a.js: not in VENDOR.toml"]


@pytest.mark.parametrize(
    ("content", "kept"),
    [
        (b"a{}\n/*# sourceMappingURL=a.css.map */", b"a{}\n"),
        (b"let a;\n//# sourceMappingURL=a.js.map\n", b"let a;\n"),
        (b"let a;\n", b"let a;\n"),
    ],
)
def test_source_maps_are_cut_off(tmp_path, content, kept):
    vendor.store(tmp_path, _options(), {"a": content})

    assert (tmp_path / "x-y/1.2.3/a").read_bytes() == kept


@pytest.mark.parametrize(
    ("spoil", "finding"),
    [
        (lambda f: f.write_bytes(b"let a = 2;\n"), "x-y/1.2.3/a.js: changed"),
        (lambda f: f.unlink(), "x-y/1.2.3/a.js: missing"),
        (lambda f: (f.parent / "b.js").touch(), "x-y/1.2.3/b.js: not in VENDOR.toml"),
    ],
)
def test_spoilt_shelf_is_found(shelf, spoil, finding):
    spoil(shelf / "x-y/1.2.3/a.js")

    assert vendor.check(shelf) == [finding]


def test_file_with_source_map_is_found(shelf):
    mapped = b"let a;\n//# sourceMappingURL=a.map\n"
    (shelf / "x-y/1.2.3/a.js").write_bytes(mapped)
    register = shelf / "VENDOR.toml"
    old = vendor.read_register(shelf)[0]["files"]["a.js"]
    register.write_text(register.read_text().replace(old, hashlib.sha256(mapped).hexdigest()))

    assert vendor.check(shelf) == ["x-y/1.2.3/a.js: names a source map"]


@pytest.mark.parametrize(
    ("old", "new", "finding"),
    [
        ('licence = "MIT"', 'licence = ""', "@x/y: no licence"),
        (
            "a purpose",
            "see https://example.test",
            "VENDOR.toml: names an address; give package and version only",
        ),
        (
            'version = "1.2.3"',
            'version = "1.2.4"',
            "x-y/1.2.3: the folder does not end in the version",
        ),
    ],
)
def test_spoilt_register_is_found(shelf, old, new, finding):
    register = shelf / "VENDOR.toml"
    register.write_text(register.read_text().replace(old, new))

    assert vendor.check(shelf) == [finding]


def test_sprite_holds_the_named_icons_without_frames():
    package = {"icons/outline/flag.svg": DRAWING, "icons/outline/x.svg": DRAWING}

    drawn = vendor.sprite(package, ["x", "flag"]).decode()

    assert drawn.index('id="flag"') < drawn.index('id="x"')
    assert "M0 0h24" not in drawn
    assert drawn.count('<path d="M5 5v16"/>') == 2


def test_icons_already_drawn_stay_when_others_are_added(tmp_path):
    package = {f"icons/outline/{name}.svg": DRAWING for name in ("flag", "user")}
    vendor.store(tmp_path, _options(), {"icons.svg": vendor.sprite(package, ["user", "flag"])})

    assert vendor._drawn(tmp_path) == {"flag", "user"}


def test_sprite_refuses_what_is_no_drawing():
    with pytest.raises(ValueError, match="flag: not an SVG"):
        vendor.sprite({"icons/outline/flag.svg": b"<html>"}, ["flag"])


def test_archive_is_read_below_its_top_folder():
    content = io.BytesIO()
    with tarfile.open(fileobj=content, mode="w:gz") as archive:
        for name, data in [("package/dist/a.js", b"1"), ("package/LICENSE", b"2")]:
            member = tarfile.TarInfo(name)
            member.size = len(data)
            archive.addfile(member, io.BytesIO(data))

    assert vendor.read_archive(content.getvalue()) == {"dist/a.js": b"1", "LICENSE": b"2"}


def test_check_command_counts_and_succeeds(capsys):
    assert vendor.main(["check"]) == 0
    assert capsys.readouterr().out == "3 vendored packages, 0 findings\n"
