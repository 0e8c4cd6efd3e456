import asyncio
import sys

from picows import WSListener, WSMsgType, ws_connect
from show import show


class Listener(WSListener):
    def on_ws_frame(self, transport, frame):
        if frame.msg_type == WSMsgType.TEXT:
            show(frame.get_payload_as_utf8_text())


async def main(url):
    transport, _ = await ws_connect(Listener, url)
    await transport.wait_disconnected()


asyncio.run(main(sys.argv[1]))
