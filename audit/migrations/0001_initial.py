"""The trail's tables, the functions that guard them, and those that other rooms' tables use."""

import django.contrib.postgres.fields
from django.db import migrations, models

import audit.fields
from audit.append_only import InsertOnly

TABLES = """
CREATE TABLE audit_epoch (
    number integer PRIMARY KEY CHECK (number > 0),
    system_identifier bigint NOT NULL,
    began_at timestamptz NOT NULL DEFAULT statement_timestamp(),
    reason text NOT NULL CHECK (reason <> '')
);
INSERT INTO audit_epoch (number, system_identifier, reason)
SELECT 1, system_identifier, 'made' FROM pg_control_system();

CREATE TABLE audit_event (
    id bigint GENERATED ALWAYS AS IDENTITY,
    occurred_at timestamptz NOT NULL DEFAULT statement_timestamp(),
    actor_id bigint,
    actor_name text NOT NULL,
    on_behalf_of_id bigint,
    role text NOT NULL,
    action text NOT NULL,
    purpose text NOT NULL DEFAULT '',
    basis text NOT NULL DEFAULT '',
    patient_id bigint,
    subject_type text NOT NULL DEFAULT '',
    subject_id text NOT NULL DEFAULT '',
    outcome text NOT NULL,
    request_id text NOT NULL,
    session_digest text NOT NULL DEFAULT '',
    client_address inet,
    detail jsonb NOT NULL DEFAULT '{}',
    txid xid8 NOT NULL DEFAULT pg_current_xact_id(),
    epoch integer NOT NULL DEFAULT 1,
    PRIMARY KEY (id, occurred_at),
    CONSTRAINT audit_event_names_its_actor CHECK (actor_name <> '' AND role <> ''),
    CONSTRAINT audit_event_names_its_action CHECK (action <> ''),
    CONSTRAINT audit_event_names_its_request CHECK (request_id <> ''),
    CONSTRAINT audit_event_outcome_is_known CHECK (outcome IN ('SUCCESS', 'REFUSED', 'FAILED')),
    CONSTRAINT audit_event_subject_has_type CHECK (subject_id = '' OR subject_type <> ''),
    CONSTRAINT audit_event_detail_is_object CHECK (jsonb_typeof(detail) = 'object')
) PARTITION BY RANGE (occurred_at);
CREATE INDEX audit_event_time ON audit_event (occurred_at, id);
CREATE INDEX audit_event_patient ON audit_event (patient_id, occurred_at, id)
    WHERE patient_id IS NOT NULL;
CREATE INDEX audit_event_actor ON audit_event (actor_id, occurred_at, id);
CREATE INDEX audit_event_action ON audit_event (action, occurred_at, id);
CREATE INDEX audit_event_request ON audit_event (request_id);
CREATE INDEX audit_event_sealing ON audit_event (epoch, txid, id);

CREATE TABLE audit_eventsubject (
    id bigint GENERATED ALWAYS AS IDENTITY,
    occurred_at timestamptz NOT NULL DEFAULT statement_timestamp(),
    event_id bigint NOT NULL,
    patient_id bigint NOT NULL,
    position integer NOT NULL CONSTRAINT audit_eventsubject_position_counts CHECK (position > 0),
    txid xid8 NOT NULL DEFAULT pg_current_xact_id(),
    epoch integer NOT NULL DEFAULT 1,
    PRIMARY KEY (id, occurred_at)
) PARTITION BY RANGE (occurred_at);
CREATE INDEX audit_eventsubject_patient
    ON audit_eventsubject (patient_id, occurred_at, event_id);
CREATE INDEX audit_eventsubject_event ON audit_eventsubject (event_id);
CREATE INDEX audit_eventsubject_sealing ON audit_eventsubject (epoch, txid, id);

CREATE TABLE audit_rowchange (
    id bigint GENERATED ALWAYS AS IDENTITY,
    occurred_at timestamptz NOT NULL DEFAULT statement_timestamp(),
    table_name text NOT NULL,
    operation text NOT NULL CONSTRAINT audit_rowchange_operation_is_known
        CHECK (operation IN ('INSERT', 'UPDATE', 'DELETE', 'TRUNCATE')),
    keys text[] NOT NULL,
    columns text[] NOT NULL,
    actor_id bigint,
    request_id text NOT NULL DEFAULT '',
    txid xid8 NOT NULL DEFAULT pg_current_xact_id(),
    epoch integer NOT NULL DEFAULT 1,
    PRIMARY KEY (id, occurred_at)
) PARTITION BY RANGE (occurred_at);
CREATE INDEX audit_rowchange_key ON audit_rowchange (table_name, (keys[1]));
CREATE INDEX audit_rowchange_request ON audit_rowchange (request_id);
CREATE INDEX audit_rowchange_sealing ON audit_rowchange (epoch, txid, id);

CREATE TABLE audit_seal (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    stream text NOT NULL CONSTRAINT audit_seal_stream_is_known
        CHECK (stream IN ('EVENT', 'SUBJECT', 'CHANGE')),
    number bigint NOT NULL,
    epoch integer NOT NULL,
    first_txid xid8 NOT NULL,
    first_id bigint NOT NULL,
    last_txid xid8 NOT NULL,
    last_id bigint NOT NULL,
    row_count integer NOT NULL CONSTRAINT audit_seal_closes_rows CHECK (row_count > 0),
    root bytea NOT NULL,
    leaves bytea NOT NULL,
    prev_hash bytea NOT NULL CONSTRAINT audit_seal_is_followed_once UNIQUE,
    hash bytea NOT NULL CONSTRAINT audit_seal_hash_is_unique UNIQUE,
    key_id text NOT NULL,
    signature bytea NOT NULL,
    sealed_at timestamptz NOT NULL,
    CONSTRAINT audit_seal_number_is_unique UNIQUE (stream, number),
    CONSTRAINT audit_seal_bounds_in_order
        CHECK (first_txid < last_txid OR (first_txid = last_txid AND first_id <= last_id)),
    CONSTRAINT audit_seal_has_a_leaf_a_row CHECK (octet_length(leaves) = 40 * row_count),
    CONSTRAINT audit_seal_hashes_are_whole
        CHECK (octet_length(root) = 32 AND octet_length(prev_hash) = 32
               AND octet_length(hash) = 32 AND octet_length(signature) = 64)
);
ALTER TABLE audit_seal ALTER COLUMN leaves SET STORAGE EXTERNAL;
"""

