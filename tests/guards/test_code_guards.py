"""What no reader of a change should have to look for: the house's order, kept by its own source."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import tokenize
import tomllib

import pytest
from auditlog.registry import auditlog
from django.apps import apps
from django.core.management import get_commands, load_command_class
from django.db.migrations.loader import MigrationLoader

from audit.enums import Action
from config import env
from tests.guards.imports import ROOMS, imports_of, name_of, room_of, sources
from tests.guards.routes import list_routes

THE_DAY = {"localdate", "localtime", "today"}
LATER = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)
TEMPLATES = sorted((env.ROOT / "templates").rglob("*.html"))
# What one room may take from another: what it offers, never how it works inside.
OFFERED = {"services", "selectors", "access", "permissions", "enums", "errors"}
# Further modules that a room offers to all above it, and why.
OFFERED_TOO = {
    ("accounts", "crypto"): "encrypted fields of the rooms above",
    ("accounts", "http"): "marks of views, and the person of a request",
    ("accounts", "models"): "the type of every actor",
    ("accounts", "roles"): "names of roles, to which rights are given",
    ("audit", "append_only"): "operations of migrations",
    ("audit", "context"): "who is acting",
    ("audit", "exporting"): "the page from which every list leaves",
    ("audit", "grants"): "rights of the database role, registered by each room",
    ("audit", "histories"): "operations of migrations",
    ("audit", "http"): "the rule of every page",
    ("audit", "owners"): "whose record an address names, registered by each room",
    ("audit", "proofs"): "how a fresh proof is asked for, registered by the room of sign-ins",
    ("audit", "management"): "the shape of every command",
    ("audit", "subjects"): "labels and links of the access log, registered by each room",
    ("audit", "writes"): "attribution of every write",
    ("jobs", "failures"): "why a worker gave up, in words",
    ("jobs", "models"): "the type of the job that a handler is given",
    ("jobs", "registry"): "handlers, registered by each room",
    ("records.access", "custody"): "rows that follow a chart to its new unit, registered",
    ("records.access", "directory"): "the directory line, registered by the patient index",
    ("records.access", "flags"): "flags beside a name, registered by each room",
    ("records.access", "relationships"): "care and work that lead to a chart, registered",
    ("records.access", "system_work"): "the system's own work on charts",
    ("records.access", "worklists"): "work that waits, registered by each room",
    ("records.access", "finders"): "numbers that the search finds, registered by each room",
    ("records.charts", "panels"): "panels of the chart page, registered by each room",
    ("records.documents", "changes"): "who hears of a document that changed, registered",
    ("records.documents", "keepers"): "who else keeps files in the vault, registered",
    ("records.documents", "pdf"): "a package is pages put together as copies are",
    ("records.documents", "sandbox"): "a package is assembled where files are read",
    ("records.documents", "vault"): "a package is kept as documents are",
    ("records.patients", "http"): "how a search travels: no address holds a protected number",
    ("records.patients", "presenters"): "the banner that stands on every page of a chart",
    ("records.patients", "rules"): "pure functions on names, numbers and dates",
    ("records.retention", "copies"): "copies that end with a chart, registered",
    ("records.retention", "privacy"): "days until which a privacy document held, registered",
    ("printing", "typeset"): "paper",
    ("printing", "typesetting"): "paper",
    ("printing", "words"): "paper",
    ("printing", "printing"): "paper",
}
# A room's models as types of what its selectors return: who names them, never who queries them.
MODELS_AS_TYPES = {
    "records.access": {"records.interchange"},
    "records.patients": {"records.charts", "records.interchange"},
    "records.encounters": {"records.charts", "records.interchange"},
    "records.documents": {"records.interchange"},
}
SINGLE_IMPORTS = {
    ("records/encounters/forms/encounters.py", "records.patients.forms"): "one way to type a day",
}
# Queries on another room's table that no selector of that room offers.
FOREIGN_QUERIES = {
    "records/interchange/management/commands/import_records.py User": "a sign-in name on the line",
    "records/interchange/services/people.py Patient": "reads the person whose facts are merged",
}
# Imports inside functions: a room's apps.py (models are loaded only then) and tasks.py (a leaf).
INLINE_IN = ("apps.py", "tasks.py")
INLINE_ELSEWHERE = {
    "jobs/services/jobs.py": "wakes the task, which imports the service",
}
# Commands of design section 6, and those that set a house up.
MACHINE_COMMANDS = {
    "env",
    "evaluate_retention",
    "explain_retention",
    "import_records",
    "make_administrator",
    "make_facility",
    "raise_epoch",
    "rewrap_vault",
    "seal_audit",
    "seed_demo",
    "verify_audit",
    "verify_vault",
}
OTHER_COMMANDS = {
    "up": "runs until it is stopped",
    "make_secrets": "writes secrets into a folder, before there are settings to run by",
    "make_bucket": "sets an object store up once",
}
SAFE_IN_TEMPLATES = {
    "templates/forms/field.html": "help texts of forms, written in code",
}
SAFE_IN_CODE = {
    "config/templatetags/chartroom.py": "an attribute of icons, one of two constants",
    "config/help/markdown.py": "guides of the house, from which raw HTML is left out",
}
# Services that catch refusals, and where these are told instead.
CATCHES_REFUSALS = {
    "jobs/services/jobs.py": "writes the event itself, and closes the job",
    "records/interchange/services/importing.py": "lists it among what the run rejected",
    "records/interchange/services/matching.py": "a chart that is not the importer's is not known",
    "records/interchange/services/papers.py": "lists it among what the run rejected",
    "records/interchange/services/visits.py": "lists it among what the run rejected",
}
BULK = {"bulk_create", "bulk_update", "update", "update_or_create", "abulk_create", "aupdate"}


def _trees():
    return [(path, ast.parse(path.read_text(encoding="utf-8"))) for path in sources()]


def _code():
    return [path for path in sources() if "/migrations/" not in path.as_posix()]


def test_rooms_import_only_rooms_further_down():
    command = "from importlinter.cli import lint_imports_command as run; run()"
    done = subprocess.run(
        [sys.executable, "-c", command, "--no-cache"],
        cwd=env.ROOT,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stdout[-3000:]


def test_the_order_names_every_room_and_nothing_is_let_through():
    with (env.ROOT / "pyproject.toml").open("rb") as file:
        linter = tomllib.load(file)["tool"]["importlinter"]
    layers = next(c for c in linter["contracts"] if c["type"] == "layers")

    assert layers["layers"] == ["config", *reversed(ROOMS)] or set(layers["layers"]) == {
        "config",
        *ROOMS,
    }
    assert [c for c in linter["contracts"] if c.get("ignore_imports")] == []
    own = {config.name for config in apps.get_app_configs() if _is_ours(config.name)}
    assert own - set(ROOMS) == {"config"}


def _is_ours(name: str) -> bool:
    return (env.ROOT / name.replace(".", "/")).is_dir()


def test_rooms_take_from_each_other_only_what_is_offered():
    faults = []
    for path in _code():
        name = name_of(path)
        own = room_of(name.removesuffix(".py"))
        for found in imports_of(path):
            other = room_of(found.module)
            if own and other and own != other and not _is_offered(own, other, found.module, name):
                faults.append(f"{name}:{found.line} {found.module}")

    assert faults == []


def _is_offered(own: str, other: str, module: str, name: str) -> bool:
    part = module.removeprefix(f"{other}.").partition(".")[0]
    if part in OFFERED or (other, part) in OFFERED_TOO:
        return True
    if part == "models":
        return own in MODELS_AS_TYPES.get(other, set())
    return any(name == file and module.startswith(start) for file, start in SINGLE_IMPORTS)


def test_list_of_what_is_offered_is_not_stale():
    used, typed, single = set(), {}, set()
    for path in _code():
        name = name_of(path)
        own = room_of(name.removesuffix(".py"))
        for found in imports_of(path):
            other = room_of(found.module)
            if not other or own == other:
                continue
            part = found.module.removeprefix(f"{other}.").partition(".")[0]
            used.add((other, part))
            if part == "models" and own:
                typed.setdefault(other, set()).add(own)
            single |= {key for key in SINGLE_IMPORTS if key[0] == name}
    migrations = {("audit", "append_only"), ("audit", "histories")}

    assert set(OFFERED_TOO) - used - migrations == set()
    assert {room: rooms - typed.get(room, set()) for room, rooms in MODELS_AS_TYPES.items()} == {
        room: set() for room in MODELS_AS_TYPES
    }
    assert set(SINGLE_IMPORTS) - single == set()


def test_no_room_queries_the_tables_of_another():
    found = set()
    for path in _code():
        name = name_of(path)
        own = room_of(name.removesuffix(".py"))
        if not own:
            continue
        foreign = {
            each.module.rpartition(".")[2]
            for each in imports_of(path)
            if ".models" in each.module and room_of(each.module) not in ("", own)
        }
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Attribute) and node.attr in ("objects", "_default_manager"):
                target = getattr(node.value, "id", "")
                if target in foreign:
                    found.add(f"{name} {target}")

    assert found == set(FOREIGN_QUERIES)


def test_imports_are_absolute_and_stand_at_the_top():
    faults, inline = [], set()
    for path in _code():
        for found in imports_of(path):
            if found.is_relative:
                faults.append(f"{found.file}:{found.line} is relative")
            if found.is_inline and room_of(found.module) and path.name not in INLINE_IN:
                inline.add(found.file)

    assert faults == []
    assert {file for file in inline if room_of(file)} == set(INLINE_ELSEWHERE)


def test_guardian_is_called_by_our_own_wrapper_alone():
    """Its shortcuts honour no expiry and fall through to the generic tables."""
    found = {
        name_of(path)
        for path in _code()
        for each in imports_of(path)
        if each.module.split(".")[0] == "guardian"
    }

    assert found == {"records/access/models/rights.py"}


def test_tracked_models_are_saved_row_by_row():
    """`update` and `bulk_*` are invisible to the before and after that screens show."""
    models = auditlog.get_models()
    names = {model.__name__ for model in models}
    related = {
        relation.get_accessor_name()
        for model in models
        for relation in model._meta.related_objects
        if relation.related_model in models
    }
    found = []
    for path, tree in _trees():
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and getattr(node.func, "attr", "") in BULK:
                chain = _names_in(node.func)
                if chain & names or chain & related:
                    found.append(f"{name_of(path)}:{node.lineno} {node.func.attr}")

    assert {"Patient", "Name", "Address", "Phone", "Contact"} <= names
    assert found == []


def _names_in(node: ast.AST) -> set[str]:
    """Return every name along a chain such as `Patient.objects.filter(…).update`."""
    found = set()
    while True:
        if isinstance(node, ast.Attribute):
            found.add(node.attr)
            node = node.value
        elif isinstance(node, ast.Call):
            node = node.func
        elif isinstance(node, ast.Name):
            return found | {node.id}
        else:
            return found


def test_events_are_written_by_the_trails_own_services_alone():
    """No other module inserts into the trail's tables or makes their models."""
    words = re.compile(r"(insert\s+into|update|delete\s+from)\s+(public\.)?audit_", re.IGNORECASE)
    found = {
        name_of(path)
        for path in _code()
        if room_of(name_of(path).removesuffix(".py")) != "audit"
        and words.search(path.read_text(encoding="utf-8"))
    }

    assert found == {"config/demo/bulk.py"} or found == set()


