/* kube_parts: a state as one Secret or several: NAME, NAME-part-1 and so on hold the compressed
 * text in order. This is the form of Terraform 1.11; OpenTofu reads only one Secret.
 *
 *    read     a Secret follows while the compressed text is not complete
 *    write    one Secret is replaced on condition that it has the version that was read. Several
 *             are written from the last to the second, and then the first one on that condition;
 *             its label loam-parts has their number. Surplus Secrets are deleted last; if that
 *             fails, by the next run that holds the lock and finds the label
 *    next     several Secrets cannot be replaced at once, so the text is first stored in Secrets
 *             loam-next-… (kube_segments.h) with the version of the first Secret that it
 *             replaces. If the set is torn while the first Secret has this version, readers use
 *             that text. So a death at any time leaves the old or the new text
 *
 * Another program that dies while it writes several Secrets leaves a torn set. */
#pragma once

#include "kube_store.h"

typedef enum KubePartsResult {
    PARTS_DONE,
    PARTS_FAILED,  /* *problem is the end of a sentence */
    PARTS_TORN,    /* the Secrets do not belong together, and no text can replace them */
    PARTS_CHANGED, /* another program has written since the read */
} KubePartsResult;

typedef struct KubeParts {
    const KubeStore *store;
    const Clock *clock;
    Str version;   /* resourceVersion of the first Secret as last read; empty: it does not exist */
    bool was_read; /* `version` is valid */
    bool
        keeps_version; /* a later read leaves `version`: writes are conditional on the first read */
    bool is_divided;   /* there was more than one Secret */
    bool is_torn;      /* the text that was read is not yet in the Secrets of the state */
    bool is_tidy;      /* neither surplus Secrets nor texts to be written are left */
    Arena *arena;      /* of `version` */
} KubeParts;

/* Sets *out to the text; empty if there is no Secret. */
KubePartsResult kube_parts_read(KubeParts *parts, Str *out, Str *problem, Arena *arena);
/* Without an earlier read, replaces any version. */
KubePartsResult kube_parts_write(KubeParts *parts, Str text, Str *problem, Arena *arena);
/* Deletes all Secrets of the state. */
MUST_USE bool kube_parts_delete(const KubeStore *store, Str *problem, Arena *arena);
