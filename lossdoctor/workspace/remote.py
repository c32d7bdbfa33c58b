"""Logs behind a URL (s3://, gs://, memory://, ... by fsspec): a mirror of hollow files, filled only while one is read.

The mirror has every file's name and size, but only its first and last bytes; the rest is a hole that takes no room on disk.
That is all that finding the logs looks at. Whoever reads a source fetches its files whole, and empties them afterwards.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from lossdoctor.errors import InputError, UsageError
from lossdoctor.importers.base import Source
from lossdoctor.importers.files import HEAD_BYTES
from lossdoctor.importers.where import EVERYWHERE, Where
from lossdoctor.runs import Problem
from lossdoctor.workspace.examined import ExaminedRun, SourceResult

INSTALL = 'pip install "lossdoctor[distributed]"'
# Beside a log only its configuration is read, and that is never larger.
_BESIDE_BYTES = 1 << 20
_BATCH = 256
# What file systems call the things that change with a file: s3fs, gcsfs, adlfs, and those in memory or on a disk.
_VERSION_KEYS = ("ETag", "etag", "md5Hash", "LastModified", "last_modified", "updated", "mtime", "created")


def is_url(text: object) -> bool:
    """Whether a path is a URL."""
    return isinstance(text, str) and "://" in text


@dataclass(frozen=True, slots=True)
class Remote:
    """A folder behind a URL and its mirror. Pickles; a process elsewhere fills a mirror of its own at the same place.

    Attributes:
        url: the folder, without a slash at its end.
        mirror: the local folder that stands for it, absolute.
    """

    url: str
    mirror: str

    def holds(self, source: Source) -> bool:
        """Whether a source lies in this mirror."""
        return source.files[0].startswith(self.mirror + os.sep)

    @contextmanager
    def filled(self, source: Source) -> Iterator[None]:
        """Fetches a source's files, and the small ones beside them, for as long as the block lasts."""
        file_system, root = _opened(self.url)
        wanted = dict.fromkeys(source.every_file)
        for folder in dict.fromkeys(os.path.dirname(path) for path in source.every_file):
            wanted.update(dict.fromkeys(self._beside(file_system, root, folder)))
        sizes = {}
        try:
            for path in wanted:
                os.makedirs(os.path.dirname(path), exist_ok=True)
                file_system.get_file(self._there(root, path), path)
                sizes[path] = os.path.getsize(path)
            yield
        finally:
            for path in source.every_file:
                with suppress(OSError):
                    os.truncate(path, 0)  # gives the room back; the size stays for those who look again
                    os.truncate(path, sizes.get(path, 0))

    def _beside(self, file_system: Any, root: str, folder: str) -> list[str]:
        """Small files in a folder that are not here in full yet."""
        try:
            listed = file_system.ls(self._there(root, folder), detail=True)
        except OSError:
            return []
        small = [i for i in listed if i["type"] == "file" and HEAD_BYTES < (i.get("size") or 0) <= _BESIDE_BYTES]
        return [os.path.join(folder, item["name"].rstrip("/").rsplit("/", 1)[-1]) for item in small]

    def _there(self, root: str, path: str) -> str:
        inside = os.path.relpath(path, self.mirror).replace(os.sep, "/")
        return root if inside == "." else f"{root}/{inside}"

    def named(self, result: SourceResult) -> SourceResult:
        """A result with the URL's paths in place of the mirror's."""
        return SourceResult(
            tuple(replace(item, **self._renamed(item)) for item in result.runs),
            tuple(map(self.problem, result.problems)),
        )

    def _renamed(self, item: ExaminedRun) -> dict[str, Any]:
        run = replace(item.run, path=self._url(item.run.path), problems=tuple(map(self.problem, item.run.problems)))
        examination = item.examination
        return {
            "run": run,
            "examination": self.problem(examination) if isinstance(examination, Problem) else examination,
        }

    def problem(self, problem: Problem) -> Problem:
        """A problem with the URL's path."""
        return replace(problem, path=self._url(problem.path), message=self._url(problem.message))

    def _url(self, text: str) -> str:
        return text.replace(self.mirror, self.url)


