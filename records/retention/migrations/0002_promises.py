"""Promises about holds and batches, in plain SQL: no role and no setting switches them off.

Every function names its schema by a search path of its own, so that a temporary table of the
session cannot stand in for a table of ours.
"""

from django.db import migrations

from audit.append_only import InsertOnly, TrackChanges

HOLDS = """
CREATE FUNCTION retention_keep_hold() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    free constant text[] := '{remind_on,lifted_at,lifted_by_id,lift_reason}';
    lifting constant text[] := '{remind_on}';
BEGIN
    IF TG_OP IN ('DELETE', 'TRUNCATE') THEN
        RAISE EXCEPTION 'A hold is lifted, never deleted' USING ERRCODE = 'restrict_violation';
    END IF;
    IF to_jsonb(NEW) - free IS DISTINCT FROM to_jsonb(OLD) - free THEN
        RAISE EXCEPTION 'What a hold says never changes; place another one'
            USING ERRCODE = 'restrict_violation';
    END IF;
    IF OLD.lifted_at IS NOT NULL
       AND to_jsonb(NEW) - lifting IS DISTINCT FROM to_jsonb(OLD) - lifting THEN
        RAISE EXCEPTION 'A lifted hold stays lifted; place another one'
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER retention_hold_is_kept BEFORE UPDATE OR DELETE ON retention_hold
    FOR EACH ROW EXECUTE FUNCTION retention_keep_hold();
CREATE TRIGGER retention_hold_never_truncated BEFORE TRUNCATE ON retention_hold
    FOR EACH STATEMENT EXECUTE FUNCTION retention_keep_hold();

CREATE FUNCTION retention_keep_holdpatient() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    free constant text[] := '{lifted_at,lifted_by_id}';
    its_status text;
BEGIN
    IF TG_OP IN ('DELETE', 'TRUNCATE') THEN
        RAISE EXCEPTION 'A hold on a patient is lifted, never deleted'
            USING ERRCODE = 'restrict_violation';
    END IF;
    IF TG_OP = 'UPDATE' THEN
        IF OLD.lifted_at IS NOT NULL OR NEW.lifted_at IS NULL
           OR to_jsonb(NEW) - free IS DISTINCT FROM to_jsonb(OLD) - free THEN
            RAISE EXCEPTION 'A hold on a patient is only lifted, once'
                USING ERRCODE = 'restrict_violation';
        END IF;
        RETURN NEW;
    END IF;
    -- Collides with the FOR UPDATE that an erasure holds on the patient, until that has ended.
    SELECT status INTO its_status FROM patients_patient
        WHERE chart_id = NEW.patient_id FOR KEY SHARE;
    IF its_status = 'DESTROYED' THEN
        RAISE EXCEPTION 'The chart of patient % is destroyed; a hold comes too late',
            NEW.patient_id USING ERRCODE = 'restrict_violation';
    END IF;
    PERFORM FROM retention_hold WHERE id = NEW.hold_id AND lifted_at IS NULL FOR SHARE;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'The hold is lifted; place another one'
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER retention_holdpatient_is_kept
    BEFORE INSERT OR UPDATE OR DELETE ON retention_holdpatient
    FOR EACH ROW EXECUTE FUNCTION retention_keep_holdpatient();
CREATE TRIGGER retention_holdpatient_never_truncated BEFORE TRUNCATE ON retention_holdpatient
    FOR EACH STATEMENT EXECUTE FUNCTION retention_keep_holdpatient();
"""
DROP_HOLDS = """
DROP TRIGGER retention_holdpatient_never_truncated ON retention_holdpatient;
DROP TRIGGER retention_holdpatient_is_kept ON retention_holdpatient;
DROP FUNCTION retention_keep_holdpatient();
DROP TRIGGER retention_hold_never_truncated ON retention_hold;
DROP TRIGGER retention_hold_is_kept ON retention_hold;
DROP FUNCTION retention_keep_hold();
"""

DIGEST = """
-- What both approvers sign: the batch and every chart in it, as frozen when it was proposed.
CREATE FUNCTION retention_batch_digest(wanted bigint) RETURNS text LANGUAGE sql STABLE
SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT encode(sha256(convert_to(concat_ws('|',
        batch.number, batch.round, batch.series, batch.method, batch.location, (
            SELECT string_agg(concat_ws('|',
                item.patient_id, to_char(item.eligible_on, 'YYYY-MM-DD'), item.governing_code,
                to_char(item.governing_on, 'YYYY-MM-DD'), item.document_count,
                item.version_count, item.page_count, item.newest_version_id
            ), E'\\n' ORDER BY item.patient_id)
            FROM retention_batchitem item
            WHERE item.batch_id = batch.id AND item.outcome_reason <> 'TAKEN_OUT'
        )), 'UTF8')), 'hex')
    FROM retention_batch batch WHERE batch.id = wanted
$$;
"""
DROP_DIGEST = "DROP FUNCTION retention_batch_digest(bigint)"

