/* foreign_source: a ProviderSource for providers that are programs. Starts each at its first
 * lookup.
 */
#pragma once

#include "registry.h"

/* Where the program of a provider is. */
typedef struct ForeignLocation {
    Str address;    /* with host and namespace */
    Str program;    /* path; empty: the provider is an already running process */
    int descriptor; /* of the program, which starts from it; 0: from its path */
    Str socket;     /* path of the socket of a running process */
    int protocol;   /* 5 or 6, of a running process */
} ForeignLocation;

/* Locates programs by provider name. */
typedef struct ForeignLocator {
    void *self;
    /* `is_row`: loam contains a provider of this name. Sets *is_found, and *out if true. Returns
     * false after adding an error. */
    bool (*locate)(void *self, Str name, bool is_row, ForeignLocation *out, bool *is_found,
                   Arena *arena, Diags *diags);
} ForeignLocator;

/* `locator`, `io` and `cancel`, the token of the run, must live until foreign_source_close, which
 * the caller calls. */
const ProviderSource *foreign_source_open(const ForeignLocator *locator, const Io *io,
                                          const CancelToken *cancel);
/* Ends all processes. Accepts NULL. */
void foreign_source_close(const ProviderSource *opened);
