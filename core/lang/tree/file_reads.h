/* FileReads: the files that functions such as file() have read or looked for, with digests.
 * Thread-safe. */
#pragma once

#include "map.h"

typedef struct FileReads FileReads;

FileReads *file_reads_open(void);
/* Accepts NULL. */
void file_reads_close(FileReads *reads);
/* Notes that the file had this content. A file counts once, with the content of the first read.
 * `reads` NULL: does nothing, here and below. */
void file_reads_add(FileReads *reads, Str path, Str content);
/* Notes that a file of this name exists, or does not. */
void file_reads_add_presence(FileReads *reads, Str path, bool exists);
/* Returns path → Str *: "sha256:…" for content, else "exists" or "missing". Call it after the last
 * read. NULL: an empty map. */
Map file_reads_found(const FileReads *reads);
