"""How fast a folder goes up to a storage and comes down again, beside rclone on the same server in the same run.

    python3 bench/cloud.py IN_STEP HUNDRED_THOUSAND RCLONE

IN_STEP and HUNDRED_THOUSAND are the examples of `legible-cloud` (`cargo build --release -p legible-cloud --examples`),
RCLONE is rclone. The servers are rclone's own `serve` for WebDAV and S3, and the sshd of the system for SFTP, all on
loopback. Both move the same files, in turns, each into a folder of its own, with four transfers at once; both check what
they moved by hash where the server tells one. Reported are medians, and the ratio of the medians. The example of
`legible-cloud` has the peer's disadvantages and some of its own: it looks at each file again just before it is changed, syncs each file to the disk, and
notes each in a database. What a probe of the server finds is found before, as when a person sets the storage up. Writes docs/benchmarks-cloud.md.
"""

import dataclasses
import datetime
import json
import os
import pathlib
import random
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time

from measure import Meter

ROUNDS = 3
STARTS_WITHIN_SECONDS = 30.0
USER, PASSWORD, BUCKET = "legible", "not so secret 1", "bench"
REPORT = pathlib.Path(__file__).parent.parent / "docs" / "benchmarks-cloud.md"
# Files as a library has them: name, how many, bytes of each.
LOADS = {"300 sidecars of 4 kB": (300, 4_000), "60 screenshots of 500 kB": (60, 500_000), "5 scans of 20 MB": (5, 20_000_000)}


@dataclasses.dataclass
class Server:
    """A server that runs, how Legible is told of it, and how rclone is."""

    name: str
    process: subprocess.Popen[bytes]
    files: pathlib.Path
    place: dict[str, object]
    secret: str
    rclone: str

    def environment(self, **more: str) -> dict[str, str]:
        return {**os.environ, "SECRET": self.secret, **more}


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def started(command: list[str], port: int) -> subprocess.Popen[bytes]:
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    begun = time.monotonic()
    while time.monotonic() - begun < STARTS_WITHIN_SECONDS:
        try:
            socket.create_connection(("127.0.0.1", port)).close()
            return process
        except OSError:
            time.sleep(0.05)
    sys.exit(f"{command[0]} did not start")


def webdav(rclone: str, home: pathlib.Path) -> Server:
    files, port = home / "dav", free_port()
    files.mkdir()
    command = [rclone, "serve", "webdav", str(files), "--addr", f"127.0.0.1:{port}", "--user", USER, "--pass", PASSWORD]
    obscured = subprocess.run([rclone, "obscure", PASSWORD], check=True, capture_output=True, text=True).stdout.strip()
    url = f"http://127.0.0.1:{port}"
    remote = f":webdav,url='{url}',vendor=rclone,user={USER},pass={obscured}:"
    place = {"kind": "web-dav", "url": url, "user": USER}
    return Server("WebDAV", started(command, port), files, place, PASSWORD, remote)


def s3(rclone: str, home: pathlib.Path) -> Server:
    files, port = home / "s3", free_port()
    (files / BUCKET).mkdir(parents=True)
    command = [rclone, "serve", "s3", str(files), "--addr", f"127.0.0.1:{port}", "--auth-key", f"{USER},{PASSWORD}"]
    endpoint = f"http://127.0.0.1:{port}"
    remote = f":s3,provider=Rclone,endpoint='{endpoint}',access_key_id={USER},secret_access_key='{PASSWORD}',force_path_style=true:{BUCKET}/"
    place = {"kind": "s3", "endpoint": endpoint, "region": "us-east-1", "bucket": BUCKET, "key-id": USER, "virtual-host": False}
    return Server("S3", started(command, port), files / BUCKET, place, PASSWORD, remote)


