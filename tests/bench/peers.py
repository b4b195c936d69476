#!/usr/bin/env python3
"""Lacuna beside its peers, in one run: tiles and features of the same 6,000 polygons.

    cargo build --release
    tests/bench/peers.py --tipg VENV            # a virtual environment with tipg and uvicorn in it
    tests/bench/peers.py --martin PATH          # where there is a Martin

Starts, each on a free port of the loopback: a PostgreSQL of its own with PostGIS, tipg and Martin
over it, nginx with the very bytes that Lacuna serves, gzipped beforehand, and Lacuna. Measures with
wrk, one after the other in turn, several rounds, and prints the median of each and what it is of
Lacuna's. "PostGIS" is the database alone, asked by pgbench for the tile that Martin asks it for: no
server over it can be faster. What is not installed is left out, visibly. Needs, of Debian: wrk,
nginx-light, postgresql-15-postgis-3.
"""

import argparse
import gzip
import json
import math
import os
import pathlib
import re
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request

ZOOMS = (7, 8, 9, 10)
TILES = 400
BIN = next(iter(sorted(pathlib.Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)), None)


def main():
    asked = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    asked.add_argument("--lacuna", default="target/release/lacuna")
    asked.add_argument("--tipg", help="a virtual environment with tipg and uvicorn")
    asked.add_argument("--martin", default=shutil.which("martin"))
    asked.add_argument("--areas", default="20/400/6000")
    asked.add_argument("--seconds", type=int, default=5)
    asked.add_argument("--rounds", type=int, default=3)
    asked.add_argument("--connections", type=int, default=8)
    asked = asked.parse_args()
    with tempfile.TemporaryDirectory(prefix="peers-") as folder:
        os.chmod(folder, 0o755)
        run(asked, pathlib.Path(folder))


def run(asked, folder):
    started = []
    try:
        measure(asked, folder, started)
    finally:
        for process in reversed(started):
            process.terminate()
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()


def measure(asked, folder, started):
    lacuna = str(pathlib.Path(asked.lacuna).resolve())
    quiet = {"check": True, "stdout": subprocess.DEVNULL}
    data = folder / "data"
    subprocess.run(
        [lacuna, "simulate", "--areas", asked.areas, "--lines", "1000", "--sites", "1000",
         "--seed", "7", "--out", data], **quiet)
    base = folder / "lacuna.sqlite"
    files = sorted(data.glob("adm*.geojson"))
    subprocess.run(
        [lacuna, "import", "areas", *files, "--operation", "bench", "--database", base], **quiet)
    features = json.loads(files[-1].read_text())["features"]
    bounds = bounds_of(features)
    tiles = spread(bounds)
    print(f"{len(features)} polygons, {len(tiles)} tiles of zooms {ZOOMS[0]}-{ZOOMS[-1]}, "
          f"{asked.connections} connections, {asked.rounds} rounds of {asked.seconds} s, "
          f"load {os.getloadavg()[0]:.1f}")

    # Lacuna twice: as it is, and with nothing kept.
    serve = lambda port, more: [lacuna, "serve", "--database", base, "--listen",
                                f"127.0.0.1:{port}", *more]
    kept, bare = free_port(), free_port()
    for port, more in [(kept, []), (bare, ["--cache-mb", "0"])]:
        copy = folder / f"{port}.sqlite"
        shutil.copy(base, copy)
        command = serve(port, more)
        command[command.index("--database") + 1] = copy
        started.append(start(command, folder / f"lacuna-{port}.log"))
        until(f"http://127.0.0.1:{port}/health/ready")
    areas = "/api/bench/collections/areas"
    level = f"?level={len(files)}"
    own_tiles = [f"{areas}/tiles/WebMercatorQuad/{z}/{y}/{x}{level}" for z, x, y in tiles]
    home = f"http://127.0.0.1:{kept}"
    bbox = megabyte(home + f"{areas}/items{level}&limit=10000", bounds)
    own_box = [f"{areas}/items{level}&limit=10000&bbox={bbox}"]

    jobs = {"tiles, nothing cached": [], "tiles, cached": [], "features by bbox": []}
    wrk = lambda port, paths: (lambda: load(asked, folder, port, paths))
    jobs["tiles, nothing cached"].append(("Lacuna", wrk(bare, own_tiles)))
    jobs["tiles, cached"].append(("Lacuna", wrk(kept, own_tiles)))
    jobs["features by bbox"].append(("Lacuna, nothing cached", wrk(bare, own_box)))
    jobs["features by bbox"].append(("Lacuna", wrk(kept, own_box)))

    port = nginx(folder, started, home, own_tiles, own_box[0])
    if port:
        jobs["tiles, cached"].append(("nginx, gzipped files", wrk(port, [f"/{n}.mvt" for n in range(len(tiles))])))
        jobs["features by bbox"].append(("nginx, gzipped file", wrk(port, ["/box.geojson"])))
    base = postgis(folder, started, files[-1], tiles)
    if base:
        url, bench = base
        jobs["tiles, nothing cached"].append(("PostGIS alone (pgbench)", lambda: bench(asked)))
        tipg(asked, folder, started, url, tiles, bbox, jobs, wrk)
        martin(asked, folder, started, url, tiles, jobs, wrk)

    print(f"\n| work | server | requests/s | p99 ms | bytes | Lacuna is |\n|---|---|---|---|---|---|")
    for work, servers in jobs.items():
        found = {name: [] for name, _ in servers}
        for _, job in servers:
            job()  # warm
        for _ in range(asked.rounds):
            for name, job in servers:
                found[name].append(job())
        best = {name: statistics.median(one[0] for one in rounds) for name, rounds in found.items()}
        for name, rounds in found.items():
            p99 = statistics.median(one[1] for one in rounds)
            size = statistics.median(one[2] for one in rounds)
            own = best["Lacuna"] / best[name]
            ratio = "" if name == "Lacuna" else f"{own:.2f} times" if own < 10 else f"{own:.0f} times"
            print(f"| {work} | {name} | {best[name]:,.1f} | {p99:,.1f} | {size:,.0f} | {ratio} |",
                  flush=True)
    print(f"\nload at the end {os.getloadavg()[0]:.1f}")


