/* Hashes passwords with libcrypt. */
#include "bcrypt.h"
#include "random.h"

#include <crypt.h>

bool bcrypt_hash(Str text, int64_t cost, Str *out, Arena *arena) {
    char random[16];
    char setting[64];
    bool fits = cost >= BCRYPT_COST_MIN && cost <= BCRYPT_COST_MAX;
    if (!fits || str_find_char(text, '\0', 0) != SIZE_MAX)
        return false;
    random_fill(random, sizeof random);
    if (!crypt_gensalt_rn("$2a$", (unsigned long)cost, random, sizeof random, setting,
                          sizeof setting))
        return false;
    void *data = arena_alloc(arena, sizeof(struct crypt_data));
    const char *phrase = str_to_cstr(str_slice(text, 0, BCRYPT_TEXT_MAX), arena);
    const char *hashed = crypt_rn(phrase, setting, data, (int)sizeof(struct crypt_data));
    if (!hashed)
        return false;
    *out = str_clone(str_from_cstr(hashed), arena);
    return true;
}
