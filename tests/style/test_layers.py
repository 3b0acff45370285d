"""House rules that no compiler checks: includes point down the layers, MPI, HDF5, libcurl
and SQLite stay in their folders, names do not collide, the layout is clang-format's, and the README's
commands exist. Each rule is first shown to catch a planted offence."""

import os
import re
import shutil
import subprocess
import unittest
from pathlib import Path

ROOT = Path(os.environ.get("TIEOUT_SOURCE", Path(__file__).resolve().parents[2]))
LAYERS = ["kernels", "io", "jobs", "src"]  # lowest first
OUTSIDE = {"mpi.h": "src", "hdf5.h": "io", "curl/curl.h": "jobs", "sqlite3.h": "jobs",
           "xlsxwriter.h": "jobs"}
INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]', re.MULTILINE)


def read_sources():
    """Text by path relative to the root, of every .c and .h of the project."""
    folders = LAYERS + ["tests", "benchmarks"]
    return {
        path.relative_to(ROOT).as_posix(): path.read_text(encoding="utf-8")
        for folder in folders
        for path in sorted((ROOT / folder).rglob("*.[ch]"))
    }


def layer_of(path):
    """The layer whose rules a file follows: its folder, or for tests/LAYER/x that layer.
    None for what stands above all layers or serves every test."""
    parts = path.split("/")
    folder = parts[1] if parts[0] == "tests" else parts[0]
    return folder if folder in LAYERS else None


def find_upward_includes(sources):
    home = {Path(path).name: path for path in sources if path.endswith(".h")}
    found = []
    for path, text in sources.items():
        layer = layer_of(path)
        for _, name in INCLUDE.findall(text):
            target = home.get(Path(name).name)
            above = (
                target is not None
                and layer is not None
                and layer_of(target) is not None
                and LAYERS.index(layer_of(target)) > LAYERS.index(layer)
            )
            tests_own = (
                target is not None and target.startswith("tests/") and not path.startswith("tests/")
            )
            if above or tests_own:
                found.append(f"{path} includes {name}")
    return found


def find_strayed_libraries(sources):
    return [
        f"{path} includes {name}"
        for path, text in sources.items()
        for _, name in INCLUDE.findall(text)
        if name in OUTSIDE and layer_of(path) != OUTSIDE[name]
    ]


def find_missing_headers(sources):
    """Quoted includes of files that are not the project's."""
    known = {Path(path).name for path in sources}
    return [
        f"{path} includes {name}"
        for path, text in sources.items()
        for mark, name in INCLUDE.findall(text)
        if mark == '"' and Path(name).name not in known
    ]


def find_shared_names(paths):
    """Two files of one base name are fine as a .c and .h pair in one folder."""
    first = {}
    found = []
    for path in sorted(paths):
        stem, folder = Path(path).stem, Path(path).parent.as_posix()
        if first.setdefault(stem, folder) != folder:
            found.append(f"{path} and a file in {first[stem]}/ share a name")
    return found


def libc_headers():
    """Names an #include <...> of the C library or the compiler may mean."""
    names = {path.name for path in Path("/usr/include").glob("*.h")}
    if shutil.which("dpkg-query"):
        listed = subprocess.run(
            ["dpkg-query", "-L", "libc6-dev"], capture_output=True, text=True, check=False
        ).stdout.split()
        own = {Path(path).name for path in listed if Path(path).parent == Path("/usr/include")}
        names = own or names
    return {name for name in names if name.endswith(".h")} | {
        "float.h", "iso646.h", "limits.h", "omp.h", "stdalign.h", "stdarg.h", "stdatomic.h",
        "stdbool.h", "stddef.h", "stdint.h", "stdnoreturn.h",
    }


def find_shadowed_headers(paths, system):
    return [path for path in paths if path.endswith(".h") and Path(path).name in system]


def find_foreign_characters(sources):
    return [path for path, text in sources.items() if not text.isascii()]


