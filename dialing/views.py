from typing import Any

from rest_framework.request import Request
from rest_framework.response import Response

from campaigns.models import Campaign
from campaigns.views import NOT_FOUND, SUBFEATURES
from dialing.counters import run_time_stats
from dialing.emergency_stop import stop_api_campaigns
from outbound_site.unifiedconfig.access import Access
from outbound_site.unifiedconfig.documents import Document
from outbound_site.unifiedconfig.views import UnifiedViewSet


class RunTimeStatsViewSet(UnifiedViewSet):
    """API text, "Campaign Status API"."""

    queryset = Campaign.objects.visible_to_api()
    not_found_exception = NOT_FOUND
    access = Access(read=("campaigns.view_campaign", *SUBFEATURES))

    def retrieve(self, request: Request, **kwargs: Any) -> Response:
        return Response(Document("runtimeStatus", run_time_stats(self.get_object())))


class DisableViewSet(UnifiedViewSet):
    """API text, "Disable All Campaigns (Emergency Stop)". The body is not read."""

    access = Access(read=(), update=("campaigns.change_campaign", *SUBFEATURES))
    # Clients send `async=true` here, too, and take nothing but 200 for a stop that was done.
    may_be_asynchronous = False

    def update(self, request: Request) -> Response:
        stop_api_campaigns(request.user)
        return Response()
