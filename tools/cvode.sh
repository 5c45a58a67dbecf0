#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Fetch the reference ODE solver (SUNDIALS CVODE) for tests and benchmarks into a folder, unless the
# system has it. Needs no root: the packages are downloaded and unpacked, not installed.
# Usage: tools/cvode.sh [FOLDER, default build/cvode]; then meson setup -Dcvode="$PWD/FOLDER"
set -eu

folder=${1:-build/cvode}
packages="libsundials-dev libsundials-cvode6 libsundials-nvecserial6 libsundials-sunmatrix4 \
libsundials-sunlinsol3"

if [ -e /usr/include/cvode/cvode.h ] || [ -e "$folder/usr/include/cvode/cvode.h" ]; then
    exit 0
fi
mkdir -p "$folder/packages"
cd "$folder/packages"
# _apt cannot write into a private folder; the warning about it is harmless.
# shellcheck disable=SC2086
if ! apt-get download $packages >log 2>&1; then
    cat log >&2
    echo "cvode.sh: apt-get download failed; run 'apt-get update' as root, or install" \
        "libsundials-dev" >&2
    exit 1
fi
cd ..
for package in packages/*.deb; do
    dpkg -x "$package" .
done
rm -r packages
