/* domain_address: reads the IP addresses of running machines. */
#include "domain_address.h"

#include "cidr.h"
#include "libvirt_error.h"
#include "nested_list.h"
#include "wait_until.h"

static bool is_usable(Str text) {
    Cidr address;
    Cidr link_local;
    if (!cidr_parse_address(text, &address))
        return false;
    if (!cidr_parse(address.is_v6 ? STR("fe80::/10") : STR("169.254.0.0/16"), &link_local))
        return false;
    return !cidr_contains(&link_local, &address);
}

static bool same_mac(const char *a, Str b) {
    return a && strlen(a) == b.len && strncasecmp(a, b.ptr, b.len) == 0;
}

static void take_interface(virDomainInterfacePtr interface, StrVec *out, Arena *arena) {
    for (unsigned i = 0; i < interface->naddrs; i++) {
        Str text = str_from_cstr(interface->addrs[i].addr);
        if (is_usable(text) && !str_is_among(text, out->items, out->count))
            vec_push(arena, out, str_clone(text, arena));
    }
}

/* Adds the addresses of one interface from one source. An agent that is not running yet adds
 * none. */
static void ask_source(virDomainPtr domain, unsigned source, Str mac, StrVec *out, Arena *arena) {
    virDomainInterfacePtr *interfaces = NULL;
    int count = virDomainInterfaceAddresses(domain, &interfaces, source, 0);
    for (int i = 0; i < count; i++) {
        if (same_mac(interfaces[i]->hwaddr, mac))
            take_interface(interfaces[i], out, arena);
        virDomainInterfaceFree(interfaces[i]);
    }
    free(interfaces);
}

/* Reads leases from the network, since some drivers do not report them per machine. */
static void ask_leases(virDomainPtr domain, Value nic, Str mac, StrVec *out, Arena *arena) {
    virConnectPtr connection = virDomainGetConnect(domain);
    Str id = object_text(nic, "network_id", object_text(nic, "network", STR_EMPTY));
    if (!id.len)
        return;
    const char *text = str_to_cstr(id, arena);
    SCOPED(virNetworkPtr) network = virNetworkLookupByUUIDString(connection, text);
    if (!network)
        network = virNetworkLookupByName(connection, text);
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

static StrVec ask(virDomainPtr domain, Value nic, Str ip, Arena *arena) {
    StrVec found = {0};
    Str mac = object_text(nic, "mac", STR_EMPTY);
    bool any = str_equal(ip, STR("any"));
    if (any || str_equal(ip, STR("lease"))) {
        ask_source(domain, VIR_DOMAIN_INTERFACE_ADDRESSES_SRC_LEASE, mac, &found, arena);
        if (found.count == 0)
            ask_leases(domain, nic, mac, &found, arena);
    }
    if ((any && found.count == 0) || str_equal(ip, STR("agent")))
        ask_source(domain, VIR_DOMAIN_INTERFACE_ADDRESSES_SRC_AGENT, mac, &found, arena);
    if ((any && found.count == 0) || str_equal(ip, STR("arp")))
        ask_source(domain, VIR_DOMAIN_INTERFACE_ADDRESSES_SRC_ARP, mac, &found, arena);
    return found;
}

static bool some_wait(Value value) {
    for (size_t i = 0; i < nested_list_count(value, "network_interface"); i++)
        if (object_bool(nested_list_at(value, "network_interface", i), "wait_for_ip", false))
            return true;
    return false;
}

StrVec domain_address_collect(
    const Call *call, virDomainPtr domain, Value value, Str ip, size_t *missing) {
    Arena *arena = call->arena;
    StrVec all = {0};
    bool only_flagged = some_wait(value);
    *missing = 0;
    for (size_t i = 0; i < nested_list_count(value, "network_interface"); i++) {
        Value nic = nested_list_at(value, "network_interface", i);
        StrVec declared = nested_list_texts(nic, "addresses", arena);
        vec_each(&declared, text)
            vec_push(arena, &all, cidr_address_text(*text));
        if (declared.count)
            continue;
        StrVec found = ask(domain, nic, ip, arena);
        vec_each(&found, text)
            vec_push(arena, &all, *text);
        bool is_wanted = !only_flagged || object_bool(nic, "wait_for_ip", false);
        if (found.count == 0 && is_wanted)
            ++*missing;
    }
    return all;
}

static int64_t timeout_of(Value value, Value wait) {
    int64_t timeout_ms = 0;
    if (clock_parse_duration(object_text(wait, "timeout", STR_EMPTY), &timeout_ms))
        return timeout_ms > 0 ? timeout_ms : 1;
    bool is_slow = str_equal(object_text(value, "type", STR_EMPTY), STR("qemu"));
    int64_t minutes = is_slow ? 30 : 5;
    return minutes * 60 * 1000;
}

static bool add_timeout(
    const Call *call, virDomainPtr domain, Value value, int64_t ms, Diags *diags) {
    bool is_running = virDomainIsActive(domain) == 1;
    return libvirt_error_say(
        call, diags,
        str_format(call->arena, "The machine \"%.*s\" has no address",
                   STR_ARG(object_text(value, "name", STR_EMPTY))),
        str_format(
            call->arena,
            "The machine is %s, and after %.*s an interface that requires an address has none. "
            "Check its console; to change what to wait for and how long, set \"wait\".",
            is_running ? "running" : "no longer running",
            STR_ARG(clock_format_elapsed(ms, call->arena))));
}

typedef struct AddressWait {
    virDomainPtr domain;
    Value value;
    Str ip; /* the source of the addresses */
    StrVec *out;
} AddressWait;

static WaitLook look(void *payload, Wait *wait) {
    AddressWait *waiting = payload;
    size_t missing = 0;
    *waiting->out =
        domain_address_collect(wait->call, waiting->domain, waiting->value, waiting->ip, &missing);
    if (missing == 0)
        return WAIT_LOOK_DONE;
    return virDomainIsActive(waiting->domain) == 0 ? WAIT_LOOK_FAILED : WAIT_LOOK_AGAIN;
}

bool domain_address_wait(
    const Call *call, virDomainPtr domain, Value value, StrVec *out, Diags *diags) {
    Value wait = object_attribute(value, "wait");
    bool is_wanted = value_is_present(wait) || some_wait(value);
    wait = object_nested(value, "wait", call->arena);
    Str ip = object_text(wait, "ip", STR("any"));
    size_t missing = 0;
    if (str_equal(ip, STR("none")))
        is_wanted = false;
    *out = domain_address_collect(call, domain, value, STR("lease"), &missing);
    if (!is_wanted)
        return true;
    AddressWait waiting = {domain, value, ip, out};
    WaitUntil until = {
        .what = "an address",
        .look = look,
        .payload = &waiting,
        .timeout_ms = timeout_of(value, wait),
    };
    Wait looked;
    WaitResult result = wait_until(call, &until, &looked);
    if (result == WAIT_CANCELLED)
        return libvirt_error_say(call, diags, STR("Wait for an address was interrupted"),
                                 STR_EMPTY);
    return result == WAIT_DONE || add_timeout(call, domain, value, looked.passed_ms, diags);
}
