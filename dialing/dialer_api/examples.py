"""Examples in the OpenAPI description: one call from its record to its result."""

from typing import Any

LEASE = "0b0e5c1e-3a52-4c5a-9d0c-5a3f0c0e7d11"
DIALER = {"dialer": "d1"}

records = DIALER | {"campaign": 5000, "count": 20}
leased: dict[str, Any] = {
    "lease": LEASE,
    "campaign": 5000,
    "number": "2225554444",
    "dial": "9782225554444",
    "accountNumber": "6782",
    "firstName": "Henry",
    "lastName": "Martin",
    "attempt": 1,
    "expiresAt": "2026-11-23T09:15:00Z",
}
records_answer = {
    "records": [
        leased
        | {"contact": "/unifiedconfig/config/campaign/5000/import/7", "phone": "phone01", "attemptsLeft": 2}
    ]
}
callbacks = DIALER | {"agents": ["1001", "1002"], "count": 20}
callbacks_answer = {
    "records": [
        leased
        | {
            "personalCallback": "/unifiedconfig/config/personalcallback/12",
            "agent": "1001",
            "otherAgent": False,
            "campaignDn": "7001",
        }
    ]
}
dialed_answer = {"lease": LEASE, "outcome": "dialed"}
results = DIALER | {
    "results": [{"lease": LEASE, "callResult": 10, "agent": "1001", "talkTime": 65, "wrapupTime": 12}]
}
results_answer = {"results": [{"lease": LEASE, "outcome": "accepted"}]}
recalls_answer = {"recalls": [{"lease": LEASE, "reason": "campaign disabled"}], "next": 1}
heartbeat = DIALER | {"campaigns": [{"campaign": 5000, "agents": 12}]}
campaigns_answer = {
    "campaigns": [
        {
            "campaign": 5000,
            "refURL": "/unifiedconfig/config/campaign/5000",
            "changeStamp": 3,
            "name": "Renewals_Q3",
            "campaignPurposeType": "agentCampaign",
            "dialingMode": "PREDICTIVEONLY",
            "linesPerAgent": 1.5,
            "maximumLinesPerAgent": 2.0,
            "reservationPercentage": 100,
            "campaignPrefix": "978",
            "noAnswerRingLimit": 4,
            "minimumCallDuration": 1,
            "abandonEnabled": True,
            "abandonPercent": 3.0,
            "predictiveCorrectionPace": 70,
            "predictiveGain": 1.0,
            "ipAmdEnabled": True,
            "amdTreatmentMode": "abandonCall",
            "ipTerminatingBeepDetect": False,
            "personalizedCallbackEnabled": False,
            "callProgressAnalysis": {
                "enabled": True,
                "record": False,
                "minSilencePeriod": 608,
                "analysisPeriod": 2500,
                "minimumValidSpeech": 112,
                "maxTimeAnalysis": 3000,
                "maxTermToneAnalysis": 30000,
            },
            "skillGroups": [
                {
                    "skillGroup": "/unifiedconfig/config/skillgroup/5007",
                    "name": "Renewals",
                    "overflowAgents": 0,
                    "recordsToCache": 1,
                    "dialedNumber": "7001",
                    "ivrPorts": 0,
                    "ivrRoutePoint": "",
                    "abandonedRoutePoint": "",
                }
            ],
        }
    ]
}
