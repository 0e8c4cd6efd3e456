"""What one process sends, as a receiver understands it that was not written here."""
import json
import unittest

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTracePartialSuccess, ExportTraceServiceResponse

from support.tls import behind_tls
from support.waiting import until

from .program import program
from .receiver import Receiver
from .tree import Tree

TRACE = "0af7651916cd43dd8448eb211c80319c"
CLIENT = "b7ad6b7169203331"
SAMPLED, UNSAMPLED = f"00-{TRACE}-{CLIENT}-01", f"00-{TRACE}-{CLIENT}-00"
TWO = {"results": 2, "interval_ms": 1}


def to(receiver, **more):
    return {"EXPORTER_OTLP_ENDPOINT": receiver.url, "BSP_SCHEDULE_DELAY": 50, **more}


class OneProcess(unittest.TestCase):
    def test_one_trace_from_curl_to_each_result(self):
        with Receiver() as r, program(otel=to(r, SERVICE_NAME="shop", RESOURCE_ATTRIBUTES="deployment.environment.name=test")) as p:
            task = p.submit("simulate", TWO, parent=SAMPLED)
            # Three are delivered: two results and the end.
            spans = r.until("all spans", lambda s: len([x for x in s if x.name == "deliver response"]) == 3 and
                            any(x.name == "process request" for x in s) and any(x.name == "POST /api/{kind}" for x in s))
        self.assertEqual({TRACE}, {s.trace for s in spans})
        tree = Tree(spans)
        post = tree.only("POST /api/{kind}", "SERVER", CLIENT)
        self.assertEqual({"http.request.method": "POST", "http.route": "/api/{kind}", "url.path": "/api/simulate", "url.scheme": "http",
                          "http.response.status_code": 200, "server.address": "localhost", "client.address": "127.0.0.1"},
                         {k: post.attributes[k] for k in ("http.request.method", "http.route", "url.path", "url.scheme",
                                                          "http.response.status_code", "server.address", "client.address")})
        accepted = tree.only("send response", "PRODUCER", post.id)
        self.assertEqual("streamdemo.task.accepted", accepted.attributes["cloudevents.event_type"])
        request = tree.only("send request", "PRODUCER", post.id)
        wait = tree.only("queue wait", "INTERNAL", request.id)
        run = tree.only("process request", "CONSUMER", request.id)
        self.assertLessEqual(wait.end, run.begin)
        self.assertEqual("succeeded", run.attributes["streamdemo.run.end"])
        sent = tree.all("send response", "PRODUCER", run.id)
        self.assertEqual(["result", "result", "ended"], [s.attributes["cloudevents.event_type"].rpartition(".")[2] for s in sent])
        for s in sent:
            arrival = tree.only("deliver response", "CONSUMER", s.id)
            self.assertLessEqual(s.begin, arrival.begin)
            self.assertLessEqual(arrival.begin, arrival.end)
        self.assertEqual({task}, {s.attributes["streamdemo.request_id"] for s in spans if s is not post})
        for s in spans:
            self.assertLessEqual(s.begin, s.end)
            self.assertFalse(s.failed)
            if s.kind in ("PRODUCER", "CONSUMER"):
                self.assertEqual("inprocess", s.attributes["messaging.system"])
                self.assertIn(s.attributes["messaging.operation.type"], ("send", "process"))
        self.assertEqual("shop", post.resource["service.name"])
        self.assertEqual("test", post.resource["deployment.environment.name"])
        self.assertEqual("/v1/traces", r.requests[0]["path"])
        self.assertEqual("application/x-protobuf", r.requests[0]["headers"]["Content-Type"])

    def test_a_request_without_a_task_has_its_span_and_tickets_stay_secret(self):
        with Receiver() as r, program(otel=to(r)) as p:
            p.curl("/api/tasks/nothing?ticket=secret")
            spans = r.until("the request's span", len)
        self.assertEqual(404, spans[0].attributes["http.response.status_code"])
        self.assertFalse(spans[0].failed)
        self.assertEqual("", spans[0].parent)
        self.assertNotIn("secret", repr(spans))

    def test_the_program_of_a_command_is_told_its_place_in_the_trace(self):
        with Receiver() as r, program(otel=to(r), tasks__tell__command='["sh", "-c", "cat >&2; echo $TRACEPARENT"]') as p:
            task = p.submit("tell", {}, parent=SAMPLED)
            told = json.loads(p.curl(f"/api/results/{task}"))["results"][0]["data"]
            run = r.until("the run", lambda s: [x for x in s if x.name == "process request"])
            run = next(s for s in run if s.name == "process request")
        self.assertEqual(f"00-{TRACE}-{run.id}-01", told)

    def test_a_caller_who_does_not_record_is_followed(self):
        with Receiver() as r, program(otel=to(r)) as p:
            p.submit("simulate", TWO, parent=UNSAMPLED)
            p.submit("simulate", TWO, parent=SAMPLED.replace(TRACE, "f" * 32))
            spans = r.until("the other trace", lambda s: any(x.name == "process request" for x in s))
        self.assertEqual({"f" * 32}, {s.trace for s in spans})

    def test_of_traces_that_begin_here_a_part_is_recorded_whole(self):
        with Receiver() as r, program(otel=to(r, TRACES_SAMPLER="parentbased_traceidratio", TRACES_SAMPLER_ARG="0.5")) as p:
            for _ in range(24):
                p.submit("simulate", {"results": 0})
            ends = lambda s, name: {x.trace for x in s if x.name == name}
            spans = r.until("traces", lambda s: ends(s, "POST /api/{kind}") and ends(s, "POST /api/{kind}") == ends(s, "deliver response"))
        self.assertLess(len(ends(spans, "POST /api/{kind}")), 24)

    def test_a_receiver_that_fails_harms_no_task_and_is_told_once(self):
        with Receiver(answer=lambda n: (500, {}, ExportTraceServiceResponse())) as r, program(otel=to(r)) as p:
            for _ in range(3):
                p.submit("simulate", TWO)
            dropped = 'streamdemo_trace_spans_dropped_total{reason="not_taken"}'
            until("drops are counted", lambda: p.counted(dropped) >= 10)
            self.assertEqual(0, p.counted("streamdemo_trace_spans_exported_total"))
            self.assertEqual(1, p.log.read_text().count("it answers 500"))

    def test_a_page_is_no_receiver(self):
        page = lambda n: (200, {"Content-Type": "text/html"}, b"<html>Sign in</html>")
        with Receiver(answer=page) as r, program(otel=to(r)) as p:
            p.submit("simulate", TWO)
            until("drops are counted", lambda: p.counted('streamdemo_trace_spans_dropped_total{reason="not_taken"}') >= 11)
            self.assertEqual(0, p.counted("streamdemo_trace_spans_exported_total"))
            self.assertEqual(1, p.log.read_text().count("with a body of type text/html"))

    def test_what_a_receiver_takes_in_part_is_counted(self):
        some = ExportTraceServiceResponse(partial_success=ExportTracePartialSuccess(rejected_spans=1, error_message="no"))
        with Receiver(answer=lambda n: (200, {}, some if n == 0 else ExportTraceServiceResponse())) as r, program(otel=to(r)) as p:
            p.submit("simulate", TWO)
            until("one is rejected", lambda: p.counted('streamdemo_trace_spans_dropped_total{reason="rejected"}') == 1)

    def test_over_https_the_authority_is_that_of_the_usual_variable(self):
        def runs(n):
            return lambda spans: len([s for s in spans if s.name == "process request"]) == n
        with Receiver() as r, behind_tls(r.url) as tls:
            with program(otel=to(r, EXPORTER_OTLP_ENDPOINT=tls.address, EXPORTER_OTLP_CERTIFICATE=tls.authority)) as p:
                p.submit("simulate", TWO, parent=SAMPLED)
                r.until("the run", runs(1))
                # What is in the file may change.
                tls.renew()
                p.submit("simulate", TWO, parent=SAMPLED)
                r.until("the second run", runs(2))
            taken = len(r.requests)
            # Who does not know it trusts nobody.
            with program(otel=to(r, EXPORTER_OTLP_ENDPOINT=tls.address)) as p:
                p.submit("simulate", TWO, parent=SAMPLED)
                until("it is told", lambda: "OTEL_EXPORTER_OTLP_CERTIFICATE names the authorities" in p.log.read_text())
            self.assertEqual(taken, len(r.requests))

    def test_without_an_address_there_is_nothing_of_it(self):
        with program(otel={"SERVICE_NAME": "x"}) as p:
            p.submit("simulate", TWO, parent=SAMPLED)
            self.assertIsNone(p.counted("streamdemo_trace_spans_exported_total"))
            self.assertNotIn("trace", p.log.read_text())


if __name__ == "__main__":
    unittest.main()
