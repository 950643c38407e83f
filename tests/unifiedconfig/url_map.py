"""Every endpoint of the URL map, those added later too."""

import re

from django.urls import get_resolver

METHODS = ["get", "post", "put", "delete"]
PARAMETER = re.compile(r"<(?:(\w+):)?(\w+)>")
LEASE = "3f2504e0-4f89-41d3-9a0c-0305e82c3301"


def api_patterns(*prefixes):
    """The patterns under the prefixes; of each, the one that catches every other URL is the last."""
    starts = tuple(prefixes or ["unifiedconfig/"])
    return [p for p in get_resolver("outbound_site.urls").url_patterns if text_of(p).startswith(starts)]


def text_of(pattern):
    return str(pattern.pattern).removeprefix("^")


def views():
    return {pattern.callback.cls for pattern in api_patterns()}


def methods_of(pattern):
    actions = getattr(pattern.callback, "actions", None)
    return list(actions or [method for method in METHODS if hasattr(pattern.callback.cls, method)])


def endpoints(*prefixes, key=1, word="UTC"):
    """`(path, methods)` of each endpoint, without the final slash; parameters are filled in."""
    values = {"int": str(key), "uuid": LEASE, "str": word, None: word}
    found = {}
    for pattern in api_patterns(*prefixes):
        path = f"/{text_of(pattern).rstrip('/')}"
        methods = methods_of(pattern)
        if str(pattern.pattern).startswith("^"):
            path, methods = f"{path}/nothing/here", METHODS
        path = PARAMETER.sub(lambda match: values[match[1]], path)
        found.setdefault(path, set()).update(methods)
    return sorted((path, sorted(methods)) for path, methods in found.items())
