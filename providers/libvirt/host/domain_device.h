/* domain_device: finds, plugs in and unplugs devices of a running guest.
 *
 * Unplugging is asynchronous: success of libvirt only means that the guest received the request. So
 * the live XML is polled until the device is gone. */
#pragma once

#include "libvirt_handle.h"
#include "provider.h"
#include "xml.h"

/* Return the interface with that MAC address, the disk with that target; NULL if none. */
xmlNodePtr domain_device_find_interface(xmlNodePtr domain, Str mac, Arena *arena);
xmlNodePtr domain_device_find_disk(xmlNodePtr domain, Str target, Arena *arena);

typedef xmlNodePtr (*DomainDeviceFind)(xmlNodePtr domain, Str key, Arena *arena);

/* An attribute that lists devices, and the member by which a device is found. */
typedef struct DomainDeviceList {
    const char *attribute; /* "disk" */
    const char *key;       /* "target" */
    DomainDeviceFind find;
} DomainDeviceList;

/* Returns the device of an item of the list; NULL if none. */
xmlNodePtr domain_device_of(xmlNodePtr domain, const DomainDeviceList *list, Value item,
                            Arena *arena);
/* Removes the devices of the prior list that are not among `kept`. Devices that the list never had
 * stay. */
void domain_device_remove_rest(xmlNodePtr domain, const DomainDeviceList *list, Value prior,
                               const xmlNodePtr *kept, size_t kept_count, Arena *arena);

/* Requests the removal, waits, and requests it once more. Returns false without a diagnostic if the
 * guest did not release the device in time, or if libvirt failed (its last error is set). */
MUST_USE bool domain_device_pull(const Call *call, virDomainPtr domain, DomainDeviceFind find,
                                 Str key);
/* Attaches a device to the running guest. */
MUST_USE bool domain_device_plug(const Call *call, virDomainPtr domain, const char *device);
/* Reconnects an interface of a running guest to its restarted network: libvirt moves it to the
 * network `passage` and back, so the guest keeps card and address. If the driver cannot move
 * interfaces, it is unplugged and plugged in again. */
MUST_USE bool domain_device_reconnect(const Call *call, virDomainPtr domain, Str mac,
                                      const char *passage);
