/* foreign_handshake: the line with which a provider says where it listens:
 *
 *     1|5|unix|/tmp/plugin4253809855|grpc|
 *     core protocol|plugin protocol|network|address|type|certificate */
#pragma once

#include "str.h"

typedef struct ForeignHandshake {
    int protocol; /* 5 or 6 */
    Str socket;   /* path; a view of the line */
} ForeignHandshake;

/* Returns false if loam cannot use such a provider; *problem is a sentence. */
MUST_USE bool foreign_handshake_parse(Str line, ForeignHandshake *out, Str *problem, Arena *arena);
