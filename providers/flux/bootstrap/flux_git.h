/* FluxGit: the block `git` of the provider: the repository of the installation, and how to access
 * it. It is part of the client of a provider configuration. */
#pragma once

#include "git_repository.h"
#include "map.h"
#include "provider.h"

typedef struct FluxGit {
    GitRemote remote;
    Str author_name;
    Str author_email;
    Str appendix;      /* the end of commit messages; empty: none */
    Str review_branch; /* empty: commits go to the branch that Flux follows */
} FluxGit;

#define FLUX_GIT_COUNT  6
#define FLUX_GIT_BLOCKS 2
extern const Attribute flux_git_attributes[FLUX_GIT_COUNT];
extern const Block flux_git_blocks[FLUX_GIT_BLOCKS];
/* A row of a table of blocks. */
#define FLUX_GIT_BLOCK                                                                             \
    {                                                                                              \
        .name = "git", .nesting = NEST_SINGLE, .schema = {                                         \
            .attributes = flux_git_attributes,                                                     \
            .attribute_count = FLUX_GIT_COUNT,                                                     \
            .blocks = flux_git_blocks,                                                             \
            .block_count = FLUX_GIT_BLOCKS,                                                        \
            .description = "The git repository that Flux follows, for flux_bootstrap_git.",        \
        }                                                                                          \
    }

/* Reads the block of a provider configuration, which must outlive the result; *out is NULL without
 * the block. */
MUST_USE bool flux_git_read(const Call *call, Value config, const FluxGit **out, Arena *arena,
                            Diags *diags);
/* Returns the repository of the call's provider configuration; adds an error and returns NULL if it
 * has none. */
const FluxGit *flux_git_of(const Call *call, Diags *diags);
/* Opens a clone with deadline and cancel token of the call, and fetches the branch. */
MUST_USE bool flux_git_fetch(const Call *call, const FluxGit *git, GitRepository *out,
                             Diags *diags);
/* Pushes the commits of `prepare`. With a review branch it fails as long as they are not merged:
 * the error names the commit. `action` is the failure ("Manifests not pushed"). */
MUST_USE bool flux_git_push(const Call *call, GitRepository *repository, GitPrepare *prepare,
                            void *payload, const char *action, Diags *diags);
/* Adds the error of a failed operation; returns false. */
bool flux_git_fail(const Call *call, const GitRepository *repository, const char *action,
                   Diags *diags);
/* Returns the members of the Secret with which Flux accesses the repository, as texts. */
Map flux_git_secret(const FluxGit *git, Arena *arena);
