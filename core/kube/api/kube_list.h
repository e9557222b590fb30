/* kube_list: all objects of a collection, read in pages of one snapshot. */
#pragma once

#include "kube_call.h"

/* What a request accepts to get the metadata of the objects alone. */
#define KUBE_LIST_METADATA                                                                         \
    "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1,application/json"

typedef struct KubeListRequest {
    KubeRef ref;        /* without a name */
    Str label_selector; /* "a=b,c!=d"; empty: none */
    Str field_selector; /* "metadata.name=x"; empty: none */
    bool only_metadata; /* objects have apiVersion, kind and metadata alone */
    size_t count_max;   /* stop after the page that exceeds it; 0: no limit */
    size_t page_size;   /* 0: 500 */
} KubeListRequest;

typedef struct KubeList {
    ValueVec items;       /* each with apiVersion and kind; may exceed count_max by a page */
    Str resource_version; /* of the snapshot, for a watch */
    bool is_cut;          /* there are more objects than count_max */
} KubeList;

/* A snapshot that expires in the middle (410) is read again from the start, at most twice. */
KubeOutcome kube_list_read(const KubeCall *call, const KubeListRequest *request, KubeList *out,
                           KubeResponse *response, Diags *diags);
/* Returns the path with the query of one page; `next` empty: the first page. */
Str kube_list_path(const KubeListRequest *request, Str next, Arena *arena);
