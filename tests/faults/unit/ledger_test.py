"""The ledger finds what is planted, and nothing else."""
import json
import unittest

from faults.ledger import Acknowledged, Ledger

TASK = Acknowledged("task", 0, 10.0, 10.5, results=3)


def event(seq, kind, **more):
    return {"type": kind, "seq": seq, **more}


def history(results=3, status="succeeded"):
    events = [event(1, "accepted"), event(2, "started", resumed=False)]
    events += [event(3 + n, "result", data={"index": n}) for n in range(results)]
    return [*events, event(3 + results, "ended", data={"status": status})]


def lines(events):
    return [json.dumps(e).encode() for e in events]


def judged(seen=None, known=None, elsewhere=None, told_gap=0):
    """A ledger of one task: what its client saw, what one gateway and another say of it."""
    ledger = Ledger()
    ledger.acknowledge(TASK)
    view = ledger.view("client", "task")
    view.gaps_told = told_gap
    for e in history() if seen is None else seen:
        ledger.saw(view, e, at=11.0, age=0.0)
    one = {"task": lines(history())} if known is None else known
    return ledger.judge({"a": one, "b": one if elsewhere is None else elsewhere})


class TheLedger(unittest.TestCase):
    def found(self, verdict, **expected):
        self.assertEqual(expected, {name: n for name, n in verdict.counts.items() if n}, verdict.complaints)
        self.assertFalse(verdict.good)

    def test_a_whole_history_is_good(self):
        self.assertTrue(judged().good)

    def test_no_task_at_all_is_not_good(self):
        self.assertFalse(Ledger().judge({"a": {}}).good)

    def test_an_acknowledged_task_that_a_gateway_does_not_know_is_lost(self):
        self.found(judged(elsewhere={"task": None}), lost=1)
        self.found(judged(elsewhere={}), lost=1)

    def test_a_task_that_ended_otherwise_than_it_should_is_lost(self):
        ended = history(status="failed")
        self.found(judged(seen=ended, known={"task": lines(ended)}), lost=1)

    def test_an_event_seen_twice_is_a_duplicate(self):
        h = history()
        self.found(judged(seen=h[:3] + h[2:]), duplicates=2)  # the seq, and the result

    def test_an_event_not_seen_is_a_gap(self):
        h = history()
        self.found(judged(seen=h[:3] + h[4:]), gaps=2)  # the seq, and the result

    def test_a_gap_that_a_client_is_told_of_is_a_gap(self):
        self.found(judged(told_gap=1), gaps=1)

    def test_a_result_of_a_resumed_run_that_was_there_before_is_a_duplicate(self):
        h = history()[:5] + [event(6, "started", resumed=True), event(7, "result", data={"index": 2})]
        h += [event(8, "ended", data={"status": "succeeded"})]
        self.found(judged(seen=h, known={"task": lines(h)}), duplicates=1)

    def test_results_before_a_run_that_starts_over_are_void(self):
        h = history()[:4] + [event(5, "started", resumed=False)]
        h += [event(6 + n, "result", data={"index": n}) for n in range(3)] + [event(9, "ended", data={"status": "succeeded"})]
        self.assertTrue(judged(seen=h, known={"task": lines(h)}).good)

    def test_a_result_that_is_missing_when_the_task_has_succeeded_is_a_gap(self):
        h = history(results=2)
        self.found(judged(seen=h, known={"task": lines(h)}), gaps=1)

    def test_two_ends_are_found_at_the_client_and_at_the_gateway(self):
        h = [*history(), event(7, "ended", data={"status": "succeeded"})]
        self.found(judged(seen=h), double_ends=1, unequal=1)
        self.found(judged(known={"task": lines(h)}), double_ends=1)

    def test_a_task_without_an_end_is_found_at_the_client_and_at_the_gateway(self):
        h = history()[:-1]
        self.found(judged(seen=h), no_end=1)
        self.found(judged(known={"task": lines(h)}), no_end=1, unequal=1)

    def test_a_task_that_nobody_watched_has_no_end(self):
        ledger = Ledger()
        ledger.acknowledge(TASK)
        self.found(ledger.judge({"a": {"task": lines(history())}}), no_end=1)

    def test_gateways_whose_bytes_differ_are_found(self):
        self.found(judged(elsewhere={"task": [line + b" " for line in lines(history())]}), unequal=1)

    def test_a_client_that_saw_another_event_than_the_history_has_is_found(self):
        self.found(judged(seen=[{**history()[0], "source": "x"}, *history()[1:]]), unequal=1)

    def test_recovery_counts_only_what_was_sent_and_made_after_the_fault(self):
        ledger = Ledger()
        for number, (partition, sent, at) in enumerate([(0, 9.0, 21.0), (0, 20.5, 22.0), (1, 20.5, 25.0)]):
            ledger.acknowledge(Acknowledged(str(number), partition, sent, at, None))
        view = ledger.view("client", "0")
        ledger.saw(view, event(1, "result", data={"index": 0}), at=21.0, age=3.0)
        ledger.saw(view, event(2, "result", data={"index": 1}), at=24.0, age=3.0)
        self.assertEqual((2.0, 5.0, 4.0), ledger.recovery(20.0))
        self.assertEqual((None, None, None), ledger.recovery(30.0))


if __name__ == "__main__":
    unittest.main()
