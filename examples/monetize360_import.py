"""Imports customers from a CSV file into an Object of Monetize360, and says which rows are missing.

Environment: MONETIZE360_API_KEY; IMPORT_MOBJECT (the Object's id), IMPORT_FILE (columns name, email and status),
IMPORT_PART (rows of one request, 100 if not given); MONETIZE360_BASE_URL where it is another than the vendor's.
"""

import csv
import os
from pathlib import Path

from monetize360 import Client
from monetize360.filters import F
from pydantic import BaseModel


class Customer(BaseModel):
    """What the Object holds."""

    name: str
    email: str
    status: str


def main() -> None:
    with Path(os.environ["IMPORT_FILE"]).open(encoding="utf-8", newline="") as file:
        customers = [Customer.model_validate(row) for row in csv.DictReader(file)]
    mobject = os.environ["IMPORT_MOBJECT"]
    with Client(base_url=os.environ.get("MONETIZE360_BASE_URL")) as client:
        size = int(os.environ.get("IMPORT_PART", "100"))
        report = client.mdata.bulk_insert_in_parts(mobject, data=customers, size=size)
        for error in report.errors:
            print(f"  {type(error).__name__}: {error}")
        missing = {*report.failed_rows, *report.unsent_rows}
        # Of a part in which some rows failed the vendor tells how many, so look which are there.
        for row in (*report.mixed_rows, *report.unknown_rows):
            if not any(client.mdata.query(mobject, filter=F("email") == customers[row].email, limit=1)):
                missing.add(row)
        active = client.mdata.query(mobject, filter=F("status") == "active", model=Customer, limit=50)
        names = [record.data.name for record in active]
    print(
        f"{len(customers) - len(missing)} of {len(customers)} rows are there, {len(names)} active, such as {names[0]}"
    )
    for row in sorted(missing):
        print(f"  missing: row {row + 1}, {customers[row].name} <{customers[row].email}>")


if __name__ == "__main__":
    main()
