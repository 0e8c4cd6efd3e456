import sys
import time

import websocket
from show import show

last, done = 0, False


def on_message(socket, message):
    global last, done
    event = show(message)
    last = event.get("seq", last)
    if event["type"] == "ended":
        done = True
        socket.close()


# Without reconnect=: that would come back with the URL of the beginning.
while not done:
    websocket.WebSocketApp(f"{sys.argv[1]}?after={last}", on_message=on_message).run_forever()
    if not done:
        time.sleep(2)