DROP_TABLES = """
DROP TABLE audit_seal, audit_rowchange, audit_eventsubject, audit_event, audit_epoch;
"""

GUARDS = """
CREATE FUNCTION audit_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% of % is refused: its rows are only ever added', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation';
END $$;

-- Time, transaction and epoch are the server's word, whatever the statement says. A forged time
-- that belongs to another month is routed there before this runs, and then refused by the server.
CREATE FUNCTION audit_stamp() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.occurred_at := pg_catalog.statement_timestamp();
    NEW.txid := pg_catalog.pg_current_xact_id();
    NEW.epoch := (SELECT pg_catalog.max(number) FROM public.audit_epoch);
    RETURN NEW;
END $$;

-- A patient shown belongs to an event of the same statement: nobody adds to an older list.
CREATE FUNCTION audit_check_subjects() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    shown record;
BEGIN
    FOR shown IN SELECT DISTINCT event_id FROM new_rows LOOP
        PERFORM FROM public.audit_event
        WHERE id = shown.event_id AND occurred_at = statement_timestamp()
          AND txid = pg_current_xact_id();
        IF NOT FOUND THEN
            RAISE EXCEPTION 'Patients can be added only to an event of the same statement'
                USING ERRCODE = 'foreign_key_violation';
        END IF;
    END LOOP;
    RETURN NULL;
END $$;

CREATE TRIGGER audit_event_stamp BEFORE INSERT ON audit_event
    FOR EACH ROW EXECUTE FUNCTION audit_stamp();
CREATE TRIGGER audit_eventsubject_stamp BEFORE INSERT ON audit_eventsubject
    FOR EACH ROW EXECUTE FUNCTION audit_stamp();
CREATE TRIGGER audit_rowchange_stamp BEFORE INSERT ON audit_rowchange
    FOR EACH ROW EXECUTE FUNCTION audit_stamp();
CREATE TRIGGER audit_eventsubject_same_statement AFTER INSERT ON audit_eventsubject
    REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION audit_check_subjects();
"""

DROP_GUARDS = """
DROP TRIGGER audit_eventsubject_same_statement ON audit_eventsubject;
DROP TRIGGER audit_rowchange_stamp ON audit_rowchange;
DROP TRIGGER audit_eventsubject_stamp ON audit_eventsubject;
DROP TRIGGER audit_event_stamp ON audit_event;
DROP FUNCTION audit_check_subjects();
DROP FUNCTION audit_stamp();
DROP FUNCTION audit_refuse_change();
"""

