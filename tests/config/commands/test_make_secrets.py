import json
from io import StringIO

import pytest
import yaml
from django.core.management import CommandError, call_command

from config import env
from config.runtime import keys


def make(folder):
    out = StringIO()
    call_command("make_secrets", folder, stdout=out)
    return out.getvalue()


def test_every_secret_that_compose_names_is_made(tmp_path):
    compose = yaml.safe_load((env.ROOT / "docker-compose.yml").read_text())
    named = {entry["file"].removeprefix("./secrets/") for entry in compose["secrets"].values()}

    said = make(tmp_path)

    made = {path.name for path in tmp_path.iterdir()}
    assert named - made == set()
    assert made - named == {"valkey_password"}, "kept to be read again, mounted nowhere"
    assert said == f"Secrets are in {tmp_path}; keep a copy apart from the data's backups.\n"


def test_secrets_agree_with_each_other(tmp_path):
    make(tmp_path)
    secret = {path.name: path.read_text() for path in tmp_path.iterdir()}

    app, owner = secret["app_password"], secret["owner_password"]
    assert secret["database_url"] == f"postgres://chartroom_app:{app}@postgres:5432/chartroom"
    assert secret["owner_database_url"] == (
        f"postgres://chartroom_owner:{owner}@postgres:5432/chartroom"
    )
    assert secret["redis_url"] == f"redis://:{secret['valkey_password']}@valkey:6379/0"
    assert f"requirepass {secret['valkey_password']}\n" in secret["valkey_settings"]
    assert json.loads(secret["objects_settings"])["identities"][0]["credentials"] == [
        {"accessKey": secret["vault_s3_access_key"], "secretKey": secret["vault_s3_secret_key"]}
    ]
    assert len({secret[name.lower()] for name in keys.PASSWORDS}) == len(keys.PASSWORDS)


def test_containers_can_read_the_files(tmp_path):
    make(tmp_path)

    assert {path.stat().st_mode & 0o777 for path in tmp_path.iterdir()} == {0o444}


def test_what_is_there_is_kept_and_what_is_missing_follows_it(tmp_path):
    make(tmp_path)
    before = {path.name: path.read_text() for path in tmp_path.iterdir()}
    (tmp_path / "database_url").unlink()
    (tmp_path / "seal_key").unlink()

    make(tmp_path)

    after = {path.name: path.read_text() for path in tmp_path.iterdir()}
    assert {name for name in after if after[name] != before[name]} == {"seal_key"}


def test_folder_that_is_missing_is_bad_input(tmp_path):
    with pytest.raises(CommandError, match=r"missing is not a folder$") as refusal:
        make(tmp_path / "missing")

    assert refusal.value.returncode == 2


@pytest.mark.parametrize("name", ["VAULT_KEYSET", "FIELD_KEYSET", "INDEX_KEYSET"])
def test_rotated_keyset_has_a_fresh_key_in_front_of_the_old_one(tmp_path, name):
    make(tmp_path)
    path = tmp_path / name.lower()
    before = {one.name: one.read_text() for one in tmp_path.iterdir()}

    call_command("make_secrets", tmp_path, rotate=name, stdout=StringIO())

    old, new = json.loads(before[path.name]), json.loads(path.read_text())
    assert new["primaryKeyId"] != old["primaryKeyId"]
    assert [key["keyId"] for key in new["key"]] == [old["primaryKeyId"], new["primaryKeyId"]]
    after = {one.name: one.read_text() for one in tmp_path.iterdir()}
    assert {one for one in after if after[one] != before[one]} == {path.name}
    assert path.stat().st_mode & 0o777 == 0o444


def test_rotation_of_what_is_not_there_is_bad_input(tmp_path):
    with pytest.raises(CommandError, match="vault_keyset does not exist") as refusal:
        call_command("make_secrets", tmp_path, rotate="VAULT_KEYSET")

    assert refusal.value.returncode == 2
    assert list(tmp_path.iterdir()) == []
