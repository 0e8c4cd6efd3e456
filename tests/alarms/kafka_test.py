import os
import secrets
import unittest

from support.waiting import until

from . import promtool, scrape
from .files import queries, selectors
from .series_test import ON_BROKERS, of_any


class OnBrokers(unittest.TestCase):
    def test_a_gateway_and_a_processor_together_have_every_series_that_is_named(self):
        name = f"alarms-{secrets.token_hex(3)}"
        shared = {"bus": "kafka", "kafka__brokers": os.environ["STREAMDEMO_KAFKA_BROKERS"], "topics__request": f"{name}.request",
                  "topics__response": f"{name}.response", "topics__dead_letter": f"{name}.dead-letter", "topics__group": name}
        named = [of_any(s) for s in selectors() if s.startswith(ON_BROKERS)]
        asked = [e for _, e in queries() if ON_BROKERS in e]
        self.assertTrue(named and asked)
        with scrape.process("streamdemo-gateway", role="gateway", **shared) as gateway:
            with scrape.process("streamdemo-processor", role="processor", **shared) as processor:
                # Kafka's client gives its numbers every few seconds.
                missing = []

                def complete():
                    missing[:] = promtool.missing(named + asked, {**gateway(), **processor()})
                    return not missing
                try:
                    until("all series are there", complete, pause=0.1)
                except AssertionError:
                    self.fail(f"missing: {missing}")
                # What only one of the two roles has, it has here, too.
                both = {s.partition("{")[0] for s in {**gateway(), **processor()}}
        roles = [s.partition("{")[0] for s in selectors() if s.startswith(("streamdemo_processor_", "streamdemo_history_", "streamdemo_tasks_"))]
        self.assertEqual([], [s for s in roles if s not in both])


if __name__ == "__main__":
    unittest.main()
