import gzip
import hashlib
import os
import resource
import subprocess
import sys
from pathlib import Path

import pytest

from tests.plugins.drops import HEADERS, LOCATIONS, read_landing, write_drop
from warehouse import staging
from warehouse.sources import SOURCE_FILES
from warehouse.staging import StagingError, stage

HEADER = b"CID,CNTRY\r\n"


def stage_locations(tmp_path: Path, data: bytes) -> tuple[list[list[str]], list[list[str]], list[str]]:
    """Stage a drop whose LOC_A101 is ``data``: its rows, the rejects and its line of the manifest."""
    source = write_drop(tmp_path / "drop", erp_loc_a101=data)
    stage(source, tmp_path / "landing")
    _, *rows = read_landing(tmp_path / "landing/source_erp/LOC_A101.txt")
    _, *rejects = read_landing(tmp_path / "landing/rejected.txt")
    manifest = {line[0]: line for line in read_landing(tmp_path / "landing/manifest.txt")}
    return rows, rejects, manifest["erp_loc_a101"]


def list_names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


GOOD_LINES = {
    "CRLF": (b"a,b\r\nc,d\r\n", [["a", "b", "2"], ["c", "d", "3"]]),
    "LF": (b"a,b\nc,d\n", [["a", "b", "2"], ["c", "d", "3"]]),
    "last line without a line end": (b"a,b\r\nc,", [["a", "b", "2"], ["c", "", "3"]]),
    "empty and blank lines are no rows": (b"\r\na,b\n   \nc,d\n\n", [["a", "b", "3"], ["c", "d", "5"]]),
    "quoted comma and doubled quote": (b'"a,""x""",b\n', [['a,"x"', "b", "2"]]),
    "empty quoted field": (b'"",""\n', [["", "", "2"]]),
    "quote inside an unquoted field": (b'a"b"," c"\n', [['a"b"', " c", "2"]]),
    "a blank before a quote makes it ordinary": (b' "a",b\n', [[' "a"', "b", "2"]]),
    "accents, astral characters, other line separators": (
        "José\u2028,\U0001f600\x85\x0b\n".encode(),
        [["José\u2028", "\U0001f600\x85\x0b", "2"]],
    ),
    "tab, CR and a quoted CR become blanks": (
        b'a\tx,b\rc\r\n"d\re",f\n',
        [["a x", "b c", "2"], ["d e", "f", "3"]],
    ),
    "the word NULL is text": (b"NULL,null\n", [["NULL", "null", "2"]]),
    "exactly 4000 characters": (b"x" * 4000 + b",b\n", [["x" * 4000, "b", "2"]]),
    "no rows": (b"", []),
}


@pytest.mark.parametrize(("data", "expected"), GOOD_LINES.values(), ids=GOOD_LINES)
def test_rows_arrive_field_by_field_with_their_source_line(
    tmp_path: Path, data: bytes, expected: list[list[str]]
) -> None:
    rows, rejects, _ = stage_locations(tmp_path, HEADER + data)
    assert rows == expected
    assert rejects == []


BAD_LINES = {
    "too few columns": (b"a", "", "too few columns: 1 instead of 2"),
    "too many columns": (b"a,b,c", "", "too many columns: 3 instead of 2"),
    "only a tab": (b"\t", "", "too few columns: 1 instead of 2"),
    "open quote": (b'a,"b', "CNTRY", "open quote"),
    "open quote after a doubled one": (b'"a"",b', "CID", "open quote"),
    "open quote past the last column": (b'a,b,"c', "3", "open quote"),
    "text after a closing quote": (b'"a"x,b', "CID", "text after a closing quote"),
    "a field of 4001 characters": (b"a," + b"x" * 4001, "CNTRY", "longer than 4000 characters"),
    "a field of 2001 surrogate pairs": (
        b"a," + "😀".encode() * 2001,
        "CNTRY",
        "longer than 4000 characters",
    ),
    "a line of three megabytes": (b"x" * 3_000_000, "", "line longer than 1048576 characters"),
    "three megabytes of blanks, then text": (
        b" " * 3_000_000 + b"x",
        "",
        "line longer than 1048576 characters",
    ),
}


