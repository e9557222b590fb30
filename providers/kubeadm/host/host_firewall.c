/* host_firewall: sorted lists of ports and networks. */
#include "host_firewall.h"
#include "cidr.h"

#include <arpa/inet.h>

#define PORT_MAX UINT64_C(65535)

static bool parse_port(Str text, uint64_t *out) {
    return str_to_uint64(text, out) && *out > 0 && *out <= PORT_MAX;
}

Str host_firewall_port(Str text, Arena *arena) {
    static const Str protocols[] = {STR_CONST("tcp"), STR_CONST("udp")};
    size_t slash = str_find_char(text, '/', 0);
    uint64_t first, last;
    if (slash == SIZE_MAX ||
        !str_is_among(str_after(text, slash + 1), protocols, ARRAY_COUNT(protocols)))
        return STR_EMPTY;
    Str range = str_slice(text, 0, slash), protocol = str_after(text, slash + 1);
    size_t dash = str_find_char(range, '-', 0);
    if (dash == SIZE_MAX)
        return parse_port(range, &first)
                   ? str_format(arena, "%llu/%.*s", (unsigned long long)first, STR_ARG(protocol))
                   : STR_EMPTY;
    bool is_range = parse_port(str_slice(range, 0, dash), &first) &&
                    parse_port(str_after(range, dash + 1), &last) && first < last;
    return is_range ? str_format(arena, "%llu-%llu/%.*s", (unsigned long long)first,
                                 (unsigned long long)last, STR_ARG(protocol))
                    : STR_EMPTY;
}

/* Returns the network without the bits behind its prefix. */
static Cidr network_of(const Cidr *cidr) {
    Cidr network = *cidr;
    for (unsigned bit = cidr->prefix; bit < (cidr->is_v6 ? 128 : 32); bit++)
        network.bytes[bit / 8] &= (uint8_t) ~(0x80u >> (bit % 8));
    return network;
}

Str host_firewall_network(Str text, Arena *arena) {
    Cidr cidr;
    char address[INET6_ADDRSTRLEN];
    if (!cidr_parse(text, &cidr) && !cidr_parse_address(text, &cidr))
        return STR_EMPTY;
    Cidr network = network_of(&cidr);
    if (!cidr_equal(&network, &cidr) ||
        !inet_ntop(cidr.is_v6 ? AF_INET6 : AF_INET, cidr.bytes, address, sizeof address))
        return STR_EMPTY;
    return cidr.prefix == (cidr.is_v6 ? 128 : 32)
               ? str_format(arena, "%s", address)
               : str_format(arena, "%s/%u", address, cidr.prefix);
}

StrVec host_firewall_ports(bool is_worker, const StrVec *more, Arena *arena) {
    static const Str of_all[] = {STR_CONST("30000-32767/tcp"), STR_CONST("30000-32767/udp")};
    StrVec ports = {0};
    if (!is_worker)
        vec_push(arena, &ports, STR("6443/tcp"));
    for (size_t i = 0; i < ARRAY_COUNT(of_all); i++)
        vec_push(arena, &ports, of_all[i]);
    vec_each(more, port)
        vec_push(arena, &ports, *port);
    return ports;
}

static Str list_text(const StrVec *items, Arena *arena) {
    StrVec sorted = {0}, unique = {0};
    vec_each(items, item)
        vec_push(arena, &sorted, *item);
    str_sort(sorted.items, sorted.count);
    vec_each(&sorted, item) {
        if (!unique.count || !str_equal(vec_last(&unique), *item))
            vec_push(arena, &unique, *item);
    }
    return str_join(unique.items, unique.count, STR(","), arena);
}

Str host_firewall_lists(const StrVec *ports, const StrVec *networks, Arena *arena) {
    return str_format(arena, "%.*s %.*s", STR_ARG(list_text(ports, arena)),
                      STR_ARG(list_text(networks, arena)));
}
