"""Ledgers as systems export them: each way to write one ledger must give the answer of the plain
one, or a sentence that says what is wrong. Tables of spellings, dates, numbers and structures; the
runs are at one rank, and at 2, 3 and 5 where the cutting of files matters."""

import csv
import ctypes
import ctypes.util
import gzip
import hashlib
import io
import json
import sys
import unittest
from decimal import Decimal
from pathlib import Path

import h5py

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))
from command import InFolder

DATA, NO_INPUT, USAGE, CONFIG = 65, 66, 64, 78
RANKS = (1, 2, 3, 5)
HEADER = ["Asofdate", "Company", "Account", "AU", "Currency", "GL Balance", "IHub balance",
          "Balance difference", "Match Status"]
AMOUNTS = HEADER[5:8]
N_ACCOUNT, N_MONTH = 5, 12


def base_rows():
    """Breaks in quarters, which doubles hold exactly: a derived difference is then the same."""
    rows = []
    for month in range(N_MONTH):
        for account in range(N_ACCOUNT):
            gl = 1200 * (account + 1) + 31 * month + 0.25
            gap = [0, 0.5, 0.25 * month, 1000 if month == 9 else 0, 75.75][account]
            rows.append([f"2023-{month + 1:02}-28", f"{account % 2:05}", f"16{account:05}", "4398",
                         "EUR" if account == 4 else "USD", f"{gl:.2f}", f"{gl - gap:.2f}",
                         f"{gap:.2f}", "Match" if gap < 1 else "Break"])
    return rows


def to_csv(rows, header=HEADER, newline="\n", **options):
    out = io.StringIO()
    csv.writer(out, lineterminator=newline, **options).writerows(
        ([header] if header else []) + rows)
    return out.getvalue()


def renamed(**names):
    return [names.get(name.replace(" ", "_"), name) for name in HEADER]


def without(*columns):
    keep = [i for i, name in enumerate(HEADER) if name not in columns]
    return to_csv([[row[i] for i in keep] for row in base_rows()], [HEADER[i] for i in keep])


def with_amounts(spell):
    rows = base_rows()
    for row in rows:
        for column in AMOUNTS:
            at = HEADER.index(column)
            row[at] = spell(Decimal(row[at]))
    return to_csv(rows)


def with_dates(spell):
    rows = base_rows()
    for row in rows:
        row[0] = spell(*map(int, row[0].split("-")))
    return to_csv(rows)


def zstd_packed(data):
    library = ctypes.CDLL(ctypes.util.find_library("zstd") or "libzstd.so.1")
    library.ZSTD_compressBound.restype = library.ZSTD_compress.restype = ctypes.c_size_t
    room = library.ZSTD_compressBound(ctypes.c_size_t(len(data)))
    out = ctypes.create_string_buffer(room)
    n = library.ZSTD_compress(out, ctypes.c_size_t(room), data, ctypes.c_size_t(len(data)), 3)
    return out.raw[:n]


class Input(InFolder):
    def put(self, name, content):
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())

    def detect(self, *names, ranks=1, options=()):
        outcome = self.succeed("detect", *names, "-o", "results.h5", "--force", *options,
                               ranks=ranks)
        with h5py.File(self.folder / "results.h5") as results:
            self.run_facts = dict(results["run"].attrs)
            self.ids = list(results["anomalies/id"].asstr())
            self.n_row = len(results["rows/row_number"])
            rejects = results["rejects"]
            self.rejects = list(zip(rejects["file"][:], rejects["line"][:],
                                    rejects["column"].asstr()[:], rejects["reason"].asstr()[:],
                                    rejects["text"].asstr()[:]))
        return outcome

    def base(self, options=()):
        """Digest and findings of the plain ledger."""
        self.put("plain.csv", to_csv(base_rows()))
        self.detect("plain.csv", options=options)
        self.assertGreater(len(self.ids), 0)
        return self.run_facts["content_digest"], self.ids

    def check_same(self, text, want, ranks=1, options=(), name="ledger.csv"):
        """The ledger gives the digest: the same rows, scores and findings."""
        self.put(name, text)
        outcome = self.detect(name, ranks=ranks, options=options)
        self.assertEqual(self.run_facts["content_digest"], want, outcome)
        return outcome

    def refuse(self, arguments, code, *says, ranks=(0, 3)):
        for rank in ranks:
            outcome = self.run_here(*arguments, ranks=rank)
            self.assertEqual(outcome.code, code, outcome)
            self.assertEqual(len(outcome.sentences), 1, outcome)
            for text in says:
                self.assertIn(text, outcome.sentences[0])


