"""Makes the bucket of the vault in the object store if it is not there yet."""

from __future__ import annotations

from typing import Any

from botocore.exceptions import ClientError
from django.conf import settings
from django.core.files.storage import storages
from django.core.management.base import BaseCommand, CommandError


class Command(BaseCommand):
    """`manage.py make_bucket`: run once before the first start with `VAULT_STORAGE=s3`."""

    help = __doc__ or ""
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        """Make the bucket that the settings name."""
        if settings.VAULT_STORAGE != "s3":
            raise CommandError("VAULT_STORAGE is not s3", returncode=2)
        vault: Any = storages["vault"]
        client, name = vault.connection.meta.client, vault.bucket_name
        try:
            client.head_bucket(Bucket=name)
        except ClientError as error:
            if error.response["ResponseMetadata"]["HTTPStatusCode"] != 404:
                raise
            client.create_bucket(Bucket=name)
            self.stdout.write(f"Made the bucket {name}")
