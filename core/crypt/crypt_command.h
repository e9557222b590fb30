/* crypt_command: runs a program of the user that provides keys, encrypts or decrypts, in OpenTofu's
 * protocol. The program prints one JSON line that names the protocol, reads JSON, and prints JSON.
 * It has one minute.
 *
 * If its exit status is not 0, the error shows the start of its standard error. No error shows its
 * standard output, which holds keys or decrypted data. */
#pragma once

#include "io.h"
#include "schema.h"

typedef struct CryptCommand {
    const Io *io;
    const CancelToken *cancel;
    Str name;          /* of the block, for messages */
    Value argv;        /* list of strings: the program and its arguments */
    const char *magic; /* required "magic" of the first line */
    SourceRange range;
} CryptCommand;

/* Runs the program and sets `*out` to its output after the first line. The output is secret; the
 * caller should wipe it. */
MUST_USE bool crypt_command_run(const CryptCommand *command, Str input, Str *out, Arena *arena,
                                Diags *diags);
/* Adds the error "The program of NAME failed: WHY." Always returns false. */
bool crypt_command_report(const CryptCommand *command, const char *why, Diags *diags);
/* Check for schemas: a program and its arguments, the program not empty, no item null. */
Str crypt_command_check(Value argv, Arena *arena);
