"""Test cases that follow results up at the contract server, over TLS: a ledger whose findings are
known, a configuration with secrets in files, and a check that no contract was broken."""

import json
import random
import shutil
import sys
import tempfile
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
from command import InFolder, month_end, run, write_ledger
from contract_server import ContractServer
from throwaway_ca import ThrowawayCA

MONTHS, ACCOUNTS = 14, 60
OLD, NEW = month_end(MONTHS - 2), month_end(MONTHS - 1)


def breaking_rows(n_old=4, n_new=3):
    """Accounts that tie out, but for n_old that break in the last month but one and again, by
    another amount, in the last, and n_new that break in the last month alone: n_old findings of
    the month OLD, n_old + n_new of NEW."""
    chance = random.Random(5)
    rows = []
    for month in range(MONTHS):
        for account in range(ACCOUNTS):
            ihub = 100000 + 3000 * account + chance.randint(0, 400)
            old = account < n_old
            off = {MONTHS - 2: old * (500000 + 10000 * account),
                   MONTHS - 1: -old * (800000 + 20000 * account)
                   + (n_old <= account < n_old + n_new) * 300000}.get(month, 0)
            rows.append([month_end(month), "00001", f"16{account:05}", "4398", f"{ihub + off}.00",
                         f"{ihub}.00", f"{off}.00", "Break" if off else "Match"])
    return rows


class WithServices(InFolder):
    """self.server, results of the whole ledger in results.h5, self.found (its findings)."""

    @classmethod
    def setUpClass(cls):
        kept = tempfile.TemporaryDirectory(prefix="tieout-services-")
        cls.addClassCleanup(kept.cleanup)
        cls.authority = ThrowawayCA(kept.name)
        cls.made = Path(kept.name) / "made.h5"
        write_ledger(Path(kept.name) / "ledger.csv", breaking_rows())
        outcome = run("detect", "ledger.csv", "-o", "made.h5", folder=kept.name)
        if outcome.code != 0:
            raise AssertionError(str(outcome))

    def setUp(self):
        super().setUp()
        self.server = ContractServer(*self.authority.pair("good"))
        self.server.__enter__()
        self.addCleanup(self.server.__exit__, None, None, None)
        self.addCleanup(lambda: self.assertEqual(self.server.violations, []))
        self.found = self.copy("results.h5")

    def copy(self, results):
        """The results of the ledger under a name; their findings."""
        shutil.copy(self.made, self.folder / results)
        return self.findings(results)

    def detect(self, results, *options, rows=None):
        """Other results, of other rows or with other options; their findings."""
        write_ledger(self.folder / "ledger.csv", rows or breaking_rows())
        self.succeed("detect", "ledger.csv", "-o", results, "--force", *options)
        return self.findings(results)

    def findings(self, results):
        return json.loads(self.succeed("show", results, "--format", "json", "--top", 0).out)

    def secret(self, name, text):
        path = self.folder / name
        path.write_text(text + "\n", encoding="ascii")
        path.chmod(0o600)
        return str(path)

    def configure(self, **sections):
        """Writes config.json; what is not said is set up to fail fast."""
        network = {"ca_file": str(self.authority.ca_file), "attempts": 2, "max_wait": 0,
                   "connect_timeout": 5, "timeout": 5}
        sections = {"network": {**network, **sections.pop("network", {})}, **sections}
        (self.folder / "config.json").write_text(json.dumps(sections), encoding="utf-8")

    def follow(self, results="results.h5", *options, code=0):
        outcome = self.run_here("followup", results, "--config", "config.json", *options)
        self.assertEqual(outcome.code, code, outcome)
        return outcome

    def posts(self, path=".*"):
        """How many requests could have changed something."""
        return self.server.count("POST", path) - self.server.count("POST", ".*/search.*")


__all__ = ["NEW", "OLD", "WithServices", "breaking_rows", "unittest"]