@pytest.mark.parametrize(("line", "column", "reason"), BAD_LINES.values(), ids=BAD_LINES)
def test_a_faulty_line_is_rejected_with_file_line_and_reason(
    tmp_path: Path, line: bytes, column: str, reason: str
) -> None:
    rows, rejects, manifest = stage_locations(tmp_path, HEADER + b"a,b\r\n" + line + b"\r\nc,d\r\n")
    assert rows == [["a", "b", "2"], ["c", "d", "4"]]
    [[table, file, number, rejected_column, rejected_reason, raw_row]] = rejects
    assert (table, file, number) == ("erp_loc_a101", LOCATIONS, "3")
    assert (rejected_column, rejected_reason) == (column, reason)
    assert len(raw_row.encode("utf-16-le")) <= 2 * 4000
    assert line.decode().replace("\t", " ").startswith(raw_row)
    assert manifest[3:6] == ["3", "2", "1"], "rows read, written and rejected"


@pytest.mark.parametrize(
    ("data", "rejected", "written"),
    [
        (b'"a\nb",c\nd,e\n', {2: "open quote", 3: "continues the quoted field of line 2"}, [["d", "e", "4"]]),
        (b'a,"b\na,Narnia"\n', {2: "open quote", 3: "continues the quoted field of line 2"}, []),
        (
            b'a,"b\nc\nd\ne"\nf,g\n',
            {
                2: "open quote",
                3: "too few columns: 1 instead of 2",
                4: "too few columns: 1 instead of 2",
                5: "continues the quoted field of line 2",
            },
            [["f", "g", "6"]],
        ),
        (b'a,"b\nc,d\ne,f"\n', {2: "open quote"}, [["c", "d", "3"], ["e", 'f"', "4"]]),
        (b'a,"b\n\na,Narnia"\n', {2: "open quote", 4: "continues the quoted field of line 2"}, []),
        (b'a,"b\nc,d"x\n', {2: "open quote"}, [["c", 'd"x', "3"]]),
        (b'a,"b\nc,"d\ne"\n', {2: "open quote", 3: "open quote", 4: "continues the quoted field of line 3"}, []),
    ],
    ids=[
        "in the first field",
        "like a row",
        "three line ends",
        "a row between",
        "a blank line",
        "text after it",
        "two open quotes",
    ],
)
def test_the_rest_of_a_field_with_a_line_end_is_rejected_with_it(
    tmp_path: Path, data: bytes, rejected: dict[int, str], written: list[list[str]]
) -> None:
    rows, rejects, _ = stage_locations(tmp_path, HEADER + data)
    assert {int(reject[2]): reject[4] for reject in rejects} == rejected
    assert rows == written


def test_the_manifest_accounts_for_rows_blank_lines_replaced_characters_bytes_and_sha256(
    tmp_path: Path,
) -> None:
    data = HEADER + "a\tb\tc,d\r\n\r\n  \r\ne\r\n\ufefff,g\rh\u00a0".encode()
    _, _, manifest = stage_locations(tmp_path, data)
    assert manifest == [
        "erp_loc_a101",
        LOCATIONS,
        "source_erp/LOC_A101.txt",
        *("3", "2", "1", "2", "3", "2", "1"),
        str(len(data)),
        hashlib.sha256(data).hexdigest(),
    ]


def test_the_checksums_are_those_of_the_files_that_were_written(tmp_path: Path) -> None:
    stage_locations(tmp_path, HEADER + b"a,\xf0\x9f\x98\x80\r\nbroken\r\n")
    landing = tmp_path / "landing"
    header, *rows = read_landing(landing / "checksums.txt")
    assert header == ["landing_file", "bytes", "sha256"]
    names = {str(path.relative_to(landing)) for path in landing.rglob("*.txt")} - {"checksums.txt"}
    assert len(rows) == len(names) == 8
    for name, size, sha256 in rows:
        data = (landing / name).read_bytes()
        assert (size, sha256) == (str(len(data)), hashlib.sha256(data).hexdigest()), name
        names.remove(name)


