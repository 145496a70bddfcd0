"""What the frame of every page needs; worked out only when a template asks."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone
from django.utils.functional import cached_property

from accounts.roles import Role
from accounts.selectors import drafts
from config import navigation
from config.help import guides

# Set on a request by the page that has counted the work already.
WAITING = "work_waiting"


class Shell:
    """The frame around a page: desks, search, session clock, facility."""

    def __init__(self, request: HttpRequest) -> None:
        self.request = request

    @cached_property
    def links(self) -> list[navigation.Link]:
        """Desks of the person; none for strangers, and none before the own password."""
        user = getattr(self.request, "user", None)
        if user is None or not user.is_authenticated or self.owes_password:
            return []
        match = self.request.resolver_match
        if match is None:
            return navigation.list_links(user)
        return navigation.list_links(
            user,
            url_name=match.view_name or "",
            area=match.namespace.partition(":")[0],
            waiting=self.waiting,
        )

    @property
    def owes_password(self) -> bool:
        """Whether the person must choose a password first, and is kept from all else until then."""
        return bool(getattr(getattr(self.request, "user", None), "must_change_password", False))

    @property
    def waiting(self) -> dict[str, int]:
        """How much waits at each desk, where the page has counted it; else its script asks."""
        found: dict[str, int] = getattr(self.request, WAITING, {})
        return found

    @property
    def desks(self) -> list[navigation.Link]:
        """Desks where work is done."""
        return [link for link in self.links if not link.desk.is_setting]

    @property
    def settings(self) -> list[navigation.Link]:
        """Desks where the house is set up."""
        return [link for link in self.links if link.desk.is_setting]

    @property
    def facility(self) -> str:
        """Name of the hospital or clinic."""
        return settings.FACILITY_NAME

    @property
    def idle_seconds(self) -> int:
        """How long a session may be idle, for the script that warns before its end."""
        return settings.IDLE_LOGOFF_SECONDS

    @property
    def time_zone(self) -> str:
        """The facility's time zone by its name, for scripts that tell the time."""
        return settings.TIME_ZONE

    @property
    def draft_keys(self) -> str:
        """The keys of what the person typed and did not send, for the script that keeps it."""
        user = self.request.user
        return " ".join(drafts.list_draft_keys(user, today=timezone.localdate()))  # type: ignore[arg-type]

    @property
    def glass_minutes(self) -> int:
        """How long a chart stays open by emergency access."""
        return settings.BREAK_GLASS_MINUTES

    @property
    def roles(self) -> str:
        """Names of the person's roles, as words."""
        held = self.request.user.role_names  # type: ignore[union-attr]
        return ", ".join(role.label for role in Role if role.value in held)

    @property
    def zone(self) -> str:
        """The facility's time zone, as `New York (EST)`."""
        now = timezone.localtime()
        city = settings.TIME_ZONE.rpartition("/")[2].replace("_", " ")
        return f"{city} ({now:%Z})"

    @property
    def url(self) -> dict[str, str]:
        """Addresses that the frame links to, empty where the page does not exist."""
        return ADDRESSES

    @property
    def help_url(self) -> str:
        """The address of what the guides say about this screen."""
        match = self.request.resolver_match
        page = match.view_name if match else guides.NOWHERE
        return f"{ADDRESSES['help']}?{urlencode({'page': page})}"

    @property
    def news(self) -> str:
        """What the newest entry of what is new is known by, for the browser that has shown it."""
        return guides.latest_news()

    @property
    def request_id(self) -> str:
        """The reference by which support finds this request in the logs."""
        return str(self.request.META.get("HTTP_X_REQUEST_ID", ""))


class Addresses(dict[str, str]):
    """Addresses of the frame by short name, looked up once."""

    NAMES = {
        "home": "home",
        "search": "patients:patient_search",
        "recent": "patients:recent_list",
        "status": "status",
        "session": "session_state",
        "extend": "session_extend",
        "sign_in": "account_login",
        "sign_out": "account_logout",
        "password": "account_change_password",
        "factors": "mfa_index",
        "sessions": "usersessions_list",
        "seals": "audit:seal_list",
        "guides": "help_index",
        "help": "help_screen",
    }

    def __missing__(self, name: str) -> str:
        self[name] = navigation.address(self.NAMES[name])
        return self[name]


ADDRESSES = Addresses()


def shell(request: HttpRequest) -> dict[str, Any]:
    """Give templates the frame as `shell`; asks the database nothing by itself."""
    return {"shell": Shell(request)}