class Headers(Input):
    def test_spellings(self):
        want, _ = self.base()
        for header in (
                renamed(Asofdate="As of Date", IHub_balance="IHub Balance", GL_Balance="GLBalance"),
                renamed(Asofdate="AsOfDate", IHub_balance="iHUB_Balance", GL_Balance="GL  balance"),
                renamed(Asofdate="As_of_date", Balance_difference="Balance Difference"),
                renamed(Asofdate="date", Balance_difference="Difference", Company="Company "),
                renamed(Match_Status="MatchStatus", Company="CompanyCode", AU="BranchAU"),
                renamed(Account="Account Number", Currency="CURRENCY", AU=" AU "),
                [name.upper() for name in HEADER], [name.replace(" ", ".") for name in HEADER]):
            with self.subTest(header=header):
                self.check_same(to_csv(base_rows(), header), want)

    def test_names_from_the_configuration(self):
        want, _ = self.base()
        header = renamed(GL_Balance="Saldo HB", Account="Konto")
        self.put("team.json", json.dumps({"columns": {"gl balance": "saldo_hb", "Account": "Konto"}}))
        self.check_same(to_csv(base_rows(), header), want, ranks=3, options=("--config", "team.json"))
        self.assertIn('"columns":{"Account":"Konto","GL Balance":"saldo_hb"}',
                      self.run_facts["configuration"])
        self.refuse(["detect", "plain.csv", "-o", "new.h5", "--config", "team.json"], DATA,
                    'configured as "Konto"')
        self.put("bad.json", json.dumps({"columns": {"Acount": "Konto"}}))
        self.refuse(["detect", "plain.csv", "--config", "bad.json"], CONFIG, "did you mean Account")

    def test_difference_and_status_are_derived(self):
        want, _ = self.base()
        for absent in (["Balance difference"], ["Match Status"], ["Balance difference", "Match Status"]):
            with self.subTest(absent=absent):
                outcome = self.check_same(without(*absent), want, ranks=2)
                self.assertEqual(sorted(self.run_facts["derived_columns"]), sorted(absent))
                for name in absent:
                    self.assertIn(f"no column {name}", outcome.err)
        self.refuse(["detect", self.written(without("GL Balance")), "-o", "x.h5"], DATA, "GL Balance")

    def written(self, text):
        self.put("other.csv", text)
        return "other.csv"

    def test_near_misses(self):
        self.put("ledger.csv", to_csv(base_rows(), renamed(Currency="Cuurency")))
        outcome = self.detect("ledger.csv")
        self.assertIn('"Cuurency" is not read: is it meant for Currency?', outcome.err)
        self.put("ledger.csv", to_csv(base_rows(), renamed(Company="Compny")))
        self.refuse(["detect", "ledger.csv", "-o", "x.h5"], DATA, "line 1", "no column Company",
                    '"Compny" meant for Company?')

    def test_two_columns_of_one_name(self):
        rows = [row + ["x"] for row in base_rows()]
        self.put("ledger.csv", to_csv(rows, HEADER + ["As of Date"]))
        self.refuse(["detect", "ledger.csv"], DATA, '"Asofdate"', '"As of Date"', "both name Asofdate")

    def test_other_separators_are_named(self):
        self.put("ledger.csv", to_csv(base_rows(), delimiter=";"))
        self.refuse(["detect", "ledger.csv"], DATA, "semicolons")
        self.put("ledger.csv", to_csv(base_rows(), delimiter="\t"))
        self.refuse(["detect", "ledger.csv"], DATA, "tabs")


