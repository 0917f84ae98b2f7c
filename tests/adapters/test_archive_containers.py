"""Zips and folders: what is read, what is refused and by which name, and that the rest is read all the same."""

from __future__ import annotations

import contextlib
import io
import os
import stat
import struct
import tempfile
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from socialcrm.adapters.archive import containers
from socialcrm.adapters.archive.containers import Bounds, Export
from socialcrm.errors import BadRecord, ConfigError

BOUNDS = Bounds()


def any_json(path: str) -> bool:
    return path.endswith(".json")


def zipped(path: Path, files: dict[str, bytes], *, method: int = zipfile.ZIP_DEFLATED) -> Path:
    with zipfile.ZipFile(path, "w", method) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return path


def contents(*paths: Path, bounds: Bounds = BOUNDS) -> dict[str, bytes]:
    with Export(paths, any_json, bounds) as export:
        return {entry.path: b"".join(export.pieces(entry)) for entry in export.entries}


def refusals(*paths: Path, bounds: Bounds = BOUNDS) -> dict[str, str]:
    with Export(paths, any_json, bounds) as export:
        return {entry.path: entry.reason for entry in export.refused}


def test_zips_and_folders_are_one_export(tmp_path: Path) -> None:
    folder = tmp_path / "second"
    (folder / "posts").mkdir(parents=True)
    (folder / "posts" / "2.json").write_bytes(b"[2]")
    zipped(folder / "third.zip", {"posts/3.json": b"[3]"})
    first = zipped(tmp_path / "first.zip", {"posts/1.json": b"[1]", "photos/1.jpg": b"\xff"})
    assert contents(first, folder) == {
        "posts/1.json": b"[1]",
        "posts/2.json": b"[2]",
        "third.zip/posts/3.json": b"[3]",
    }


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("../../etc/a.json", "out of the archive"),
        ("/etc/a.json", "out of the archive"),
        ("C:/a.json", "out of the archive"),
        ("a\\..\\..\\b.json", "out of the archive"),
        ("posts/inner.zip", "inside an archive"),
    ],
)
def test_a_dangerous_name_is_refused_and_the_rest_is_read(tmp_path: Path, name: str, reason: str) -> None:
    path = tmp_path / "export.zip"
    with zipfile.ZipFile(path, "w") as archive:
        info = zipfile.ZipInfo(name)
        info.filename = name
        archive.writestr(info, b"[1]")
        archive.writestr("posts/1.json", b"[1]")
    assert contents(path) == {"posts/1.json": b"[1]"}
    assert reason in "".join(refusals(path).values())


def test_links_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "export.zip"
    link = zipfile.ZipInfo("posts/secret.json")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(link, "/etc/passwd")
    secret = tmp_path / "secret.json"
    secret.write_text("[1]")
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / "link.json").symlink_to(secret)
    (folder / "elsewhere").symlink_to(tmp_path)
    assert contents(path, folder) == {}
    assert refusals(path, folder) == {"posts/secret.json": "a link", "link.json": "a link"}


def test_encrypted_files_are_refused(tmp_path: Path) -> None:
    path = zipped(tmp_path / "export.zip", {"posts/1.json": b"[1]", "posts/2.json": b"[2]"})
    data = bytearray(path.read_bytes())
    data[data.index(b"PK\x01\x02") + 8] |= 1  # the flag of the first file in the table of contents
    path.write_bytes(data)
    assert contents(path) == {"posts/2.json": b"[2]"}
    assert refusals(path) == {"posts/1.json": "it is encrypted"}


def test_fault_21_a_bomb_is_refused_by_what_it_claims(tmp_path: Path) -> None:
    path = zipped(tmp_path / "bomb.zip", {"posts/1.json": b" " * (32 << 20), "posts/2.json": b"[2]"})
    assert contents(path) == {"posts/2.json": b"[2]"}
    assert "far more than any export" in refusals(path)["posts/1.json"]


def test_fault_21_a_bomb_that_lies_is_stopped_by_what_it_does(tmp_path: Path) -> None:
    path = zipped(tmp_path / "bomb.zip", {"posts/1.json": b" " * (32 << 20)})
    data = bytearray(path.read_bytes())
    struct.pack_into("<L", data, data.index(b"PK\x01\x02") + 24, 1 << 20)  # it claims to unpack to 1 MB
    path.write_bytes(data)
    read, error = until_broken(path)
    assert error
    assert read <= 1 << 20


def until_broken(path: Path) -> tuple[int, str]:
    """Read the first file as far as it goes: how many bytes, and what ended it."""
    read = 0
    with Export([path], any_json) as export:
        try:
            for piece in export.pieces(export.entries[0]):
                assert len(piece) <= containers.PIECE
                read += len(piece)
        except BadRecord as error:
            return read, str(error)
    return read, ""


@pytest.mark.parametrize(
    ("bounds", "reason"),
    [
        (Bounds(files=3), "more than 3 files"),
        (Bounds(contents=100), "table of contents"),
        (Bounds(total=10), "would unpack to more than"),
    ],
)
def test_an_export_larger_than_any_is_refused_as_a_whole(tmp_path: Path, bounds: Bounds, reason: str) -> None:
    path = zipped(tmp_path / "export.zip", {f"posts/{number}.json": b"[1, 2, 3]" for number in range(5)})
    with pytest.raises(ConfigError, match=reason):
        contents(path, bounds=bounds)


