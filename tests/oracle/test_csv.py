"""The CSV reader against Python's csv module and pandas, on generated nasty files: quotes, commas
and newlines in fields, every line end, blank lines, odd lengths. Each file is read at once and in
two parts at every cut (ledger_dump does that), and must give what they give."""

import csv
import io
import os
import random
import subprocess
import tempfile
import unittest
from pathlib import Path

import pandas as pd

DUMP = os.environ["LEDGER_DUMP"]
PIECES = ["", "a", "b c", ",", '"', '""', "\n", "\r\n", "\r", " ", "\t", "x" * 70, "\u00e4\u20ac",
          "1,234.50", "'", ";", '"quoted"', "end\n", ",,", "0"]
MISSING = ["", "NA", "N/A", "#N/A", "NaN", "nan", "null", "NULL", "<NA>", "n/a", "-nan", "1.#IND"]


def quoted(field, draw):
    special = any(c in field for c in ',"\n\r')
    return '"' + field.replace('"', '""') + '"' if special or draw.random() < 0.2 else field


def to_text(records, draw):
    """CSV with a line end of its own for each record, and perhaps none at the end."""
    text = ""
    for record in records:
        line = ",".join(quoted(field, draw) for field in record)
        text += line + draw.choice(["\n", "\r\n"])
    if records and draw.random() < 0.5 and any(records[-1]):
        text = text.rstrip("\r\n") if not records[-1][-1].endswith(("\n", "\r")) else text
    return text


def dump(mode, text):
    """What ledger_dump says of a file: a list of fields for each line."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "file.csv"
        path.write_bytes(text.encode())
        run = subprocess.run([DUMP, mode, path], capture_output=True, check=False)
    if run.returncode != 0:
        raise AssertionError(f"{run.stderr.decode()}{text!r}")
    return run.stdout


def take_texts(data, at, n):
    """n texts "LENGTH:bytes " from at on, or up to the newline if n is None; and where they end."""
    texts = []
    while n is None and data[at:at + 1] != b"\n" or n is not None and len(texts) < n:
        colon = data.index(b":", at)
        begin, length = colon + 1, int(data[at:colon])
        texts.append(data[begin:begin + length].decode())
        at = begin + length + 1
    return texts, at


def records_of(text):
    data, at, records = dump("records", text), 0, []
    while at < len(data):
        fields, at = take_texts(data, at, None)
        records.append(fields)
        at += 1
    return records


def rows_of(text):
    """(row number, date, company, account, AU, currency, status, amounts) of each row kept."""
    data, at, rows = dump("rows", text), 0, []
    while at < len(data):
        blank = data.index(b" ", at)
        number = int(data[at:blank])
        texts, at = take_texts(data, blank + 1, 6)
        newline = data.index(b"\n", at)
        amounts = [float.fromhex(word.decode()) for word in data[at:newline].split()]
        rows.append((number, *texts, *amounts))
        at = newline + 1
    return rows


class Records(unittest.TestCase):
    def check(self, records, draw):
        text = to_text(records, draw)
        want = [fields or [""] for fields in csv.reader(io.StringIO(text, newline=""))]
        self.assertEqual(records_of(text), want, text)
        return text

    def test_random_records(self):
        draw = random.Random(1)
        for _ in range(150):
            self.check([["".join(draw.choices(PIECES, k=draw.randrange(4)))
                         for _ in range(draw.randrange(1, 6))] for _ in range(draw.randrange(7))], draw)

    def test_rectangles_as_pandas_reads_them(self):
        draw = random.Random(2)
        for _ in range(100):
            n = draw.randrange(2, 6)
            records = [["k" + "".join(draw.choices(PIECES, k=draw.randrange(4))) for _ in range(n)]
                       for _ in range(draw.randrange(1, 7))]
            text = self.check(records, draw)
            frame = pd.read_csv(io.StringIO(text, newline=""), header=None, dtype=str,
                                keep_default_na=False)
            self.assertEqual(records_of(text), frame.values.tolist(), text)


class Rows(unittest.TestCase):
    HEADER = ["Asofdate", "Company", "Account", "AU", "Currency", "Match Status", "GL Balance",
              "IHub balance", "Balance difference", "Comments"]
    REQUIRED = [name for name in HEADER if name not in ("Currency", "Comments")]

    def make(self, draw):
        def text():
            return "".join(draw.choices(["A", "b", ",", '"', "\n", "\u00e4", "x y", "7"],
                                        k=draw.randrange(1, 4))).strip() or "t"

        def amount():
            return draw.choice([f"{draw.uniform(-1e7, 1e7):.{draw.randrange(16)}f}", "1e-5", "-0",
                                f"{draw.uniform(-1, 1):.17g}", "12345678901234567890.123", "abc",
                                "1.2.3", str(draw.randrange(10 ** 15))])

        def record():
            row = [draw.choice(["2024-05-31", "5/31/2024", "20240531", "31 May 2024"]), text(), text(),
                   text(), draw.choice(["USD", "EUR", "", "NA"]), text(), amount(), amount(),
                   amount(), "".join(draw.choices(PIECES, k=3))]
            if draw.random() < 0.2:
                row[self.HEADER.index(draw.choice(self.REQUIRED))] = draw.choice(MISSING)
            return row

        return [record() for _ in range(draw.randrange(1, 8))]

    def test_rows_as_pandas_keeps_them(self):
        draw = random.Random(3)
        for _ in range(60):
            text = to_text([self.HEADER, *self.make(draw)], draw)
            frame = pd.read_csv(io.StringIO(text, newline=""), dtype=str)
            frame["Currency"] = frame["Currency"].fillna("")
            frame = frame.dropna(subset=self.REQUIRED)
            want = []
            for number, row in frame.iterrows():
                amounts = []
                for column in ("GL Balance", "IHub balance", "Balance difference"):
                    try:
                        amounts.append(float(row[column]))
                    except ValueError:
                        amounts.append(0.0)
                texts = [row[name].strip() for name in ("Asofdate", "Company", "Account", "AU",
                                                        "Currency", "Match Status")]
                want.append((number, *texts, *amounts))
            self.assertEqual(rows_of(text), want, text)


if __name__ == "__main__":
    unittest.main()
