"""The CSV of bulk jobs.

Sources: Bulk API guide, "Prepare CSV Files" (a header row, UTF-8, line breaks within quotes, an empty cell leaves the
field alone, ``#N/A`` sets it to null), "Create a Job" (``lineEnding`` and ``columnDelimiter`` must be the file's).
"""

from __future__ import annotations

import csv
import io
import re

from socialcrm.testing.salesforce.errors import ApiError

NULL = "#N/A"
ENDINGS = {"LF": "\n", "CRLF": "\r\n"}
DELIMITERS = {"COMMA": ",", "SEMICOLON": ";", "TAB": "\t", "PIPE": "|", "CARET": "^", "BACKQUOTE": "`"}
_QUOTED = re.compile(r'"(?:[^"]|"")*"')


class BadFile(Exception):
    """The file as a whole cannot be read; the job fails with this sentence."""


def read(text: str, ending: str, delimiter: str) -> tuple[list[str], list[list[str]]]:
    """The header and the rows of a file; raises `BadFile`."""
    outside = _QUOTED.sub("", text)
    wrong = "\r" in outside if ending == "LF" else bool(re.search(r"(?<!\r)\n", outside))
    if wrong:
        raise BadFile(f"ClientInputError : LineEnding is invalid on user data. Current LineEnding setting is {ending}")
    try:
        limit = csv.field_size_limit(1 << 30)
        rows = [
            row
            for row in csv.reader(io.StringIO(text, newline=""), delimiter=DELIMITERS[delimiter], strict=True)
            if row
        ]
    except csv.Error:
        raise BadFile("InvalidBatch : Failed to parse CSV") from None
    finally:
        csv.field_size_limit(limit)
    if not rows:
        raise BadFile("InvalidBatch : The file has no header row")
    header, *rest = rows
    if any(len(row) != len(header) for row in rest):
        raise BadFile("InvalidBatch : Failed to parse CSV. The number of columns differs from the header's")
    return header, rest


def write(header: list[str], rows: list[list[str]], ending: str = "LF", delimiter: str = "COMMA") -> bytes:
    """A results file: every cell in quotes."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=DELIMITERS[delimiter], lineterminator=ENDINGS[ending], quoting=csv.QUOTE_ALL)
    writer.writerow(header)
    writer.writerows(rows)
    return out.getvalue().encode()


def options(body: dict[str, object]) -> dict[str, str]:
    """The format a job is created with, checked."""
    ending, delimiter = body.get("lineEnding") or "LF", body.get("columnDelimiter") or "COMMA"
    if body.get("contentType", "CSV") != "CSV" or ending not in ENDINGS or delimiter not in DELIMITERS:
        raise ApiError("INVALIDJOB", "contentType, lineEnding or columnDelimiter is not supported")
    return {"contentType": "CSV", "lineEnding": str(ending), "columnDelimiter": str(delimiter)}
