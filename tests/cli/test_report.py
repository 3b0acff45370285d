"""`tieout report` and the page it writes, looked at in a browser: with and without scripts,
with no anomalies, with a few, and with more than the page shows; and names that try to be
markup."""

import re
import subprocess
import sys
import unittest
from html.parser import HTMLParser
from pathlib import Path

import h5py

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))
from browser import Browser, Page  # noqa: E402
from command import InFolder, month_end, plain_rows, write_ledger  # noqa: E402

HOSTILE = ["<script>document.title='owned'</script>", "\"><img src=x onerror=alert(1)>",
           "' onclick='alert(1)", "\u202egnihtyreve\u202c", "\u05e9\u05dc\u05d5\u05dd",
           "&lt;b&gt;", "n" * 1000, "</style><h1>owned"]


def broken_rows(accounts, months=14):
    """Each account ties out for months and then does not."""
    tied, broken = ["5000.00", "0.00"], ["-95000.00", "100000.00"]
    return [[month_end(m), "00001", account, "4398", "5000.00",
             *(tied if m < months - 1 else broken), "Break"]
            for m in range(months) for account in accounts]


class Balanced(HTMLParser):
    """Whether every element is closed in its turn."""

    VOID = {"meta", "br", "img", "input", "link"}

    def __init__(self):
        super().__init__()
        self.open, self.faults, self.sources = [], [], []

    def handle_starttag(self, tag, attrs):
        self.sources += [value for name, value in attrs
                         if name in ("src", "srcset", "data", "style") or name.startswith("on")]
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        pass

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            self.faults.append((tag, self.getpos()))


