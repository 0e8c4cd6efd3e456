"""The rules by which the response topic decides what happened to a task, written a second time and independently.

The gateways and processors under test fold the same records in C++; what they show must agree with this."""
from dataclasses import dataclass, field

PREFIX = "streamdemo.task."
OF_A_RUN = {"started", "result", "progress", "log", "ended", "released"}


@dataclass
class Start:
    """A run that became current."""
    run: str
    replaces: str
    resumed: bool
    source: str
    after_results: int  # how many valid results there were


@dataclass
class Task:
    accepted_offset: int
    events: list = field(default_factory=list)  # types in order, as clients see them
    starts: list = field(default_factory=list)
    past_runs: set = field(default_factory=set)
    run: str = ""  # the last one that became current
    current: bool = False
    runseq: int = 0
    results: int = 0
    ended_offset: int | None = None
    ignored: int = 0  # records that changed nothing


class Fold:
    def __init__(self):
        self.tasks: dict[str, Task] = {}
        self.ignored = 0

    def apply(self, key, headers, offset):
        """One record of the response topic: its key, its headers as text, its offset."""
        kind = headers.get("ce_type", "").removeprefix(PREFIX)
        if kind == "accepted":
            counts = key not in self.tasks
            if counts:
                self.tasks[key] = Task(offset, ["accepted"])
            return self._seen(self.tasks[key], counts)
        task = self.tasks.get(key)
        if task is None or kind not in OF_A_RUN:
            return False
        return self._seen(task, task.ended_offset is None and self._of_task(task, kind, headers, offset))

    def _seen(self, task, counts):
        task.ignored += not counts
        self.ignored += not counts
        return counts

    def _of_task(self, task, kind, headers, offset):
        run, runseq = headers.get("ce_run", ""), int(headers.get("ce_runseq", 0))
        if kind == "started":
            return self._start(task, run, runseq, headers)
        if kind == "ended" and not run:
            if headers.get("ce_replaces", task.run) != task.run:
                return False
        else:
            if not task.current or run != task.run or runseq <= task.runseq:
                return False
            task.runseq = runseq
        if kind == "released":
            task.current = False
            return True
        task.results += kind == "result"
        if kind == "ended":
            task.ended_offset, task.current = offset, False
        task.events.append(kind)
        return True

    def _start(self, task, run, runseq, headers):
        replaces = headers.get("ce_replaces", task.run)
        if runseq != 1 or run in task.past_runs or replaces != task.run:
            return False
        before = task.results
        resumed = headers.get("ce_resume") == "true" and task.results > 0
        task.results = task.results if resumed else 0
        task.past_runs.add(run)
        task.starts.append(Start(run, replaces, resumed, headers.get("ce_source", ""), before))
        task.run, task.current, task.runseq = run, True, 1
        task.events.append("started")
        return True
