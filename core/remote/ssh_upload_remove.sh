#!/bin/sh
# Argument: the path.
# shellcheck source=remote_path.sh
. ./remote_path.sh
if [ -d "$1" ]; then echo "the path is a directory" >&2; exit 93; fi
enter_directory "$1" || exit 0
rm -f "./$name"
