"""A round that cannot be true fails by its name, and every figure shows its spread."""
import unittest

from judge import Unbelievable, must_be_true, spread

FLOOR = {"cpu": 2.0, "events": 100}


class Judge(unittest.TestCase):
    def test_an_ordinary_round_passes(self):
        must_be_true("burst", 1, {"cpu": 2.2, "events": 100}, FLOOR, 100)
        must_be_true("burst", 1, {"cpu": 1.1, "events": 100}, FLOOR, 100)
        must_be_true("poll", 1, {"us_per_poll": 9.0}, {"us_per_poll": 5.0})

    def test_a_round_with_events_missing_fails(self):
        with self.assertRaisesRegex(Unbelievable, "burst, round 3: 99 events arrived, 100 were made"):
            must_be_true("burst", 3, {"cpu": 2.2, "events": 99}, FLOOR, 100)

    def test_a_round_that_is_far_cheaper_than_its_floor_fails(self):
        with self.assertRaisesRegex(Unbelievable, "burst, round 2: cpu 0.2 is less than"):
            must_be_true("burst", 2, {"cpu": 0.2, "events": 100}, FLOOR, 100)
        with self.assertRaisesRegex(Unbelievable, "poll, round 1: us_per_poll"):
            must_be_true("poll", 1, {"us_per_poll": 2.0}, {"us_per_poll": 5.0})

    def test_the_spread_is_shown(self):
        self.assertEqual("2.00 µs (1.00 – 4.50)", spread([4.5, 1, 2], "µs"))
        self.assertEqual("2 (1 – 4)", spread([4, 1, 2], form="{:.0f}"))


if __name__ == "__main__":
    unittest.main()
