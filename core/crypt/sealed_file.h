/* sealed_file: a file of any size, encrypted with a passphrase in pieces of 1 MiB.
 *
 *     {"format":"loam-sealed-1","key":{…},"head":{…}}\n     one line in clear text
 *     piece, piece, …                                        each as gcm_seal returns it
 *
 * "key" has salt and cost of the key provider pbkdf2. "head" is a JSON object of the writer; it is
 * authenticated, but not encrypted. Each piece authenticates the line, its index, and whether it is
 * the last one, so that a changed, missing or moved byte is an error.
 *
 * Memory does not depend on the size of the file. Functions that return a Str return an empty text,
 * or the end of a sentence that says why they failed. */
#pragma once

#include "disk.h"
#include "value.h"

/* An attribute check: the passphrase must have at least 16 bytes. */
Str sealed_file_check_passphrase(Value passphrase, Arena *arena);

typedef struct SealedWriter SealedWriter;

/* Begins a temporary file beside `path`, with mode 0600. */
MUST_USE Str sealed_writer_open(const Disk *disk, Str path, Str passphrase, Str head,
                                SealedWriter **out, Arena *arena);
MUST_USE Str sealed_writer_add(SealedWriter *writer, Str bytes, Arena *arena);
/* Writes the last piece, syncs, and renames the file to `path`. */
MUST_USE Str sealed_writer_finish(SealedWriter *writer, Arena *arena);
/* Removes the temporary file unless the writer has finished, and wipes the key. Accepts NULL. */
void sealed_writer_close(SealedWriter *writer);

typedef struct SealedReader SealedReader;

/* Reads the first line; needs no passphrase. Its head is not authenticated before the first piece
 * was read. */
MUST_USE Str sealed_reader_open(const Disk *disk, Str path, SealedReader **out, Arena *arena);
/* The JSON object of the writer. */
Str sealed_reader_head(const SealedReader *reader);
/* Derives the key. Call before the first piece. */
MUST_USE Str sealed_reader_unlock(SealedReader *reader, Str passphrase, Arena *arena);
/* Sets `*out` to the next piece, in the reader's memory until the next call. After the last piece
 * `*is_end` is true and `*out` is empty. */
MUST_USE Str sealed_reader_next(SealedReader *reader, Str *out, bool *is_end, Arena *arena);
/* Wipes the key and the last piece. Accepts NULL. */
void sealed_reader_close(SealedReader *reader);
