"""What the database itself promises of requests, approvals, packages and disclosures."""

from django.db import migrations

from audit.append_only import InsertOnly, TrackChanges

# Alike to `requests_release.rules.transitions.MOVES`; a test compares every pair.
MOVES = """
CREATE FUNCTION requests_release_may_move(from_status text, to_status text) RETURNS boolean
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT from_status || '>' || to_status = ANY (ARRAY[
        'LOGGED>IN_PREPARATION', 'LOGGED>WITHDRAWN',
        'IN_PREPARATION>SUBMITTED', 'IN_PREPARATION>ON_HOLD', 'IN_PREPARATION>WITHDRAWN',
        'ON_HOLD>IN_PREPARATION', 'ON_HOLD>WITHDRAWN',
        'SUBMITTED>APPROVED', 'SUBMITTED>RETURNED', 'SUBMITTED>DENIED',
        'SUBMITTED>NO_RECORDS', 'SUBMITTED>IN_PREPARATION', 'SUBMITTED>WITHDRAWN',
        'RETURNED>IN_PREPARATION', 'RETURNED>WITHDRAWN',
        'APPROVED>PACKAGING', 'APPROVED>IN_PREPARATION', 'APPROVED>WITHDRAWN',
        'PACKAGING>READY', 'PACKAGING>APPROVED',
        'READY>DELIVERED', 'READY>IN_PREPARATION', 'READY>WITHDRAWN',
        'DELIVERED>CLOSED', 'DENIED>CLOSED', 'NO_RECORDS>CLOSED'
    ])
$$;
"""
DROP_MOVES = "DROP FUNCTION requests_release_may_move(text, text);"

# The request's own row is the lock on which preparing and approving meet: an approval and a new
# preparer cannot both slip past each other.
SEPARATION = """
CREATE FUNCTION requests_release_guard_request() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NEW.status <> 'LOGGED' OR NEW.approved_by_id IS NOT NULL THEN
            RAISE EXCEPTION 'A request begins as logged' USING ERRCODE = 'check_violation';
        END IF;
        RETURN NEW;
    END IF;
    IF NEW.status <> OLD.status AND NOT requests_release_may_move(OLD.status, NEW.status) THEN
        RAISE EXCEPTION 'A request cannot go from % to %', OLD.status, NEW.status
            USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.approved_by_id IS NOT NULL AND EXISTS (
        SELECT FROM requests_release_requestpreparer
        WHERE request_id = NEW.id AND person_id = NEW.approved_by_id
    ) THEN
        RAISE EXCEPTION 'A release is approved by somebody other than its preparers'
            USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.status <> OLD.status AND (
        NEW.status = 'APPROVED' OR (NEW.status = 'SUBMITTED' AND NOT NEW.has_no_records)
    ) THEN
        PERFORM requests_release_check_grounds(NEW.id, NEW.basis);
    END IF;
    RETURN NEW;
END $$;

CREATE FUNCTION requests_release_check_grounds(asked bigint, ground text) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM requests_release_requestitem WHERE request_id = asked) THEN
        RAISE EXCEPTION 'A request without documents cannot be released'
            USING ERRCODE = 'check_violation';
    END IF;
    IF ground = '508' AND (
        SELECT revoked_on IS NULL FROM requests_release_authorization
        WHERE request_id = asked ORDER BY id DESC LIMIT 1
    ) IS NOT TRUE THEN
        RAISE EXCEPTION 'A request on the ground of an authorization needs one that stands'
            USING ERRCODE = 'check_violation';
    END IF;
END $$;

CREATE TRIGGER requests_release_request_guard BEFORE INSERT OR UPDATE
    ON requests_release_request FOR EACH ROW EXECUTE FUNCTION requests_release_guard_request();

CREATE FUNCTION requests_release_guard_preparer() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    approver bigint;
BEGIN
    SELECT approved_by_id INTO approver FROM requests_release_request
    WHERE id = NEW.request_id FOR UPDATE;
    IF approver = NEW.person_id THEN
        RAISE EXCEPTION 'Who approved a release cannot become its preparer while that stands'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER requests_release_preparer_guard BEFORE INSERT
    ON requests_release_requestpreparer FOR EACH ROW
    EXECUTE FUNCTION requests_release_guard_preparer();

CREATE FUNCTION requests_release_guard_change() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    PERFORM FROM requests_release_request WHERE id = NEW.request_id FOR UPDATE;
    IF NEW.to_status IN ('APPROVED', 'RETURNED', 'DENIED', 'NO_RECORDS') AND EXISTS (
        SELECT FROM requests_release_requestpreparer
        WHERE request_id = NEW.request_id AND person_id = NEW.changed_by_id
    ) THEN
        RAISE EXCEPTION 'A release is decided by somebody other than its preparers'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER requests_release_change_guard BEFORE INSERT
    ON requests_release_requeststatuschange FOR EACH ROW
    EXECUTE FUNCTION requests_release_guard_change();
"""
DROP_SEPARATION = """
DROP TRIGGER requests_release_change_guard ON requests_release_requeststatuschange;
DROP TRIGGER requests_release_preparer_guard ON requests_release_requestpreparer;
DROP TRIGGER requests_release_request_guard ON requests_release_request;
DROP FUNCTION requests_release_guard_change();
DROP FUNCTION requests_release_guard_preparer();
DROP FUNCTION requests_release_guard_request();
DROP FUNCTION requests_release_check_grounds(bigint, text);
"""

