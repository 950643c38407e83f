"""Writes with `async=true`: 202 and a URL that reports their outcome (docs/wire-format.md 10).

The write is done within the request all the same, so that none is dropped after waiting for 30 seconds, and
what is wrong with it is answered at once. How it ended stands, signed, in the polling URL itself.
"""

from django.core import signing
from rest_framework.request import Request
from rest_framework.response import Response

from outbound_site.unifiedconfig.documents import Document
from outbound_site.unifiedconfig.errors import NotFound
from outbound_site.unifiedconfig.references import ref_url

KIND = "asyncrequeststatus"
DONE = {200, 201}


def is_asynchronous(request: Request) -> bool:
    return (
        request.method in {"POST", "PUT", "DELETE"}
        and request.query_params.get("async", "").lower() == "true"
    )


def accepted(request: Request, answer: Response) -> Response:
    """202 in place of the answer of a write that was done."""
    outcome = [request.user.pk, answer.status_code, answer.get("Location", "")]
    polling_url = request.build_absolute_uri(ref_url(KIND, signing.dumps(outcome, salt=KIND)))
    body = Document("asyncResult", {"progress": "IN_QUEUE"})
    return Response(body, status=202, headers={"Location": polling_url})


def outcome_of(job: str, request: Request) -> Response:
    """The answer that the write would have had. Raises NotFound for what is no job of this user."""
    try:
        user, status, location = signing.loads(job, salt=KIND)
    except signing.BadSignature:
        raise NotFound from None
    if user != request.user.pk:
        raise NotFound
    return Response(status=status, headers={"Location": location} if location else {})
