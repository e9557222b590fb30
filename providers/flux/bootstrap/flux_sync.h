/* flux_sync: the texts of gotk-sync.yaml and kustomization.yaml. */
#pragma once

#include "value.h"

typedef struct FluxSync {
    Str namespace;
    Str interval; /* "1m0s" */
    Str url;
    Str branch;
    Str secret; /* empty: the repository needs no credentials */
    Str path;   /* "./clusters/a" */
    bool recurses_submodules;
    Str account; /* service account that applies the path; empty: that of the controller */
} FluxSync;

/* The GitRepository and the Kustomization, as `flux bootstrap` writes them. */
Str flux_sync_text(const FluxSync *sync, Arena *arena);
/* Returns the settings of these objects, in any notation; empty if they are not there. */
FluxSync flux_sync_of(const Value *objects, size_t count);
/* The list of the two other files. */
extern const Str flux_sync_kustomization;
/* Returns a duration in the form of Go: "1m0s". Empty: the text is no duration. */
Str flux_sync_interval(Str text, Arena *arena);
