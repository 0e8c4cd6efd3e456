import sys

import requests
from show import show

headers = {"Accept": "application/x-ndjson"}
with requests.get(sys.argv[1], headers=headers, stream=True) as response:
    for line in response.iter_lines():
        if show(line)["type"] == "ended":
            break
