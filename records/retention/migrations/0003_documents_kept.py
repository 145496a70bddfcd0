"""The promise about documents: bytes never change, and nothing is destroyed in any other way.

A key goes only inside an executing batch with its two approvals, and never while a hold covers
the document or its patient. The patient's row is locked first and the holds are looked for in a
new statement: a hold is a row whose foreign key needs that same lock, so one that commits before
the erasure is always seen. That holds only where each statement has a snapshot of its own, so any
other isolation level is refused.
"""

from django.db import migrations

AUTHORITY = """
CREATE FUNCTION retention_check_destruction(patient bigint) RETURNS void LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    today constant date := (statement_timestamp() AT TIME ZONE 'UTC')::date;
BEGIN
    IF current_setting('transaction_isolation') <> 'read committed' THEN
        RAISE EXCEPTION 'Nothing is destroyed in a transaction that may not see the newest holds'
            USING ERRCODE = 'restrict_violation';
    END IF;
    PERFORM FROM patients_patient WHERE chart_id = patient FOR UPDATE;
    IF EXISTS (
        SELECT FROM retention_holdpatient WHERE patient_id = patient AND lifted_at IS NULL
    ) THEN
        RAISE EXCEPTION 'A hold stands on patient %: nothing of the chart is destroyed', patient
            USING ERRCODE = 'restrict_violation';
    END IF;
    IF NOT EXISTS (
        SELECT FROM retention_batchitem item
        JOIN retention_batch batch ON batch.id = item.batch_id
        JOIN retention_batchapproval one ON one.batch_id = batch.id AND one.round = batch.round
            AND one.step = 'FIRST' AND one.digest = batch.digest
        JOIN retention_batchapproval two ON two.batch_id = batch.id AND two.round = batch.round
            AND two.step = 'SECOND' AND two.digest = batch.digest
        WHERE item.patient_id = patient AND item.outcome = 'WAITING'
          AND item.eligible_on <= today
          AND batch.status = 'EXECUTING'
          AND one.approved_by_id <> two.approved_by_id
          AND batch.proposed_by_id NOT IN (one.approved_by_id, two.approved_by_id)
    ) THEN
        RAISE EXCEPTION 'Nothing is destroyed outside an approved batch that is being carried out'
            USING ERRCODE = 'restrict_violation';
    END IF;
END $$;
"""
DROP_AUTHORITY = "DROP FUNCTION retention_check_destruction(bigint)"

VERSIONS = """
CREATE FUNCTION retention_keep_version() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    free constant text[] := '{wrapped_key,key_id,key_erased_at,bytes_removed_at}';
    its_patient bigint;
    its_status text;
BEGIN
    IF TG_OP IN ('DELETE', 'TRUNCATE') THEN
        RAISE EXCEPTION 'A document is never deleted' USING ERRCODE = 'restrict_violation';
    END IF;
    SELECT patient_id INTO its_patient FROM documents_document WHERE id = NEW.document_id;
    IF TG_OP = 'INSERT' THEN
        PERFORM FROM patients_patient WHERE chart_id = its_patient FOR KEY SHARE;
        SELECT status INTO its_status FROM documents_document WHERE id = NEW.document_id;
        IF its_status = 'DESTROYED' THEN
            RAISE EXCEPTION 'The document is destroyed; it takes no new version'
                USING ERRCODE = 'restrict_violation';
        END IF;
        RETURN NEW;
    END IF;
    IF to_jsonb(NEW) - free IS DISTINCT FROM to_jsonb(OLD) - free THEN
        RAISE EXCEPTION 'A document''s bytes never change: a correction is a new version'
            USING ERRCODE = 'restrict_violation';
    END IF;
    IF NEW.wrapped_key IS NOT DISTINCT FROM OLD.wrapped_key THEN
        IF NEW.key_id <> OLD.key_id OR NEW.key_erased_at IS DISTINCT FROM OLD.key_erased_at
           OR NEW.bytes_removed_at IS DISTINCT FROM OLD.bytes_removed_at AND (
               OLD.wrapped_key IS NOT NULL OR OLD.bytes_removed_at IS NOT NULL
           ) THEN
            RAISE EXCEPTION 'Bytes are removed once, after their key is erased'
                USING ERRCODE = 'restrict_violation';
        END IF;
        IF NEW.bytes_removed_at IS NOT NULL AND OLD.bytes_removed_at IS NULL THEN
            NEW.bytes_removed_at := statement_timestamp();
        END IF;
        RETURN NEW;
    END IF;
    IF OLD.wrapped_key IS NULL OR NEW.bytes_removed_at IS NOT NULL THEN
        RAISE EXCEPTION 'An erased key never comes back' USING ERRCODE = 'restrict_violation';
    END IF;
    IF NEW.wrapped_key IS NOT NULL THEN
        IF NEW.key_erased_at IS NOT NULL OR NOT pg_has_role(
            session_user, (SELECT relowner FROM pg_class WHERE oid = TG_RELID), 'MEMBER'
        ) THEN
            RAISE EXCEPTION 'Only the owner wraps keys anew' USING ERRCODE = 'restrict_violation';
        END IF;
        RETURN NEW;
    END IF;
    PERFORM retention_check_destruction(its_patient);
    -- The patient is locked now; has the document been moved meanwhile?
    IF NOT EXISTS (
        SELECT FROM documents_document WHERE id = NEW.document_id AND patient_id = its_patient
    ) THEN
        RAISE EXCEPTION 'The document was moved to another chart meanwhile'
            USING ERRCODE = 'restrict_violation';
    END IF;
    IF EXISTS (
        SELECT FROM retention_holddocument moved
        JOIN retention_hold hold ON hold.id = moved.hold_id
        WHERE moved.document_id = NEW.document_id AND hold.lifted_at IS NULL
    ) THEN
        RAISE EXCEPTION 'A hold stands on document %: it came out of a held chart', NEW.document_id
            USING ERRCODE = 'restrict_violation';
    END IF;
    NEW.key_erased_at := statement_timestamp();
    RETURN NEW;
END $$;
CREATE TRIGGER retention_version_is_kept
    BEFORE INSERT OR UPDATE OR DELETE ON documents_documentversion
    FOR EACH ROW EXECUTE FUNCTION retention_keep_version();
CREATE TRIGGER retention_version_never_truncated BEFORE TRUNCATE ON documents_documentversion
    FOR EACH STATEMENT EXECUTE FUNCTION retention_keep_version();
"""
DROP_VERSIONS = """
DROP TRIGGER retention_version_never_truncated ON documents_documentversion;
DROP TRIGGER retention_version_is_kept ON documents_documentversion;
DROP FUNCTION retention_keep_version();
"""

