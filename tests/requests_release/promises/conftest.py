"""A release of its own, committed, and a connection of the application's own role."""

import pytest

from tests.requests_release import factories as make


@pytest.fixture
def unit():
    return make.make_unit()


@pytest.fixture
def clerk(unit):
    return make.make_user("CLERK", unit=unit)


@pytest.fixture
def approver(unit):
    return make.make_user("SUPERVISOR", unit=unit)


@pytest.fixture
def patient(unit):
    return make.make_patient(unit)


@pytest.fixture
def document(patient):
    return make.make_document(patient)


@pytest.fixture
def submitted(patient, clerk, document):
    request = make.make_request(patient, clerk)
    make.make_item(request, document, clerk)
    return make.bring(request, "IN_PREPARATION", "SUBMITTED", clerk=clerk)


@pytest.fixture
def ready(submitted, clerk, approver):
    return make.bring(submitted, "APPROVED", "PACKAGING", "READY", clerk=clerk, approver=approver)


@pytest.fixture
def package(ready):
    return make.make_package(ready)


@pytest.fixture
def sql(second_connection, clerk):
    """Run statements in one transaction of the application role, attributed to the clerk."""

    def run(*statements, **values):
        second_connection.autocommit = False
        try:
            with second_connection, second_connection.cursor() as cursor:
                cursor.execute("SELECT set_config('chartroom.actor', %s, true)", [str(clerk.pk)])
                for statement in statements:
                    cursor.execute(statement, values)
                    if cursor.description:
                        values["delivery"] = cursor.fetchone()[0]
        finally:
            second_connection.autocommit = True
        return values

    return run


@pytest.fixture
def logged(patient, clerk):
    return make.make_request(patient, clerk)