# The document is locked against a move to another chart while it is being chosen.
RIGHT_PATIENT = """
CREATE FUNCTION requests_release_guard_item() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    asked record;
    chosen record;
    touched bigint := CASE WHEN TG_OP = 'DELETE' THEN OLD.request_id ELSE NEW.request_id END;
BEGIN
    SELECT patient_id, status INTO asked FROM requests_release_request
    WHERE id = touched FOR UPDATE;
    IF asked.status NOT IN ('LOGGED', 'IN_PREPARATION', 'ON_HOLD', 'RETURNED') THEN
        RAISE EXCEPTION 'What a request holds is fixed while it is %', asked.status
            USING ERRCODE = 'check_violation';
    END IF;
    IF TG_OP = 'DELETE' THEN
        RETURN OLD;
    END IF;
    SELECT patient_id, status INTO chosen FROM documents_document
    WHERE id = NEW.document_id FOR SHARE;
    IF chosen.patient_id IS DISTINCT FROM asked.patient_id THEN
        RAISE EXCEPTION 'A document of another patient cannot be put into this request'
            USING ERRCODE = 'check_violation';
    END IF;
    IF chosen.status <> 'CURRENT' THEN
        RAISE EXCEPTION 'Only a current document can be put into a request'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER requests_release_item_guard BEFORE INSERT OR UPDATE OR DELETE
    ON requests_release_requestitem FOR EACH ROW
    EXECUTE FUNCTION requests_release_guard_item();
CREATE TRIGGER requests_release_authorization_guard BEFORE INSERT
    ON requests_release_authorization FOR EACH ROW
    EXECUTE FUNCTION requests_release_guard_item();

CREATE FUNCTION requests_release_guard_pages() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF EXISTS (
        SELECT FROM documents_documentversion version, unnest(NEW.pages) AS page
        WHERE version.document_id = NEW.document_id AND version.number = NEW.version_number
          AND (page IS NULL OR page < 1 OR page > version.page_count)
    ) THEN
        RAISE EXCEPTION 'A page is chosen that its document has not'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER requests_release_pages_guard BEFORE INSERT OR UPDATE
    ON requests_release_requestitem FOR EACH ROW
    EXECUTE FUNCTION requests_release_guard_pages();

ALTER TABLE requests_release_requestitem
    ADD CONSTRAINT requests_release_requestitem_version_exists
    FOREIGN KEY (document_id, version_number)
    REFERENCES documents_documentversion (document_id, number);
ALTER TABLE requests_release_authorization
    ADD CONSTRAINT requests_release_authorization_version_exists
    FOREIGN KEY (document_id, version_number)
    REFERENCES documents_documentversion (document_id, number);
"""
DROP_RIGHT_PATIENT = """
ALTER TABLE requests_release_authorization
    DROP CONSTRAINT requests_release_authorization_version_exists;
ALTER TABLE requests_release_requestitem
    DROP CONSTRAINT requests_release_requestitem_version_exists;
DROP TRIGGER requests_release_pages_guard ON requests_release_requestitem;
DROP FUNCTION requests_release_guard_pages();
DROP TRIGGER requests_release_authorization_guard ON requests_release_authorization;
DROP TRIGGER requests_release_item_guard ON requests_release_requestitem;
DROP FUNCTION requests_release_guard_item();
"""

