"""What an object's description says: fields, their types and what may be done with them.

Source: REST API guide, "sObject Describe"; SOAP API guide, "DescribeSObjectResult" and "Field Types".
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

TEXT_TYPES = frozenset({"string", "textarea", "email", "phone", "url", "picklist", "combobox"})
SOAP_TYPES = {
    "boolean": "xsd:boolean",
    "date": "xsd:date",
    "datetime": "xsd:dateTime",
    "double": "xsd:double",
    "id": "tns:ID",
    "int": "xsd:int",
    "reference": "tns:ID",
}


@dataclass(frozen=True, slots=True)
class Field:
    """A field; ``length`` counts UTF-16 units, ``places`` decimals, ``default`` fills what an insert leaves out."""

    name: str
    type: str = "string"
    length: int = 0
    label: str = ""
    required: bool = False
    createable: bool = True
    updateable: bool = True
    filterable: bool = True
    default: Any = None
    picklist: tuple[str, ...] = ()
    restricted: bool = False
    external_id: bool = False
    unique: bool = False
    case_sensitive: bool = False
    id_lookup: bool = False
    refers_to: tuple[str, ...] = ()
    relationship: str = ""
    places: int = 0

    @property
    def custom(self) -> bool:
        return self.name.endswith("__c")

    @property
    def indexed(self) -> bool:
        return self.external_id or self.unique or self.id_lookup or self.type == "reference"

    @property
    def upsertable(self) -> bool:
        """Whether an upsert may name it: External ID or idLookup fields."""
        return self.external_id or self.id_lookup

    def describe(self) -> dict[str, Any]:
        """The field's part of a description."""
        return {
            "aggregatable": self.filterable,
            "calculated": False,
            "caseSensitive": self.case_sensitive,
            "createable": self.createable,
            "custom": self.custom,
            "defaultedOnCreate": self.default is not None,
            "defaultValue": self.default,
            "externalId": self.external_id,
            "filterable": self.filterable,
            "idLookup": self.id_lookup or self.type == "id" or self.external_id,
            "label": self.label or self.name.removesuffix("__c").replace("_", " "),
            "length": self.length,
            "name": self.name,
            "nillable": not self.required and self.type not in {"boolean", "id"},
            "picklistValues": [{"active": True, "label": one, "value": one} for one in self.picklist],
            "polymorphicForeignKey": len(self.refers_to) > 1,
            "precision": 18 if self.type == "double" else 0,
            "referenceTo": list(self.refers_to),
            "relationshipName": self.relationship or None,
            "restrictedPicklist": self.restricted,
            "scale": self.places,
            "soapType": SOAP_TYPES.get(self.type, "xsd:string"),
            "sortable": self.filterable,
            "type": self.type,
            "unique": self.unique,
            "updateable": self.updateable,
        }


@dataclass(frozen=True)
class SObject:
    """An object: its fields by name in lower case, and the three characters its ids begin with."""

    name: str
    prefix: str
    fields: dict[str, Field] = field(default_factory=dict)
    createable: bool = True
    updateable: bool = True
    deletable: bool = True

    def field(self, name: str) -> Field | None:
        """Look a field up; names mind no case."""
        return self.fields.get(name.lower())

    def relationship(self, name: str) -> Field | None:
        """The reference field behind a relationship's name."""
        wanted = name.lower()
        return next((one for one in self.fields.values() if one.relationship.lower() == wanted and wanted), None)

    def with_fields(self, *added: Field) -> SObject:
        """The object with further fields, or with some replaced."""
        return replace(self, fields={**self.fields, **{one.name.lower(): one for one in added}})

    def without_field(self, name: str) -> SObject:
        """The object without a field."""
        return replace(self, fields={key: one for key, one in self.fields.items() if key != name.lower()})

    def describe(self, root: str) -> dict[str, Any]:
        """The whole description, as ``/sobjects/{name}/describe`` gives it."""
        return {
            "name": self.name,
            "label": self.name.removesuffix("__c"),
            "keyPrefix": self.prefix,
            "custom": self.name.endswith("__c"),
            "createable": self.createable,
            "updateable": self.updateable,
            "deletable": self.deletable,
            "queryable": True,
            "retrieveable": True,
            "fields": [one.describe() for one in self.fields.values()],
            "urls": {"sobject": f"{root}/sobjects/{self.name}", "rowTemplate": f"{root}/sobjects/{self.name}/{{ID}}"},
        }


def sobject(name: str, prefix: str, *fields: Field, **marks: bool) -> SObject:
    """Build an object from its own fields and those every object has."""
    return SObject(name, prefix, {one.name.lower(): one for one in (*COMMON, *fields)}, **marks)


def read_only(name: str, type_: str, **marks: Any) -> Field:
    """A field the system sets."""
    return Field(name, type_, createable=False, updateable=False, **marks)


COMMON = (
    read_only("Id", "id", length=18),
    read_only("IsDeleted", "boolean", default=False),
    read_only("CreatedDate", "datetime"),
    read_only("CreatedById", "reference", refers_to=("User",), relationship="CreatedBy"),
    read_only("LastModifiedDate", "datetime"),
    read_only("LastModifiedById", "reference", refers_to=("User",), relationship="LastModifiedBy"),
    read_only("SystemModstamp", "datetime"),
)
"""Source: Object Reference, "System Fields". Audit fields are settable on insert only where an admin allows it."""
