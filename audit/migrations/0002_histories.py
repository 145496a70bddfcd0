"""The functions by which rooms' histories are stamped, and statuses change only with a step.

Every function is called with names of tables and columns by `audit.histories`; none of them comes
from whoever writes. A step is always written before the status changes: only so is a change that
is taken back within one transaction seen as well, and a step that nothing follows refused.
"""

from django.db import migrations

STAMP = """
CREATE FUNCTION audit_stamp_row() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    time_column constant text := TG_ARGV[0];
    name_column constant text := TG_ARGV[1];
BEGIN
    IF name_column <> '' AND to_jsonb(NEW) ->> name_column
       IS DISTINCT FROM current_setting('chartroom.actor', true) THEN
        RAISE EXCEPTION 'Nobody adds to % in the name of another person', TG_TABLE_NAME
            USING ERRCODE = 'check_violation';
    END IF;
    IF time_column <> '' THEN
        NEW := jsonb_populate_record(NEW, jsonb_build_object(time_column, statement_timestamp()));
    END IF;
    RETURN NEW;
END $$;
"""

STEPS = """
-- The number of a step says which was last, so it is the sequence's and nobody's choice.
CREATE FUNCTION audit_check_step() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    what constant text := TG_ARGV[0];
    link constant text := TG_ARGV[2];
    its_row constant bigint := (to_jsonb(NEW) ->> link)::bigint;
    its_status text;
    has_begun boolean;
BEGIN
    IF NEW.id <> currval(pg_get_serial_sequence(format('public.%I', TG_TABLE_NAME), 'id')) THEN
        RAISE EXCEPTION '%: its steps are numbered by the server', what
            USING ERRCODE = 'check_violation';
    END IF;
    -- Of two steps at once the second one waits here, and then finds another status.
    EXECUTE format('SELECT status FROM public.%I WHERE id = $1 FOR NO KEY UPDATE', TG_ARGV[1])
        INTO its_status USING its_row;
    IF NEW.from_status = '' THEN
        EXECUTE format('SELECT EXISTS (SELECT FROM public.%I WHERE %I = $1)', TG_TABLE_NAME, link)
            INTO has_begun USING its_row;
        IF has_begun OR NEW.to_status IS DISTINCT FROM its_status
           OR NOT NEW.to_status = ANY (string_to_array(TG_ARGV[3], ',')) THEN
            RAISE EXCEPTION '% begins once, and not as %', what, NEW.to_status
                USING ERRCODE = 'check_violation';
        END IF;
        RETURN NEW;
    END IF;
    IF NOT NEW.from_status || '>' || NEW.to_status = ANY (string_to_array(TG_ARGV[4], ',')) THEN
        RAISE EXCEPTION '% cannot go from % to %', what, NEW.from_status, NEW.to_status
            USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.from_status IS DISTINCT FROM its_status THEN
        RAISE EXCEPTION '% that is % takes no step from %', what, its_status, NEW.from_status
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;

CREATE FUNCTION audit_check_followed() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    is_followed boolean;
BEGIN
    EXECUTE format(
        'SELECT status = (
             SELECT to_status FROM public.%2$I WHERE %3$I = $1 ORDER BY id DESC LIMIT 1
         ) FROM public.%1$I WHERE id = $1', TG_ARGV[1], TG_TABLE_NAME, TG_ARGV[2]
    ) INTO is_followed USING (to_jsonb(NEW) ->> TG_ARGV[2])::bigint;
    IF is_followed IS NOT TRUE THEN
        RAISE EXCEPTION '%: a step in its history is followed by its status', TG_ARGV[0]
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION audit_check_move() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    step_from text;
    step_to text;
BEGIN
    IF NOT OLD.status || '>' || NEW.status = ANY (string_to_array(TG_ARGV[3], ',')) THEN
        RAISE EXCEPTION '% cannot go from % to %', TG_ARGV[0], OLD.status, NEW.status
            USING ERRCODE = 'check_violation';
    END IF;
    EXECUTE format(
        'SELECT from_status, to_status FROM public.%I WHERE %I = $1 ORDER BY id DESC LIMIT 1',
        TG_ARGV[1], TG_ARGV[2]
    ) INTO step_from, step_to USING NEW.id;
    IF (step_from, step_to) IS DISTINCT FROM (OLD.status, NEW.status) THEN
        RAISE EXCEPTION '%: a step stands in its history first', TG_ARGV[0]
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION audit_check_beginning() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    is_told boolean;
BEGIN
    EXECUTE format(
        'SELECT EXISTS (
             SELECT FROM public.%I WHERE %I = $1 AND from_status = '''' AND to_status = $2
         )', TG_ARGV[1], TG_ARGV[2]
    ) INTO is_told USING NEW.id, NEW.status;
    IF NOT is_told OR NOT NEW.status = ANY (string_to_array(TG_ARGV[3], ',')) THEN
        RAISE EXCEPTION '% begins with a step in its history, and not as %', TG_ARGV[0], NEW.status
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$;
"""
DROP_STEPS = """
DROP FUNCTION audit_check_beginning();
DROP FUNCTION audit_check_move();
DROP FUNCTION audit_check_followed();
DROP FUNCTION audit_check_step();
"""


class Migration(migrations.Migration):
    dependencies = [("audit", "0001_initial")]

    operations = [
        migrations.RunSQL(STAMP, "DROP FUNCTION audit_stamp_row()"),
        migrations.RunSQL(STEPS, DROP_STEPS),
    ]