class Dates(Input):
    def test_formats(self):
        want, _ = self.base()
        for spell in (lambda y, m, d: f"{m}/{d}/{y}", lambda y, m, d: f"{m}/{d}/{y % 100:02}",
                      lambda y, m, d: f"{d:02}-{m:02}-{y}", lambda y, m, d: f"{d}.{m}.{y}",
                      lambda y, m, d: f"{y}{m:02}{d:02}", lambda y, m, d: f"{y}/{m}/{d}",
                      lambda y, m, d: f"{y}-{m:02}-{d}T00:00:00",
                      lambda y, m, d: f"{m}/{d}/{y} 12:30:00 PM",
                      lambda y, m, d: f"{d}-{'JanFebMarAprMayJunJulAugSepOctNovDec'[3 * m - 3:3 * m]}-{y}"):
            with self.subTest(date=spell(2024, 5, 31)):
                self.check_same(with_dates(spell), want)

    def test_the_whole_column_decides(self):
        """The one date that tells day from month stands in the last row, for every rank."""
        rows = base_rows()
        for i, row in enumerate(rows):
            row[0] = f"{i % 12 + 1:02}/0{i % 9 + 1}/2023"
        rows[-1][0] = "28/03/2023"
        iso = [[f"{row[0][6:]}-{row[0][3:5]}-{row[0][:2]}", *row[1:]] for row in rows]
        self.put("iso.csv", to_csv(iso))
        self.detect("iso.csv")
        want = self.run_facts["content_digest"]
        for ranks in RANKS:
            self.check_same(to_csv(rows), want, ranks=ranks)
            self.assertEqual(self.run_facts["date_order"], "dmy")

    def test_a_column_without_an_order_shows_two_rows(self):
        rows = base_rows()
        for row in rows:
            row[0] = "01/02/2023"
        rows[10][0], rows[20][0] = "2/13/2023", "3/14/2023"
        rows[30][0], rows[50][0] = "13/02/2023", "14/03/2023"
        self.put("ledger.csv", to_csv(rows))
        for command in ("detect", "check"):
            self.refuse([command, "ledger.csv"], DATA, "'2/13/2023' (ledger.csv, line 12)",
                        "'13/02/2023' (ledger.csv, line 32)", "--date-format", ranks=(0, 2, 5))
        self.detect("ledger.csv", options=("--date-format", "mdy"))
        self.assertEqual(self.run_facts["rejects_date"], 2)


def grouped(amount, separator, mark="."):
    return f"{amount:,.2f}".replace(",", "\0").replace(".", mark).replace("\0", separator)


class Numbers(Input):
    def test_as_accountants_write_them(self):
        want, _ = self.base()
        spellings = {
            "thousands": lambda a: f"{a:,}", "parentheses": lambda a: f"({-a:,})" if a < 0 else f"{a}",
            "trailing minus": lambda a: f"{-a}-" if a < 0 else f"{a}", "sign": lambda a: f"$ {a}",
            "code": lambda a: f"USD {a:,}", "code behind": lambda a: f"{a:,} EUR",
            "blanks": lambda a: f"  {a}\t", "15 decimals": lambda a: f"{a:.15f}",
            "exponent": lambda a: f"{a:.8e}", "blank between": lambda a: grouped(a, " "),
            "no-break": lambda a: grouped(a, "\u00a0"), "apostrophe": lambda a: grouped(a, "'"),
            "dash for nil": lambda a: f" $ {a:,}  " if a else " $ -   "}
        for name, spell in spellings.items():
            with self.subTest(spelling=name):
                self.check_same(with_amounts(spell), want)

    def test_decimal_comma(self):
        want, _ = self.base()
        for separator in (".", "", " "):
            text = with_amounts(lambda a, s=separator: grouped(a, s, ","))
            self.check_same(text, want, ranks=2, options=("--decimal", "comma"))
        self.put("team.json", '{"decimal": "comma"}')
        self.check_same(text, want, options=("--config", "team.json"))

    def test_the_wrong_mark_is_refused(self):
        self.put("ledger.csv", with_amounts(lambda a: grouped(a, ".", ",")))
        self.refuse(["detect", "ledger.csv"], DATA, "decimal comma", "--decimal comma")
        self.put("ledger.csv", with_amounts(lambda a: f"{a:.2f}"))
        self.refuse(["detect", "ledger.csv", "--decimal", "comma"], DATA, "--decimal point")

    def test_a_few_odd_ones_are_counted(self):
        rows = base_rows()
        rows[3][5] = "1.234,50"
        self.put("ledger.csv", to_csv(rows))
        outcome = self.detect("ledger.csv")
        self.assertIn("1 amounts would be numbers with a decimal comma", outcome.err)
        self.assertIn((0, 5, "GL Balance", "not a number, taken as 0", "1.234,50"), self.rejects)


