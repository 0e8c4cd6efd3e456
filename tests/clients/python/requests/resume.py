import sys
import time

import requests
from show import show


def follow(url):
    last = 0
    while True:
        try:
            headers = {"Accept": "application/x-ndjson"}
            with requests.get(url, params={"after": last}, headers=headers, stream=True, timeout=(10, 40)) as response:
                response.raise_for_status()
                for line in response.iter_lines():
                    event = show(line)
                    last = event.get("seq", last)  # `heartbeat` and `reconnect` have none
                    if event["type"] == "ended":
                        return
        except requests.RequestException as error:
            if error.response is not None and error.response.status_code < 500:  # 503 is a proxy's while it has no gateway
                raise
            print(error, file=sys.stderr)
        time.sleep(2)


follow(sys.argv[1])
