#!/bin/sh
# configure.sh NAME OPTION...: one meson build folder per variant under build/.
set -eu
tools/web.sh

name=$1
shift
if [ -d build/cvode ]; then
    set -- "$@" "-Dcvode=$PWD/build/cvode"
fi
if [ -e "build/$name/build.ninja" ]; then
    # An option that this folder does not know yet makes it read the options anew.
    meson configure "build/$name" "$@" >"build/$name.log" 2>&1 ||
        meson setup --reconfigure "build/$name" "$@" >"build/$name.log" ||
        { cat "build/$name.log" >&2; exit 1; }
else
    mkdir -p build
    meson setup "build/$name" "$@" >"build/$name.log" || { cat "build/$name.log" >&2; exit 1; }
fi
