"""A certificate authority for one test, by openssl: thrown away with its folder.

    ca = ThrowawayCA(folder)                  # about half a second
    ca.ca_file                                # what the client is to trust: network.ca-file
    certificate, key = ca.pair("good")        # for localhost, 127.0.0.1 and ::1
    certificate, key = ca.pair("wrong-host")  # issued by it, for another name
    certificate, key = ca.pair("expired")     # issued by it, until yesterday
    certificate, key = ca.pair("self-signed") # for localhost, by nobody

By hand: throwaway_ca.py FOLDER"""

import subprocess
import sys
from pathlib import Path

NEW_KEY = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]
THIS_MACHINE = "DNS:localhost,IP:127.0.0.1,IP:::1"


def openssl(*arguments):
    subprocess.run(["openssl", *map(str, arguments)], check=True, capture_output=True)


class ThrowawayCA:
    NAMES = ("good", "wrong-host", "expired", "self-signed")

    def __init__(self, folder):
        self.folder = Path(folder)
        self.ca_file = self.folder / "ca.pem"
        self._key = self.folder / "ca.key"
        openssl("req", "-x509", *NEW_KEY, "-keyout", self._key, "-out", self.ca_file,
                "-subj", "/CN=tieout test authority", "-days", "2",
                "-addext", "basicConstraints=critical,CA:TRUE",
                "-addext", "keyUsage=critical,keyCertSign")
        self._issue("good", THIS_MACHINE)
        self._issue("wrong-host", "DNS:other.invalid")
        self._issue("expired", THIS_MACHINE, days=-1)
        certificate, key = self.pair("self-signed")
        openssl("req", "-x509", *NEW_KEY, "-keyout", key, "-out", certificate,
                "-subj", "/CN=localhost", "-days", "2", "-addext", f"subjectAltName={THIS_MACHINE}")

    def pair(self, name):
        """The paths of a server's certificate and of its key, both PEM."""
        return self.folder / f"{name}.pem", self.folder / f"{name}.key"

    def _issue(self, name, hosts, days=2):
        certificate, key = self.pair(name)
        asked = self.folder / f"{name}.csr"
        extensions = self.folder / f"{name}.ext"
        extensions.write_text(f"subjectAltName={hosts}\n", encoding="ascii")
        openssl("req", "-new", *NEW_KEY, "-keyout", key, "-out", asked, "-subj", f"/CN={name}")
        openssl("x509", "-req", "-in", asked, "-CA", self.ca_file, "-CAkey", self._key,
                "-CAcreateserial", "-days", days, "-extfile", extensions, "-out", certificate)


if __name__ == "__main__":
    print(ThrowawayCA(sys.argv[1]).ca_file)
