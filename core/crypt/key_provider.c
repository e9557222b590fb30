/* Holds the table of key providers. */
#include "key_provider.h"

static const KeyProviderType *const types[] = {
    &key_provider_pbkdf2,
    &key_provider_external,
};

const KeyProviderType *key_provider_find(Str name, Str *known, Arena *arena) {
    StrBuf names = strbuf_new(arena);
    for (size_t i = 0; i < ARRAY_COUNT(types); i++) {
        if (str_equal_cstr(name, types[i]->name))
            return types[i];
        strbuf_add_format(&names, "%s\"%s\"", i ? ", " : "", types[i]->name);
    }
    *known = strbuf_str(&names);
    return NULL;
}
