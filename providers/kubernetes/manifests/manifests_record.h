/* ManifestsRecord: the private data of kubernetes_manifests: a record for each object. */
#pragma once

#include "map.h"
#include "object_plan.h"

typedef struct ManifestsEntry {
    ObjectRecord object;
    Str digest; /* of the manifest of the last apply, or of the plan; empty: unknown */
    /* Of a plan. */
    ObjectAction action;
    bool is_unseen; /* the server has not compared the object */
} ManifestsEntry;

typedef struct ManifestsRecord {
    Map entries; /* "GROUP/KIND/NAMESPACE/NAME" → ManifestsEntry */
} ManifestsRecord;

/* A damaged text gives the empty record. */
ManifestsRecord manifests_record_read(Str private_data, Arena *arena);
Str manifests_record_text(const ManifestsRecord *record, Arena *arena);
/* Returns the entry of an object; the empty one if there is none. */
ManifestsEntry manifests_record_find(const ManifestsRecord *record, Str key);
void manifests_record_set(ManifestsRecord *record, Str key, ManifestsEntry entry, Arena *arena);
