/* mirror_write: copies packages from their registries into a directory, which then serves as a
 * filesystem mirror and, behind a web server, as a network mirror. */
#pragma once

#include "provider_install.h"

typedef struct MirrorWrite {
    PackageSources sources;
    Str directory;    /* the mirror */
    StrVec platforms; /* linux_amd64 */
    void (*tell)(void *payload, Str line);
    void *payload;
} MirrorWrite;

/* Fetches the packages of all wanted providers for all platforms, in the versions of `lock` where
 * it has one, and writes the indexes. Goes on after an error with one provider. */
MUST_USE bool mirror_write_run(const MirrorWrite *mirror, const WantedProviders *wanted,
                               const DependencyLock *lock, Arena *arena, Diags *diags);
