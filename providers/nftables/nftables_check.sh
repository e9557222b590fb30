#!/bin/sh
# Arguments: family, name. Checks the commands in standard input without changing anything; prints the messages of nft.
# shellcheck source=nftables_prelude.sh
. ./nftables_prelude.sh
need_nft
nft -c -f - 2>&1 || exit 86
