/* LibvirtClient: the connection of a provider configuration, opened on first use.
 *
 * All threads share one connection, on which libvirt multiplexes calls. It is opened on a separate
 * thread, since libvirt has no deadline for that. The event loop, one thread per process, keeps it
 * alive. A dead connection is reopened. Thread-safe. */
#pragma once

#include "libvirt_handle.h"
#include "provider.h"

typedef enum Accel { ACCEL_AUTO, ACCEL_KVM, ACCEL_TCG } Accel;

typedef struct LibvirtOptions {
    const char *uri;
    Str host_key; /* the only accepted SSH host key; empty: the transport's own rules */
    int64_t connect_timeout_ms;
    int keepalive_interval; /* seconds */
    unsigned keepalive_count;
    Str default_pool;
    Str image_cache_dir; /* empty: loam/images in the user's cache directory */
    Accel accel;
    bool read_only;
} LibvirtOptions;

typedef struct LibvirtClient LibvirtClient;

LibvirtClient *libvirt_client_new(const LibvirtOptions *options, Arena *run);
void libvirt_client_close(LibvirtClient *client);
const LibvirtOptions *libvirt_client_options(const Call *call);
/* Returns a reference to the shared connection, which the caller releases. */
MUST_USE bool libvirt_client_connect(const Call *call, virConnectPtr *out, Diags *diags);
/* Like libvirt_client_connect, but tries only once: later calls repeat the error. For plans, which
 * would otherwise wait for each object of a host that does not respond. */
MUST_USE bool libvirt_client_connect_once(const Call *call, virConnectPtr *out, Diags *diags);
/* Remembers that the plan creates an object of this kind and name. */
void libvirt_client_promise(const Call *call, const char *kind, Str name);
bool libvirt_client_is_promised(const Call *call, const char *kind, Str name);
/* Returns a separate connection, for long transfers, which would delay other calls. */
MUST_USE bool libvirt_client_connect_alone(const Call *call, virConnectPtr *out, Diags *diags);
/* Returns the path of a directory of loam in the user's cache directory. Empty if the environment
 * names none: cached files are not verified again, so no directory of other users is used. */
Str libvirt_client_cache(const Call *call, const char *name);
/* Returns whether the host reports support for KVM. */
bool libvirt_client_has_kvm(virConnectPtr connection);
/* The daemon completes a call even if its caller has died, so an object that `recover` does not
 * find may appear soon. Returns true to look again; *attempt starts at zero. */
bool libvirt_client_wait_for_late(const Call *call, unsigned *attempt);
