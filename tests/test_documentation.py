import re

import pytest
from django.conf import settings

from outbound_site.celery import app

DOCUMENTS = sorted([*settings.BASE_DIR.glob("*.md"), *settings.BASE_DIR.glob("docs/**/*.md")])


def test_the_documented_schedule_is_the_real_one():
    text = (settings.BASE_DIR / "docs" / "operating.md").read_text()
    table = text.split("## Schedule")[1].split("## ")[0]

    assert set(re.findall(r"^\| `(\w+)` \|", table, re.MULTILINE)) == set(app.conf.beat_schedule)


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_links_between_documents_lead_somewhere(document):
    targets = re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", document.read_text())

    assert [target for target in targets if not (document.parent / target).exists()] == []
