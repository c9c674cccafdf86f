# sources.sh - sourced by build.sh: Debian's source packages, for the suites that this system already uses.
#
# `sources_fetch FOLDER` writes an apt configuration of its own into FOLDER/apt, with deb-src for what /etc/apt names as
# Debian's; the system's own lists and sources stay as they are. `sources_version P` says which version there is;
# `sources_unpack P TO` unpacks it, Debian's patches applied. apt checks the signatures, with Debian's own keys.

sources_fetch() {
    sources_apt=$1/apt
    mkdir -p "$sources_apt"/{lists/partial,archives/partial,sources}
    apt-get indextargets --format '$(REPO_URI) $(RELEASE) $(COMPONENT) $(ORIGIN)' 'Created-By: Packages' |
        awk '!seen[$0]++' | while read -r uri release component origin; do
            [ "$origin" = Debian ] &&
                echo "deb-src [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $uri $release $component"
        done >"$sources_apt/sources.list"
    [ -s "$sources_apt/sources.list" ] || { echo "sources.sh: apt knows no suite of Debian's" >&2; return 1; }
    sources_options=(-o "Dir::Etc::sourcelist=$sources_apt/sources.list" -o Dir::Etc::sourceparts=-
        -o "Dir::State::lists=$sources_apt/lists" -o "Dir::Cache=$sources_apt" -o "Dir::Cache::archives=$sources_apt/archives"
        -o APT::Sandbox::User="$(id -un)" -o Debug::NoLocking=1)
    # Lists a day old will do: what is built is then what the last run built.
    if [ -z "$(find "$sources_apt/lists" -maxdepth 1 -name '*Sources*' -mmin -1440 -print -quit)" ]; then
        apt-get "${sources_options[@]}" update -qq >&2
    fi
}

# All versions that the suites have, the newest first.
sources_versions() {
    local version sorted=()
    while read -r version; do
        local i=0
        while [ $i -lt ${#sorted[@]} ] && dpkg --compare-versions "${sorted[$i]}" gt "$version"; do i=$((i + 1)); done
        sorted=("${sorted[@]:0:$i}" "$version" "${sorted[@]:$i}")
    done < <(apt-cache "${sources_options[@]}" showsrc --only-source "$1" | sed -n 's/^Version: //p' | sort -u)
    printf '%s\n' "${sorted[@]}"
}
sources_version() { sources_versions "$1" | head -1; }

# A mirror that lags behind its own lists has only the version before.
sources_unpack() {
    local package=$1 to=$2 version
    for version in $(sources_versions "$package"); do
        if (cd "$sources_apt/sources" &&
            apt-get "${sources_options[@]}" source -qq --download-only "$package=$version" >/dev/null 2>"$sources_apt/why"); then
            rm -rf "$(dirname "$to")" # where it also puts the archives
            mkdir -p "$(dirname "$to")"
            (cd "$sources_apt/sources" && dpkg-source --no-check -x "${package}_${version#*:}.dsc" "$to" >/dev/null)
            return
        fi
        echo "sources.sh: $package $version cannot be fetched" >&2
    done
    cat "$sources_apt/why" >&2
    return 1
}
