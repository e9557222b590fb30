#!/bin/sh
# Arguments: $1 the command; $2 a number of lines. Standard input starts with so many lines of shell text that set the
# environment; the rest is the input of the command. `read` consumes no byte after its line, so the command receives all
# of the rest.
set -u
e='' n=$2
while [ "$n" -gt 0 ]; do
  IFS= read -r l || { echo "the environment is incomplete" >&2; exit 92; }
  n=$((n - 1))
  e="$e$l
"
done
eval "$e"
unset e l n
exec sh -c "$1"
