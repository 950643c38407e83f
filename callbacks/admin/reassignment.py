"""The page between choosing callbacks in the list and giving them to another agent."""

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.admin import ModelAdmin, helpers
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse

from callbacks.models import Agent
from callbacks.scheduling import reassign

SHOWN = 20


class AgentForm(forms.Form):
    agent = forms.ModelChoiceField(Agent.objects.active(), label="To agent")


def reassignment_page(
    page: ModelAdmin, request: HttpRequest, callbacks: QuerySet[Any]
) -> HttpResponse | None:
    """Asks for the agent; None, and so back to the list, once they are reassigned. Raises ValidationError."""
    form = AgentForm(request.POST if "agent" in request.POST else None)
    if form.is_valid():
        agent, chosen = form.cleaned_data["agent"], callbacks.count()
        report(page, request, chosen, reassign(callbacks, agent), agent)
        return None
    context = {
        **page.admin_site.each_context(request),
        "title": "Reassign personal callbacks",
        "opts": page.model._meta,
        "form": form,
        "total": callbacks.count(),
        "callbacks": callbacks.select_related("agent")[:SHOWN],
        "chosen": request.POST.getlist(helpers.ACTION_CHECKBOX_NAME),
        "select_across": request.POST.get("select_across", "0"),
    }
    return TemplateResponse(request, "admin/callbacks/personalcallback/reassign.html", context)


def report(page: ModelAdmin, request: HttpRequest, chosen: int, moved: int, agent: Agent) -> None:
    page.message_user(request, f"{moved} of {chosen} callbacks went to {agent}.", messages.SUCCESS)
    if moved < chosen:
        message = f"{chosen - moved} were left as they are: active with a dialer, or with {agent} already."
        page.message_user(request, message, messages.WARNING)
