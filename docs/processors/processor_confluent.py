# Does tasks of the kind "double": each word of {"text": "…"} twice over is a result. Needs only: pip install confluent-kafka
import json, os, time, uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timezone
from confluent_kafka import Consumer, KafkaError, KafkaException, Producer

BROKERS = os.environ.get("BROKERS", "localhost:9092")
SOURCE = f"double/{uuid.uuid4()}"  # this process, and not the one before it
answers = Producer({"bootstrap.servers": BROKERS, "acks": "all", "linger.ms": 0})
requests = Consumer({"bootstrap.servers": BROKERS, "group.id": "double-processors", "auto.offset.reset": "earliest",
                     "enable.auto.commit": False, "session.timeout.ms": 10_000})
idle = True

def work(request):
    run, seq = str(uuid.uuid4()), 0
    def say(what, data):
        nonlocal seq
        headers = {"ce_specversion": "1.0", "ce_id": str(uuid.uuid4()), "ce_source": SOURCE, "ce_subject": "double",
                   "ce_type": f"streamdemo.task.{what}", "ce_time": datetime.now(timezone.utc).isoformat(),
                   "ce_run": run, "ce_runseq": str(seq + 1), "content-type": "application/json"}
        refused = []
        answers.produce("response", json.dumps(data, ensure_ascii=False).encode(), key=request.key(), partition=request.partition(),
                        headers=headers, on_delivery=lambda error, _: error and refused.append(error))
        answers.flush()
        if refused:
            raise KafkaException(refused[0])
        seq += 1  # one that was refused takes no number
    say("started", {})
    end = {"status": "succeeded"}
    try:
        for word in json.loads(request.value())["text"].split():
            time.sleep(0.2)  # the long part
            say("result", {"word": word * 2})
    except (ValueError, LookupError, TypeError, AttributeError, KafkaException) as wrong:
        if isinstance(wrong, KafkaException) and wrong.args[0].code() != KafkaError.MSG_SIZE_TOO_LARGE:
            raise
        end = {"status": "failed", "error": {"message": str(wrong)}}  # of this task, so it ends and not the program
    say("ended", end)

def assigned(consumer, partitions):
    consumer.assign(partitions)
    if not idle:
        consumer.pause(partitions)

requests.subscribe(["request.double"], on_assign=assigned)
with ThreadPoolExecutor(1) as worker:
    while True:
        request = requests.poll(1)
        if request is None:
            continue
        if request.error():
            raise KafkaException(request.error())
        # Polls go on beside the work, for no more requests: else everybody who joins the group waits for the end of this task.
        idle = False
        requests.pause(requests.assignment())
        working = worker.submit(work, request)
        while not working.done():
            if requests.poll(0.2) is not None:
                raise RuntimeError("a request came of a paused partition; the next process does it")
        working.result()
        requests.commit(request, asynchronous=False)
        idle = True
        requests.resume(requests.assignment())
