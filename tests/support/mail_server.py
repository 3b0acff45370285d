"""A real mail server for one test: exim on the loopback, as an ordinary user, with a spool of its
own. It takes what a strict server would take: a login, over TLS; lines of at most 998 bytes;
headers of ASCII with sound syntax and a Message-ID. Mail for whoever@test.invalid goes into one
mailbox; some recipients have a fate of their own:

    nosuch@     refused for good                 later@  put off until `open_up()`
    toxic@      the message refused after DATA   busy@   the message put off after DATA
    anyone at another domain: refused for good

    with MailServer(folder, *ca.pair("good")) as server:
        ... send to smtps://localhost:{server.smtps} or smtp://localhost:{server.starttls} ...
        server.mailbox(1)      # waits until exim has nothing left to deliver: [bytes]
        server.n_login         # messages taken from somebody who had logged in"""

import contextlib
import os
import re
import shutil
import signal
import socket
import subprocess
import time
from pathlib import Path

USER, PASSWORD = "robot", "correct horse, battery staple"
NOBODY = 65534
READY_SECONDS = 60

CONFIGURATION = r"""
primary_hostname = mail.test.invalid
exim_user = {user}
exim_group = {group}
never_users =
spool_directory = {root}/spool
log_file_path = {root}/log/%slog
pid_file_path = {root}/exim.pid
daemon_smtp_ports = {starttls} : {smtps}
tls_on_connect_ports = {smtps}
local_interfaces = 127.0.0.1
tls_advertise_hosts = {tls_hosts}
tls_certificate = {root}/server.pem
tls_privatekey = {root}/server.key
auth_advertise_hosts = {auth_hosts}
acl_smtp_mail = acl_mail
acl_smtp_rcpt = acl_rcpt
acl_smtp_data = acl_data
log_selector = +received_recipients +smtp_protocol_error +smtp_syntax_error
host_lookup =
rfc1413_query_timeout = 0s
keep_environment =
disable_ipv6 = true
begin acl
acl_mail:
  {login}
  accept
acl_rcpt:
  deny   !domains = test.invalid
  deny   local_parts = nosuch
         message = no such mailbox here
  defer  local_parts = later
         condition = ${{if exists{{{root}/open}}{{no}}{{yes}}}}
         message = mailbox is being moved
  accept
acl_data:
  deny   condition = ${{if >{{$max_received_linelength}}{{998}}}}
         message = line too long
  deny   !verify = header_syntax
  deny   condition = ${{if match{{$message_headers_raw}}{{\N[^\x00-\x7f]\N}}}}
         message = header is not ASCII
  deny   !condition = ${{if def:h_Message-ID:}}
  deny   condition = ${{if match{{$recipients}}{{toxic}}}}
         message = content is not wanted
  defer  condition = ${{if match{{$recipients}}{{busy}}}}
         message = disk is busy
  accept
begin routers
mailbox:
  driver = accept
  transport = maildir
begin transports
maildir:
  driver = appendfile
  maildir_format
  batch_max = 100
  create_directory
  directory = {root}/mail/inbox
  user = {user}
  group = {group}
  envelope_to_add
  return_path_add
begin authenticators
plain:
  driver = plaintext
  public_name = PLAIN
  server_prompts = :
  server_condition = ${{if and{{{{eq{{$auth2}}{{{name}}}}}{{eq{{$auth3}}{{{password}}}}}}}}}
  server_set_id = $auth2
begin retry
begin rewrite
"""


def exim():
    found = shutil.which("exim4") or "/usr/sbin/exim4"
    if not os.access(found, os.X_OK):
        raise RuntimeError("exim4 is not installed: see packages.txt")
    return found


def two_free_ports():
    with socket.create_server(("127.0.0.1", 0)) as one, \
            socket.create_server(("127.0.0.1", 0)) as other:
        return one.getsockname()[1], other.getsockname()[1]


class MailServer:
    """tls, auth: whether STARTTLS and the login are offered; without auth anyone may send."""

    def __init__(self, folder, certificate, key, tls=True, auth=True):
        self.root = Path(folder)
        self.starttls, self.smtps = two_free_ports()
        self._as_root = os.geteuid() == 0
        owner = (NOBODY, NOBODY) if self._as_root else (os.geteuid(), os.getegid())
        self.root.mkdir(parents=True)
        for part in ("spool", "log", "mail"):
            (self.root / part).mkdir()
        shutil.copy(certificate, self.root / "server.pem")
        shutil.copy(key, self.root / "server.key")
        (self.root / "exim.conf").write_text(CONFIGURATION.format(
            root=self.root, starttls=self.starttls, smtps=self.smtps, user=owner[0],
            group=owner[1], name=USER, password=PASSWORD,
            tls_hosts="*" if tls else "",
            auth_hosts="${if eq{$tls_in_cipher}{}{}{*}}" if auth else "",
            login="deny !authenticated = *" if auth else "# anyone may send"), encoding="utf-8")
        self._hand_over(owner)
        self._process = None

    def _hand_over(self, owner):
        if not self._as_root:
            return
        for path in [self.root, *self.root.rglob("*")]:
            os.chown(path, *owner)
        for parent in self.root.parents:  # a test's folder is closed to others
            if parent.stat().st_mode & 0o001 == 0:
                parent.chmod(parent.stat().st_mode | 0o011)

    def __enter__(self):
        drop = ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups"]
        command = [exim(), "-C", str(self.root / "exim.conf"), "-bdf"]
        with open(self.root / "stderr", "wb") as errors:
            self._process = subprocess.Popen(
                (drop if self._as_root else []) + command, stdin=subprocess.DEVNULL,
                stdout=errors, stderr=errors, cwd="/", start_new_session=True)
        try:
            self._wait_until_ready()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGTERM)
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()

    def _wait_until_ready(self):
        end = time.monotonic() + READY_SECONDS
        for port in (self.starttls, self.smtps):
            while True:
                if self._process.poll() is not None or time.monotonic() > end:
                    raise RuntimeError(f"exim does not run: {self.log()}")
                with contextlib.suppress(OSError):
                    socket.create_connection(("127.0.0.1", port), 1).close()
                    break
                time.sleep(0.02)

    def log(self):
        parts = [self.root / "stderr", *sorted((self.root / "log").glob("*"))]
        return "\n".join(path.read_text(errors="replace") for path in parts if path.exists())

    @property
    def n_login(self):
        """Messages that were sent after a login."""
        return len(re.findall(rf" <= .* A=plain:{USER} ", self.log()))

    def open_up(self):
        (self.root / "open").touch()

    def mailbox(self, at_least=0):
        """The messages delivered so far, oldest first, once nothing waits for delivery."""
        end = time.monotonic() + READY_SECONDS
        inbox = self.root / "mail" / "inbox" / "new"
        while True:
            waiting = list((self.root / "spool").glob("input/**/*-H"))
            there = sorted(inbox.glob("*"), key=lambda path: path.stat().st_mtime_ns) \
                if inbox.is_dir() else []
            if not waiting and len(there) >= at_least:
                return [path.read_bytes() for path in there]
            if time.monotonic() > end:
                raise AssertionError(f"{len(there)} messages where {at_least} are expected: "
                                     f"{self.log()}")
            time.sleep(0.05)
