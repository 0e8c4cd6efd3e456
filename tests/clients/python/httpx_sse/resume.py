import sys
import time

import httpx
from httpx_sse import connect_sse
from show import show


def follow(url):
    last, pause = "0", 2
    # By itself httpx gives up after 5 quiet seconds; the server gives a sign of life every 15.
    with httpx.Client(timeout=httpx.Timeout(10, read=40)) as client:
        while True:
            try:
                with connect_sse(client, "GET", url, headers={"Last-Event-ID": last}) as source:
                    if source.response.status_code < 500:  # 503 is a proxy's while it has no gateway
                        source.response.raise_for_status()
                    for sse in source.iter_sse():
                        last = sse.id or last
                        pause = sse.retry / 1000 if sse.retry else pause
                        if show(sse.data)["type"] == "ended":
                            return
            except httpx.TransportError as error:  # a cut is its RemoteProtocolError, a restart its ConnectError
                print(error, file=sys.stderr)
            time.sleep(pause)


follow(sys.argv[1])
