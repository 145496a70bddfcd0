"""Pages that exist only for the tests of middleware and decorators."""

from django.db import InterfaceError, OperationalError, transaction
from django.http import HttpResponse
from django.urls import include, path

from accounts.models import User
from audit import context
from audit.enums import Action
from audit.errors import AuditUnavailable, NotVisible, Refused
from audit.http import requires
from audit.services import events
from audit.writes import attributing

ERRORS = {
    "refused": lambda: Refused(
        "Not this one.",
        action=Action.CHART_OPENED,
        patient_id=5,
        subject_type="document",
        subject_id=3,
        reason="NO_RELATION",
    ),
    "hidden": lambda: NotVisible(action=Action.CHART_OPENED, patient_id=6),
    "stale": lambda: Refused("Too late.", status=409, reason="STALE"),
    "audit": lambda: AuditUnavailable("down"),
    "operational": lambda: OperationalError("down"),
    "interface": lambda: InterfaceError("down"),
    "bug": lambda: ZeroDivisionError("a bug"),
}


@requires()
def look(request):
    events.record(action=Action.CHART_OPENED, patient_id=5)
    return HttpResponse(context.current_request_id())


@requires("audit.view_event", "audit.export_event", methods=("GET", "POST"))
def guarded(request):
    return HttpResponse("inside")


@requires(methods=("POST",))
def write_then_fail(request):
    with transaction.atomic(), attributing(request.user):
        User.objects.filter(pk=request.user.pk).update(display_name="Changed")
        events.record(action=Action.USER_CHANGED)
        raise Refused("Rolled back.", action=Action.USER_CHANGED, reason="LATE")


@requires()
def fail(request, kind):
    raise ERRORS[kind]()


urlpatterns = [
    path("look/", look, name="look"),
    path("guarded/", guarded, name="guarded"),
    path("write/", write_then_fail, name="write"),
    path("fail/<slug:kind>/", fail, name="fail"),
    path("", include("config.urls")),
]
handler404 = "config.views.errors.not_found"
