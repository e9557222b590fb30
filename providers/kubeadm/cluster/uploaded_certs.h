/* uploaded_certs: the Secret kubeadm-certs, from which control planes that loam does not make get
 * the certificate authorities.
 *
 * kubeadm encrypts it by a key, and lets a bootstrap token own it that ends after two hours: the
 * cluster deletes the token then, and the Secret with it. */
#pragma once

#include "cluster_api.h"

/* Returns a random key: 64 hexadecimal digits. */
Str uploaded_certs_make_key(Arena *arena);
/* Runs kubeadm on a control plane, which replaces the Secret. `config`: documents for --config,
 * with the key as certificateKey. */
MUST_USE bool uploaded_certs_upload(SshLink *link, Str config, Diags *diags);
/* Sets *end to when the Secret ends, in RFC 3339; empty if there is none. Returns false without an
 * error if a request fails. */
MUST_USE bool uploaded_certs_end(const ClusterApi *api, Str *end);
/* Deletes the Secret and the token that owns it. */
MUST_USE bool uploaded_certs_delete(const ClusterApi *api, Diags *diags);
