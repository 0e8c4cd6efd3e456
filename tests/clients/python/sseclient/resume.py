import sys
import time

import requests
from show import show
from sseclient import SSEClient


def follow(url):
    last = "0"
    while True:
        try:
            for message in SSEClient(url, last_id=last):
                last = message.id or last
                if show(message.data)["type"] == "ended":
                    return
        except requests.RequestException as error:  # it comes back after a cut, but gives up at a refusal
            if error.response is not None and error.response.status_code < 500:  # 503 is a proxy's while it has no gateway
                raise
            print(error, file=sys.stderr)
        time.sleep(2)


follow(sys.argv[1])
