"""Wire names of the import rules, in the order of the API text's example."""

from dnc.models import ImportRule
from outbound_site.unifiedconfig.elements import Computed, element_for, elements_for
from outbound_site.unifiedconfig.serializers import ResourceSerializer


class ImportRuleSerializer(ResourceSerializer):
    root_name = "dnc"
    elements = (
        element_for(ImportRule, "changeStamp", required=True, update_only=True),
        Computed("refURL", lambda rule: rule.ref_url),
        element_for(ImportRule, "name", required=True),
        element_for(ImportRule, "filePath", required=True),
        *elements_for(ImportRule, "overwrite", "renameFileAfterImport"),
    )
