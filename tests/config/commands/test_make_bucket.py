from io import StringIO

import boto3
import pytest
from django.core.management import CommandError, call_command
from moto import mock_aws

SETTINGS = {
    "BACKEND": "storages.backends.s3.S3Storage",
    "OPTIONS": {
        "bucket_name": "chartroom-vault",
        "access_key": "key",
        "secret_key": "secret",
        "region_name": "us-east-1",
    },
}


@pytest.fixture
def s3(settings):
    settings.VAULT_STORAGE = "s3"
    settings.STORAGES = settings.STORAGES | {"vault": SETTINGS}
    with mock_aws():
        yield boto3.client("s3", region_name="us-east-1")


def buckets(client):
    return [bucket["Name"] for bucket in client.list_buckets()["Buckets"]]


def test_bucket_is_made_once(s3):
    out = StringIO()

    call_command("make_bucket", stdout=out)
    call_command("make_bucket", stdout=out)

    assert buckets(s3) == ["chartroom-vault"]
    assert out.getvalue() == "Made the bucket chartroom-vault\n"


def test_local_vault_needs_no_bucket():
    with pytest.raises(CommandError, match=r"^VAULT_STORAGE is not s3$") as refusal:
        call_command("make_bucket")

    assert refusal.value.returncode == 2
