"""Text of an input file, or one sentence on why it cannot be used."""

from pathlib import Path

from pipeline.errors import Fault, InputError

MEBIBYTE = 1024 * 1024


def read_text(root: Path, file: str, limit: int) -> str:
    """Text of `file` (relative to `root`), in the project, not empty: at most `limit` bytes of UTF-8 with line feeds.

    Raises InputError; byte-order marks, other encodings, NUL and carriage returns would reach the data silently.
    """

    def refuse(value: str, expected: str, place: str = "") -> InputError:
        return InputError([Fault(file, place, value, expected)])

    path = root / file
    if path.is_symlink() and not path.exists():
        raise refuse("a link that leads nowhere", "a text file")
    if not path.resolve().is_relative_to(root.resolve()):
        raise refuse("a path that leaves the project", "a file inside the project")
    if not path.is_file():
        raise refuse("no such file" if not path.exists() else "something that is not a file", "a text file")
    size = path.stat().st_size
    if size > limit:
        raise refuse(f"{size / MEBIBYTE:.1f} MiB", f"at most {limit / MEBIBYTE:g} MiB")
    raw = path.read_bytes()
    if not raw.strip():
        raise refuse("an empty file", "a file with content")
    if raw.startswith(b"\xef\xbb\xbf"):
        raise refuse("a byte-order mark", "UTF-8 without a byte-order mark", "row 1")
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")) or raw.count(0) > len(raw) / 4:
        raise refuse("UTF-16 text", "UTF-8 without a byte-order mark", "row 1")
    if (at := raw.find(b"\0")) >= 0:
        raise refuse("a NUL byte", "plain text", _row(raw, at))
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        raise refuse(_encoding(raw), "UTF-8", _row(raw, error.start)) from None
    if (at := raw.find(b"\r")) >= 0:
        found = "a carriage return (CRLF line end)" if raw[at + 1 : at + 2] == b"\n" else "a carriage return"
        raise refuse(found, "line ends of a line feed alone", _row(raw, at))
    return text


def _row(raw: bytes, at: int) -> str:
    return f"row {raw.count(b'\n', 0, at) + 1}"


def _encoding(raw: bytes) -> str:
    try:
        foreign = [character for character in raw.decode("gb18030") if not character.isascii()]
    except UnicodeDecodeError:
        return "bytes that are no UTF-8"
    # Latin text read as GBK gives rare characters; real Chinese is mostly of the everyday set GB 2312.
    everyday = "".join(foreign).encode("gb2312", errors="ignore")
    return "text that looks like GBK" if len(everyday) > len(foreign) else "bytes that are no UTF-8"
