/* ModuleSource: a kind of module source, as a table row. core/config/fetch has the table; the first
 * row that claims an address handles it.
 *
 *  address   as the user writes it: "git::https://host/net.git//lan?ref=v1"
 *  package   the unit that is fetched, canonical: "git::https://host/net.git?ref=v1"
 *  subdir    the module's directory in the package: "lan"
 *
 * Packages may contain credentials: show and store only the result of url_redact. */
#pragma once

#include "diag.h"
#include "io.h"

typedef struct SourceRequest {
    const Io *io;
    const CancelToken *cancel;
    Str package;
    Str constraint;  /* version constraint; empty: any */
    Str version;     /* locked version; empty: select one */
    Str commit;      /* locked commit; empty: select one */
    Str directory;   /* target directory, which exists and is empty */
    Str work;        /* temporary directory, removed afterwards */
    bool is_foreign; /* the address came from a server, so it may not refer to this machine */
    SourceRange range;
} SourceRequest;

typedef struct SourceFound {
    Str elsewhere; /* address to fetch instead (`directory` is still empty); empty: fetched */
    Str version;
    Str commit;
} SourceFound;

typedef struct ModuleSource {
    const char *name;
    const char *forms;        /* forms of its addresses, for messages */
    bool has_versions;        /* a module call may set `version` */
    const char *default_host; /* of packages whose addresses name none; NULL: not a registry */
    /* Returns whether the address (without "//subdir") is of this kind and sets *package. If the
     * kind derives a subdirectory, *package has it after "//". */
    bool (*claims)(Str address, Str *package, Arena *arena);
    /* Fetches the package. NULL: used in place. */
    bool (*fetch)(const SourceRequest *request, SourceFound *out, Arena *arena, Diags *diags);
} ModuleSource;

typedef struct ModuleSources {
    const ModuleSource *const *rows;
    size_t count;
    Str default_host; /* instead of those of the rows; empty: those */
} ModuleSources;

typedef struct SourceAddress {
    const ModuleSource *kind;
    Str package;
    Str subdir; /* normalised; empty: the package itself */
} SourceAddress;

extern const ModuleSource module_source_local;

/* Splits "//subdir" off an address: "h/p.git//a/b?ref=x" → "h/p.git?ref=x" and "a/b". */
Str module_source_split(Str address, Str *subdir, Arena *arena);
/* Resolves "/x", "./x" and "../x" relative to the page, with a subdirectory behind "//"; returns
 * other locations unchanged. */
Str module_source_resolve(Str page, Str location, Arena *arena);
/* Rejects `version` for sources without versions. */
MUST_USE bool module_source_check_versions(const SourceAddress *address, Str source,
                                           SourceRange range, Arena *arena, Diags *diags);
/* Parses an address. If `sources` is NULL, only local paths are accepted. */
MUST_USE bool module_source_parse(const ModuleSources *sources, Str address, SourceRange range,
                                  SourceAddress *out, Arena *arena, Diags *diags);
