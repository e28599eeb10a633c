"""Sealing the record: finished entries in batches, each digest over the one before; and the proof.

What may be sealed: an entry may only be sealed when nothing can appear before it any more. Ids are
taken in order but committed in any order, so the newest visible id proves nothing by itself. A trigger
gives every writer its transaction number before it takes an id. So whoever holds an id up to the
newest one has a smaller number than one that is drawn afterwards; once everything below that
number has ended, all these ids are final.
"""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import connection, transaction

from anlan.kernel import audit
from anlan.kernel.digest import hasher
from anlan.kernel.models import AuditSeal

logger = logging.getLogger(__name__)
BATCH = 10_000
SEAL_LOCK = 0x616E6C02
MOST_PROBLEMS = 20
LATE = timedelta(hours=1)
ENTRIES = (
    "SELECT id, (extract(epoch FROM at) * 1000000)::bigint, differences::text, person_id, actor, seat_id, "
    "act, ledger, subject_id, subject, region_path, note, batch, address, transaction FROM kernel_auditentry"
)


def seal(wait: float = 20.0) -> int:
    """Seal all entries that are final; returns how many. Waits up to `wait` seconds for open writers.

    Does nothing when another process is at it.
    """
    last = _final_id(wait)
    sealed = 0
    while last is not None:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [SEAL_LOCK])
            made = _seal_batch(cursor, last) if cursor.fetchone()[0] else None
        if made is None:
            break
        sealed += made.entries
        logger.info("操作日志已封印至第 %s 条，封印 %s", made.last_id, made.digest)
    return sealed


def _final_id(wait: float) -> int | None:
    """The newest id below which nothing can appear any more, or None if writers stay open too long."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT max(id) FROM kernel_auditentry")
        newest = cursor.fetchone()[0]
        if newest is None or AuditSeal.objects.filter(last_id__gte=newest).exists():
            return None
        cursor.execute("SELECT pg_current_xact_id()::text::bigint")
        number, end = cursor.fetchone()[0], time.monotonic() + wait
        while True:
            cursor.execute("SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint")
            if cursor.fetchone()[0] >= number:
                return int(newest)
            if time.monotonic() > end:
                return None
            time.sleep(0.05)


def _seal_batch(cursor: Any, last: int) -> AuditSeal | None:
    before = AuditSeal.objects.order_by("-last_id").first()
    cursor.execute(
        f"{ENTRIES} WHERE id > %s AND id <= %s ORDER BY id LIMIT %s",
        [before.last_id if before else 0, last, BATCH],
    )
    entries = [(row[0], leaf(row)) for row in cursor.fetchall()]
    if not entries:
        return None
    made = AuditSeal(
        first_id=entries[0][0],
        last_id=entries[-1][0],
        entries=len(entries),
        previous=before.digest if before else "",
        leaves=b"".join(_short(pk, digest) for pk, digest in entries),
        sealed_at=datetime.now(UTC),
    )
    made.digest = digest_of(made, entries)
    made.save(force_insert=True)
    return made


def leaf(row: tuple[Any, ...]) -> str:
    """The digest of one entry: SM3 over its columns as canonical JSON."""
    differences = json.loads(row[2]) if row[2] != "{}" else {}
    found = hasher()
    found.update(
        json.dumps(
            (row[0], row[1], differences, *row[3:]), ensure_ascii=False, separators=(",", ":"), sort_keys=True
        ).encode()
    )
    return found.hexdigest()


def digest_of(seal: AuditSeal, entries: list[tuple[int, str]]) -> str:
    """The digest of a seal: over the one before, its own columns, and every entry's id and digest."""
    found = hasher()
    moment = seal.sealed_at.astimezone(UTC).isoformat(timespec="microseconds")
    head = (seal.previous, seal.first_id, seal.last_id, seal.entries, moment)
    found.update(json.dumps(head, separators=(",", ":")).encode())
    for pk, digest in entries:
        found.update(f"{pk}:{digest};".encode())
    return found.hexdigest()


def _short(pk: int, digest: str) -> bytes:
    return pk.to_bytes(8, "big") + bytes.fromhex(digest[:16])


# The proof ---------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Problem:
    """One thing that is not as it was sealed. `entry` is None where the seal itself was touched."""

    seal: int
    entry: int | None
    message: str


@dataclass
class Verdict:
    """The outcome of a proof. `head` is the last seal's digest: keep it elsewhere to compare later.

    `late` counts entries that have waited for a seal for over an hour.
    """

    seals: int = 0
    entries: int = 0
    unsealed: int = 0
    late: int = 0
    head: str = ""
    problems: list[Problem] = field(default_factory=list)

    @property
    def holds(self) -> bool:
        """Nothing was removed or changed."""
        return not self.problems


def verify(known_head: str = "", progress: Callable[[int], None] | None = None) -> Verdict:
    """Recompute every seal from the entries as they stand; problems in the order of the chain.

    `known_head` is a digest noted earlier; it must still be one of the seals, or the end was cut off.
    """
    verdict, lower, known = Verdict(), 0, not known_head
    with connection.cursor() as cursor:
        for seal in AuditSeal.objects.order_by("last_id").iterator(chunk_size=20):
            cursor.execute(f"{ENTRIES} WHERE id > %s AND id <= %s ORDER BY id", [lower, seal.last_id])
            entries = [(row[0], leaf(row)) for row in cursor.fetchall()]
            verdict.problems += _broken(seal, verdict.head, entries)
            verdict.seals += 1
            verdict.entries += len(entries)
            verdict.head, lower = seal.digest, seal.last_id
            known = known or seal.digest == known_head
            if progress:
                progress(verdict.entries)
        cursor.execute(
            "SELECT count(*), count(*) FILTER (WHERE at < %s) FROM kernel_auditentry WHERE id > %s",
            [(audit.moment() or datetime.now(UTC)) - LATE, lower],
        )
        verdict.unsealed, verdict.late = cursor.fetchone()
    if not known:
        verdict.problems.append(Problem(0, None, "记下的封印已不在链上：末尾的封印被删去，或整条链被重做"))
    return verdict


def _broken(seal: AuditSeal, previous: str, entries: list[tuple[int, str]]) -> list[Problem]:
    found = []
    if seal.previous != previous:
        found.append(Problem(seal.pk, None, "与前一封印不相接：前面的封印被删去或改动"))
    if digest_of(seal, entries) == seal.digest:
        return found
    sealed, leaves = {}, bytes(seal.leaves)
    for start in range(0, len(leaves), 16):
        sealed[int.from_bytes(leaves[start : start + 8], "big")] = leaves[start : start + 16]
    present = {pk: _short(pk, digest) for pk, digest in entries}
    touched = sorted(pk for pk in sealed.keys() | present.keys() if sealed.get(pk) != present.get(pk))
    for pk in touched[:MOST_PROBLEMS]:
        what = "被删去" if pk not in present else "是封印之后塞进来的" if pk not in sealed else "被改动"
        found.append(Problem(seal.pk, pk, what))
    return found if touched else [*found, Problem(seal.pk, None, "封印本身被改动")]
