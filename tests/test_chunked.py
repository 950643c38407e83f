import http.client
import socket
from base64 import b64encode
from contextlib import closing
from io import BytesIO

import pytest
from django.conf import settings

from campaigns.models import Campaign
from outbound_site.chunked import measure_chunked_bodies
from tests.conftest import free_port, wait_until
from timezones.loading import load_time_zones


def seen_by_the_application(environ):
    """What an application behind the middleware finds: the length and the body of that length."""
    seen = {}

    def application(environ, start_response):
        seen["length"] = environ.get("CONTENT_LENGTH")
        seen["body"] = environ["wsgi.input"].read(int(seen["length"] or 0))
        return []

    measure_chunked_bodies(application)(environ, None)
    return seen


def test_a_chunked_body_gets_its_length():
    environ = {
        "HTTP_TRANSFER_ENCODING": "Chunked",
        "wsgi.input_terminated": True,
        "wsgi.input": BytesIO(b"<campaign/>"),
    }

    assert seen_by_the_application(environ) == {"length": "11", "body": b"<campaign/>"}


def test_a_body_with_a_length_is_left_alone():
    body = BytesIO(b"<campaign/>")
    environ = {"CONTENT_LENGTH": "11", "wsgi.input_terminated": True, "wsgi.input": body}

    assert seen_by_the_application(environ) == {"length": "11", "body": b"<campaign/>"}
    assert environ["wsgi.input"] is body


def test_a_body_whose_end_the_server_does_not_mark_is_not_read():
    environ = {"HTTP_TRANSFER_ENCODING": "chunked", "wsgi.input": BytesIO(b"<campaign/>")}

    assert seen_by_the_application(environ) == {"length": None, "body": b""}


def test_no_more_than_one_byte_past_the_limit_is_read():
    body = BytesIO(b"x" * (settings.MAX_BODY_BYTES + 1000))
    environ = {"HTTP_TRANSFER_ENCODING": "chunked", "wsgi.input_terminated": True, "wsgi.input": body}

    assert seen_by_the_application(environ)["length"] == str(settings.MAX_BODY_BYTES + 1)
    assert body.tell() == settings.MAX_BODY_BYTES + 1


@pytest.fixture
def server(start_process, django_user_model):
    """The port of a real gunicorn that takes bodies of up to 4,096 bytes, with an administrator."""
    load_time_zones()
    django_user_model.objects.create_superuser("administrator@localhost", password="correct horse")
    port = free_port()
    start_process(
        *("-m", "gunicorn", "outbound_site.wsgi", "--bind", f"127.0.0.1:{port}", "--no-control-socket"),
        *("--worker-class", "gthread", "--threads", "2"),
        MAX_BODY_BYTES="4096",
    )
    assert wait_until(lambda: answers(port))
    return port


def answers(port):
    try:
        return socket.create_connection(("127.0.0.1", port), timeout=1).close() is None
    except OSError:
        return False


def post_in_chunks(port, path, chunks):
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=30)) as connection:
        connection.request(
            "POST",
            path,
            body=iter(chunks),
            headers={
                "Content-Type": "application/xml",
                "Authorization": "Basic " + b64encode(b"administrator@localhost:correct horse").decode(),
            },
            encode_chunked=True,
        )
        response = connection.getresponse()
        return response.status, response.read().decode()


def test_a_create_request_in_chunks_is_read_whole(server):
    chunks = [
        b"<campaign><name>Chunked</na",
        b"me><timeZone><refURL>/unifiedconfig/config/timezone/",
        b"UTC",
        b"</refURL></timeZone></campaign>",
    ]

    status, body = post_in_chunks(server, "/unifiedconfig/config/campaign", chunks)

    assert status == 201, body
    assert list(Campaign.objects.values_list("name", "time_zone__name")) == [("Chunked", "UTC")]


def test_a_chunked_body_past_the_limit_is_refused_as_too_large(server):
    status, body = post_in_chunks(server, "/unifiedconfig/config/campaign", [b"x" * 1000] * 10)

    assert status == 413
    assert "<apiErrors>" in body
