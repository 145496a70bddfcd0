"""The database and cache that tests run on: one pair a test process, started at its first use.

Each process of a run has a server of its own, so that no test's open transaction holds back what
another test wants to seal, and so that runs side by side do not meet. The first one migrates a
template in a server that is then stopped: the others copy its data folder. The folders stay: the
next run only clones. They lie in memory where there is plenty: a clone is made of a thousand small
files, which a busy disk takes five times as long to write.

`TEST_SUPERUSER_URL` and `TEST_REDIS_URL` name servers to use instead, `TEST_POSTGRES_BINDIR` other
PostgreSQL programs.
"""

from __future__ import annotations

import atexit
import contextlib
import fcntl
import functools
import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from urllib.parse import unquote, urlsplit

import psycopg2

from config import env
from config.runtime import accounts, databases, keys, postgres, valkey
from config.runtime.home import Home, place

PREFIX = "chartroom-test-"
FAST = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "autovacuum": "off",  # it takes transaction ids of its own, which a seal's watermark sees
    "max_connections": "200",
}
# What decides the contents of a freshly migrated database.
TEMPLATE_SOURCES = (
    "**/migrations/*.py",
    "**/grants.py",
    "**/roles.py",
    "**/permissions.py",
    "**/apps.py",
    "audit/append_only.py",
    "audit/histories.py",
    "config/runtime/roles.sql",
    "requirements.lock",
)
MEMORY = Path("/dev/shm")
PLENTY_BYTES = 4 * 1024**3
ROOMS = ("audit", "printing", "jobs", "accounts", "records", "requests_release", "config")


