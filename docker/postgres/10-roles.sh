#!/bin/sh
# Runs once, when the data folder is made: the two roles and who owns the database.
# 20-rights.sql (config/runtime/roles.sql) follows and gives the roles their rights.
set -eu

psql --no-psqlrc --set=ON_ERROR_STOP=1 \
    --set=owner_password="$(cat /run/secrets/owner_password)" \
    --set=app_password="$(cat /run/secrets/app_password)" \
    --username "$POSTGRES_USER" --dbname "$POSTGRES_DB" <<'SQL'
CREATE ROLE chartroom_owner LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE PASSWORD :'owner_password';
CREATE ROLE chartroom_app LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE PASSWORD :'app_password';
ALTER DATABASE :"DBNAME" OWNER TO chartroom_owner;
REVOKE ALL ON DATABASE :"DBNAME" FROM PUBLIC;
GRANT CONNECT, TEMPORARY ON DATABASE :"DBNAME" TO chartroom_app;
SQL
