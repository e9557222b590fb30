/* domain_address: queries DHCP leases, guest agent and ARP table; records the console while it
 * waits. */
#include "domain_address.h"

#include "cidr.h"
#include "libvirt_error.h"
#include "libvirt_kind.h"
#include "nested_list.h"
#include "wait_until.h"
#include "xml.h"
#include "xml_edit.h"

#define KEPT_BYTES   ((size_t)64 << 10) /* of the console's output */
#define SHOWN_LINES  20                 /* of the console, in an error */
#define SHOWN_LEASES 20

static bool is_usable(Str text) {
    Cidr address;
    Cidr link_local;
    if (!cidr_parse_address(text, &address))
        return false;
    if (!cidr_parse(address.is_v6 ? STR("fe80::/10") : STR("169.254.0.0/16"), &link_local))
        return false;
    return !cidr_contains(&link_local, &address);
}

static void add_usable(virDomainInterfacePtr interface, StrVec *out, Arena *arena) {
    for (unsigned i = 0; i < interface->naddrs; i++) {
        Str text = str_from_cstr(interface->addrs[i].addr);
        if (is_usable(text) && !str_is_among(text, out->items, out->count))
            vec_push(arena, out, str_clone(text, arena));
    }
}

/* Adds the addresses of the interface with this MAC address from one source
 * (virDomainInterfaceAddressesSource). A failed query, such as one without a running guest agent,
 * adds none. */
static void query_source(virDomainPtr domain, unsigned source, Str mac, StrVec *out, Arena *arena) {
    virDomainInterfacePtr *interfaces = NULL;
    int count = virDomainInterfaceAddresses(domain, &interfaces, source, 0);
    for (int i = 0; i < count; i++) {
        if (interfaces[i]->hwaddr && xml_edit_same_text(str_from_cstr(interfaces[i]->hwaddr), mac))
            add_usable(interfaces[i], out, arena);
        virDomainInterfaceFree(interfaces[i]);
    }
    free(interfaces);
}

/* Adds the leases of the interface's network, since some drivers do not report leases per machine.
 */
static void query_leases(virDomainPtr domain, Value nic, Str mac, StrVec *out, Arena *arena) {
    virConnectPtr connection = virDomainGetConnect(domain);
    Str id = object_text(nic, "network_id", object_text(nic, "network", STR_EMPTY));
    if (!id.len)
        return;
    SCOPED(virNetworkPtr)
    network = libvirt_kind_find(&libvirt_kind_network, connection, id, arena);
    if (!network)
        return;
    virNetworkDHCPLeasePtr *leases = NULL;
    int count = virNetworkGetDHCPLeases(network, str_to_cstr(mac, arena), &leases, 0);
    for (int i = 0; i < count; i++) {
        Str address = str_from_cstr(leases[i]->ipaddr);
        if (is_usable(address) && !str_is_among(address, out->items, out->count))
            vec_push(arena, out, str_clone(address, arena));
        virNetworkDHCPLeaseFree(leases[i]);
    }
    free(leases);
}

static StrVec query(virDomainPtr domain, Value nic, Str ip, Arena *arena) {
    StrVec found = {0};
    Str mac = object_text(nic, "mac", STR_EMPTY);
    bool any = str_equal(ip, STR("any"));
    if (any || str_equal(ip, STR("lease"))) {
        query_source(domain, VIR_DOMAIN_INTERFACE_ADDRESSES_SRC_LEASE, mac, &found, arena);
        if (found.count == 0)
            query_leases(domain, nic, mac, &found, arena);
    }
    if ((any && found.count == 0) || str_equal(ip, STR("agent")))
        query_source(domain, VIR_DOMAIN_INTERFACE_ADDRESSES_SRC_AGENT, mac, &found, arena);
    if ((any && found.count == 0) || str_equal(ip, STR("arp")))
        query_source(domain, VIR_DOMAIN_INTERFACE_ADDRESSES_SRC_ARP, mac, &found, arena);
    return found;
}

