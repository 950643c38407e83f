from dialing.models.counters import CampaignCounters
from dialing.models.history import CallHistory
from dialing.models.lease import Dialer, Lease, LeaseState
from dialing.models.options import CampaignManagerOptions
from dialing.models.state import AttemptRule, NewestTime
from dialing.models.stop import StoppedCampaign, StoppedDialer, StopReport

__all__ = [
    "AttemptRule",
    "CallHistory",
    "CampaignCounters",
    "CampaignManagerOptions",
    "Dialer",
    "Lease",
    "LeaseState",
    "NewestTime",
    "StopReport",
    "StoppedCampaign",
    "StoppedDialer",
]
