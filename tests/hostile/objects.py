"""What is in a service's database, so that a request can name it: rows by the names that paths and bodies use for ids.

Nothing here knows a table or a route by name: a table `return_case` is what `case_id` names, and a row is owned when its
columns, or those of the rows it belongs to, name an owner. What has no owner is reference data of the house, and what
belongs to an organisation without being about anybody is administered by the house's own roles.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass, field

from shared.testing.running import RunningService

COLUMNS = (
    "SELECT table_name AS t, column_name AS c, data_type AS kind FROM information_schema.columns "
    "WHERE table_schema = 'public' AND data_type IN ('uuid', 'text', 'character varying', 'jsonb') "
    "AND (column_name ~ '^(id|code)$' OR column_name ~ '_(id|ref|refs|code)$') ORDER BY 1, 2"
)
KEYS = (
    "SELECT k.table_name AS t, k.column_name AS c FROM information_schema.table_constraints n "
    "JOIN information_schema.key_column_usage k USING (constraint_schema, constraint_name) "
    "WHERE n.constraint_type = 'PRIMARY KEY' AND n.table_schema = 'public'"
)
OWNERS = {
    "office_id",
    "authority_id",
    "agency_id",
    "partner_id",
    "provider_id",
    "owner_id",
    "recipient_id",
    "sender_id",
    "from_partner_id",
    "to_partner_id",
}
ORGANISATIONS = OWNERS - {"office_id", "authority_id"}
ORGANISATION_ROLES = ("partner_agency", "reintegration_partner", "provider")
OWNERS_FOR = {"partnership_delegate": {"partnership_id"}}
"""What is somebody's for one role only: a delegation has its partnership, to the house all of them belong."""
ABOUT_PEOPLE = {"case_id", "person_id", "person_ref", "agency_case_ref"}
KIT = {
    "outbox",
    "event_stream",
    "inbox",
    "consumer_offset",
    "parked_event",
    "idempotency",
    "audit",
    "notification",
    "person_key",
}
MOST_ROWS, DEEPEST = 40, 3
Row = dict[str, str]


