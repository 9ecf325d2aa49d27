"""The hard cap on spending: over the whole store, recorded plus in flight, across processes.

Every process that asks holds a reservation in the store's ledger for what it may spend next. The recorded part is read
from the store's files, which only grow; the ledger remembers how far. A process that dies leaves its reservation
behind: it counts until nobody holds the lock of its file any more, and then only what the file records does.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import orjson

from value_portrait.errors import InputError
from value_portrait.files import HALF_WRITTEN, written_whole
from value_portrait.locking import is_locked
from value_portrait.reading import read_bytes
from value_portrait.responses.journal import open_intents
from value_portrait.responses.store import Store, lock_file, records_from

_LEDGER = "ledger.json"
_UNKNOWN = {"size": 0, "usd": 0.0, "reserved": 0.0}  # a file that the ledger does not have
_REQUESTS_AT_ONCE = 16  # of one reservation: rarely a visit to the ledger, little held back from others


class Budget:
    """What one process may still spend on one file of the store.

    Parameters
    ----------
    root : the folder of the store.
    max_usd : the cap over all files together.
    store : the file that this process writes to, open.
    """

    def __init__(self, root: str | Path, max_usd: float, store: Store) -> None:
        self.root, self.max_usd, self.store = Path(root), max_usd, store
        self.in_flight = 0.0
        self._granted_until = 0.0  # what the file may cost, by the latest reservation

    def reserve(self, usd: float) -> bool:
        """Whether a request that costs at most ``usd`` may be sent now; it is then in flight."""
        if usd > 0 and self.store.usd + self.in_flight + usd > self._granted_until and not self._grant(usd):
            return False
        self.in_flight += usd
        return True

    def hold(self, usd: float) -> None:
        """Count what an earlier process sent and nobody has paid for yet, whatever the cap has become."""
        self.in_flight += usd

    def settle(self, usd: float) -> None:
        """A reserved request has ended: what it cost stands in the store, or it cost nothing."""
        self.in_flight -= usd

    def close(self) -> None:
        """Give back what was reserved and not spent."""
        if self._granted_until:
            with _ledger(self.root) as entries:
                entries[self._name] = {"size": self.store.size, "usd": self.store.usd, "reserved": 0.0}

    @property
    def _name(self) -> str:
        return str(self.store.path.relative_to(self.root))

    def _grant(self, usd: float) -> bool:
        needed = self.in_flight + usd
        with _ledger(self.root) as entries:
            others = _spent(self.root, entries, self._name)
            room = self.max_usd - others - self.store.usd - needed
            if room < -1e-12:
                return False
            reserved = needed + min(room, (_REQUESTS_AT_ONCE - 1) * usd)
            entries[self._name] = {"size": self.store.size, "usd": self.store.usd, "reserved": reserved}
            self._granted_until = self.store.usd + reserved
        return True


def spent_usd(root: str | Path) -> float:
    """What all recorded answers of a store cost, and what running processes have reserved."""
    return _spent(Path(root), _read(Path(root, _LEDGER)), None)


@contextmanager
def _ledger(root: Path) -> Iterator[dict[str, dict[str, float]]]:
    """The ledger, locked; what changes in it is written back."""
    lock = os.open(root / f".{_LEDGER}.lock", os.O_RDWR | os.O_CREAT, 0o644)
    try:
        fcntl.lockf(lock, fcntl.LOCK_EX)
        entries = _read(root / _LEDGER)
        # Nobody else writes it now: these are of processes that were killed.
        for partial in root.glob(HALF_WRITTEN):
            partial.unlink()
        yield entries
        with written_whole(root / _LEDGER) as partial:
            partial.write_bytes(orjson.dumps(entries, option=orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS))
    except OSError as problem:
        raise InputError(
            root / _LEDGER, f"cannot be written ({problem.strerror}).", "Make room, and run again."
        ) from None
    finally:
        os.close(lock)


def _read(path: Path) -> dict[str, dict[str, float]]:
    # Everything but the reservations of running processes is found again in the files.
    if not path.exists():
        return {}
    try:
        content: Any = orjson.loads(read_bytes(path, "Remove it; it is made anew."))
    except orjson.JSONDecodeError:
        return {}
    if not isinstance(content, dict):
        return {}
    return {name: entry for name, entry in content.items() if _is_entry(entry)}


def _is_entry(entry: Any) -> bool:
    return (
        isinstance(entry, dict)
        and entry.keys() == {"size", "usd", "reserved"}
        and all(isinstance(number, int | float) and number >= 0 for number in entry.values())
    )


def _spent(root: Path, entries: dict[str, dict[str, float]], own: str | None) -> float:
    """What all files but ``own`` cost, recorded or reserved; brings ``entries`` up to date."""
    total = 0.0
    for path in root.glob("*/*.jsonl"):
        name = str(path.relative_to(root))
        if name == own:
            continue
        entry = entries.get(name, _UNKNOWN)
        if not (entry["reserved"] and is_locked(lock_file(path))):
            shrank = path.stat().st_size < entry["size"]
            entry = {**(_UNKNOWN if shrank else entry), "reserved": 0.0}
            for end, record in records_from(path, int(entry["size"])):
                entry["usd"] += record["usd"] or 0.0
                entry["size"] = end
            entries[name] = entry
            # A batch goes on without the process that submitted it.
            total += sum(intent.usd for intent in open_intents(path))
        total += entry["usd"] + entry["reserved"]
    return total