DOCUMENTS = """
CREATE FUNCTION retention_keep_document() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    its_status text;
BEGIN
    IF TG_OP IN ('DELETE', 'TRUNCATE') THEN
        RAISE EXCEPTION 'A document is never deleted' USING ERRCODE = 'restrict_violation';
    END IF;
    IF TG_OP = 'UPDATE' THEN
        IF OLD.status = 'DESTROYED' THEN
            RAISE EXCEPTION 'A destroyed document stays as it is'
                USING ERRCODE = 'restrict_violation';
        END IF;
        IF NEW.id <> OLD.id OR NEW.source <> OLD.source OR NEW.filed_at <> OLD.filed_at
           OR NEW.filed_by_id <> OLD.filed_by_id THEN
            RAISE EXCEPTION 'When, how and by whom a document was filed never changes'
                USING ERRCODE = 'restrict_violation';
        END IF;
        IF NEW.status = 'DESTROYED' THEN
            IF NEW.patient_id <> OLD.patient_id OR EXISTS (
                SELECT FROM documents_documentversion
                WHERE document_id = NEW.id AND wrapped_key IS NOT NULL
            ) THEN
                RAISE EXCEPTION 'A document is destroyed when every key of it is erased'
                    USING ERRCODE = 'restrict_violation';
            END IF;
            PERFORM retention_check_destruction(NEW.patient_id);
            RETURN NEW;
        END IF;
        IF NEW.patient_id = OLD.patient_id THEN
            RETURN NEW;
        END IF;
        -- Out of a held chart the hold goes along; the lock makes a hold placed now be seen.
        PERFORM FROM patients_patient
            WHERE chart_id IN (OLD.patient_id, NEW.patient_id) ORDER BY chart_id FOR UPDATE;
        INSERT INTO retention_holddocument (hold_id, document_id, created_at)
            SELECT hold_id, NEW.id, statement_timestamp() FROM retention_holdpatient
            WHERE patient_id = OLD.patient_id AND lifted_at IS NULL
            ON CONFLICT DO NOTHING;
    END IF;
    SELECT status INTO its_status FROM patients_patient
        WHERE chart_id = NEW.patient_id FOR KEY SHARE;
    IF its_status = 'DESTROYED' THEN
        RAISE EXCEPTION 'The chart of patient % is destroyed; it takes no document',
            NEW.patient_id USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER retention_document_is_kept
    BEFORE INSERT OR UPDATE OR DELETE ON documents_document
    FOR EACH ROW EXECUTE FUNCTION retention_keep_document();
CREATE TRIGGER retention_document_never_truncated BEFORE TRUNCATE ON documents_document
    FOR EACH STATEMENT EXECUTE FUNCTION retention_keep_document();
"""
DROP_DOCUMENTS = """
DROP TRIGGER retention_document_never_truncated ON documents_document;
DROP TRIGGER retention_document_is_kept ON documents_document;
DROP FUNCTION retention_keep_document();
"""

