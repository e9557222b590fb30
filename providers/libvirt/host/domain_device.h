/* domain_device: devices of a running guest: found by a key, plugged in, pulled out.
 *
 * Pulling out is asynchronous: libvirt's success means that the guest was asked. So the live
 * description is watched until the device is gone. */
#pragma once

#include "libvirt_handle.h"
#include "provider.h"
#include "xml.h"

/* The interface with that MAC address, the disk with that target, the host's directory that the
 * machine knows by that target; NULL if there is none. */
xmlNodePtr domain_device_find_interface(xmlNodePtr domain, Str mac, Arena *arena);
xmlNodePtr domain_device_find_disk(xmlNodePtr domain, Str target, Arena *arena);
xmlNodePtr domain_device_find_filesystem(xmlNodePtr domain, Str target, Arena *arena);

typedef xmlNodePtr (*DomainDeviceFind)(xmlNodePtr domain, Str key, Arena *arena);

/* Asks, waits, asks once more. False without diagnostic when the guest would not let go in time or
 * libvirt refused (then its error stands). */
MUST_USE bool domain_device_pull(const Call *call,
                                 virDomainPtr domain,
                                 DomainDeviceFind find,
                                 Str key);
/* Attaches to the running guest. */
MUST_USE bool domain_device_plug(const Call *call, virDomainPtr domain, const char *device);
/* Puts the interface of a running guest back on its network, which was restarted: libvirt moves it
 * to the network `passage` and back, and the guest keeps its card and its address. Where the driver
 * cannot move an interface, it is unplugged and plugged in again. */
MUST_USE bool domain_device_reconnect(const Call *call,
                                      virDomainPtr domain,
                                      Str mac,
                                      const char *passage);