class Structure(Input):
    def test_same_answer(self):
        want, _ = self.base()
        plain = to_csv(base_rows())
        lines = plain.splitlines()
        remarks = [row + ['two\nlines, "quoted"' if i % 3 else ""] for i, row in enumerate(base_rows())]
        texts = {
            "CRLF": to_csv(base_rows(), newline="\r\n"), "BOM": "\ufeff" + plain,
            "no final newline": plain[:-1], "quotes": to_csv(base_rows(), quoting=csv.QUOTE_ALL),
            "trailing commas": "\n".join([lines[0]] + [line + ",,," for line in lines[1:]]),
            "commas behind the header": "\n".join([lines[0] + ",,"] + [line + ",," for line in lines[1:]]),
            "header commas alone": "\n".join([lines[0] + ",,"] + lines[1:]) + "\n",
            "blank lines": "\n\n" + plain.replace("\n", "\n\n   \n"),
            "newlines in quotes": to_csv(remarks, HEADER + ["Comments"]),
            "title above": 'Month end, "May"\n\n5" pipes\n' + plain,
            "wide title above": "Report,,,,,,,,\r\nfor May,,,,,,,,\r\n" + to_csv(base_rows(), newline="\r\n"),
        }
        for name, text in texts.items():
            for ranks in RANKS if name in ("CRLF", "newlines in quotes", "title above") else (1,):
                with self.subTest(structure=name, ranks=ranks):
                    self.check_same(text, want, ranks=ranks)

    def test_the_title_is_told(self):
        self.put("ledger.csv", "Report\nfor May\n" + to_csv(base_rows()))
        self.assertIn("the header is on line 3", self.detect("ledger.csv").err)

    def test_what_is_no_row_is_listed(self):
        _, want = self.base()
        lines = to_csv(base_rows()).splitlines()
        lines[3:3] = ["* a remark,,,,,,,,", ",,,,,,,,", "remark without commas", lines[0],
                      "2023-01-28,too,short", lines[1] + ",too long"]
        self.put("ledger.csv", "\n".join(lines) + "\n")
        for ranks in RANKS:
            self.detect("ledger.csv", ranks=ranks)
            self.assertEqual(self.ids, want)
            self.assertEqual(self.rejects, [
                (0, 4, "", "a note and no row, dropped", "* a remark,,,,,,,,"),
                (0, 5, "", "blank row, dropped", ""),
                (0, 6, "", "a note and no row, dropped", "remark without commas"),
                (0, 7, "", "the header again, row dropped", lines[0]),
                (0, 8, "", "fewer fields than the header, row dropped", "2023-01-28,too,short"),
                (0, 9, "", "more fields than the header, row dropped", lines[1] + ",too long")])
            self.assertEqual(self.run_facts["rows_read"], 66)
            self.assertEqual(self.run_facts["rows_kept"], 60)
            self.assertEqual(self.run_facts["rows_rejected"], 6)

    def test_a_field_of_a_mebibyte(self):
        want, _ = self.base()
        rows = [row + ["y" * (1 << 20) if i == 7 else '"' * (1 << 19) if i == 30 else ""]
                for i, row in enumerate(base_rows())]
        for ranks in (1, 3):
            self.check_same(to_csv(rows, HEADER + ["Comments"]), want, ranks=ranks)

    def test_other_encodings_are_named(self):
        plain = to_csv(base_rows())
        for content, says in ((plain.encode("utf-16"), "UTF-16"), (plain.encode("utf-16-le"), "UTF-16"),
                              (b"PK\x03\x04...", "Excel"), (plain.replace("\n", "\r"), "carriage return"),
                              (gzip.compress(gzip.compress(plain.encode())), "packed twice")):
            self.put("ledger.csv", content)
            self.refuse(["detect", "ledger.csv"], DATA, "ledger.csv", says)

    def test_another_header_below_is_refused(self):
        swapped = [HEADER[1], HEADER[0], *HEADER[2:]]
        self.put("ledger.csv", to_csv(base_rows()) + ",".join(swapped) + "\n")
        self.refuse(["detect", "ledger.csv"], DATA, "line 62", "--stacked")