UNFILED = """
CREATE FUNCTION retention_keep_unfiled() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF TG_OP IN ('DELETE', 'TRUNCATE') THEN
        RAISE EXCEPTION 'A received file is never deleted' USING ERRCODE = 'restrict_violation';
    END IF;
    IF (NEW.id, NEW.kind, NEW.media_type, NEW.byte_size, NEW.page_count, NEW.page_sizes,
        NEW.sha256, NEW.storage_name, NEW.received_at, NEW.received_by_id)
       IS DISTINCT FROM
       (OLD.id, OLD.kind, OLD.media_type, OLD.byte_size, OLD.page_count, OLD.page_sizes,
        OLD.sha256, OLD.storage_name, OLD.received_at, OLD.received_by_id) THEN
        RAISE EXCEPTION 'The bytes of a received file never change'
            USING ERRCODE = 'restrict_violation';
    END IF;
    IF NEW.bytes_removed_at IS DISTINCT FROM OLD.bytes_removed_at THEN
        IF OLD.wrapped_key IS NOT NULL OR OLD.bytes_removed_at IS NOT NULL THEN
            RAISE EXCEPTION 'Bytes are removed once, after their key is erased'
                USING ERRCODE = 'restrict_violation';
        END IF;
        NEW.bytes_removed_at := statement_timestamp();
    END IF;
    IF NEW.wrapped_key IS NOT DISTINCT FROM OLD.wrapped_key THEN
        RETURN NEW;
    END IF;
    IF OLD.wrapped_key IS NULL THEN
        RAISE EXCEPTION 'An erased key never comes back' USING ERRCODE = 'restrict_violation';
    END IF;
    IF NEW.wrapped_key IS NOT NULL THEN
        IF NOT pg_has_role(
            session_user, (SELECT relowner FROM pg_class WHERE oid = TG_RELID), 'MEMBER'
        ) THEN
            RAISE EXCEPTION 'Only the owner wraps keys anew' USING ERRCODE = 'restrict_violation';
        END IF;
        RETURN NEW;
    END IF;
    -- Filed means that the chart's own copy of the very same bytes stands under a key of its own.
    IF NEW.status <> 'FILED' OR NOT EXISTS (
        SELECT FROM documents_documentversion
        WHERE document_id = NEW.document_id AND sha256 = NEW.sha256
    ) THEN
        RAISE EXCEPTION 'The key of a received file goes only when the file is in a chart'
            USING ERRCODE = 'restrict_violation';
    END IF;
    NEW.key_erased_at := statement_timestamp();
    RETURN NEW;
END $$;
CREATE TRIGGER retention_unfiled_is_kept BEFORE UPDATE OR DELETE ON documents_unfiledfile
    FOR EACH ROW EXECUTE FUNCTION retention_keep_unfiled();
CREATE TRIGGER retention_unfiled_never_truncated BEFORE TRUNCATE ON documents_unfiledfile
    FOR EACH STATEMENT EXECUTE FUNCTION retention_keep_unfiled();
"""
DROP_UNFILED = """
DROP TRIGGER retention_unfiled_never_truncated ON documents_unfiledfile;
DROP TRIGGER retention_unfiled_is_kept ON documents_unfiledfile;
DROP FUNCTION retention_keep_unfiled();
"""

PATIENTS = """
CREATE FUNCTION retention_keep_patient() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF OLD.status = 'DESTROYED' THEN
        RAISE EXCEPTION 'A destroyed chart does not come back'
            USING ERRCODE = 'restrict_violation';
    END IF;
    IF NEW.status = 'DESTROYED' THEN
        IF EXISTS (
            SELECT FROM documents_document WHERE patient_id = NEW.chart_id AND status <> 'DESTROYED'
        ) THEN
            RAISE EXCEPTION 'A chart is destroyed when every document of it is'
                USING ERRCODE = 'restrict_violation';
        END IF;
        PERFORM retention_check_destruction(NEW.chart_id);
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER retention_patient_is_kept BEFORE UPDATE OF status ON patients_patient
    FOR EACH ROW WHEN (NEW.status IS DISTINCT FROM OLD.status)
    EXECUTE FUNCTION retention_keep_patient();
"""
DROP_PATIENTS = """
DROP TRIGGER retention_patient_is_kept ON patients_patient;
DROP FUNCTION retention_keep_patient();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("retention", "0002_promises"),
        ("documents", "0001_initial"),
        ("patients", "0001_initial"),
    ]

    operations = [
        migrations.RunSQL(AUTHORITY, DROP_AUTHORITY),
        migrations.RunSQL(VERSIONS, DROP_VERSIONS),
        migrations.RunSQL(DOCUMENTS, DROP_DOCUMENTS),
        migrations.RunSQL(UNFILED, DROP_UNFILED),
        migrations.RunSQL(PATIENTS, DROP_PATIENTS),
    ]
