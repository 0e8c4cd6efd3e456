"""A receiver of OTLP over HTTP on this machine. What it is sent is decoded by OpenTelemetry's own classes."""
import gzip
import http.server
import threading
import time

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest, ExportTraceServiceResponse
from opentelemetry.proto.trace.v1.trace_pb2 import Span as SpanMessage
from opentelemetry.proto.trace.v1.trace_pb2 import Status

SECONDS = 30


class Span:
    """A span with the words of the specification: ids in hex, attributes as a dictionary."""

    def __init__(self, message, resource):
        self.trace, self.id, self.parent = message.trace_id.hex(), message.span_id.hex(), message.parent_span_id.hex()
        self.name, self.kind = message.name, SpanMessage.SpanKind.Name(message.kind).removeprefix("SPAN_KIND_")
        self.begin, self.end = message.start_time_unix_nano, message.end_time_unix_nano
        self.attributes = values(message.attributes)
        self.failed, self.why = message.status.code == Status.STATUS_CODE_ERROR, message.status.message
        self.resource = resource

    def __repr__(self):
        return f"{self.name} {self.trace}/{self.id}<{self.parent} {self.attributes}"


def values(attributes):
    return {a.key: getattr(a.value, a.value.WhichOneof("value")) for a in attributes}


class Receiver:
    """`answer`: gives (status, fields, body) for each request, in order, the body as bytes or a message; without one all is taken."""

    def __init__(self, answer=None, port=0):
        self.spans, self.requests, self.answer = [], [], answer
        self.changed = threading.Condition()
        receiver = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                receiver.take(self)

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", port), Handler)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        self.thread = threading.Thread(target=self.server.serve_forever, daemon=True)

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()

    def take(self, call):
        body = call.rfile.read(int(call.headers["Content-Length"]))
        if call.headers.get("Content-Encoding") == "gzip":
            body = gzip.decompress(body)
        request = ExportTraceServiceRequest.FromString(body)
        found = [Span(s, values(r.resource.attributes)) for r in request.resource_spans for scope in r.scope_spans for s in scope.spans]
        status, fields, answer = self.answer(len(self.requests)) if self.answer else (200, {}, ExportTraceServiceResponse())
        answer = answer if isinstance(answer, bytes) else answer.SerializeToString()
        with self.changed:
            self.requests.append({"path": call.path, "headers": dict(call.headers), "spans": found})
            if status == 200:
                self.spans += found
            self.changed.notify_all()
        call.send_response(status)
        for name, value in {"Content-Type": "application/x-protobuf", "Content-Length": str(len(answer)), **fields}.items():
            call.send_header(name, value)
        call.end_headers()
        call.wfile.write(answer)

    def until(self, what, enough):
        """The spans, once `enough` is true of them."""
        end = time.monotonic() + SECONDS
        with self.changed:
            while not enough(self.spans):
                if not self.changed.wait(end - time.monotonic()):
                    raise AssertionError(f"not within {SECONDS} s: {what}; there are {[s.name for s in self.spans]}")
            return list(self.spans)
