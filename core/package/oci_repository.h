/* oci_repository: reads a repository of an OCI registry: its tags, manifests and blobs.
 *
 * A registry that requires authentication names the scheme in its first answer: Basic, or a server
 * that issues tokens for the repository. Everything is https. */
#pragma once

#include "http.h"
#include "package.h"

typedef struct OciRepository {
    const PackageSources *sources;
    Str host;          /* with its port */
    Str name;          /* path of the repository */
    Str authorization; /* value of that header; empty: not needed so far */
} OciRepository;

/* Splits HOST[:PORT]/NAME; returns false if it is not a valid repository. */
MUST_USE bool oci_repository_open(const PackageSources *sources, Str text, OciRepository *out);
/* Gets a path of the repository, such as tags/list. `accept`: media types, or NULL. On failure
 * *problem is the end of a sentence, and out->code the HTTP status, or 0. */
MUST_USE bool oci_repository_get(OciRepository *repository, Str path, const char *accept,
                                 HttpResponse *out, Str *problem, Arena *arena);
/* Lists the tags. An absent repository has none. */
MUST_USE bool oci_repository_tags(OciRepository *repository, StrVec *out, Str *problem,
                                  Arena *arena);
Str oci_repository_url(const OciRepository *repository, Str path, Arena *arena);
