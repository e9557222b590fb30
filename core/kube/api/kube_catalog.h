/* KubeCatalog: the kinds of a server, decoded from its discovery documents. */
#pragma once

#include "json.h"
#include "kube_resource.h"
#include "map.h"

typedef struct KubeCatalog {
    Map resources; /* "apps/v1 Deployment" → KubeResource */
    Map versions;  /* "apps/v1" → KubeCatalogVersion */
    Arena *arena;
} KubeCatalog;

typedef struct KubeCatalogVersion {
    Str name;      /* "apps/v1" */
    bool is_stale; /* its own server does not answer; its kinds may be missing */
} KubeCatalogVersion;

/* The documents of discovery. */
typedef enum KubeCatalogForm {
    KUBE_CATALOG_OTHER,
    KUBE_CATALOG_AGGREGATED, /* APIGroupDiscoveryList, v2 or v2beta1 */
    KUBE_CATALOG_VERSIONS,   /* APIVersions or APIGroupList: the group versions by name */
    KUBE_CATALOG_RESOURCES,  /* APIResourceList: one group version */
} KubeCatalogForm;

KubeCatalog kube_catalog_new(Arena *arena);
/* Adds a document and returns its form; KUBE_CATALOG_OTHER: nothing was added. Texts are copied
 * into the catalog's arena. */
KubeCatalogForm kube_catalog_add(KubeCatalog *catalog, Value document);
/* Marks a group version as stale; adds it if it is missing. */
void kube_catalog_add_stale(KubeCatalog *catalog, Str api_version);
/* Returns NULL if the kind is missing. */
const KubeResource *kube_catalog_find(const KubeCatalog *catalog, Str api_version, Str kind);
/* Returns a sentence about a missing kind, without its full stop: `the server has no kind
 * "Deploymnt" in "apps/v1"; the nearest name is "Deployment" in "apps/v1"`. */
Str kube_catalog_explain(const KubeCatalog *catalog, Str api_version, Str kind, Arena *arena);
