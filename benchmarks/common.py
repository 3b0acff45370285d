"""What the scripts of this folder share: where the build is, and what every measurement is stamped
with."""

import os
import re
import subprocess
from pathlib import Path

TOP = Path(__file__).resolve().parents[1]
BUILD = Path(os.environ.get("TIEOUT_BUILD", TOP / "build" / "release"))
MPIRUN = TOP / "tests" / "support" / "mpirun"


def processor():
    """As the system names it."""
    found = re.search(r"model name\s*:\s*(.*)", Path("/proc/cpuinfo").read_text(encoding="utf-8"))
    return found.group(1) if found else "unknown"


def revision():
    said = subprocess.run(["git", "describe", "--always", "--dirty"], cwd=TOP, text=True,
                          capture_output=True, check=False)
    return said.stdout.strip() or "unknown"
