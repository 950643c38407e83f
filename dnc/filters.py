from dnc.models import ImportRule
from outbound_site.unifiedconfig.filters import ResourceFilter


class ImportRuleFilter(ResourceFilter):
    searched = {"name": "name"}
    sorted_by = {"name": "name"}

    class Meta:
        model = ImportRule
        fields: list[str] = []
