"""What was written about a patient in histories goes with the chart; that it happened stays.

Rows of histories are only ever added. The one exception is made by the owner's function alone:
once the chart is destroyed it takes the words out of them, and leaves who did what, and when.
"""

from django.db import migrations

TEXTS = {
    "encounters_encountermove": "from_location,to_location",
    "encounters_encounterstatuschange": "reason",
    "documents_documentmove": "reason",
    "documents_documentstatuschange": "reason",
}
KEEP = """
CREATE FUNCTION retention_keep_words() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    words constant text[] := string_to_array(TG_ARGV[0], ',');
    was constant jsonb := to_jsonb(OLD);
    its_status text;
BEGIN
    IF TG_OP = 'UPDATE' AND to_jsonb(NEW) - words = was - words AND NOT EXISTS (
        SELECT FROM unnest(words) word WHERE to_jsonb(NEW) ->> word <> 'Chart destroyed'
    ) THEN
        IF was ? 'encounter_id' THEN
            SELECT patient.status INTO its_status FROM encounters_encounter own
            JOIN patients_patient patient ON patient.chart_id = own.patient_id
            WHERE own.id = (was ->> 'encounter_id')::bigint;
        ELSE
            SELECT patient.status INTO its_status FROM documents_document own
            JOIN patients_patient patient ON patient.chart_id = own.patient_id
            WHERE own.id = (was ->> 'document_id')::bigint;
        END IF;
        IF its_status = 'DESTROYED' THEN
            RETURN NEW;
        END IF;
    END IF;
    RAISE EXCEPTION '% of % is refused: its rows are only ever added', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation';
END $$;

CREATE FUNCTION retention_forget_words(patient bigint) RETURNS void LANGUAGE plpgsql
SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    gone constant text := 'Chart destroyed';
BEGIN
    IF NOT EXISTS (
        SELECT FROM patients_patient WHERE chart_id = patient AND status = 'DESTROYED'
    ) THEN
        RAISE EXCEPTION 'Words are kept as long as the chart' USING ERRCODE = 'restrict_violation';
    END IF;
    UPDATE encounters_encounter SET location = '' WHERE patient_id = patient AND location <> '';
    UPDATE encounters_encountermove SET from_location = gone, to_location = gone
     WHERE encounter_id IN (SELECT id FROM encounters_encounter WHERE patient_id = patient);
    UPDATE encounters_encounterstatuschange SET reason = gone
     WHERE reason <> '' AND encounter_id IN (
         SELECT id FROM encounters_encounter WHERE patient_id = patient);
    UPDATE documents_documentmove SET reason = gone
     WHERE document_id IN (SELECT id FROM documents_document WHERE patient_id = patient);
    UPDATE documents_documentstatuschange SET reason = gone
     WHERE reason <> '' AND to_status <> 'DESTROYED' AND document_id IN (
         SELECT id FROM documents_document WHERE patient_id = patient);
END $$;
"""
DROP = """
DROP FUNCTION retention_forget_words(bigint);
DROP FUNCTION retention_keep_words();
"""
# Charts destroyed before this promise.
FORGET = """
SELECT retention_forget_words(chart_id) FROM patients_patient WHERE status = 'DESTROYED';
"""


def _trigger(table: str) -> migrations.RunSQL:
    """Let the words of a destroyed chart go where everything was refused before."""
    drop = f'DROP TRIGGER "{table}_insert_only" ON "{table}";'
    on = f'CREATE TRIGGER "{table}_insert_only" BEFORE UPDATE OR DELETE ON "{table}" FOR EACH ROW'
    return migrations.RunSQL(
        f"{drop} {on} EXECUTE FUNCTION retention_keep_words('{TEXTS[table]}');",
        f"{drop} {on} EXECUTE FUNCTION audit_refuse_change();",
    )


class Migration(migrations.Migration):
    dependencies = [
        ("retention", "0005_stub_of_a_destruction"),
        ("encounters", "0002_promises"),
        ("documents", "0005_moves_undone"),
        ("patients", "0005_numbers_of_destroyed"),
    ]

    operations = [
        migrations.RunSQL(KEEP, DROP),
        *map(_trigger, TEXTS),
        migrations.RunSQL(FORGET, migrations.RunSQL.noop),
    ]
