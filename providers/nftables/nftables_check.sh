#!/bin/sh
# Arguments: family, name. Checks the commands on standard input without changing anything; prints what nft says.
# shellcheck source=nftables_prelude.sh
. ./nftables_prelude.sh
need_nft
nft -c -f - 2>&1 || exit 86
