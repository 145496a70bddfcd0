"""The vault's upkeep: what verifying finds, and what sweeping removes and must not."""

import json
import os
import signal
import subprocess
import sys
import textwrap
import time
from io import StringIO

import pytest
from django.core.management import call_command

from accounts.selectors.users import get_system_user
from audit import context
from audit.models import Event
from records.access.services import opening
from records.documents import keepers, tasks
from records.documents.errors import VaultForeign, VaultUnavailable
from records.documents.models import Document, DocumentVersion, UnfiledFile
from records.documents.services import reading, unfiled, upkeep
from records.documents.vault import checks, files
from tests.records.documents import house as make
from tests.records.documents.house import facts

pytestmark = pytest.mark.django_db
LONG_AGO = 1_700_000_000


def age(vault):
    """Make everything in the vault old enough to be swept."""
    for path in vault.rglob("*"):
        os.utime(path, (LONG_AGO, LONG_AGO))


def names():
    return sorted(item.name for item in checks.list_objects())


def verify(**options):
    out, status = StringIO(), 0
    try:
        call_command("verify_vault", json=True, stdout=out, **options)
    except SystemExit as left:
        status = left.code
    return json.loads(out.getvalue().splitlines()[-1]), status


def test_sound_vault_has_no_finding(house, vault):
    house.filed()
    house.received()

    assert verify() == (
        {"checked": 2, "damaged": 0, "missing": 0, "orphans": 0, "findings": []},
        0,
    )


def test_empty_vault_has_no_finding(house, vault):
    assert verify()[1] == 0


@pytest.mark.goal("G-51")
def test_findings_are_counted_named_and_exit_with_one(house, vault):
    damaged, missing, sound = (house.filed().versions.get() for _ in range(3))
    path = vault / damaged.storage_name / "original"
    path.write_bytes(path.read_bytes()[:-1] + b"\x00")
    files.erase(missing.storage_name)
    with context.acting(context.system_origin()):
        files.keep(b"left over", identity="nobody:1")
    age(vault)

    found, status = verify()

    assert status == 1
    assert found == {
        "checked": 3,
        "damaged": 1,
        "missing": 1,
        "orphans": 1,
        "findings": [
            {"subject": "document_version", "id": damaged.pk, "what": "DAMAGED"},
            {"subject": "document_version", "id": missing.pk, "what": "MISSING"},
        ],
    }
    event = Event.objects.get(action="VAULT_VERIFIED")
    assert (event.outcome, event.role, event.detail) == (
        "FAILED",
        "SYSTEM",
        {
            "checked": 3,
            "sample": None,
            "damaged": 1,
            "missing": 1,
            "orphans": 1,
            "found": [
                f"document_version:{damaged.pk}:DAMAGED",
                f"document_version:{missing.pk}:MISSING",
            ],
        },
    )
    assert sound.pk


@pytest.mark.goal("G-51")
def test_swapped_bytes_are_damage(house, vault):
    one, two = (house.filed().versions.get() for _ in range(2))
    first, second = (vault / row.storage_name / "original" for row in (one, two))
    kept = first.read_bytes()
    first.write_bytes(second.read_bytes())
    second.write_bytes(kept)

    assert verify()[0]["damaged"] == 2


def test_sample_reads_so_many(house, vault):
    for _ in range(4):
        house.filed()

    assert verify(sample=3)[0]["checked"] == 3
    assert verify(sample=100)[0]["checked"] == 4


@pytest.mark.parametrize("sample", [0, -1])
def test_sample_that_is_no_number_is_bad_input(house, vault, sample):
    with pytest.raises(SystemExit) as left:
        call_command("verify_vault", sample=sample, stderr=StringIO())

    assert left.value.code == 2


