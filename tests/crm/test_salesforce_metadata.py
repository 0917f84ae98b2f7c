"""The folder an administrator deploys holds the fields that the backend writes and the stand-in knows."""

from __future__ import annotations

import json
import re
from pathlib import Path
from xml.etree import ElementTree

import pytest

from socialcrm.crm.salesforce.targets import OWN, TARGETS
from socialcrm.testing.salesforce.furnished import CONTACT_FIELDS, INTERACTION, OWN_FIELDS
from socialcrm.testing.salesforce.rehearsal import DO_NOT_PROFILE, HANDLES, WEBSITE
from socialcrm.testing.salesforce.schema import Field

ROOT = Path(__file__).parents[2] / "salesforce"
NAMESPACE = {"m": "http://soap.sforce.com/2006/04/metadata"}
FILES = sorted(ROOT.rglob("*-meta.xml"))
APP, OBJECT = ROOT / "force-app" / "main" / "default", ROOT / "custom-object" / "main" / "default"
CUSTOM = "SocialCRM_Interaction__c"
TYPES = {
    "Checkbox": "boolean",
    "DateTime": "datetime",
    "LongTextArea": "textarea",
    "Lookup": "reference",
    "Number": "double",
    "Text": "string",
    "Url": "url",
}


def texts(path: Path, name: str) -> list[str]:
    return [found.text or "" for found in ElementTree.parse(path).iterfind(f".//m:{name}", NAMESPACE)]


def value(path: Path, name: str) -> str:
    return next(iter(texts(path, name)), "")


def declared(folder: Path) -> dict[str, Field]:
    """The fields of an object as the stand-in describes fields, lengths of the types that have none aside."""
    found = {}
    for path in sorted(folder.glob("fields/*.field-meta.xml")):
        kind = TYPES[value(path, "type")]
        length = 255 if kind == "url" else int(value(path, "length") or 0)
        field = Field(
            value(path, "fullName"),
            kind,
            length,
            external_id=value(path, "externalId") == "true",
            unique=value(path, "unique") == "true",
            case_sensitive=value(path, "caseSensitive") == "true",
            refers_to=tuple(texts(path, "referenceTo")),
            places=int(value(path, "scale") or 0),
            default=False if kind == "boolean" else None,
        )
        assert path.name == f"{field.name}.field-meta.xml"
        assert len(value(path, "label")) <= 40
        assert value(path, "description")
        found[field.name] = field
    return found


def plain(fields: list[Field]) -> dict[str, Field]:
    """The stand-in's fields with what a file does not say left out."""
    kept = ("name", "type", "length", "external_id", "unique", "case_sensitive", "refers_to", "places", "default")
    return {one.name: Field(**{name: getattr(one, name) for name in kept}) for one in fields}


def test_activity_has_the_fields_that_are_written() -> None:
    fields = declared(APP / "objects" / "Activity")
    assert set(fields) == set(OWN.values())
    assert fields == plain(list(OWN_FIELDS))


def test_people_have_the_fields_that_are_read() -> None:
    for name in ("Contact", "Lead"):
        fields = declared(APP / "objects" / name)
        assert fields == plain(list(CONTACT_FIELDS))
        assert set(fields) == {*HANDLES.values(), WEBSITE, DO_NOT_PROFILE}


def test_the_object_of_its_own_has_the_fields_that_are_written() -> None:
    fields = declared(OBJECT / "objects" / CUSTOM)
    assert TARGETS["custom"].object == CUSTOM
    assert set(fields) == set(TARGETS["custom"].fields.values())
    assert fields == plain([one for one in INTERACTION.fields.values() if one.custom])


def test_the_permission_set_gives_what_is_needed_and_no_more() -> None:
    path = APP / "permissionsets" / "SocialCRM.permissionset-meta.xml"
    granted = ElementTree.parse(path).getroot()
    editable = {
        one.findtext("m:field", "", NAMESPACE): one.findtext("m:editable", "", NAMESPACE) == "true"
        for one in granted.iterfind("m:fieldPermissions", NAMESPACE)
    }
    assert {name for name in editable if name.startswith("Task.") and name.endswith("__c")} == {
        f"Task.{one}" for one in OWN.values()
    }
    assert all(edit is name.startswith("Task.") for name, edit in editable.items())
    assert {f"{person}.{one.name}" for person in ("Contact", "Lead") for one in CONTACT_FIELDS} <= editable.keys()
    for one in granted.iterfind("m:objectPermissions", NAMESPACE):
        allowed = {child.tag.partition("}")[2] for child in one if child.text == "true"}
        assert allowed <= {"allowRead", "viewAllRecords"}
    users = {one.findtext("m:name", "", NAMESPACE) for one in granted.iterfind("m:userPermissions", NAMESPACE)}
    assert users == {"ApiEnabled", "EditTask", "EditEvent"}


def test_the_second_permission_set_covers_the_object_of_its_own() -> None:
    path = OBJECT / "permissionsets" / "SocialCRM_Interaction.permissionset-meta.xml"
    assert set(texts(path, "field")) == {f"{CUSTOM}.{name}" for name in TARGETS["custom"].fields.values()}
    assert texts(path, "object") == [CUSTOM]
    assert texts(path, "modifyAllRecords") == ["false"]


@pytest.mark.parametrize("path", sorted(ROOT.rglob("*.listView-meta.xml")), ids=lambda path: path.parts[-3])
def test_list_views_show_fields_that_are_there(path: Path) -> None:
    own = {name for name in texts(path, "columns") + texts(path, "field") if name.endswith("__c")}
    assert own
    assert own <= set(TARGETS["custom"].fields.values())


def test_the_record_page_shows_the_timeline_of_a_contact() -> None:
    path = APP / "flexipages" / "SocialCRM_Contact_Timeline.flexipage-meta.xml"
    assert value(path, "sobjectType") == "Contact"
    assert "runtime_sales_activities:activityPanel" in texts(path, "componentName")


def test_the_project_names_its_folders_and_a_version_the_backend_speaks() -> None:
    project = json.loads((ROOT / "sfdx-project.json").read_text(encoding="utf-8"))
    folders = [one["path"] for one in project["packageDirectories"]]
    assert all((ROOT / folder).is_dir() for folder in folders)
    assert all(path.relative_to(ROOT).parts[0] in folders for path in FILES)
    assert project["sourceApiVersion"] == "64.0"


def test_the_readme_names_what_is_deployed() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    sets = {path.name.partition(".")[0] for path in ROOT.rglob("*.permissionset-meta.xml")}
    assert set(re.findall(r"permset --name (\w+)", text)) == sets
