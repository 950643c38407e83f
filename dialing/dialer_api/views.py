"""The dialer's interface, `/dialer/v1/`: a thin view around the one function of each operation."""

import uuid
from typing import Any

from django.db import connection
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from rest_framework.request import Request
from rest_framework.response import Response

from dialing.calls import DialedAnswer, Dialing, Result, ResultAnswer, mark_dialed, report_results
from dialing.dialer_api import answers, examples, requests
from dialing.dialer_api.answers import NOT_MADE
from dialing.dialer_api.base import DialerView, checked
from dialing.dialer_api.description import operation
from dialing.dialer_api.recall_watch import watch
from dialing.dialers import heard_from, note_agents
from dialing.leases import recalls_after
from dialing.models import Lease
from dialing.personal_callbacks import claim_callbacks
from dialing.record_feed import claim_records
from dialing.running import running_campaigns


class RecordsView(DialerView):
    @operation(
        "takeRecords",
        request=requests.RecordsRequest,
        sent=examples.records,
        answer=answers.RecordsAnswer,
        answered=examples.records_answer,
    )
    def post(self, request: Request) -> Response:
        """Records of a campaign that may be dialed now, each under a lease. None: ask again later."""
        values = checked(requests.RecordsRequest(data=request.data))
        records = claim_records(values["dialer"], values["campaign"], values["count"])
        return Response(answers.RecordsAnswer({"records": records}).data)


class CallbacksView(DialerView):
    @operation(
        "takeCallbacks",
        request=requests.CallbacksRequest,
        sent=examples.callbacks,
        answer=answers.CallbacksAnswer,
        answered=examples.callbacks_answer,
    )
    def post(self, request: Request) -> Response:
        """Personal callbacks that are due for these agents."""
        values = checked(requests.CallbacksRequest(data=request.data))
        records = claim_callbacks(values["dialer"], values["agents"], values["count"])
        return Response(answers.CallbacksAnswer({"records": records}).data)


class DialedView(DialerView):
    @operation(
        "noteDialed",
        request=requests.DialedRequest,
        sent=examples.DIALER,
        answer=answers.DialedAnswer,
        answered=examples.dialed_answer,
    )
    def post(self, request: Request, lease: uuid.UUID) -> Response:
        """Asked immediately before the call; only `dialed` allows it."""
        values = checked(requests.DialedRequest(data=request.data or {}))
        dialer = values.get("dialer") or dialer_of(lease)
        answer = mark_dialed(dialer, lease) if dialer else DialedAnswer(Dialing.UNKNOWN)
        body = {"lease": lease, "outcome": answer.outcome}
        if answer.reason:
            body["reason"] = answer.reason
        return Response(answers.DialedAnswer(body).data)


def dialer_of(lease: uuid.UUID) -> str | None:
    return Lease.objects.filter(pk=lease).values_list("dialer__name", flat=True).first()


class ResultsView(DialerView):
    @operation(
        "reportResults",
        request=requests.ResultsRequest,
        sent=examples.results,
        answer=answers.ResultsAnswer,
        answered=examples.results_answer,
    )
    def post(self, request: Request) -> Response:
        """How calls ended. May be sent again until it is answered; each result counts once."""
        values = checked(requests.ResultsRequest(data=request.data))
        results = [Result(**result) for result in values["results"]]
        taken = report_results(values["dialer"], results)
        lines = [_line(result, answer) for result, answer in zip(results, taken, strict=True)]
        return Response(answers.ResultsAnswer({"results": lines}).data)


def _line(result: Result, answer: ResultAnswer) -> dict[str, Any]:
    line = {"lease": result.lease, "outcome": answer.outcome}
    return line | {"callback": NOT_MADE, "reason": answer.not_made} if answer.not_made else line


class RecallsView(DialerView):
    @operation(
        "listRecalls",
        query=requests.RecallsRequest,
        answer=answers.RecallsAnswer,
        answered=examples.recalls_answer,
    )
    def get(self, request: Request) -> Response:
        """Leases taken back, oldest first; with `wait`, not before there is one or the time is over."""
        values = checked(requests.RecallsRequest(data=request.query_params.dict()))
        dialer, after, wait = values["dialer"], values["after"], values["wait"]
        heard_from(dialer)
        recalls = recalls_after(dialer, after)
        if wait and not recalls:
            # Whoever waits holds a thread; the connection is for those who work.
            connection.close()
            watch.wait(dialer, after, wait)
            recalls = recalls_after(dialer, after)
        # Written without the serializer, which takes a second for ten thousand.
        messages = [{"lease": str(recall.lease), "reason": recall.reason} for recall in recalls]
        return Response({"recalls": messages, "next": recalls[-1].number if recalls else after})


class HeartbeatView(DialerView):
    @operation(
        "heartbeat",
        request=requests.HeartbeatRequest,
        sent=examples.heartbeat,
        answer=OpenApiTypes.OBJECT,
        answered={},
    )
    def post(self, request: Request) -> Response:
        """A sign of life, for a dialer that has nothing else to say, and how many agents campaigns have."""
        values = checked(requests.HeartbeatRequest(data=request.data))
        dialer = heard_from(values["dialer"])
        if "campaigns" in values:
            note_agents(dialer, {entry["campaign"]: entry["agents"] for entry in values["campaigns"]})
        return Response({})


class CampaignsView(DialerView):
    @operation("listCampaigns", answer=answers.CampaignsAnswer, answered=examples.campaigns_answer)
    def get(self, request: Request) -> Response:
        """The campaigns to run now, with all that a dialer has to know of them."""
        campaigns = running_campaigns(timezone.now())
        return Response(answers.CampaignsAnswer({"campaigns": campaigns}).data)
