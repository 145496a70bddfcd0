"""Makes the files of secrets for a hospital's own servers; existing ones are kept."""

from __future__ import annotations

import json
import secrets
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from config.runtime import databases, keys

# Files are readable by all inside a folder that only its owner enters: the containers that mount
# single files run under accounts of their own.
FILE_MODE = 0o444


class Command(BaseCommand):
    """`manage.py make_secrets FOLDER`: one file a secret, as docker-compose.yml names them."""

    help = __doc__ or ""
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the folder and the host names that the addresses lead to."""
        parser.add_argument("folder", type=Path)
        parser.add_argument("--database-host", default="postgres:5432")
        parser.add_argument("--queue-host", default="valkey:6379")

    def handle(
        self, *args: Any, folder: Path, database_host: str, queue_host: str, **options: Any
    ) -> None:
        """Write what is missing; what is there is never replaced."""
        if not folder.is_dir():
            raise CommandError(f"{folder} is not a folder", returncode=2)
        values = {name.lower(): _existing(folder, name) or _make(name) for name in _NAMES}
        for name, text in (values | _derived(values, database_host, queue_host)).items():
            path = folder / name
            if not path.exists():
                path.write_text(text, encoding="utf-8")
                path.chmod(FILE_MODE)
        self.stdout.write(f"Secrets are in {folder}; keep a copy apart from the data's backups.")


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
