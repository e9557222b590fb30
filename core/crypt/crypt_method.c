/* Holds the table of methods. */
#include "crypt_method.h"

static const CryptMethodType unencrypted = {
    .name = "unencrypted",
    .schema = {.description = "No encryption: to introduce or to remove encryption."},
    .keys = METHOD_HAS_NO_KEYS,
};

static const CryptMethodType *const method_types[] = {
    &crypt_method_aes_gcm,
    &crypt_method_external,
    &unencrypted,
};

const CryptMethodType *crypt_method_find(Str name, Str *known, Arena *arena) {
    StrBuf names = strbuf_new(arena);
    for (size_t i = 0; i < ARRAY_COUNT(method_types); i++) {
        if (str_equal_cstr(name, method_types[i]->name))
            return method_types[i];
        strbuf_add_format(&names, "%s\"%s\"", i ? ", " : "", method_types[i]->name);
    }
    *known = strbuf_str(&names);
    return NULL;
}
