/* foreign_source: the providers of a run that are programs. Each is started at its first lookup. */
#pragma once

#include "registry.h"

/* Where the program of a provider is. */
typedef struct ForeignLocation {
    Str address; /* with host and namespace */
    Str program; /* path; empty: a process that runs already */
    Str socket;
    int protocol;
} ForeignLocation;

/* Finds programs. Returns false after adding an error. */
typedef struct ForeignLocator {
    void *self;
    /* `is_row`: loam has a provider of this name itself. Sets *is_found. */
    bool (*locate)(void *self,
                   Str name,
                   bool is_row,
                   ForeignLocation *out,
                   bool *is_found,
                   Arena *arena,
                   Diags *diags);
} ForeignLocator;

/* `locator` and `io` must live until foreign_source_close. */
const ProviderSource *foreign_source_open(const ForeignLocator *locator, const Io *io);
/* Ends all processes. NULL is fine. */
void foreign_source_close(const ProviderSource *opened);