/* Returns whether the host sees one of the declared addresses at the interface. */
static bool is_declared_seen(virDomainPtr domain, Value nic, Str ip, const StrVec *declared,
                             Arena *arena) {
    static const char *const sources[] = {"lease", "agent", "arp"};
    for (size_t i = 0; i < ARRAY_COUNT(sources); i++) {
        Str source = str_from_cstr(sources[i]);
        if (!str_equal(ip, STR("any")) && !str_equal(ip, source))
            continue;
        StrVec found = query(domain, nic, source, arena);
        vec_each(&found, text) {
            Cidr seen, wanted;
            for (size_t n = 0; n < declared->count; n++)
                if (cidr_parse_address(*text, &seen) &&
                    cidr_parse_address(declared->items[n], &wanted) && cidr_equal(&seen, &wanted))
                    return true;
        }
    }
    return false;
}

static bool has_waiting_interface(Value domain) {
    for (size_t i = 0; i < nested_list_count(domain, "network_interface"); i++)
        if (object_bool(nested_list_at(domain, "network_interface", i), "wait_for_ip", false))
            return true;
    return false;
}

static void add_interface_addresses(DomainAddresses *out, Value nic, const StrVec *texts,
                                    Arena *arena) {
    vec_each(texts, text)
        vec_push(arena, &out->all, *text);
    vec_push(arena, &out->macs, object_text(nic, "mac", STR_EMPTY));
    vec_push(arena, &out->lists, nested_list_of_texts(texts, arena));
}

void domain_address_set(ObjectBuilder *builder, const DomainAddresses *found, Arena *arena) {
    ObjectBuilder map = object_builder_new(arena);
    for (size_t i = 0; i < found->macs.count; i++)
        object_builder_put(&map, found->macs.items[i], found->lists.items[i]);
    object_builder_set(builder, "ip_addresses", nested_list_of_texts(&found->all, arena));
    object_builder_set(builder, "interface_addresses",
                       object_builder_map(&map, &TYPE_LIST_OF_STRING));
}

/* Returns addresses by interface, in the order of the value: the declared ones, else those from
 * source `ip` (lease, agent, arp, any). *missing is the number of interfaces that should have an
 * address but have none: those with wait_for_ip, or all without a declared address. With
 * wait_for_ip, a declared address counts once the host sees it. */
static DomainAddresses domain_address_collect_addresses(const Call *call, virDomainPtr domain,
                                                        Value value, Str ip, size_t *missing) {
    Arena *arena = call->arena;
    DomainAddresses all = {0};
    bool only_flagged = has_waiting_interface(value);
    *missing = 0;
    for (size_t i = 0; i < nested_list_count(value, "network_interface"); i++) {
        Value nic = nested_list_at(value, "network_interface", i);
        StrVec declared = nested_list_texts(nic, "addresses", arena);
        if (declared.count) {
            vec_each(&declared, text)
                *text = cidr_address_text(*text);
            add_interface_addresses(&all, nic, &declared, arena);
            *missing += object_bool(nic, "wait_for_ip", false) &&
                        !is_declared_seen(domain, nic, ip, &declared, arena);
            continue;
        }
        StrVec found = query(domain, nic, ip, arena);
        add_interface_addresses(&all, nic, &found, arena);
        bool is_wanted = !only_flagged || object_bool(nic, "wait_for_ip", false);
        if (found.count == 0 && is_wanted)
            ++*missing;
    }
    return all;
}

/* Returns whether every interface declares its addresses, and all are known. */
static bool all_declared(Value domain) {
    Value list = object_attribute(domain, "network_interface");
    if (!value_is_known(list))
        return false;
    for (size_t i = 0; i < nested_list_count(domain, "network_interface"); i++) {
        Value nic = value_at(list, i);
        if (!value_is_present(nic))
            return false;
        if (!value_is_wholly_known(object_attribute(nic, "addresses")) ||
            !nested_list_count(nic, "addresses"))
            return false;
    }
    return true;
}

void domain_address_read(const Call *call, virDomainPtr domain, bool is_active, Value state,
                         ObjectBuilder *builder) {
    Arena *arena = call->arena;
    DomainAddresses addresses = {0};
    size_t missing = 0;
    Value now = object_builder_value(builder);
    *builder = object_builder_of(now, arena);
    if (is_active || all_declared(now))
        addresses = domain_address_collect_addresses(call, domain, now, STR("lease"), &missing);
    bool is_kept = addresses.all.count == 0 && object_has(state, "ip_addresses");
    if (is_kept && object_has(state, "interface_addresses"))
        return;
    Value known = object_attribute(state, "ip_addresses");
    domain_address_set(builder, &addresses, arena);
    if (is_kept)
        object_builder_set(builder, "ip_addresses", known);
}

