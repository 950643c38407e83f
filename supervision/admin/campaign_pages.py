"""A campaign at work: its state and figures, the dry run, and its switch."""

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_POST

from campaigns.configuration import SkillGroupChange, update_campaign
from campaigns.contact_files import export
from campaigns.models import Campaign, Origin
from campaigns.models.contact import CallStatus
from dialing import counters
from dialing.eligibility import LEFT
from outbound_site.core.admin.versioned import field_messages
from supervision.admin.pages import demand, page
from supervision.board_problems import clock_behind
from supervision.campaign_figures import abandon_rate, calls_by_hour, calls_by_result, grouped_counters
from supervision.campaign_state import (
    STATUS_WORDS,
    WORDS,
    campaign_activity,
    city,
    clock,
    contacts_by_reason,
    state_of,
)
from supervision.charts import bars
from supervision.dry_run import dry_run
from supervision.list_counts import counted_lists
from timezones.local_time import actual_time

VIEW, CHANGE = "campaigns.view_campaign", "campaigns.change_campaign"


def campaign_page(request: HttpRequest, pk: int) -> HttpResponse:
    demand(request, VIEW)
    campaign, at = campaign_of(pk), timezone.now()
    counted, activity = counted_lists([pk])[pk], campaign_activity(at)
    state = state_of(campaign, counted, activity, at)
    by_status = dict.fromkeys(CallStatus, 0)
    for part in counted.parts:
        by_status[part.status] += part.contacts
    counts = counters.read([pk], at)[pk]
    return page(
        request,
        "campaign/status.html",
        campaign.name,
        campaign=campaign,
        state=state,
        problems=list(clock_behind(at)),
        counted_at=counted.at,
        no_contacts="No contacts. Import a list." if counted.at else "The contacts are being counted.",
        next_change=state.until and clock(state.until, campaign.time_zone, at),
        city=city(campaign.time_zone),
        local_now=clock(at, campaign.time_zone, at),
        contacts=sum(by_status.values()),
        left=sum(number for status, number in by_status.items() if status in LEFT),
        by_status=[(STATUS_WORDS[status], number) for status, number in by_status.items() if number],
        by_reason=contacts_by_reason(campaign, counted.parts, at).most_common(),
        records_out=activity.out.get(pk, 0),
        agents=activity.agents.get(pk),
        attempts=counts["attempted_count"],
        voice=counts["voice_count"],
        abandon=abandon_rate(counts, campaign.abandon_percent if campaign.abandon_enabled else None),
        counters=grouped_counters(campaign, at),
        by_hour=bars([(hour_label(campaign, hour), n) for hour, n in calls_by_hour(campaign, at)]),
        by_result=calls_by_result(campaign, at).most_common(),
        may_switch=may_switch(request, campaign),
    )


def dry_run_page(request: HttpRequest, pk: int) -> HttpResponse:
    demand(request, VIEW)
    campaign, at = campaign_of(pk), timezone.now()
    run = dry_run(campaign, at)
    return page(
        request,
        "campaign/dry_run.html",
        f"Dry run of {campaign.name}",
        campaign=campaign,
        run=run,
        reasons=[(WORDS[rule], number) for rule, number in run.reasons.most_common()],
        by_hour=bars([(hour_label(campaign, hour), number) for hour, number in run.hours]),
        city=city(campaign.time_zone),
        local_now=clock(at, campaign.time_zone, at),
        may_switch=may_switch(request, campaign),
    )


@require_POST
def switch(request: HttpRequest, pk: int) -> HttpResponse:
    """Switch the campaign on or off, in the version that the page showed."""
    demand(request, CHANGE)
    campaign = campaign_of(pk)
    on, version = request.POST.get("enabled") == "on", request.POST.get("version", "")
    if not may_switch(request, campaign):
        raise Http404
    try:
        stamp = int(version) if version.isdecimal() else -1
        update_campaign(pk, stamp, {"enabled": on}, SkillGroupChange())
    except ValidationError as refusal:
        for _, message in field_messages(refusal):
            messages.error(request, message)
    else:
        messages.success(request, f"{campaign.name} is {'on' if on else 'off'}.")
    return redirect("admin:dialing_campaign", pk)


def export_page(request: HttpRequest, pk: int) -> StreamingHttpResponse:
    """The campaign's contacts with what became of them."""
    demand(request, VIEW)
    demand(request, "campaigns.view_contact")
    campaign = campaign_of(pk)
    return StreamingHttpResponse(
        export(campaign=pk),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{campaign.name}.csv"'},
    )


def campaign_of(pk: int) -> Campaign:
    campaign: Campaign | None = Campaign.objects.active().select_related("time_zone").filter(pk=pk).first()
    if campaign is None:
        raise Http404
    return campaign


def may_switch(request: HttpRequest, campaign: Campaign) -> bool:
    """Campaigns of the API are switched through the API."""
    return request.user.has_perm(CHANGE) and campaign.origin == Origin.CAMPAIGN_TOOL


def hour_label(campaign: Campaign, moment: datetime) -> Any:
    return f"{actual_time(campaign.time_zone, moment):%H:%M}"
