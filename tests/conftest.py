"""Set-up that all tests share."""

pytest_plugins = ["tests.database"]
