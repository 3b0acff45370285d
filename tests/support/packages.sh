# shellcheck shell=bash
# To be sourced. packages_need PURPOSE...: returns once every package that packages.txt lists
# for these purposes is installed; installs what is missing, or, without the right to, prints
# the command that would and ends the script with 1. Nothing missing: one dpkg-query.

packages_file=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)/packages.txt

# The listed packages of the purposes given, one a line.
packages_listed() {
    local purpose
    for purpose in "$@"; do
        awk -v purpose="$purpose" '$1 == purpose { print $2 }' "$packages_file"
    done
}

# Those of the packages named that are not installed, one a line.
packages_missing() {
    # dpkg-query fails for a package it has never heard of, which is just what we ask.
    { dpkg-query -W -f '${Package} ${db:Status-Status}\n' "$@" 2>/dev/null || true; } |
        awk -v wanted="$*" '
            $2 == "installed" { here[$1] = 1 }
            END { n = split(wanted, name, " ")
                  for (i = 1; i <= n; i++) if (!(name[i] in here)) print name[i] }'
}

packages_need() {
    local listed missing as_root=()
    mapfile -t listed < <(packages_listed "$@")
    if ! command -v dpkg-query >/dev/null; then
        echo "This is not Debian: see that you have what packages.txt lists." >&2
        return 0
    fi
    mapfile -t missing < <(packages_missing "${listed[@]}")
    [ "${#missing[@]}" -eq 0 ] && return 0
    if [ "$(id -u)" -ne 0 ]; then
        if ! sudo -n true 2>/dev/null; then
            {
                echo "Missing packages. As root, run:"
                echo "    apt-get update && apt-get install --no-install-recommends ${missing[*]}"
            } >&2
            exit 1
        fi
        as_root=(sudo -n)
    fi
    echo "Installing ${missing[*]}"
    "${as_root[@]}" apt-get -q -o DPkg::Lock::Timeout=300 update
    "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -q -y \
        -o DPkg::Lock::Timeout=300 install --no-install-recommends "${missing[@]}"
}
