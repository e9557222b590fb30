/* provider_ref: which provider configuration an object belongs to, as state files write it:
 * module.a.provider["registry.terraform.io/hashicorp/random"].alias. */
#pragma once

#include "str.h"

typedef struct ProviderRef {
    Str address; /* registry.terraform.io/hashicorp/random */
    Str alias;   /* empty: the default configuration */
    Str module;  /* configuration address of the module that configures it; empty: root */
    Str key;     /* of a configuration with for_each: alias["key"]; empty: none */
} ProviderRef;

/* Also the forms of other times: provider.NAME, and numbers for keys (dropped). */
MUST_USE bool provider_ref_parse(Str text, ProviderRef *out, Arena *arena);
Str provider_ref_to_str(ProviderRef ref, Arena *arena);