class Stacked(Input):
    def sheet(self):
        """The last month on top, remarks, then the earlier months with their columns in another
        order."""
        rows = base_rows()
        now, past = rows[-N_ACCOUNT:], rows[:-N_ACCOUNT]
        order = [1, 0, 2, 3, 5, 4, 6, 7, 8]
        wide = lambda text: text + "," * 9 + "\n"
        return (wide("This month") + to_csv([row + [""] for row in now], HEADER + ["Comments"]) +
                wide("") + wide("* for review") + wide('"Earlier, by month"') +
                to_csv([[row[i] for i in order] for row in past], [HEADER[i] for i in order]))

    def test_tables_below_each_other(self):
        _, want = self.base()
        for name, pack in (("sheet.csv", lambda b: b), ("sheet.csv.gz", gzip.compress)):
            self.put(name, pack(self.sheet().encode()))
            for ranks in RANKS:
                with self.subTest(name=name, ranks=ranks):
                    self.detect(name, ranks=ranks, options=("--stacked",))
                    self.assertEqual(self.ids, want)
                    self.assertEqual(self.n_row, N_ACCOUNT * N_MONTH)
                    self.assertEqual([(line, reason) for _, line, _, reason, _ in self.rejects],
                                     [(8, "blank row, dropped"), (9, "a note and no row, dropped"),
                                      (10, "a note and no row, dropped")])
        self.refuse(["detect", "sheet.csv", "-o", "x.h5"], DATA, "line 11", "--stacked")

    def test_a_plain_file_is_one_table(self):
        want, _ = self.base()
        self.check_same(to_csv(base_rows()), want, ranks=3, options=("--stacked",))


class Packed(Input):
    def test_one_file(self):
        want, _ = self.base()
        plain = to_csv(base_rows()).encode()
        half = len(plain) // 2
        for name, content in (("ledger.csv.gz", gzip.compress(plain)), ("l.zst", zstd_packed(plain)),
                              ("no-ending", gzip.compress(plain)),
                              ("members.gz", gzip.compress(plain[:half]) + gzip.compress(plain[half:])),
                              ("frames.zst", zstd_packed(plain[:half]) + zstd_packed(plain[half:]))):
            for ranks in RANKS:
                with self.subTest(name=name, ranks=ranks):
                    self.check_same(content, want, ranks=ranks, name=name)
            self.assertEqual(list(self.run_facts["input_sha256"]),
                             [hashlib.sha256(content).hexdigest()])

    def test_a_file_a_month(self):
        want, _ = self.base()
        names = []
        for month in range(N_MONTH):
            text = to_csv(base_rows()[month * N_ACCOUNT:(month + 1) * N_ACCOUNT]).encode()
            kind = month % 3
            names.append(f"{month:02}" + (".csv", ".csv.gz", ".csv.zst")[kind])
            self.put(names[-1], (text, gzip.compress(text), zstd_packed(text))[kind])
        for ranks in RANKS:
            self.detect(*names, ranks=ranks)
            self.assertEqual(self.run_facts["content_digest"], want)

    def test_damage_is_named(self):
        plain = "".join(to_csv(base_rows(), None if i else HEADER) for i in range(300)).encode()
        for name, packed in (("l.csv.gz", gzip.compress(plain)), ("l.csv.zst", zstd_packed(plain))):
            middle = len(packed) // 2
            broken = packed[:middle] + bytes(8) + packed[middle + 8:]
            for content in (packed[:-5], packed[:middle], broken, packed + b"garbage"):
                self.put(name, content)
                self.refuse(["detect", name], DATA, name, "damaged", ranks=(0, 2))
                self.refuse(["check", name], DATA, name, "damaged", ranks=(0,))


