"""The errors of the API: exceptions that ``api.http.problems`` renders as problem details.

Any module raises them; those of one module are its own subclasses.
"""

from typing import Any, ClassVar

RETRY_SECONDS = 5
"""Retry-After of a request that failed because something is down or busy."""


class Problem(Exception):
    """An error with its own problem type.

    A subclass sets the HTTP status, the name (last part of the type's URN), the title (the problem type in words)
    and headers. An instance has the detail, about this occurrence, and further members of the document.
    """

    status: ClassVar[int]
    name: ClassVar[str]
    title: ClassVar[str]
    headers: ClassVar[dict[str, str]] = {}

    def __init__(self, detail: str, **extensions: Any) -> None:
        super().__init__(detail)
        self.detail = detail
        self.extensions = extensions


class UnavailableProblem(Problem):
    """A service that the API depends on is temporarily unavailable."""

    status = 503
    headers = {"Retry-After": str(RETRY_SECONDS)}  # noqa: RUF012


class NotSyncedError(UnavailableProblem):
    """No run is served: nothing was synced yet, or the batch served was withdrawn."""

    name = "not-synced"
    title = "No business date is served"

    def __init__(self) -> None:
        super().__init__("Publish a batch in the warehouse, then POST /api/sync.")


class InvalidRequestError(Problem):
    """Parts of the request are invalid; ``errors`` lists them."""

    status = 422
    name = "invalid-request"
    title = "The request is invalid"

    def __init__(self, *errors: dict[str, str]) -> None:
        super().__init__(f"{' '.join(error['detail'] for error in errors[:3])}", errors=list(errors))
