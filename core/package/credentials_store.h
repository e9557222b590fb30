/* credentials_store: keeps the tokens of `login`: in ~/.terraform.d/credentials.tfrc.json, which
 * Terraform reads and writes, too, or in the credentials helper.
 *
 * The file is replaced atomically, with mode 0600; everything else in it stays. A host that the
 * file already has stays there even if a helper is configured. */
#pragma once

#include "package.h"

typedef enum CredentialsPlace {
    CREDENTIALS_NOWHERE,
    CREDENTIALS_IN_SETTINGS, /* in a block `credentials` of the CLI configuration: not changed */
    CREDENTIALS_IN_FILE,
    CREDENTIALS_IN_HELPER,
} CredentialsPlace;

/* Finds the place of a host's token. */
MUST_USE bool credentials_store_find(const PackageSources *sources, Str host, CredentialsPlace *out,
                                     Arena *arena, Diags *diags);
/* Returns the place for a token that is `found` so far: the path of the file, or the helper. */
Str credentials_store_name(const PackageSources *sources, CredentialsPlace found, Arena *arena);
/* Writes the token of a host; an empty one removes it. `place` is that of credentials_store_find.
 */
MUST_USE bool credentials_store_put(const PackageSources *sources, CredentialsPlace place, Str host,
                                    Str token, Arena *arena, Diags *diags);
