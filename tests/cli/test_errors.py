"""What a user sees when something is wrong: the exit code, one sentence that names the thing,
nothing left behind, no hang; without mpirun and at three ranks alike. And what is not wrong:
ledgers that are small or untidy."""

import os
import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))
from command import HEADER, InFolder, plain_rows, write_ledger

RANKS = (0, 3)
USAGE, DATA, NO_INPUT, CREATE, PERMISSION = 64, 65, 66, 73, 77
IS_ROOT = os.geteuid() == 0


def swap(rows, column, values):
    """The rows with the values put into a column, one a row from the top."""
    at = HEADER.index(column)
    changed = [list(row) for row in rows]
    for row, value in zip(changed, values):
        row[at] = value
    return changed


class Fails(InFolder):
    """Each test puts something into the folder and says what must be said about it."""

    def check(self, arguments, code, *says):
        before = self.listing()
        for ranks in RANKS:
            with self.subTest(arguments=arguments, ranks=ranks):
                outcome = self.run_here(*arguments, ranks=ranks)
                self.assertEqual(outcome.code, code, outcome)
                self.assertEqual(len(outcome.sentences), 1, outcome)
                for text in says:
                    self.assertIn(text.lower(), outcome.sentences[0].lower())
                self.assertEqual(outcome.out, "")
                self.assertEqual(self.listing(), before)

    def put(self, name, text):
        (self.folder / name).write_bytes(text if isinstance(text, bytes) else text.encode())

    def put_ledger(self, name="ledger.csv", rows=None, header=None):
        write_ledger(self.folder / name, plain_rows(20, 4) if rows is None else rows, header)

    # Input

    def test_no_file_named(self):
        self.check(["detect"], USAGE)

    def test_missing_file(self):
        self.check(["detect", "gone.csv"], NO_INPUT, "gone.csv")

    def test_one_of_two_files_missing(self):
        self.put_ledger()
        self.check(["detect", "ledger.csv", "gone.csv"], NO_INPUT, "gone.csv")

    def test_empty_file(self):
        self.put("empty.csv", "")
        self.check(["detect", "empty.csv"], DATA, "empty.csv")

    def test_byte_order_mark_alone(self):
        self.put("mark.csv", b"\xef\xbb\xbf")
        self.check(["detect", "mark.csv"], DATA, "mark.csv")

    def test_header_only(self):
        self.put_ledger("header.csv", rows=[])
        self.check(["detect", "header.csv"], DATA)

    def test_header_without_newline(self):
        self.put("header.csv", ",".join(HEADER))
        self.check(["detect", "header.csv"], DATA)

    def test_every_row_dropped(self):
        self.put_ledger("void.csv", rows=swap(plain_rows(20, 4), "AU", [""] * 20))
        self.check(["detect", "void.csv"], DATA)

    def test_missing_columns(self):
        header = ["Accounting Unit" if name == "AU" else name for name in HEADER[:-1]] + ["State"]
        self.put_ledger("columns.csv", header=header)
        self.check(["detect", "columns.csv"], DATA, "columns.csv", "line 1", "AU",
                   "Accounting Unit", "State")

    def test_missing_column_in_the_second_file(self):
        self.put_ledger()
        self.put_ledger("second.csv", header=["When", *HEADER[1:]])
        self.check(["detect", "ledger.csv", "second.csv"], DATA, "second.csv", "Asofdate")

    def test_broken_quotes(self):
        self.put_ledger()
        whole = (self.folder / "ledger.csv").read_bytes()
        self.put("ledger.csv", whole.replace(b"00001", b'"00001', 1))
        self.check(["detect", "ledger.csv"], DATA, "ledger.csv")

    def test_directory(self):
        (self.folder / "ledger.csv").mkdir()
        self.check(["detect", "ledger.csv"], NO_INPUT, "ledger.csv")

    @unittest.skipIf(IS_ROOT, "root reads everything")
    def test_unreadable_file(self):
        self.put_ledger()
        (self.folder / "ledger.csv").chmod(0)
        self.check(["detect", "ledger.csv"], PERMISSION, "ledger.csv")

    # Output

    def test_existing_output(self):
        self.put_ledger()
        self.put("results.h5", b"precious")
        self.check(["detect", "ledger.csv", "-o", "results.h5"], CREATE, "results.h5", "--force")

    def test_output_in_a_missing_folder(self):
        self.put_ledger()
        self.check(["detect", "ledger.csv", "-o", "no/folder/results.h5"], CREATE, "no/folder")

    def test_output_below_a_file(self):
        self.put_ledger()
        self.check(["detect", "ledger.csv", "-o", "ledger.csv/results.h5"], CREATE, "ledger.csv")

    def test_output_is_a_folder(self):
        self.put_ledger()
        (self.folder / "results.h5").mkdir()
        self.check(["detect", "ledger.csv", "-o", "results.h5", "--force"], CREATE, "results.h5")

    @unittest.skipIf(IS_ROOT, "root writes everywhere")
    def test_output_in_a_locked_folder(self):
        self.put_ledger()
        locked = self.folder / "locked"
        locked.mkdir(mode=0o500)
        self.check(["detect", "ledger.csv", "-o", "locked/results.h5"], PERMISSION, "locked")

    # Command line

    def test_unknown_command(self):
        self.check(["detekt", "ledger.csv"], USAGE, "detekt", "detect")

    def test_unknown_flag(self):
        self.check(["detect", "ledger.csv", "--contaminatoin", "0.1"], USAGE, "--contaminatoin",
                   "--contamination")

    def test_values_that_are_none(self):
        for flag, value in (("--trees", "0"), ("--trees", "many"), ("--trees", "-3"),
                            ("--samples", "1e3"), ("--samples", "0"),
                            ("--contamination", "0.6"), ("--contamination", "0"),
                            ("--contamination", "-0.1"), ("--contamination", "nan"),
                            ("--seed", "-1"), ("--seed", "4294967296"), ("--threads", "-1"),
                            ("--profile", "modern")):
            self.put_ledger()
            self.check(["detect", "ledger.csv", flag, value], USAGE, flag, value)

    def test_flag_without_its_value(self):
        self.put_ledger()
        self.check(["detect", "ledger.csv", "--trees"], USAGE, "--trees")

    def test_files_that_are_no_results(self):
        self.put("text.h5", "not HDF5")
        self.check(["show", "text.h5"], DATA, "text.h5")
        self.check(["show", "gone.h5"], NO_INPUT, "gone.h5")
        self.check(["followup", "gone.h5"], NO_INPUT, "gone.h5")


