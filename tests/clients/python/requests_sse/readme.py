import sys

from requests_sse import EventSource
from show import show

with EventSource(sys.argv[1], timeout=30) as source:
    for event in source:
        if show(event.data)["type"] == "ended":
            break
