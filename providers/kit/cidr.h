/* Cidr: "10.17.0.1/24", "fd00::1/64": an address with the length of its network's prefix. */
#pragma once

#include "str.h"

typedef struct Cidr {
    bool is_v6;
    unsigned prefix;
    uint8_t bytes[16]; /* 4 of IPv4 */
} Cidr;

MUST_USE bool cidr_parse(Str text, Cidr *out);
/* An address without prefix. */
MUST_USE bool cidr_parse_address(Str text, Cidr *out);
/* The address lies in the network of `network`. */
bool cidr_contains(const Cidr *network, const Cidr *address);
bool cidr_equal(const Cidr *a, const Cidr *b);
/* Order of two addresses of one family. */
int cidr_compare(const Cidr *a, const Cidr *b);
/* "255.255.255.0" → 24; false when it is no mask. */
MUST_USE bool cidr_prefix_of_mask(Str mask, unsigned *prefix);
/* Text without "/24". */
Str cidr_address_text(Str text);