@pytest.mark.parametrize("missing", ["manifest.txt", "checksums.txt", "rejected.txt"])
def test_a_landing_folder_that_lost_a_file_is_staged_again(tmp_path: Path, missing: str) -> None:
    source = write_drop(tmp_path / "drop")
    stage(source, tmp_path / "landing")
    (tmp_path / "landing" / missing).unlink()
    stage(source, tmp_path / "landing")
    assert (tmp_path / "landing" / missing).is_file()


@pytest.mark.parametrize(
    "header",
    [b"\xef\xbb\xbfCID,CNTRY\n", b'"CID","CNTRY"\r\n', b"CID,CNTRY"],
    ids=["byte order mark", "quoted", "no line end"],
)
def test_a_right_header_is_taken_and_left_out_of_the_rows(tmp_path: Path, header: bytes) -> None:
    rows, _, _ = stage_locations(tmp_path, header)
    assert rows == []


BAD_FILES = {
    "empty file": (b"", "line 1: the file is empty"),
    "only a byte order mark": (b"\xef\xbb\xbf", "line 1: the file is empty"),
    "no header": (
        b"AW-00011000,Australia\r\n",
        "line 1, column 1: the header has 'AW-00011000' instead of 'CID'",
    ),
    "blank first line": (b"\r\nCID,CNTRY\r\n", "line 1, column 1: the header has '' instead of 'CID'"),
    "another case": (b"CID,cntry\n", "line 1, column 2: the header has 'cntry' instead of 'CNTRY'"),
    "another order": (b"CNTRY,CID\n", "line 1, column 1: the header has 'CNTRY' instead of 'CID'"),
    "a column too few": (b"CID\n", "line 1, column 2: the header has nothing instead of 'CNTRY'"),
    "a column too many": (
        b"CID,CNTRY,X\n",
        "line 1, column 3: the header has 'X' instead of the end of the line",
    ),
    "an open quote in the header": (b'"CID,CNTRY\n', "line 1, column 1: open quote in the header"),
    "line ends of CR alone": (b"CID,CNTRY\ra,b\r", "line 1, column 2: the header has 'CNTRY\\ra'"),
    "a NUL byte": (HEADER + b"a,b\r\nc,d\0\r\n", "line 3, column CNTRY, character 4 of the line: a NUL byte"),
    "Windows-1252": (
        HEADER + b"a,b\r\n\r\n\xe9,d\r\n",
        "line 4, column CID, character 1 of the line: byte 0xE9 is not UTF-8",
    ),
    "not UTF-8 in quotes": (
        HEADER + b'"a,b","c,\xff"',
        "line 2, column CNTRY, character 10 of the line: byte 0xFF is not UTF-8",
    ),
    "UTF-8 cut short": (
        HEADER + b"a,\xc3",
        "line 2, column CNTRY, character 3 of the line: byte 0xC3 is not UTF-8",
    ),
    "UTF-16": (
        "CID,CNTRY\r\n".encode("utf-16"),
        "line 1, column CID, character 1 of the line: the file is UTF-16",
    ),
    "UTF-32": (
        "CID,CNTRY\r\n".encode("utf-32"),
        "line 1, column CID, character 1 of the line: the file is UTF-32",
    ),
    "UTF-32, big end first": (
        b"\x00\x00\xfe\xff" + "CID,CNTRY\r\n".encode("utf-32-be"),
        "line 1, column CID, character 3 of the line: the file is UTF-32",
    ),
    "gzip": (gzip.compress(HEADER), "line 1: the file is packed by gzip. Unpack it and run again."),
    "an Excel workbook": (b"PK\x03\x04\x14\0", "line 1: the file is a ZIP archive or an Excel workbook. Unpack it,"),
    "a NUL byte after three megabytes without a line end": (
        HEADER + b"a,b\n" + b"x" * 3_000_000 + b"\0",
        "line 3, column CID, character beyond 1048576 of the line: a NUL byte",
    ),
}


