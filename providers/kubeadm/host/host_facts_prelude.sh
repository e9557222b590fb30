#!/bin/sh
# Begins a script that prints facts: one name and value per line.
set -u
LC_ALL=C
PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:/opt/bin
export LC_ALL PATH

# Prints a name and a text, unless the text is empty.
print_fact() {
  if [ -n "$2" ]; then printf '%s %s\n' "$1" "$2"; fi
}
