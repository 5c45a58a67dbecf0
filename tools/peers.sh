#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# peers.sh: build, for this processor, the solvers that `make bench` compares with, from Debian's
# source packages, under build/peers. Needs no root. Prints the names of what there is, with commas
# (for meson -Dpeers); what cannot be had is named on the error output and left out.
set -eu

mkdir -p build/peers
cd build/peers
peers=$PWD
flags="-O3 -march=native"

# apt-get with a private folder for everything, and with sources where the system has packages.
apt() {
    apt-get -qq -o Dir::Etc::SourceList=/dev/null -o Dir::Etc::SourceParts="$peers/apt/parts" \
        -o Dir::State::Lists="$peers/apt/lists" -o Dir::Cache="$peers/apt" "$@" \
        >>"$peers/log" 2>&1
}

# Unpack the source package $1 into the folder $2.
unpack() {
    [ ! -d "$2" ] || return 0
    if [ ! -d apt ]; then
        mkdir -p apt/parts apt/lists/partial apt/archives/partial
        for list in /etc/apt/sources.list.d/*.sources; do
            [ ! -e "$list" ] || sed 's/^Types:.*/Types: deb-src/' "$list" >"apt/parts/${list##*/}"
        done
        for list in /etc/apt/sources.list /etc/apt/sources.list.d/*.list; do
            [ ! -e "$list" ] || sed -n 's/^deb /deb-src /p' "$list" >"apt/parts/${list##*/}.list"
        done
        apt update || true # a list without sources is no reason to stop
    fi
    apt source --download-only --tar-only "$1" || return 1
    mkdir "$2"
    tar -xf "$1"_*.orig.tar.* -C "$2" --strip-components=1
}

cvode() {
    [ ! -e cvode/lib/libsundials_cvode.a ] || return 0
    unpack sundials sundials || return 1
    cmake -S sundials -B sundials/build -DCMAKE_BUILD_TYPE=Release -DCMAKE_C_FLAGS="$flags" \
        -DCMAKE_INSTALL_PREFIX="$peers/cvode" -DCMAKE_INSTALL_LIBDIR=lib \
        -DBUILD_SHARED_LIBS=OFF -DBUILD_ARKODE=OFF -DBUILD_CVODES=OFF -DBUILD_IDA=OFF \
        -DBUILD_IDAS=OFF -DBUILD_KINSOL=OFF -DEXAMPLES_ENABLE_C=OFF -DEXAMPLES_INSTALL=OFF \
        -DSUNDIALS_LOGGING_LEVEL=0 >>log 2>&1 &&
        cmake --build sundials/build --target install --parallel 2 >>log 2>&1
}

# Of the package only the files of ODEPACK and LINPACK, for a program that is never passed on.
lsoda() {
    [ ! -e lsoda/lib/liblsoda.a ] || return 0
    unpack r-cran-desolve desolve || return 1
    mkdir -p lsoda/lib
    for file in opkdmain opkda1 dlinpk; do
        # shellcheck disable=SC2086 # a list of flags
        gfortran $flags -ffunction-sections -std=legacy -w -c "desolve/src/$file.f" -o "lsoda/$file.o" >>log 2>&1 ||
            return 1
    done
    ar rc lsoda/lib/liblsoda.a lsoda/*.o
}

found=
for peer in cvode lsoda; do
    if $peer; then
        found="$found${found:+,}$peer"
    else
        echo "peers.sh: no $peer, see build/peers/log" >&2
    fi
done
echo "$found"
