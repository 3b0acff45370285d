"""detect that is asked to stop ends with 75 and leaves nothing, whoever hears the signal."""

import os
import signal
import subprocess
import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))
from command import MPIRUN, TIEOUT, InFolder

# Trees enough for the scoring to go on for seconds after the line that says that they are grown.
LONG = ("--trees", "10000")


class Stopping(InFolder):
    def stop(self, launcher, *numbers, after):
        """Starts detect, sends the signals once its log names the stage, returns code and log."""
        self.succeed("generate", "--rows", 600000, "-q", "ledger.csv")
        process = subprocess.Popen(
            [*launcher, TIEOUT, "detect", "ledger.csv", "-o", "results.h5", *LONG],
            cwd=self.folder, env=dict(os.environ, OMP_NUM_THREADS="1"), text=True,
            stderr=subprocess.PIPE, stdin=subprocess.DEVNULL)
        said = ""
        for line in process.stderr:
            said += line
            if f" {after} " in line:
                for number in numbers:
                    process.send_signal(number)
                break
        try:
            said += process.communicate(timeout=60)[1]
        except subprocess.TimeoutExpired:
            process.kill()
            raise
        return process.returncode, said

    def check(self, launcher, *numbers, after):
        code, said = self.stop(launcher, *numbers, after=after)
        self.assertEqual(code, 75, said)
        self.assertEqual(said.count("stopped by a signal"), 1, said)
        self.assertEqual(sorted(self.listing()), ["ledger.csv"])

    def test_signals_that_batch_systems_send(self):
        for number in (signal.SIGTERM, signal.SIGUSR1):
            with self.subTest(number=number):
                self.check((), number, after="train")
                (self.folder / "ledger.csv").unlink()

    def test_between_two_stages(self):
        self.check((), signal.SIGTERM, after="encode")

    def test_all_ranks_stop_together(self):
        self.check((MPIRUN, "-n", "3"), signal.SIGUSR1, after="train")


if __name__ == "__main__":
    unittest.main()
