"""Waiting for what a test expects, and for no longer than that."""
import time

SECONDS = 60


def until(what, done, pause=0.02):
    """What done() gives once that counts as true; asked again every `pause` seconds, for a minute at most."""
    end = time.monotonic() + SECONDS
    while not (found := done()):
        if time.monotonic() > end:
            raise AssertionError(f"not within {SECONDS} s: {what}")
        time.sleep(pause)
    return found
