#!/bin/sh
# docs.sh: write the documents that are made from the program's own tables.
set -eu

build/enthesis knowledge docs >docs/knowledge.md
build/enthesis case docs >docs/case.md
build/enthesis serve docs >docs/api.md
build/enthesis help --markdown >docs/commands.md
build/enthesis calibrate cross --markdown >docs/validation.md
