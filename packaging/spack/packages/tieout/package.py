# A Spack recipe, in a repository of its own. It builds the working copy it is called in:
#   spack repo add packaging/spack && spack dev-build tieout@0.1.0
from spack.package import *


class Tieout(CMakePackage):
    """Finds the balances of a month-end ledger that stopped tying out."""

    version("0.1.0")

    depends_on("cmake@3.25:", type="build")
    depends_on("pkgconfig", type="build")
    depends_on("mpi")
    depends_on("hdf5~mpi")
    depends_on("openssl")
    depends_on("curl@7.85:")
    depends_on("sqlite")
    depends_on("cjson")
    depends_on("xxhash")

    def cmake_args(self):
        return [self.define("BUILD_TESTING", False)]
