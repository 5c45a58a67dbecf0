#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# peers.sh: build, for this processor, the solvers that `make bench` compares with, from Debian's
# source packages, under build/peers. Needs no root. Prints the names of what there is, with commas
# (for meson -Dpeers); what cannot be had is named on the error output and left out.
# shellcheck disable=SC2086 # $flags is a list of words
set -eu

mkdir -p build/peers
cd build/peers
peers=$PWD
flags="-O3 -march=native -w"

# apt-get with a private folder for everything, and with sources where the system has packages.
apt() {
    apt-get -qq -o Dir::Etc::SourceList=/dev/null -o Dir::Etc::SourceParts="$peers/apt/parts" \
        -o Dir::State::Lists="$peers/apt/lists" -o Dir::Cache="$peers/apt" "$@"
}

# Unpack the source package $1 into the folder $2.
unpack() {
    [ ! -d "$2" ] || return 0
    mkdir -p apt/parts apt/lists/partial apt/archives/partial
    for list in /etc/apt/sources.list /etc/apt/sources.list.d/*; do
        [ ! -f "$list" ] || sed -n -e '/^Types:/s/.*/Types: deb-src/' -e 's/^deb /deb-src /' \
            -e '/^[A-Z#]/p;/^deb-src /p;/^$/p;/^ /p' "$list" >"apt/parts/${list##*/}"
    done
    [ ! -f apt/parts/sources.list ] || mv apt/parts/sources.list apt/parts/system.list
    apt update || true # a list without sources is no reason to stop
    apt source --download-only --tar-only "$1" && mkdir "$2" &&
        tar -xf "$1"_*.orig.tar.* -C "$2" --strip-components=1
}

cvode() {
    [ ! -e cvode/lib/libsundials_cvode.a ] || return 0
    unpack sundials sundials &&
        cmake -S sundials -B sundials/build -DCMAKE_BUILD_TYPE=Release -DCMAKE_C_FLAGS="$flags" \
            -DCMAKE_INSTALL_PREFIX="$peers/cvode" -DCMAKE_INSTALL_LIBDIR=lib \
            -DBUILD_SHARED_LIBS=OFF -DBUILD_ARKODE=OFF -DBUILD_CVODES=OFF -DBUILD_IDA=OFF \
            -DBUILD_IDAS=OFF -DBUILD_KINSOL=OFF -DEXAMPLES_ENABLE_C=OFF -DEXAMPLES_INSTALL=OFF \
            -DSUNDIALS_LOGGING_LEVEL=0 &&
        cmake --build sundials/build --target install --parallel 2
}

# Not in Debian: used where a copy of its repository lies in build/peers/liblsoda.
liblsoda() {
    [ -d liblsoda/src ] && make -C liblsoda/src CFLAGS="$flags" &&
        ar rc liblsoda/libliblsoda.a liblsoda/src/*.o
}

found=
for peer in cvode liblsoda; do
    if $peer >>log 2>&1; then
        found="$found${found:+,}$peer"
    else
        echo "peers.sh: left out: $peer (build/peers/log)" >&2
    fi
done
echo "$found"
