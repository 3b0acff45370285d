"""A throw-away Slurm on this machine: munge, a controller and a daemon for each of several virtual
nodes, all below one folder, on free ports, known by their process ids. Needs neither systemd nor
cgroups, and Debian's slurmd, which is built for several daemons on one machine."""

import os
import shutil
import signal
import socket
import subprocess
import time
from pathlib import Path

NODES, CPUS, MEGABYTES = 2, 2, 4000
PROGRAMS = ("munged", "slurmctld", "slurmd", "sbatch", "srun", "scontrol", "unshare")

# All nodes are this machine: no search for network hardware, no binding, and ranks that wait give
# their core away.
OPEN_MPI = {"pml": "ob1", "btl_tcp_if_include": "lo", "oob_tcp_if_include": "lo",
            "hwloc_base_binding_policy": "none", "mpi_yield_when_idle": "1"}


def search_path():
    return os.environ.get("PATH", "") + ":/usr/sbin:/sbin"


def missing():
    """Why no Slurm can be started here; empty if one can."""
    for program in PROGRAMS:
        if shutil.which(program, path=search_path()) is None:
            return f"{program} is not installed (packages.txt names its package)"
    if os.geteuid() != 0:
        return "only root may give each node a host name of its own"
    if subprocess.run(["unshare", "--uts", "true"], capture_output=True).returncode != 0:
        return "this container does not allow a host name for each node (unshare --uts)"
    return ""


def wait_until(met, seconds, what):
    """Polls; a wait that takes longer is a failure that says what for."""
    end = time.monotonic() + seconds
    while True:
        found = met()
        if found:
            return found
        if time.monotonic() > end:
            raise TimeoutError(f"{what}: not within {seconds} s")
        time.sleep(0.1)


def free_ports(n):
    """Ports that are free together; taken again at once by who asked."""
    held = [socket.socket() for _ in range(n)]
    for one in held:
        one.bind(("127.0.0.1", 0))
    ports = [one.getsockname()[1] for one in held]
    for one in held:
        one.close()
    return ports


