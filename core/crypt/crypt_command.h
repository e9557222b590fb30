/* crypt_command: a program of the user's that keeps keys or encrypts, by OpenTofu's protocol: it
 * prints a line of JSON that says what it is, reads JSON, and prints JSON. A minute at most.
 *
 * What it prints on its error output is shown when it fails; its output never is: keys are in it.
 */
#pragma once

#include "io.h"
#include "schema.h"

typedef struct CryptCommand {
    const Io *io;
    const CancelToken *cancel;
    Str name;          /* of the block, for messages */
    Value words;       /* list of strings: the program and its arguments */
    const char *magic; /* what its first line must say */
    SourceRange range;
} CryptCommand;

/* What it answers, behind the first line; secret, as the caller may wipe. */
MUST_USE bool crypt_command_run(
    const CryptCommand *command, Str input, Str *out, Arena *arena, Diags *diags);
/* The error about an answer that could not be read. Always false. */
bool crypt_command_refuse(const CryptCommand *command, const char *why, Diags *diags);
/* For schemas: a list of words, of which the first is no empty one. */
Str crypt_command_check(Value words, Arena *arena);
