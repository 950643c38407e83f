from typing import Any

from dnc.filters import ImportRuleFilter
from dnc.import_rules import create_rule, delete_rule, update_rule
from dnc.models import ImportRule
from dnc.serializers import ImportRuleSerializer
from outbound_site.unifiedconfig.access import Access
from outbound_site.unifiedconfig.views import CreateMixin, DestroyMixin, ListMixin, RetrieveMixin, UpdateMixin


class ImportRuleViewSet(ListMixin, RetrieveMixin, CreateMixin, UpdateMixin, DestroyMixin):
    queryset = ImportRule.objects.all()
    serializer_class = ImportRuleSerializer
    filterset_class = ImportRuleFilter
    collection_name = "dncs"
    access = Access(
        read=("dnc.view_importrule",),
        create=("dnc.add_importrule",),
        update=("dnc.change_importrule",),
        delete=("dnc.delete_importrule",),
    )

    def perform_create(self, values: dict[str, Any]) -> ImportRule:
        return create_rule(values)

    def perform_update(self, item: ImportRule, values: dict[str, Any]) -> None:
        update_rule(item.pk, values.pop("change_stamp"), values)

    def perform_destroy(self, item: ImportRule) -> None:
        delete_rule(item)