def nginx(folder, started, home, tiles, box):
    program = shutil.which("nginx") or "/usr/sbin/nginx"
    if not os.path.exists(program):
        return missing("nginx")
    root = folder / "www"
    root.mkdir()
    for name, path in [*((f"{n}.mvt", path) for n, path in enumerate(tiles)), ("box.geojson", box)]:
        request = urllib.request.Request(home + path, headers={"accept-encoding": "gzip"})
        body = urllib.request.urlopen(request).read()
        (root / name).write_bytes(gzip.decompress(body) if body else b"")
        (root / f"{name}.gz").write_bytes(body or gzip.compress(b""))
    for path in root.rglob("*"):
        path.chmod(0o644)
    root.chmod(0o755)
    port = free_port()
    settings = folder / "nginx.conf"
    settings.write_text(f"""
worker_processes auto; daemon off; pid {folder}/nginx.pid; error_log {folder}/nginx.log;
events {{ worker_connections 1024; }}
http {{
  access_log off; sendfile on; tcp_nopush on; gzip_static on; open_file_cache max=2000;
  types {{ application/vnd.mapbox-vector-tile mvt; application/geo+json geojson; }}
  client_body_temp_path {folder}/t1; proxy_temp_path {folder}/t2; fastcgi_temp_path {folder}/t3;
  uwsgi_temp_path {folder}/t4; scgi_temp_path {folder}/t5;
  server {{ listen 127.0.0.1:{port}; root {root}; }}
}}
""")
    started.append(start([program, "-c", settings, "-e", folder / "nginx.log"], folder / "nginx.out"))
    until(f"http://127.0.0.1:{port}/box.geojson")
    return port


