import pytest


@pytest.fixture
def sign_in(client):
    """`sign_in(sam).get("/admin/")`"""

    def sign_in(user):
        client.force_login(user)
        return client

    return sign_in
