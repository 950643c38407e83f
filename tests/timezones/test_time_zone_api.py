from tests.api_client import JSON


def test_the_list_holds_every_zone_west_to_east_without_paging(api):
    answer = api.get("timezone")

    assert answer.status_code == 200
    assert answer.tree.findtext("pageInfo/totalResults") == "144"
    biases = [int(zone.findtext("bias")) for zone in answer.tree.find("timeZones")]
    assert len(biases) == 144
    assert biases == sorted(biases, reverse=True)
    assert answer.tree.find("permissionInfo") is None


def test_a_zone_is_found_by_its_percent_encoded_name(api):
    answer = api.get("timezone/Pacific%20Standard%20Time%20%28Mexico%29", accept=JSON)

    assert answer.json() == {
        "refURL": "/unifiedconfig/config/timezone/Pacific%20Standard%20Time%20%28Mexico%29",
        "name": "Pacific Standard Time (Mexico)",
        "displayName": "(UTC-08:00) Baja California",
        "stdName": "Pacific Standard Time (Mexico)",
        "dstName": "Pacific Daylight Time (Mexico)",
        "dstObserved": True,
        "bias": 480,
    }
