import sys

from ld_eventsource import SSEClient
from ld_eventsource.config import ErrorStrategy
from show import show

client = SSEClient(sys.argv[1], error_strategy=ErrorStrategy.always_continue())
for event in client.events:
    if show(event.data)["type"] == "ended":
        break
client.close()
