/* ModuleSource: a kind of places that modules come from, as a row. core/config/sources has the rows
 * and hands them down; the first that claims an address has it.
 *
 *   address   what the user writes: "git::https://host/net.git//lan?ref=v1"
 *   package   what is fetched as one: "git::https://host/net.git?ref=v1", in one canonical form
 *   subdir    the module's folder within: "lan"
 *
 * Packages may hold credentials: only what url_redact made of one is shown or kept. */
#pragma once

#include "diag.h"
#include "io.h"

typedef struct SourceRequest {
    const Io *io;
    const CancelToken *cancel;
    Str package;
    Str constraint;  /* which versions will do; empty: any */
    Str version;     /* exactly this one, the lock says; empty: choose */
    Str commit;      /* likewise */
    Str folder;      /* to be filled: there, and empty */
    Str work;        /* a folder for files on the way, which goes afterwards */
    bool is_foreign; /* a server named it: nothing of this machine is meant */
    SourceRange range;
} SourceRequest;

typedef struct SourceFound {
    Str elsewhere; /* not empty: the address that has it; nothing was put into the folder */
    Str version;
    Str commit;
} SourceFound;

typedef struct ModuleSource {
    const char *name;
    const char *forms; /* how its addresses look, for people */
    bool has_versions; /* "version" may be said of it */
    /* The package that an address (without "//subdir") names; false: not of this kind. A subdir
     * that the kind itself finds in it is in *package behind "//". */
    bool (*claims)(Str address, Str *package, Arena *arena);
    /* NULL: used where it is. */
    bool (*fetch)(const SourceRequest *request, SourceFound *out, Arena *arena, Diags *diags);
} ModuleSource;

typedef struct ModuleSources {
    const ModuleSource *const *rows;
    size_t count;
} ModuleSources;

typedef struct SourceAddress {
    const ModuleSource *kind;
    Str package;
    Str subdir; /* clean; empty: the package itself */
} SourceAddress;

extern const ModuleSource module_source_local;

/* "./x", "../x" */
bool module_source_is_local(Str address);
/* Cuts "//subdir" out of an address: "h/p.git//a/b?ref=x" → "h/p.git?ref=x" and "a/b". */
Str module_source_split(Str address, Str *subdir, Arena *arena);
/* `sources` NULL: local folders alone. */
/* That "version" may be said of it. */
MUST_USE bool module_source_check_versions(
    const SourceAddress *address, Str source, SourceRange range, Arena *arena, Diags *diags);
MUST_USE bool module_source_parse(const ModuleSources *sources,
                                  Str address,
                                  SourceRange range,
                                  SourceAddress *out,
                                  Arena *arena,
                                  Diags *diags);