def postgis(folder, started, file, tiles):
    if BIN is None or not shutil.which("psql"):
        return missing("PostgreSQL")
    cluster, port = folder / "pg", free_port()
    cluster.mkdir()
    # PostgreSQL refuses to run as root.
    other = ["setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups"] if os.getuid() == 0 else []
    if other:
        shutil.chown(cluster, "nobody", "nogroup")
    made = subprocess.run([*other, BIN / "initdb", "-D", cluster, "-U", "bench", "-A", "trust"],
                          cwd=folder, capture_output=True, text=True)
    if made.returncode:
        return missing(f"PostgreSQL ({made.stderr.strip()[-200:]})")
    started.append(start(
        [*other, BIN / "postgres", "-D", cluster, "-p", str(port), "-k", cluster, "-h", "127.0.0.1",
         "-c", "shared_buffers=512MB", "-c", "fsync=off"], folder / "pg.log"))
    url = f"postgresql://bench@127.0.0.1:{port}/postgres"
    for _ in range(100):
        if subprocess.run(["psql", url, "-c", "select 1"], capture_output=True).returncode == 0:
            break
        time.sleep(0.2)
    ask = lambda text: subprocess.run(["psql", "-q", "-v", "ON_ERROR_STOP=1", url], input=text,
                                      text=True, capture_output=True)
    if (made := ask("create extension postgis")).returncode:
        return missing(f"PostGIS ({made.stderr.strip()})")
    rows = []
    for number, feature in enumerate(json.loads(file.read_text())["features"]):
        properties = list(feature["properties"].values())
        text = " ".join(str(one) for one in properties[:1]).replace("\t", " ").replace("\\", "")
        name = str(properties[1] if len(properties) > 1 else "").replace("\t", " ").replace("\\", "")
        rows.append(f"{number}\t{text}\t{name}\t{json.dumps(feature['geometry'])}")
    made = ask("""
create table raw (id int, pcode text, name text, shape text);
copy raw from stdin;
""" + "\n".join(rows) + """
\\.
create table areas as select id, pcode, name, st_multi(st_geomfromgeojson(shape))::geometry(multipolygon, 4326) geom from raw;
drop table raw;
alter table areas add primary key (id);
create index on areas using gist (geom);
create table asked (n int primary key, z int, x int, y int);
insert into asked values """ + ",".join(f"({n},{z},{x},{y})" for n, (z, x, y) in enumerate(tiles)) + """;
vacuum analyze;
""")
    if made.returncode:
        return missing(f"PostGIS ({made.stderr.strip()[:300]})")
    script = folder / "tile.sql"
    script.write_text(f"""\\set n random(0, {len(tiles) - 1})
with t as (select st_tileenvelope(z, x, y) e, st_transform(st_tileenvelope(z, x, y, margin => 64.0/4096), 4326) b from asked where n = :n)
select st_asmvt(m, 'areas', 4096, 'geom') from (select id, pcode, name, st_asmvtgeom(st_transform(geom, 3857), e, 4096, 64, true) geom from areas, t where geom && b) m;
""")

    def bench(asked):
        run = subprocess.run(
            [BIN / "pgbench", "-n", "-M", "prepared", "-c", str(asked.connections), "-T",
             str(asked.seconds), "-f", script, "--log", f"--log-prefix={folder}/pgb", url],
            capture_output=True, text=True, check=True)
        times = sorted(int(line.split()[2]) / 1000 for log in folder.glob("pgb.*")
                       for line in log.read_text().splitlines())
        for log in folder.glob("pgb.*"):
            log.unlink()
        rate = float(re.search(r"tps = ([\d.]+)", run.stdout)[1])
        return rate, times[len(times) * 99 // 100], math.nan

    return url, bench


def tipg(asked, folder, started, url, tiles, bbox, jobs, wrk):
    program = asked.tipg and pathlib.Path(asked.tipg) / "bin" / "python"
    if not program or not program.exists():
        return missing("tipg")
    port = free_port()
    settings = {**os.environ, "DATABASE_URL": url, "TIPG_DEBUG": "false"}
    started.append(start(
        [program, "-m", "uvicorn", "tipg.main:app", "--port", str(port), "--workers",
         str(os.cpu_count()), "--log-level", "error"], folder / "tipg.log", settings))
    base = "/collections/public.areas"
    box = f"{base}/items?bbox={bbox}&limit=10000&f=geojson"
    if not until(f"http://127.0.0.1:{port}{box}"):
        print((folder / "tipg.log").read_text()[-800:])
        return missing("tipg (does not answer)")
    paths = [f"{base}/tiles/WebMercatorQuad/{z}/{x}/{y}" for z, x, y in tiles]
    jobs["tiles, nothing cached"].append(("tipg", wrk(port, paths)))
    jobs["features by bbox"].append(("tipg", wrk(port, [box])))


def martin(asked, folder, started, url, tiles, jobs, wrk):
    if not asked.martin:
        return missing("Martin")
    for name, cache in [("tiles, nothing cached", "0"), ("tiles, cached", "512")]:
        port = free_port()
        started.append(start(
            [asked.martin, "--listen-addresses", f"127.0.0.1:{port}", "--cache-size", cache, url],
            folder / f"martin-{cache}.log"))
        if not until(f"http://127.0.0.1:{port}/health"):
            print((folder / f"martin-{cache}.log").read_text()[-800:])
            return missing("Martin (does not answer)")
        jobs[name].append(("Martin", wrk(port, [f"/areas/{z}/{x}/{y}" for z, x, y in tiles])))


def load(asked, folder, port, paths):
    """Requests a second, the 99th percentile in ms, and bytes of an answer."""
    script = folder / "ask.lua"
    script.write_text("paths = {" + ",".join(f'"{path}"' for path in paths) + """}
at = 0
request = function()
  at = at % #paths + 1
  return wrk.format("GET", paths[at], {["accept-encoding"] = "gzip"})
end
done = function(summary, latency)
  local errors = summary.errors
  io.write(string.format("FOUND %f %f %f %d\\n", summary.requests / summary.duration * 1e6,
    latency:percentile(99) / 1e3, summary.bytes / summary.requests,
    errors.status + errors.connect + errors.read + errors.timeout))
end
""")
    run = subprocess.run(
        ["wrk", "-t", "1", "-c", str(asked.connections), "-d", f"{asked.seconds}s", "--timeout",
         "30s", "-s", script, f"http://127.0.0.1:{port}"], capture_output=True, text=True)
    found = re.search(r"FOUND (\S+) (\S+) (\S+) (\d+)", run.stdout)
    if not found:
        sys.exit(f"wrk failed: {run.stdout}{run.stderr}")
    if int(found[4]):
        print(f"  {found[4]} answers of port {port} were errors, such as of {paths[0]}")
    return float(found[1]), float(found[2]), float(found[3])


def bounds_of(features):
    def corners(shape):
        if isinstance(shape[0], (int, float)):
            yield shape
            return
        for part in shape:
            yield from corners(part)

    points = [at for one in features for at in corners(one["geometry"]["coordinates"])]
    xs, ys = [at[0] for at in points], [at[1] for at in points]
    return min(xs), min(ys), max(xs), max(ys)


def spread(bounds):
    """Tiles of the zooms that meet the country, spread over it."""
    west, south, east, north = bounds
    all_tiles = []
    for zoom in ZOOMS:
        side = 1 << zoom
        column = lambda x: int((x + 180) / 360 * side)
        row = lambda y: int((1 - math.asinh(math.tan(math.radians(y))) / math.pi) / 2 * side)
        every = [(zoom, x, y) for x in range(column(west), column(east) + 1)
                 for y in range(row(north), row(south) + 1)]
        step = max(1, len(every) * len(ZOOMS) // TILES)
        all_tiles += every[::step]
    return all_tiles


def megabyte(url, bounds):
    """The box in the middle of the country whose features are about a megabyte."""
    west, south, east, north = bounds
    x, y = (west + east) / 2, (south + north) / 2
    low, high = 0.0, 1.0
    for _ in range(12):
        part = (low + high) / 2
        w, h = (east - west) / 2 * part, (north - south) / 2 * part
        box = f"{x - w:.4f},{y - h:.4f},{x + w:.4f},{y + h:.4f}"
        size = len(urllib.request.urlopen(f"{url}&bbox={box}").read())
        low, high = (part, high) if size < 1e6 else (low, part)
    return box


def start(command, log, environment=None):
    with open(log, "wb") as to:
        return subprocess.Popen([str(part) for part in command], stdout=to, stderr=to,
                                env=environment)


def until(url):
    for _ in range(150):
        try:
            urllib.request.urlopen(url, timeout=10).read()
            return True
        except OSError:
            time.sleep(0.2)
    return False


def free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


def missing(what):
    print(f"left out: {what} is not there", flush=True)
    return None


if __name__ == "__main__":
    main()