def test_every_action_that_the_log_offers_is_written_by_somebody():
    """Who filters by one that nobody writes would conclude that it never happened."""
    tellers = {"audit/enums.py", "audit/rules/balp.py", "audit/rules/grounds.py"}
    written = "\n".join(
        path.read_text(encoding="utf-8")
        for path in _code()
        if str(path.relative_to(env.ROOT)) not in tellers
    )

    assert [one for one in Action.names if not re.search(rf"\bAction\.{one}\b", written)] == []


def test_nothing_is_printed_and_nothing_is_left_to_do():
    printed, left = [], []
    for path in sources():
        with path.open("rb") as file:
            for token in tokenize.tokenize(file.readline):
                if token.type == tokenize.COMMENT and re.search(
                    r"\b(TODO|FIXME|XXX)\b", token.string
                ):
                    left.append(f"{name_of(path)}:{token.start[0]}")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") in (
                "print",
                "breakpoint",
            ):
                printed.append(f"{name_of(path)}:{node.lineno}")
    for path in TEMPLATES:
        if re.search(r"\b(TODO|FIXME|XXX)\b", path.read_text(encoding="utf-8")):
            left.append(name_of(path))

    assert (printed, left) == ([], [])


def test_no_test_reads_the_day_while_it_is_collected():
    """A run that goes on past midnight would compare yesterday with today."""
    found = []
    for path in sorted((env.ROOT / "tests").rglob("*.py")):
        tree = ast.parse(path.read_text())
        late = {id(node) for one in ast.walk(tree) if isinstance(one, LATER) for node in _body(one)}
        found += [
            f"{path.relative_to(env.ROOT)}:{node.lineno}"
            for node in ast.walk(tree)
            if isinstance(node, ast.Attribute) and node.attr in THE_DAY and id(node) not in late
        ]

    assert found == []


