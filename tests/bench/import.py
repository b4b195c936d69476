#!/usr/bin/env python3
"""Times the import of a million rows of CSV against the same work in DuckDB and in pandas.

    cargo build --release
    python3 -m pip install duckdb pandas duckdb-extensions duckdb-extension-sqlite-scanner
    tests/bench/import.py [ROWS]              # 1,000,000 unless said otherwise

The work: read a CSV of activities, leave exact copies out, check sectors, statuses, dates, figures
and P-codes against the areas, keep the reasons, and store every row: Lacuna and pandas in SQLite,
DuckDB in its own file, and in SQLite where its extension for that is there. The peers do less: no
partners, no names, no points against polygons, no report, no map to publish. A peer that is not
installed is left out. Use an environment of your own for them.
"""

import os
import pathlib
import resource
import sqlite3
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
TARGET = pathlib.Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target"))
LACUNA = str(TARGET / "release" / "lacuna")
SECTORS = "SHL CCM ERY EDU TEL FSC HEA LOG NUT PRO PRO-CPN PRO-GBV PRO-HLP PRO-MIN WSH MPC MS".split()
STATUSES = "planned ongoing completed suspended cancelled".split()
FIGURES = "targeted reached households_targeted households_reached budget_usd latitude longitude".split()
CODES = "adm1_pcode adm2_pcode adm3_pcode".split()


def lacuna(folder):
    database = str(folder / "lacuna.sqlite")
    run = lambda *words: subprocess.run(
        [LACUNA, "import", *words, "--operation", "bench", "--database", database],
        check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    run("areas", *(str(folder / f"adm{level}.geojson") for level in (1, 2, 3)))
    start = time.time()
    run("activities", str(folder / "activities.csv"))
    seconds = time.time() - start
    codes = [row[0] for row in sqlite3.connect(database).execute("select pcode from areas")]
    rows = sqlite3.connect(database).execute("select count(*) from activities").fetchone()[0]
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    return seconds, rows, peak, codes


def duckdb_in_sqlite(folder, codes):
    import duckdb as peer
    import duckdb_extensions
    duckdb_extensions.import_extension("sqlite_scanner")
    database = peer.connect()
    database.execute("load sqlite_scanner")
    database.execute(f"attach '{folder / 'duckdb.sqlite'}' as own (type sqlite)")
    return with_duckdb(database, "own.activities", folder, codes)


def duckdb(folder, codes):
    import duckdb as peer
    database = peer.connect(str(folder / "peer.duckdb"))
    return with_duckdb(database, "activities", folder, codes)


def with_duckdb(database, table, folder, codes):
    database.execute("create table areas (pcode varchar)")
    database.executemany("insert into areas values (?)", [(code,) for code in codes])
    listed = lambda words: ", ".join(f"'{word}'" for word in words)
    numbers = ", ".join(f"try_cast({name} as double) {name}" for name in FIGURES)
    dates = ", ".join(f"try_cast({name} as date) {name}" for name in ("start_date", "end_date"))
    start = time.time()
    database.execute(f"""
        create table {table} as
        with sent as (
          select distinct *
          from read_csv('{folder / "activities.csv"}', all_varchar = true, header = true)
          where activity_id is distinct from '#activity+code')
        select sent.* exclude (start_date, end_date, {", ".join(FIGURES)}), {dates}, {numbers},
          coalesce(a3.pcode, a2.pcode, a1.pcode) area,
          upper(trim(sector)) in ({listed(SECTORS)}) sector_known,
          lower(trim(status)) in ({listed(STATUSES)}) status_known,
          concat_ws('; ',
            case when sent.start_date is not null and try_cast(sent.start_date as date) is null then 'start' end,
            case when try_cast(sent.end_date as date) < try_cast(sent.start_date as date) then 'end' end,
            case when sent.reached is not null and try_cast(sent.reached as double) is null then 'reached' end,
            case when sent.adm3_pcode is not null and a3.pcode is null then 'area' end) reasons
        from sent
        left join areas a1 on a1.pcode = upper(trim(adm1_pcode))
        left join areas a2 on a2.pcode = upper(trim(adm2_pcode))
        left join areas a3 on a3.pcode = upper(trim(adm3_pcode))""")
    database.execute("checkpoint")
    seconds = time.time() - start
    return seconds, database.execute(f"select count(*) from {table}").fetchone()[0]


def pandas(folder, codes):
    import pandas
    start = time.time()
    rows = pandas.read_csv(folder / "activities.csv", dtype=str, skiprows=[1]).drop_duplicates()
    known = set(codes)
    for name in CODES:
        rows[f"{name}_known"] = rows[name].str.strip().str.upper().isin(known)
    for name in ("start_date", "end_date"):
        rows[name] = pandas.to_datetime(rows[name], errors="coerce", format="%Y-%m-%d")
    for name in FIGURES:
        rows[name] = pandas.to_numeric(rows[name], errors="coerce")
    rows["sector_known"] = rows.sector.str.strip().str.upper().isin(SECTORS)
    rows["status_known"] = rows.status.str.strip().str.lower().isin(STATUSES)
    rows["reasons"] = (rows.end_date < rows.start_date).map({True: "end", False: ""})
    for name in ("start_date", "end_date"):
        rows[name] = rows[name].dt.strftime("%Y-%m-%d")
    database = sqlite3.connect(folder / "peer.sqlite")
    database.execute("pragma journal_mode = wal")
    rows.to_sql("activities", database)
    database.commit()
    return time.time() - start, len(rows)


def main():
    rows = sys.argv[1] if len(sys.argv) > 1 else "1000000"
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        subprocess.run([LACUNA, "simulate", "--areas", "20/400/6000", "--lines", rows, "--sites", "100",
                        "--out", name], check=True, stdout=subprocess.DEVNULL)
        size = (folder / "activities.csv").stat().st_size / 1e6
        own, stored, peak, codes = lacuna(folder)
        print(f"lacuna           {own:6.2f} s  {stored} rows, {size:.0f} MB of CSV, peak {peak:.0f} MB")
        for peer in (duckdb, duckdb_in_sqlite, pandas):
            try:
                seconds, stored = peer(folder, codes)
            except ImportError:
                print(f"{peer.__name__:<16} not installed")
                continue
            print(f"{peer.__name__:<16} {seconds:6.2f} s  {stored} rows, {seconds / own:.2f} times lacuna's time")


if __name__ == "__main__":
    main()
