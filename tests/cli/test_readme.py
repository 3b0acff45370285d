"""What the documents say: SCHEMA.md is the program's own and fits a results file, and what
README.md shows in Python, R and Julia runs as it stands."""

import os
import re
import shutil
import subprocess
import sys
import unittest
from pathlib import Path

import h5py

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))
from command import InFolder

ROOT = Path(os.environ["TIEOUT_SOURCE"])


class WithResults(InFolder):
    def setUp(self):
        super().setUp()
        self.succeed("generate", "--rows", 5000, "ledger.csv")
        self.succeed("detect", "ledger.csv", "-o", "results.h5")


class Schema(WithResults):
    def test_the_page_is_the_program_s_own(self):
        said = self.succeed("help", "results").out
        self.assertEqual(said, (ROOT / "SCHEMA.md").read_text(encoding="ascii"))

    def test_it_describes_a_results_file(self):
        told = {}
        for part in self.succeed("help", "results").out.split("\n## ")[1:]:
            group = part.split("`")[1]
            for name, kind, unit, meaning in re.findall(
                    r"^\| `(\w+)` \| ([^|]*) \| ([^|]*) \| ([^|]*) \|$", part, re.MULTILINE):
                told[f"{group}/{name}"] = (unit or "text", meaning)
        found = {}
        with h5py.File(self.folder / "results.h5") as results:
            results.visititems(lambda name, item: found.update({f"/{name}": (
                item.attrs["units"], item.attrs["description"])}) if isinstance(item, h5py.Dataset) else None)
        self.assertGreater(len(found), 40)
        self.assertEqual({name: told.get(name) for name in found}, found)


class Readme(WithResults):
    def check_snippets(self, language, *interpreter):
        """The blocks in a language print the digest of the results and their first account."""
        text = (ROOT / "README.md").read_text(encoding="utf-8")
        snippets = re.findall(rf"^```{language}\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
        self.assertTrue(snippets)
        for snippet in snippets:
            script = self.folder / "snippet"
            script.write_text(snippet, encoding="utf-8")
            done = subprocess.run([*interpreter, script], cwd=self.folder, text=True,
                                  capture_output=True, check=False)
            self.assertEqual(done.returncode, 0, done.stderr)
            with h5py.File(self.folder / "results.h5") as results:
                self.assertIn(results["run"].attrs["content_digest"], done.stdout)
                self.assertIn(results["anomalies/account"].asstr()[0], done.stdout)

    def test_its_python_runs(self):
        self.check_snippets("python", sys.executable)

    def test_its_r_runs(self):
        self.check_snippets("r", "Rscript")

    @unittest.skipUnless(shutil.which("julia"), "there is no Julia here: Debian 12 has none")
    def test_its_julia_runs(self):
        self.check_snippets("julia", "julia")


if __name__ == "__main__":
    unittest.main()
