import sys

import requests
import sseclient
from show import show

response = requests.get(sys.argv[1], stream=True)
for event in sseclient.SSEClient(response).events():
    if show(event.data)["type"] == "ended":
        break
