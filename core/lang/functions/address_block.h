/* address_block: an IP network, or a single address as the longest of prefixes. */
#pragma once

#include "str.h"

typedef unsigned __int128 Uint128;

typedef struct AddressBlock {
    Uint128 base; /* without host bits; an IPv4 address in the low 32 */
    uint32_t prefix;
    uint32_t bits; /* 32 or 128 */
} AddressBlock;

/* "10.0.0.0/8"; host bits are dropped. Leading zeros are decimal. An IPv4 network written as an
 * IPv6 one (::ffff:…) is IPv4. */
MUST_USE bool address_block_parse(Str text, AddressBlock *out, Arena *arena);
/* An address without prefix. */
MUST_USE bool address_block_parse_address(Str text, AddressBlock *out, Arena *arena);
Str address_block_to_str(AddressBlock block, Arena *arena);
/* The address alone. */
Str address_block_address(Uint128 address, uint32_t bits, Arena *arena);
Uint128 address_block_last(AddressBlock block);
bool address_block_contains(AddressBlock block, Uint128 address);
