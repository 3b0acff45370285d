"""slurm/ on a real Slurm with two nodes: layouts, arrays, dependencies, time limits, requeues,
cancelled and killed jobs. Skipped only where no Slurm can be started; with TIEOUT_CI set, as
.ci/run does, that is a failure."""

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

import h5py

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))
from command import TIEOUT, run, write_ledger, plain_rows
from contract_server import ContractServer
from slurm_cluster import SlurmCluster, missing, wait_until
from with_services import breaking_rows

SOURCE = Path(os.environ["TIEOUT_SOURCE"])
ENDED = ("COMPLETED", "FAILED", "CANCELLED", "TIMEOUT", "NODE_FAIL", "OUT_OF_MEMORY")
ROWS = 40000
SUBMITTED = r"(?m)^(?:detect|followup) (\d+):"

cluster = None
home = None


def setUpModule():
    global cluster, home
    reason = missing()
    if reason and os.environ.get("TIEOUT_CI"):
        raise RuntimeError(f"no Slurm: {reason}")
    if reason:
        raise unittest.SkipTest(reason)
    kept = tempfile.TemporaryDirectory(prefix="tieout-slurm-", ignore_cleanup_errors=True)
    unittest.addModuleCleanup(kept.cleanup)
    home = Path(kept.name)
    cluster = SlurmCluster(home / "slurm")
    cluster.__enter__()
    unittest.addModuleCleanup(cluster.stop)
    made = run("generate", "--rows", ROWS, "--seed", 3, "-q", home / "ledger.csv")
    assert made.code == 0, made
    made = run("generate", "--rows", 2000000, "--seed", 3, "-q", home / "long.csv", timeout=120)
    assert made.code == 0, made


def read_run(path):
    with h5py.File(path, "r") as results:
        return dict(results["run"].attrs)


class OnSlurm(unittest.TestCase):
    def setUp(self):
        self.folder = Path(tempfile.mkdtemp(dir=home))
        self.slurm = self.folder / "slurm"
        shutil.copytree(SOURCE / "slurm", self.slurm)
        self.site()

    def site(self, **settings):
        """site.conf is all that anybody edits."""
        text = (SOURCE / "slurm" / "site.conf").read_text(encoding="ascii")
        for name, value in {"tieout": TIEOUT, "followup_partition": "outside",
                            **settings}.items():
            text, n = re.subn(rf"(?m)^{name}=\S*(?: [^#\n]*)?", f'{name}="{value}" ', text)
            self.assertEqual(n, 1, name)
        (self.slurm / "site.conf").write_text(text, encoding="ascii")

    def submit(self, *words):
        """Numbers of the jobs of detect and followup."""
        said = cluster.run(self.slurm / "submit", *words, folder=self.folder)
        return [int(number) for number in re.findall(SUBMITTED, said)]

    def sbatch(self, *words):
        said = cluster.run("sbatch", "--parsable", "--export=NONE", "--output=tieout-%j.log",
                           *words, folder=self.folder)
        return int(said)

    def log(self, number):
        path = self.folder / f"tieout-{number}.log"
        return path.read_text(errors="replace") if path.exists() else ""

    def ends(self, number, state, code=None, seconds=90):
        job = cluster.wait(number, *ENDED, seconds=seconds)
        self.assertEqual(job["JobState"], state, self.log(number))
        if code is not None:
            self.assertEqual(job["ExitCode"].split(":")[0], str(code), self.log(number))
        return job

    def want(self, ledger, *options):
        """Digest of the same on this machine alone."""
        outcome = run("detect", ledger, "-o", self.folder / "local.h5", "--force", "-q", *options)
        self.assertEqual(outcome.code, 0, outcome)
        return read_run(self.folder / "local.h5")["content_digest"]

    def wait_for_line(self, number, text, seconds=60):
        wait_until(lambda: text in self.log(number) or cluster.state(number) in ENDED, seconds,
                   f"{text} in the log of {number}")
        self.assertIn(text, self.log(number))

    def nothing_left(self, name):
        self.assertEqual([path.name for path in self.folder.glob(f"*{name}*")], [])
        self.assertEqual([path.name for path in self.folder.glob(f".{name}*")], [])


