#!/bin/sh
# Arguments: family, name; $3 "end": rolls back an unconfirmed change first.
# shellcheck source=nftables_prelude.sh
. ./nftables_prelude.sh
need_nft
if [ "$3" = end ] && [ -d "$d" ]; then roll_back; fi
list_table
