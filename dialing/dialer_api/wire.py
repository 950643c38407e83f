from typing import Any, TypeVar

from rest_framework import serializers

from outbound_site.unifiedconfig.names import camel_case

T = TypeVar("T")


# Fields are declared in snake case; the wire, errors and description have them in camel case. The docstring
# of a serializer stands in the description.
class WireSerializer(serializers.Serializer[T]):
    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        fields = super().get_fields()
        for name, field in fields.items():
            if camel_case(name) != name:
                field.source = field.source or name
        return {camel_case(name): field for name, field in fields.items()}