def test_a_folder_of_too_many_files_is_refused(tmp_path: Path) -> None:
    for number in range(5):
        (tmp_path / f"{number}.json").write_text("[]")
    with pytest.raises(ConfigError, match="more than 3 files"):
        contents(tmp_path, bounds=Bounds(files=3))


def test_the_table_of_contents_of_a_large_zip_is_measured(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(zipfile, "ZIP_FILECOUNT_LIMIT", 2)  # writes the end records of zips over 4 GB
    path = zipped(tmp_path / "export.zip", {f"posts/{number}.json": b"[1]" for number in range(5)})
    assert b"PK\x06\x06" in path.read_bytes()
    assert len(contents(path)) == 5
    with pytest.raises(ConfigError, match="table of contents"):
        contents(path, bounds=Bounds(contents=100))


def cut(data: bytearray) -> None:
    del data[len(data) // 2 :]


def no_zip(data: bytearray) -> None:
    data[:] = b"<html>your download has expired</html>"


def empty(data: bytearray) -> None:
    data.clear()


@pytest.mark.parametrize("harm", [cut, no_zip, empty])
def test_fault_20_a_zip_that_is_none_is_named_and_the_other_is_read(
    tmp_path: Path, harm: Callable[[bytearray], None]
) -> None:
    bad = zipped(tmp_path / "bad.zip", {"posts/1.json": b"[1]"})
    data = bytearray(bad.read_bytes())
    harm(data)
    bad.write_bytes(data)
    good = zipped(tmp_path / "good.zip", {"posts/2.json": b"[2]"})
    assert contents(good)["posts/2.json"] == b"[2]"
    with Export([bad, good], any_json) as export:
        assert "posts/2.json" in [entry.path for entry in export.entries]
    assert "no whole zip" in refusals(bad, good)["bad.zip"]


def streamed(path: Path, files: dict[str, bytes], method: int) -> Path:
    """A zip as servers write it while they send it: the sizes stand behind each file."""

    class Pipe(io.RawIOBase):
        def __init__(self) -> None:
            self.data = b""

        def writable(self) -> bool:
            return True

        def write(self, data: object) -> int:
            self.data += bytes(data)  # type: ignore[call-overload]
            return len(bytes(data))  # type: ignore[call-overload]

    pipe = Pipe()
    with zipfile.ZipFile(pipe, "w", method) as archive:  # type: ignore[arg-type]
        for name, data in files.items():
            archive.writestr(name, data)
    path.write_bytes(pipe.data)
    return path


@pytest.mark.parametrize("write", [zipped, streamed])
@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_fault_20_a_zip_without_its_end_gives_what_came_before_the_cut(
    tmp_path: Path, write: Callable[..., Path], method: int
) -> None:
    files = {
        "posts/1.json": b"[" + b"1," * 200_000 + b"1]",
        "photos/1.jpg": os.urandom(300_000),
        "é/2.json": b"[2]",
        "posts/3.json": os.urandom(200_000),
    }
    path = tmp_path / "export.zip"
    whole = (
        write(path, files, method=method).read_bytes() if write is zipped else write(path, files, method).read_bytes()
    )
    path.write_bytes(whole[: whole.index(b"posts/3.json") + 100_000])
    found: dict[str, bytes] = {}
    with Export([path], any_json) as export:
        for entry in export.entries:
            found[entry.path] = b""
            try:
                for piece in export.pieces(entry):
                    found[entry.path] += piece
            except BadRecord:
                assert entry.path == "posts/3.json" or write is streamed
    assert found["posts/1.json"].startswith(files["posts/1.json"])
    assert found["é/2.json"].startswith(b"[2]")
    assert files["posts/3.json"].startswith(found["posts/3.json"])
    assert len(found["posts/3.json"]) > 50_000
    assert "what is left of it is read" in refusals(path)["export.zip"]


@given(st.binary(max_size=400), st.integers(0, 400))
def test_whatever_is_no_zip_does_no_harm(data: bytes, cut: int) -> None:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("posts/1.json", b"[1]" * 50)
        archive.writestr("posts/2.json", b"[2]" * 50)
    whole = target.getvalue()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "export.zip")
        path.write_bytes(whole[:cut] + data)
        with Export([path], any_json) as export:
            for entry in export.entries:
                with contextlib.suppress(BadRecord):
                    assert sum(map(len, export.pieces(entry))) < 1 << 20


def test_a_damaged_file_inside_a_zip_is_broken_where_it_is_damaged(tmp_path: Path) -> None:
    path = zipped(tmp_path / "export.zip", {"posts/1.json": os.urandom(900_000)}, method=zipfile.ZIP_STORED)
    data = bytearray(path.read_bytes())
    data[800_000] ^= 0xFF
    path.write_bytes(data)
    read, error = until_broken(path)
    assert "damaged" in error
    assert read > 500_000


def test_a_file_that_vanished_is_broken(tmp_path: Path) -> None:
    (tmp_path / "1.json").write_text("[1]")
    with Export([tmp_path], any_json) as export:
        (tmp_path / "1.json").unlink()
        with pytest.raises(BadRecord, match="damaged"):
            list(export.pieces(export.entries[0]))


def test_a_path_that_is_nothing_is_a_setting_to_correct(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="does not exist"):
        contents(tmp_path / "nowhere.zip")


def test_at_most_so_many_refusals_are_named(tmp_path: Path) -> None:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for number in range(500):
            archive.writestr(f"../{number}.json", b"[]")
    path = tmp_path / "export.zip"
    path.write_bytes(target.getvalue())
    assert len(refusals(path)) == 100
