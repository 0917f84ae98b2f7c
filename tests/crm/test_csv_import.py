"""Contacts from CSV: what is wrong is named and left out, the rest is imported."""

from __future__ import annotations

import io
import itertools
import tracemalloc
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from socialcrm.crm.csv_import import BadRow, ImportReport, import_contacts, read_contacts
from socialcrm.crm.sql import SQLCRM, SQLCRMConfig
from socialcrm.errors import ConfigError
from socialcrm.model import Contact

HEADER = "contact_id,first_name,last_name,full_name,email,phone,title,company,website,city,region,country,extra\n"


def read(text: str, default_region: str = "") -> list[Contact | BadRow]:
    return list(read_contacts(io.StringIO(text), default_region=default_region))


def contacts(text: str, default_region: str = "") -> list[Contact]:
    return [item for item in read(text, default_region) if isinstance(item, Contact)]


def bad(text: str) -> list[BadRow]:
    return [item for item in read(text) if isinstance(item, BadRow)]


def test_a_full_row() -> None:
    row = (
        "c1,Ann,Lee,Ann Lee,ann@lee.example;a.lee@work.example,020 7946 0958,Engineer,Lee & Co,"
        "https://lee.example;https://ann.example,London,England,United Kingdom,"
        "handles=x:@annlee;instagram:ann.lee;x:ann2|do_not_profile=1|shoe_size=38\n"
    )
    (contact,) = contacts(HEADER + row)
    assert contact == Contact(
        id="c1",
        first_name="Ann",
        last_name="Lee",
        full_name="Ann Lee",
        emails=("ann@lee.example", "a.lee@work.example"),
        phones=("+442079460958",),
        title="Engineer",
        company="Lee & Co",
        websites=("https://lee.example", "https://ann.example"),
        city="London",
        region="England",
        country="United Kingdom",
        handles={"x": ("annlee", "ann2"), "instagram": ("ann.lee",)},
        do_not_profile=True,
    )


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_separators_and_synonyms(delimiter: str) -> None:
    header = delimiter.join(["\ufeffID", "Name", "E-Mail", "Phone Number", "Organisation", "Shoe size"])
    row = delimiter.join(["1", "Ann Lee", "ann@lee.example", "+44 20 7946 0958", "Lee", "38"])
    report = ImportReport()
    (contact,) = read_contacts(io.StringIO(f"{header}\n{row}\n"), report=report)
    assert isinstance(contact, Contact)
    assert (contact.id, contact.full_name, contact.company) == ("1", "Ann Lee", "Lee")
    assert (contact.emails, contact.phones) == (("ann@lee.example",), ("+442079460958",))
    assert report.unknown_columns == ("Shoe size",)


def test_several_columns_of_one_meaning_are_joined() -> None:
    (contact,) = contacts("id,name,phone,mobile\n1,Ann,+442079460958,+447400123456\n")
    assert contact.phones == ("+442079460958", "+447400123456")


@pytest.mark.parametrize(
    ("row", "column", "reason"),
    [
        (",Ann,,,,,,,,,,,", "contact_id", "is empty"),
        ("c0,Bob,,,,,,,,,,,", "contact_id", "earlier row"),
        ("c1,,,,,,,,,,,,", "full_name", "is empty"),
        ("c1,Ann,,,ann@@lee.example,,,,,,,,", "email", "not an e-mail address"),
        ("c1,Ann,,,ann@lee,,,,,,,,", "email", "no dot"),
        ("c1,Ann,,,ann@lee.example;nonsense,,,,,,,,", "email", "not an e-mail address"),
        ("c1,Ann", "", "has 2 cells, the header 13"),
        ("c1,Ann,,,,,,,,,,,,more", "", "has 14 cells"),
        ("c1,An\x00n,,,,,,,,,,,", "first_name", "NUL"),
        ("c1," + "A" * 20_000 + ",,,,,,,,,,,", "first_name", "too long"),
        ("c" * 2000 + ",Ann,,,,,,,,,,,", "contact_id", "too long"),
        ('c1,"' + "A" * 200_000 + ",,,,,,,,,,,", "", "quotation mark"),
    ],
)
def test_a_bad_row_is_named_and_the_rest_is_imported(row: str, column: str, reason: str) -> None:
    items = read(f"{HEADER}c0,Zoe,,,,,,,,,,,\n{row}\nc9,Cara,,,,,,,,,,,\n" if '"' not in row else f"{HEADER}{row}\n")
    (found,) = [item for item in items if isinstance(item, BadRow)]
    assert (found.row, found.column, found.kept) == (2 if '"' in row else 3, column, False)
    assert reason in found.reason
    assert not any(value in found.reason for value in row.split(",") if len(value) > 3)
    if '"' not in row:
        assert [item.id for item in items if isinstance(item, Contact)] == ["c0", "c9"]


