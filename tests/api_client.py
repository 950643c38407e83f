"""The API as integrations use it: Basic credentials on every request, XML unless a test asks for JSON."""

import json
from base64 import b64encode

from django.test import Client
from lxml import etree

from tests.factories import PASSWORD

BASE = "/unifiedconfig/config/"
XML, JSON = "application/xml", "application/json"


class Api:
    """`path` is below `/unifiedconfig/config/`, or a whole one with a leading slash.

    A body that is a dict is sent as JSON, any other one as XML; `content_type` overrides that. Answers
    have `tree`, the root that lxml reads, when they are XML; other headers are given by name:
    `api.get("campaign", accept=JSON)`.
    """

    def __init__(self, username=None, password=PASSWORD):
        self.client = Client(raise_request_exception=False)
        self.headers = {"authorization": basic(username, password)} if username is not None else {}

    def get(self, path, **headers):
        return self.request("GET", path, **headers)

    def post(self, path, body=b"", **headers):
        return self.request("POST", path, body, **headers)

    def put(self, path, body=b"", **headers):
        return self.request("PUT", path, body, **headers)

    def delete(self, path, **headers):
        return self.request("DELETE", path, **headers)

    def request(self, method, path, body=b"", content_type=None, **headers):
        if isinstance(body, dict):
            body, content_type = json.dumps(body), content_type or JSON
        answer = self.client.generic(
            method,
            path if path.startswith("/") else BASE + path,
            body,
            content_type=XML if content_type is None else content_type,
            headers=self.headers | {name.replace("_", "-"): value for name, value in headers.items()},
        )
        if not answer.streaming and answer.content and "xml" in answer.get("Content-Type", ""):
            answer.tree = etree.fromstring(answer.content)
        return answer


def basic(username, password):
    return "Basic " + b64encode(f"{username}:{password}".encode()).decode()


def xml_of(root, members):
    """An XML body: `xml_of("campaign", {"name": "A", "retries": {...}})`; a list repeats its name."""
    element = etree.Element(root)
    add_members(element, members)
    return etree.tostring(element, encoding="UTF-8")


def add_members(element, members):
    for name, value in members.items():
        for one in value if isinstance(value, list) else [value]:
            child = etree.SubElement(element, name)
            if isinstance(one, dict):
                add_members(child, one)
            else:
                child.text = str(one).lower() if isinstance(one, bool) else str(one)


def errors_of(answer):
    """`[(errorType, errorData), ...]` of a refusal in either format, in the order of the wire.

    Clients read the message of each without a guard.
    """
    if "json" in answer["Content-Type"]:
        errors = answer.json()["apiError"]
    else:
        assert answer.tree.tag == "apiErrors"
        errors = [{child.tag: child.text for child in error} for error in answer.tree]
    assert errors
    assert all(error["errorMessage"] for error in errors)
    return [(error["errorType"], error.get("errorData")) for error in errors]
