"""What rounds of a measurement say together, and whether a round can be true at all. Pure."""
import statistics

# A server that does everything the floor does cannot need much less CPU than the floor. Half leaves room for noise.
LEAST_OF_FLOOR = 0.5


class Unbelievable(Exception):
    """A round that cannot be: the bench is at fault, and no figure of its run counts."""


def must_be_true(name, number, round_, floor=None, events=0):
    """A round's figures as load_client printed them, its floor's of the same round, and how many events were made for
    all clients together."""
    if round_.get("events", events) < events:
        raise Unbelievable(f"{name}, round {number}: {round_['events']:.0f} events arrived, {events} were made")
    for what in ("cpu", "us_per_poll", "delay"):
        if floor and what in round_ and round_[what] < LEAST_OF_FLOOR * floor[what]:
            raise Unbelievable(f"{name}, round {number}: {what} {round_[what]:g} is less than {LEAST_OF_FLOOR:g} of the "
                               f"floor's {floor[what]:g}, which does less for the same bytes")


def spread(values, unit="", form="{:.2f}"):
    """The median with the lowest and the highest round: `8.34 µs (8.10 – 8.92)`."""
    low, high = (form.format(f(values)) for f in (min, max))
    return f"{form.format(statistics.median(values))}{' ' if unit else ''}{unit} ({low} – {high})"
