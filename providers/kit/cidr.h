/* Cidr: an address with prefix length, such as "10.17.0.1/24" or "fd00::1/64". */
#pragma once

#include "str.h"

typedef struct Cidr {
    bool is_v6;
    unsigned prefix;
    uint8_t bytes[16]; /* IPv4 uses the first 4 */
} Cidr;

/* Parses an address with prefix length; bits after the prefix stay. */
MUST_USE bool cidr_parse(Str text, Cidr *out);
/* Parses an address without prefix; the prefix is 32 or 128. */
MUST_USE bool cidr_parse_address(Str text, Cidr *out);
/* Returns whether the address is in the network of `network`. */
bool cidr_contains(const Cidr *network, const Cidr *address);
bool cidr_equal(const Cidr *a, const Cidr *b);
/* Compares two addresses of one family, for sorting. */
int cidr_compare(const Cidr *a, const Cidr *b);
/* Converts "255.255.255.0" to 24; returns false if the text is not a mask. */
MUST_USE bool cidr_prefix_of_mask(Str mask, unsigned *prefix);
/* Returns the text up to the slash; does not validate it. */
Str cidr_address_text(Str text);
