"""What tells who works here, and who may what."""

from tests.guards.phi.classes import CODE, HOUSE, LINK, PHI, SECRET, STAFF, TECHNICAL

ACCESS: dict[str, dict[str, str]] = {
    "access.AccessRequest": {
        PHI: "unit_id reason comment",
        STAFF: "asked_by_id decided_by_id",
        LINK: "chart_id",
        CODE: "purpose status",
        TECHNICAL: "id expires_at asked_at decided_at seen_at",
    },
    "access.AccessRequestStatusChange": {
        PHI: "reason",
        STAFF: "changed_by_id",
        LINK: "access_request_id",
        CODE: "from_status to_status",
        TECHNICAL: "id changed_at",
    },
    "access.BrokenGlass": {
        PHI: "reason review_note",
        STAFF: "user_id reviewed_by_id",
        LINK: "chart_id",
        CODE: "review_outcome",
        TECHNICAL: "id started_at ends_at closed_at reviewed_at",
    },
    "access.Chart": {
        PHI: "unit_id is_restricted",
        CODE: "status",
        TECHNICAL: "id created_at",
    },
    "access.ChartMove": {
        PHI: "from_unit_id to_unit_id reason moved_at",
        STAFF: "moved_by_id",
        LINK: "chart_id",
        TECHNICAL: "id",
    },
    "access.ChartUnit": {
        PHI: "unit_id",
        LINK: "chart_id",
        TECHNICAL: "id since",
    },
    "access.ChartUserPermission": {
        PHI: "reason",
        STAFF: "user_id granted_by_id",
        LINK: "content_object_id",
        TECHNICAL: "id permission_id granted_at expires_at",
    },
    "access.CustodyUnit": {
        CODE: "sensitivity_classes",
        HOUSE: "facility_id code name is_listed is_active",
        TECHNICAL: "id",
    },
    "access.Facility": {
        CODE: "state record_class",
        HOUSE: "code name time_zone",
        TECHNICAL: "id",
    },
    "access.GlassNotice": {
        STAFF: "user_id",
        LINK: "glass_id",
        TECHNICAL: "id told_at seen_at",
    },
    "access.UnitGroupPermission": {
        STAFF: "group_id granted_by_id reason",
        HOUSE: "content_object_id",
        TECHNICAL: "id permission_id granted_at expires_at",
    },
    "access.UnitUserPermission": {
        STAFF: "user_id granted_by_id reason",
        HOUSE: "content_object_id",
        TECHNICAL: "id permission_id granted_at expires_at",
    },
    "account.EmailAddress": {
        STAFF: "user_id email",
        TECHNICAL: "id verified primary",
    },
    "account.EmailConfirmation": {
        STAFF: "email_address_id",
        SECRET: "key",
        TECHNICAL: "id created sent",
    },
    "accounts.SavedList": {
        STAFF: "owner_id",
        # Names are written for everybody who may open the list; see the form's help text.
        HOUSE: "name",
        CODE: "route query",
        TECHNICAL: "id is_shared is_default version created_at",
    },
    "accounts.User": {
        STAFF: (
            "is_superuser username email display_name is_active must_change_password "
            "created_at disabled_by_id"
        ),
        SECRET: "password",
        TECHNICAL: "id disabled_at",
    },
    "accounts.User_groups": {
        STAFF: "user_id group_id",
        TECHNICAL: "id",
    },
    "accounts.User_user_permissions": {
        STAFF: "user_id",
        TECHNICAL: "id permission_id",
    },
    "auth.Group": {
        CODE: "name",
        TECHNICAL: "id",
    },
    "auth.Group_permissions": {
        STAFF: "group_id",
        TECHNICAL: "id permission_id",
    },
    "auth.Permission": {
        CODE: "codename",
        HOUSE: "name",
        TECHNICAL: "id content_type_id",
    },
    "contenttypes.ContentType": {
        CODE: "app_label model",
        TECHNICAL: "id",
    },
    "guardian.GroupObjectPermission": {
        STAFF: "group_id",
        TECHNICAL: "id permission_id content_type_id object_pk",
    },
    "guardian.UserObjectPermission": {
        STAFF: "user_id",
        TECHNICAL: "id permission_id content_type_id object_pk",
    },
    "mfa.Authenticator": {
        STAFF: "user_id",
        SECRET: "data",
        CODE: "type",
        TECHNICAL: "id created_at last_used_at",
    },
    "sessions.Session": {
        SECRET: "session_key session_data",
        TECHNICAL: "expire_date",
    },
    "usersessions.UserSession": {
        STAFF: "user_id ip user_agent",
        SECRET: "session_key",
        TECHNICAL: "id created_at last_seen_at data",
    },
}
