/* kubeadm_import: nodes that kubeadm made without loam, or that another state had.
 *
 * The import ID is the address of the machine's SSH server: HOST, HOST:PORT, USER@HOST or
 * USER@HOST:PORT, with "[…]" around an IPv6 address before a port. An imported object has no "pki"
 * until its first update, which adopts the node: it compares the certificate authority, and writes
 * /etc/loam/node.json. */
#pragma once

#include "kubeadm_node.h"

/* Sets host, port and user of a builder; returns false if the ID has another form. */
MUST_USE bool kubeadm_import_address(Str id, ObjectBuilder *out, Arena *arena);
/* Reads the node of the machine; *out lacks the attributes that only one of the types has. */
MUST_USE bool kubeadm_import_read(const Call *call, const ImportRequest *request,
                                  bool *is_control_plane, Value *out, Diags *diags);
/* Returns whether the object was imported and not adopted yet. */
bool kubeadm_import_is_new(Value prior);
/* Adopts the node of an imported object. */
MUST_USE bool kubeadm_import_adopt(const KubeadmNode *node, Diags *diags);
