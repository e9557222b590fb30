/* bcrypt: a password's hash that is slow on purpose, as others check it: "$2a$10$…". libcrypt does
 * the work. */
#pragma once

#include "str.h"

#define BCRYPT_COST_MIN   4
#define BCRYPT_COST_USUAL 10
#define BCRYPT_COST_MAX   31
#define BCRYPT_TEXT_MAX   ((size_t)72) /* bytes: what is beyond does not count */

/* With a random salt. False: the text holds a NUL character, or the cost is none. */
MUST_USE bool bcrypt_hash(Str text, int64_t cost, Str *out, Arena *arena);
