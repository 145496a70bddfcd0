"""A password hasher for tests, where thousands of people sign in."""

from django.contrib.auth.hashers import PBKDF2PasswordHasher


class FastHasher(PBKDF2PasswordHasher):
    """Django's own scheme with one round; chosen only by the test profile."""

    algorithm = "fast_test_only"
    iterations = 1