bool domain_address_plan(Value planned, ObjectBuilder *builder, Arena *arena) {
    DomainAddresses addresses = {0};
    bool is_known = true;
    if (!all_declared(planned))
        return false;
    for (size_t i = 0; i < nested_list_count(planned, "network_interface"); i++) {
        Value nic = nested_list_at(planned, "network_interface", i);
        StrVec texts = nested_list_texts(nic, "addresses", arena);
        vec_each(&texts, text)
            *text = cidr_address_text(*text);
        is_known &= object_has(nic, "mac");
        add_interface_addresses(&addresses, nic, &texts, arena);
    }
    domain_address_set(builder, &addresses, arena);
    if (!is_known)
        object_builder_set(builder, "interface_addresses",
                           value_unknown(&TYPE_MAP_OF_STRING_LISTS));
    return true;
}

/* The console output of a starting machine. An error shows its end, which may explain why the
 * machine has no address. */

typedef struct Console {
    virStreamPtr stream; /* NULL: the console cannot be read */
    StrBuf output;       /* the last bytes, at least KEPT_BYTES if there were as many */
    Arena *arena;
} Console;

static void console_release(Console *console) {
    if (!console->stream)
        return;
    (void)virStreamAbort(console->stream);
    (void)virStreamFree(console->stream);
    console->stream = NULL;
}
SCOPED_TYPE(Console, console_release);

/* Opens the first console unless another program reads it. */
static Console console_open(virDomainPtr domain, Arena *arena) {
    Console console = {.output = strbuf_new(arena), .arena = arena};
    console.stream = virStreamNew(virDomainGetConnect(domain), VIR_STREAM_NONBLOCK);
    if (console.stream && virDomainOpenConsole(domain, NULL, console.stream, 0) < 0) {
        (void)virStreamFree(console.stream);
        console.stream = NULL;
    }
    virResetLastError();
    return console;
}

/* Discards all but the last KEPT_BYTES, once twice as many are stored. */
static void domain_address_shorten(Console *console) {
    Str all = strbuf_str(&console->output);
    if (all.len < 2 * KEPT_BYTES)
        return;
    StrBuf kept = strbuf_new(console->arena);
    strbuf_add(&kept, str_slice(all, all.len - KEPT_BYTES, all.len));
    console->output = kept;
}

/* Reads the available output without blocking. */
static void console_drain(Console *console) {
    char piece[4096];
    int count = 0;
    while (console->stream && (count = virStreamRecv(console->stream, piece, sizeof(piece))) > 0) {
        strbuf_add(&console->output, (Str){piece, (size_t)count});
        domain_address_shorten(console);
    }
    virResetLastError();
}

/* Returns the text without control characters and escape sequences of terminals. */
static Str printable(Str text, Arena *arena) {
    StrBuf out = strbuf_new(arena);
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.ptr[i];
        if (c == '\033') {
            while (i + 1 < text.len && !isalpha((unsigned char)text.ptr[i + 1]))
                i++;
            i++;
        } else if (c == '\n' || (c >= ' ' && c < 127)) {
            strbuf_add_char(&out, (char)c);
        }
    }
    return strbuf_str(&out);
}

/* Returns the last SHOWN_LINES lines, without control characters. */
static Str console_tail(const Console *console, Arena *arena) {
    Str text = str_trim(printable(strbuf_str(&console->output), arena));
    size_t start = text.len;
    for (unsigned lines = 0; start > 0 && lines < SHOWN_LINES; start--)
        lines += text.ptr[start - 1] == '\n';
    if (start > 0)
        start++;
    return str_slice(text, start, text.len);
}

/* The interfaces that a machine waits for, with the leases of their networks. */

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
    SCOPED(virNetworkPtr)
    network = id.len ? libvirt_kind_find(&libvirt_kind_network, connection, id, arena) : NULL;
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

/* Returns a paragraph for each interface that a start of the machine waits for: its MAC address and
 * the DHCP leases of its network. Each paragraph begins with a blank line. */
