/* address_report: describes the interfaces that a machine waits for, with the leases of their
 * networks. */
#include "domain_address.h"

#include "nested_list.h"
#include "xml.h"

#define SHOWN_LEASES 20

static bool serves_dhcp(virNetworkPtr network) {
    SCOPED(XmlDoc) doc = {0};
    return !xml_take(virNetworkGetXMLDesc(network, 0), &doc) ||
           xml_find(xml_root(&doc), "ip/dhcp/*[self::range or self::host]") != NULL;
}

static void add_lease(StrBuf *out, const virNetworkDHCPLease *lease, Arena *arena) {
    strbuf_add(out, str_format(arena, "\n  %s  %s%s%s", lease->mac ? lease->mac : "-",
                               lease->ipaddr ? lease->ipaddr : "-", lease->hostname ? "  " : "",
                               lease->hostname ? lease->hostname : ""));
}

static void add_leases(StrBuf *out, virNetworkPtr network, Arena *arena) {
    virNetworkDHCPLeasePtr *leases = NULL;
    int count = virNetworkGetDHCPLeases(network, NULL, &leases, 0);
    if (count > 0)
        strbuf_add(out,
                   str_format(arena, " The network has %d lease%s:", count, count == 1 ? "" : "s"));
    else
        strbuf_add_cstr(out, count == 0 ? " The network has no leases."
                                        : " The leases of the network cannot be read.");
    for (int i = 0; i < count; i++) {
        if (i < SHOWN_LEASES)
            add_lease(out, leases[i], arena);
        virNetworkDHCPLeaseFree(leases[i]);
    }
    if (count > SHOWN_LEASES)
        strbuf_add_cstr(out, "\n  …");
    free(leases);
}

static void add_network(StrBuf *out, virNetworkPtr network, Arena *arena) {
    if (!serves_dhcp(network)) {
        strbuf_add_cstr(out, " The network serves no DHCP: \"ips\" of the network has no "
                             "\"dhcp.ranges\".");
        return;
    }
    strbuf_add_cstr(out, " A network configuration in the seed must match this MAC address: the "
                         "guest's name of the interface depends on the machine type.");
    add_leases(out, network, arena);
}

static void add_interface(StrBuf *out, virConnectPtr connection, Value nic, Arena *arena) {
    Str id = object_text(nic, "network_id", object_text(nic, "network", STR_EMPTY));
    Str mac = object_text(nic, "mac", STR_EMPTY);
    const char *text = str_to_cstr(id, arena);
    SCOPED(virNetworkPtr) network = id.len ? virNetworkLookupByUUIDString(connection, text) : NULL;
    if (id.len && !network)
        network = virNetworkLookupByName(connection, text);
    virResetLastError();
    if (network) {
        strbuf_add(out, str_format(arena, "\n\nThe interface %.*s is in the network \"%s\".",
                                   STR_ARG(mac), virNetworkGetName(network)));
        add_network(out, network, arena);
        return;
    }
    strbuf_add(out, str_format(arena,
                               "\n\nThe interface %.*s is in no network of this host that has "
                               "leases. Its address is known if the guest runs the QEMU guest "
                               "agent, or once the host has sent a packet to it.",
                               STR_ARG(mac)));
}

Str address_report(virConnectPtr connection, Value domain, Arena *arena) {
    StrBuf out = strbuf_new(arena);
    size_t count = nested_list_count(domain, "network_interface");
    bool only_flagged = false;
    for (size_t i = 0; i < count; i++)
        only_flagged |=
            object_bool(nested_list_at(domain, "network_interface", i), "wait_for_ip", false);
    for (size_t i = 0; i < count; i++) {
        Value nic = nested_list_at(domain, "network_interface", i);
        if (!only_flagged || object_bool(nic, "wait_for_ip", false))
            add_interface(&out, connection, nic, arena);
    }
    return strbuf_str(&out);
}