# Runs with the owner's rights, because the application may not write row changes itself. Who is
# asked for an actor is told by session_user: SECURITY DEFINER and SET ROLE do not change it.
TRACKING = """
CREATE FUNCTION audit_track_change() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    most_keys constant integer := 1000;
    actor bigint := nullif(current_setting('chartroom.actor', true), '')::bigint;
    request text := coalesce(current_setting('chartroom.request', true), '');
    key_columns text[] := string_to_array(TG_ARGV[0], ',');
    derived text[] := string_to_array(TG_ARGV[1], ',');
    key text := (
        SELECT format('concat_ws('','', %s)', string_agg(format('r.%I::text', name), ', '))
        FROM unnest(key_columns) AS name
    );
BEGIN
    IF actor IS NULL AND NOT pg_has_role(
        session_user, (SELECT relowner FROM pg_class WHERE oid = TG_RELID), 'MEMBER'
    ) THEN
        RAISE EXCEPTION '% of % is refused: nobody is named as its actor', TG_OP, TG_TABLE_NAME
            USING ERRCODE = 'insufficient_privilege',
                  HINT = 'Write through a service that is attributed to its actor.';
    END IF;
    IF TG_OP = 'TRUNCATE' THEN
        INSERT INTO public.audit_rowchange
            (table_name, operation, keys, columns, actor_id, request_id)
        VALUES (TG_TABLE_NAME, TG_OP, '{}', '{}', actor, request);
    ELSIF TG_OP = 'UPDATE' THEN
        EXECUTE format($sql$
            INSERT INTO public.audit_rowchange
                (table_name, operation, keys, columns, actor_id, request_id)
            SELECT $1, 'UPDATE', array_agg(key ORDER BY n), columns, $2, $3
            FROM (
                SELECT key, columns, row_number() OVER (PARTITION BY columns) AS n
                FROM (
                    SELECT coalesce(old.key, new.key) AS key,
                           CASE WHEN old.key IS NULL OR new.key IS NULL THEN $4 ELSE ARRAY(
                               SELECT field.key FROM jsonb_each(old.fields) AS field
                               WHERE field.value IS DISTINCT FROM new.fields -> field.key
                               ORDER BY 1
                           ) END AS columns
                    FROM (SELECT %1$s AS key, to_jsonb(r) AS fields FROM old_rows r) old
                    FULL JOIN (SELECT %1$s AS key, to_jsonb(r) AS fields FROM new_rows r) new
                        ON old.key = new.key
                ) AS changed
                WHERE NOT columns <@ $5
            ) AS numbered
            GROUP BY columns, (n - 1) / %2$s
        $sql$, key, most_keys) USING TG_TABLE_NAME, actor, request, key_columns, derived;
    ELSE
        EXECUTE format($sql$
            INSERT INTO public.audit_rowchange
                (table_name, operation, keys, columns, actor_id, request_id)
            SELECT $1, $2, array_agg(key ORDER BY n), '{}', $3, $4
            FROM (SELECT %s AS key, row_number() OVER () AS n FROM %I r) AS numbered
            GROUP BY (n - 1) / %s
        $sql$, key, CASE TG_OP WHEN 'INSERT' THEN 'new_rows' ELSE 'old_rows' END, most_keys)
        USING TG_TABLE_NAME, TG_OP, actor, request;
    END IF;
    RETURN NULL;
END $$;
"""

