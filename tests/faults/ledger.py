"""Records what was acknowledged and what each client saw, and judges both. Pure: no socket, no clock of its own."""
import collections
import json
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Acknowledged:
    """A task whose client got a 202."""
    request_id: str
    partition: int
    sent_at: float  # monotonic seconds, as all times here
    at: float
    results: int | None  # how many it must give; None: not judged
    ends: tuple = ("succeeded",)  # how it may end


@dataclass
class View:
    """What one client saw of one task."""
    client: str
    request_id: str
    events: list = field(default_factory=list)  # (seq, event), in the order of arrival
    gaps_told: int = 0

    @property
    def cursor(self):
        return self.events[-1][0] if self.events else 0

    def ends(self):
        return [event for _, event in self.events if event["type"] == "ended"]

    def valid_results(self):
        """The indexes of the results since the last start that did not resume."""
        indexes = []
        for _, event in self.events:
            if event["type"] == "started" and not event["resumed"]:
                indexes = []
            elif event["type"] == "result":
                indexes.append(event["data"]["index"])
        return indexes


COUNTS = ("lost", "duplicates", "gaps", "double_ends", "no_end", "unequal", "committed_too_far")


@dataclass
class Verdict:
    tasks: int = 0
    counts: dict = field(default_factory=lambda: dict.fromkeys(COUNTS, 0))
    complaints: list = field(default_factory=list)

    def add(self, what, why, number=1):
        self.counts[what] += number
        self.complaints.append(f"{what}: {why}")

    @property
    def good(self):
        return self.tasks > 0 and not any(self.counts.values())


class Ledger:
    def __init__(self):
        self.acknowledged: dict[str, Acknowledged] = {}
        self.views: list[View] = []
        self.refused = collections.Counter()  # submissions that got no 202, by why
        self.deliveries: list = []  # (at, age of the event when it came)

    def acknowledge(self, task: Acknowledged):
        self.acknowledged.setdefault(task.request_id, task)

    def view(self, client, request_id):
        self.views.append(View(client, request_id))
        return self.views[-1]

    def saw(self, view, event, at, age):
        view.events.append((event["seq"], event))
        if event["type"] == "result":
            self.deliveries.append((at, age))

    def recovery(self, fault_at):
        """Seconds after the fault until the first acknowledgement of a task sent after it, until every partition had
        one, and until the first delivery of a result made after it. None: never."""
        firsts = {}
        for task in self.acknowledged.values():
            if task.sent_at >= fault_at:
                firsts[task.partition] = min(task.at - fault_at, firsts.get(task.partition, 1e9))
        delivered = [at - fault_at for at, age in self.deliveries if at - age >= fault_at]
        return min(firsts.values(), default=None), max(firsts.values(), default=None), min(delivered, default=None)

    def judge(self, histories, log=None):
        """`histories`: by gateway, by request id, the lines (bytes) that it gives now, None for a task that it does
        not know. `log`: the independent reading of the topics."""
        verdict = Verdict(len(self.acknowledged))
        for task in self.acknowledged.values():
            lines = {name: known.get(task.request_id) for name, known in histories.items()}
            self._judge_histories(verdict, task, lines, log)
        truth = next(iter(histories.values()), {})
        seen = collections.Counter(view.request_id for view in self.views)
        for task in self.acknowledged.values():
            if not seen[task.request_id]:
                verdict.add("no_end", f"nobody watched task {task.request_id}")
        for view in self.views:
            judge_view(verdict, view, self.acknowledged.get(view.request_id), truth.get(view.request_id))
        if log is not None:
            for why in log.commits_too_far():
                verdict.add("committed_too_far", why)
        return verdict

    def _judge_histories(self, verdict, task, lines, log):
        for gateway, known in lines.items():
            if not known:
                return verdict.add("lost", f"gateway {gateway} does not know task {task.request_id}")
        if len(set(map(tuple, lines.values()))) > 1:
            verdict.add("unequal", f"the gateways' histories of task {task.request_id} differ")
        events = [json.loads(line) for line in next(iter(lines.values()), [])]
        types = [event["type"] for event in events]
        if log is not None and (folded := log.fold.tasks.get(task.request_id)) is not None and folded.events != types:
            verdict.add("unequal", f"task {task.request_id}: the log says {folded.events}, the gateway {types}")
        if types.count("ended") > 1:
            verdict.add("double_ends", f"task {task.request_id} ended {types.count('ended')} times")
        if "ended" not in types:
            verdict.add("no_end", f"task {task.request_id} has no end, its last event is {types[-1:]}")
        elif events[-1]["data"]["status"] not in task.ends:
            verdict.add("lost", f"task {task.request_id} ended {events[-1]['data']}, not {' or '.join(task.ends)}")


def judge_view(verdict, view, task, lines):
    """Checks one client's view for contradictions, against its task, and against the history on which the gateways agree."""
    who = f"client {view.client} of task {view.request_id}"
    last = 0
    for seq, event in view.events:
        if seq <= last:
            verdict.add("duplicates", f"{who} saw seq {seq} after {last}")
        elif seq > last + 1:
            verdict.add("gaps", f"{who} saw seq {seq} after {last}", seq - last - 1)
        if lines and (seq > len(lines) or json.loads(lines[seq - 1]) != event):
            verdict.add("unequal", f"{who} saw another event {seq} than the history has")
        last = max(last, seq)
    if view.gaps_told:
        verdict.add("gaps", f"{who} was told of a gap", view.gaps_told)
    ends = view.ends()
    if len(ends) > 1:
        verdict.add("double_ends", f"{who} saw {len(ends)} ends")
    if task is None:
        return
    if not ends:
        verdict.add("no_end", f"{who} saw no end; its cursor is {view.cursor}")
    elif ends[0]["data"]["status"] == "succeeded" and task.results is not None:
        indexes = view.valid_results()
        repeated = len(indexes) - len(set(indexes))
        missing = len(set(range(task.results)) - set(indexes))
        if repeated:
            verdict.add("duplicates", f"{who} has results twice: {indexes}", repeated)
        if missing or set(indexes) - set(range(task.results)):
            verdict.add("gaps", f"{who} has the results {indexes}, not 0 to {task.results - 1}", max(missing, 1))
