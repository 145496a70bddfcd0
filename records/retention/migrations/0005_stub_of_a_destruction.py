"""A stub says that a chart is gone; it is written inside the destruction itself or not at all."""

from django.db import migrations

STUBS = """
CREATE FUNCTION retention_guard_stub() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    PERFORM retention_check_destruction(NEW.patient_id);
    IF NOT EXISTS (
        SELECT FROM retention_batchitem item
        JOIN retention_batch batch ON batch.id = item.batch_id
        WHERE item.id = NEW.item_id AND item.patient_id = NEW.patient_id
          AND item.outcome = 'WAITING' AND batch.status = 'EXECUTING'
    ) OR NOT EXISTS (
        SELECT FROM patients_patient WHERE chart_id = NEW.patient_id AND status = 'DESTROYED'
    ) OR EXISTS (
        SELECT FROM documents_documentversion version
        JOIN documents_document document ON document.id = version.document_id
        WHERE document.patient_id = NEW.patient_id AND version.wrapped_key IS NOT NULL
    ) THEN
        RAISE EXCEPTION 'A stub is written of a chart that its batch has just destroyed'
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER retention_stub_is_guarded BEFORE INSERT ON retention_stub
    FOR EACH ROW EXECUTE FUNCTION retention_guard_stub();
"""
DROP_STUBS = """
DROP TRIGGER retention_stub_is_guarded ON retention_stub;
DROP FUNCTION retention_guard_stub();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("retention", "0004_hold_sent_once"),
        ("patients", "0003_submitted_once"),
        ("documents", "0001_initial"),
    ]

    operations = [migrations.RunSQL(STUBS, DROP_STUBS)]
