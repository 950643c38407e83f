"""The OpenAPI description of the dialer's interface."""

from collections.abc import Callable
from typing import Any

from drf_spectacular.authentication import BasicScheme
from drf_spectacular.utils import extend_schema
from drf_spectacular.views import SpectacularJSONAPIView

from dialing.dialer_api.base import MayDial, answer_exception


class RememberedBasicScheme(BasicScheme):
    target_class = "outbound_site.unifiedconfig.authentication.RememberedBasicAuthentication"


@extend_schema(exclude=True)
class DescriptionView(SpectacularJSONAPIView):
    permission_classes = [MayDial]

    def get_exception_handler(self) -> Callable[..., Any]:
        return answer_exception
