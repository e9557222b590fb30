/* domain_device: devices of a running guest: found by a key, plugged in, pulled out.
 *
 * Pulling out is asynchronous: libvirt's success means that the guest was asked. So the live
 * description is watched until the device is gone. */
#pragma once

#include "libvirt_handle.h"
#include "provider.h"
#include "xml.h"

/* The interface with that MAC address, the disk with that target; NULL when there is none. */
xmlNodePtr domain_device_find_interface(xmlNodePtr domain, Str mac, Arena *arena);
xmlNodePtr domain_device_find_disk(xmlNodePtr domain, Str target, Arena *arena);

typedef xmlNodePtr (*DomainDeviceFind)(xmlNodePtr domain, Str key, Arena *arena);

/* Asks, waits, asks once more. False without diagnostic when the guest would not let go in time or
 * libvirt refused (then its error stands). */
MUST_USE bool domain_device_pull(const Call *call,
                                 virDomainPtr domain,
                                 DomainDeviceFind find,
                                 Str key);
/* Attaches to the running guest. */
MUST_USE bool domain_device_plug(const Call *call, virDomainPtr domain, const char *device);
/* Pulls out the interface and plugs it in again: after a network was started anew. */
MUST_USE bool domain_device_replug(const Call *call, virDomainPtr domain, Str mac);
