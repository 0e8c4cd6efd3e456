import sys
import time

import requests
import sseclient
from show import show


def follow(url):
    last, pause = "0", 2
    while True:
        try:
            response = requests.get(url, stream=True, headers={"Last-Event-ID": last}, timeout=(10, 40))
            response.raise_for_status()  # else the loop below ends without a word
            for event in sseclient.SSEClient(response).events():
                last = event.id or last
                pause = int(event.retry) / 1000 if event.retry else pause
                if show(event.data)["type"] == "ended":
                    return
        except requests.RequestException as error:
            if error.response is not None and error.response.status_code < 500:  # 503 is a proxy's while it has no gateway
                raise
            print(error, file=sys.stderr)
        time.sleep(pause)


follow(sys.argv[1])
