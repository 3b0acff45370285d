"""The same answer for every number of ranks, threads and files: the content digest."""

import csv
import itertools
import sys
import unittest
from pathlib import Path

import h5py

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))
from command import InFolder

ROWS, MONTHS, SEED = 20000, 12, 5
RANKS, THREADS = (1, 2, 3, 5), (1, 2, 4)
FLAGS = set(Path("/proc/cpuinfo").read_text(encoding="utf-8").split())
SUPPORTED = {"portable": True, "avx2": "avx2" in FLAGS,
             "avx512": {"avx512bw", "avx512vl"} <= FLAGS}


def read_digest(path):
    with h5py.File(path, "r") as results:
        digest = results["run"].attrs["content_digest"]
        return digest.decode() if isinstance(digest, bytes) else str(digest)


class SameAnswer(InFolder):
    def generate(self):
        self.succeed("generate", "--rows", ROWS, "--months", MONTHS, "--seed", SEED, "ledger.csv")
        with open(self.folder / "ledger.csv", newline="", encoding="utf-8") as ledger:
            return list(csv.reader(ledger))

    def write(self, name, rows, quoting=csv.QUOTE_MINIMAL):
        with open(self.folder / name, "w", newline="", encoding="utf-8") as out:
            csv.writer(out, quoting=quoting, lineterminator="\n").writerows(rows)

    def digest(self, *files, ranks=1, threads=1, options=()):
        self.succeed("detect", *files, "-o", "results.h5", "--force", *options, ranks=ranks,
                     threads=threads, timeout=120)
        digest = read_digest(self.folder / "results.h5")
        self.assertRegex(digest, "^[0-9a-f]{64}$")
        return digest

    def check_all_layouts(self, *files, want=None, options=()):
        for ranks, threads in itertools.product(RANKS, THREADS):
            with self.subTest(files=files, ranks=ranks, threads=threads):
                got = self.digest(*files, ranks=ranks, threads=threads, options=options)
                want = want or got
                self.assertEqual(got, want)
        return want

    def test_ranks_and_threads(self):
        self.generate()
        self.check_all_layouts("ledger.csv", options=("--keep-features",))

    def test_classic_profile(self):
        self.generate()
        options = ("--profile", "classic", "--keep-features")
        want = self.digest("ledger.csv", ranks=1, options=options)
        for ranks in RANKS[1:]:
            self.assertEqual(self.digest("ledger.csv", ranks=ranks, threads=2, options=options), want)

    def test_instruction_sets(self):
        self.generate()
        want = self.digest("ledger.csv")
        for simd in ("portable", "avx2", "avx512"):
            if SUPPORTED[simd]:
                self.assertEqual(self.digest("ledger.csv", options=("--simd", simd)), want)
                with h5py.File(self.folder / "results.h5", "r") as results:
                    self.assertEqual(results["run"].attrs["simd"], simd)
            else:
                print(f"not checked, as this processor has no {simd}", file=sys.stderr)
                outcome = self.run_here("detect", "ledger.csv", "--force", "--simd", simd)
                self.assertEqual(outcome.code, 64, outcome)
                self.assertIn("portable", outcome.err)

    def test_threads_flag(self):
        self.generate()
        want = self.digest("ledger.csv")
        self.assertEqual(self.digest("ledger.csv", options=("--threads", "3")), want)

    def test_files(self):
        rows = self.generate()
        cuts = [1, len(rows) // 5, len(rows) // 2, len(rows)]
        names = ["first.csv", "second.csv", "third.csv"]
        for name, begin, end in zip(names, cuts, cuts[1:]):
            self.write(name, [rows[0]] + rows[begin:end])
        want = self.digest("ledger.csv")
        for ranks in RANKS:
            with self.subTest(ranks=ranks):
                self.assertEqual(self.digest(*names, ranks=ranks), want)

    def test_newlines_and_quotes_in_comments(self):
        """Comments are not scored, so they must not change the answer, only where rows begin."""
        rows = self.generate()
        if "Comments" not in rows[0]:
            rows[0].append("Comments")
            for row in rows[1:]:
                row.append("")
        at = rows[0].index("Comments")
        want = self.digest("ledger.csv")
        remarks = ["", 'two\nlines, "quoted"', "\n\n\n", "x" * 3000, 'a,b\r\n"', '"']
        for i, row in enumerate(rows[1:]):
            row[at] = remarks[i % len(remarks)]
        self.write("remarks.csv", rows)
        self.write("quoted.csv", rows, quoting=csv.QUOTE_ALL)
        for name, ranks in itertools.product(("remarks.csv", "quoted.csv"), RANKS):
            with self.subTest(name=name, ranks=ranks):
                self.assertEqual(self.digest(name, ranks=ranks, threads=2), want)

    def test_another_seed_is_another_answer(self):
        self.generate()
        self.assertNotEqual(self.digest("ledger.csv"),
                            self.digest("ledger.csv", options=("--seed", "43")))


if __name__ == "__main__":
    unittest.main()
