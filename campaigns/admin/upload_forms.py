from django import forms

from campaigns.models import Campaign
from outbound_site.imports.upload_forms import UploadForm


class ContactUploadForm(UploadForm):
    field_order = ["campaign", "file"]

    campaign = forms.ModelChoiceField(Campaign.objects.active())
