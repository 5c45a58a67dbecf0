#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# peers_r.sh: build mapbayr on mrgsolve (R packages for fitting one person's numbers), which `make
# bench` compares with, into build/peers/R. Not in Debian: used where copies of their repositories
# lie in build/peers/mrgsolve and build/peers/mapbayr. What they need comes with `tools/need.sh
# peers_r`. Both are under the GPL and only run, as programs of their own; nothing of them is linked
# or kept. One processor, about two minutes. What cannot be had is named on the error output.
set -eu

packages="mrgsolve mapbayr"
folder=build/peers

mkdir -p $folder
cd $folder

missing=
for package in $packages; do
    [ -e "R/$package/DESCRIPTION" ] || missing="$missing $package"
done
[ -n "$missing" ] || exit 0
for package in $missing; do
    if [ ! -e "$package/DESCRIPTION" ]; then
        echo "peers_r.sh: left out: mapbayr (no copy of $package in $folder)" >&2
        exit 0
    fi
done
if ! (cd ../.. && tools/need.sh peers_r) >log_r 2>&1; then
    echo "peers_r.sh: left out: mapbayr (no R: $folder/log_r)" >&2
    exit 0
fi

# Build $1 from a copy of its sources. Debian 12 has an older BH than mrgsolve asks for; what it uses
# of it is there.
install_package() {
    rm -rf made "R/$1"
    mkdir -p made R
    cp -R "$1" made/
    sed 's/BH (>= [0-9.-]*)/BH/' "$1/DESCRIPTION" >"made/$1/DESCRIPTION"
    R_LIBS=$PWD/R nice -n 10 R CMD INSTALL --no-docs --no-multiarch --library=R "made/$1"
}

for package in $missing; do
    if ! install_package "$package" >>log_r 2>&1; then
        echo "peers_r.sh: left out: mapbayr ($package could not be built: $folder/log_r)" >&2
        break
    fi
done
rm -rf made