class Submitting(OnSlurm):
    def test_one_command_gives_the_results_of_a_local_run_and_their_followup(self):
        detect, followup = self.submit("--nodes", "2", home / "ledger.csv", "-o", "results.h5")
        self.assertEqual(cluster.job(followup)["Partition"], "outside")
        self.ends(detect, "COMPLETED")
        self.ends(followup, "COMPLETED")
        facts = read_run(self.folder / "results.h5")
        self.assertEqual(facts["content_digest"], self.want(home / "ledger.csv"))
        self.assertEqual((facts["ranks"], facts["threads"]), (2, 2))
        self.assertEqual(facts["slurm_job_id"], str(detect))
        self.assertEqual(facts["slurm_nodes"], "n[1-2]")
        self.assertTrue((self.folder / "results.followup" / "anomalies.csv").exists())
        stamped = [line for line in self.log(detect).splitlines() if " ingest " in line]
        self.assertEqual(len(stamped), 1, self.log(detect))
        self.assertIn(str(detect), stamped[0])

    def test_an_array_has_a_task_for_each_ledger(self):
        names = ["may.csv", "june 24.csv", "july.csv"]
        for i, name in enumerate(names):
            write_ledger(self.folder / name, plain_rows(600 + i, 20))
        detect, followup = self.submit("--array", *names, "-o", "all")
        for task in (1, 2, 3):
            self.ends(f"{detect}_{task}", "COMPLETED")
            self.ends(f"{followup}_{task}", "COMPLETED")
        for name in names:
            made = self.folder / "all" / name.replace(".csv", ".h5")
            self.assertEqual(read_run(made)["content_digest"], self.want(self.folder / name))
            self.assertTrue(made.with_suffix(".followup").is_dir())

    def test_a_ledger_that_cannot_be_used_is_refused_before_anything_is_queued(self):
        (self.folder / "bad.csv").write_text("Company,Account\n1,2\n")
        with self.assertRaisesRegex(RuntimeError, "(?s)65.*bad.csv.*no column"):
            self.submit("bad.csv")

    def test_results_are_not_overwritten_nor_written_by_two_tasks(self):
        (self.folder / "other").mkdir()
        for name in ("a.csv", "other/a.csv"):
            write_ledger(self.folder / name, plain_rows(50, 2))
        (self.folder / "a.h5").write_text("kept")
        with self.assertRaisesRegex(RuntimeError, "(?s)73.*a.h5 exists"):
            self.submit("a.csv", "-o", "a.h5")
        with self.assertRaisesRegex(RuntimeError, "(?s)73.*a.h5 exists"):
            self.submit("--array", "a.csv", "-o", ".")
        with self.assertRaisesRegex(RuntimeError, "(?s)64.*two ledgers would write all/a.h5"):
            self.submit("--array", "a.csv", "other/a.csv", "-o", "all")

    def test_a_ledger_that_turns_out_bad_ends_the_job_with_its_sentence(self):
        write_ledger(self.folder / "bad.csv", plain_rows(50, 2))
        with open(self.folder / "bad.csv", "a", encoding="ascii") as ledger:
            ledger.write('2024-01-31,1,2,"3,4,5,1,open\n')
        number = self.sbatch("-n2", self.slurm / "detect.sbatch", "bad.csv", "-o", "results.h5")
        self.ends(number, "FAILED", 65)
        said = [line for line in self.log(number).splitlines() if line.startswith("tieout: ")]
        self.assertEqual(len(said), 2, self.log(number))
        self.assertRegex(said[0], "bad.csv, line 52")
        self.nothing_left("results")

    def test_a_failure_ends_the_chain_and_is_told(self):
        write_ledger(self.folder / "ledger.csv", plain_rows(50, 2))
        done = subprocess.run([self.slurm / "submit", "--wait", "ledger.csv", "-o",
                               "gone/results.h5"], cwd=self.folder, env=cluster.environment,
                              capture_output=True, text=True, timeout=120)
        detect, followup = map(int, re.findall(SUBMITTED, done.stdout))
        self.assertEqual(done.returncode, 73, done)
        self.assertIn(f"job {detect}: FAILED, exit code 73:0", done.stdout)
        self.ends(followup, "CANCELLED")
        said = [line for line in self.log(detect).splitlines() if line.startswith("tieout: ")]
        self.assertEqual(len(said), 2, self.log(detect))
        self.assertIn("results.h5", said[0])
        self.assertIn("exit code 73", said[1])

    def test_nothing_of_the_environment_goes_along(self):
        environment = dict(cluster.environment, JIRA_TOKEN="hush-hush-4711")
        said = subprocess.run([self.slurm / "submit", "--sbatch", "--hold",
                               home / "ledger.csv"], cwd=self.folder, env=environment,
                              capture_output=True, text=True, timeout=60, check=True).stdout
        jobs = re.findall(SUBMITTED, said)
        kept = subprocess.run(["grep", "-rlF", "hush-hush-4711", home / "slurm" / "state"],
                              capture_output=True, text=True)
        self.assertEqual((kept.returncode, kept.stdout), (1, ""))
        cluster.run("scancel", *jobs)


