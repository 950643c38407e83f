"""Every endpoint of the URL map, those added later too."""

import re

from django.urls import get_resolver

PREFIX = "unifiedconfig/"
PARAMETER = re.compile(r"<(?:(\w+):)?(\w+)>")


def api_patterns():
    """The patterns under the prefix, the one that catches every other URL last."""
    return [p for p in get_resolver("outbound_site.urls").url_patterns if PREFIX in str(p.pattern)]


def views():
    return {pattern.callback.cls for pattern in api_patterns()}


def endpoints(key=1, word="UTC"):
    """`(path, methods)` of each endpoint, without the final slash; parameters are filled in."""
    found = {}
    for pattern in api_patterns():
        path = str(pattern.pattern)
        if path.startswith("^"):
            path, methods = f"/{PREFIX}nothing/here", ["get", "post", "put", "delete"]
        else:
            path, methods = f"/{path.rstrip('/')}", list(pattern.callback.actions)
        path = PARAMETER.sub(lambda match: word if match[1] in {"str", None} else str(key), path)
        found.setdefault(path, set()).update(methods)
    return sorted((path, sorted(methods)) for path, methods in found.items())
