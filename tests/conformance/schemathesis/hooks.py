"""What schemathesis is told by its hooks."""
import re
import uuid

import schemathesis

KEY = "Idempotency-Key"


@schemathesis.hook
def before_call(context, case, **kwargs):
    """A key that is one belongs to one payload: another with the same key is refused, which no description can say."""
    if case.headers and re.fullmatch("[ -~]{1,255}", str(case.headers.get(KEY, ""))):
        case.headers[KEY] = uuid.uuid4().hex
