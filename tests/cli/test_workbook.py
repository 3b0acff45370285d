"""anomalies.xlsx as a reviewer has it: read by openpyxl, and filled in, opened by LibreOffice and
saved as CSV."""

import csv
import hashlib
import io
import json
import subprocess
import sys
import unittest
from datetime import datetime
from pathlib import Path

import h5py
import openpyxl

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))
from command import InFolder, plain_rows, write_ledger

WORKBOOK = "results.followup/anomalies.xlsx"
LIST = "results.followup/anomalies.csv"
HOSTILE = ["=1+1", "+1", "-1", "@x", "http://example.com", "007", "a\nb", "<&>\"'", "\u6771\u4eac"]


class Workbook(InFolder):
    def setUp(self):
        super().setUp()
        rows = plain_rows(440, 11)
        for i, name in enumerate(HOSTILE):
            for row in rows[i::11]:
                row[2] = name  # the account
            rows[429 + i][4:7] = ["9000000.25", "0.00", "9000000.25"]
        write_ledger(self.folder / "ledger.csv", rows)
        self.succeed("run", "ledger.csv", "-o", "results.h5")

    def sheets(self):
        return openpyxl.load_workbook(self.folder / WORKBOOK)

    def listed(self):
        text = (self.folder / LIST).read_text(encoding="utf-8-sig")
        return list(csv.DictReader(io.StringIO(text, newline="")))

    def test_cells_are_those_of_the_list(self):
        sheet = self.sheets()["Anomalies"]
        titles = [cell.value for cell in sheet[1]]
        listed = self.listed()
        self.assertEqual(titles, list(listed[0]))
        self.assertEqual(sheet.max_row - 1, len(listed))
        for want, cells in zip(listed, sheet.iter_rows(min_row=2)):
            for title, cell in zip(titles, cells):
                text = want[title]
                if isinstance(cell.value, datetime):
                    self.assertEqual(f"{cell.value:%Y-%m-%d}", text)
                elif cell.data_type == "n" and cell.value is not None:
                    self.assertAlmostEqual(cell.value, float(text), delta=1e-14 * abs(float(text)))
                else:
                    plain = text.removeprefix("'") if title == "id" or text[:2] in ("'=", "'+", "'-", "'@") else text
                    self.assertEqual(cell.value or "", plain, title)

    def test_no_text_is_a_formula_or_a_link(self):
        sheet = self.sheets()["Anomalies"]
        accounts = [cell for cell in sheet["D"][1:]]
        self.assertLessEqual(set(HOSTILE), {cell.value for cell in accounts})
        for row in sheet.iter_rows(min_row=2):
            for cell in row:
                self.assertNotEqual(cell.data_type, "f")
                self.assertIsNone(cell.hyperlink)
        self.assertEqual({cell.number_format for cell in accounts}, {"@"})

    def test_sheet_is_made_for_reviewing(self):
        sheet = self.sheets()["Anomalies"]
        last = sheet.max_row
        self.assertEqual(sheet.auto_filter.ref, f"A1:T{last}")
        self.assertEqual(sheet.freeze_panes, "F2")
        rule, = sheet.data_validations.dataValidation
        self.assertEqual((rule.type, rule.formula1), ("list", '"confirmed,false_positive"'))
        self.assertEqual(str(rule.sqref), f"Q2:Q{last}")
        coloured = {str(place.sqref) for place in sheet.conditional_formatting}
        self.assertEqual(coloured, {f"N2:N{last}", f"Q2:Q{last}"})
        self.assertEqual(sheet["I2"].number_format, "#,##0.00")
        self.assertEqual(sheet["B2"].number_format, "yyyy-mm-dd")
        self.assertEqual(sheet.print_title_rows, "$1:$1")

    def test_run_tells_its_facts(self):
        facts = {row[0].value: row[1].value for row in self.sheets()["Run"].iter_rows()}
        self.assertEqual(facts["Ledger"], "ledger.csv")
        ledger = (self.folder / "ledger.csv").read_bytes()
        self.assertEqual(facts["  SHA-256"], hashlib.sha256(ledger).hexdigest())
        self.assertEqual(facts["As-of dates"], "2020-01-28 to 2023-04-28")
        self.assertEqual(facts["Rows judged"], "440")
        self.assertEqual(facts["Profile"], "history")
        self.assertEqual(facts["Anomalies"], str(len(self.listed())))
        with h5py.File(self.folder / "results.h5") as results:
            run, model = results["run"].attrs, results["model"].attrs
            self.assertEqual(facts["Program"], run["version"])
            self.assertEqual(facts["Command"], run["command"])
            self.assertEqual(facts["Content digest"], run["content_digest"])
            self.assertEqual(facts["All settings"], run["configuration"])
            self.assertEqual(facts["Forest"], f"{model['trees']} trees of {model['samples']} rows "
                             f"each, seed {model['seed']}")
            self.assertEqual(facts["Ran on"], f"1 rank of 1 thread, first on {run['host']}")

    def test_saved_workbook_is_kept(self):
        self.fill_in(["confirmed"])
        before = (self.folder / WORKBOOK).read_bytes()
        self.assertIn("is kept as it is", self.succeed("followup", "results.h5").err)
        self.assertEqual((self.folder / WORKBOOK).read_bytes(), before)

    def fill_in(self, verdicts):
        book = self.sheets()
        sheet = book["Anomalies"]
        for row, verdict in enumerate(verdicts, start=2):
            sheet[f"Q{row}"], sheet[f"R{row}"], sheet[f"S{row}"] = verdict, "anna", "seen, \u20ac"
        book.save(self.folder / WORKBOOK)

    def save_as_csv(self):
        """What LibreOffice makes of the first sheet: UTF-8, as shown."""
        subprocess.run(["soffice", f"-env:UserInstallation=file://{self.folder}/office", "--headless",
                        "--convert-to", "csv:Text - txt - csv (StarCalc):44,34,76,1",
                        "--outdir", str(self.folder / "saved"), str(self.folder / WORKBOOK)],
                       check=True, timeout=300, stdin=subprocess.DEVNULL,
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        return self.folder / "saved/anomalies.csv"

    def test_libreoffice_saves_what_was_filled_in(self):
        self.fill_in(["confirmed", "false_positive"])
        listed = self.listed()
        with open(self.save_as_csv(), encoding="utf-8", newline="") as saved:
            rows = list(csv.DictReader(saved))
        self.assertEqual([row["id"] for row in rows], [row["id"].removeprefix("'") for row in listed])
        self.assertEqual([row["as_of_date"] for row in rows], [row["as_of_date"] for row in listed])
        self.assertEqual([row["verdict"] for row in rows[:3]], ["confirmed", "false_positive", ""])
        self.assertEqual(rows[0]["comment"], "seen, \u20ac")

    def test_what_libreoffice_saves_is_feedback(self):
        listed = self.listed()
        self.fill_in(["confirmed", "false_positive"])
        saved = self.save_as_csv()
        self.succeed("run", "ledger.csv", "-o", "next.h5", "--feedback", saved)
        ids = [row["id"] for row in json.loads(self.succeed(
            "show", "next.h5", "--top", 0, "--format", "json").out)]
        self.assertIn(listed[0]["id"], ids)
        self.assertNotIn(listed[1]["id"], ids)  # rejected, so not raised again


if __name__ == "__main__":
    unittest.main()
