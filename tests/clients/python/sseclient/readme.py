import sys

from show import show
from sseclient import SSEClient

for message in SSEClient(sys.argv[1]):
    if show(message.data)["type"] == "ended":
        break
