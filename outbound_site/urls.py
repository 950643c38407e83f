"""Every URL of the server on one page."""

from django.contrib import admin
from django.urls import path, re_path
from django.views.generic import RedirectView

from callbacks.views import (
    AgentViewSet,
    PersonalCallbackImportViewSet,
    PersonalCallbackTemplateViewSet,
    PersonalCallbackViewSet,
)
from campaigns.views import CampaignViewSet, ContactFileViewSet, ContactViewSet, SkillGroupViewSet
from dialing.dialer_api import views as dialer
from dialing.dialer_api.base import NoSuchUrl
from dialing.dialer_api.description import DescriptionView
from dialing.views import DisableViewSet, RunTimeStatsViewSet
from dnc.views import ImportRuleViewSet
from outbound_site.core import health
from outbound_site.unifiedconfig.routing import route
from outbound_site.unifiedconfig.views import AsyncRequestStatus, UnknownUrl
from timezones.views import TimeZoneViewSet

one_callback = {"get": "retrieve", "put": "update", "delete": "destroy"}

urlpatterns = [
    path("", RedirectView.as_view(pattern_name="admin:index")),
    path("admin/", admin.site.urls),
    path("health", health.health),
    path("health/live", health.live),
    path("health/ready", health.ready),
    *route("campaign", CampaignViewSet, get="list", post="create"),
    *route("campaign/<int:pk>", CampaignViewSet, get="retrieve", put="update", delete="destroy"),
    *route("campaign/disable", DisableViewSet, put="update"),
    *route("campaign/<int:pk>/runtimestats", RunTimeStatsViewSet, get="retrieve"),
    *route("campaign/import/template", ContactFileViewSet, get="template"),
    *route("campaign/<int:campaign>/import", ContactViewSet, get="list", post="create", delete="destroy"),
    *route("campaign/<int:campaign>/import/csv", ContactFileViewSet, get="csv"),
    *route("campaign/<int:campaign>/import/<int:pk>", ContactViewSet, get="retrieve"),
    *route("skillgroup", SkillGroupViewSet, get="list"),
    *route("skillgroup/<int:pk>", SkillGroupViewSet, get="retrieve"),
    *route("agent", AgentViewSet, get="list"),
    *route("agent/<int:pk>", AgentViewSet, get="retrieve"),
    *route("dnc", ImportRuleViewSet, get="list", post="create"),
    *route("dnc/<int:pk>", ImportRuleViewSet, get="retrieve", put="update", delete="destroy"),
    *route("personalcallback", PersonalCallbackViewSet, get="list", post="create"),
    *route("personalcallback/import", PersonalCallbackImportViewSet, post="import_list"),
    *route("personalcallback/template", PersonalCallbackTemplateViewSet, get="template"),
    *route("personalcallback/<int:pk>", PersonalCallbackViewSet, **one_callback),
    # The address in the API text's example of an answer.
    *route("campaign/personalcallback/<int:pk>", PersonalCallbackViewSet, **one_callback),
    *route("timezone", TimeZoneViewSet, get="list"),
    *route("timezone/<str:name>", TimeZoneViewSet, get="retrieve"),
    *route("asyncrequeststatus/<str:job>", AsyncRequestStatus, get="retrieve"),
    re_path("^unifiedconfig/", UnknownUrl.as_view({"get": "unknown"})),
    path("dialer/v1/campaigns", dialer.CampaignsView.as_view()),
    path("dialer/v1/records", dialer.RecordsView.as_view()),
    path("dialer/v1/records/<uuid:lease>/dialed", dialer.DialedView.as_view()),
    path("dialer/v1/callbacks", dialer.CallbacksView.as_view()),
    path("dialer/v1/results", dialer.ResultsView.as_view()),
    path("dialer/v1/recalls", dialer.RecallsView.as_view()),
    path("dialer/v1/heartbeat", dialer.HeartbeatView.as_view()),
    path("dialer/v1/openapi.json", DescriptionView.as_view()),
    re_path("^dialer/", NoSuchUrl.as_view()),
]

handler400 = "outbound_site.unifiedconfig.views.bad_request"
handler500 = "outbound_site.unifiedconfig.views.server_error"
