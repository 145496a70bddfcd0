"""Counts the statements of a request that asks for it; transaction control is left out."""

from django.db import connection


class CountingMiddleware:
    """Answers `X-Count` with the number of statements as `X-Statements`."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if "X-Count" not in request.headers:
            return self.get_response(request)
        statements = []

        def count(execute, sql, params, many, context):
            if not str(sql).startswith(("SAVEPOINT", "RELEASE", "ROLLBACK")):
                statements.append(sql)
            return execute(sql, params, many, context)

        with connection.execute_wrapper(count):
            response = self.get_response(request)
        response.headers["X-Statements"] = str(len(statements))
        return response
