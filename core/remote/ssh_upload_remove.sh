#!/bin/sh
# Argument: the path.
if [ -d "$1" ]; then echo "the path is a directory" >&2; exit 93; fi
rm -f "$1"
