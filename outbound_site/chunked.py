"""Request bodies that come without a length."""

from collections.abc import Callable, Iterable
from io import BytesIO
from typing import Any

from django.conf import settings

Environ = dict[str, Any]
Application = Callable[[Environ, Callable[..., Any]], Iterable[bytes]]


def measure_chunked_bodies(application: Application) -> Application:
    """Give a chunked body the length that Django reads it by; without one Django takes it for empty.

    At most one byte more than MAX_BODY_BYTES is read: the length then says that the body is too large.
    Only where the server marks the end of the body (`wsgi.input_terminated`), as gunicorn does.
    """

    def measured(environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
        is_chunked = "chunked" in environ.get("HTTP_TRANSFER_ENCODING", "").lower()
        if is_chunked and environ.get("wsgi.input_terminated"):
            body = environ["wsgi.input"].read(settings.MAX_BODY_BYTES + 1)
            environ["wsgi.input"] = BytesIO(body)
            environ["CONTENT_LENGTH"] = str(len(body))
        return application(environ, start_response)

    return measured