def test_vault_out_of_reach_is_bad_input_and_no_finding(house, vault, monkeypatch):
    house.filed()

    def unreachable(*args):
        raise VaultUnavailable("no route")

    monkeypatch.setattr(checks, "check_fixity", unreachable)
    errors = StringIO()
    with pytest.raises(SystemExit) as left:
        call_command("verify_vault", stderr=errors)

    assert left.value.code == 2
    assert errors.getvalue().count("\n") == 1
    assert not Event.objects.filter(action="VAULT_VERIFIED").exists()


def test_command_tells_people_line_by_line(house, vault):
    version = house.filed().versions.get()
    files.erase(version.storage_name)
    out = StringIO()

    with pytest.raises(SystemExit):
        call_command("verify_vault", stdout=out)

    assert out.getvalue().splitlines() == [
        "checked: 1",
        "damaged: 0",
        "missing: 1",
        "orphans: 0",
        f"document_version {version.pk}: MISSING",
    ]


def test_erased_rows_are_not_looked_for(house, vault):
    row = house.received()
    unfiled.file_unfiled(
        actor=house.clerk, unfiled_id=row.pk, patient_id=house.patient.pk, facts=facts()
    )

    assert verify()[0] == {
        "checked": 1,
        "damaged": 0,
        "missing": 0,
        "orphans": 0,
        "findings": [],
    }


def test_row_erased_while_it_was_read_is_no_finding(house, vault, monkeypatch):
    row = house.received()
    real = checks.check_fixity

    def erase_first(place, sha256, size):
        unfiled.file_unfiled(
            actor=house.clerk, unfiled_id=row.pk, patient_id=house.patient.pk, facts=facts()
        )
        return real(place, sha256, size)

    keeper = next(one for one in keepers.registered() if one.model is UnfiledFile)
    monkeypatch.setattr(checks, "check_fixity", erase_first)

    assert upkeep._check(keeper, row) == "INTACT"


def sweep():
    with context.acting(context.system_origin()):
        return upkeep.sweep(actor=get_system_user())


@pytest.mark.goal("G-51")
def test_sweeping_removes_old_bytes_without_a_row_only(house, vault):
    document, row = house.filed(), house.received()
    scope_of = make_scope(house)
    reading.thumbnail(scope_of, document.versions.get(), 1)
    before = names()
    files.keep(b"of a crash", identity="nobody:1")
    (vault / ".incoming" / "torn").write_bytes(b"torn")
    age(vault)
    files.keep(b"being written now", identity="nobody:2")

    assert sweep() == 2

    left = set(names()) - set(before)
    assert len(left) == 1
    assert set(before) <= set(names())
    assert row.status == "WAITING"


def make_scope(house):
    return opening.peek_scope(actor=house.guardian, patient_id=house.patient.pk)


def test_sweeping_twice_does_no_harm(house, vault):
    house.filed()
    files.keep(b"of a crash", identity="nobody:1")
    age(vault)

    assert (sweep(), sweep()) == (1, 0)
    assert verify()[1] == 0


def test_sweeping_finishes_what_filing_left(house, vault, monkeypatch):
    row = house.received()
    real = files.erase

    def refuse(name):
        raise VaultUnavailable("read-only")

    monkeypatch.setattr(files, "erase", refuse)
    unfiled.file_unfiled(
        actor=house.clerk, unfiled_id=row.pk, patient_id=house.patient.pk, facts=facts()
    )
    monkeypatch.setattr(files, "erase", real)

    sweep()

    row.refresh_from_db()
    assert row.bytes_removed_at is not None
    assert names() == [f"{DocumentVersion.objects.get().storage_name}/original"]


def test_picture_written_after_the_bytes_were_removed_is_swept(house, vault):
    row = house.received()
    unfiled.file_unfiled(
        actor=house.clerk, unfiled_id=row.pk, patient_id=house.patient.pk, facts=facts()
    )
    straggler = vault / row.storage_name / "p0001-110"
    straggler.parent.mkdir(parents=True)
    straggler.write_bytes(b"late")
    age(vault)

    assert sweep() == 1
    assert not straggler.exists()