@pytest.mark.parametrize(("data", "complaint"), BAD_FILES.values(), ids=BAD_FILES)
def test_a_faulty_file_is_refused_with_file_line_and_column(tmp_path: Path, data: bytes, complaint: str) -> None:
    with pytest.raises(StagingError) as failure:
        stage_locations(tmp_path, data)
    assert f"{tmp_path / 'drop' / LOCATIONS}, {complaint}" in str(failure.value)
    assert list_names(tmp_path) == ["drop"], "something half-written remains"


def test_a_missing_file_is_named_with_its_twin_in_another_case(tmp_path: Path) -> None:
    source = write_drop(tmp_path / "drop")
    (source / LOCATIONS).rename(source / "source_erp/loc_a101.csv")
    (source / "source_crm/prd_info.csv").unlink()
    (source / "source_crm/cust_info.csv").unlink()
    (source / "source_crm/cust_info.csv").mkdir()
    with pytest.raises(StagingError) as failure:
        stage(source, tmp_path / "landing")
    assert str(failure.value).split("\n") == [
        f"{source}/source_crm/cust_info.csv: is not a regular file. Deliver the CSV file of that name.",
        f"{source}/source_crm/prd_info.csv: missing. Deliver it and run again.",
        f"{source}/{LOCATIONS}: missing. There is loc_a101.csv: the case of the name counts. Deliver it and run again.",
    ]


def test_a_broken_link_is_distinguished_from_a_missing_file(tmp_path: Path) -> None:
    source = write_drop(tmp_path / "drop")
    (source / LOCATIONS).unlink()
    (source / LOCATIONS).symlink_to("/nowhere/LOC_A101.csv")
    with pytest.raises(StagingError) as failure:
        stage(source, tmp_path / "landing")
    assert str(failure.value) == (
        f"{source}/{LOCATIONS}: is a link to /nowhere/LOC_A101.csv, which does not exist. "
        "Correct the link or deliver the file itself, and run again."
    )


def test_a_full_disk_is_reported_with_the_file_and_leaves_no_partial_folder(tmp_path: Path) -> None:
    """A limit on the size of files simulates the disk: the system refuses further writes in the same way."""
    source = write_drop(tmp_path / "drop", erp_loc_a101=HEADER + b"AW-00011000,Germany\r\n" * 5000)
    run = subprocess.run(
        [sys.executable, "-m", "warehouse.staging", "--source", str(source), "--landing", str(tmp_path / "landing")],
        # Coverage would write its own file at the end of the process, and fail.
        env={name: value for name, value in os.environ.items() if not name.startswith("COVERAGE_")}
        | {"PYTHONPATH": str(Path(staging.__file__).parents[1])},
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000)),
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 1
    last = run.stderr.splitlines()[-1]
    assert "/source_erp/LOC_A101.txt: cannot be written: File too large. Make room on that disk and run again." in last
    assert list_names(tmp_path) == ["drop"], "something half-written remains"


def test_a_missing_drop_is_refused(tmp_path: Path) -> None:
    with pytest.raises(StagingError, match="no such folder"):
        stage(tmp_path / "drop", tmp_path / "landing")


def test_staging_again_replaces_the_landing_folder_and_removes_what_a_killed_run_left(tmp_path: Path) -> None:
    source = write_drop(tmp_path / "drop", erp_loc_a101=HEADER + b"a,b\n")
    (tmp_path / ".7.0.partial").mkdir()
    (tmp_path / ".77.0.partial").mkdir()
    stage(source, tmp_path / "7")
    write_drop(source, erp_loc_a101=HEADER + b"c,d\n")
    stage(source, tmp_path / "7")
    assert read_landing(tmp_path / "7/source_erp/LOC_A101.txt")[1:] == [["c", "d", "2"]]
    assert list_names(tmp_path) == [".77.0.partial", "7", "drop"], "77 is another batch"