class Reports(InFolder):
    @classmethod
    def setUpClass(cls):
        cls.browser = Browser()
        cls.addClassCleanup(cls.browser.close)

    def report(self, *options):
        """The page about ledger.csv."""
        self.succeed("detect", "ledger.csv", "-o", "r.h5", "--force", *options)
        self.succeed("report", "r.h5", "-o", "page.html")
        return self.folder / "page.html"

    def check_page(self, path):
        """What holds for every page. Returns it opened."""
        text = path.read_text(encoding="utf-8")
        markup = Balanced()
        markup.feed(text)
        self.assertEqual((markup.faults, markup.open, markup.sources), ([], [], []))
        self.assertIn("default-src 'none'", text)
        page = Page(self.browser, path)
        self.assertEqual(page.requests(), [])
        self.assertEqual(page.complaints(), [])
        quiet = Page(self.browser, path, scripts=False)
        self.assertEqual(quiet.requests(), [])
        self.assertEqual(quiet.ask("document.querySelectorAll('.tools').length"), 0)
        for what in ("article", "#list tbody tr", "svg"):
            count = f"document.querySelectorAll('{what}').length"
            self.assertEqual(quiet.ask(count), page.ask(count), what)
        return page

    def check_series(self, page):
        """Each account's chart has the rows that the results have of it."""
        with h5py.File(self.folder / "r.h5") as results:
            found = list(results["series/finding"][:])
        expected = sorted(found.count(k) for k in set(found))
        drawn = page.ask("""[...document.querySelectorAll('svg.account')].map(svg => [
            Number(svg.dataset.n),
            svg.querySelector('.p').getAttribute('d').split('M').length - 1,
            svg.querySelectorAll('.f').length, svg.getBBox().width > 0])""")
        self.assertEqual(sorted(n for n, *_ in drawn), expected)
        for n, dots, flags, seen in drawn:
            self.assertEqual((dots, flags, seen), (n, 1, True))

    def test_a_ledger_without_anomalies(self):
        write_ledger(self.folder / "ledger.csv", plain_rows(600, 20))
        page = self.check_page(self.report())
        self.assertRegex(page.ask("document.querySelector('h1').textContent"),
                         "^No anomalies in 600 rows")
        self.assertEqual(page.ask("document.querySelectorAll('#list').length"), 0)
        self.assertEqual(page.ask("document.querySelectorAll('svg.scores').length"), 1)

    def test_a_few_anomalies(self):
        self.succeed("generate", "--rows", "6000", "ledger.csv")
        page = self.check_page(self.report("--alert-budget", "5"))
        self.assertEqual(page.ask("document.querySelectorAll('article').length"), 5)
        self.check_series(page)
        self.assertEqual(page.ask("document.querySelectorAll('svg.closing').length"),
                         page.ask("document.querySelectorAll('table.roll').length"))
        self.assertGreater(page.ask("document.querySelectorAll('.drivers li').length"), 4)

    def test_more_anomalies_than_are_shown(self):
        self.succeed("generate", "--rows", "40000", "--anomalies", "0.04", "ledger.csv")
        path = self.report("--contamination", "0.03")
        self.assertLess(path.stat().st_size, 3_000_000)
        page = self.check_page(path)
        self.assertEqual(page.ask("document.querySelectorAll('article').length"), 500)
        with h5py.File(self.folder / "r.h5") as results:
            n_anomaly = len(results["anomalies/id"])
        self.assertGreater(n_anomaly, 1000)
        self.assertRegex(page.ask("document.querySelector('#anomalies').textContent"),
                         f"The 500 most severe of {n_anomaly:,}")
        self.check_series(page)

    def test_the_roll_forward_foots(self):
        self.succeed("generate", "--rows", "20000", "ledger.csv")
        page = self.check_page(self.report())
        months = page.ask("""[...document.querySelectorAll('table.roll')].map(table =>
            [...table.tBodies[0].rows].map(row => [...row.cells].slice(3).map(cell =>
                BigInt(cell.firstChild.textContent.replace(/[.,]/g, '')).toString())))""")
        self.assertGreater(len(months), 1)
        for table in months:
            before = None
            for row in table:
                opening, new, cleared, absent, change, closing, _ = map(int, row)
                self.assertEqual(opening + new + cleared + absent + change, closing)
                self.assertIn(before, (None, opening))
                before = closing
        feet = page.ask("document.querySelectorAll('.good').length")
        self.assertGreaterEqual(feet, len(months))

    def test_sorting_and_filtering(self):
        self.succeed("generate", "--rows", "6000", "ledger.csv")
        page = self.check_page(self.report("--contamination", "0.01"))
        column = ("[...document.querySelectorAll('#list tbody tr')]"
                  ".map(row => Number(row.cells[{}].dataset.v))")
        for index in (4, 8):
            click = f"document.querySelectorAll('#list thead button')[{index}].click()"
            page.ask(click)
            values = page.ask(column.format(index))
            self.assertEqual(values, sorted(values))
            page.ask(click)
            self.assertEqual(page.ask(column.format(index)), sorted(values, reverse=True))
        order = page.ask("[...document.querySelectorAll('#list tbody a[href^=\"#\"]')]"
                         ".map(a => a.hash.slice(1))")
        articles = "[...document.querySelectorAll('article')]"
        self.assertEqual(page.ask(f"{articles}.map(a => a.id)"), order)
        account = page.ask("document.querySelector('#list tbody tr').cells[2]"
                           ".textContent.split(' / ')[1]")
        page.ask(f"""(() => {{ const box = document.querySelector('.tools input');
            box.value = '{account}'; box.dispatchEvent(new Event('input')); }})()""")
        shown = page.ask("""[...document.querySelectorAll('#list tbody tr')]
            .filter(row => row.offsetHeight > 0)
            .map(row => row.textContent.includes('%s'))""" % account)
        self.assertTrue(shown and all(shown))
        seen = page.ask(f"{articles}.filter(a => a.offsetHeight > 0).length")
        self.assertEqual(seen, len(shown))
        self.assertEqual(page.complaints(), [])

    def test_names_that_try_to_be_markup_stay_text(self):
        write_ledger(self.folder / "ledger.csv", broken_rows(HOSTILE) + plain_rows(14 * 60, 60))
        page = self.check_page(self.report())
        names = page.ask("[...document.querySelectorAll('#list tbody bdi')]"
                         ".map(name => name.textContent)")
        for name in HOSTILE:
            shown = name.replace("\u202e", "\ufffd").replace("\u202c", "\ufffd")
            self.assertIn(shown if len(name) <= 64 else "n" * 64 + "\u2026", names)
        self.assertEqual(page.ask("document.querySelectorAll('script').length"), 1)
        self.assertEqual(page.ask("document.querySelectorAll('img').length"), 0)
        self.assertEqual(page.ask("document.querySelectorAll('h1').length"), 1)
        self.assertNotEqual(page.ask("document.title"), "owned")

    def test_the_policy_stops_a_script_that_got_through(self):
        write_ledger(self.folder / "ledger.csv", plain_rows(60))
        path = self.report()
        text = path.read_text(encoding="utf-8")
        path.write_text(text.replace("<main>", "<main><script>document.title='owned'</script>"
                                     "<img src='http://127.0.0.1:9/x.png'>"), encoding="utf-8")
        page = Page(self.browser, path)
        self.assertNotEqual(page.ask("document.title"), "owned")
        self.assertIn("Content Security Policy", str(page.complaints()))

    def test_narrow_and_printed(self):
        self.succeed("generate", "--rows", "6000", "ledger.csv")
        path = self.report("--alert-budget", "5")
        narrow = Page(self.browser, path, width=390)
        self.assertLessEqual(narrow.ask("document.documentElement.scrollWidth"), 390)
        pdf = narrow.pdf()
        self.assertTrue(pdf.startswith(b"%PDF"))
        self.assertGreater(len(re.findall(rb"/Type\s*/Page\b", pdf)), 1)
        narrow.call("Emulation.setEmulatedMedia", media="print")
        style = "getComputedStyle(document.{})"
        self.assertEqual(narrow.ask(style.format("querySelector('nav')") + ".display"), "none")
        self.assertEqual(narrow.ask(style.format("body") + ".backgroundColor"),
                         "rgb(255, 255, 255)")

    def test_a_printed_list_has_its_titles_on_each_sheet(self):
        self.succeed("generate", "--rows", "12000", "ledger.csv")
        page = Page(self.browser, self.report("--alert-budget", "90"))
        (self.folder / "page.pdf").write_bytes(page.pdf())
        self.assertGreater(page.ask("document.querySelectorAll('#list th button').length"), 5)
        sheets = subprocess.run(["pdftotext", "-layout", self.folder / "page.pdf", "-"],
                                check=True, capture_output=True, text=True).stdout.split("\f")
        rows = re.compile(r"^ *\d+ +(critical|high|medium|low) ", re.MULTILINE)
        titles = re.compile(r"^ *# +Severity ", re.MULTILINE)
        listed = [sheet for sheet in sheets if rows.search(sheet)]
        self.assertGreater(len(listed), 1)
        self.assertEqual([sheet for sheet in listed if not titles.search(sheet)], [])

    def test_dark_colours_are_readable(self):
        write_ledger(self.folder / "ledger.csv", plain_rows(60))
        path = self.report()
        for dark in (False, True):
            page = Page(self.browser, path, dark=dark)
            colours = page.ask("""['color', 'backgroundColor'].map(
                name => getComputedStyle(document.body)[name])""")
            ink, paper = [sum(map(int, re.findall(r"\d+", colour))) for colour in colours]
            self.assertGreater((ink - paper) * (1 if dark else -1), 500, colours)

    def test_where_it_goes(self):
        write_ledger(self.folder / "ledger.csv", plain_rows(60))
        self.succeed("detect", "ledger.csv", "-o", "r.h5")
        self.succeed("report", "r.h5")
        first = (self.folder / "r.followup" / "report.html").read_bytes()
        self.succeed("followup", "r.h5")
        self.assertEqual((self.folder / "r.followup" / "report.html").read_bytes(), first)
        before = self.listing()
        self.succeed("followup", "r.h5")
        self.assertEqual(self.listing(), before)
        self.assertEqual(self.run_here("report", "missing.h5").code, 66)
        self.assertEqual(self.run_here("report", "ledger.csv").code, 65)
        self.assertEqual(self.run_here("report", "r.h5", "-o", "no/such/folder.html").code, 73)


if __name__ == "__main__":
    unittest.main()
