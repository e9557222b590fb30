/* Cluster: the API server of a provider configuration. Any thread may use it. */
#pragma once

#include "definitions.h"
#include "ignored_keys.h"
#include "kube_discovery.h"
#include "kube_list.h"
#include "kube_openapi.h"
#include "object_names.h"
#include "provider.h"
#include "server_rules.h"

typedef struct Cluster Cluster;

/* Sends nothing. `io`, `run` and the texts of `target` must outlive the cluster. `ignored` may be
 * NULL; cluster_close closes it. */
Cluster *cluster_open(const Io *io, const KubeTarget *target, const KubeClientOptions *options,
                      IgnoredKeys *ignored, Arena *run);
void cluster_close(Cluster *cluster); /* NULL: does nothing */
KubeClient *cluster_client(const Cluster *cluster);
KubeDiscovery *cluster_discovery(const Cluster *cluster);
ServerRules *cluster_rules(const Cluster *cluster);
ObjectNames *cluster_names(const Cluster *cluster);
KubeOpenapi *cluster_openapi(const Cluster *cluster);
Definitions *cluster_definitions(const Cluster *cluster);
/* Returns an object of the server without the labels and annotations that the provider
 * configuration ignores, except those of `kept`, a manifest or an object. */
Value cluster_without_ignored(const Cluster *cluster, Value live, Value kept, Arena *arena);
/* Data of a provider whose configuration has more than the connection; NULL: none. It must outlive
 * the cluster. Set once, before the first call. */
void cluster_set_extension(Cluster *cluster, const void *extension);
const void *cluster_extension(const Cluster *cluster);
IgnoredKeys *cluster_ignored(const Cluster *cluster); /* may be NULL */

/* Returns requests with the deadline and the cancel token of a provider call, whose client is a
 * Cluster. */
KubeCall cluster_call(const Call *call);

typedef struct ClusterIdentity {
    Str id; /* "uid:…" of the namespace kube-system, else "ca:…", a digest of the authorities */
    Str version; /* of the server: "v1.34.1"; empty if unknown */
} ClusterIdentity;

/* Identifies the cluster of the call, by two requests for all calls. Fails if the server cannot be
 * reached, or rejects the request with another status than 403 and 404. A plan tries to reach the
 * server once, however many objects it has. */
KubeOutcome cluster_identify(const Call *call, ClusterIdentity *out, KubeResponse *response,
                             Diags *diags);

/* Remember which object a resource instance has read in this run: a creation at the same address
 * that finds it replaces it. `address` and `uid` are copied. */
void cluster_keep_owner(Cluster *cluster, Str uid, Str address);
bool cluster_is_owner(Cluster *cluster, Str uid, Str address);

/* Reads an object into *out, decoded in call->arena. During a plan, an object is read once, and the
 * objects of a kind and namespace are listed after the twentieth. */
KubeOutcome cluster_get(Cluster *cluster, const Call *call, const KubeRef *ref, Value *out,
                        KubeResponse *response, Diags *diags);
