/* domain_device: hot-plugs devices. */
#include "domain_device.h"

#include <libxml/tree.h>

#include "libvirt_error.h"
#include "nested_list.h"
#include "object_builder.h"
#include "wait_until.h"
#include "xml_edit.h"

#define PULL_TIMEOUT_MS 10000

static xmlNodePtr find_device(xmlNodePtr domain, const char *devices, const char *key_path, Str key,
                              Arena *arena) {
    XmlNodes nodes = xml_find_all(domain, devices, arena);
    vec_each(&nodes, node) {
        if (xml_edit_same_text(xml_get(*node, key_path, arena), key))
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

xmlNodePtr domain_device_of(xmlNodePtr domain, const DomainDeviceList *list, Value item,
                            Arena *arena) {
    return list->find(domain, object_text(item, list->key, STR_EMPTY), arena);
}

void domain_device_remove_rest(xmlNodePtr domain, const DomainDeviceList *list, Value prior,
                               const xmlNodePtr *kept, size_t kept_count, Arena *arena) {
    for (size_t i = 0; i < nested_list_count(prior, list->attribute); i++) {
        Value item = nested_list_at(prior, list->attribute, i);
        xmlNodePtr node = domain_device_of(domain, list, item, arena);
        bool is_kept = false;
        for (size_t n = 0; n < kept_count; n++)
            is_kept |= kept[n] == node;
        if (node && !is_kept)
            xml_remove(node);
    }
}

/* Returns the device's live XML, or NULL. */
static const char *device_now(virDomainPtr domain, DomainDeviceFind find, Str key, Arena *arena) {
    SCOPED(XmlDoc) doc = {0};
    if (!xml_take(virDomainGetXMLDesc(domain, 0), &doc))
        return NULL;
    xmlNodePtr node = find(xml_root(&doc), key, arena);
    return node ? xml_print_node(node, arena) : NULL;
}

typedef struct Pull {
    virDomainPtr domain;
    DomainDeviceFind find;
    Str key;
} Pull;

static WaitLook look_for_device(void *payload, Wait *wait) {
    const Pull *pull = payload;
    const char *device = device_now(pull->domain, pull->find, pull->key, wait->call->arena);
    return device ? WAIT_LOOK_AGAIN : WAIT_LOOK_DONE;
}

static bool wait_until_gone(const Call *call, Pull *pull) {
    const WaitUntil until = {
        .what = "the guest to release a device",
        .look = look_for_device,
        .payload = pull,
        .timeout_ms = PULL_TIMEOUT_MS,
        .pauses = {.first_ms = 20, .last_ms = 500},
    };
    return wait_until(call, &until, NULL) == WAIT_DONE;
}

bool domain_device_pull(const Call *call, virDomainPtr domain, DomainDeviceFind find, Str key) {
    Pull pull = {domain, find, key};
    for (int tries = 0; tries < 2; tries++) {
        const char *device = device_now(domain, find, key, call->arena);
        if (!device)
            return true;
        unsigned attempt = 0;
        int result = -1;
        do {
            result = virDomainDetachDeviceFlags(domain, device, VIR_DOMAIN_AFFECT_LIVE);
        } while (result < 0 && libvirt_error_retry(call, &attempt));
        /* libvirt rejects a second request during the first; only the device's removal counts. */
        if (result < 0 && tries == 0)
            return false;
        if (wait_until_gone(call, &pull))
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

/* Removes values that libvirt assigned for the current run, which a new request must not
 * contain. */
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

static const char *on_network(const char *device, const char *network, Arena *arena) {
    SCOPED(XmlDoc) doc = {0};
    CHECK(xml_parse(device, &doc)); /* libvirt or this program printed it */
    xmlNodePtr source = xml_find(xml_root(&doc), "source");
    if (source)
        xml_set(source, "network", str_from_cstr(network));
    return xml_print(&doc, arena);
}

bool domain_device_reconnect(const Call *call, virDomainPtr domain, Str mac, const char *passage) {
    const char *running = device_now(domain, domain_device_find_interface, mac, call->arena);
    if (!running)
        return true;
    const char *device = without_run(running, call->arena);
    unsigned flags = VIR_DOMAIN_AFFECT_LIVE;
    if (passage &&
        virDomainUpdateDeviceFlags(domain, on_network(device, passage, call->arena), flags) == 0 &&
        virDomainUpdateDeviceFlags(domain, device, flags) == 0)
        return true;
    return domain_device_pull(call, domain, domain_device_find_interface, mac) &&
           domain_device_plug(call, domain, device);
}
