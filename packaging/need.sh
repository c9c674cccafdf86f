# need.sh - sourced: `need PACKAGE...` installs the Debian packages that are missing, through apt, as
# root or with sudo, and says what it does. Nothing else on the machine is changed.

need() {
    local missing=() package as_root=()
    for package in "$@"; do
        dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || missing+=("$package")
    done
    [ ${#missing[@]} -eq 0 ] && return 0
    echo "Installing: ${missing[*]}" >&2
    if [ "$(id -u)" -ne 0 ]; then
        command -v sudo >/dev/null || { echo "need.sh: not root and no sudo; please install: ${missing[*]}" >&2; return 1; }
        as_root=(sudo)
    fi
    "${as_root[@]}" apt-get update -qq >&2 || echo "need.sh: apt-get update failed; trying with the lists that are here" >&2
    DEBIAN_FRONTEND=noninteractive "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
        apt-get install -y -qq --no-install-recommends "${missing[@]}" >&2
}

# What building needs, on Debian 12.
BUILD_PACKAGES=(gcc libc6-dev cmake ninja-build pkg-config protobuf-c-compiler libprotobuf-c-dev
    libzmq3-dev liblmdb-dev libsodium-dev libutf8proc-dev libinih-dev libjansson-dev libxlsxwriter-dev
    libqrencode-dev libxxhash-dev libmicrohttpd-dev zlib1g-dev libzip-dev libexpat1-dev)
