import sys

from ld_eventsource import SSEClient
from show import show

client = SSEClient(sys.argv[1])
client.start()
for event in client.events:
    if show(event.data)["type"] == "ended":
        break
client.close()