BATCHES = """
CREATE FUNCTION retention_guard_batch() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    by_move constant text[] := '{status,round,digest,item_count,proposed_at,first_approved_at,
        first_approved_by_id,second_approved_at,second_approved_by_id,not_before,started_at,
        started_by_id,closed_at}';
    sealing constant text[] := '{digest,item_count}';
    moves constant text[] := '{PROPOSED>FIRST_APPROVED,PROPOSED>RETURNED,PROPOSED>CANCELLED,
        FIRST_APPROVED>APPROVED,FIRST_APPROVED>RETURNED,FIRST_APPROVED>CANCELLED,
        RETURNED>PROPOSED,RETURNED>CANCELLED,APPROVED>EXECUTING,APPROVED>RETURNED,
        APPROVED>CANCELLED,EXECUTING>DONE}';
    today constant date := (statement_timestamp() AT TIME ZONE 'UTC')::date;
BEGIN
    IF TG_OP IN ('DELETE', 'TRUNCATE') THEN
        RAISE EXCEPTION 'A destruction batch is kept for ever'
            USING ERRCODE = 'restrict_violation';
    END IF;
    IF TG_OP = 'INSERT' THEN
        IF NEW.status <> 'PROPOSED' OR NEW.round <> 1 OR NEW.digest <> '' THEN
            RAISE EXCEPTION 'A destruction batch begins as a proposal'
                USING ERRCODE = 'restrict_violation';
        END IF;
        RETURN NEW;
    END IF;
    IF OLD.status IN ('DONE', 'CANCELLED')
       OR to_jsonb(NEW) - by_move IS DISTINCT FROM to_jsonb(OLD) - by_move THEN
        RAISE EXCEPTION 'This of a destruction batch never changes'
            USING ERRCODE = 'restrict_violation';
    END IF;
    IF NEW.status = OLD.status THEN
        -- The only change without a move: a proposal is frozen, once.
        IF NEW.status <> 'PROPOSED' OR OLD.digest <> ''
           OR to_jsonb(NEW) - sealing IS DISTINCT FROM to_jsonb(OLD) - sealing THEN
            RAISE EXCEPTION 'A destruction batch changes only step by step'
                USING ERRCODE = 'restrict_violation';
        END IF;
        NEW.digest := retention_batch_digest(NEW.id);
        NEW.item_count := (
            SELECT count(*) FROM retention_batchitem
            WHERE batch_id = NEW.id AND outcome = 'WAITING'
        );
        RETURN NEW;
    END IF;
    IF NOT OLD.status || '>' || NEW.status = ANY (moves) THEN
        RAISE EXCEPTION 'A destruction batch cannot go from % to %', OLD.status, NEW.status
            USING ERRCODE = 'restrict_violation';
    END IF;
    IF NEW.status = 'PROPOSED' THEN
        NEW.round := OLD.round + 1;
        NEW.digest := '';
    ELSIF NEW.round <> OLD.round OR NEW.digest <> OLD.digest OR NEW.item_count <> OLD.item_count
    THEN
        RAISE EXCEPTION 'A destruction batch is frozen' USING ERRCODE = 'restrict_violation';
    END IF;
    IF NEW.status IN ('FIRST_APPROVED', 'APPROVED', 'EXECUTING') THEN
        IF NOT EXISTS (
            SELECT FROM retention_batchapproval
            WHERE batch_id = NEW.id AND round = NEW.round AND step = 'FIRST'
              AND digest = NEW.digest AND approved_by_id = NEW.first_approved_by_id
        ) OR NEW.status <> 'FIRST_APPROVED' AND NOT EXISTS (
            SELECT FROM retention_batchapproval
            WHERE batch_id = NEW.id AND round = NEW.round AND step = 'SECOND'
              AND digest = NEW.digest AND approved_by_id = NEW.second_approved_by_id
        ) THEN
            RAISE EXCEPTION 'The destruction batch lacks an approval of what is in it'
                USING ERRCODE = 'restrict_violation';
        END IF;
    END IF;
    IF NEW.status = 'EXECUTING' AND (
        NEW.not_before > today OR NEW.digest <> retention_batch_digest(NEW.id)
    ) THEN
        RAISE EXCEPTION 'The destruction batch may not be carried out yet, or is not what was approved'
            USING ERRCODE = 'restrict_violation';
    END IF;
    IF NEW.status = 'DONE' AND (
        EXISTS (
            SELECT FROM retention_batchitem WHERE batch_id = NEW.id AND outcome = 'WAITING'
        ) OR EXISTS (
            SELECT FROM retention_batchitem WHERE batch_id = NEW.id AND outcome = 'DESTROYED'
        ) AND NOT EXISTS (
            SELECT FROM retention_certificate WHERE batch_id = NEW.id
        )
    ) THEN
        RAISE EXCEPTION 'A destruction batch is done when its certificate is issued'
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER retention_batch_is_guarded BEFORE INSERT OR UPDATE OR DELETE ON retention_batch
    FOR EACH ROW EXECUTE FUNCTION retention_guard_batch();
CREATE TRIGGER retention_batch_never_truncated BEFORE TRUNCATE ON retention_batch
    FOR EACH STATEMENT EXECUTE FUNCTION retention_guard_batch();

CREATE FUNCTION retention_guard_approval() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    batch retention_batch;
BEGIN
    SELECT * INTO batch FROM retention_batch WHERE id = NEW.batch_id FOR UPDATE;
    IF NOT FOUND OR NEW.round <> batch.round OR batch.digest = '' OR NEW.digest <> batch.digest
       OR NEW.step || ' ' || batch.status NOT IN ('FIRST PROPOSED', 'SECOND FIRST_APPROVED') THEN
        RAISE EXCEPTION 'The destruction batch does not wait for this approval'
            USING ERRCODE = 'restrict_violation';
    END IF;
    IF NEW.approved_by_id = batch.proposed_by_id
       OR NEW.approved_by_id IS NOT DISTINCT FROM batch.first_approved_by_id THEN
        RAISE EXCEPTION 'Two people approve a destruction batch, neither of whom proposed it'
            USING ERRCODE = 'restrict_violation';
    END IF;
    IF NEW.approved_by_id::text IS DISTINCT FROM current_setting('chartroom.actor', true) THEN
        RAISE EXCEPTION 'Nobody approves in the name of another person'
            USING ERRCODE = 'restrict_violation';
    END IF;
    NEW.approved_at := statement_timestamp();
    RETURN NEW;
END $$;
CREATE TRIGGER retention_approval_is_guarded BEFORE INSERT ON retention_batchapproval
    FOR EACH ROW EXECUTE FUNCTION retention_guard_approval();

CREATE FUNCTION retention_guard_item() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    free constant text[] := '{outcome,outcome_reason,held_by_id,decided_at,bytes_removed_at}';
    removing constant text[] := '{bytes_removed_at}';
    batch retention_batch;
    may_end boolean;
BEGIN
    IF TG_OP IN ('DELETE', 'TRUNCATE') THEN
        RAISE EXCEPTION 'An item of a destruction batch is kept for ever'
            USING ERRCODE = 'restrict_violation';
    END IF;
    SELECT * INTO batch FROM retention_batch WHERE id = NEW.batch_id FOR KEY SHARE;
    IF TG_OP = 'INSERT' THEN
        IF batch.status <> 'PROPOSED' OR batch.digest <> '' OR NEW.outcome <> 'WAITING' THEN
            RAISE EXCEPTION 'A proposed destruction batch takes no further charts'
                USING ERRCODE = 'restrict_violation';
        END IF;
        RETURN NEW;
    END IF;
    IF to_jsonb(NEW) - free IS DISTINCT FROM to_jsonb(OLD) - free THEN
        RAISE EXCEPTION 'What was proposed about a chart never changes'
            USING ERRCODE = 'restrict_violation';
    END IF;
    IF OLD.outcome <> 'WAITING' THEN
        -- All that follows an outcome: the bytes of a destroyed chart are gone, once.
        IF OLD.bytes_removed_at IS NOT NULL OR NEW.bytes_removed_at IS NULL
           OR to_jsonb(NEW) - removing IS DISTINCT FROM to_jsonb(OLD) - removing
           OR EXISTS (
               SELECT FROM documents_documentversion version
               JOIN documents_document document ON document.id = version.document_id
               WHERE document.patient_id = NEW.patient_id AND version.bytes_removed_at IS NULL
           ) THEN
            RAISE EXCEPTION 'The outcome of a chart never changes'
                USING ERRCODE = 'restrict_violation';
        END IF;
        NEW.bytes_removed_at := statement_timestamp();
        RETURN NEW;
    END IF;
    IF NEW.outcome = 'WAITING' OR NEW.bytes_removed_at IS NOT NULL THEN
        RAISE EXCEPTION 'A chart that waits has no result yet'
            USING ERRCODE = 'restrict_violation';
    END IF;
    may_end := CASE NEW.outcome_reason
        WHEN 'TAKEN_OUT' THEN
            NEW.outcome = 'CHANGED' AND batch.status = 'PROPOSED' AND batch.digest = ''
        WHEN 'BATCH_CANCELLED' THEN NEW.outcome = 'CHANGED' AND batch.status = 'CANCELLED'
        ELSE batch.status = 'EXECUTING'
    END;
    IF NOT may_end THEN
        RAISE EXCEPTION 'The destruction batch is not being carried out'
            USING ERRCODE = 'restrict_violation';
    END IF;
    IF NEW.outcome = 'DESTROYED' AND (
        EXISTS (
            SELECT FROM documents_documentversion version
            JOIN documents_document document ON document.id = version.document_id
            WHERE document.patient_id = NEW.patient_id AND version.wrapped_key IS NOT NULL
        ) OR NOT EXISTS (SELECT FROM retention_stub WHERE item_id = NEW.id) OR NOT EXISTS (
            SELECT FROM patients_patient WHERE chart_id = NEW.patient_id AND status = 'DESTROYED'
        )
    ) THEN
        RAISE EXCEPTION 'A chart is destroyed when every key is erased and its stub is written'
            USING ERRCODE = 'restrict_violation';
    END IF;
    NEW.decided_at := statement_timestamp();
    RETURN NEW;
END $$;
CREATE TRIGGER retention_item_is_guarded BEFORE INSERT OR UPDATE OR DELETE ON retention_batchitem
    FOR EACH ROW EXECUTE FUNCTION retention_guard_item();
CREATE TRIGGER retention_item_never_truncated BEFORE TRUNCATE ON retention_batchitem
    FOR EACH STATEMENT EXECUTE FUNCTION retention_guard_item();

CREATE FUNCTION retention_guard_certificate() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF NOT EXISTS (
        SELECT FROM retention_batch WHERE id = NEW.batch_id AND status = 'EXECUTING'
    ) OR EXISTS (
        SELECT FROM retention_batchitem
        WHERE batch_id = NEW.batch_id
          AND (outcome = 'WAITING' OR outcome = 'DESTROYED' AND bytes_removed_at IS NULL)
    ) OR NOT EXISTS (
        SELECT FROM retention_batchitem WHERE batch_id = NEW.batch_id AND outcome = 'DESTROYED'
    ) THEN
        RAISE EXCEPTION 'A certificate is issued when all of its batch is carried out'
            USING ERRCODE = 'restrict_violation';
    END IF;
    NEW.issued_at := statement_timestamp();
    RETURN NEW;
END $$;
CREATE TRIGGER retention_certificate_is_guarded BEFORE INSERT ON retention_certificate
    FOR EACH ROW EXECUTE FUNCTION retention_guard_certificate();
"""
DROP_BATCHES = """
DROP TRIGGER retention_certificate_is_guarded ON retention_certificate;
DROP FUNCTION retention_guard_certificate();
DROP TRIGGER retention_item_never_truncated ON retention_batchitem;
DROP TRIGGER retention_item_is_guarded ON retention_batchitem;
DROP FUNCTION retention_guard_item();
DROP TRIGGER retention_approval_is_guarded ON retention_batchapproval;
DROP FUNCTION retention_guard_approval();
DROP TRIGGER retention_batch_never_truncated ON retention_batch;
DROP TRIGGER retention_batch_is_guarded ON retention_batch;
DROP FUNCTION retention_guard_batch();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("retention", "0001_initial"),
        ("audit", "0001_initial"),
        ("documents", "0001_initial"),
        ("patients", "0001_initial"),
    ]

    operations = [
        InsertOnly("retention_batchapproval"),
        InsertOnly("retention_batchstatuschange"),
        InsertOnly("retention_certificate"),
        InsertOnly("retention_holddocument"),
        InsertOnly("retention_stub"),
        TrackChanges("retention_ageofmajority"),
        TrackChanges("retention_batch"),
        TrackChanges("retention_batchapproval"),
        TrackChanges("retention_batchitem"),
        TrackChanges("retention_batchstatuschange"),
        TrackChanges("retention_certificate"),
        TrackChanges("retention_hold"),
        TrackChanges("retention_holddocument"),
        TrackChanges("retention_holdpatient"),
        TrackChanges("retention_schedulerule"),
        TrackChanges("retention_stub", key="patient_id"),
        migrations.RunSQL(HOLDS, DROP_HOLDS),
        migrations.RunSQL(DIGEST, DROP_DIGEST),
        migrations.RunSQL(BATCHES, DROP_BATCHES),
    ]
