/* volume_transfer: bytes into a volume and out of it, over a stream of the volume's connection.
 *
 * Upload reads in 256 KiB pieces, what a stream's packet carries, leaves zeros of files out as
 * holes, and counts what it sent: a stream that ends early is no error to libvirt. */
#pragma once

#include "libvirt_handle.h"
#include "provider.h"

/* Digest of a local file, SHA-256 in hex. Negative errno when it cannot be read. */
int volume_transfer_digest(const Call *call, Str path, Str *digest);
/* The volume holds at least `size` bytes. *digest is of what was sent. */
MUST_USE bool volume_transfer_upload_file(const Call *call,
                                          virConnectPtr connection,
                                          virStorageVolPtr volume,
                                          Str path,
                                          Str *digest,
                                          Diags *diags);
MUST_USE bool volume_transfer_upload(
    const Call *call, virConnectPtr connection, virStorageVolPtr volume, Str bytes, Diags *diags);
/* At most `limit` bytes from the start. False, with libvirt's error and no diagnostic, when the
 * host cannot give them. */
MUST_USE bool volume_transfer_download(
    virConnectPtr connection, virStorageVolPtr volume, size_t limit, Str *out, Arena *arena);
