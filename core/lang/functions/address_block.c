/* address_block: stores IP addresses as integers of 128 bits. */
#include "address_block.h"

#include <arpa/inet.h>

static Uint128 host_mask(uint32_t bits, uint32_t prefix) {
    uint32_t host = bits - prefix;
    return host >= 128 ? ~(Uint128)0 : ((Uint128)1 << host) - 1;
}

Uint128 address_block_last(AddressBlock block) {
    return block.base | host_mask(block.bits, block.prefix);
}

bool address_block_contains(AddressBlock block, Uint128 address) {
    return address >= block.base && address <= address_block_last(block);
}

static bool parse_ipv4(Str text, Uint128 *out) {
    Str field;
    uint64_t number = 0;
    int count = 0;
    *out = 0;
    while (str_next_field(&text, '.', &field)) {
        for (size_t i = 0; i < field.len; i++)
            if (!isdigit((unsigned char)field.ptr[i]))
                return false;
        if (!str_to_uint64(field, &number) || number > 255 || ++count > 4)
            return false;
        *out = *out << 8 | number;
    }
    return count == 4;
}

static bool parse_ipv6(Str text, Uint128 *out, Arena *arena) {
    struct in6_addr address;
    if (inet_pton(AF_INET6, str_to_cstr(text, arena), &address) != 1)
        return false;
    *out = 0;
    for (int i = 0; i < 16; i++)
        *out = *out << 8 | address.s6_addr[i];
    return true;
}

static bool parse_address(Str text, Uint128 *out, uint32_t *bits, Arena *arena) {
    bool is_ipv6 = str_find_char(text, ':', 0) != SIZE_MAX;
    *bits = is_ipv6 ? 128 : 32;
    return is_ipv6 ? parse_ipv6(text, out, arena) : parse_ipv4(text, out);
}

/* Converts ::ffff:a.b.c.d to the IPv4 address it stands for. */
static void unmap(AddressBlock *block) {
    bool is_mapped = block->bits == 128 && block->prefix >= 96 && block->base >> 32 == 0xffff;
    if (!is_mapped)
        return;
    block->bits = 32;
    block->prefix -= 96;
    block->base &= 0xffffffff;
}

bool address_block_parse(Str text, AddressBlock *out, Arena *arena) {
    AddressBlock block = {0};
    uint64_t prefix = 0;
    size_t slash = str_find_char(text, '/', 0);
    if (slash == SIZE_MAX ||
        !parse_address(str_slice(text, 0, slash), &block.base, &block.bits, arena))
        return false;
    Str digits = str_after(text, slash + 1);
    if (!digits.len || !isdigit((unsigned char)digits.ptr[0]) || !str_to_uint64(digits, &prefix) ||
        prefix > block.bits)
        return false;
    block.prefix = (uint32_t)prefix;
    block.base &= ~host_mask(block.bits, block.prefix);
    unmap(&block);
    *out = block;
    return true;
}

bool address_block_parse_address(Str text, AddressBlock *out, Arena *arena) {
    AddressBlock block = {0};
    if (!parse_address(text, &block.base, &block.bits, arena))
        return false;
    block.prefix = block.bits;
    unmap(&block);
    *out = block;
    return true;
}

/* Finds the longest run of at least two zero groups, which is printed as "::". */
static void longest_zeros(const uint32_t *groups, int *start, int *length) {
    *length = 1;
    *start = -1;
    for (int i = 0; i < 8; i++) {
        int run = 0;
        while (i + run < 8 && groups[i + run] == 0)
            run++;
        if (run > *length) {
            *start = i;
            *length = run;
        }
    }
}

static Str ipv6_to_str(Uint128 address, Arena *arena) {
    uint32_t groups[8];
    int start = 0;
    int length = 0;
    StrBuf buf = strbuf_new(arena);
    for (int i = 0; i < 8; i++)
        groups[i] = (uint32_t)(address >> (112 - 16 * i)) & 0xffff;
    longest_zeros(groups, &start, &length);
    for (int i = 0; i < 8; i++) {
        if (i == start) {
            strbuf_add_cstr(&buf, "::");
            i += length - 1;
            continue;
        }
        bool needs_colon = i > 0 && (start < 0 || i != start + length);
        strbuf_add_format(&buf, needs_colon ? ":%x" : "%x", groups[i]);
    }
    return strbuf_str(&buf);
}

Str address_block_address(Uint128 address, uint32_t bits, Arena *arena) {
    if (bits == 128)
        return ipv6_to_str(address, arena);
    uint32_t ipv4 = (uint32_t)address;
    return str_format(arena, "%u.%u.%u.%u", ipv4 >> 24, ipv4 >> 16 & 255, ipv4 >> 8 & 255,
                      ipv4 & 255);
}

Str address_block_to_str(AddressBlock block, Arena *arena) {
    Str address = address_block_address(block.base, block.bits, arena);
    return str_format(arena, "%.*s/%u", STR_ARG(address), block.prefix);
}