class Layouts(OnSlurm):
    def check(self, ledger, *options, program=TIEOUT, **settings):
        self.site(tieout=program, **settings)
        number = self.sbatch(*options, self.slurm / "detect.sbatch", ledger, "-o",
                             "out.h5")
        self.ends(number, "COMPLETED")
        facts = read_run(self.folder / "out.h5")
        self.assertEqual(facts["content_digest"], self.want(ledger))
        return facts

    def test_mpirun_over_two_nodes(self):
        # The nodes' prolog speaks to srun's tasks alone.
        launcher = "mpirun --allow-run-as-root --mca pml ob1 --mca btl_tcp_if_include lo " \
                   "--mca oob_tcp_if_include lo --mca mpi_yield_when_idle 1"
        facts = self.check(home / "ledger.csv", "-N2", "-n4", launcher=launcher)
        self.assertEqual((facts["ranks"], facts["threads"]), (4, 1))

    def test_more_ranks_than_accounts_and_an_account_with_half_of_all_rows(self):
        rows = plain_rows(400, 1) + [[*row[:2], "170", *row[3:]] for row in plain_rows(200, 1)] \
            + [[*row[:2], "180", *row[3:]] for row in plain_rows(200, 1)]
        write_ledger(self.folder / "uneven.csv", rows)
        facts = self.check(self.folder / "uneven.csv", "-N2", "-n4")
        self.assertEqual(facts["ranks"], 4)
        self.assertEqual(facts["rows_on_fullest_rank"], 400)

    def test_ranks_with_different_instruction_sets(self):
        wrapper = self.folder / "mixed"
        wrapper.write_text('#!/bin/sh\ncase $SLURM_PROCID in\n1) TIEOUT_SIMD=portable ;;\n'
                           f'*) TIEOUT_SIMD=auto ;;\nesac\nexport TIEOUT_SIMD\nexec {TIEOUT} "$@"\n')
        wrapper.chmod(0o755)
        self.check(home / "ledger.csv", "-N2", "-n2", program=wrapper)

    def test_scaling_is_measured_on_the_ranks_of_the_allocation(self):
        (self.folder / "benchmarks").symlink_to(SOURCE / "benchmarks")
        number = self.sbatch("-N2", "-n2", self.slurm / "scaling.sbatch", "2000", "--runs", "1")
        self.ends(number, "COMPLETED")
        lines = [json.loads(line) for line in self.log(number).splitlines() if line[:1] == "{"]
        self.assertEqual([(line["bench"], line["ranks"], line["rows"]) for line in lines],
                         [("strong_scaling", 1, 4000), ("strong_scaling", 2, 4000),
                          ("weak_scaling", 1, 2000), ("weak_scaling", 2, 4000)])

    def test_tasks_that_do_not_see_each_other_say_so(self):
        self.site(launcher="srun --mpi=none")
        number = self.sbatch("-N2", "-n2", self.slurm / "detect.sbatch", home / "ledger.csv",
                             "-o", "alone.h5")
        self.ends(number, "FAILED")
        self.assertEqual(self.log(number).count("srun --mpi=pmix"), 1, self.log(number))
        self.nothing_left("alone")


