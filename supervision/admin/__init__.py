from typing import cast

from django.contrib import admin

from outbound_site.core.admin.site import PagesAdminSite
from supervision.admin.board_page import board_part
from supervision.admin.campaign_pages import campaign_page, dry_run_page, export_page, switch
from supervision.admin.emergency_stop import StopReportAdmin
from supervision.admin.people_pages import contact_page, search_page

__all__ = ["StopReportAdmin"]

site = cast(PagesAdminSite, admin.site)
site.register_page("dialing/board/", board_part, "dialing_board")
site.register_page("dialing/campaign/<int:pk>/", campaign_page, "dialing_campaign")
site.register_page("dialing/campaign/<int:pk>/dry-run/", dry_run_page, "dialing_dry_run")
site.register_page("dialing/campaign/<int:pk>/export/", export_page, "dialing_export")
site.register_page("dialing/campaign/<int:pk>/switch/", switch, "dialing_switch")
site.register_page("dialing/contact/<int:pk>/", contact_page, "dialing_contact")
site.register_page("dialing/search/", search_page, "dialing_search")