# Both halves are looked at when the transaction commits, so that either order of the two
# statements is fine and neither may be missing.
FULFILMENT = """
CREATE FUNCTION requests_release_check_delivered() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF NOT EXISTS (
        SELECT FROM requests_release_disclosure told
        JOIN requests_release_delivery sent ON sent.id = told.delivery_id
        JOIN requests_release_package bound ON bound.id = told.package_id
        WHERE told.request_id = NEW.id AND told.patient_id = NEW.patient_id
          AND sent.request_id = NEW.id AND sent.package_id = bound.id
          AND sent.used_at IS NOT NULL
          AND bound.request_id = NEW.id AND bound.state = 'READY'
          AND told.package_sha256 = bound.sha256
          AND told.manifest_sha256 = bound.manifest_sha256
    ) THEN
        RAISE EXCEPTION 'A request is delivered only together with its disclosure'
            USING ERRCODE = 'check_violation';
    END IF;
    PERFORM requests_release_check_grounds(NEW.id, NEW.basis);
    PERFORM FROM documents_document document
    JOIN requests_release_requestitem item ON item.document_id = document.id
    WHERE item.request_id = NEW.id ORDER BY document.id FOR SHARE OF document;
    IF EXISTS (
        SELECT FROM requests_release_requestitem item
        JOIN documents_document document ON document.id = item.document_id
        WHERE item.request_id = NEW.id AND (
            document.patient_id <> NEW.patient_id OR document.status <> 'CURRENT'
            OR document.version_number <> item.version_number
        )
    ) THEN
        RAISE EXCEPTION 'A document of this release was moved, voided or replaced'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$;

CREATE CONSTRAINT TRIGGER requests_release_delivered_with_disclosure
    AFTER INSERT OR UPDATE OF status ON requests_release_request
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.status = 'DELIVERED')
    EXECUTE FUNCTION requests_release_check_delivered();

CREATE FUNCTION requests_release_check_disclosure() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF NOT EXISTS (
        SELECT FROM requests_release_request
        WHERE id = NEW.request_id AND status = 'DELIVERED' AND patient_id = NEW.patient_id
    ) THEN
        RAISE EXCEPTION 'A disclosure is recorded only together with the delivery of its request'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$;

CREATE CONSTRAINT TRIGGER requests_release_disclosure_with_delivery
    AFTER INSERT ON requests_release_disclosure
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
    EXECUTE FUNCTION requests_release_check_disclosure();

CREATE FUNCTION requests_release_check_delivery() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF NOT EXISTS (
        SELECT FROM requests_release_disclosure WHERE delivery_id = NEW.id
    ) THEN
        RAISE EXCEPTION 'Copies leave the house only together with their disclosure'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$;

CREATE CONSTRAINT TRIGGER requests_release_used_with_disclosure
    AFTER INSERT OR UPDATE OF used_at ON requests_release_delivery
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.used_at IS NOT NULL)
    EXECUTE FUNCTION requests_release_check_delivery();
"""
DROP_FULFILMENT = """
DROP TRIGGER requests_release_used_with_disclosure ON requests_release_delivery;
DROP FUNCTION requests_release_check_delivery();
DROP TRIGGER requests_release_disclosure_with_delivery ON requests_release_disclosure;
DROP FUNCTION requests_release_check_disclosure();
DROP TRIGGER requests_release_delivered_with_disclosure ON requests_release_request;
DROP FUNCTION requests_release_check_delivered();
"""

FIXED = """
CREATE FUNCTION requests_release_guard_package() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF OLD.state IN ('VOID', 'FAILED') OR (OLD.state = 'READY' AND NEW.state <> 'VOID') THEN
        RAISE EXCEPTION 'A package that is % no longer changes', OLD.state
            USING ERRCODE = 'check_violation';
    END IF;
    IF OLD.state = 'READY' AND (
        NEW.sha256, NEW.manifest_sha256, NEW.manifest, NEW.plan, NEW.page_count, NEW.ready_at
    ) IS DISTINCT FROM (
        OLD.sha256, OLD.manifest_sha256, OLD.manifest, OLD.plan, OLD.page_count, OLD.ready_at
    ) THEN
        RAISE EXCEPTION 'The pages of a finished package are fixed'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER requests_release_package_guard BEFORE UPDATE
    ON requests_release_package FOR EACH ROW
    EXECUTE FUNCTION requests_release_guard_package();

CREATE FUNCTION requests_release_guard_delivery() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF OLD.used_at IS NOT NULL OR OLD.closed_at IS NOT NULL THEN
        RAISE EXCEPTION 'A delivery that has ended does not open again'
            USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.failed_attempts < OLD.failed_attempts THEN
        RAISE EXCEPTION 'Wrong passcodes are not forgotten' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER requests_release_delivery_guard BEFORE UPDATE
    ON requests_release_delivery FOR EACH ROW
    EXECUTE FUNCTION requests_release_guard_delivery();
"""
DROP_FIXED = """
DROP TRIGGER requests_release_delivery_guard ON requests_release_delivery;
DROP FUNCTION requests_release_guard_delivery();
DROP TRIGGER requests_release_package_guard ON requests_release_package;
DROP FUNCTION requests_release_guard_package();
"""

INSERT_ONLY = ("requeststatuschange", "requestpreparer", "comment", "disclosure", "accounting")
TRACKED = (
    *INSERT_ONLY,
    "requester",
    "request",
    "requestitem",
    "authorization",
    "package",
    "packagepart",
    "delivery",
)


class Migration(migrations.Migration):
    dependencies = [
        ("audit", "0001_initial"),
        ("documents", "0001_initial"),
        ("requests_release", "0001_initial"),
    ]

    operations = [
        migrations.RunSQL(
            "CREATE SEQUENCE requests_release_number", "DROP SEQUENCE requests_release_number"
        ),
        migrations.RunSQL(MOVES, DROP_MOVES),
        migrations.RunSQL(SEPARATION, DROP_SEPARATION),
        migrations.RunSQL(RIGHT_PATIENT, DROP_RIGHT_PATIENT),
        migrations.RunSQL(FULFILMENT, DROP_FULFILMENT),
        migrations.RunSQL(FIXED, DROP_FIXED),
        *(InsertOnly(f"requests_release_{name}") for name in INSERT_ONLY),
        *(TrackChanges(f"requests_release_{name}") for name in TRACKED),
    ]