def _body(function: ast.AST) -> list[ast.AST]:
    """Return what runs when the function is called: neither its decorators nor its defaults."""
    body = function.body if isinstance(function.body, list) else [function.body]
    return [node for one in body for node in ast.walk(one)]


def test_no_error_is_swallowed():
    """`except …: pass` and a bare `except` hide what went wrong."""
    found = [
        f"{name_of(path)}:{node.lineno}"
        for path, tree in _trees()
        for node in ast.walk(tree)
        if isinstance(node, ast.ExceptHandler)
        and (node.type is None or (len(node.body) == 1 and isinstance(node.body[0], ast.Pass)))
    ]

    assert found == []


def test_refusals_are_not_caught_by_services():
    """A refusal caught on its way leaves no event behind."""
    found = set()
    for path, tree in _trees():
        if "/services/" not in path.as_posix():
            continue
        for node in ast.walk(tree):
            if isinstance(node, ast.ExceptHandler) and node.type is not None:
                caught = {n.id for n in ast.walk(node.type) if isinstance(n, ast.Name)}
                if caught & {"Refused", "NotVisible", "AuditUnavailable"} and not _raises(node):
                    found.add(name_of(path))

    assert found == set(CATCHES_REFUSALS)


def _raises(node: ast.ExceptHandler) -> bool:
    return any(isinstance(inner, ast.Raise) for inner in ast.walk(node))