class TestServers:
    """PostgreSQL and Valkey of this test process, known by address before they run."""

    __test__ = False

    def __init__(self) -> None:
        self.process = os.getpid()
        self.account = accounts.server_account()
        self.folder = Path()
        self.database = "chartroom_test"
        self.secrets: dict[str, str] = {}
        self.settings: dict[str, str] = {}
        self.postgres: postgres.Postgres | None = None
        self.valkey: valkey.Valkey | None = None
        self.is_started = False
        self.template = ""
        self._slot: object = None
        self._given = os.environ.get("TEST_SUPERUSER_URL", "")

    # --- addresses, known from the start ------------------------------------------------------

    def configure(self) -> None:
        """Put the addresses and keys in the environment; starts nothing."""
        _sweep_leftovers()
        self.folder = Path(tempfile.mkdtemp(prefix=f"{PREFIX}{os.getpid()}-", dir="/tmp"))
        self.folder.chmod(0o711)
        atexit.register(self.stop)
        home = self.folder / "home"
        (home / "static").mkdir(parents=True)  # WhiteNoise warns where there is none
        home.chmod(0o700)
        self.secrets = _shared_secrets(self.account)
        if self._given:
            self.database += f"_{os.getpid()}"
        redis = os.environ.get("TEST_REDIS_URL")
        self._redis_port = 0 if redis else valkey.free_port()
        self.settings = {name: self.secrets[name] for name in keys.SETTINGS} | {
            "CHARTROOM_PROFILE": "test",
            "CHARTROOM_DATABASE_ROLE": "app",
            "CHARTROOM_HOME": str(home),
            "DATABASE_URL": self.address(databases.APP),
            "REDIS_URL": redis or valkey.address(self._redis_port, self._password("VALKEY")),
        }
        os.environ |= self.settings
        for name in ("OWNER_DATABASE_URL", "CHARTROOM_EMBEDDED"):
            os.environ.pop(name, None)

    def plain_environment(self) -> dict[str, str]:
        """Return the environment as it was before the test servers were put in it."""
        ours = {*self.settings, "DJANGO_SETTINGS_MODULE"}
        return {name: value for name, value in os.environ.items() if name not in ours}

    def address(self, role: str, database: str = "") -> str:
        """Return the address of a test database under a role."""
        name = database or self.database
        password = self._password("OWNER" if role == databases.OWNER else "APP")
        if not self._given:
            return postgres.address(self.folder / "sockets", postgres.PORT, role, password, name)
        given = urlsplit(self._given)
        place_ = given.netloc.rpartition("@")[2]
        return f"postgres://{role}:{password}@{place_}/{name}"

    def _password(self, whose: str) -> str:
        return self.secrets[f"{whose}_PASSWORD"]

    # --- starting and stopping ----------------------------------------------------------------

    def start(self) -> None:
        """Start what is not running yet, and make the migrated template if it is out of date."""
        if self.is_started:
            return
        self.is_started = True
        self.template = f"chartroom_template_{_template_hash()}"
        if not os.environ.get("TEST_REDIS_URL"):
            self._start_valkey()
        if self._given:
            self._make_template()
        else:
            self._start_postgres()

    def _start_valkey(self) -> None:
        home = Home(env.ROOT / "var" / "test")
        self.valkey = valkey.Valkey(
            program=place(home, self.account).valkey,
            data=self.folder / "valkey",
            password=self._password("VALKEY"),
            log=self.folder / "valkey.log",
            account=self.account,
            persistent=False,
            port=self._redis_port,
        )
        self.valkey.start()

    def _start_postgres(self) -> None:
        home = Home(env.ROOT / "var" / "test")
        placement = place(home, self.account)
        programs = Path(os.environ.get("TEST_POSTGRES_BINDIR") or placement.postgres)
        version = _version(programs)
        name = self._claim_slot(home, version)
        folder = self._memory_folder() or placement.data
        log = home.logs / f"{name}.log"
        log.unlink(missing_ok=True)
        server = functools.partial(
            postgres.Postgres,
            programs=programs,
            sockets=self.folder / "sockets",
            password=self._password("POSTGRES"),
            log=log,
            account=self.account,
            options=FAST,
        )
        own = folder / name
        with (home.run / f"postgresql-{version}.lock").open("a") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not (own / self.template).exists():
                _copy(self._migrated(folder / f"postgresql-{version}", server), own)
        self._start_at(own, server)

    def _migrated(self, place_: Path, server: Callable[..., postgres.Postgres]) -> Path:
        """Return the data folder of a stopped server that holds the template of the present code.

        An empty file of the template's name tells that it is finished.
        """
        if not (place_ / self.template).exists():
            unfinished = place_.with_name(f"{place_.name}.making")
            for old in (place_, unfinished):
                shutil.rmtree(old, ignore_errors=True)
            self._start_at(unfinished, server)
            self._make_template()
            self.postgres.stop()
            (unfinished / self.template).touch()
            unfinished.rename(place_)
        return place_

    def _start_at(self, data: Path, server: Callable[..., postgres.Postgres]) -> None:
        self.postgres = server(data=data)
        self.postgres.sockets.mkdir(mode=0o700)  # a server takes its own away when it stops
        if self.account:
            self.account.own(self.postgres.sockets)
        self.postgres.create()
        self.postgres.start()

    def _memory_folder(self) -> Path | None:
        """Return this checkout's folder in memory, or None where there is too little of it.

        It is named after the checkout's password too: data that an earlier checkout of the same
        path left cannot be opened any more, and are removed. One that is there is used again,
        whatever is free now: its data take no more.
        """
        checkout = f"{PREFIX}{os.geteuid()}-{_short_hash(str(env.ROOT))}"
        folder = MEMORY / f"{checkout}-{_short_hash(self._password('POSTGRES'))}"
        for left in MEMORY.glob(f"{checkout}-*"):
            if left != folder:
                shutil.rmtree(left, ignore_errors=True)
        if not folder.exists() and _free_memory() < PLENTY_BYTES:
            return None
        folder.mkdir(mode=0o700, exist_ok=True)
        if self.account:
            folder.chmod(0o711)
        return folder

    def _claim_slot(self, home: Home, version: str) -> str:
        for number in range(100):
            name = f"postgresql-{version}-{number}"
            lock = (home.run / f"{name}.lock").open("a")
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                lock.close()
            else:
                self._slot = lock  # held until this process ends
                return name
        raise RuntimeError("100 test runs at once")

    def stop(self) -> None:
        """Stop both servers and remove this process's temporary folder."""
        if os.getpid() != self.process or not self.folder.name:
            return  # a forked child of the test process ends
        if self._given and self.is_started:
            with contextlib.closing(self.connect_superuser("postgres")) as superuser:
                databases.drop_database(superuser, self.database)
        if self.valkey:
            self.valkey.stop()
        if self.postgres:
            self.postgres.stop()
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder = Path()
        self.is_started = False

    # --- databases ----------------------------------------------------------------------------

    def connect_superuser(self, database: str):
        """Return an autocommit connection of the server's superuser."""
        if self.postgres:
            return self.postgres.connect(database)
        given = urlsplit(self._given)
        connection = psycopg2.connect(
            host=unquote(given.hostname or ""),
            port=given.port or 5432,
            user=given.username,
            password=given.password,
            dbname=database,
        )
        connection.autocommit = True
        return connection

    def _make_template(self) -> None:
        """Make the roles, and a migrated template if there is none of the present code."""
        passwords = {databases.OWNER: self._password("OWNER"), databases.APP: self._password("APP")}
        with contextlib.closing(self.connect_superuser("postgres")) as superuser:
            databases.make_roles(superuser, passwords)
            if databases.has_database(superuser, self.template):
                return
            unfinished = f"{self.template}_{os.getpid()}"
            databases.drop_database(superuser, unfinished)
            databases.make_database(superuser, unfinished)
            with contextlib.closing(self.connect_superuser(unfinished)) as inside:
                databases.grant_roles(inside)
            self._migrate(unfinished)
            with (
                superuser.cursor() as cursor,
                contextlib.suppress(
                    psycopg2.errors.DuplicateDatabase  # another process of this run was quicker
                ),
            ):
                cursor.execute(f"ALTER DATABASE {unfinished} RENAME TO {self.template}")

    def _migrate(self, database: str) -> None:
        """Migrate in a process of its own, as the owner, as a hospital would."""
        done = subprocess.run(
            [sys.executable, "manage.py", "migrate", "--verbosity", "0"],
            cwd=env.ROOT,
            env=os.environ
            | {
                "CHARTROOM_DATABASE_ROLE": "owner",
                "DATABASE_URL": self.address(databases.APP, database),
                "OWNER_DATABASE_URL": self.address(databases.OWNER, database),
            },
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode != 0:
            raise RuntimeError(f"migrate failed:\n{done.stdout}{done.stderr}")

    def clone(self) -> None:
        """Put a fresh copy of the template in the place of this process's database."""
        with contextlib.closing(self.connect_superuser("postgres")) as superuser:
            databases.drop_database(superuser, self.database)
            # Copying files takes half as long as logging pages, for a template this small.
            databases.make_database(superuser, self.database, self.template, "FILE_COPY")


def _short_hash(text: str) -> str:
    return hashlib.sha256(os.fsencode(text)).hexdigest()[:16]


def _free_memory() -> int:
    """Return the bytes that may be kept in memory: its folder's, half of the machine's at most."""
    try:
        free = shutil.disk_usage(MEMORY).free
    except OSError:
        return 0  # no such folder on this machine
    return min(free, os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") // 2)


def _sweep_leftovers() -> None:
    """Remove folders of test processes that were killed."""
    for folder in Path("/tmp").glob(f"{PREFIX}*"):
        owner = folder.name.removeprefix(PREFIX).partition("-")[0]
        if owner.isdigit() and not Path(f"/proc/{owner}").exists():
            shutil.rmtree(folder, ignore_errors=True)


def _shared_secrets(account: accounts.Account | None) -> dict[str, str]:
    home = Home(env.ROOT / "var" / "test")
    home.prepare(account)
    with (home.run / "secrets.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        return keys.load_or_make(home.secrets)


def _version(programs: Path) -> str:
    said = subprocess.run(
        [programs / "postgres", "--version"], capture_output=True, text=True, check=True
    ).stdout
    return said.split()[2].partition(".")[0]


def _template_hash() -> str:
    digest = hashlib.sha256(sys.version.encode())
    for pattern in TEMPLATE_SOURCES:
        rooms = [env.ROOT / room for room in ROOMS] if pattern.startswith("**") else [env.ROOT]
        for path in sorted(path for room in rooms for path in room.glob(pattern)):
            digest.update(str(path.relative_to(env.ROOT)).encode() + path.read_bytes())
    return digest.hexdigest()[:16]


def _copy(source: Path, target: Path) -> None:
    """Put a copy of a server's data, owners included, in the place of what is there."""
    unfinished = target.with_name(f"{target.name}.copying")
    for old in (target, unfinished):
        shutil.rmtree(old, ignore_errors=True)
    subprocess.run(["cp", "-a", str(source), str(unfinished)], check=True)
    unfinished.rename(target)


TEST = TestServers()
