/* Holds the table of key providers. */
#include "key_provider.h"

static const KeyProviderType *const types[] = {
    &key_provider_pbkdf2,
    &key_provider_external,
};

const KeyProviderType *key_provider_at(size_t i) {
    return i < ARRAY_COUNT(types) ? types[i] : NULL;
}

const KeyProviderType *key_provider_find(Str name) {
    for (size_t i = 0; i < ARRAY_COUNT(types); i++) {
        if (str_equal_cstr(name, types[i]->name))
            return types[i];
    }
    return NULL;
}