PARTITIONS = """
-- Statement triggers and the owner's default privileges are not inherited by a partition as they
-- should be: TRUNCATE is refused by a trigger of its own, and nobody reaches it but by its parent.
CREATE FUNCTION audit_guard_partition(partition text) RETURNS void LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    grantee text;
BEGIN
    EXECUTE format(
        'CREATE TRIGGER %I BEFORE TRUNCATE ON public.%I
         FOR EACH STATEMENT EXECUTE FUNCTION public.audit_refuse_change()',
        partition || '_never_truncated', partition
    );
    FOR grantee IN
        SELECT DISTINCT CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE a.grantee::regrole::text END
        FROM pg_class c, aclexplode(c.relacl) a
        WHERE c.oid = format('public.%I', partition)::regclass AND a.grantee <> c.relowner
    LOOP
        EXECUTE format('REVOKE ALL ON public.%I FROM %s', partition, grantee);
    END LOOP;
END $$;

CREATE FUNCTION audit_make_default(parent text) RETURNS void LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    EXECUTE format(
        'CREATE TABLE public.%I PARTITION OF public.%I DEFAULT', parent || '_default', parent
    );
    PERFORM public.audit_guard_partition(parent || '_default');
END $$;

CREATE FUNCTION audit_make_partition(parent text, month date) RETURNS boolean LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp
SET timezone = 'UTC' SET datestyle = 'ISO, YMD' AS $$
DECLARE
    partition text := parent || to_char(month, '"_"YYYY"_"MM');
    first_moment timestamptz := month;
    next_moment timestamptz := month + interval '1 month';
BEGIN
    PERFORM FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid,
        regexp_match(pg_get_expr(c.relpartbound, c.oid), '''(.*?)''.*''(.*?)''') AS bound
    WHERE i.inhparent = format('public.%I', parent)::regclass
      AND bound[1]::timestamptz <= first_moment AND first_moment < bound[2]::timestamptz;
    IF FOUND THEN
        RETURN false;
    END IF;
    EXECUTE format(
        'CREATE TABLE public.%I (LIKE public.%I
         INCLUDING DEFAULTS INCLUDING CONSTRAINTS INCLUDING STORAGE)', partition, parent
    );
    EXECUTE format(
        'ALTER TABLE public.%I ATTACH PARTITION public.%I FOR VALUES FROM (%L) TO (%L)',
        parent, partition, first_moment, next_moment
    );
    PERFORM public.audit_guard_partition(partition);
    RETURN true;
END $$;

-- Rows landed in the default partition because their month had none: it becomes the partition of
-- these months, and an empty default takes its place. No row is moved, none is touched.
CREATE FUNCTION audit_empty_default(parent text) RETURNS void LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp
SET timezone = 'UTC' SET datestyle = 'ISO, YMD' AS $$
DECLARE
    first_month date;
    next_month date;
    partition text;
BEGIN
    EXECUTE format(
        'SELECT date_trunc(''month'', min(occurred_at)),
                date_trunc(''month'', max(occurred_at)) + interval ''1 month'' FROM public.%I',
        parent || '_default'
    ) INTO first_month, next_month;
    IF first_month IS NULL THEN
        RETURN;
    END IF;
    partition := parent || to_char(first_month, '"_from_"YYYY"_"MM');
    EXECUTE format(
        'ALTER TABLE public.%I DETACH PARTITION public.%I', parent, parent || '_default'
    );
    EXECUTE format('ALTER TABLE public.%I RENAME TO %I', parent || '_default', partition);
    EXECUTE format(
        'ALTER TABLE public.%I ATTACH PARTITION public.%I FOR VALUES FROM (%L) TO (%L)',
        parent, partition, first_month::timestamptz, next_month::timestamptz
    );
    PERFORM public.audit_make_default(parent);
END $$;

CREATE FUNCTION audit_make_partitions() RETURNS integer LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp
SET timezone = 'UTC' SET lock_timeout = '5s' AS $$
DECLARE
    months_ahead constant integer := 3;
    parent text;
    made integer := 0;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('audit_make_partitions'));
    FOREACH parent IN ARRAY ARRAY['audit_event', 'audit_eventsubject', 'audit_rowchange'] LOOP
        PERFORM public.audit_empty_default(parent);
        FOR ahead IN 0..months_ahead LOOP
            made := made + public.audit_make_partition(
                parent,
                (date_trunc('month', statement_timestamp()) + make_interval(months => ahead))::date
            )::integer;
        END LOOP;
    END LOOP;
    RETURN made;
END $$;

-- The application may not read partitions by themselves; that a default one is in use it may know.
CREATE FUNCTION audit_is_default_used() RETURNS boolean LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    RETURN EXISTS (SELECT FROM public.audit_event_default)
        OR EXISTS (SELECT FROM public.audit_eventsubject_default)
        OR EXISTS (SELECT FROM public.audit_rowchange_default);
END $$;

-- A restore into a new cluster begins its transaction numbers anew. Waits for writers, so that
-- every row of the epochs before is there to be sealed.
CREATE FUNCTION audit_raise_epoch(why text) RETURNS integer LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    raised integer;
BEGIN
    LOCK TABLE public.audit_event, public.audit_eventsubject, public.audit_rowchange
        IN SHARE ROW EXCLUSIVE MODE;
    INSERT INTO public.audit_epoch (number, system_identifier, reason)
    SELECT max(number) + 1, (SELECT system_identifier FROM pg_control_system()), why
    FROM public.audit_epoch RETURNING number INTO raised;
    RETURN raised;
END $$;

REVOKE EXECUTE ON FUNCTION audit_guard_partition(text), audit_make_default(text),
    audit_make_partition(text, date), audit_empty_default(text), audit_raise_epoch(text)
    FROM PUBLIC;

SELECT audit_make_default('audit_event'), audit_make_default('audit_eventsubject'),
       audit_make_default('audit_rowchange'), audit_make_partitions();
"""

