"""One domain in the bucket: read whole, and written so that nobody ever reads half of it."""

import asyncio
from collections.abc import Callable
from datetime import datetime

from msgspec import Struct
from msgspec.structs import replace

from queuewatch.failover.model import Snapshot
from queuewatch.fleet.broker.bucket import Bucket, Overtaken
from queuewatch.fleet.broker.keys import DomainKey, manifest_key, piece_key
from queuewatch.fleet.broker.pictures import (
    Contents,
    Manifest,
    Torn,
    Unreadable,
    as_told,
    contents_of,
    cut,
    is_same_picture,
    manifest_from,
    manifest_text,
    packed,
    times_of,
    unpacked,
)
from queuewatch.pbx.netsapiens.zones import zone_called


async def read_picture(bucket: Bucket, manifest: Manifest) -> Snapshot:
    """The picture that the manifest names.

    Raises :class:`Torn`, :class:`Unreadable`, and :class:`~queuewatch.fleet.broker.bucket.BrokerError`.
    """
    contents = manifest.contents
    if contents is None:
        raise Torn
    pieces = []
    for number in contents.numbers:
        piece = await bucket.get(piece_key(manifest.key, number))
        if piece is None:
            raise Torn
        pieces.append(piece.value)
    return await asyncio.to_thread(unpacked, manifest, pieces, zone_called)


class LeftBehind(Struct, frozen=True):
    """What a collector finds that takes over a domain."""

    snapshot: Snapshot
    read_at: datetime
    """By the broker's clock."""


class Shelf:
    """What lies in the bucket of one domain, as the collector knows it that holds the domain.

    Every key is written by compare and swap: a collector that was held up, and whose domain another reads by now,
    overwrites nothing.
    """

    def __init__(self, key: DomainKey, may_write: Callable[[], bool]) -> None:
        """``may_write`` says whether the lease still holds; it is asked before each writing."""
        self.key = key
        self._may_write = may_write
        self._revisions: dict[str, int] = {}
        self._contents: Contents | None = None
        self.manifest: Manifest | None = None
        """The one that lies there, as far as it is known and can be read."""
        self._snapshot: Snapshot | None = None
        self._is_unsure = False
        """Whether it is not known which manifest lies there: the answer to the last one was lost."""

    async def find(self, bucket: Bucket) -> LeftBehind | None:
        """What is there from before; ``None`` for nothing that could be read."""
        entry = await bucket.get(manifest_key(self.key))
        self._revisions[manifest_key(self.key)] = entry.revision if entry is not None else 0
        self._is_unsure = False
        if entry is None or not entry.value:
            return None
        try:
            manifest = manifest_from(entry.value, self.key)
        except Unreadable:
            return None
        self._contents, self.manifest = manifest.contents, manifest
        try:
            snapshot = as_told(await read_picture(bucket, manifest), manifest)
        except (Torn, Unreadable):
            return None
        self._snapshot = snapshot
        return LeftBehind(snapshot, manifest.read_at) if manifest.read_at is not None else None

    async def write(self, bucket: Bucket, manifest: Manifest, snapshot: Snapshot | None) -> None:
        """Write the picture where it is another than before, and the manifest in any case.

        Without a snapshot the picture that is there stays, with its times. Raises :class:`Overtaken` where
        somebody else wrote meanwhile, :class:`Unreadable` for a picture that is too large, and
        :class:`~queuewatch.fleet.broker.bucket.BrokerError`.
        """
        if self._is_unsure:
            # Else a picture might be written over the one that readers are told of.
            await self.find(bucket)
        contents, before = self._contents, self.manifest
        if snapshot is None:
            if before is not None:
                manifest = replace(manifest, times=before.times, read_at=before.read_at)
        elif contents is None or self._snapshot is None or not is_same_picture(self._snapshot, snapshot):
            body, size = await asyncio.to_thread(packed, snapshot)
            pieces = cut(body, bucket.largest)
            contents = contents_of(body, size, len(pieces), self._contents)
            for number, piece in zip(contents.numbers, pieces, strict=True):
                await self._put(bucket, piece_key(self.key, number), piece)
        if snapshot is not None:
            manifest = replace(manifest, times=times_of(snapshot))
        manifest = replace(manifest, contents=contents)
        try:
            await self._put(bucket, manifest_key(self.key), manifest_text(manifest))
        except Overtaken:
            raise
        except BaseException:
            self._is_unsure = True
            raise
        self._contents, self.manifest = contents, manifest
        self._snapshot = snapshot if snapshot is not None else self._snapshot

    async def clear(self, bucket: Bucket) -> None:
        """Leave nothing there: first the manifest, so that nobody looks for the rest. Raises as :meth:`write`."""
        await self.find(bucket)
        most = max(self._contents.numbers, default=0) if self._contents is not None else 0
        await self._put(bucket, manifest_key(self.key), b"")
        for number in range(1, most + 2):
            key = piece_key(self.key, number)
            piece = await bucket.get(key)
            if piece is not None and piece.value:
                await self._put(bucket, key, b"")

    async def _put(self, bucket: Bucket, key: str, value: bytes) -> None:
        if key not in self._revisions:
            entry = await bucket.get(key)
            self._revisions[key] = entry.revision if entry is not None else 0
        if not self._may_write():
            raise Overtaken
        # Known again only if it comes to an end: an answer may be lost whose value was written.
        self._revisions[key] = await bucket.put(key, value, self._revisions.pop(key))
