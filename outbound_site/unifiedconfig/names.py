"""`snake_case` in Python, the documented `camelCase` on the wire: the one place that maps them."""

import re
from functools import cache

# Abbreviations whose spelling no rule gives.
IRREGULAR = {"refURL": "ref_url"}


@cache
def snake_case(wire_name: str) -> str:
    return IRREGULAR.get(wire_name) or re.sub(
        r"(?<=[a-z0-9])([A-Z])", lambda m: "_" + m[1].lower(), wire_name
    )


@cache
def camel_case(attribute: str) -> str:
    if attribute in IRREGULAR.values():
        return next(wire_name for wire_name, found in IRREGULAR.items() if found == attribute)
    head, *tail = attribute.split("_")
    return head + "".join(part.capitalize() for part in tail)