def test_a_failed_run_leaves_the_landing_folder_of_the_run_before(tmp_path: Path) -> None:
    source = write_drop(tmp_path / "drop", erp_loc_a101=HEADER + b"a,b\n")
    stage(source, tmp_path / "landing")
    write_drop(source, erp_loc_a101=b"")
    with pytest.raises(StagingError):
        stage(source, tmp_path / "landing")
    assert read_landing(tmp_path / "landing/source_erp/LOC_A101.txt")[1:] == [["a", "b", "2"]]


@pytest.mark.parametrize("target", ["drop", ".", "precious"])
def test_a_folder_that_staging_did_not_write_is_never_replaced(tmp_path: Path, target: str) -> None:
    source = write_drop(tmp_path / "drop")
    (tmp_path / "precious").mkdir()
    (tmp_path / "precious/file").write_text("kept")
    with pytest.raises(StagingError):
        stage(source, tmp_path / target)
    assert (tmp_path / "precious/file").read_text() == "kept"
    assert (source / LOCATIONS).exists()


def test_the_drop_is_left_as_it_was(tmp_path: Path) -> None:
    source = write_drop(tmp_path / "drop", erp_loc_a101=b"\xef\xbb\xbfCID,CNTRY\r\na\tb,c\rd")
    before = {path: (path.read_bytes(), path.stat().st_mtime_ns) for path in source.rglob("*.csv")}
    stage(source, tmp_path / "landing")
    assert {path: (path.read_bytes(), path.stat().st_mtime_ns) for path in source.rglob("*.csv")} == before


def test_all_six_files_land_under_their_names_with_a_header(tmp_path: Path) -> None:
    source = write_drop(tmp_path / "drop")
    manifest = stage(source, tmp_path / "landing")
    assert [file.source_table for file in manifest.files] == [source.table for source in SOURCE_FILES]
    for source_file in SOURCE_FILES:
        [header] = read_landing(tmp_path / "landing" / source_file.landing_path)
        assert header == [*HEADERS[source_file.path].split(","), "dwh_source_line"]


def test_blocks_that_end_anywhere_change_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    data = 'CID,CNTRY\r\nJosé,\U0001f600\r\n"a,""",b\n\r\nx,y\rz\r\nlast,é'.encode()
    whole = stage_locations(tmp_path, data)
    for size in range(1, 12):
        monkeypatch.setattr(staging, "BLOCK_BYTES", size)
        assert stage_locations(tmp_path, data) == whole, f"blocks of {size} bytes"


def test_memory_stays_bounded_while_a_big_file_is_staged(tmp_path: Path) -> None:
    line = b",".join(b"value of column %d" % column for column in range(9)) + b"\r\n"
    header = HEADERS["source_crm/sales_details.csv"].encode() + b"\r\n"
    source = write_drop(tmp_path / "drop", crm_sales_details=header + line * 300_000 + b"x" * 20_000_000)
    script = (
        "import resource, sys; from pathlib import Path; from warehouse.staging import stage;"
        "before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss;"
        "manifest = stage(Path(sys.argv[1]), Path(sys.argv[2]));"
        "assert manifest.rows_read == 300_001 and manifest.rows_rejected == 1, manifest;"
        "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)"
    )
    run = subprocess.run(
        [sys.executable, "-c", script, str(source), str(tmp_path / "landing")],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "PYTHONPATH": str(Path(staging.__file__).parents[1])},
    )
    grown = int(run.stdout) * (1 if sys.platform == "darwin" else 1024)  # bytes on macOS, else KiB
    assert grown < 48 * 2**20, f"a file of 71 MB took {grown / 2**20:.0f} MiB of memory"


def test_the_command_line_reports_rows_or_the_complaint(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source = write_drop(tmp_path / "drop", erp_loc_a101=HEADER + b"a,b\nc\n")
    arguments = ["--source", str(source), "--landing", str(tmp_path / "landing")]
    assert staging.main(arguments) == 0
    assert "source_erp/LOC_A101.csv               2 rows, 1 rejected" in capsys.readouterr().out
    (source / LOCATIONS).unlink()
    assert staging.main(arguments) == 1
    assert f"{LOCATIONS}: missing" in capsys.readouterr().err