def test_a_bad_phone_costs_the_phone_only() -> None:
    text = "id,name,phone\n1,Ann,020 7946 0958\n2,Bob,call me;+442079460958\n"
    assert [contact.phones for contact in contacts(text)] == [(), ("+442079460958",)]
    assert [(note.row, note.column, note.kept) for note in bad(text)] == [(2, "phone", True), (3, "phone", True)]
    assert "country" in bad(text)[0].reason
    assert contacts(text, "GB")[0].phones == ("+442079460958",)


@pytest.mark.parametrize("country", ["DE", "Germany", "Deutschland", "ドイツ"])
def test_the_country_of_the_row_reads_its_phone(country: str) -> None:
    (contact,) = contacts(f"id,name,phone,country\n1,Ann,030 123456,{country}\n", "GB")
    assert contact.phones == ("+4930123456",)


@pytest.mark.parametrize(("value", "flag"), [("1", True), ("yes", True), ("bitte", True), ("0", False), ("no", False)])
def test_do_not_profile_means_yes_unless_it_says_no(value: str, flag: bool) -> None:
    (contact,) = contacts(f"id,name,extra\n1,Ann,do_not_profile={value}\n")
    assert contact.do_not_profile is flag


def test_a_handle_that_cannot_be_read_is_noted() -> None:
    text = "id,name,extra\n1,Ann,handles=annlee;x:ann\n"
    assert contacts(text)[0].handles == {"x": ("ann",)}
    assert [(note.column, note.kept) for note in bad(text)] == [("extra", True)]


def test_rows_are_counted_by_their_first_line() -> None:
    assert [found.row for found in bad('id,name\n1,"Ann\nLee"\n,Bob\n')] == [4]


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("name,email\nAnn,a@b.example\n", "contact_id"),
        ("id,phone\n1,2\n", "full_name"),
        ("id,name,full_name\n1,2,3\n", "more than one column for full_name"),
        ("", "contact_id"),
    ],
)
def test_a_header_that_does_not_do_is_refused(text: str, named: str) -> None:
    with pytest.raises(ConfigError, match=named):
        read(text)


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"absent\.csv cannot be read"):
        list(read_contacts(tmp_path / "absent.csv"))
    (tmp_path / "latin.csv").write_bytes("id,name\n1,José\n".encode("latin-1"))
    with pytest.raises(ConfigError, match="UTF-8"):
        list(read_contacts(tmp_path / "latin.csv"))
    with pytest.raises(ConfigError, match="default_region"):
        read("id,name\n", "Atlantis")


def test_an_import_reports_what_it_did_and_can_be_repeated(tmp_path: Path) -> None:
    path = tmp_path / "contacts.csv"
    path.write_text(
        "\ufeffid,name,phone,extra\n1,Ann,nonsense,party=Blue\n,Bob,,\n\n3,Cara,,handles=x:cara\n", encoding="utf-8"
    )
    crm = SQLCRM(SQLCRMConfig(url=f"sqlite:///{tmp_path / 'crm.db'}"))
    report = import_contacts(path, crm)
    assert (report.rows, report.imported, report.changed, report.left_out, report.notes) == (4, 2, 2, 1, 1)
    assert (report.empty, report.unknown_extra) == (1, 1)
    assert [(found.row, found.column) for found in report.bad] == [(2, "phone"), (3, "contact_id")]
    assert import_contacts(path, crm).changed == 0
    assert sorted(change.id for page in crm.contacts(None) for change in page.changes) == ["1", "3"]
    crm.close()


def test_empty_rows_are_counted_in_flat_memory(tmp_path: Path) -> None:
    crm = SQLCRM(SQLCRMConfig(url=f"sqlite:///{tmp_path / 'crm.db'}"))
    crm.put_contacts([])
    tracemalloc.start()
    report = import_contacts(itertools.chain(["id,name\n"], itertools.repeat(",\n", 200_000)), crm)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert (report.rows, report.empty, report.imported) == (200_000, 200_000, 0)
    assert peak < 2_000_000
    crm.close()


@given(st.lists(st.lists(st.text(max_size=20), max_size=6), max_size=6))
def test_no_text_at_all_breaks_the_reader(rows: list[list[str]]) -> None:
    body = "\n".join(",".join(row) for row in rows)
    for item in read(f"id,name,email,phone,extra\n{body}"):
        assert isinstance(item, Contact | BadRow)
