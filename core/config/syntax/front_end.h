/* FrontEnd: how a file is read, told by the end of its name. A syntax is a row in the tables of
 * front_end.c.
 *
 * x.tofu stands in for x.tf, x.tofu.json for x.tf.json, x.tofutest.hcl for x.tftest.hcl. Names that
 * begin with "." or "#" or end with "~" are those of editors, and passed over. */
#pragma once

#include "body.h"
#include "disk.h"
#include "map.h"

typedef enum FrontEndUse {
    FRONT_END_CONFIGURATION,
    FRONT_END_TEST,
    FRONT_END_MOCK_DATA,
} FrontEndUse;

typedef struct FrontEnd {
    const char *suffix;
    bool (*parse)(const Source *, const FunctionTable *, const Body **, Arena *, Diags *);
    /* Its bodies hold expressions, each of which can be bound in one module only. */
    bool is_eager;
    const char *meant; /* the end that files should have which end so; there is no `parse` then */
} FrontEnd;

/* NULL: files of that name are not for this use. */
const FrontEnd *front_end_find(FrontEndUse use, Str name);
/* Does a file of that name count as configuration? */
bool front_end_is_configuration(Str name);
/* Is there no configuration file in the directory? True also if it cannot be read. */
bool front_end_is_empty_dir(const Disk *disk, Str dir);

typedef struct FrontEndFolder {
    FrontEndUse use;
    const Disk *disk;
    Str path;
    DiskEntries entries; /* as the disk lists them */
    const FunctionTable *functions;
    Map names; /* of the entries, once they are indexed */
} FrontEndFolder;

/* Makes what stands in for what quick to tell: to be called when the entries are listed. */
void front_end_index(FrontEndFolder *folder, Arena *arena);

typedef struct FrontEndFile {
    const FrontEnd *front_end;
    Str path;
    const Source *source; /* NULL: it could not be read, or is not for this use */
    const Body *body;     /* NULL: nothing can be made of it; else there although it has errors */
} FrontEndFile;

/* An entry of the folder's list. One that is not for this use, or that another file stands in for,
 * leaves *out empty. */
MUST_USE bool front_end_read(const FrontEndFolder *folder,
                             const DiskEntry *entry,
                             FrontEndFile *out,
                             Arena *arena,
                             Diags *diags);
