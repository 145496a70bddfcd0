"""Settings from the environment, read once at start; odd values stop it with one clear line."""

from __future__ import annotations

import os
from pathlib import Path
from urllib.parse import unquote, urlsplit

import environ

ROOT = Path(__file__).resolve().parent.parent
PROFILES = ("demo", "production", "test")
DATABASE_ROLES = ("app", "owner")


class SettingsError(SystemExit):
    """A setting that cannot be used; whatever process it is in ends with the message."""

    def __init__(self, message: str) -> None:
        # Python prints a SystemExit's text when nobody catches it, in gunicorn and Celery too.
        super().__init__(message)
        self.message = message


reader = environ.Env()


def secret(name: str, default: str = "") -> str:
    """Return the secret called `name`, from `NAME_FILE` (a file that holds it) or from `NAME`.

    Raises:
        SettingsError: the file named cannot be read.
    """
    path = os.environ.get(f"{name}_FILE")
    if not path:
        return os.environ.get(name, default)
    try:
        return Path(path).read_text(encoding="utf-8").strip()
    except OSError as error:
        raise SettingsError(f"{name}_FILE cannot be read: {error.strerror}: {path}") from error


def choice(name: str, allowed: tuple[str, ...], default: str) -> str:
    """Return the setting `name`, which must be one of `allowed`.

    Raises:
        SettingsError: any other value.
    """
    value = os.environ.get(name, default)
    if value not in allowed:
        raise SettingsError(f"{name} must be one of {', '.join(allowed)}, not {value!r}")
    return value


def whole(name: str, default: int, *, low: int, high: int) -> int:
    """Return the setting `name` as a whole number between `low` and `high`.

    Raises:
        SettingsError: not a number, or out of that range.
    """
    text = os.environ.get(name, str(default))
    if not text.lstrip("-").isdigit() or not low <= int(text) <= high:
        raise SettingsError(f"{name} must be a whole number from {low} to {high}, not {text!r}")
    return int(text)


def switch(name: str, default: bool) -> bool:
    """Return the setting `name` as yes or no.

    Raises:
        SettingsError: anything but 1, 0, true, false, yes, no, on, off.
    """
    text = os.environ.get(name, "1" if default else "0").lower()
    known = {"1": True, "true": True, "yes": True, "on": True}
    known |= {"0": False, "false": False, "no": False, "off": False}
    if text not in known:
        raise SettingsError(f"{name} must be yes or no, not {text!r}")
    return known[text]


def database(name: str) -> dict[str, object]:
    """Return Django's settings for the PostgreSQL URL in `name`.

    A host that is a folder (a socket) is written percent-encoded:
    `postgres://user:password@%2Frun%2Fsocket:5432/name`.

    Raises:
        SettingsError: not a PostgreSQL address.
    """
    url = secret(name)
    if urlsplit(url).scheme not in ("postgres", "postgresql"):
        raise SettingsError(f"{name} must be a postgres:// address")
    found = dict(reader.db_url_config(url))
    return found | {"HOST": unquote(str(found.get("HOST", "")))}


def data_home() -> Path:
    """Return the folder that holds the running copy's data (`CHARTROOM_HOME`, default `var/`)."""
    return Path(os.environ.get("CHARTROOM_HOME") or ROOT / "var").resolve()
