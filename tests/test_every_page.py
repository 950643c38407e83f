"""All pages of the admin: they open for those who may, and show nobody what is not allowed."""

from urllib.parse import urljoin, urlsplit

from lxml import html

from tests.admin_world import addresses

# What a supervisor may send: the stop, its resume, the undo of an import, and signing out.
POSTED = ("/stopreport/", "/undo/", "/logout/", "/password_change/")


def crawl(client):
    """Each page that opens, as its tree, and each link of those that does not open, as (link, page)."""
    pages, dead, seen = {}, [], set()
    for address in addresses():
        answer = client.get(address)
        if answer.status_code == 200 and "html" in answer["Content-Type"]:
            pages[address] = html.fromstring(answer.content)
    for address, page in pages.items():
        for link in page.xpath(
            "//main//a/@href | //nav//a/@href | //header//a/@href | //*[@id='header']//a/@href"
        ):
            path = urlsplit(urljoin(address, link)).path
            if path not in seen and path.startswith("/admin/"):
                seen.add(path)
                answer = client.get(urljoin(address, link), follow=True)
                let_go(answer)
                if answer.status_code != 200:
                    dead.append((link, address, answer.status_code))
    return pages, dead


def let_go(answer):
    """Close its file; closing the answer itself would close the test's connection to the database, too."""
    for close in answer._resource_closers:
        close()


def test_every_link_of_every_page_of_an_administrator_opens(client, world, alice):
    client.force_login(alice)
    pages, dead = crawl(client)

    assert dead == []
    assert len(pages) > 90


def test_a_supervisor_is_offered_neither_a_change_nor_a_page_that_does_not_open(client, world, sam):
    client.force_login(sam)
    pages, dead = crawl(client)

    assert dead == []
    assert len(pages) > 60
    for address, page in pages.items():
        assert not page.xpath("//*[contains(concat(' ', @class, ' '), ' addlink ')]"), address
        for button in page.xpath("//form[@method='post']//*[self::button or self::input[@type='submit']]"):
            form = next(button.iterancestors("form"))
            target = urljoin(address, form.get("action") or "")
            looks = button.get("value") == "look_up"
            assert looks or any(part in target for part in POSTED), (address, html.tostring(button))
