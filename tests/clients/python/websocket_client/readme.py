import sys

import websocket
from show import show


def on_message(socket, message):
    if show(message)["type"] == "ended":
        socket.close()


websocket.WebSocketApp(sys.argv[1], on_message=on_message).run_forever(reconnect=2)