@contextmanager
def mirrored(url: str, where: Where) -> Iterator[tuple[Remote, str, dict[str, str]]]:
    """A mirror of everything behind a URL, for as long as the block lasts.

    Yields:
        The mirror, what in it stands for the URL itself, and the versions of its files: by path in the mirror what the
        file system tells of tag, checksum and time; nothing for a file of which it tells none of them.

    Raises:
        InputError: there is nothing, or it cannot be reached.
        UsageError: fsspec, or the package for this kind of URL, is not installed.
    """
    file_system, root = _opened(url)
    with tempfile.TemporaryDirectory(prefix="lossdoctor-") as place:
        name = root.rsplit("/", 1)[-1] or "root"
        remote = Remote(url.rstrip("/"), os.path.join(place, "".join(c if c.isprintable() else "_" for c in name)))
        try:
            found = file_system.find(root, detail=True)
        except Exception as error:  # every file system has errors of its own
            raise _unreachable(url, error) from error
        if not found:
            raise InputError(f"{url}: there is nothing.", "Check the address; for S3 it is s3://bucket/folder.")
        target = remote.mirror
        if list(found) == [root]:  # a single file: beside it only what may be its configuration is mirrored
            remote = Remote(url.rstrip("/").rsplit("/", 1)[0], os.path.dirname(remote.mirror))
            folder = root.rsplit("/", 1)[0]
            beside = {item["name"].rstrip("/"): item for item in file_system.ls(folder, detail=True)}
            found |= {name: item for name, item in beside.items() if (item.get("size") or 0) <= _BESIDE_BYTES}
            root, where = folder, EVERYWHERE
        sizes = {path: int(info.get("size") or 0) for path, info in found.items() if info.get("type") == "file"}
        wanted = {path: size for path, size in sizes.items() if where.reaches(path[len(root) :].lstrip("/"))}
        try:
            _hollow_files(file_system, root, remote.mirror, wanted)
            _set_times(found, root, remote.mirror, wanted)
        except OSError:
            raise
        except Exception as error:  # as above
            raise _unreachable(url, error) from error
        versions = {_here(remote.mirror, root, name): _version(found[name]) for name in wanted}
        yield remote, target, {path: version for path, version in versions.items() if version}


def _here(mirror: str, root: str, name: str) -> str:
    return os.path.join(mirror, *name[len(root) :].lstrip("/").split("/"))


def _version(info: dict[str, Any]) -> str:
    told = [f"{key} {info[key]}" for key in _VERSION_KEYS if info.get(key)]
    return f"{info.get('size')} {' '.join(told)}" if told else ""


def _hollow_files(file_system: Any, root: str, mirror: str, sizes: dict[str, int]) -> None:
    names = sorted(sizes)
    for start in range(0, len(names), _BATCH):
        batch = [name for name in names[start : start + _BATCH] if ".." not in name.split("/")]
        heads = _ranges(file_system, batch, [0] * len(batch), [min(sizes[n], HEAD_BYTES) for n in batch])
        long = [name for name in batch if sizes[name] > HEAD_BYTES and name.lower().endswith(".parquet")]
        tails = dict(
            zip(
                long,
                _ranges(
                    file_system, long, [max(HEAD_BYTES, sizes[n] - HEAD_BYTES) for n in long], [sizes[n] for n in long]
                ),
                strict=True,
            )
        )
        for name, head in zip(batch, heads, strict=True):
            path = Path(_here(mirror, root, name))
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("wb") as file:
                file.write(head)
                file.truncate(sizes[name])
                if name in tails:
                    file.seek(-len(tails[name]), os.SEEK_END)
                    file.write(tails[name])


def _set_times(found: dict[str, Any], root: str, mirror: str, wanted: dict[str, int]) -> None:
    """Gives the mirror's files the times of the originals, where the file system tells them."""
    for name in wanted:
        info = found[name]
        times = (info[key] for key in ("mtime", "LastModified", "last_modified", "created") if info.get(key))
        time: Any = next(times, None)
        seconds = time.timestamp() if hasattr(time, "timestamp") else time
        if isinstance(seconds, int | float):
            with suppress(OSError):
                os.utime(_here(mirror, root, name), (seconds, seconds))


def _ranges(file_system: Any, names: Sequence[str], starts: list[int], ends: list[int]) -> list[bytes]:
    """Stretches of several files at once; empty ones are not asked for."""
    asked = [i for i, (start, end) in enumerate(zip(starts, ends, strict=True)) if end > start]
    if not asked:
        return [b""] * len(names)
    got = file_system.cat_ranges([names[i] for i in asked], [starts[i] for i in asked], [ends[i] for i in asked])
    found = dict(zip(asked, got, strict=True))
    for data in found.values():
        if isinstance(data, Exception):
            raise data
    return [bytes(found.get(i, b"")) for i in range(len(names))]


def _opened(url: str) -> tuple[Any, str]:
    try:
        from fsspec.core import url_to_fs
    except ImportError as error:
        raise UsageError(f"{url}: URLs need the package fsspec.", f"Install it: `{INSTALL}`.") from error
    try:
        file_system, root = url_to_fs(url)
    except (ImportError, ValueError) as error:
        raise UsageError(f"{url}: {error}.", "S3 needs the package s3fs, Google's storage gcsfs.") from error
    return file_system, str(root).rstrip("/")


def _unreachable(url: str, error: Exception) -> InputError:
    words = str(error).splitlines()[0][:200] if str(error) else type(error).__name__
    return InputError(f"{url}: cannot be reached: {words}.", "Check the address and your access rights.")
