from django.contrib.admin import AdminSite


class OutboundAdminSite(AdminSite):
    site_title = "Outbound"
    site_header = "Outbound"
    index_title = "Campaigns and lists"
