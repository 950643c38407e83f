"""One contact's timeline and decision, and the search for people and numbers."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone

from campaigns.models import Contact
from dialing.eligibility import Decision
from dialing.record_feed import phones_of
from dialing.result_codes import RESULT_CODES
from dnc import do_not_call_list, near_misses
from outbound_site.core.phone_numbers import is_whole
from supervision import person_search
from supervision.admin.pages import demand, page
from supervision.board_problems import clock_behind
from supervision.campaign_state import city
from supervision.contact_timeline import both_clocks, timeline
from supervision.explanation import contact_decision

VIEW = "campaigns.view_contact"


def contact_page(request: HttpRequest, pk: int) -> HttpResponse:
    demand(request, VIEW)
    contacts = Contact.objects.select_related("campaign__time_zone", "zone_set", "job__user")
    contact = contacts.filter(pk=pk, campaign__deleted_at=None).first()
    if contact is None:
        raise Http404
    at = timezone.now()
    decision = contact_decision(contact, at)
    phones = phones_of([contact])[pk]
    listed = do_not_call_list.contains(phone.number for phone in phones)
    return page(
        request,
        "people/contact.html",
        f"Contact: {contact}",
        contact=contact,
        campaign=contact.campaign,
        city=city(contact.campaign.time_zone),
        zones=[zone.label for zone in contact.zone_set.zones],
        now=both_clocks(at, contact, contact.campaign),
        decision=decision,
        problems=list(clock_behind(at)),
        reasons=reasons_with_times(decision, contact),
        changes=decision.changes_at and both_clocks(decision.changes_at, contact, contact.campaign),
        phones=[
            {
                "phone": phone,
                "result": RESULT_CODES[phone.call_result].meaning if phone.call_result else "never called",
                "due": phone.callback_at and both_clocks(phone.callback_at, contact, contact.campaign),
                "listed": phone.number in listed,
            }
            for phone in phones
        ],
        events=timeline(contact, contact.campaign),
    )


def reasons_with_times(decision: Decision, contact: Contact) -> list[tuple[str, str | None]]:
    return [
        (reason.text, both_clocks(reason.until, contact, contact.campaign) if reason.until else None)
        for reason in decision.reasons
    ]


def search_page(request: HttpRequest) -> HttpResponse:
    demand(request, VIEW)
    text = request.GET.get("q", "").strip()[:100].replace("\0", "")
    context: dict[str, Any] = {"text": text, "most": person_search.MOST}
    if text:
        context |= found(request, text)
    return page(request, "people/search.html", "Find people and numbers", **context)


def found(request: HttpRequest, text: str) -> dict[str, Any]:
    people, number = person_search.contacts(text), person_search.number_in(text)
    numbers = person_search.numbers_of(people)
    may_see_dnc = request.user.has_perm("dnc.view_handentry")
    may_see_callbacks = request.user.has_perm("callbacks.view_personalcallback")
    return {
        "number": number,
        "people": [(contact, numbers[contact.pk]) for contact in people],
        "may_see_dnc": may_see_dnc,
        "is_whole": is_whole(number),
        "alike": sorted(near_misses.nearly_listed([number]).get(number, ())) if may_see_dnc else [],
        "listings": person_search.listings(number) if number and may_see_dnc else [],
        "may_see_callbacks": may_see_callbacks,
        "callbacks": person_search.personal_callbacks(text) if may_see_callbacks else [],
        "calls": [(call, RESULT_CODES[call.call_result].meaning) for call in person_search.calls(number)]
        if number
        else [],
    }
