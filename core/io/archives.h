/* Archives: reads and writes tar and zip files with libarchive, in a plugin. */
#pragma once

#include "disk.h"

/* Formats and compressions; sets of them are unions. */
typedef enum ArchiveForm {
    ARCHIVES_TAR = 1,
    ARCHIVES_ZIP = 2,
    ARCHIVES_GZIP = 4,
    ARCHIVES_BZIP2 = 8,
    ARCHIVES_XZ = 16,
    ARCHIVES_ZSTD = 32,
} ArchiveForm;

typedef struct ArchiveInput {
    unsigned forms;   /* all that are accepted */
    const Disk *disk; /* NULL: the archive is `bytes` */
    DiskFile file;    /* open; must stay open as long as the reader */
    uint64_t size;    /* of the file; for zip */
    Str bytes;
} ArchiveInput;

typedef enum ArchiveKind {
    ARCHIVED_FILE,
    ARCHIVED_DIRECTORY,
    ARCHIVED_LINK, /* symbolic */
    ARCHIVED_OTHER,
} ArchiveKind;

typedef struct ArchiveMember {
    Str path;
    ArchiveKind kind;
    bool is_hard_link;
    Str target; /* of a symbolic link */
    uint32_t mode;
    int64_t time_s; /* of a new member */
    int64_t size;   /* 0 if not given */
    bool has_size;
} ArchiveMember;

typedef enum ArchiveStep {
    ARCHIVES_MEMBER,
    ARCHIVES_DOUBTFUL, /* a member, of which something is wrong that can be ignored */
    ARCHIVES_END,
    ARCHIVES_BROKEN,
} ArchiveStep;

typedef struct ArchiveOutput {
    unsigned forms;                         /* one format, and at most ARCHIVES_ZSTD */
    int (*write)(void *payload, Str bytes); /* returns 0 or a negative errno */
    void *payload;
} ArchiveOutput;

typedef struct ArchiveReader ArchiveReader;
typedef struct ArchiveWriter ArchiveWriter;

typedef struct Archives {
    /* Never returns NULL; a failure is that of the first `next`. */
    ArchiveReader *(*open)(const ArchiveInput *input, Arena *arena);
    ArchiveStep (*next)(ArchiveReader *reader, ArchiveMember *out, Arena *arena);
    /* Reads the content of the member. Returns the number of bytes; 0 at its end; -1 on failure. */
    int64_t (*read)(ArchiveReader *reader, char *out, size_t size);
    /* Returns why the last call failed, without control characters. */
    Str (*fault)(const ArchiveReader *reader, Arena *arena);
    void (*close)(ArchiveReader *reader);

    /* Equal members give equal bytes. Never returns NULL; `finish` fails if any call did. */
    ArchiveWriter *(*create)(const ArchiveOutput *output, Arena *arena);
    /* Starts a file; `add` must add exactly its size. */
    bool (*start)(ArchiveWriter *writer, const ArchiveMember *member);
    bool (*add)(ArchiveWriter *writer, Str bytes);
    /* Writes the rest and frees the writer. Returns false with *fault, the reason, on failure. */
    bool (*finish)(ArchiveWriter *writer, Str *fault, Arena *arena);
} Archives;

/* Loads the plugin. NULL: it cannot be loaded; *problem says why. */
const Archives *archives_load(Str *problem, Arena *arena);
#define ARCHIVES_PLUGIN "loam-libarchive.so" /* exports the symbol libarchive_archives */
/* The functions in that plugin. A test program may contain them; then it loads nothing. */
extern const Archives libarchive_archives __attribute__((weak));
