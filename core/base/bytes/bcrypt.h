/* bcrypt: password hashes of the form "$2a$10$…", as other programs verify them. libcrypt computes
 * them. */
#pragma once

#include "str.h"

#define BCRYPT_COST_MIN   4
#define BCRYPT_COST_USUAL 10
#define BCRYPT_COST_MAX   31
#define BCRYPT_TEXT_MAX   ((size_t)72) /* bytes; further bytes are ignored */

/* Hashes with a random salt. Returns false if the text holds a NUL character or the cost is out of
 * range. */
MUST_USE bool bcrypt_hash(Str text, int64_t cost, Str *out, Arena *arena);