def readme_commands(text):
    """The commands of the README's code blocks that are files of the project."""
    blocks = re.findall(r"^```.*?\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    return re.findall(r"^(?:\$ )?(\./[\w./-]+)", "".join(blocks), re.MULTILINE)


class CheckersCatch(unittest.TestCase):
    """Made-up projects with one offence each."""

    def test_an_upward_include(self):
        sources = {"kernels/low.c": '#include "high.h"\n', "io/high.h": ""}
        self.assertEqual(find_upward_includes(sources), ["kernels/low.c includes high.h"])
        sources = {"kernels/low.c": '  #  include <high.h>\n', "src/high.h": ""}
        self.assertEqual(len(find_upward_includes(sources)), 1)
        sources = {"tests/io/test_a.c": '#include "high.h"\n', "jobs/high.h": ""}
        self.assertEqual(len(find_upward_includes(sources)), 1)
        sources = {"io/a.c": '#include "made_up.h"\n', "tests/io/made_up.h": ""}
        self.assertEqual(len(find_upward_includes(sources)), 1)
        downward = {"src/top.c": '#include "low.h"\n', "kernels/low.h": '#include <math.h>\n'}
        self.assertEqual(find_upward_includes(downward), [])

    def test_a_strayed_library(self):
        strayed = {
            "jobs/a.c": "#include <mpi.h>\n",
            "src/b.c": "#include <hdf5.h>\n",
            "io/c.c": "#include <curl/curl.h>\n",
            "src/c.c": "#include <sqlite3.h>\n",
            "tests/kernels/test_d.c": "#include <mpi.h>\n",
            "tests/support/e.c": "#include <mpi.h>\n",
        }
        self.assertEqual(len(find_strayed_libraries(strayed)), len(strayed))
        at_home = {"src/a.c": "#include <mpi.h>\n", "tests/io/test_b.c": "#include <hdf5.h>\n"}
        self.assertEqual(find_strayed_libraries(at_home), [])

    def test_a_missing_header(self):
        self.assertEqual(len(find_missing_headers({"io/a.c": '#include "gone.h"\n'})), 1)

    def test_a_shared_name(self):
        self.assertEqual(find_shared_names(["io/a.c", "io/a.h", "io/b.c"]), [])
        self.assertEqual(len(find_shared_names(["io/a.c", "kernels/a.h"])), 1)

    def test_a_shadowed_header(self):
        self.assertIn("features.h", libc_headers())
        self.assertEqual(find_shadowed_headers(["io/features.h"], libc_headers()),
                         ["io/features.h"])

    def test_a_foreign_character(self):
        self.assertEqual(find_foreign_characters({"io/a.c": "/* 2 \u00d7 3 */"}), ["io/a.c"])

    def test_commands_are_found(self):
        self.assertEqual(readme_commands("a ./no\n```sh\n./yes --now\n$ ./too\nnot ./this\n```\n"),
                         ["./yes", "./too"])


class ProjectKeeps(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.sources = read_sources()

    def test_something_was_read(self):
        for layer in LAYERS[:3]:
            self.assertTrue(any(path.startswith(layer + "/") for path in self.sources), layer)

    def test_includes_point_down(self):
        self.assertEqual(find_upward_includes(self.sources), [])

    def test_libraries_stay_in_their_folder(self):
        self.assertEqual(find_strayed_libraries(self.sources), [])

    def test_quoted_headers_are_ours(self):
        self.assertEqual(find_missing_headers(self.sources), [])

    def test_names_are_unique(self):
        self.assertEqual(find_shared_names(self.sources), [])

    def test_no_header_shadows_the_c_library(self):
        self.assertEqual(find_shadowed_headers(self.sources, libc_headers()), [])

    def test_sources_are_ascii(self):
        self.assertEqual(find_foreign_characters(self.sources), [])

    def test_layout_is_clang_format_s(self):
        tool = shutil.which("clang-format-14") or shutil.which("clang-format")
        self.assertIsNotNone(tool, "clang-format-14 is not installed")
        done = subprocess.run(
            [tool, "--dry-run", "-Werror", *self.sources],
            cwd=ROOT, capture_output=True, text=True, check=False,
        )
        self.assertEqual(done.returncode, 0, done.stderr)

    def test_readme_commands_exist(self):
        commands = readme_commands((ROOT / "README.md").read_text(encoding="utf-8"))
        self.assertEqual(commands[:2], ["./quickstart", "./tests/run"])
        for command in commands:
            self.assertTrue(os.access(ROOT / command, os.X_OK), command)


if __name__ == "__main__":
    unittest.main()
