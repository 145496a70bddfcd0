"""Nobody approves in another person's name, and what was approved stays as it was.

A step of a request is taken in the name of who takes it: its history row first, the request after
it. Without that row no status changes, so no step is missing from the history.
"""

from django.db import migrations

STEPS = """
CREATE FUNCTION requests_release_guard_name() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF NEW.changed_by_id::text IS DISTINCT FROM current_setting('chartroom.actor', true) THEN
        RAISE EXCEPTION 'Nobody takes a step of a request in the name of another person'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER requests_release_change_name BEFORE INSERT
    ON requests_release_requeststatuschange FOR EACH ROW
    EXECUTE FUNCTION requests_release_guard_name();

CREATE FUNCTION requests_release_guard_approved() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    step requests_release_requeststatuschange;
    fixed constant text[] := '{patient_id,requester_id,recipient_name,recipient_address,kind,purpose,
        purpose_note,basis,medium,scope,scope_from,scope_until,received_on,page_count,
        identity_proof,reviewed_classes,review_note,has_part2_order,is_emergency,has_no_records,
        submitted_at,submitted_by_id,approved_at,approved_by_id}';
    now_row constant jsonb := to_jsonb(NEW);
    old_row constant jsonb := to_jsonb(OLD);
BEGIN
    IF NEW.status <> OLD.status THEN
        SELECT * INTO step FROM requests_release_requeststatuschange
        WHERE request_id = NEW.id ORDER BY id DESC LIMIT 1;
        IF (step.from_status, step.to_status) IS DISTINCT FROM (OLD.status, NEW.status) THEN
            RAISE EXCEPTION 'A step of a request stands in its history first'
                USING ERRCODE = 'check_violation';
        END IF;
    END IF;
    IF NEW.approved_by_id IS NOT NULL AND OLD.approved_by_id IS NULL AND (
        NEW.status <> 'APPROVED' OR OLD.status <> 'SUBMITTED'
        OR NEW.approved_by_id IS DISTINCT FROM step.changed_by_id
    ) THEN
        RAISE EXCEPTION 'Nobody approves in the name of another person'
            USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.approved_by_id IS NOT NULL AND OLD.approved_by_id IS NOT NULL AND EXISTS (
        SELECT FROM unnest(fixed) name WHERE now_row -> name IS DISTINCT FROM old_row -> name
    ) THEN
        RAISE EXCEPTION 'What was approved changes only when the approval is taken back'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER requests_release_request_in_own_name BEFORE UPDATE
    ON requests_release_request FOR EACH ROW
    EXECUTE FUNCTION requests_release_guard_approved();
"""
DROP_STEPS = """
DROP TRIGGER requests_release_request_in_own_name ON requests_release_request;
DROP FUNCTION requests_release_guard_approved();
DROP TRIGGER requests_release_change_name ON requests_release_requeststatuschange;
DROP FUNCTION requests_release_guard_name();
"""


class Migration(migrations.Migration):
    dependencies = [("requests_release", "0004_repeats")]

    operations = [migrations.RunSQL(STEPS, DROP_STEPS)]
