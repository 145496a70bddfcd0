import contextlib
import subprocess

import psycopg2
import pytest

from config import env
from config.runtime import databases


@pytest.fixture
def prepared_by_image(own_servers, tmp_path):
    """A server prepared as PostgreSQL's image does it: our script, then our SQL."""
    server = own_servers().postgres
    server.create()
    server.start()
    with contextlib.closing(server.connect()) as superuser, superuser.cursor() as cursor:
        cursor.execute("CREATE DATABASE chartroom")
    for role in ("owner", "app"):
        (tmp_path / f"{role}_password").write_text(f"it's the {role}'s")
    script = (env.ROOT / "docker" / "postgres" / "10-roles.sh").read_text()
    surroundings = {
        "PATH": f"{server.programs}:/usr/bin:/bin",
        "PGHOST": str(server.sockets),
        "PGPASSWORD": server.password,
        "POSTGRES_USER": "postgres",
        "POSTGRES_DB": "chartroom",
    }
    script = script.replace("/run/secrets", str(tmp_path))
    subprocess.run(["sh", "-c", script], env=surroundings, check=True, capture_output=True)
    rights = ["psql", "--set=ON_ERROR_STOP=1", "--username=postgres", "--dbname=chartroom"]
    subprocess.run(
        [*rights, "--file", databases.ROLES_SQL], env=surroundings, check=True, capture_output=True
    )
    return server


def test_image_is_prepared_like_the_stand_alone_copy(prepared_by_image):
    def connect(role):
        return contextlib.closing(
            psycopg2.connect(
                host=str(prepared_by_image.sockets),
                user=f"chartroom_{role}",
                password=f"it's the {role}'s",
                dbname="chartroom",
            )
        )

    with connect("owner") as owner, owner.cursor() as cursor:
        cursor.execute("CREATE TABLE thing (id int); CREATE EXTENSION pg_trgm")
        owner.commit()
    with connect("app") as app, app.cursor() as cursor:
        cursor.execute("INSERT INTO thing VALUES (1)")
        app.commit()
        for refused in ("DELETE FROM thing", "CREATE TABLE mine (id int)"):
            with pytest.raises(psycopg2.errors.InsufficientPrivilege):
                cursor.execute(refused)
            app.rollback()
    with (
        contextlib.closing(prepared_by_image.connect("chartroom")) as link,
        link.cursor() as cursor,
    ):
        cursor.execute("SELECT datacl::text FROM pg_database WHERE datname = 'chartroom'")
        assert cursor.fetchone() == (
            "{chartroom_owner=CTc/chartroom_owner,chartroom_app=Tc/chartroom_owner}",
        )
