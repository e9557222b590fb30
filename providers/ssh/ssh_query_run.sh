#!/bin/sh
# Argument: $1 the command. Standard input starts with shell text that sets the environment, up to a line "loam-end";
# the rest is the input of the command. The shell reads it byte by byte, so nothing of the rest is lost.
set -u
e=
while IFS= read -r l && [ "$l" != loam-end ]; do
  e="$e$l
"
done
eval "$e"
unset e l
exec sh -c "$1"