def sftp(home: pathlib.Path) -> Server | None:
    sshd = shutil.which("sshd") or shutil.which("sshd", path="/usr/sbin")
    if sshd is None:
        print("no sshd: SFTP is not measured", file=sys.stderr)
        return None
    files, port = home / "sftp", free_port()
    files.mkdir()
    # Root's sshd wants it, and it is made when the system starts, which a container does not do.
    pathlib.Path("/run/sshd").mkdir(exist_ok=True)
    for name in ("host", "client"):
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(home / name)], check=True)
    lines = [f"Port {port}", "ListenAddress 127.0.0.1", f"HostKey {home}/host", f"AuthorizedKeysFile {home}/client.pub"]
    lines += ["PidFile none", "StrictModes no", "UsePAM no", "PasswordAuthentication no", "Subsystem sftp internal-sftp"]
    (home / "sshd_config").write_text("\n".join(lines) + "\n")
    (home / "known_hosts").write_text(f"[127.0.0.1]:{port} {(home / 'host.pub').read_text()}")
    options = f"-o UserKnownHostsFile={home}/known_hosts -o IdentityAgent=none"
    wrapper = home / "bin" / "ssh"
    wrapper.parent.mkdir()
    wrapper.write_text(f'#!/bin/sh\nexec {shutil.which("ssh")} {options} "$@"\n')
    wrapper.chmod(0o755)
    os.environ["PATH"] = f"{wrapper.parent}:{os.environ['PATH']}"
    user = subprocess.run(["id", "-un"], check=True, capture_output=True, text=True).stdout.strip()
    remote = f":sftp,host=127.0.0.1,port={port},user={user},key_file='{home}/client',known_hosts_file='{home}/known_hosts':{files}/"
    place = {"kind": "sftp", "host": "127.0.0.1", "port": port, "user": user, "key-file": f"{home}/client", "trust-first": False}
    return Server("SFTP", started([sshd, "-D", "-f", str(home / "sshd_config")], port), files, place, "", remote)


def make(folder: pathlib.Path, files: int, size: int) -> None:
    chance = random.Random(size)
    for number in range(files):
        file = folder / f"{number % 12 + 1:02}" / f"scan {number:04}.bin"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(chance.randbytes(size))


def same(one: pathlib.Path, other: pathlib.Path) -> None:
    """Ends all if the folders differ. What is hidden is a client's own."""
    ignored = ["--exclude=.*"]
    found = subprocess.run(["diff", "-rq", *ignored, str(one), str(other)], capture_output=True, text=True)
    if found.returncode:
        sys.exit(f"{one} and {other} differ:\n{found.stdout[:1000]}")


def found_of(server: Server, in_step: str, folder: str) -> str:
    """What a probe finds, which is made once when a storage is set up."""
    place = json.dumps({**server.place, "folder": folder})
    probe = subprocess.run([in_step, place, "probe"], env=server.environment(), check=True, capture_output=True, text=True)
    return probe.stdout.strip()


def measured(command: list[str], environment: dict[str, str], ignored: list[int]) -> tuple[float, float, int]:
    """Seconds, CPU seconds, and bytes of memory at most."""
    with Meter(ignore=ignored) as meter:
        run = subprocess.run(command, env=environment, capture_output=True, text=True)
    if run.returncode:
        sys.exit(f"{command} failed:\n{run.stderr[-2000:]}")
    usage = meter.usage
    return usage.wall, usage.cpu, usage.peak


Cost = tuple[float, float, int]


def rounds(
    server: Server, in_step: str, rclone: str, home: pathlib.Path, load: tuple[int, int], ignored: list[int]
) -> dict[tuple[str, str], list[Cost]]:
    """What each round cost, by client and direction."""
    source = home / "source"
    shutil.rmtree(source, ignore_errors=True)
    make(source, *load)
    costs: dict[tuple[str, str], list[Cost]] = {}
    probed = f"probed-{load[1]}"
    found = found_of(server, in_step, str(server.files / probed) if server.name == "SFTP" else probed)
    for number in range(ROUNDS + 1):
        order = ["legible", "rclone"] if number % 2 else ["rclone", "legible"]
        for client in order:
            # Rclone's servers remember folders for minutes: one that was removed behind them is never named again.
            there, back = f"{client}-{load[1]}-{number}", home / f"back-{client}"
            shutil.rmtree(back, ignore_errors=True)
            back.mkdir()
            folder = str(server.files / there) if server.name == "SFTP" else there
            place = json.dumps({**server.place, "folder": folder})
            copy = [rclone, "copy", "--config", os.devnull, "--transfers", "4", "--retries", "1"]
            ways = {
                ("legible", "up"): [in_step, place, str(source), "up"],
                ("legible", "down"): [in_step, place, str(back), "down"],
                ("rclone", "up"): [*copy, str(source), f"{server.rclone}{there}"],
                ("rclone", "down"): [*copy, f"{server.rclone}{there}", str(back)],
            }
            for direction in ("up", "down"):
                cost = measured(ways[client, direction], server.environment(FOUND=found), ignored)
                # The first round fills the caches of the disk.
                if number:
                    costs.setdefault((client, direction), []).append(cost)
                same(source, server.files / there if direction == "up" else back)
            shutil.rmtree(server.files / there)
    return costs


