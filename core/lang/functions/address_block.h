/* address_block: an IP network; a single address is a network with the longest prefix. */
#pragma once

#include "str.h"

typedef unsigned __int128 Uint128;

typedef struct AddressBlock {
    Uint128 base; /* without host bits; IPv4 uses the low 32 bits */
    uint32_t prefix;
    uint32_t bits; /* 32 or 128 */
} AddressBlock;

/* Parses "10.0.0.0/8". Drops host bits; reads numbers with leading zeros as decimal. An IPv4
 * network in IPv6 notation (::ffff:…) becomes IPv4. */
MUST_USE bool address_block_parse(Str text, AddressBlock *out, Arena *arena);
/* Parses an address without prefix. */
MUST_USE bool address_block_parse_address(Str text, AddressBlock *out, Arena *arena);
Str address_block_to_str(AddressBlock block, Arena *arena);
/* Returns the address without prefix. */
Str address_block_address(Uint128 address, uint32_t bits, Arena *arena);
Uint128 address_block_last(AddressBlock block);
bool address_block_contains(AddressBlock block, Uint128 address);
