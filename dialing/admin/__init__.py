from dialing.admin.emergency_stop import StopReportAdmin
from dialing.admin.options import CampaignManagerOptionsAdmin

__all__ = ["CampaignManagerOptionsAdmin", "StopReportAdmin"]
