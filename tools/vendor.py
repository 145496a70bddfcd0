"""Keep the front-end files of others under static/vendor, each with its checksum.

    python tools/vendor.py check
    python tools/vendor.py add @tabler/core 1.6.1 dist/css/tabler.min.css LICENSE \\
        --licence MIT --purpose "components"
    python tools/vendor.py sprite @tabler/icons 3.51.0 --icons flag,user,...

`sprite` adds icons to those already there. Both fetch the package with `npm pack`; npm is needed
by this tool alone.
"""

from __future__ import annotations

import argparse
import hashlib
import io
import re
import subprocess
import sys
import tarfile
import tempfile
import tomllib
from collections.abc import Iterable
from pathlib import Path, PurePosixPath
from typing import Any

VENDOR = Path(__file__).resolve().parent.parent / "static" / "vendor"
REGISTER = "VENDOR.toml"
SOURCE_MAP = re.compile(rb"^\s*(/\*#|//#) sourceMappingURL=.*$\n?", re.MULTILINE)
ADDRESS = re.compile(r"https?://|git\+")
SHAPES = re.compile(r"<svg[^>]*>(.*)</svg>", re.DOTALL)
FRAME = re.compile(r'<path stroke="none" d="M0 0h24v24H0z" fill="none"\s*/>')
ICON = re.compile(r'<symbol id="([^"]+)"')
SYMBOL = (
    '<symbol id="{name}" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="2" '
    'stroke-linecap="round" stroke-linejoin="round">{shapes}</symbol>\n'
)


def main(arguments: list[str] | None = None) -> int:
    """Run one command; 0 on success, 1 on a finding."""
    options = _parser().parse_args(arguments)
    if options.command == "check":
        findings = check(VENDOR)
        for finding in findings:
            print(finding, file=sys.stderr)
        print(f"{len(read_register(VENDOR))} vendored packages, {len(findings)} findings")
        return 1 if findings else 0
    package = unpack(options.name, options.version)
    files = (
        _sprite_files(package, options) if options.command == "sprite" else _plain(package, options)
    )
    entry = store(VENDOR, options, files)
    print(f"{entry['name']} {entry['version']}: {', '.join(entry['files'])}")
    return 0


def check(vendor: Path) -> list[str]:
    """Return what is wrong: changed, missing, unlisted, map-bearing or unversioned files."""
    packages = read_register(vendor)
    findings = [finding for package in packages for finding in _check_package(vendor, package)]
    listed = {f"{package['folder']}/{name}" for package in packages for name in package["files"]}
    present = {
        path.relative_to(vendor).as_posix()
        for path in vendor.rglob("*")
        if path.is_file() and path.name != REGISTER
    }
    findings += [f"{name}: not in {REGISTER}" for name in sorted(present - listed)]
    if ADDRESS.search((vendor / REGISTER).read_text(encoding="utf-8")):
        findings.append(f"{REGISTER}: names an address; give package and version only")
    return findings


def _check_package(vendor: Path, package: dict[str, Any]) -> list[str]:
    findings = [
        f"{package.get('name')}: no {key}"
        for key in ("name", "version", "licence", "purpose", "folder", "files")
        if not package.get(key)
    ]
    if package["folder"].rpartition("/")[2] != package["version"]:
        findings.append(f"{package['folder']}: the folder does not end in the version")
    for name, digest in package["files"].items():
        path = vendor / package["folder"] / name
        if not path.is_file():
            findings.append(f"{package['folder']}/{name}: missing")
        elif hashlib.sha256(path.read_bytes()).hexdigest() != digest:
            findings.append(f"{package['folder']}/{name}: changed")
        elif SOURCE_MAP.search(path.read_bytes()):
            findings.append(f"{package['folder']}/{name}: names a source map")
    return findings


def read_register(vendor: Path) -> list[dict[str, Any]]:
    """Return the packages of the register, in its order."""
    path = vendor / REGISTER
    if not path.exists():
        return []
    packages: list[dict[str, Any]] = tomllib.loads(path.read_text(encoding="utf-8"))["package"]
    return packages


