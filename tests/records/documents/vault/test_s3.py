"""The vault in an object store: the same promises against a real S3 server in this process."""

import dataclasses
from datetime import timedelta

import boto3
import pytest
from botocore.exceptions import ClientError, EndpointConnectionError
from django.core.files.storage import storages
from moto.server import ThreadedMotoServer

from records.documents.errors import VaultDamaged, VaultMissing, VaultUnavailable
from records.documents.vault import checks, files, s3
from records.documents.vault.checks import Fixity
from records.documents.vault.files import Place

BUCKET = "vault-test"
CONTENT = b"page" * 5000


@pytest.fixture(scope="module")
def server():
    running = ThreadedMotoServer(ip_address="127.0.0.1", port=0)
    running.start()
    host, port = running.get_host_and_port()
    yield f"http://{host}:{port}"
    running.stop()


@pytest.fixture
def bucket(server, settings, vault):
    """Point the vault at an empty bucket."""
    client = boto3.client(
        "s3",
        endpoint_url=server,
        region_name="us-east-1",
        aws_access_key_id="test",
        aws_secret_access_key="test",
    )
    client.create_bucket(Bucket=BUCKET)
    use(settings, server)
    yield client
    for item in client.list_objects_v2(Bucket=BUCKET).get("Contents", []):
        client.delete_object(Bucket=BUCKET, Key=item["Key"])
    client.delete_bucket(Bucket=BUCKET)
    client.close()


def use(settings, endpoint, **options):
    settings.STORAGES = settings.STORAGES | {
        "vault": {
            "BACKEND": "records.documents.vault.s3.S3Vault",
            "OPTIONS": {
                "bucket_name": BUCKET,
                "endpoint_url": endpoint,
                "access_key": "test",
                "secret_key": "test",
                "region_name": "us-east-1",
                "file_overwrite": True,
                "default_acl": None,
                **options,
            },
        }
    }
    storages._storages.pop("vault", None)


def kept(identity="version:1", content=CONTENT):
    stored = files.keep(content, identity=identity)
    return stored, Place(stored.name, stored.wrapped_key, identity)


def names(bucket):
    found = bucket.list_objects_v2(Bucket=BUCKET).get("Contents", [])
    return sorted(item["Key"] for item in found)


def test_kept_document_is_one_encrypted_object_and_reads_back(bucket):
    stored, place = kept()

    assert names(bucket) == [f"{stored.name}/original"]
    body = bucket.get_object(Bucket=BUCKET, Key=f"{stored.name}/original")["Body"].read()
    assert CONTENT[:20] not in body
    assert files.read(place) == CONTENT
    assert checks.check_fixity(place, stored.sha256, stored.size) is Fixity.INTACT


def test_document_beyond_one_part_reads_back(bucket):
    content = b"x" * (9 * 1024 * 1024)
    _, place = kept(content=content)

    assert files.read(place) == content


def test_derived_is_replaced_under_the_same_name(bucket):
    stored, place = kept()

    files.keep_derived(place, "page-1", b"first")
    files.keep_derived(place, "page-1", b"second")

    assert files.read(place, "page-1") == b"second"
    assert names(bucket) == [f"{stored.name}/original", f"{stored.name}/page-1"]
    assert (files.has(place, "page-1"), files.has(place, "page-2")) == (True, False)


def test_erase_removes_the_version_only(bucket):
    stored, place = kept()
    files.keep_derived(place, "page-1", b"one")
    other, other_place = kept("version:2")

    assert files.erase(stored.name) == 2
    assert files.erase(stored.name) == 0

    assert names(bucket) == [f"{other.name}/original"]
    assert files.read(other_place) == CONTENT
    with pytest.raises(VaultMissing):
        files.read(place)


def test_altered_or_swapped_object_is_detected(bucket):
    stored, place = kept()
    other, _ = kept("version:2")
    key = f"{stored.name}/original"
    body = bucket.get_object(Bucket=BUCKET, Key=key)["Body"].read()

    for wrong in (body[:-1], body[:-1] + bytes([body[-1] ^ 1]), body + b"x", b""):
        bucket.put_object(Bucket=BUCKET, Key=key, Body=wrong)
        with pytest.raises(VaultDamaged):
            files.read(place)
    bucket.copy_object(Bucket=BUCKET, Key=key, CopySource=f"{BUCKET}/{other.name}/original")
    with pytest.raises(VaultDamaged):
        files.read(place)


def test_leftovers_are_listed_and_removed(bucket):
    stored, _ = kept()
    orphan, _ = kept("version:2")
    objects = list(checks.list_objects())
    before = max(item.modified_at for item in objects) + timedelta(days=1)

    found = list(checks.leftovers(lambda batch: [stored.name], before))
    for item in found:
        checks.remove(item)

    assert [item.name for item in found] == [f"{orphan.name}/original"]
    assert names(bucket) == [f"{stored.name}/original"]


def test_missing_bucket_refuses_every_use(bucket, settings, server):
    stored, place = kept()

    use(settings, server, bucket_name="no-such-bucket")

    with pytest.raises(VaultUnavailable):
        kept()
    with pytest.raises(VaultUnavailable):
        list(checks.list_objects())
    with pytest.raises(VaultUnavailable):
        files.erase(stored.name)
    with pytest.raises(VaultMissing):
        files.read(dataclasses.replace(place, name=files.new_name()))


@pytest.mark.parametrize("code", ["404", "NoSuchKey", "NotFound"])
def test_answer_of_no_such_object_is_file_not_found(code):
    with pytest.raises(FileNotFoundError), s3.one_kind_of_error():
        raise ClientError({"Error": {"Code": code}}, "GetObject")


def test_refusal_names_the_code():
    with (
        pytest.raises(OSError, match="the object store answered AccessDenied"),
        s3.one_kind_of_error(),
    ):
        raise ClientError({"Error": {"Code": "AccessDenied"}}, "GetObject")


def test_unreachable_store_is_an_operating_system_error():
    with (
        pytest.raises(OSError, match="cannot be reached: EndpointConnectionError"),
        s3.one_kind_of_error(),
    ):
        raise EndpointConnectionError(endpoint_url="http://127.0.0.1:9")
