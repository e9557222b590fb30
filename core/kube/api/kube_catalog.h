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
    bool is_stale; /* the server of this group version does not answer */
} KubeCatalogVersion;

/* The documents of discovery. */
typedef enum KubeCatalogForm {
    KUBE_CATALOG_OTHER,
    KUBE_CATALOG_AGGREGATED, /* APIGroupDiscoveryList, v2 or v2beta1 */
    KUBE_CATALOG_VERSIONS,   /* APIVersions or APIGroupList: the group versions by name */
    KUBE_CATALOG_RESOURCES,  /* APIResourceList: one group version */
} KubeCatalogForm;

KubeCatalog kube_catalog_new(Arena *arena);
/* Adds a document. Texts are copied into the catalog's arena. */
KubeCatalogForm kube_catalog_add(KubeCatalog *catalog, Value document);
/* Adds a group version without kinds whose server does not answer. */
void kube_catalog_add_stale(KubeCatalog *catalog, Str api_version);
const KubeResource *kube_catalog_find(const KubeCatalog *catalog, Str api_version, Str kind);
/* Returns the end of a sentence about a kind that is missing: `has no kind "Deploymnt" in
 * "apps/v1". Did you mean "Deployment"?` */
Str kube_catalog_explain(const KubeCatalog *catalog, Str api_version, Str kind, Arena *arena);
