"""A processor that was not written with this program: each word of {"text": "…"} in capitals is a result. It goes on with the trace
of each request by OpenTelemetry's own library, which finds all that it needs in the environment. Runs until it is told to end."""
import asyncio
import json
import os
import signal
import uuid

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from opentelemetry import propagate, trace
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor

provider = TracerProvider()
provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
tracer = provider.get_tracer("shout")
REQUESTS, RESPONSES, GROUP = os.environ["REQUESTS"], os.environ["RESPONSES"], os.environ["GROUP"]
SOURCE = f"shout/{uuid.uuid4()}"


async def work(request, answers):
    run, seq = str(uuid.uuid4()), 0

    async def say(what, data):
        nonlocal seq
        seq += 1
        headers = {"ce_specversion": "1.0", "ce_id": str(uuid.uuid4()), "ce_source": SOURCE, "ce_subject": "shout",
                   "ce_type": f"streamdemo.task.{what}", "ce_run": run, "ce_runseq": str(seq), "content-type": "application/json"}
        propagate.inject(headers)
        await answers.send_and_wait(RESPONSES, json.dumps(data).encode(), key=request.key, partition=request.partition,
                                    headers=[(name, text.encode()) for name, text in headers.items()])

    parent = propagate.extract({name: value.decode() for name, value in request.headers})
    with tracer.start_as_current_span(f"process {REQUESTS}", context=parent, kind=trace.SpanKind.CONSUMER):
        await say("started", {})
        for word in json.loads(request.value)["text"].split():
            with tracer.start_as_current_span(f"send {RESPONSES}", kind=trace.SpanKind.PRODUCER):
                await say("result", {"word": word.upper()})
        await say("ended", {"status": "succeeded"})


async def main():
    brokers = os.environ["BROKERS"]
    async with AIOKafkaProducer(bootstrap_servers=brokers, acks="all") as answers, AIOKafkaConsumer(
            REQUESTS, bootstrap_servers=brokers, group_id=GROUP, auto_offset_reset="earliest", enable_auto_commit=False) as requests:
        async for request in requests:
            await work(request, answers)
            await requests.commit()


async def until_told():
    working = asyncio.create_task(main())
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, working.cancel)
    try:
        await working
    except asyncio.CancelledError:
        pass
    provider.shutdown()

asyncio.run(until_told())
