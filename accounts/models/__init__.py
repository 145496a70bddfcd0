from accounts.models.saved_lists import SavedList
from accounts.models.user import User

__all__ = ["SavedList", "User"]
