"""Work that nobody watches: whose rights it is done with, and where the system acts for itself."""

from __future__ import annotations

import ast

import pytest

from jobs import registry
from records.interchange.services import uploads
from records.retention.services import batches
from requests_release.services import packages
from tests.guards.imports import name_of, sources

# Each kind of job, and how a right that was withdrawn meanwhile stops it; each has its test.
KINDS = {
    batches.DESTRUCTION: "the starter's role, units and sign-in, before each chart",
    uploads.IMPORT: "the sender's roles and the unit, before each file",
    packages.KIND: "preparer's and approver's rights on chart and classes, before each step",
}
SYSTEM = {"get_system_user", "system_origin"}
# Modules that act as the system, and for whom.
ACTS_AS_SYSTEM = {
    "accounts/selectors/users.py": "finds the system's own row",
    "accounts/management/commands/make_administrator.py": "whoever has the machine founds a house",
    "audit/context.py": "makes the system's origin",
    "audit/management/commands/raise_epoch.py": "whoever has the machine restored the database",
    "audit/management/commands/verify_audit.py": "whoever has the machine verifies the trail",
    "audit/tasks.py": "the clock verifies the trail",
    "config/demo/house.py": "the demo hospital is set up by nobody",
    "config/demo/seeding.py": "the demo hospital is set up by nobody",
    "records/access/management/commands/make_facility.py": "whoever has the machine founds a house",
    "records/access/services/access_requests.py": "the clock lets lapse what nobody decided",
    "records/access/services/glass.py": "the clock ends an emergency access for its person",
    "records/documents/management/commands/rewrap_vault.py": "whoever has the machine has the keys",
    "records/documents/management/commands/verify_vault.py": "whoever has the machine verifies",
    "records/documents/tasks.py": "the clock sweeps the vault and reads a sample",
    "records/interchange/management/commands/import_records.py": "whoever has the machine imports",
    "records/retention/services/nightly.py": "the clock weighs every chart",
    "requests_release/services/downloads.py": "a requester outside, on behalf of who made the link",
    "requests_release/services/packages.py": "the clock takes back approvals, erases old files",
    "requests_release/services/packaging.py": "packages are built on behalf of the approver",
    "requests_release/services/repeats.py": "a requester outside, on behalf of who made the link",
}


@pytest.mark.goal("G-07")
def test_every_kind_of_job_is_one_whose_rights_are_tried():
    assert set(registry._handlers) == set(KINDS)


@pytest.mark.goal("G-31")
def test_only_listed_modules_act_as_the_system():
    found = {
        name_of(path)
        for path in sources()
        if "/migrations/" not in path.as_posix() and _names_system(path.read_text("utf-8"))
    }

    assert found == set(ACTS_AS_SYSTEM)


def _names_system(source: str) -> bool:
    """Whether a module calls, or defines, what makes it the system."""
    tree = ast.walk(ast.parse(source))
    return any(
        (isinstance(node, ast.FunctionDef) and node.name in SYSTEM)
        or (isinstance(node, ast.Call) and _last(node.func) in SYSTEM)
        for node in tree
    )


def _last(node: ast.expr) -> str:
    return getattr(node, "attr", getattr(node, "id", ""))
