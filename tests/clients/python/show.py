"""What every program here does with an event, in place of something useful."""
import json
import time


def show(text):
    """Prints one line about an event, and returns the event; of an empty one, `{"type": ""}`."""
    event = json.loads(text) if text else {"type": ""}
    line = {"type": event["type"], "seq": event.get("seq"), "at": round(time.time() * 1000)}
    print(json.dumps(line), flush=True)
    return event
