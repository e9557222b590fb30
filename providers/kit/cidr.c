/* cidr: parses and compares addresses and networks. */
#include "cidr.h"

#include <arpa/inet.h>

bool cidr_parse_address(Str text, Cidr *out) {
    if (text.len == 0 || text.len >= INET6_ADDRSTRLEN || memchr(text.ptr, 0, text.len))
        return false;
    SCOPED(ArenaRef) scratch = arena_open("cidr");
    const char *address = str_to_cstr(text, scratch);
    Cidr cidr = {.is_v6 = str_find_char(text, ':', 0) != SIZE_MAX};
    if (inet_pton(cidr.is_v6 ? AF_INET6 : AF_INET, address, cidr.bytes) != 1)
        return false;
    cidr.prefix = cidr.is_v6 ? 128 : 32;
    *out = cidr;
    return true;
}

bool cidr_parse(Str text, Cidr *out) {
    size_t slash = str_find_char(text, '/', 0);
    uint64_t prefix = 0;
    Cidr cidr;
    if (slash == SIZE_MAX || !cidr_parse_address(str_slice(text, 0, slash), &cidr))
        return false;
    if (!str_to_uint64(str_after(text, slash + 1), &prefix) || prefix > cidr.prefix)
        return false;
    cidr.prefix = (unsigned)prefix;
    *out = cidr;
    return true;
}

static bool has_bit(const Cidr *cidr, unsigned bit) {
    return (cidr->bytes[bit / 8] & (0x80u >> (bit % 8))) != 0;
}

bool cidr_contains(const Cidr *network, const Cidr *address) {
    if (network->is_v6 != address->is_v6)
        return false;
    for (unsigned bit = 0; bit < network->prefix; bit++) {
        if (has_bit(network, bit) != has_bit(address, bit))
            return false;
    }
    return true;
}

int cidr_compare(const Cidr *a, const Cidr *b) {
    return memcmp(a->bytes, b->bytes, sizeof(a->bytes));
}

bool cidr_equal(const Cidr *a, const Cidr *b) {
    return a->is_v6 == b->is_v6 && a->prefix == b->prefix && cidr_compare(a, b) == 0;
}

bool cidr_prefix_of_mask(Str mask, unsigned *prefix) {
    Cidr cidr;
    if (!cidr_parse_address(mask, &cidr))
        return false;
    unsigned bits = 0;
    while (bits < cidr.prefix && has_bit(&cidr, bits))
        bits++;
    for (unsigned rest = bits; rest < cidr.prefix; rest++) {
        if (has_bit(&cidr, rest))
            return false;
    }
    *prefix = bits;
    return true;
}

Str cidr_address_text(Str text) {
    size_t slash = str_find_char(text, '/', 0);
    return slash == SIZE_MAX ? text : str_slice(text, 0, slash);
}
