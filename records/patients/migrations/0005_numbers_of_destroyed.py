"""Numbers that are not the house's own go with the chart; record numbers are never used again.

Charts destroyed before this promise still hold theirs; they go here.
"""

from django.db import migrations

# rules 4.6: record numbers belong to the residual abstract, all other numbers do not.
FORGET = """
DELETE FROM patients_identifier
 USING patients_patient patient
 WHERE patient.chart_id = patients_identifier.patient_id AND patient.status = 'DESTROYED'
   AND patients_identifier.kind NOT IN ('MRN', 'FORMER_MRN', 'OTHER_MRN', 'ENTERPRISE');
"""
NUMBERS = """
CREATE FUNCTION patients_guard_numbers() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF EXISTS (
        SELECT FROM gone WHERE kind IN ('MRN', 'FORMER_MRN', 'OTHER_MRN', 'ENTERPRISE')
    ) THEN
        RAISE EXCEPTION 'A record number is never deleted, so that it is never used again'
            USING ERRCODE = 'restrict_violation';
    END IF;
    IF EXISTS (
        SELECT FROM gone
        LEFT JOIN patients_patient patient ON patient.chart_id = gone.patient_id
        WHERE patient.status IS DISTINCT FROM 'DESTROYED'
    ) THEN
        RAISE EXCEPTION 'A number of a patient is kept as long as the chart'
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER patients_numbers_are_kept AFTER DELETE ON patients_identifier
    REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION patients_guard_numbers();
"""
DROP_NUMBERS = """
DROP TRIGGER patients_numbers_are_kept ON patients_identifier;
DROP FUNCTION patients_guard_numbers();
"""


class Migration(migrations.Migration):
    dependencies = [("patients", "0004_history_kept")]

    operations = [
        migrations.RunSQL(FORGET, migrations.RunSQL.noop),
        migrations.RunSQL(NUMBERS, DROP_NUMBERS),
    ]
