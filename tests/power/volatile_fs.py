"""A disk with a cache that a power cut empties: a FUSE pass-through that keeps what was not fsynced in memory.

Run as `volatile_fs.py BACKING MOUNT SEED FSYNC_MS QUOTA_BYTES`. One command a line on standard input:
`cut` (a random half of the pages not yet fsynced reaches the backing folder, some of those torn at a sector,
the rest is lost, and the process is gone), `io-errors` (every later write and fsync fails), `leave` (everything is
written, then unmounted). It prints `mounted` when it serves. Names and lengths are durable at once, as on a
journalled disk that has just committed them: of the orders possible this is the hard one for a shortened log.
"""

from __future__ import annotations

import errno
import os
import random
import sys
import threading
import time

import fuse

PAGE = 4096
SECTOR = 512
TORN_ONE_IN = 8


class VolatileDisk(fuse.Operations):
    """What is on the disk lies in the backing folder; what only the cache holds lies in `pages`."""

    use_ns = True

    def __init__(self, backing: str, seed: int, fsync_ms: int, quota: int) -> None:
        self.backing = backing
        self.fsync_seconds = fsync_ms / 1000
        self.quota = quota
        self.chance = random.Random(seed)
        self.pages: dict[str, dict[int, bytearray]] = {}
        self.lengths: dict[str, int] = {}
        # Not named "lock": fusepy takes every attribute with an operation's name for that operation.
        self.guard = threading.Lock()
        self.is_failing = False

    def real(self, path: str) -> str:
        return self.backing + path

    def length(self, path: str) -> int:
        known = self.lengths.get(path)
        return os.stat(self.real(path)).st_size if known is None else known

    def getattr(self, path, fh=None):
        with self.guard:
            try:
                found = os.lstat(self.real(path))
            except OSError as fault:
                raise fuse.FuseOSError(fault.errno) from fault
            names = ("st_mode", "st_nlink", "st_uid", "st_gid")
            times = {f"st_{t}time": getattr(found, f"st_{t}time_ns") for t in "amc"}
            size = self.lengths.get(path, found.st_size)
            return {n: getattr(found, n) for n in names} | times | {"st_size": size}

    def readdir(self, path, fh):
        return [".", "..", *os.listdir(self.real(path))]

    def statfs(self, path):
        found = os.statvfs(self.real(path))
        return {n: getattr(found, n) for n in ("f_bavail", "f_bfree", "f_blocks", "f_bsize", "f_frsize", "f_namemax")}

    def open(self, path, flags):
        return os.open(self.real(path), (flags | os.O_RDWR) & ~(os.O_WRONLY | os.O_APPEND | os.O_TRUNC))

    def create(self, path, mode, fi=None):
        return os.open(self.real(path), os.O_RDWR | os.O_CREAT, mode)

    def release(self, path, fh):
        os.close(fh)
        return 0

    def read(self, path, size, offset, fh):
        with self.guard:
            end = min(offset + size, self.length(path))
            if end <= offset:
                return b""
            first, last = offset // PAGE, (end - 1) // PAGE
            whole = b"".join(bytes(self._page(path, fh, number)) for number in range(first, last + 1))
            return whole[offset - first * PAGE : end - first * PAGE]

    def write(self, path, data, offset, fh):
        with self.guard:
            self._may_write(path, offset + len(data))
            done = 0
            while done < len(data):
                number, inside = divmod(offset + done, PAGE)
                part = data[done : done + PAGE - inside]
                page = self._page(path, fh, number)
                page[inside : inside + len(part)] = part
                self.pages.setdefault(path, {})[number] = page
                done += len(part)
            self.lengths[path] = max(self.length(path), offset + len(data))
            return len(data)

    def truncate(self, path, length, fh=None):
        with self.guard:
            self._may_write(path, length)
            os.truncate(self.real(path), length)
            held = self.pages.get(path, {})
            for number in [n for n in held if n * PAGE >= length]:
                del held[number]
            if length % PAGE and (page := held.get(length // PAGE)):
                page[length % PAGE :] = bytes(PAGE - length % PAGE)
            self.lengths[path] = length

    def fsync(self, path, datasync, fh):
        time.sleep(self.fsync_seconds)
        with self.guard:
            if self.is_failing:
                raise fuse.FuseOSError(errno.EIO)
            self._settle(path)
        return 0

    def fsyncdir(self, path, datasync, fh):
        return 0

    def flush(self, path, fh):
        return 0

    def unlink(self, path):
        with self.guard:
            self.pages.pop(path, None)
            self.lengths.pop(path, None)
            os.unlink(self.real(path))

    def rename(self, old, new):
        with self.guard:
            os.rename(self.real(old), self.real(new))
            for held in (self.pages, self.lengths):
                held.pop(new, None)
                if old in held:
                    held[new] = held.pop(old)

    def mknod(self, path, mode, dev):
        os.mknod(self.real(path), mode, dev)

    def mkdir(self, path, mode):
        os.mkdir(self.real(path), mode)

    def rmdir(self, path):
        os.rmdir(self.real(path))

    def chmod(self, path, mode):
        os.chmod(self.real(path), mode)
        return 0

    def utimens(self, path, times=None):
        os.utime(self.real(path), ns=times)

    def cut(self) -> None:
        """The power goes: each page of the cache reaches the disk or does not, by chance."""
        self.guard.acquire()
        for path, held in self.pages.items():
            with open(self.real(path), "r+b") as file:
                for number, page in held.items():
                    if self.chance.random() < 0.5:
                        self._put(file, path, number, self._torn(page) if self._is_torn() else page)
        os._exit(0)

    def settle_all(self) -> None:
        """Everything reaches the disk, as when a machine is shut down properly."""
        with self.guard:
            for path in list(self.pages):
                self._settle(path)

    def _is_torn(self) -> bool:
        return self.chance.randrange(TORN_ONE_IN) == 0

    def _torn(self, page: bytearray) -> bytearray:
        return page[: SECTOR * self.chance.randrange(1, PAGE // SECTOR)]

    def _settle(self, path: str) -> None:
        held = self.pages.pop(path, None)
        if held:
            with open(self.real(path), "r+b") as file:
                for number, page in sorted(held.items()):
                    self._put(file, path, number, page)
        self.lengths.pop(path, None)

    def _put(self, file, path: str, number: int, page: bytearray) -> None:
        file.seek(number * PAGE)
        file.write(page[: max(self.length(path) - number * PAGE, 0)])

    def _page(self, path: str, fh: int, number: int) -> bytearray:
        held = self.pages.get(path, {}).get(number)
        return held if held is not None else bytearray(os.pread(fh, PAGE, number * PAGE).ljust(PAGE, b"\0"))

    def _may_write(self, path: str, end: int) -> None:
        if self.is_failing:
            raise fuse.FuseOSError(errno.EIO)
        if self.quota and end > self.length(path):
            names = (os.path.join(at, name) for at, _, files in os.walk(self.backing) for name in files)
            used = sum(self.length(name[len(self.backing) :]) for name in names)
            if used + end - self.length(path) > self.quota:
                raise fuse.FuseOSError(errno.ENOSPC)


def obey(disk: VolatileDisk, mount: str) -> None:
    """Carry out what standard input says."""
    for line in sys.stdin:
        word = line.strip()
        if word == "cut":
            disk.cut()
        elif word == "io-errors":
            disk.is_failing = True
        elif word.startswith("quota "):
            disk.quota = int(word.split()[1])
        elif word == "leave":
            disk.settle_all()
            os.system(f"fusermount -uz '{mount}'")


def main() -> None:
    backing, mount, seed, fsync_ms, quota = sys.argv[1:]
    disk = VolatileDisk(backing, int(seed), int(fsync_ms), int(quota))
    disk.init = lambda path: print("mounted", flush=True)
    threading.Thread(target=obey, args=(disk, mount), daemon=True).start()
    fuse.FUSE(disk, mount, foreground=True, nothreads=True, big_writes=True, max_write=131072)


if __name__ == "__main__":
    main()