def test_vault_of_another_database_is_left_alone(house, vault, monkeypatch):
    monkeypatch.setattr(upkeep, "ALWAYS_FEW", 2)
    for number in range(3):
        files.keep(b"of another database", identity=f"nobody:{number}")
    age(vault)

    with pytest.raises(VaultForeign, match="3 of 3"):
        sweep()

    assert len(names()) == 3


def test_clock_calls_the_sweeper_as_the_system(house, vault):
    files.keep(b"of a crash", identity="nobody:1")
    age(vault)

    assert tasks.sweep_orphans() == 1


def test_clock_reads_a_sample_every_night(house, vault, monkeypatch):
    monkeypatch.setattr(tasks, "NIGHTLY_SAMPLE", 2)
    for _ in range(3):
        files.erase(house.filed().versions.get().storage_name)

    assert tasks.verify_sample() == 2
    assert Event.objects.get(action="VAULT_VERIFIED").detail["missing"] == 2


def test_every_table_that_names_bytes_is_asked(house):
    """A room that keeps bytes and forgot to register would otherwise lose them."""
    labels = {model._meta.label for model in keepers.stored_models()}

    assert {"documents.DocumentVersion", "documents.UnfiledFile"} <= labels
    for model in keepers.stored_models():
        assert {"wrapped_key", "bytes_removed_at"} <= {
            field.name for field in model._meta.get_fields()
        }


CRASH = """
    import os, sys, time
    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
    import django
    django.setup()
    from django.conf import settings
    from django.core.files.storage import storages
    keyset, folder, clerk_id, patient_id, point = sys.argv[1:]
    settings.VAULT_KEYSET = keyset
    settings.STORAGES = settings.STORAGES | {"vault": {
        "BACKEND": "records.documents.vault.storages.LocalVault",
        "OPTIONS": {"location": folder},
    }}
    storages._storages.pop("vault", None)
    from datetime import date
    from accounts.models import User
    from records.documents.models import DocumentVersion
    from records.documents.services import filing, rows
    from records.documents.services.filing import DocumentFacts
    from records.documents.services.storing import Upload

    def wait(*args, **kwargs):
        print("there", flush=True)
        time.sleep(60)

    if point == "before the rows":
        filing.insert = wait
    if point == "between the rows":
        DocumentVersion.objects.create = wait
    if point == "before the event":
        rows.record = wait
    filing.file_document(
        actor=User.objects.get(pk=clerk_id),
        patient_id=int(patient_id),
        upload=Upload(sys.stdin.buffer.read(), "report.pdf"),
        facts=DocumentFacts("LAB", "", date(2026, 3, 2)),
    )
    print("filed", flush=True)
"""


@pytest.mark.goal("G-51")
@pytest.mark.committed
@pytest.mark.parametrize("point", ["before the rows", "between the rows", "before the event"])
def test_filing_killed_at_any_point_leaves_an_orphan_at_most(vault, settings, point):
    """A real process, killed outright: no row stands, and the sweeper takes the bytes."""
    house = make.House()
    arguments = [settings.VAULT_KEYSET, str(vault), house.clerk.pk, house.patient.pk, point]
    with subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(CRASH), *map(str, arguments)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env=os.environ | {"PYTHONPATH": os.getcwd()},
    ) as process:
        process.stdin.write(make.pdf().content)
        process.stdin.close()
        told = b""
        while told.strip() != b"there":
            told = process.stdout.readline()
            assert told, "the process ended before the point"
        process.send_signal(signal.SIGKILL)
        process.wait(20)
    time.sleep(0.1)

    assert (Document.objects.count(), DocumentVersion.objects.count()) == (0, 0)
    assert Event.objects.filter(action="DOCUMENT_FILED").count() == 0
    assert len(names()) == 1
    assert sweep() == 0
    age(vault)
    assert sweep() == 1
    assert names() == []
