/* LibvirtClient: the connection of one provider block, made when it is first needed.
 *
 * One connection per client serves all threads: libvirt multiplexes calls on it. It is opened on a
 * thread of its own, as libvirt knows no deadline for that, kept alive by the event loop (one
 * thread for the process's life), and opened anew once it is found dead. Guards itself. */
#pragma once

#include "libvirt_handle.h"
#include "provider.h"

typedef enum Accel { ACCEL_AUTO, ACCEL_KVM, ACCEL_TCG } Accel;

typedef struct LibvirtOptions {
    const char *uri;
    int64_t connect_timeout_ms;
    int keepalive_interval; /* seconds */
    unsigned keepalive_count;
    Str default_pool;
    Accel accel;
    bool read_only;
} LibvirtOptions;

/* Which driver answers: it decides what is possible at all. */
typedef enum LibvirtDriver { DRIVER_QEMU, DRIVER_LXC, DRIVER_TEST, DRIVER_OTHER } LibvirtDriver;

typedef struct LibvirtClient LibvirtClient;

LibvirtClient *libvirt_client_new(const LibvirtOptions *options, Arena *run);
void libvirt_client_close(LibvirtClient *client);
const LibvirtOptions *libvirt_client_options(const Call *call);
/* A reference to the shared connection; the caller's to release. */
MUST_USE bool libvirt_client_connect(const Call *call, virConnectPtr *out, Diags *diags);
/* A connection for this call alone: a long transfer would hold up the others. */
MUST_USE bool libvirt_client_connect_alone(const Call *call, virConnectPtr *out, Diags *diags);
LibvirtDriver libvirt_client_driver(virConnectPtr connection);
/* Does the host run guests with KVM, as far as it says? */
bool libvirt_client_has_kvm(virConnectPtr connection);
/* "x86_64" */
Str libvirt_client_arch(virConnectPtr connection, Arena *arena);
/* The daemon finishes a call that it has begun even when the caller has died: what `recover` does
 * not find may be there in a moment. True: look once more; *attempt starts at zero. */
bool libvirt_client_wait_for_late(const Call *call, unsigned *attempt);
