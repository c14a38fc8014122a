"""Fill an empty database with the berths of the port."""

from sqlalchemy import insert

from harbour.db import berths, create_tables, engine

LENGTHS_IN_METRES = (40.0, 60.0, 60.0, 90.0, 140.0, 220.0)


def main() -> None:
    """Create the tables and one row for each berth."""
    create_tables()
    rows = [
        {"number": number, "length_metres": length}
        for number, length in enumerate(LENGTHS_IN_METRES, start=1)
    ]
    with engine.begin() as connection:
        connection.execute(insert(berths), rows)
    print(f"{len(rows)} berths")


if __name__ == "__main__":
    main()
