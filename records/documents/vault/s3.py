"""The vault in an S3-compatible object store.

A put there is atomic and durable by itself: an object appears whole when its upload is complete,
so no temporary name is needed. The library's errors become the operating system's, so that the
vault knows one kind.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

from botocore.exceptions import BotoCoreError, ClientError
from django.core.files import File
from storages.backends.s3 import S3Storage

from records.documents.vault.storages import StoredObject


@contextlib.contextmanager
def one_kind_of_error() -> Iterator[None]:
    """Raise what the library raises as `OSError`.

    Raises:
        FileNotFoundError: no such object.
        OSError: the store cannot be reached, or refuses.
    """
    try:
        yield
    except ClientError as error:
        code = str(error.response.get("Error", {}).get("Code", ""))
        if code in ("404", "NoSuchKey", "NotFound"):
            raise FileNotFoundError(code) from error
        raise OSError(f"the object store answered {code}") from error
    except BotoCoreError as error:
        raise OSError(f"the object store cannot be reached: {type(error).__name__}") from error


class S3Vault(S3Storage):
    """A bucket whose errors are `OSError`, and that can be walked and cleared by prefix."""

    def _save(self, name: str, content: File) -> str:
        with one_kind_of_error():
            return str(super()._save(name, content))

    def _open(self, name: str, mode: str = "rb") -> File:
        """Open an object, fetching it now, so that what goes wrong goes wrong here."""
        with one_kind_of_error():
            file = super()._open(name, mode)
            file.open()
            return file

    def exists(self, name: str) -> bool:
        """Tell whether the object is there.

        Raises:
            OSError: the store cannot be reached, or refuses.
        """
        with one_kind_of_error():
            return bool(super().exists(name))

    def delete(self, name: str) -> None:
        """Delete an object; one that is not there is no error.

        Raises:
            OSError: the store cannot be reached, or refuses.
        """
        with one_kind_of_error():
            super().delete(name)

    def walk(self, folder: str = "") -> Iterator[StoredObject]:
        """Yield every object below `folder`, in the order of names.

        Raises:
            OSError: the store cannot be reached, or refuses.
        """
        prefix = f"{folder}/" if folder else ""
        with one_kind_of_error():
            for item in self.bucket.objects.filter(Prefix=prefix):
                yield StoredObject(item.key, int(item.size), item.last_modified)

    def delete_folder(self, folder: str) -> int:
        """Delete every object below `folder` and return how many there were.

        Raises:
            OSError: the store cannot be reached, or refuses.
        """
        names = [item.name for item in self.walk(folder)]
        for name in names:
            self.delete(name)
        return len(names)
