"""The campaign resource as REST framework's documentation builds it, with the same prefetching as ours."""

from django.urls import include, path
from rest_framework import routers, serializers, viewsets

from campaigns.models import Campaign, CampaignSkillGroup, SkillGroup
from timezones.models import TimeZone


class SkillGroupSerializer(serializers.ModelSerializer):
    class Meta:
        model = SkillGroup
        fields = ["id", "name"]


class SkillGroupInfoSerializer(serializers.ModelSerializer):
    skill_group = SkillGroupSerializer(read_only=True)

    class Meta:
        model = CampaignSkillGroup
        exclude = ["id", "campaign"]


class TimeZoneSerializer(serializers.ModelSerializer):
    class Meta:
        model = TimeZone
        fields = ["name", "display_name"]


class CampaignSerializer(serializers.ModelSerializer):
    skill_group_infos = SkillGroupInfoSerializer(many=True, read_only=True)
    zone = TimeZoneSerializer(source="time_zone", read_only=True)

    class Meta:
        model = Campaign
        fields = "__all__"


class CampaignViewSet(viewsets.ModelViewSet):
    queryset = Campaign.objects.select_related("time_zone").prefetch_related("skill_group_infos__skill_group")
    serializer_class = CampaignSerializer


router = routers.DefaultRouter()
router.register("campaign", CampaignViewSet)
urlpatterns = [path("", include(router.urls))]
