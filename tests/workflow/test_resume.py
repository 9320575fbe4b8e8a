"""A killed run goes on where it stopped."""

import os
import signal
import subprocess
import time

from tests.running import SNAKEMAKE, run_snakemake

TARGET = "results/demo/symbolic/fits/us_county_commuting.csv"
PREPARED = "results/demo/od/us_county_commuting/zones.parquet"
HALF = "half a li"


def test_a_killed_run_resumes_without_redoing_what_was_done(checkout):
    plain = {k: v for k, v in os.environ.items() if k != "MOVELAWS_MIRROR"}
    running = subprocess.Popen(
        [*SNAKEMAKE, "--cores", "1", TARGET],
        cwd=checkout,
        env=plain,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    log = checkout / "logs" / "demo" / "symbolic" / "fit-us_county_commuting.log"
    deadline = time.monotonic() + 300
    while not log.exists() and running.poll() is None and time.monotonic() < deadline:
        time.sleep(0.05)
    os.killpg(running.pid, signal.SIGKILL)
    running.wait()
    assert log.exists()
    half = checkout / TARGET  # as a job leaves its output that is killed while it writes
    half.parent.mkdir(parents=True, exist_ok=True)
    half.write_text(HALF)
    prepared = (checkout / PREPARED).stat().st_mtime_ns
    assert run_snakemake(checkout, "--cores", "1", "--unlock").returncode == 0
    done = run_snakemake(checkout, "--cores", "1", TARGET)
    assert done.returncode == 0, done.stdout[-3000:]
    assert "Using workflow specific profile profiles/default" in done.stdout
    remade = half.read_text()
    assert remade and not remade.startswith(HALF)
    assert (checkout / PREPARED).stat().st_mtime_ns == prepared
