#include "crypt_method.h"
#include "gcm.h"

static Str check_aad(Value aad, Arena *) {
    for (size_t i = 0; i < aad.count; i++) {
        Value byte = value_at(aad, i);
        int64_t number;
        if (!value_is_present(byte) || !value_to_int(byte, &number) || number < 0 || number > 255)
            return STR("The value must be a list of bytes: integers from 0 to 255.");
    }
    return STR_EMPTY;
}

static const Attribute aes_gcm_attributes[] = {
    {.name = "aad",
     .type = &TYPE_LIST_OF_NUMBER,
     .flags = OPTIONAL,
     .description = "Additional authenticated data, as a list of bytes.",
     .check = check_aad},
};

static Str aad_of(Value config, Arena *arena) {
    Value aad = value_attribute(config, STR("aad"));
    if (!value_is_present(aad))
        return STR_EMPTY;
    char *bytes = arena_alloc(arena, aad.count);
    for (size_t i = 0; i < aad.count; i++) {
        int64_t number = 0;
        (void)value_to_int(value_at(aad, i), &number);
        bytes[i] = (char)number;
    }
    return (Str){bytes, aad.count};
}

static bool aes_gcm_check_key(const MethodRequest *request, Diags *diags) {
    return gcm_is_key(request->key) ||
           diags_fail(diags, request->range, "Invalid encryption key",
                      "%.*s requires a key of 16, 24 or 32 bytes, but the key has %zu.",
                      STR_ARG(request->name), request->key.len);
}

static bool aes_gcm_seal(const MethodRequest *request, Str plain, Str *out, Arena *arena,
                         Diags *diags) {
    if (!aes_gcm_check_key(request, diags))
        return false;
    *out = gcm_seal(request->key, aad_of(request->config, arena), plain, arena);
    return true;
}

static bool aes_gcm_open(const MethodRequest *request, Str sealed, Str *out, Arena *arena,
                         Diags *diags) {
    if (!aes_gcm_check_key(request, diags))
        return false;
    return gcm_open(request->key, aad_of(request->config, arena), sealed, out, arena) ||
           diags_fail(diags, request->range, "Wrong key or changed content",
                      "The key of %.*s does not match the content.", STR_ARG(request->name));
}

const CryptMethodType crypt_method_aes_gcm = {
    .name = "aes_gcm",
    .schema = {SCHEMA_ATTRIBUTES(aes_gcm_attributes), .description = "AES in Galois/counter mode."},
    .keys = METHOD_NEEDS_KEYS,
    .seal = aes_gcm_seal,
    .open = aes_gcm_open,
};
