/* FrontEnd: selects the parser of a file by the suffix of its name. Each suffix is a row in the
 * tables of front_end.c.
 *
 * x.tofu takes precedence over x.tf, x.tofu.json over x.tf.json, and x.tofutest.hcl over
 * x.tftest.hcl. Editor files, whose names start with "." or "#" or end with "~", are skipped. */
#pragma once

#include "body.h"
#include "disk.h"
#include "map.h"

typedef enum FrontEndUse {
    FRONT_END_CONFIGURATION,
    FRONT_END_TEST,
    FRONT_END_MOCK_DATA,
    FRONT_END_QUERY,
} FrontEndUse;

typedef struct FrontEnd {
    const char *suffix;
    bool (*parse)(const SourceText *, const FunctionTable *, const Body **, Arena *, Diags *);
    /* true: parsing creates the expressions, and an expression can be bound in one module only.
     * So each call of a module parses its files again. */
    bool is_eager;
    const char *meant; /* unsupported suffix: the suffix to use instead; `parse` is NULL then */
} FrontEnd;

/* Returns the front end of a file name, or NULL if such files have a different use. */
const FrontEnd *front_end_find(FrontEndUse use, Str name);
/* Returns whether files of that name are configuration files. */
bool front_end_is_configuration(Str name);
/* Returns whether the directory has no configuration file or cannot be read. */
bool front_end_is_empty_dir(const Disk *disk, Str dir);

typedef struct FrontEndDirectory {
    FrontEndUse use;
    const Disk *disk;
    Str path;
    DiskEntries entries; /* in the order of the directory listing */
    const FunctionTable *functions;
    Map names; /* relevant entry names; filled by front_end_index */
} FrontEndDirectory;

/* Indexes `names` for precedence checks. Call it after `entries` has been listed. */
void front_end_index(FrontEndDirectory *directory, Arena *arena);

typedef struct FrontEndFile {
    const FrontEnd *front_end;
    FrontEndUse use;
    Str path;
    const SourceText *source; /* NULL: the file could not be read or has a different use */
    const Body *body;         /* NULL: not parsed; a body may be present despite errors */
} FrontEndFile;

/* Reads and parses an entry of the directory listing. Leaves *out empty if the entry has a
 * different use or another file takes precedence. */
MUST_USE bool front_end_read(const FrontEndDirectory *directory, const DiskEntry *entry,
                             FrontEndFile *out, Arena *arena, Diags *diags);