static Str report_interfaces(virConnectPtr connection, Value domain, Arena *arena) {
    StrBuf out = strbuf_new(arena);
    size_t count = nested_list_count(domain, "network_interface");
    bool only_flagged = has_waiting_interface(domain);
    for (size_t i = 0; i < count; i++) {
        Value nic = nested_list_at(domain, "network_interface", i);
        if (!only_flagged || object_bool(nic, "wait_for_ip", false))
            add_interface(&out, connection, nic, arena);
    }
    return strbuf_str(&out);
}

/* Waiting. */

static int64_t domain_address_timeout_of(Value value, Value wait) {
    int64_t timeout_ms = 0;
    if (clock_parse_duration(object_text(wait, "timeout", STR_EMPTY), &timeout_ms))
        return timeout_ms > 0 ? timeout_ms : 1;
    bool is_slow = str_equal(object_text(value, "type", STR_EMPTY), STR("qemu"));
    int64_t minutes = is_slow ? 30 : 5;
    return minutes * 60 * 1000;
}

static bool waits_for_declared(Value domain) {
    for (size_t i = 0; i < nested_list_count(domain, "network_interface"); i++) {
        Value nic = nested_list_at(domain, "network_interface", i);
        if (object_bool(nic, "wait_for_ip", false) && nested_list_count(nic, "addresses"))
            return true;
    }
    return false;
}

static bool add_timeout(const Call *call, virDomainPtr domain, Value value, int64_t ms, Str console,
                        Diags *diags) {
    bool is_running = virDomainIsActive(domain) == 1;
    Str report = report_interfaces(virDomainGetConnect(domain), value, call->arena);
    return libvirt_error_say(
        call, diags,
        str_format(call->arena, "The machine \"%.*s\" has no address",
                   STR_ARG(object_text(value, "name", STR_EMPTY))),
        str_format(
            call->arena,
            "The machine is %s, and after %.*s an interface that requires an address has none. "
            "Check its console; to change what to wait for and how long, set \"wait\".%s%.*s%s%.*s",
            is_running ? "running" : "no longer running",
            STR_ARG(clock_format_elapsed(ms, call->arena)),
            waits_for_declared(value)
                ? " An address of \"addresses\" counts once a DHCP lease, the guest agent or the "
                  "host's ARP table shows it. If the guest sets it without any of them, remove "
                  "\"wait_for_ip\"."
                : "",
            STR_ARG(report), console.len ? "\n\nThe end of its console:\n" : "", STR_ARG(console)));
}

typedef struct AddressWait {
    virDomainPtr domain;
    Value value;
    Str ip; /* source of the addresses: lease, agent, arp or any */
    DomainAddresses *out;
    Console *console;
} AddressWait;

static WaitLook look_for_address(void *payload, Wait *wait) {
    AddressWait *waiting = payload;
    size_t missing = 0;
    console_drain(waiting->console);
    *waiting->out = domain_address_collect_addresses(wait->call, waiting->domain, waiting->value,
                                                     waiting->ip, &missing);
    if (missing == 0)
        return WAIT_LOOK_DONE;
    return virDomainIsActive(waiting->domain) == 0 ? WAIT_LOOK_FAILED : WAIT_LOOK_AGAIN;
}

bool domain_address_wait(const Call *call, virDomainPtr domain, Value value, DomainAddresses *out,
                         Diags *diags) {
    Value wait = object_attribute(value, "wait");
    bool is_wanted = value_is_present(wait) || has_waiting_interface(value);
    wait = object_nested(value, "wait", call->arena);
    Str ip = object_text(wait, "ip", STR("any"));
    size_t missing = 0;
    if (str_equal(ip, STR("none")))
        is_wanted = false;
    *out = domain_address_collect_addresses(call, domain, value, STR("lease"), &missing);
    if (!is_wanted)
        return true;
    SCOPED(Console) console = console_open(domain, call->arena);
    AddressWait waiting = {domain, value, ip, out, &console};
    WaitUntil until = {
        .what = "an address",
        .look = look_for_address,
        .payload = &waiting,
        .timeout_ms = domain_address_timeout_of(value, wait),
    };
    Wait looked;
    WaitResult result = wait_until(call, &until, &looked);
    if (result == WAIT_CANCELLED)
        return libvirt_error_say(call, diags, STR("Wait for an address was interrupted"),
                                 STR_EMPTY);
    console_drain(&console);
    return result == WAIT_DONE || add_timeout(call, domain, value, looked.passed_ms,
                                              console_tail(&console, call->arena), diags);
}
