/* FluxCluster: the installation of Flux in a cluster: its objects, and the GitRepository and the
 * Kustomization that have the name of its namespace. The client of the calls is a Cluster. */
#pragma once

#include "git_repository.h"
#include "map.h"
#include "provider.h"

typedef struct FluxInstallation {
    Value namespace; /* each is null if it does not exist */
    Value source;
    Value sync;
    Value secret;
    StrVec controllers; /* components whose Deployments exist */
    bool has_applied;   /* Flux has applied the Kustomization, and so manages its own objects */
} FluxInstallation;

/* Reads the installation in this namespace; `secret` empty: none is read. */
MUST_USE bool flux_cluster_read(const Call *call, Str namespace, Str secret, FluxInstallation *out,
                                Diags *diags);
/* Returns whether any object of the installation exists. A namespace counts if `with_namespace`. */
bool flux_cluster_exists(const FluxInstallation *found, bool with_namespace);

/* Applies the objects in the order of their kinds by server-side apply, as `flux bootstrap` does,
 * and waits for namespaces and definitions before the next objects. */
MUST_USE bool flux_cluster_apply(const Call *call, const ValueVec *objects, Diags *diags);
/* Applies a Secret with these texts: name → Str. */
MUST_USE bool flux_cluster_apply_secret(const Call *call, Str namespace, Str name, const Map *texts,
                                        Diags *diags);
/* Returns the text of a member of a Secret; empty if there is none. */
Str flux_cluster_secret_text(Value secret, Str name, Arena *arena);

typedef struct FluxWait {
    Str namespace;
    Str branch;
    Str commit;                /* on the branch */
    GitRepository *repository; /* tells whether a newer commit contains it */
} FluxWait;

/* Waits until source and Kustomization are ready at the commit or a later one; asks the controllers
 * to look now. */
MUST_USE bool flux_cluster_wait_synced(const Call *call, const FluxWait *wait, Diags *diags);
/* Waits for the Deployments among the objects. */
MUST_USE bool flux_cluster_wait_controllers(const Call *call, const ValueVec *objects,
                                            Diags *diags);

/* Stops Flux from deleting the objects that it has applied. */
MUST_USE bool flux_cluster_suspend(const Call *call, Str namespace, Diags *diags);

typedef struct FluxRemoval {
    Str namespace;
    Str secret; /* empty: it stays */
    bool keeps_namespace;
    bool deletes_foreign; /* objects of Flux's kinds that are not of the installation */
} FluxRemoval;

/* Deletes the installation, after flux_cluster_suspend. Definitions with foreign objects, and a
 * namespace with them, stay, with a warning. Absent objects are done. */
MUST_USE bool flux_cluster_remove(const Call *call, const FluxRemoval *removal, Diags *diags);
/* Stops the controllers and deletes all objects of Flux's kinds; objects applied by them stay. Adds
 * an error instead if there are such objects, or the namespace has objects of others, and
 * `deletes_foreign` is false. The caller deletes the objects of the installation. */
MUST_USE bool flux_cluster_prepare_removal(const Call *call, const FluxRemoval *removal,
                                           Diags *diags);