DROP_PARTITIONS = """
DROP FUNCTION audit_raise_epoch(text);
DROP FUNCTION audit_is_default_used();
DROP FUNCTION audit_make_partitions();
DROP FUNCTION audit_empty_default(text);
DROP FUNCTION audit_make_partition(text, date);
DROP FUNCTION audit_make_default(text);
DROP FUNCTION audit_guard_partition(text);
"""

STATE = [
    migrations.CreateModel(
        name="Epoch",
        fields=[
            ("number", models.IntegerField(primary_key=True, serialize=False)),
            ("system_identifier", models.BigIntegerField()),
            ("began_at", models.DateTimeField()),
            ("reason", models.TextField()),
        ],
        options={
            "db_table": "audit_epoch",
            "default_permissions": (),
        },
    ),
    migrations.CreateModel(
        name="Event",
        fields=[
            ("id", models.BigAutoField(primary_key=True, serialize=False)),
            ("occurred_at", models.DateTimeField()),
            ("actor_id", models.BigIntegerField(null=True)),
            ("actor_name", models.TextField()),
            ("on_behalf_of_id", models.BigIntegerField(null=True)),
            ("role", models.TextField()),
            ("action", models.TextField()),
            ("purpose", models.TextField(blank=True)),
            ("basis", models.TextField(blank=True)),
            ("patient_id", models.BigIntegerField(null=True)),
            ("subject_type", models.TextField(blank=True)),
            ("subject_id", models.TextField(blank=True)),
            ("outcome", models.TextField()),
            ("request_id", models.TextField()),
            ("session_digest", models.TextField(blank=True)),
            ("client_address", models.GenericIPAddressField(null=True)),
            ("detail", models.JSONField(default=dict)),
            ("txid", audit.fields.Xid8Field()),
            ("epoch", models.IntegerField()),
        ],
        options={
            "db_table": "audit_event",
            "permissions": [("export_event", "Can export the access log")],
            "default_permissions": ("view",),
        },
    ),
    migrations.CreateModel(
        name="EventSubject",
        fields=[
            ("id", models.BigAutoField(primary_key=True, serialize=False)),
            ("occurred_at", models.DateTimeField()),
            ("event_id", models.BigIntegerField()),
            ("patient_id", models.BigIntegerField()),
            ("position", models.IntegerField()),
            ("txid", audit.fields.Xid8Field()),
            ("epoch", models.IntegerField()),
        ],
        options={
            "db_table": "audit_eventsubject",
            "default_permissions": (),
        },
    ),
    migrations.CreateModel(
        name="RowChange",
        fields=[
            ("id", models.BigAutoField(primary_key=True, serialize=False)),
            ("occurred_at", models.DateTimeField()),
            ("table_name", models.TextField()),
            ("operation", models.TextField()),
            (
                "keys",
                django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), size=None),
            ),
            (
                "columns",
                django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), size=None),
            ),
            ("actor_id", models.BigIntegerField(null=True)),
            ("request_id", models.TextField(blank=True)),
            ("txid", audit.fields.Xid8Field()),
            ("epoch", models.IntegerField()),
        ],
        options={
            "db_table": "audit_rowchange",
            "default_permissions": (),
        },
    ),
    migrations.CreateModel(
        name="Seal",
        fields=[
            ("id", models.BigAutoField(primary_key=True, serialize=False)),
            ("stream", models.TextField()),
            ("number", models.BigIntegerField()),
            ("epoch", models.IntegerField()),
            ("first_txid", audit.fields.Xid8Field()),
            ("first_id", models.BigIntegerField()),
            ("last_txid", audit.fields.Xid8Field()),
            ("last_id", models.BigIntegerField()),
            ("row_count", models.IntegerField()),
            ("root", models.BinaryField()),
            ("leaves", models.BinaryField()),
            ("prev_hash", models.BinaryField(unique=True)),
            ("hash", models.BinaryField(unique=True)),
            ("key_id", models.TextField()),
            ("signature", models.BinaryField()),
            ("sealed_at", models.DateTimeField()),
        ],
        options={
            "db_table": "audit_seal",
            "default_permissions": (),
        },
    ),
]


class Migration(migrations.Migration):
    initial = True
    dependencies = []
    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunSQL(TABLES, DROP_TABLES)],
            state_operations=STATE,
        ),
        migrations.RunSQL(GUARDS, DROP_GUARDS),
        migrations.RunSQL(TRACKING, "DROP FUNCTION audit_track_change()"),
        InsertOnly("audit_event"),
        InsertOnly("audit_eventsubject"),
        InsertOnly("audit_rowchange"),
        InsertOnly("audit_seal"),
        InsertOnly("audit_epoch"),
        migrations.RunSQL(PARTITIONS, DROP_PARTITIONS),
    ]