def rows(server: Server, name: str, load: tuple[int, int], costs: dict[tuple[str, str], list[Cost]]) -> list[str]:
    megabytes = load[0] * load[1] / 1e6
    lines = []
    for direction in ("up", "down"):
        seconds = {client: statistics.median(cost[0] for cost in costs[client, direction]) for client in ("legible", "rclone")}
        cpu = {client: statistics.median(cost[1] for cost in costs[client, direction]) for client in ("legible", "rclone")}
        peak = {client: max(cost[2] for cost in costs[client, direction]) / 1e6 for client in ("legible", "rclone")}
        rate = {client: megabytes / seconds[client] for client in seconds}
        lines.append(
            f"| {server.name} | {name} | {direction} | {seconds['legible']:.2f} s ({rate['legible']:.0f} MB/s) "
            f"| {seconds['rclone']:.2f} s ({rate['rclone']:.0f} MB/s) | {seconds['legible'] / seconds['rclone']:.2f} "
            f"| {cpu['legible']:.1f} s, {peak['legible']:.0f} MB | {cpu['rclone']:.1f} s, {peak['rclone']:.0f} MB |"
        )
    return lines


def main() -> None:
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    in_step, hundred_thousand, rclone = sys.argv[1:]
    before = os.getloadavg()[1]
    table: list[str] = []
    with tempfile.TemporaryDirectory() as place:
        home = pathlib.Path(place)
        servers = [server for server in (webdav(rclone, home), s3(rclone, home), sftp(home)) if server]
        ignored = [server.process.pid for server in servers]
        try:
            for server in servers:
                for name, load in LOADS.items():
                    table += rows(server, name, load, rounds(server, in_step, rclone, home, load, ignored))
                    print(*table[-2:], sep="\n", file=sys.stderr)
        finally:
            for server in servers:
                server.process.kill()
                server.process.wait()
    planned = subprocess.run([hundred_thousand], check=True, capture_output=True, text=True).stdout.strip()
    version = subprocess.run([rclone, "version"], check=True, capture_output=True, text=True).stdout.split("\n")[0]
    REPORT.write_text(
        f"""# Benchmarks: storages

Written by `bench/cloud.py` on {datetime.date.today().isoformat()}, on a machine of {os.cpu_count()} cores with a load of {before:.1f} before it began; medians of
{ROUNDS} rounds, in which both took turns on the same server on loopback. A ratio under 1 is for Legible. {version}.

Both move the same files with four transfers at once. Legible also lists the folder, looks at each file just before it overwrites where the server cannot refuse, syncs what comes down to the disk, and notes each file in its database:
that is in its times. Why rclone takes so long for small files on WebDAV and SFTP was not looked into; on S3, where it does not, it is the faster one with them.

| server | files | way | Legible | rclone | ratio | Legible: CPU, memory | rclone: CPU, memory |
| --- | --- | --- | --- | --- | --- | --- | --- |
{chr(10).join(table)}

## A plan of 100,000 files

`cargo run --release -p legible-cloud --example hundred_thousand`:

```text
{planned}
```
"""
    )
    print(f"wrote {REPORT}")


if __name__ == "__main__":
    main()
