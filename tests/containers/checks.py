"""Runs checks one after the other, and says what each saw. A check is a coroutine function; its first line of doc is its name."""
import asyncio
import time
import traceback


def name_of(check):
    return check.__doc__.splitlines()[0].rstrip(".")


class Checks:
    def __init__(self):
        self.passed = self.failed = 0

    async def run(self, check, *given, seconds=120):
        """True if it passed. What it returns is printed behind its name."""
        name = name_of(check)
        begin = time.monotonic()
        try:
            async with asyncio.timeout(seconds):
                seen = await check(*given)
        except Exception:
            self.failed += 1
            print(f"FAIL {name}\n{traceback.format_exc()}", flush=True)
            return False
        self.passed += 1
        print(f"ok   {name} ({time.monotonic() - begin:.1f} s){': ' + seen if seen else ''}", flush=True)
        return True

    def finish(self):
        print(f"{self.passed} passed, {self.failed} failed, 0 skipped")
        return 1 if self.failed or not self.passed else 0


def equal(expected, seen, what=""):
    if expected != seen:
        raise AssertionError(f"{what or 'seen'}: {seen!r}, not {expected!r}")
