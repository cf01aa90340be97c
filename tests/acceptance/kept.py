"""The units of a part that are done, in a file that survives whatever ends the process: one line of JSON each.

The first line says which part, size, seed and rules the file is of. Another one's file is refused, never mixed. A line is written
at once and by one call; of a last line that a killed process left torn nothing is taken, and the next line begins on a new one.
"""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any


class NotOurs(Exception):
    """A file that holds the units of another part, size, seed or rules."""


@dataclass(frozen=True)
class Heading:
    """What all units of a file have in common."""

    part: str
    seed: int
    rules: str
    small: bool

    @property
    def file(self) -> str:
        """The name of the file."""
        return f"{self.part}-{'small' if self.small else 'full'}-{self.rules}-{self.seed}.jsonl"


class Kept:
    """The file of one heading; `done` is what it holds by unit number."""

    def __init__(self, folder: Path, heading: Heading) -> None:
        self.path = folder / heading.file
        self.done: dict[int, dict[str, Any]] = {}
        self.torn = 0  # lines that could not be read
        folder.mkdir(parents=True, exist_ok=True)
        if self.path.exists() and b"\n" in self.path.read_bytes():
            self._read(heading)
        else:  # new, or killed before its heading was whole
            self.path.write_bytes(b"")
            self._write({"heading": asdict(heading)})

    def _read(self, heading: Heading) -> None:
        text = self.path.read_bytes()
        first, *lines = text.split(b"\n")
        found = _parsed(first)
        if found is None or found.get("heading") != asdict(heading):
            raise NotOurs(
                f"{self.path}: found units of {found and found.get('heading')}, must be of {asdict(heading)}; move it away"
            )
        for line in lines:
            said = _parsed(line) if line.strip() else {}
            if said is None or (said and "unit" not in said):
                self.torn += 1
            elif said:
                self.done[int(said["unit"])] = said
        if not text.endswith(b"\n"):
            with self.path.open("ab") as file:
                file.write(b"\n")

    def add(self, unit: int, result: dict[str, Any]) -> None:
        """Keep what a unit gave."""
        line = {"unit": unit, **result}
        self._write(line)
        self.done[unit] = json.loads(json.dumps(line))  # the same as a later reading gives

    def _write(self, line: dict[str, Any]) -> None:
        descriptor = os.open(self.path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
        try:
            whole = (json.dumps(line, ensure_ascii=True, allow_nan=True) + "\n").encode()
            written = os.write(descriptor, whole)
            if written != len(whole):
                raise OSError(f"{self.path}: only {written} of {len(whole)} bytes could be written")
        finally:
            os.close(descriptor)


def _parsed(line: bytes) -> dict[str, Any] | None:
    try:
        found = json.loads(line)
    except ValueError:
        return None
    return found if isinstance(found, dict) else None
