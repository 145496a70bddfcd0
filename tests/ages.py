"""How old people are today, counted in another way than the product does."""

from datetime import date

from django.utils import timezone


def years_since(born: date) -> int:
    """Return the whole years since a birth that was not on a leap day, in the house's zone."""
    today = timezone.localdate()
    had_birthday = (today.month, today.day) >= (born.month, born.day)
    return today.year - born.year - (0 if had_birthday else 1)