class Helps(InFolder):
    def test_no_argument_leads_on(self):
        for ranks in RANKS:
            outcome = self.succeed(ranks=ranks)
            self.assertEqual(outcome.out.count("tieout generate"), 1, outcome)

    def test_help_of_every_command(self):
        for command in ("run", "detect", "check", "followup", "show", "generate"):
            outcome = self.succeed(command, "--help")
            self.assertIn(f"tieout {command}", outcome.out)
            self.assertEqual(outcome.err, "")

    def test_version_names_the_libraries(self):
        out = self.succeed("--version").out
        for name in ("tieout", "HDF5", "Open MPI"):
            self.assertIn(name, out)


class Works(InFolder):
    """Untidy ledgers are counted and scored; the only new file is the results."""

    def check(self, rows):
        write_ledger(self.folder / "ledger.csv", rows)
        for ranks in RANKS:
            with self.subTest(ranks=ranks):
                self.succeed("detect", "ledger.csv", "-o", "results.h5", "--force", ranks=ranks)
                self.assertEqual(sorted(self.listing()), ["ledger.csv", "results.h5"])

    def test_texts_in_balances(self):
        self.check(swap(plain_rows(40, 4), "GL Balance", ["n.a.", "abc", "1.2.3", "inf"]))

    def test_missing_balances(self):
        self.check(swap(plain_rows(40, 4), "IHub balance", ["NaN", "", "N/A", "null"]))

    def test_unreadable_dates(self):
        self.check(swap(plain_rows(40, 4), "Asofdate", ["soon", "2024-13-45", "31/31/2024"]))

    def test_no_date_at_all(self):
        self.check(swap(plain_rows(40, 4), "Asofdate", ["soon"] * 40))

    def test_one_row(self):
        self.check(plain_rows(1))

    def test_one_group(self):
        self.check(plain_rows(50))

    def test_two_groups_at_three_ranks(self):
        self.check(plain_rows(50, 2))

    def test_all_rows_equal(self):
        self.check(plain_rows(1) * 50)


if __name__ == "__main__":
    unittest.main()
