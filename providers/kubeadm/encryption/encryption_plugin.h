/* encryption_plugin: whether plugins of "kms" respond on a machine. An API server whose plugin does
 * not respond can neither read nor write objects. */
#pragma once

#include "etcd_encryption.h"
#include "ssh_client.h"

/* Returns the paths of the sockets that API servers need to read and to write: those of the current
 * key and of the next one, and that of the wish. `wish` NULL: none. */
StrVec encryption_plugin_sockets(const EtcdEncryption *encryption, const EncryptionWish *wish,
                                 Arena *arena);
/* Asks the plugins. *problem: why one does not respond; empty: all do. */
MUST_USE bool encryption_plugin_look(SshLink *link, const StrVec *sockets, Str *problem,
                                     Diags *diags);
