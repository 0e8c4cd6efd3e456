"""What a program does that knows the server by a client generated from its /openapi.json alone; mypy --strict reads it."""
import json
import sys
from http import HTTPStatus

from streamdemo_client import Client
from streamdemo_client.api.default import (cancel_task, delete_task, get_artifact, get_results, get_task, get_timeline, list_kinds,
                                           list_tasks, submit_process_video, submit_simulate, submit_task)
from streamdemo_client.models import (AcceptedEvent, EndedEvent, EndedEventDataStatus, LiveTask, Problem, ProcessVideoInput,
                                      ProcessVideoInputPresetType1, ProblemType, ProgressEvent, ResultEvent, Results, SimulateInput,
                                      StartedEvent, Status, SubmitTaskJsonBody, Task, Timeline)
from streamdemo_client.types import File

client = Client(base_url=sys.argv[1], raise_on_unexpected_status=True)


def submitted(body: SimulateInput) -> str:
    task = submit_simulate.sync(client=client, body=body)
    assert isinstance(task, Task), task
    return task.request_id


def polls() -> None:
    request_id = submitted(SimulateInput(results=3, interval_ms=1))
    page = get_task.sync(request_id, client=client, prefer="wait=20")
    assert isinstance(page, LiveTask), page
    events = page.events
    while not events or not isinstance(events[-1], EndedEvent):
        page = get_task.sync(request_id, client=client, after=page.next_, prefer="wait=20")
        assert isinstance(page, LiveTask), page
        events += page.events
    first, second, last = events[0], events[1], events[-1]
    assert isinstance(first, AcceptedEvent) and first.data.kind == "simulate"
    assert isinstance(second, StartedEvent) and second.resumed is False
    assert isinstance(last, EndedEvent) and last.data.status == EndedEventDataStatus.SUCCEEDED
    assert [event.data.fraction for event in events if isinstance(event, ProgressEvent) and event.data][-1:] == [1]
    results = get_results.sync(request_id, client=client)
    assert isinstance(results, Results) and len(results.results) == 3, results
    timeline = get_timeline.sync(request_id, client=client)
    assert isinstance(timeline, Timeline) and len(timeline.events) == len(events), timeline
    kinds, tasks = list_kinds.sync(client=client), list_tasks.sync(client=client, status=Status.SUCCEEDED)
    assert kinds and tasks and not isinstance(kinds, Problem) and not isinstance(tasks, Problem)
    assert any(kind.name == "simulate" for kind in kinds.kinds) and any(task.request_id == request_id for task in tasks.tasks)


def streams() -> None:
    """The generator knows no streams; what it generates lends its connection."""
    request_id = submitted(SimulateInput(results=3, interval_ms=1))
    seqs, end = [], None
    with client.get_httpx_client().stream("GET", f"/api/tasks/{request_id}/events", headers={"Accept": "application/x-ndjson"}) as answer:
        for line in answer.iter_lines():
            event = json.loads(line)
            if "seq" in event:
                seqs.append(event["seq"])
            if event["type"] == "ended":
                end = EndedEvent.from_dict(event)
    assert seqs == list(range(1, len(seqs) + 1)) and len(seqs) >= 6, seqs
    assert end is not None and end.data.status == EndedEventDataStatus.SUCCEEDED


def fetches_a_clip() -> None:
    body = ProcessVideoInput(source="sample", sample_seconds=2, size="144p", preset=ProcessVideoInputPresetType1.ULTRAFAST)
    ended = submit_process_video.sync(client=client, body=body, prefer="wait=30")
    assert isinstance(ended, Results), ended
    result = ended.results[0]
    assert isinstance(result, ResultEvent) and isinstance(result.data, dict), result
    request_id, name = result.data["url"].split("/")[-2:]
    whole = get_artifact.sync_detailed(request_id, name, client=client)
    assert isinstance(whole.parsed, File) and len(whole.parsed.payload.read()) == result.data["bytes"]
    part = get_artifact.sync_detailed(request_id, name, client=client, range_="bytes=4-7")
    assert part.status_code == HTTPStatus.PARTIAL_CONTENT and isinstance(part.parsed, File) and part.parsed.payload.read() == b"ftyp"
    unchanged = get_artifact.sync_detailed(request_id, name, client=client, if_none_match=whole.headers["ETag"])
    assert unchanged.status_code == HTTPStatus.NOT_MODIFIED


def cancels() -> None:
    request_id = submitted(SimulateInput(results=2, interval_ms=60_000))
    task = cancel_task.sync(request_id, client=client)
    assert isinstance(task, Task) and task.status == Status.CANCELED, task
    assert delete_task.sync_detailed(request_id, client=client).status_code == HTTPStatus.NO_CONTENT


def is_refused() -> None:
    wrong = submit_simulate.sync(client=client, body=SimulateInput(results=-1))
    assert isinstance(wrong, Problem) and wrong.type_ == ProblemType.URNSTREAMDEMOPROBLEMINVALID_INPUT, wrong
    assert wrong.pointer == "/results"
    other = submit_task.sync("nonsense", client=client, body=SubmitTaskJsonBody.from_dict({"of": "any shape"}))
    assert isinstance(other, Problem) and isinstance(other.kinds, list) and "simulate" in other.kinds, other


for step in (polls, streams, fetches_a_clip, cancels, is_refused):
    step()
    print(step.__name__)
