"""Clients that import all at once: `python import_clients.py`, a process that does nothing else.

Reads `port`, `paths`, `credentials`, `body` and `clients` as JSON; writes the status and the seconds until it
came for each of them.
"""

import asyncio
import json
import sys
import time
from base64 import b64encode


async def post(port, path, credentials, body):
    started = time.monotonic()
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    head = [f"POST {path} HTTP/1.1", "Host: 127.0.0.1", f"Content-Length: {len(body)}"]
    head += ["Content-Type: application/xml", f"Authorization: Basic {b64encode(credentials).decode()}"]
    writer.write("\r\n".join([*head, "", ""]).encode() + body)
    status_line = await reader.readline()
    seconds = time.monotonic() - started
    writer.close()
    return int(status_line.split()[1]), round(seconds, 3)


async def post_all(given):
    body, credentials, paths = given["body"].encode(), given["credentials"].encode(), given["paths"]
    return await asyncio.gather(
        *(
            post(given["port"], paths[number % len(paths)], credentials, body)
            for number in range(given["clients"])
        )
    )


if __name__ == "__main__":
    print(json.dumps(asyncio.run(post_all(json.load(sys.stdin)))))
