"""What a client has shown, held against what its task has. Pure; for Python 3.9, as the tests of the tree import it."""
import re

ERROR = re.compile(r"^(?:panic: |Uncaught )?[\w.:]*(?:Error|Exception|Closed\w*|Disconnect\w*|Protocol\w*)\b.*")


def last_words(text):
    """The line of a program's complaint that says what it was."""
    # In brackets stand the warnings of Node.
    lines = [line.strip() for line in text.splitlines() if line.strip() and not line.startswith("(")]
    named = [line for line in lines if ERROR.match(line)]
    words = (named or lines or [""])[-1]
    return words.replace("`", "'").replace("|", "/")  # it will stand in a table


def judge(shown, code, complaint):
    """Empty if each event came once and in order up to `ended`, and nothing else; otherwise what is wrong, in words.

    shown: the objects that the program printed; code: how it ended, None if it had to be ended."""
    seqs = [event["seq"] for event in shown if event["seq"] is not None]
    wrong = []
    empty = sum(not event["type"] for event in shown)
    if empty:
        wrong.append(f"{empty} empty event{'s' * (empty > 1)}")
    twice = len(seqs) - len(set(seqs))
    if twice:
        wrong.append(f"{twice} event{'s' * (twice > 1)} twice")
    first = list(dict.fromkeys(seqs))
    if first != sorted(first):
        wrong.append("events out of order")
    if first and first[-1] != len(first):
        wrong.append(f"{max(first) - len(first)} missing")
    if not any(event["type"] == "ended" for event in shown):
        wrong.append(breaking_off(len(first), code, complaint))
    elif code is None:
        wrong.append("did not stop at `ended`")
    return ", ".join(wrong)


def breaking_off(events, code, complaint):
    after = f"after {events} event{'s' * (events != 1)}"
    if code is None:
        return f"silent {after}"
    words = last_words(complaint)
    return f"stopped {after}" + (f": `{words}`" if words else ", without an error" if code == 0 else f", exit code {code}")


def away(shown):
    """The longest silence between two events, in whole seconds."""
    at = [event["at"] for event in shown]
    return round(max((b - a for a, b in zip(at, at[1:])), default=0) / 1000)