@dataclass
class Objects:
    """Rows and their keys, by table."""

    rows: dict[str, list[Row]] = field(default_factory=dict)
    keys: dict[str, list[str]] = field(default_factory=dict)
    _tables: dict[str, list[str]] = field(default_factory=dict)
    _by_key: dict[str, dict[str, Row]] = field(default_factory=dict)

    def table_of(self, name: str) -> str | None:
        """The table whose rows a parameter of this name picks; the likeliest if there are several."""
        return next(iter(self.tables_of(name)), None)

    def tables_of(self, name: str) -> list[str]:
        """Every table whose rows it could pick: a `key_id` is one of an endpoint or of a recipient."""
        if name not in self._tables:
            self._tables[name] = self._tables_of(name)
        return self._tables[name]

    def _tables_of(self, name: str) -> list[str]:
        if name == "id":
            return []
        keyed = [table for table, key in self.keys.items() if key == [name]]
        stem = re.sub(r"_(id|ref)$", "", name)
        named = [
            table
            for table, key in self.keys.items()
            if key == ["id"] and (table == stem or table.endswith(f"_{stem}")) and name.endswith("_id")
        ]
        return keyed + sorted(named, key=lambda table: (not self.rows.get(table), len(table)))

    def bearer_of(self, name: str) -> str | None:
        """The table whose rows bear a reference of this name as their own, as `case_person` does `person_ref`."""
        stem = re.sub(r"_ref$", "", name)
        bearing = [table for table, rows in self.rows.items() if rows and name in rows[0]]
        return next((table for table in sorted(bearing, key=len) if table == stem or table.endswith(f"_{stem}")), None)

    def row(self, table: str, key: str) -> Row | None:
        """The row with this key."""
        if table not in self._by_key:
            column = self.keys[table][0]
            self._by_key[table] = {entry[column]: entry for entry in self.rows.get(table, []) if column in entry}
        return self._by_key[table].get(key)

    def value(self, table: str, row: Row, name: str, depth: int = 0) -> str | None:
        """What a parameter of this name would be for this row, looked up in the rows it belongs to if need be."""
        if table in self.tables_of(name) and "id" in row:
            return row["id"]
        if name in row and name != "id":
            return row[name]
        parents = [(parent, value) for column, value in row.items() for parent in self.tables_of(column)]
        for parent, value in parents if depth < DEEPEST else ():
            above = self.row(parent, value) if parent != table else None
            if above is not None and (found := self.value(parent, above, name, depth + 1)) is not None:
                return found
        return None

    def every(self, wanted: list[str], optional: list[str], last: str | None = None) -> list[Row]:
        """Values that belong to one another for all wanted names and as many of the optional ones as possible, each
        once; those with most of them first, then those of the thing that is named last. `last` is the table of that
        thing where the path says it: `partner-transfers/{transfer_id}`."""
        ranked: list[tuple[tuple[int, int], Row]] = []
        told = last if last in self.keys and wanted else None
        likely = (self.table_of(wanted[-1]) or self.bearer_of(wanted[-1])) if wanted else None
        for table, rows in self.rows.items() if told is None else [(told, self.rows.get(told, []))]:
            for row in rows:
                values = {name: self.value(table, row, name) for name in (*wanted, *optional)}
                if told is not None:
                    values[wanted[-1]] = row.get(self.keys[told][0])
                found = {name: value for name, value in values.items() if value is not None}
                if found and all(name in found for name in wanted):
                    ranked.append(((len(found), int(table == likely)), found))
        ranked.sort(key=lambda entry: entry[0], reverse=True)  # stable: rows stay in their order
        return list({tuple(sorted(found.items())): found for _, found in ranked}.values())

    def owned(self, name: str, role: str) -> bool:
        """Whether a parameter of this name picks something that belongs to somebody else than this role's house."""
        if name in ABOUT_PEOPLE or name.endswith("_case_id"):
            return True
        if name in ("owner_id", "recipient_id", "provider_id") and role in ORGANISATION_ROLES:
            return True
        if name in OWNERS_FOR.get(role, set()):
            return True
        table = self.table_of(name)
        return table is not None and self.table_owned(table, owners_for(role))

    def table_owned(self, table: str, owners: set[str], depth: int = 0) -> bool:
        """Whether the rows of a table belong to somebody, by a column, through a parent or in a table of pairs."""
        key = self.keys.get(table, [])
        columns = {column for row in self.rows.get(table, []) for column in row}
        if (owners & columns) - ({key[0]} if len(key) == 1 else set()) or key in [["case_id"]]:
            return True
        if self._paired(table):
            return True
        parents = {self.table_of(column) for column in columns} - {None, table}
        return depth < DEEPEST and any(self.table_owned(str(parent), owners, depth + 1) for parent in parents)

    def _paired(self, table: str) -> bool:
        """A table of pairs says to which programmes a row belongs."""
        pairs = [key for key in self.keys.values() if len(key) == 2 and "programme_id" in key]
        return any(self.table_of(name) == table for key in pairs for name in key if name != "programme_id")

    def secret_ids(self, role: str) -> set[str]:
        """Every id of something that belongs to somebody else."""
        found = set()
        for table, rows in self.rows.items():
            if self.table_owned(table, owners_for(role)):
                names = {"id", *self.keys.get(table, []), *ABOUT_PEOPLE} - OWNERS - {"programme_id"}
                found |= {row[name] for row in rows for name in names if name in row}
        return found


def owners_for(role: str) -> set[str]:
    """The columns that say that a row is somebody's, as this role has to see it."""
    owners = OWNERS if role in ORGANISATION_ROLES else OWNERS - ORGANISATIONS
    return {*owners, *OWNERS_FOR.get(role, set()), *ABOUT_PEOPLE}


async def objects_of(service: RunningService) -> Objects:
    """Everything a request to this service could name."""
    columns: dict[str, list[str]] = defaultdict(list)
    for row in await service.fetch(COLUMNS):
        if row["t"] not in KIT and row["kind"] != "jsonb":
            columns[row["t"]].append(row["c"])
    keys: dict[str, list[str]] = defaultdict(list)
    for row in await service.fetch(KEYS):
        if row["t"] not in KIT:
            keys[row["t"]].append(row["c"])
    found = Objects(keys=dict(keys))
    for table, names in columns.items():
        chosen = ", ".join(f'"{name}"::text' for name in names)
        rows = await service.fetch(f'SELECT {chosen} FROM "{table}" ORDER BY 1 LIMIT {MOST_ROWS}')
        found.rows[table] = [{name: row[name] for name in names if row[name] is not None} for row in rows]
    return found
