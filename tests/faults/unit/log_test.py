"""The independent reading of the log: whose records count, and what was committed too early."""
import types
import unittest

from faults.fold import Fold
from faults.log import Log
from faults.system import Names


def headers(kind, run="", runseq=1, **more):
    own = {"ce_run": run, "ce_runseq": str(runseq)} if run else {}
    return {"ce_type": f"streamdemo.task.{kind}", **own, **{f"ce_{name}": value for name, value in more.items()}}


def folded(*records):
    fold = Fold()
    fold.apply("task", headers("accepted"), 0)
    for offset, record in enumerate(records, 1):
        fold.apply("task", record, offset)
    return fold.tasks["task"]


class TheFold(unittest.TestCase):
    def test_a_run_counts_from_its_start_to_its_end_and_nothing_after(self):
        task = folded(headers("started", "a", replaces=""), headers("result", "a", 2), headers("ended", "a", 3),
                      headers("ended"))
        self.assertEqual(["accepted", "started", "result", "ended"], task.events)
        self.assertEqual((3, 1), (task.ended_offset, task.ignored))

    def test_late_records_of_a_replaced_run_are_ignored(self):
        task = folded(headers("started", "a", replaces=""), headers("started", "b", replaces="a"),
                      headers("result", "a", 2), headers("started", "a", replaces="b"), headers("ended", "a", 3))
        self.assertEqual(["accepted", "started", "started"], task.events)
        self.assertEqual((3, None), (task.ignored, task.ended_offset))

    def test_a_start_that_replaces_another_run_than_the_last_is_ignored(self):
        task = folded(headers("started", "a", replaces=""), headers("started", "b", replaces=""))
        self.assertEqual(["a"], [start.run for start in task.starts])

    def test_a_released_run_is_over_and_the_next_one_names_it(self):
        task = folded(headers("started", "a", replaces=""), headers("result", "a", 2), headers("released", "a", 3),
                      headers("result", "a", 4), headers("started", "b", replaces="a", resume="true"))
        self.assertEqual(["accepted", "started", "result", "started"], task.events)
        self.assertTrue(task.starts[-1].resumed)


class Commits(unittest.TestCase):
    def setUp(self):
        self.log = Log("", Names("request", "response", "dead", "group", 1))
        self.log.requests[0] = [(0, "task"), (1, None)]
        self.log.fold.apply("task", headers("accepted"), 0)
        self.log.fold.apply("task", headers("ended"), 5)

    def too_far(self, committed, response_end):
        self.log.samples = [(0.0, {0: committed}, {0: response_end})]
        return len(list(self.log.commits_too_far()))

    def test_a_commit_after_the_end_is_good(self):
        self.assertEqual(0, self.too_far(committed=2, response_end=6))

    def test_a_commit_before_the_end_is_found(self):
        self.assertEqual(1, self.too_far(committed=1, response_end=5))

    def test_what_is_not_committed_may_be_unfinished(self):
        self.assertEqual(0, self.too_far(committed=0, response_end=0))

    def test_a_dead_letter_may_be_committed(self):
        self.log.dead_letters = [types.SimpleNamespace(partition=0, key=b"task")]
        self.assertEqual(0, self.too_far(committed=1, response_end=5))


if __name__ == "__main__":
    unittest.main()
