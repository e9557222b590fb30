/* Hot plugging. */
#include "domain_device.h"

#include <libxml/tree.h>

#include "libvirt_error.h"

#define PULL_TIMEOUT_MS 10000

static xmlNodePtr find_device(
    xmlNodePtr domain, const char *devices, const char *key_path, Str key, Arena *arena) {
    XmlNodes nodes = xml_find_all(domain, devices, arena);
    vec_each(&nodes, node) {
        Str found = xml_get(*node, key_path, arena);
        if (found.len == key.len && strncasecmp(found.ptr, key.ptr, key.len) == 0)
            return *node;
    }
    return NULL;
}

xmlNodePtr domain_device_find_interface(xmlNodePtr domain, Str mac, Arena *arena) {
    return find_device(domain, "devices/interface", "mac/@address", mac, arena);
}

xmlNodePtr domain_device_find_disk(xmlNodePtr domain, Str target, Arena *arena) {
    return find_device(domain, "devices/disk", "target/@dev", target, arena);
}

/* The live description of the device, or NULL. */
static const char *device_now(virDomainPtr domain, DomainDeviceFind find, Str key, Arena *arena) {
    SCOPED(XmlDoc) doc = {0};
    if (!xml_take(virDomainGetXMLDesc(domain, 0), &doc))
        return NULL;
    xmlNodePtr node = find(xml_root(&doc), key, arena);
    return node ? xml_print_node(node, arena) : NULL;
}

static bool wait_until_gone(const Call *call, virDomainPtr domain, DomainDeviceFind find, Str key) {
    int64_t end_ms = call_monotonic_ms(call) + PULL_TIMEOUT_MS;
    int64_t pause_ms = 20;
    while (device_now(domain, find, key, call->arena)) {
        if (call_monotonic_ms(call) > end_ms)
            return false;
        if (call_sleep(call, pause_ms))
            return false;
        if (pause_ms < 500)
            pause_ms *= 2;
    }
    return true;
}

bool domain_device_pull(const Call *call, virDomainPtr domain, DomainDeviceFind find, Str key) {
    for (int tries = 0; tries < 2; tries++) {
        const char *device = device_now(domain, find, key, call->arena);
        if (!device)
            return true;
        unsigned attempt = 0;
        int result = -1;
        do {
            result = virDomainDetachDeviceFlags(domain, device, VIR_DOMAIN_AFFECT_LIVE);
        } while (result < 0 && libvirt_error_retry(call, &attempt));
        /* A second request while the first is under way is refused; what counts is the device. */
        if (result < 0 && tries == 0)
            return false;
        if (wait_until_gone(call, domain, find, key))
            return true;
    }
    return false;
}

bool domain_device_plug(const Call *call, virDomainPtr domain, const char *device) {
    unsigned attempt = 0;
    int result = -1;
    do {
        result = virDomainAttachDeviceFlags(domain, device, VIR_DOMAIN_AFFECT_LIVE);
    } while (result < 0 && libvirt_error_retry(call, &attempt));
    return result == 0;
}

/* What libvirt filled in for this run of the interface must not be asked for again. */
static const char *without_run(const char *device, Arena *arena) {
    SCOPED(XmlDoc) doc = {0};
    if (!xml_parse(device, &doc))
        return device;
    xmlNodePtr root = xml_root(&doc);
    static const char *const passing[] = {"alias", "actual", "target[starts-with(@dev,'vnet')]"};
    for (size_t i = 0; i < ARRAY_COUNT(passing); i++) {
        xmlNodePtr node = xml_find(root, passing[i]);
        if (node)
            xml_remove(node);
    }
    xmlNodePtr source = xml_find(root, "source");
    if (source)
        (void)xmlUnsetProp(source, (const xmlChar *)"portid");
    if (source && xml_find(source, "@network"))
        (void)xmlUnsetProp(source, (const xmlChar *)"bridge");
    return xml_print(&doc, arena);
}

bool domain_device_replug(const Call *call, virDomainPtr domain, Str mac) {
    const char *device = device_now(domain, domain_device_find_interface, mac, call->arena);
    if (!device)
        return true;
    return domain_device_pull(call, domain, domain_device_find_interface, mac) &&
           domain_device_plug(call, domain, without_run(device, call->arena));
}
