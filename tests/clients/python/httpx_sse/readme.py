import sys

import httpx
from httpx_sse import connect_sse
from show import show

with httpx.Client() as client:
    with connect_sse(client, "GET", sys.argv[1]) as source:
        for sse in source.iter_sse():
            if show(sse.data)["type"] == "ended":
                break