def test_every_link_of_a_template_leads_to_a_page():
    names = {route.name for route in list_routes()}
    link = re.compile(r"""{%\s*url\s+["']([\w:-]+)["']""")
    dead = {
        f"{name_of(path)}: {name}"
        for path in TEMPLATES
        for name in link.findall(path.read_text(encoding="utf-8"))
        if name not in names
    }

    assert dead == set()


@pytest.mark.goal("G-57")
def test_templates_escape_what_they_show():
    raw = re.compile(r"\|\s*safe\b|autoescape\s+off|\|\s*safeseq\b")
    found = {name_of(path) for path in TEMPLATES if raw.search(path.read_text(encoding="utf-8"))}
    marked = {
        name_of(path)
        for path in sources()
        if re.search(r"\bmark_safe\(|\bSafeString\(", path.read_text(encoding="utf-8"))
    }

    assert found == set(SAFE_IN_TEMPLATES)
    assert marked == set(SAFE_IN_CODE)


def test_every_form_that_posts_carries_its_token():
    """Each `<form method="post">` has the token of its session."""
    form = re.compile(r"<form\b[^>]*method=[\"']post[\"'].*?</form>", re.IGNORECASE | re.DOTALL)
    bare = [
        name_of(path)
        for path in TEMPLATES
        for text in form.findall(path.read_text(encoding="utf-8"))
        if "csrf_token" not in text
    ]

    assert bare == []


@pytest.mark.django_db
def test_every_room_has_one_newest_migration():
    graph = MigrationLoader(None).graph
    labels = {config.label for config in apps.get_app_configs() if _is_ours(config.name)}
    leaves = {label: [name for _, name in graph.leaf_nodes(label)] for label in sorted(labels)}

    assert {label: found for label, found in leaves.items() if len(found) > 1} == {}


def _own_commands() -> dict[str, str]:
    return {name: app for name, app in get_commands().items() if _is_ours(str(app).split(".")[0])}


def test_every_command_is_known():
    known = MACHINE_COMMANDS | set(OTHER_COMMANDS)

    assert {name for name in _own_commands() if name not in known} == set()


@pytest.mark.parametrize("name", sorted(set(_own_commands()) & MACHINE_COMMANDS))
def test_command_that_machines_call_speaks_json(name):
    parser = load_command_class(_own_commands()[name], name).create_parser("manage.py", name)

    assert "--json" in parser._option_string_actions


def test_every_setting_from_the_environment_is_documented():
    read = re.compile(
        r"""env\.(?:secret|choice|whole|switch)\(\s*["']([A-Z_0-9]+)["']|environ\.get\(["']([A-Z_0-9]+)"""
    )
    text = (env.ROOT / "config" / "settings.py").read_text(encoding="utf-8")
    named = {first or second for first, second in read.findall(text)}
    told = (env.ROOT / "docs" / "operations.md").read_text(encoding="utf-8")

    assert len(named) > 20
    assert sorted(name for name in named if f"`{name}`" not in told) == []
