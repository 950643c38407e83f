"""The dialer's interface, `/dialer/v1/`: a thin view around the one function of each operation."""

import uuid
from typing import Any

from django.db import connection
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from rest_framework.request import Request
from rest_framework.response import Response

from dialing.before_the_call import DialedAnswer, Dialing, mark_dialed
from dialing.dialer_api import examples, serializers
from dialing.dialer_api.base import DialerView, checked
from dialing.dialer_api.description import operation
from dialing.dialer_api.recall_watch import watch
from dialing.dialer_api.serializers import NOT_MADE
from dialing.dialers import heard_from, note_agents
from dialing.leases import recalls_after
from dialing.models import Lease
from dialing.personal_callbacks import claim_callbacks
from dialing.record_feed import claim_records, running_campaigns
from dialing.reported_calls import ReportedCall
from dialing.result_intake import ResultAnswer, report_results


class RecordsView(DialerView):
    @operation(
        "takeRecords",
        request=serializers.RecordsRequest,
        sent=examples.records,
        answer=serializers.RecordsAnswer,
        answered=examples.records_answer,
    )
    def post(self, request: Request) -> Response:
        """Records of a campaign that may be dialed now, each under a lease. None: ask again later."""
        values = checked(serializers.RecordsRequest(data=request.data))
        records = claim_records(values["dialer"], values["campaign"], values["count"])
        return Response(serializers.RecordsAnswer({"records": records}).data)


class CallbacksView(DialerView):
    @operation(
        "takeCallbacks",
        request=serializers.CallbacksRequest,
        sent=examples.callbacks,
        answer=serializers.CallbacksAnswer,
        answered=examples.callbacks_answer,
    )
    def post(self, request: Request) -> Response:
        """Personal callbacks that are due for these agents."""
        values = checked(serializers.CallbacksRequest(data=request.data))
        records = claim_callbacks(values["dialer"], values["agents"], values["count"])
        return Response(serializers.CallbacksAnswer({"records": records}).data)


class DialedView(DialerView):
    @operation(
        "noteDialed",
        request=serializers.DialedRequest,
        sent=examples.DIALER,
        answer=serializers.DialedAnswer,
        answered=examples.dialed_answer,
    )
    def post(self, request: Request, lease: uuid.UUID) -> Response:
        """Asked immediately before the call; only `dialed` allows it."""
        values = checked(serializers.DialedRequest(data=request.data or {}))
        dialer = values.get("dialer") or dialer_of(lease)
        answer = mark_dialed(dialer, lease) if dialer else DialedAnswer(Dialing.UNKNOWN)
        body = {"lease": lease, "outcome": answer.outcome}
        if answer.reason:
            body["reason"] = answer.reason
        return Response(serializers.DialedAnswer(body).data)


def dialer_of(lease: uuid.UUID) -> str | None:
    return Lease.objects.filter(pk=lease).values_list("dialer__name", flat=True).first()


class ResultsView(DialerView):
    @operation(
        "reportResults",
        request=serializers.ResultsRequest,
        sent=examples.results,
        answer=serializers.ResultsAnswer,
        answered=examples.results_answer,
    )
    def post(self, request: Request) -> Response:
        """How calls ended. May be sent again until it is answered; each result counts once."""
        values = checked(serializers.ResultsRequest(data=request.data))
        results = [ReportedCall(**result) for result in values["results"]]
        taken = report_results(values["dialer"], results)
        lines = [_line(result, answer) for result, answer in zip(results, taken, strict=True)]
        return Response(serializers.ResultsAnswer({"results": lines}).data)


def _line(result: ReportedCall, answer: ResultAnswer) -> dict[str, Any]:
    line = {"lease": result.lease, "outcome": answer.outcome}
    return line | {"callback": NOT_MADE, "reason": answer.not_made} if answer.not_made else line


class RecallsView(DialerView):
    @operation(
        "listRecalls",
        query=serializers.RecallsRequest,
        answer=serializers.RecallsAnswer,
        answered=examples.recalls_answer,
    )
    def get(self, request: Request) -> Response:
        """Leases taken back, oldest first; with `wait`, not before there is one or the time is over."""
        values = checked(serializers.RecallsRequest(data=request.query_params.dict()))
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
        request=serializers.HeartbeatRequest,
        sent=examples.heartbeat,
        answer=OpenApiTypes.OBJECT,
        answered={},
    )
    def post(self, request: Request) -> Response:
        """A sign of life, for a dialer that has nothing else to say, and how many agents campaigns have."""
        values = checked(serializers.HeartbeatRequest(data=request.data))
        dialer = heard_from(values["dialer"])
        if "campaigns" in values:
            note_agents(dialer, {entry["campaign"]: entry["agents"] for entry in values["campaigns"]})
        return Response({})


class CampaignsView(DialerView):
    @operation("listCampaigns", answer=serializers.CampaignsAnswer, answered=examples.campaigns_answer)
    def get(self, request: Request) -> Response:
        """The campaigns to run now, with all that a dialer has to know of them."""
        campaigns = running_campaigns(timezone.now())
        return Response(serializers.CampaignsAnswer({"campaigns": campaigns}).data)