class Stopping(OnSlurm):
    # Enough trees for the run to be under way for seconds after the log says that they are grown.
    LONG = ("--trees", "3000")

    def begin(self, name):
        number = self.sbatch("-N2", "-n2", self.slurm / "detect.sbatch", home / "long.csv", "-o",
                             name, *self.LONG)
        self.wait_for_line(number, " train ")
        return number

    def test_the_warning_before_the_time_limit_queues_the_job_again(self):
        number = self.begin("again.h5")
        cluster.run("scancel", "--batch", "--signal=USR1", number)
        self.wait_for_line(number, "is queued again (exit code 75)")
        self.assertIn("stopped by a signal", self.log(number))
        cluster.restart(number)
        self.nothing_left("again")
        job = self.ends(number, "COMPLETED", seconds=180)
        self.assertEqual(job["Restarts"], "1")
        self.assertTrue((self.folder / "again.h5").exists(), self.log(number))
        facts = read_run(self.folder / "again.h5")
        self.assertEqual(facts["slurm_restart_count"], "1")
        self.assertEqual(facts["content_digest"], self.want(home / "long.csv", *self.LONG))

    def test_a_cancelled_job_leaves_nothing(self):
        number = self.begin("cancelled.h5")
        cluster.run("scancel", number)
        self.ends(number, "CANCELLED")
        wait_until(lambda: not list(self.folder.glob(".cancelled*")), 15, "the temporary gone")
        self.nothing_left("cancelled")

    def test_a_killed_rank_ends_the_job_with_a_sentence(self):
        number = self.begin("killed.h5")
        cluster.run("scancel", "--signal=KILL", f"{number}.0")
        self.ends(number, "FAILED")
        said = [line for line in self.log(number).splitlines() if line.startswith("tieout: ")]
        self.assertEqual(len(said), 1, self.log(number))
        self.assertIn("killed", said[0])
        self.assertFalse((self.folder / "killed.h5").exists())

    def test_a_followup_whose_service_is_down_goes_on_from_its_outbox(self):
        write_ledger(self.folder / "ledger.csv", breaking_rows())
        self.want(self.folder / "ledger.csv")
        with ContractServer() as server:
            key = self.folder / "key"
            key.write_text(server.login["agentic-tasks"][2] + "\n")
            key.chmod(0o600)
            (self.folder / "team.json").write_text(json.dumps({
                "tasks": {"url": server.url + "/tasks", "key_file": str(key), "at_once": 1},
                "network": {"plain_http": True, "attempts": 1}}))
            server.add_fault("/tasks", "POST", skip=2, times=None)
            number = self.sbatch("-p", "outside", self.slurm / "followup.sbatch", "local.h5",
                                 "--config", "team.json")
            self.wait_for_line(number, "is queued again (exit code 69)")
            begun = len(server.tasks.tasks)
            self.assertEqual(begun, 2)
            server.faults.clear()
            cluster.restart(number)
            self.ends(number, "COMPLETED")
            names = [task["body"]["task_name"] for task in server.tasks.tasks]
            self.assertGreater(len(names), begun)
            self.assertEqual(len(names), len(set(names)))
            self.assertEqual(server.violations, [])


if __name__ == "__main__":
    unittest.main()