def unpack(name: str, version: str) -> dict[str, bytes]:
    """Return the files of one package version as npm has it, by path."""
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(
            ["npm", "pack", "--silent", f"{name}@{version}"],
            cwd=folder,
            check=True,
            capture_output=True,
        )
        (archive,) = Path(folder).glob("*.tgz")
        content = archive.read_bytes()
    return read_archive(content)


def read_archive(content: bytes) -> dict[str, bytes]:
    """Return the regular files of a gzipped tar, by their path below its one top folder."""
    files = {}
    with tarfile.open(fileobj=io.BytesIO(content)) as archive:
        for member in archive:
            reader = archive.extractfile(member)
            if reader is not None:
                files[PurePosixPath(member.name).relative_to("package").as_posix()] = reader.read()
    return files


def sprite(package: dict[str, bytes], icons: Iterable[str]) -> bytes:
    """Return one SVG with a symbol for each of `icons`, cut from the package's outline set."""
    symbols = []
    for name in sorted(icons):
        drawing = package[f"icons/outline/{name}.svg"].decode()
        found = SHAPES.search(drawing)
        if found is None:
            raise ValueError(f"{name}: not an SVG")
        shapes = " ".join(FRAME.sub("", found[1]).split())
        symbols.append(SYMBOL.format(name=name, shapes=shapes))
    return f'<svg xmlns="http://www.w3.org/2000/svg">\n{"".join(symbols)}</svg>\n'.encode()


def store(vendor: Path, options: argparse.Namespace, files: dict[str, bytes]) -> dict[str, Any]:
    """Write the files without their source maps, replace the package's entry, return it."""
    short = options.name.removeprefix("@").replace("/", "-")
    entry = {
        "name": options.name,
        "version": options.version,
        "licence": options.licence,
        "purpose": options.purpose,
        "folder": f"{short}/{options.version}",
        "files": {},
    }
    folder = vendor / entry["folder"]
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in sorted(files.items()):
        clean = SOURCE_MAP.sub(b"", content)
        (folder / name).write_bytes(clean)
        entry["files"][name] = hashlib.sha256(clean).hexdigest()
    others = [package for package in read_register(vendor) if package["name"] != options.name]
    packages = sorted([*others, entry], key=lambda package: str(package["name"]))
    (vendor / REGISTER).write_text("\n".join(map(_as_toml, packages)), encoding="utf-8")
    return entry


def _as_toml(package: dict[str, Any]) -> str:
    lines = ["[[package]]"]
    lines += [
        f'{key} = "{package[key]}"' for key in ("name", "version", "licence", "purpose", "folder")
    ]
    lines += ["[package.files]"]
    lines += [f'"{name}" = "{digest}"' for name, digest in package["files"].items()]
    return "\n".join(lines) + "\n"


def _plain(package: dict[str, bytes], options: argparse.Namespace) -> dict[str, bytes]:
    return {PurePosixPath(path).name: package[path] for path in options.files}


def _sprite_files(package: dict[str, bytes], options: argparse.Namespace) -> dict[str, bytes]:
    icons = {*options.icons.split(","), *_drawn(VENDOR)}
    return {"icons.svg": sprite(package, icons), "LICENSE": package["LICENSE"]}


def _drawn(vendor: Path) -> set[str]:
    """Return the icons of the sprites that stand on the shelf already."""
    sprites = vendor.glob("*/*/icons.svg")
    return {name for path in sprites for name in ICON.findall(path.read_text(encoding="utf-8"))}


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("check")
    for command in ("add", "sprite"):
        fetch = commands.add_parser(command)
        fetch.add_argument("name")
        fetch.add_argument("version")
        fetch.add_argument("--licence", default="MIT")
        fetch.add_argument("--purpose", required=True)
        if command == "add":
            fetch.add_argument("files", nargs="+")
        else:
            fetch.add_argument("--icons", required=True)
    return parser


if __name__ == "__main__":
    sys.exit(main())
