/* node_pki: copies the certificate authorities of a cluster to a control plane, over verified SSH.
 */
#pragma once

#include "pki.h"
#include "ssh_client.h"

/* Writes the files below /etc/kubernetes/pki: private keys with mode 0600, in one round trip. A
 * file with other content is an error, and stays. */
MUST_USE bool node_pki_place(SshLink *link, const PkiSet *set, Diags *diags);
/* Reads the set from an attribute of the form of kubeadm_pki. */
PkiSet node_pki_read(Value object, const char *name, Arena *arena);
