/* network: functions on IP networks. */
#include "functions.h"

#include "sequence.h"
#include "str.h"

#include <arpa/inet.h>

typedef unsigned __int128 Uint128;

typedef struct AddressBlock {
    Uint128 base; /* without host bits; IPv4 uses the low 32 bits */
    uint32_t prefix;
    uint32_t bits; /* 32 or 128 */
} AddressBlock;

static Uint128 host_mask(uint32_t bits, uint32_t prefix) {
    uint32_t host = bits - prefix;
    return host >= 128 ? ~(Uint128)0 : ((Uint128)1 << host) - 1;
}

/* Returns the last address of the block. */
static Uint128 block_last(AddressBlock block) {
    return block.base | host_mask(block.bits, block.prefix);
}

static bool block_contains(AddressBlock block, Uint128 address) {
    return address >= block.base && address <= block_last(block);
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

static bool network_parse_address(Str text, Uint128 *out, uint32_t *bits, Arena *arena) {
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

/* Parses "10.0.0.0/8". Drops host bits; reads numbers with leading zeros as decimal. An IPv4
 * network in IPv6 notation (::ffff:…) becomes IPv4. */
static bool block_parse(Str text, AddressBlock *out, Arena *arena) {
    AddressBlock block = {0};
    uint64_t prefix = 0;
    size_t slash = str_find_char(text, '/', 0);
    if (slash == SIZE_MAX ||
        !network_parse_address(str_slice(text, 0, slash), &block.base, &block.bits, arena))
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

/* Parses an address without prefix. */
static bool block_parse_address(Str text, AddressBlock *out, Arena *arena) {
    AddressBlock block = {0};
    if (!network_parse_address(text, &block.base, &block.bits, arena))
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

/* Returns the address without prefix. */
static Str address_to_str(Uint128 address, uint32_t bits, Arena *arena) {
    if (bits == 128)
        return ipv6_to_str(address, arena);
    uint32_t ipv4 = (uint32_t)address;
    return str_format(arena, "%u.%u.%u.%u", ipv4 >> 24, ipv4 >> 16 & 255, ipv4 >> 8 & 255,
                      ipv4 & 255);
}

/* Returns "10.0.0.0/8". */
static Str block_to_str(AddressBlock block, Arena *arena) {
    Str address = address_to_str(block.base, block.bits, arena);
    return str_format(arena, "%.*s/%u", STR_ARG(address), block.prefix);
}

static bool network_prefix(FunctionCall *call, AddressBlock *out, Str *error) {
    Str text = function_text(call, 0);
    if (block_parse(text, out, call->arena))
        return true;
    return function_fail(call, 0, error, "invalid CIDR expression: invalid CIDR address: %.*s",
                         STR_ARG(text));
}

/* A whole number. */
typedef struct NetworkNumber {
    Uint128 magnitude; /* modulo 2^128 */
    bool is_negative;
    bool is_beyond; /* not from -2^128 to 2^128 - 1 */
    Str text;
} NetworkNumber;

/* Compares digits without leading zeros with 2^128: negative, 0 or positive. */
static int compare_with_limit(Str digits) {
    static const Str limit = STR_CONST("340282366920938463463374607431768211456");
    return digits.len == limit.len ? str_compare(digits, limit) : digits.len < limit.len ? -1 : 1;
}

static bool network_number(FunctionCall *call, size_t i, NetworkNumber *out, Str *error) {
    Str text = value_number_text(call->arguments[i], call->arena);
    bool has_sign = str_starts_with(text, STR("-"));
    Str digits = has_sign ? str_after(text, 1) : text;
    *out = (NetworkNumber){.text = text};
    for (size_t k = 0; k < digits.len; k++) {
        if (!isdigit((unsigned char)digits.ptr[k]))
            return function_fail(call, i, error, "an integer is required");
        out->magnitude = out->magnitude * 10 + (unsigned char)(digits.ptr[k] - '0');
    }
    int order = compare_with_limit(digits);
    out->is_negative = has_sign && !str_equal(digits, STR("0"));
    out->is_beyond = order > 0 || (order == 0 && !out->is_negative);
    return true;
}

static bool network_cidrhost(FunctionCall *call, Value *out, Str *error) {
    AddressBlock block;
    NetworkNumber number;
    if (!network_prefix(call, &block, error) || !network_number(call, 1, &number, error))
        return false;
    Uint128 most = block_last(block) - block.base;
    /* -1 is the last address. The magnitude of -2^128 is 0, so its distance is 2^128 - 1. */
    Uint128 distance = number.is_negative ? number.magnitude - 1 : number.magnitude;
    if (number.is_beyond || distance > most)
        return function_fail(call, SIZE_MAX, error,
                             "prefix of %u does not accommodate a host numbered %.*s", block.prefix,
                             STR_ARG(number.text));
    Uint128 address = number.is_negative ? block_last(block) - distance : block.base + distance;
    return function_give(value_from_str(address_to_str(address, block.bits, call->arena)), out);
}

static bool network_cidrnetmask(FunctionCall *call, Value *out, Str *error) {
    AddressBlock block;
    if (!network_prefix(call, &block, error))
        return false;
    if (block.bits != 32)
        return function_fail(call, 0, error, "IPv6 addresses cannot have a netmask: %.*s",
                             STR_ARG(function_text(call, 0)));
    Uint128 mask = block.prefix ? ~(((Uint128)1 << (32 - block.prefix)) - 1) & 0xffffffff : 0;
    return function_give(value_from_str(address_to_str(mask, 32, call->arena)), out);
}

static bool network_cidrsubnet(FunctionCall *call, Value *out, Str *error) {
    AddressBlock block;
    int64_t extra = 0;
    NetworkNumber given;
    if (!network_prefix(call, &block, error) || !sequence_integer(call, 1, &extra, error) ||
        !network_number(call, 2, &given, error))
        return false;
    Uint128 number = given.magnitude;
    bool is_beyond_128 = given.is_beyond || (given.is_negative && number == 0);
    int64_t prefix = (int64_t)block.prefix + extra;
    if (extra > 128 || extra < -128 || prefix > (int64_t)block.bits || prefix < 0)
        return function_fail(call, 1, error,
                             "insufficient address space to extend prefix of %u by %lld",
                             block.prefix, (long long)extra);
    /* As in Terraform, a negative extension accepts any number that gives an address. */
    bool fits = extra < 0 || (!is_beyond_128 && (extra == 128 || number >> extra == 0));
    if (!fits)
        return function_fail(call, 2, error,
                             "prefix extension of %lld does not accommodate a subnet numbered %.*s",
                             (long long)extra, STR_ARG(given.text));
    uint32_t shift = block.bits - (uint32_t)prefix;
    bool overflows =
        is_beyond_128 || (number != 0 && (shift >= 128 || (number << shift) >> shift != number));
    number = shift < 128 ? number << shift : 0;
    /* As in Terraform, a negative number and the base are combined in two's complement; the new
     * base is the result's absolute value. */
    block.base = given.is_negative ? -(block.base | -number) : block.base | number;
    bool is_beyond = block.bits == 32 && block.base >> 32 != 0;
    if (extra < 0 && (overflows || is_beyond))
        return function_fail(call, 2, error, "the subnet would be outside of the address range");
    if (block.bits == 32)
        block.base &= 0xffffffff;
    block.prefix = (uint32_t)prefix;
    return function_give(value_from_str(block_to_str(block, call->arena)), out);
}

typedef struct Allocation {
    AddressBlock network;
    Uint128 next; /* first free address */
    bool is_full;
    Str last; /* latest subnet, for messages */
} Allocation;

static bool subnet_prefix(FunctionCall *call, size_t i, const Allocation *allocation, uint32_t *out,
                          Str *error) {
    int64_t extra = 0;
    if (!sequence_integer(call, i, &extra, error))
        return false;
    if (extra < 1)
        return function_fail(call, i, error, "must extend prefix by at least one bit");
    int64_t prefix = (int64_t)allocation->network.prefix + extra;
    if (extra > 128 || prefix > (int64_t)allocation->network.bits)
        return function_fail(
            call, i, error, "would extend prefix to %lld bits, which is too long for an %s address",
            (long long)prefix, allocation->network.bits == 32 ? "IPv4" : "IPv6");
    *out = (uint32_t)prefix;
    return true;
}

/* Allocates the next block of that size, at a multiple of its size. */
static bool allocate(FunctionCall *call, size_t i, uint32_t prefix, Allocation *allocation,
                     Value *out, Str *error) {
    AddressBlock block = {.bits = allocation->network.bits, .prefix = prefix};
    Uint128 size = (Uint128)1 << (block.bits - prefix);
    Uint128 most = block_last(allocation->network);
    block.base = (allocation->next + (size - 1)) & ~(size - 1);
    bool wraps = block.base < allocation->next;
    if (allocation->is_full || wraps || block.base > most)
        return function_fail(
            call, i, error,
            "not enough remaining address space for a subnet with a prefix of %u bits "
            "after %.*s",
            prefix, STR_ARG(allocation->last));
    Uint128 last = block_last(block);
    allocation->is_full = last >= most;
    allocation->next = last + 1;
    allocation->last = block_to_str(block, call->arena);
    return function_give(value_from_str(allocation->last), out);
}

static bool network_cidrsubnets(FunctionCall *call, Value *out, Str *error) {
    Allocation allocation = {0};
    if (!network_prefix(call, &allocation.network, error))
        return false;
    allocation.next = allocation.network.base;
    size_t count = call->count - 1;
    Value *items = arena_new_array(call->arena, Value, count);
    for (size_t i = 0; i < count; i++) {
        uint32_t prefix = 0;
        if (!subnet_prefix(call, i + 1, &allocation, &prefix, error) ||
            !allocate(call, i + 1, prefix, &allocation, &items[i], error))
            return false;
    }
    return function_give(value_list(&TYPE_STRING, items, count, call->arena), out);
}

static bool network_cidrcontains(FunctionCall *call, Value *out, Str *error) {
    AddressBlock outer;
    AddressBlock inner;
    Str text = function_text(call, 1);
    if (!network_prefix(call, &outer, error))
        return false;
    if (!block_parse(text, &inner, call->arena) && !block_parse_address(text, &inner, call->arena))
        return function_fail(call, 1, error, "invalid IP address or prefix: %.*s", STR_ARG(text));
    if (outer.bits != inner.bits)
        return function_fail(call, SIZE_MAX, error, "address family mismatch: %.*s vs. %.*s",
                             STR_ARG(function_text(call, 0)), STR_ARG(text));
    *out =
        value_bool(block_contains(outer, inner.base) && block_contains(outer, block_last(inner)));
    return true;
}

/* clang-format off */
static const Function network_functions[] = {
    {
        .name = "cidrcontains",
        PARAMETERS({"containing_prefix", &TYPE_STRING, 0, "A network in CIDR notation."},
                   {"contained_ip_or_prefix", &TYPE_STRING, 0,
                    "An address, or a network in CIDR notation."}),
        .type = &TYPE_BOOL,
        .run = network_cidrcontains,
        .description = "Whether this network contains the address or the whole network.",
        .example = "cidrcontains(\"192.168.2.0/20\", \"192.168.2.1\") = true",
    },
    {
        .name = "cidrhost", .blames_call = true,
        PARAMETERS({"prefix", &TYPE_STRING, 0, "A network in CIDR notation."},
                   {"hostnum", &TYPE_NUMBER, 0,
                    "Number of the address; a negative one counts from the end."}),
        .type = &TYPE_STRING,
        .run = network_cidrhost,
        .description = "The address with the number in a network; a negative number counts from the end.",
        .example = "cidrhost(\"10.12.112.0/20\", 16) = \"10.12.112.16\"",
    },
    {
        .name = "cidrnetmask", .blames_call = true,
        PARAMETERS({"prefix", &TYPE_STRING, 0, "An IPv4 network in CIDR notation."}),
        .type = &TYPE_STRING,
        .run = network_cidrnetmask,
        .description = "The mask of an IPv4 network.",
        .example = "cidrnetmask(\"172.16.0.0/12\") = \"255.240.0.0\"",
    },
    {
        .name = "cidrsubnet", .blames_call = true,
        PARAMETERS({"prefix", &TYPE_STRING, 0, "A network in CIDR notation."},
                   {"newbits", &TYPE_NUMBER, 0, "Number of bits to add to the prefix."},
                   {"netnum", &TYPE_NUMBER, 0, "Number of the subnet."}),
        .type = &TYPE_STRING,
        .run = network_cidrsubnet,
        .description = "The subnet with the number, with some bits added to the prefix.",
        .example = "cidrsubnet(\"172.16.0.0/12\", 4, 2) = \"172.18.0.0/16\"",
    },
    {
        .name = "cidrsubnets", .blames_call = true,
        PARAMETERS({"prefix", &TYPE_STRING, 0, "A network in CIDR notation."}),
        VARIADIC({"newbits", &TYPE_NUMBER, 0, "Number of bits to add to the prefix, for each subnet."}),
        .type = &TYPE_LIST_OF_STRING,
        .run = network_cidrsubnets,
        .description = "Consecutive subnets, each with some bits added to the prefix.",
        .example = "cidrsubnets(\"10.1.0.0/16\", 4, 4) = tolist([\"10.1.0.0/20\", "
                   "\"10.1.16.0/20\"])",
    },
};
/* clang-format on */

const FunctionFamily functions_network = {network_functions, ARRAY_COUNT(network_functions)};
