/* bootstrap_token: tokens with which one node joins, which expire after a few minutes, and tokens
 * that stay for nodes that loam does not make. */
#pragma once

#include "cluster_api.h"

#define BOOTSTRAP_TOKEN_MINUTES 15

typedef struct BootstrapToken {
    Str id;   /* the public part */
    Str text; /* "abcdef.0123456789abcdef", secret */
} BootstrapToken;

/* Makes a token; its public part depends on the marker alone, so a later run finds a token that an
 * interrupted one has left. */
BootstrapToken bootstrap_token_make(Str marker, Arena *arena);
/* Returns the token of this text. */
BootstrapToken bootstrap_token_of(Str text);
/* Stores the token in the cluster, in place of one with the same public part. `annotations` is a
 * map of strings. */
MUST_USE bool bootstrap_token_store(const Call *call, const ClusterApi *api,
                                    const BootstrapToken *token, Value annotations, Diags *diags);
/* Waits until the cluster has signed its public ConfigMap cluster-info with the token: kubeadm
 * looks for the signature every five seconds only. Adds no error, because kubeadm waits longer. */
void bootstrap_token_wait(const Call *call, const ClusterApi *api, const BootstrapToken *token);
/* Deletes the token of this marker if it exists. A failure is a warning: the token expires. */
void bootstrap_token_delete(const Call *call, const ClusterApi *api, Str marker, Diags *diags);

/* Creates the token, or renews it: it ends `end` seconds after 1970. */
MUST_USE bool bootstrap_token_keep(const Call *call, const ClusterApi *api,
                                   const BootstrapToken *token, int64_t end, Diags *diags);
/* Sets *end to when the token ends, in RFC 3339; empty if the cluster has none with this id and
 * text (empty: any), or one without an end. Returns false without an error if the request fails. */
MUST_USE bool bootstrap_token_end(const ClusterApi *api, const BootstrapToken *token, Str *end);
/* Deletes the token of this id; one that is gone is no error. */
MUST_USE bool bootstrap_token_revoke(const ClusterApi *api, Str id, Diags *diags);
