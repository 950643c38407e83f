"""Every URL of the server on one page."""

from django.contrib import admin
from django.urls import path, re_path
from django.views.generic import RedirectView

from callbacks.views import AgentViewSet
from campaigns.views import CampaignViewSet, SkillGroupViewSet
from dnc.views import ImportRuleViewSet
from outbound_site.health import health
from outbound_site.unifiedconfig.routing import route
from outbound_site.unifiedconfig.views import UnknownUrl
from timezones.views import TimeZoneViewSet

urlpatterns = [
    path("", RedirectView.as_view(pattern_name="admin:index")),
    path("admin/", admin.site.urls),
    path("health", health),
    *route("campaign", CampaignViewSet, get="list", post="create"),
    *route("campaign/<int:pk>", CampaignViewSet, get="retrieve", put="update", delete="destroy"),
    *route("skillgroup", SkillGroupViewSet, get="list"),
    *route("skillgroup/<int:pk>", SkillGroupViewSet, get="retrieve"),
    *route("agent", AgentViewSet, get="list"),
    *route("agent/<int:pk>", AgentViewSet, get="retrieve"),
    *route("dnc", ImportRuleViewSet, get="list", post="create"),
    *route("dnc/<int:pk>", ImportRuleViewSet, get="retrieve", put="update", delete="destroy"),
    *route("timezone", TimeZoneViewSet, get="list"),
    *route("timezone/<str:name>", TimeZoneViewSet, get="retrieve"),
    re_path("^unifiedconfig/", UnknownUrl.as_view({"get": "unknown"})),
]

handler400 = "outbound_site.unifiedconfig.views.bad_request"
handler500 = "outbound_site.unifiedconfig.views.server_error"