class Folders(Input):
    def test_a_folder_of_months(self):
        want, _ = self.base()
        for month in range(N_MONTH):
            text = to_csv(base_rows()[month * N_ACCOUNT:(month + 1) * N_ACCOUNT]).encode()
            name = f"months/2023-{month + 1:02}.csv"
            self.put(name + (".gz" if month == 2 else ""), gzip.compress(text) if month == 2 else text)
        (self.folder / "months/2023-04.csv").rename(self.folder / "months/2023-04.CSV")
        self.put("months/notes.txt", "no ledger")
        self.put("months/.hidden.csv", "no ledger")
        self.put("months/results.followup/anomalies.csv", "no ledger")
        for ranks in RANKS:
            outcome = self.detect("months", ranks=ranks)
            self.assertEqual(self.run_facts["content_digest"], want)
            self.assertIn("12 files: months/2023-01.csv to months/2023-12.csv", outcome.err)
        self.assertEqual(self.run_facts["input_files"][2], "months/2023-03.csv.gz")

    def test_refusals(self):
        self.put("months/notes.txt", "no ledger")
        self.refuse(["detect", "months"], NO_INPUT, "months", "*.csv.zst")
        self.put("months/a.csv", to_csv(base_rows()))
        self.refuse(["detect", "months", "months/a.csv"], USAGE, "same file")


class Completeness(Input):
    def messy(self):
        rows = [[f"2023-{i % 12 + 1:02}-28", "C", f"A{i % 7}", "U", ("USD", "EUR", "")[i % 3],
                 f"{i * 1000003 % 99991}.{i * 7919 % 10 ** (i % 15 + 1)}", f"-{i}.{i % 97:02}",
                 f"{i / 8}", "Break"] for i in range(1, 400)]
        for i in range(0, len(rows), 17):
            rows[i][1] = ""
        rows[5][5], rows[6][6] = "n.a.", "7e-12"
        return rows

    def test_read_is_kept_and_rejected_to_the_last_decimal(self):
        rows = self.messy()
        want = {part: {} for part in ("read", "kept", "rejected")}
        for row in rows:
            for at, column in ((5, "gl_balance"), (6, "ihub_balance"), (7, "difference")):
                amount = Decimal(row[at]) if row[at] != "n.a." else Decimal(0)
                for part in ("read", "kept" if row[1] else "rejected"):
                    key = (column, row[4])
                    want[part][key] = want[part].get(key, Decimal(0)) + amount
        self.put("ledger.csv", to_csv(rows) + "* a note\n2023-01-28,short\n")
        for ranks in RANKS:
            outcome = self.detect("ledger.csv", ranks=ranks)
            currencies = [text for text in self.run_facts["control_currencies"]]
            self.assertEqual(currencies, ["", "EUR", "USD"])
            for part, sums in want.items():
                for (column, currency), amount in sums.items():
                    told = self.run_facts[f"control_{column}_{part}"][currencies.index(currency)]
                    self.assertEqual(Decimal(told), amount, (part, column, currency))
            self.assertIn("control: 401 rows read = 375 kept + 26 rejected", outcome.err)
            told = self.run_facts["control_gl_balance_kept"][1]
            self.assertIn(f"= {Decimal(told):,} kept", outcome.err)

    def test_a_currency_column_that_is_none(self):
        rows = [[row[0], row[1], row[2], row[3], f"text {i}", *row[5:]]
                for i, row in enumerate(base_rows() * 17)]
        self.put("ledger.csv", to_csv(rows))
        self.refuse(["detect", "ledger.csv"], DATA, "Currency", "1020 different texts")


