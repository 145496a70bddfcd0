"""Makes the files of secrets for a hospital's own servers; existing ones are kept.

With `--rotate` a keyset gets a fresh key in front; the keys before it still open what they closed.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts import crypto
from config.runtime import databases, keys
from records.documents.vault import keys as vault_keys

# Files are readable by all inside a folder that only its owner enters: the containers that mount
# single files run under accounts of their own.
FILE_MODE = 0o444


ROTATORS: dict[str, Callable[[str], str]] = {
    "VAULT_KEYSET": vault_keys.rotated_vault_keyset,
    "FIELD_KEYSET": lambda keyset: crypto.with_new_primary(keyset, crypto.FIELD_TEMPLATE),
    "INDEX_KEYSET": lambda keyset: crypto.with_new_primary(keyset, crypto.INDEX_TEMPLATE),
}


class Command(BaseCommand):
    """`manage.py make_secrets FOLDER`: one file a secret, as docker-compose.yml names them."""

    help = __doc__ or ""
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the folder and the host names that the addresses lead to."""
        parser.add_argument("folder", type=Path)
        parser.add_argument("--database-host", default="postgres:5432")
        parser.add_argument("--queue-host", default="valkey:6379")
        parser.add_argument("--rotate", choices=sorted(ROTATORS), metavar="KEYSET")

    def handle(
        self, *args: Any, folder: Path, database_host: str, queue_host: str, **options: Any
    ) -> None:
        """Write what is missing and replace nothing, or rotate the keyset that was asked for."""
        if not folder.is_dir():
            raise CommandError(f"{folder} is not a folder", returncode=2)
        if options["rotate"]:
            self._rotate(folder, options["rotate"])
            return
        values = {name.lower(): _existing(folder, name) or _make(name) for name in _NAMES}
        for name, text in (values | _derived(values, database_host, queue_host)).items():
            path = folder / name
            if not path.exists():
                path.write_text(text, encoding="utf-8")
                path.chmod(FILE_MODE)
        self.stdout.write(f"Secrets are in {folder}; keep a copy apart from the data's backups.")

    def _rotate(self, folder: Path, name: str) -> None:
        path = folder / name.lower()
        if not path.exists():
            raise CommandError(f"{path} does not exist", returncode=2)
        fresh = ROTATORS[name](path.read_text(encoding="utf-8").strip())
        beside = path.with_suffix(".new")
        beside.write_text(fresh, encoding="utf-8")
        beside.chmod(FILE_MODE)
        beside.replace(path)
        self.stdout.write(f"{path} has a fresh key in front; keep a copy, then restart.")


_NAMES = (
    *keys.SETTINGS,
    *keys.PASSWORDS,
    "VAULT_S3_ACCESS_KEY",
    "VAULT_S3_SECRET_KEY",
)


def _make(name: str) -> str:
    return keys.MAKERS.get(name, lambda: secrets.token_hex(20))()


def _existing(folder: Path, name: str) -> str:
    path = folder / name.lower()
    return path.read_text(encoding="utf-8").strip() if path.exists() else ""


def _derived(values: dict[str, str], database_host: str, queue_host: str) -> dict[str, str]:
    """Return the files that hold another secret inside an address or a server's settings."""
    where = f"{database_host}/{databases.DATABASE}"
    credentials = {
        "accessKey": values["vault_s3_access_key"],
        "secretKey": values["vault_s3_secret_key"],
    }
    vault = {"name": "chartroom", "credentials": [credentials], "actions": ["Admin"]}
    return {
        "database_url": f"postgres://{databases.APP}:{values['app_password']}@{where}",
        "owner_database_url": f"postgres://{databases.OWNER}:{values['owner_password']}@{where}",
        "redis_url": f"redis://:{values['valkey_password']}@{queue_host}/0",
        "valkey_settings": (
            f"requirepass {values['valkey_password']}\nappendonly yes\ndir /data\n"
            "maxmemory-policy noeviction\n"
        ),
        "objects_settings": json.dumps({"identities": [vault]}),
    }
