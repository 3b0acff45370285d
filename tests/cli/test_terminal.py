"""What a person at a terminal sees, on a pseudo terminal: a table as wide as it is, colours, the
progress bar; and that none of that gets into a pipe."""

import fcntl
import os
import pty
import re
import struct
import subprocess
import sys
import termios
import unicodedata
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))
from command import TIEOUT, InFolder, plain_rows, write_ledger

SGR = re.compile("\x1b\\[[0-9;]*m")
WIDE = ["\u6771\u4eac\u672c\u793e\u52d8\u5b9a\u79d1\u76ee" * 3,  # Chinese characters, two columns each
        "\u05d7\u05e9\u05d1\u05d5\u05df \u05d1\u05e0\u05e7",     # Hebrew
        "e\u0301pargne"]                                         # a combining accent


def columns(text):
    """Of a terminal, as Unicode has it."""
    return sum(0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1
               for c in text)


class Terminal(InFolder):
    def on_terminal(self, *arguments, width=100, **environment):
        """All that a terminal gets from the program's standard output and error."""
        ours, theirs = pty.openpty()
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 40, width, 0, 0))
        env = dict(os.environ, TERM="xterm", OMP_NUM_THREADS="1", **environment)
        env.update({"NO_COLOR": environment.get("NO_COLOR", "")})
        process = subprocess.Popen([TIEOUT, *map(str, arguments)], cwd=self.folder, env=env,
                                   stdin=theirs, stdout=theirs, stderr=theirs)
        os.close(theirs)
        shown = b""
        while True:
            try:
                more = os.read(ours, 65536)
            except OSError:  # Linux: the last program has closed it
                more = b""
            if not more:
                break
            shown += more
        os.close(ours)
        self.assertEqual(process.wait(timeout=60), 0, shown)
        return shown.decode().replace("\r\n", "\n")


class Table(Terminal):
    def setUp(self):
        super().setUp()
        rows = plain_rows(400, 10)
        for i, name in enumerate(WIDE):
            rows[390 + i][2] = name
            rows[390 + i][4:7] = ["9000000.25", "0.00", "9000000.25"]
        write_ledger(self.folder / "ledger.csv", rows)
        self.succeed("detect", "ledger.csv", "-o", "results.h5", "--profile", "classic")

    def table(self, text):
        return SGR.sub("", text).split("\n\n")[1].splitlines()

    def test_it_is_no_wider_than_the_terminal_and_stays_aligned(self):
        for width in (60, 80, 120, 200):
            lines = self.table(self.on_terminal("show", "results.h5", width=width))
            self.assertLessEqual(max(map(columns, lines)), width)
            self.assertIn("9,000,000.25", "".join(lines))
            before_the_au = {columns(line.split("  4398")[0]) for line in lines[2:]}
            self.assertEqual(len(before_the_au), 1, lines)

    def test_colours_on_a_terminal_only(self):
        coloured = self.on_terminal("show", "results.h5")
        plain = self.on_terminal("show", "results.h5", NO_COLOR="1")
        self.assertRegex(coloured, SGR)
        self.assertNotIn("\x1b", plain)
        self.assertEqual(SGR.sub("", coloured), plain)
        self.assertNotIn("\x1b", self.on_terminal("show", "results.h5", "--color=never"))
        self.assertNotIn("\x1b", self.on_terminal("show", "results.h5", "--format", "csv"))
        self.assertNotIn("\x1b", self.succeed("show", "results.h5").out)
        self.assertRegex(self.succeed("show", "results.h5", "--color", "always").out, SGR)
        dumb = self.succeed("show", "results.h5", environment={"TERM": "dumb"})
        self.assertNotIn("\x1b", dumb.out)

    def test_a_pipe_is_not_cut(self):
        out = self.succeed("show", "results.h5").out
        for name in WIDE:
            self.assertIn(name, out)


class Progress(Terminal):
    def setUp(self):
        super().setUp()
        self.succeed("generate", "--rows", 200000, "ledger.csv")

    def test_bar_has_stage_share_rate_and_time_left(self):
        shown = self.on_terminal("detect", "ledger.csv", "-o", "r.h5", "--threads", "1")
        bars = re.findall("\r([^\r\n\x1b]+)\x1b\\[K", shown)
        self.assertTrue(bars)
        self.assertRegex("\n".join(bars),
                         r"(?m)^ingest +\[#*\.*\] +\d+ %  [\d.]+ [kMG]? ?rows/s  \d+ s left$")
        self.assertRegex("\n".join(bars), r"(?m)^score +\[")
        self.assertRegex("\n".join(bars), r"(?m)^write +\[")
        for stage in ("encode", "shuffle", "prepare", "check", "train", "judge"):
            self.assertIn(stage, [bar.strip() for bar in bars])
        for bar in bars:
            self.assertLessEqual(columns(bar), 79)
        self.assert_wiped(shown)
        shown = self.on_terminal("detect", "ledger.csv", "-o", "r.h5", "--force", width=40)
        for bar in re.findall("\r([^\r\n\x1b]+)\x1b\\[K", shown):
            self.assertLess(columns(bar), 40)
        self.assert_wiped(shown)

    def test_making_a_ledger_has_a_bar(self):
        shown = self.on_terminal("generate", "--rows", 200000, "made.csv")
        self.assertRegex(shown, r"\rgenerate +\[#+\.*\] +\d+ %  [^\r]* left\x1b\[K")

    def assert_wiped(self, shown):
        kept = re.sub("\r[^\n]*?\x1b\\[K", "", shown)
        self.assertNotIn("\x1b", kept)  # each bar is wiped before the next line
        self.assertRegex(kept, r"(?m)^ingest +200,000 rows")

    def test_a_log_has_plain_lines(self):
        err = self.succeed("detect", "ledger.csv", "-o", "r.h5").err
        self.assertNotIn("\x1b", err)
        self.assertNotIn("\r", err)
        for line in err.splitlines():
            self.assertRegex(line, r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z ")


class Help(Terminal):
    def test_alone_it_leads_to_a_first_result(self):
        said = self.succeed().out
        steps = [line.strip() for line in said.splitlines() if line.startswith("  tieout ")]
        self.assertLess(len(said.splitlines()), 20)
        for step in steps[:3]:
            self.succeed(*step.split()[1:])
        self.assertIn("anomal", self.succeed(*steps[2].split()[1:]).out)

    def test_a_slip_gets_a_suggestion(self):
        for words, meant in ((["detct", "a.csv"], "'detect'"), (["shwo", "r.h5"], "'show'"),
                             (["detect", "--profle", "x"], "--profile"),
                             (["show", "r.h5", "--colour", "never"], "--color"),
                             (["help", "completoin"], "'completion'")):
            outcome = self.run_here(*words)
            self.assertEqual(outcome.code, 64)
            self.assertIn(f"did you mean {meant}?", outcome.err)


if __name__ == "__main__":
    unittest.main()
