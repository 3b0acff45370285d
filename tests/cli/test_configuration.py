"""The page on the configuration: what stands at the top of the project is what the program says."""

import os
import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))
from command import InFolder

ROOT = Path(os.environ["TIEOUT_SOURCE"])


class Configuration(InFolder):
    def test_the_page_is_the_program_s_own(self):
        said = self.succeed("help", "configuration").out
        self.assertEqual(said, (ROOT / "CONFIGURATION.md").read_text(encoding="ascii"))

    def test_help_of_run_and_followup_leads_to_it(self):
        for name in ("run", "followup", "check"):
            self.assertIn("tieout help configuration", self.succeed(name, "--help").out)


if __name__ == "__main__":
    unittest.main()
