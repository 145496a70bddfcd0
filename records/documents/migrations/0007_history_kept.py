"""What was said of a document, before and after, goes only with the chart that it lies in."""

from django.db import migrations

# An entry of a name, address or number is about the patient whom its row's first entry names;
# a purge removes the entries of a row together, so all of them are looked through at its end.
# An entry of a document is about the patient in whose chart it lies.
GUARD = """
CREATE OR REPLACE FUNCTION patients_guard_history() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF COALESCE(current_setting('chartroom.actor', true), '') = '' THEN
        RAISE EXCEPTION 'History is removed by somebody' USING ERRCODE = 'restrict_violation';
    END IF;
    IF EXISTS (
        WITH known AS (
            SELECT content_type_id, object_id, changes FROM gone
            UNION ALL
            SELECT entry.content_type_id, entry.object_id, entry.changes
            FROM auditlog_logentry entry
            JOIN gone ON gone.content_type_id = entry.content_type_id
                AND gone.object_id = entry.object_id
        )
        SELECT FROM gone
        JOIN django_content_type kind ON kind.id = gone.content_type_id
        WHERE NOT EXISTS (
            SELECT FROM patients_patient patient
            WHERE patient.status = 'DESTROYED' AND kind.app_label = 'patients' AND (
                kind.model = 'patient' AND patient.chart_id = gone.object_id
                OR kind.model <> 'patient' AND EXISTS (
                    SELECT FROM known
                    WHERE known.content_type_id = gone.content_type_id
                      AND known.object_id = gone.object_id
                      AND known.changes -> 'patient' ? patient.chart_id::text
                )
            )
        ){documents}
    ) THEN
        RAISE EXCEPTION 'The history of a chart is kept as long as the chart'
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NULL;
END $$;
"""
DOCUMENTS = """ AND NOT EXISTS (
            SELECT FROM documents_document document
            JOIN patients_patient patient ON patient.chart_id = document.patient_id
            WHERE patient.status = 'DESTROYED' AND document.id = gone.object_id
              AND kind.app_label = 'documents' AND kind.model = 'document'
        )"""


class Migration(migrations.Migration):
    dependencies = [
        ("documents", "0006_step_by_step"),
        ("patients", "0004_history_kept"),
    ]

    operations = [
        migrations.RunSQL(GUARD.replace("{documents}", DOCUMENTS), GUARD.replace("{documents}", ""))
    ]
