/* foreign_handshake: the line with the socket address that a provider prints at its start:
 *
 *     1|5|unix|/tmp/plugin4253809855|grpc|
 *     core protocol|plugin protocol|network|address|type|certificate */
#pragma once

#include "str.h"

typedef struct ForeignHandshake {
    int protocol; /* 5 or 6 */
    Str socket;   /* path; a view of the line */
} ForeignHandshake;

/* Returns false if the line is damaged or loam does not support its values; *problem is a sentence
 * then. */
MUST_USE bool foreign_handshake_parse(Str line, ForeignHandshake *out, Str *problem, Arena *arena);
