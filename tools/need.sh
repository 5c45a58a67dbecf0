#!/bin/sh
# need.sh GROUP...: install the missing Debian packages of the groups run, mpi, test, check, bench,
# peers_r.
set -eu

packages() {
    case $1 in
    run) echo gcc libc6-dev make meson ninja-build pkg-config libjson-c-dev libcairo2-dev \
        libpango1.0-dev libmicrohttpd-dev libgnutls28-dev libsodium-dev libsqlite3-dev libpq-dev \
        zlib1g-dev fonts-dejavu-core fonts-noto-core fonts-droid-fallback
        # For the page. Any npm will do; Debian's is large, so it comes only where there is none.
        command -v npm >/dev/null 2>&1 || echo nodejs npm ;;
    mpi) echo libopenmpi-dev openmpi-bin ;;
    test) echo libcmocka-dev libsbml5-dev poppler-utils postgresql-15 chromium-headless-shell ;;
    check) echo clang libclang-rt-14-dev clang-format-14 clang-tidy-14 cppcheck shellcheck git ;;
    bench) echo cmake g++ libboost-dev libnlopt-dev wrk orthanc ;;
    peers_r) echo r-base-core r-cran-bh r-cran-dplyr r-cran-ggplot2 r-cran-glue r-cran-lifecycle \
        r-cran-magrittr r-cran-minqa r-cran-progress r-cran-purrr r-cran-rcpp \
        r-cran-rcpparmadillo r-cran-rlang r-cran-stringr r-cran-tibble r-cran-tidyr \
        r-cran-tidyselect ;;
    *) echo "need.sh: no group $1; use run, mpi, test, check, bench or peers_r" >&2; exit 2 ;;
    esac
}

missing=
for group in "$@"; do
    for package in $(packages "$group"); do
        state=$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null || true)
        [ "$state" = installed ] || missing="$missing $package"
    done
done
if [ -n "$missing" ]; then
    if [ "$(id -u)" = 0 ]; then
        as_root=
    elif command -v sudo >/dev/null 2>&1; then
        as_root=sudo
    else
        echo "Some packages are missing, and this user may not install them. As root, run:" >&2
        echo "  apt-get install --no-install-recommends$missing" >&2
        exit 1
    fi
    echo "Installing:$missing"
    export DEBIAN_FRONTEND=noninteractive
    # shellcheck disable=SC2086 # a list of words, and an empty word for root
    $as_root apt-get -o DPkg::Lock::Timeout=300 -qq update
    # shellcheck disable=SC2086
    $as_root apt-get -o DPkg::Lock::Timeout=300 -qq install --yes --no-install-recommends \
        $missing >/dev/null
fi
case " $* " in
*" test "*) tools/cvode.sh ;;
esac
