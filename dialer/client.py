"""The dialer's interface as a client sees it: JSON over a kept connection (docs/dialer-interface.md)."""

import http.client
import json
import time
from base64 import b64encode
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import quote, urlsplit

TIMEOUT_SECONDS = 60
# Servers close connections that idle; gunicorn after two seconds.
KEEP_SECONDS = 1.0


class Unreachable(Exception):
    """No answer, or one that says to try again. Results are sent again; records are asked for anew."""


class Refused(Exception):
    """The server understood and said no: wrong credentials or a fault of this program."""


class Interface:
    """Not for two threads at once: each opens its own."""

    def __init__(self, url: str, username: str, password: str, dialer: str) -> None:
        self.parts = urlsplit(url)
        self.credentials = (username, password)
        self.dialer = dialer
        token = b64encode(f"{username}:{password}".encode()).decode()
        self.headers = {"Authorization": f"Basic {token}", "Content-Type": "application/json"}
        kind = http.client.HTTPSConnection if self.parts.scheme == "https" else http.client.HTTPConnection
        self.used_at = 0.0
        self.connection = kind(self.parts.hostname or "", self.parts.port, timeout=TIMEOUT_SECONDS)

    def another(self) -> "Interface":
        """The same on a connection of its own."""
        return Interface(self.parts.geturl(), *self.credentials, self.dialer)

    def campaigns(self) -> list[dict[str, Any]]:
        return list(self.request("GET", "campaigns")["campaigns"])

    def records(self, campaign: int, count: int) -> list[dict[str, Any]]:
        body = {"dialer": self.dialer, "campaign": campaign, "count": count}
        return list(self.request("POST", "records", body)["records"])

    def callbacks(self, agents: Iterable[str], count: int) -> list[dict[str, Any]]:
        body = {"dialer": self.dialer, "agents": list(agents), "count": count}
        return list(self.request("POST", "callbacks", body)["records"])

    def dialed(self, lease: str) -> str:
        """Whether it may be dialed: `dialed`, or the reason why not."""
        return str(self.request("POST", f"records/{lease}/dialed", {"dialer": self.dialer})["outcome"])

    def report(self, results: list[dict[str, Any]]) -> list[dict[str, Any]]:
        return list(self.request("POST", "results", {"dialer": self.dialer, "results": results})["results"])

    def recalls(self, after: int, wait: int) -> tuple[list[dict[str, Any]], int]:
        answer = self.request("GET", f"recalls?dialer={quote(self.dialer)}&after={after}&wait={wait}")
        return answer["recalls"], answer["next"]

    def heartbeat(self, agents: Mapping[int, int] | None = None) -> None:
        """`agents`: how many serve each campaign."""
        reported = [{"campaign": campaign, "agents": number} for campaign, number in (agents or {}).items()]
        self.request("POST", "heartbeat", {"dialer": self.dialer, "campaigns": reported})

    def request(self, method: str, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        """Raises Unreachable or Refused."""
        if time.monotonic() - self.used_at > KEEP_SECONDS:
            self.connection.close()
        try:
            text = None if body is None else json.dumps(body)
            self.connection.request(method, f"{self.parts.path}/dialer/v1/{path}", text, self.headers)
            response = self.connection.getresponse()
            content = response.read()
        except (OSError, http.client.HTTPException) as error:
            # The next request opens the connection again.
            self.connection.close()
            raise Unreachable(str(error) or type(error).__name__) from error
        self.used_at = time.monotonic()
        if response.status >= 500:
            raise Unreachable(f"{response.status} {response.reason}")
        if response.status >= 300:
            raise Refused(f"{method} {path}: {response.status} {content[:300].decode(errors='replace')}")
        answer: dict[str, Any] = json.loads(content)
        return answer
