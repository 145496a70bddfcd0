"""Brings a database to what the code wants, and knows when it is there already."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from django.conf import settings

from config import env
from config.runtime import databases, stamps
from config.runtime.postgres import Postgres

# Which cluster, which database, which tables in it, and what was last migrated there: a database
# that was restored, made anew or migrated by hand is another one.
STATE = """
    SELECT (SELECT system_identifier FROM pg_control_system()), d.oid, c.oid,
           (SELECT count(*) FROM public.django_migrations),
           (SELECT max(id) FROM public.django_migrations)
    FROM pg_database d, pg_class c
    WHERE d.datname = current_database() AND c.oid = 'public.django_migrations'::regclass
"""


MIGRATE = ("migrate", "--verbosity", "0")


def bring(folder: Path, server: Postgres | None, migrate: Callable[[], None]) -> None:
    """Migrate, unless code and database are those that were last migrated together.

    `folder` keeps the note of that. A server that is not ours (None) is always migrated.
    """
    note = folder / "migrated.stamp"
    wanted = stamp(server) if server else ""
    if wanted and stamps.is_done(note, wanted):
        return
    note.unlink(missing_ok=True)
    migrate()
    if server:
        stamps.set_done(note, stamp(server))


def stamp(server: Postgres) -> str:
    """Return what stands for the code and the database together; empty where nothing is migrated.

    Every source counts, not only migrations: grants, roles and the retention schedule are written
    after migrating, from code.
    """
    with closing(server.connect(databases.DATABASE)) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass('public.django_migrations') IS NOT NULL")
        if cursor.fetchone() != (True,):
            return ""
        cursor.execute(STATE)
        state = "-".join(str(value) for value in cursor.fetchone() or ())
    return f"{stamps.of_files(_sources())}-{state}"


def _sources() -> list[Path]:
    rooms = {name.partition(".")[0] for name in settings.INSTALLED_APPS}
    folders = [env.ROOT / room for room in sorted(rooms) if (env.ROOT / room).is_dir()]
    found = [path for folder in folders for path in folder.rglob("*") if path.is_file()]
    return [
        env.ROOT / "requirements.lock",
        *(path for path in found if "__pycache__" not in path.parts),
    ]
