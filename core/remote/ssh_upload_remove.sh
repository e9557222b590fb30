#!/bin/sh
# Argument: the path.
if [ -d "$1" ]; then echo "a folder stands there" >&2; exit 93; fi
rm -f "$1"
