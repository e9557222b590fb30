/* volume_transfer: uploads to and downloads from a volume, over a stream of the volume's
 * connection.
 *
 * Uploads read pieces of 256 KiB, the packet size of streams, send zeros of files as holes, and
 * verify the result: libvirt does not report a truncated stream as an error. */
#pragma once

#include "libvirt_handle.h"
#include "provider.h"

/* Returns the XML of a raw volume of this size, which only its owner can read. */
const char *volume_transfer_describe(Str name, size_t size, Arena *arena);
/* The volume must hold at least `size` bytes. *digest is that of the sent bytes. */
MUST_USE bool volume_transfer_upload_file(const Call *call, virStorageVolPtr volume, Str path,
                                          Str *digest, Diags *diags);
MUST_USE bool volume_transfer_upload(const Call *call, virStorageVolPtr volume, Str bytes,
                                     Diags *diags);
/* Downloads at most `limit` bytes from the start. Returns false without a diagnostic, with
 * libvirt's error, if the host cannot return them. */
MUST_USE bool volume_transfer_download(virStorageVolPtr volume, size_t limit, Str *out,
                                       Arena *arena);
