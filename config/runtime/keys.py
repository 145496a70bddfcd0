"""The secrets of a stand-alone copy: made once, kept in one file that only its owner reads."""

from __future__ import annotations

import json
import os
import secrets
from collections.abc import Callable
from pathlib import Path

import tink
from tink import aead, json_proto_keyset_format, prf, secret_key_access

from config.runtime.errors import CannotStart

# Settings of the same name read these; the passwords go into addresses instead.
SETTINGS = ("SECRET_KEY", "SEAL_KEY", "VAULT_KEYSET", "FIELD_KEYSET", "INDEX_KEYSET")
PASSWORDS = ("POSTGRES_PASSWORD", "OWNER_PASSWORD", "APP_PASSWORD", "VALKEY_PASSWORD")


def _keyset(template: object) -> str:
    handle = tink.new_keyset_handle(template)
    text = json_proto_keyset_format.serialize(handle, secret_key_access.TOKEN)
    return json.dumps(json.loads(text), separators=(",", ":"))


def _aead_keyset() -> str:
    aead.register()
    return _keyset(aead.aead_key_templates.AES256_GCM)


def _prf_keyset() -> str:
    prf.register()
    return _keyset(prf.prf_key_templates.HMAC_SHA256)


MAKERS: dict[str, Callable[[], str]] = {
    **{name: lambda: secrets.token_hex(24) for name in PASSWORDS},
    "SECRET_KEY": lambda: secrets.token_urlsafe(64),
    "SEAL_KEY": lambda: secrets.token_hex(32),
    "VAULT_KEYSET": _aead_keyset,
    "FIELD_KEYSET": _aead_keyset,
    "INDEX_KEYSET": _prf_keyset,
}


def load_or_make(path: Path) -> dict[str, str]:
    """Return the secrets in `path`, making those that are not there yet.

    The file is replaced whole, so that a crash never leaves half of it: losing a keyset would
    lose every document under it.

    Raises:
        CannotStart: the file cannot be read, understood or written.
    """
    try:
        found = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
        missing = {name: make() for name, make in MAKERS.items() if name not in found}
        if missing:
            _write(path, found | missing)
    except OSError as error:
        raise CannotStart(f"{path} cannot be used: {error.strerror}") from error
    except ValueError as error:
        raise CannotStart(f"{path} is not the JSON file of secrets it should be") from error
    return dict(found | missing)


def _write(path: Path, values: dict[str, str]) -> None:
    unfinished = path.with_name(path.name + ".unfinished")
    unfinished.unlink(missing_ok=True)
    opened = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(opened, "w", encoding="utf-8") as file:
        json.dump(values, file, indent=2)
        file.flush()
        os.fsync(file.fileno())
    unfinished.rename(path)
    folder = os.open(path.parent, os.O_RDONLY)
    os.fsync(folder)
    os.close(folder)