class SlurmCluster:
    """with SlurmCluster(folder) as cluster: cluster.environment makes sbatch and the like talk to
    it. The folder's path must be short, as it holds a socket."""

    def __init__(self, folder):
        self.folder = Path(folder)
        self.conf = self.folder / "slurm.conf"
        self.environment = dict(os.environ, PATH=search_path(), SLURM_CONF=str(self.conf))
        self.pids = []

    def __enter__(self):
        try:
            self.write_files()
            self.start()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(self, *_):
        self.stop()

    def write_files(self):
        for name in ("state", "spool", "tmp", "log", "munge"):
            (self.folder / name).mkdir(parents=True)
        (self.folder / "munge").chmod(0o700)
        (self.folder / "munge.key").write_bytes(os.urandom(128))
        (self.folder / "munge.key").chmod(0o600)
        for i in range(1, NODES + 1):
            (self.folder / "tmp" / f"n{i}").mkdir()
        prolog = self.folder / "task-prolog"
        prolog.write_text("#!/bin/sh\n" + "".join(
            f"echo export OMPI_MCA_{name}={value}\n" for name, value in OPEN_MPI.items()))
        prolog.chmod(0o755)
        # Found by a slurmd even if nothing uses it; left to detect one, it may not start.
        (self.folder / "cgroup.conf").write_text("CgroupPlugin=cgroup/v1\n")
        host, ports, at = socket.gethostname().split(".")[0], free_ports(1 + NODES), self.folder
        nodes = "".join(
            f"NodeName=n{i} NodeHostname={host} NodeAddr=127.0.0.1 Port={ports[i]} Sockets=1 "
            f"CoresPerSocket={CPUS} ThreadsPerCore=1 RealMemory={MEGABYTES} State=UNKNOWN\n"
            for i in range(1, NODES + 1))
        self.conf.write_text(f"""ClusterName=test
SlurmctldHost={host}(127.0.0.1)
SlurmctldPort={ports[0]}
SlurmUser=root
AuthType=auth/munge
AuthInfo=socket={at}/munge.socket
CredType=cred/munge
StateSaveLocation={at}/state
SlurmdSpoolDir={at}/spool/%n
TmpFS={at}/tmp/%n
SlurmctldPidFile={at}/slurmctld.pid
SlurmdPidFile={at}/slurmd-%n.pid
SlurmctldLogFile={at}/log/slurmctld.log
SlurmdLogFile={at}/log/slurmd-%n.log
MailProg=/bin/true
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
TaskProlog={prolog}
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
MpiDefault=none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core_Memory
DefMemPerCPU={MEGABYTES // CPUS}
SlurmdParameters=config_overrides
ReturnToService=2
SlurmdTimeout=60
KillWait=5
MinJobAge=3600
SchedulerParameters=batch_sched_delay=0,sched_interval=2,bf_interval=1
EnforcePartLimits=ALL
{nodes}PartitionName=work Nodes=ALL Default=YES MaxTime=INFINITE State=UP
PartitionName=outside Nodes=n2 MaxTime=INFINITE State=UP
""")

    def begin(self, pid_file, *command):
        done = subprocess.run(command, env=self.environment, stdin=subprocess.DEVNULL,
                              capture_output=True, text=True, timeout=60)
        if done.returncode != 0:
            raise RuntimeError(f"{command[0]}: {done.stdout}{done.stderr}")
        path = self.folder / pid_file
        text = wait_until(lambda: path.exists() and path.read_text().strip(), 20, pid_file)
        self.pids.append(int(text))

    def start(self):
        at = self.folder
        self.begin("munged.pid", "munged", "--force", f"--key-file={at}/munge.key",
                   f"--socket={at}/munge.socket", f"--pid-file={at}/munged.pid",
                   f"--log-file={at}/log/munged.log", f"--seed-file={at}/munge/seed")
        self.begin("slurmctld.pid", "slurmctld", "-f", str(self.conf))
        for i in range(1, NODES + 1):
            # A host name for each: ranks of two nodes would share their shared memory's name.
            self.begin(f"slurmd-n{i}.pid", "unshare", "--uts", "sh", "-c",
                       f"hostname n{i} && exec slurmd -N n{i} -f {self.conf}")
        wait_until(lambda: self.run("sinfo", "-h", "-p", "work", "-t", "idle", "-o", "%D").strip()
                   == str(NODES), 30, "idle nodes")

    def stop(self):
        if len(self.pids) > 1:
            try:
                self.run("scancel", "-u", "root")
                wait_until(lambda: not self.run("squeue", "-h"), 20, "the end of all jobs")
            except (RuntimeError, TimeoutError, subprocess.TimeoutExpired) as error:
                print(f"stopping Slurm: {error}")
        for pid in reversed(self.pids):
            self.end(pid)
        self.pids = []

    @staticmethod
    def end(pid):
        def gone():
            try:
                state = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
            except (FileNotFoundError, ProcessLookupError):
                return True
            return state == "Z"
        for number in (signal.SIGTERM, signal.SIGKILL):
            if gone():
                return
            os.kill(pid, number)
            try:
                wait_until(gone, 15, f"the end of process {pid}")
            except TimeoutError:
                continue

    def run(self, *command, folder=None, timeout=60):
        """Its output; an error if it fails."""
        done = subprocess.run([str(word) for word in command], env=self.environment, cwd=folder,
                              stdin=subprocess.DEVNULL, capture_output=True, text=True,
                              timeout=timeout)
        if done.returncode != 0:
            raise RuntimeError(f"{command}: {done.returncode}\n{done.stdout}{done.stderr}")
        return done.stdout

    def job(self, number):
        """The job's fields, as scontrol shows them."""
        shown = self.run("scontrol", "show", "job", "-o", str(number)).splitlines()[0]
        return dict(word.split("=", 1) for word in shown.split() if "=" in word)

    def state(self, number):
        return self.job(number)["JobState"]

    def wait(self, number, *states, seconds=60):
        """Until the job is in one of these states."""
        def reached():
            job = self.job(number)
            return job if job["JobState"] in states else None
        try:
            return wait_until(reached, seconds, f"job {number} to be {' or '.join(states)}")
        except TimeoutError as error:
            raise TimeoutError(f"{error}; it is {self.job(number)}") from None

    def restart(self, number):
        """Starts a job that queued itself again soon, not two minutes later as Slurm would. Until
        it is pending, its state is of the start that ended; and a node refuses a job in the second
        in which it was killed."""
        def queued_again():
            job = self.job(number)
            return job["JobState"] == "PENDING" and job["Restarts"] != "0"
        wait_until(queued_again, 60, f"job {number} to be queued again")
        self.run("scontrol", "update", f"jobid={number}", "StartTime=now+3seconds")
