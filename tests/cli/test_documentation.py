"""The manual page and the completion: what --help has they have, man takes the one and bash the
other, and both are installed."""

import os
import pty
import re
import select
import subprocess
import sys
import time
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))
from command import TIEOUT, InFolder

OPTION = re.compile(r"^ +(?:-\w, )?--([\w.-]+)", re.MULTILINE)


class Documentation(InFolder):
    def said(self, topic):
        return self.succeed("help", topic).out

    def commands(self):
        listed = self.succeed("--help").out.split("Commands\n")[1].split("\n\n")[0]
        return [line.split()[0] for line in listed.splitlines()]

    def options(self, command):
        """Of its help, and of the services' settings that its help leaves to a page."""
        if command == "help":  # whose help is that of the program
            return ["help", "version"]
        text = self.succeed(command, "--help").out
        names = OPTION.findall(text)
        if "tieout help configuration" in text:
            keys = re.findall(r"^\| `(\w+\.\w+)`", self.said("configuration"), re.MULTILINE)
            self.assertGreater(len(keys), 20)
            names += [key.replace("_", "-") for key in keys]
        self.assertIn("help", names)
        return names


class Man(Documentation):
    def rendered(self):
        page = self.folder / "tieout.1"
        page.write_text(self.said("man"), encoding="ascii")
        done = subprocess.run(["mandoc", "-T", "ascii", "-O", "width=500", str(page)],
                              capture_output=True, text=True, check=True)
        return re.sub(".\b", "", done.stdout)

    def test_page_has_every_command_and_option(self):
        text = self.rendered()
        for command in self.commands():
            self.assertRegex(text, rf"(?m)^ +{command}\b")
            for name in self.options(command):
                entry = re.search(rf"(?m)^ +(?:-\w, )?--{re.escape(name)}(?: .*)?\n(.*)\.$", text)
                self.assertIsNotNone(entry, name)
                self.assertIn(command, entry[1].rpartition("For ")[2].split(", "), name)

    def test_page_has_every_exit_code(self):
        text = self.rendered().split("EXIT STATUS")[1]
        codes = set(re.findall(r"\b\d\d?\b", self.succeed("--help").out.split("Exit codes")[1]))
        self.assertEqual(set(re.findall(r"(?m)^ +(\d+)\b", text)), codes)

    def test_page_is_without_faults(self):
        page = self.folder / "tieout.1"
        page.write_text(self.said("man"), encoding="ascii")
        done = subprocess.run(["mandoc", "-T", "lint", "-W", "warning", str(page)],
                              capture_output=True, text=True, check=False)
        faults = [line for line in done.stdout.splitlines() if "missing date" not in line]
        self.assertEqual(faults, [])


class Completion(Documentation):
    def setUp(self):
        super().setUp()
        self.script = self.folder / "completion"
        self.script.write_text(self.said("completion"), encoding="ascii")

    def complete(self, *words):
        """What is offered for the last of the words, as bash splits them."""
        line = " ".join(f"'{word}'" for word in ("tieout", *words))
        done = subprocess.run(
            ["bash", "--norc", "-c", f"source {self.script}; COMP_WORDS=({line}); "
             f"COMP_CWORD={len(words)}; _tieout; printf '%s\\n' \"${{COMPREPLY[@]}}\""],
            capture_output=True, text=True, check=True)
        self.assertEqual(done.stderr, "")
        return [word for word in done.stdout.split("\n") if word]

    def test_every_command_and_option(self):
        self.assertEqual(self.complete(""), [*self.commands(), "--help", "--version"])
        for command in self.commands():
            offered = self.complete(command, "x.csv", "--")
            self.assertEqual(sorted(offered), sorted(f"--{name}" for name in self.options(command)))

    def test_parts_of_words(self):
        self.assertEqual(self.complete("det"), ["detect"])
        self.assertEqual(self.complete("detect", "--prof"), ["--profile"])
        self.assertEqual(self.complete("show", "--prof"), [])
        self.assertEqual(self.complete("help", "conf"), ["configuration"])

    def test_values(self):
        for before in (["--profile"], ["--profile", "="]):
            self.assertEqual(self.complete("run", *before, "c"), ["classic"])
        self.assertEqual(self.complete("run", "--profile", "="), ["history", "classic"])
        self.assertEqual(self.complete("show", "r.h5", "--format", ""), ["table", "csv", "json"])
        self.assertEqual(self.complete("run", "--trees", ""), [])
        self.assertEqual(self.complete("run", "-o", ""), [])

    def test_files_in_an_interactive_bash(self):
        (self.folder / "ledger of may.csv").touch()
        (self.folder / "team.json").touch()
        for typed, done in ((b"tieout run led\t", rb"ledger\ of\ may.csv"),
                            (b"tieout run --config te\t", b"team.json"),
                            (b"tieout run --config=te\t", b"team.json")):
            self.assertIn(done, self.type(typed, done))
        self.assertNotIn(b"team.json", self.type(b"tieout run --trees te\t\t", b"never", seconds=1))

    def type(self, keys, expected, seconds=20):
        """What a bash shows that has sourced the script, once keys are typed: until it is as
        expected, or for some seconds."""
        pid, terminal = pty.fork()
        if pid == 0:
            os.chdir(self.folder)
            os.environ.update(TERM="dumb", PS1="ready> ", INPUTRC="/dev/null")
            os.execvp("bash", ["bash", "--norc", "--noprofile", "-i"])
        try:
            os.write(terminal, b"source ./completion; PS1='rea''dy> '\n")
            self.read_until(terminal, b"ready> ", 20, twice=True)
            os.write(terminal, keys)
            return self.read_until(terminal, expected, seconds)
        finally:
            os.close(terminal)
            os.waitpid(pid, 0)

    def read_until(self, terminal, expected, seconds, twice=False):
        shown = b""
        end = time.monotonic() + seconds
        while shown.count(expected) < 1 + twice and time.monotonic() < end:
            if select.select([terminal], [], [], 0.1)[0]:
                shown += os.read(terminal, 4096)
        return shown


class Installed(Documentation):
    def test_both_are_installed(self):
        subprocess.run(["cmake", "--install", str(Path(TIEOUT).parent), "--prefix", str(self.folder)],
                       check=True, capture_output=True)
        share = self.folder / "share"
        self.assertEqual((share / "man/man1/tieout.1").read_text(), self.said("man"))
        self.assertEqual((share / "bash-completion/completions/tieout").read_text(),
                         self.said("completion"))


if __name__ == "__main__":
    unittest.main()
