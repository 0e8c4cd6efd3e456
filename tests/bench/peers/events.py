"""The events of the peers, in the form that load_client reads: JSON that begins with the type."""
import json
from datetime import datetime, timezone


def event(kind, request_id, **more):
    time = datetime.now(timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    return json.dumps({"type": kind, "request_id": request_id, "time": time, **more}, separators=(",", ":"))


def is_end(text):
    return text.startswith('{"type":"ended"')
