#!/bin/sh
# Argument: $1 the command. Standard input starts with shell text that sets the environment, up to a line "loam-end";
# the rest is the input of the command. `read` consumes no byte after its line, so the command receives all of the rest.
set -u
e=
while IFS= read -r l && [ "$l" != loam-end ]; do
  e="$e$l
"
done
eval "$e"
unset e l
exec sh -c "$1"