class Findings(Input):
    def of(self, reason):
        return [(line, column, text) for _, line, column, why, text in self.rejects if reason in why]

    def test_doubled_rows(self):
        rows = base_rows()
        rows.insert(30, list(rows[3]))
        rows.insert(50, list(rows[3]))
        self.put("ledger.csv", to_csv(rows))
        for ranks in RANKS:
            outcome = self.detect("ledger.csv", ranks=ranks)
            text = "00001, 1600003, 4398, USD, 2023-01-28"
            self.assertEqual(self.of("another row has this account and date"),
                             [(5, "", text), (32, "", text), (52, "", text)])
            self.assertEqual(self.run_facts["rejects_duplicate"], 3)
            self.assertIn("3 findings: another row", outcome.err)
        self.detect("ledger.csv", options=("--group-by", "Company"))
        self.assertEqual(self.run_facts["rejects_duplicate"], 3)

    def test_a_difference_that_is_none(self):
        rows = base_rows()
        rows[7][7], rows[8][7] = "12.00", str(-Decimal(rows[8][7]) - 1000)
        rows[48][7] = "-1000.00"
        self.put("ledger.csv", to_csv(rows))
        self.detect("ledger.csv", ranks=2)
        self.assertEqual(self.of("not GL - IHub"), [(9, "Balance difference", "12.00"),
                                                    (10, "Balance difference", "-1000.00")])
        self.assertEqual(self.of("is IHub - GL"), [(50, "Balance difference", "-1000.00")])

    def test_a_reversed_sign_is_told_once(self):
        rows = base_rows()
        for row in rows:
            row[7] = str(-Decimal(row[7]))
        first = next(i for i, row in enumerate(rows) if Decimal(row[7]) != 0)
        n = sum(Decimal(row[7]) != 0 for row in rows)
        rows[first + N_ACCOUNT][7] = str(-Decimal(rows[first + N_ACCOUNT][7]))
        self.put("ledger.csv", to_csv(rows))
        for ranks in RANKS:
            outcome = self.detect("ledger.csv", ranks=ranks)
            self.assertEqual(self.of("IHub - GL"), [(first + 2, "Balance difference", rows[first][7])])
            self.assertEqual(self.run_facts["differences_reversed"], n - 1)
            self.assertIn(f"{n - 1} of {n} differences are IHub - GL", outcome.err)
            self.assertIn(f"ledger.csv, line {first + 2}", outcome.err)

    def test_mixed_currencies(self):
        rows = base_rows()
        rows[13][4] = "EUR"
        self.put("ledger.csv", to_csv(rows))
        for ranks in RANKS:
            self.detect("ledger.csv", ranks=ranks, options=("--profile", "classic"))
            self.assertEqual(self.of("not the currency"), [(15, "Currency", "EUR")])
        self.detect("ledger.csv")
        self.assertEqual(self.of("not the currency"), [])


class Check(Input):
    def test_what_is_understood(self):
        rows = base_rows()
        rows.insert(1, ["* a note"] + [""] * 8)
        header = renamed(Asofdate="As of Date", Match_Status="State", Currency="Cuurency")
        self.put("ledger.csv", "Title\n" + to_csv(rows, header))
        want = ["ledger.csv: header on line 2", 'column 1, "As of Date"', 'column 6, "GL Balance"',
                "absent: \"Match\" below", 'is "Cuurency" meant for it?', "2023-01-28 to 2023-12-28",
                "months        12", "decimal point", "no such column", "accounts      5",
                "rows          61 read = 60 kept + 1 rejected",
                "1 a note and no row, dropped: ledger.csv, line 4"]
        outs = set()
        for ranks in RANKS:
            outcome = self.succeed("check", "ledger.csv", ranks=ranks)
            for text in want:
                self.assertIn(text, outcome.out)
            outs.add(outcome.out)
        self.assertEqual(len(outs), 1)
        self.assertEqual(self.listing().keys(), {"ledger.csv"})

    def test_what_detect_would_refuse(self):
        rows = base_rows()
        rows[0][0], rows[1][0] = "13/02/2023", "2/13/2023"
        self.put("ledger.csv", to_csv(rows))
        found = self.run_here("check", "ledger.csv", ranks=3)
        self.assertEqual(found.code, DATA, found)
        self.assertIn('column 1, "Asofdate"', found.out)
        said = self.run_here("detect", "ledger.csv", ranks=3).sentences
        self.assertEqual([found.sentences[0].split(": ", 1)[1]], [said[0].split(": ", 1)[1]])

    def test_the_configuration_alone(self):
        self.put("team.json", '{"trees": 100}')
        self.assertIn("team.json: the configuration is in order",
                      self.succeed("check", "--config", "team.json").out)
        self.put("team.json", '{"tres": 100}')
        self.refuse(["check", "--config", "team.json"], CONFIG, "did you mean trees", ranks=(0,))


if __name__ == "__main__":
    unittest.main()
