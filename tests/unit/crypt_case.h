/* crypt_case: fixture of encryption tests: blocks of a configuration as values. */
#pragma once

#include "cipher.h"
#include "json.h"
#include "unit.h"

#define PASSPHRASE "correct horse battery"

typedef struct CryptCase {
    Arena *arena;
    Io io;
    Diags diags;
    Keyring *keyring;
} CryptCase;

static inline CryptCase crypt_case_open(void) {
    Arena *arena = arena_open("test");
    CryptCase c = {.arena = arena, .io = io_real(), .diags = diags_new(arena)};
    Io *io = arena_new(arena, Io);
    *io = c.io;
    c.keyring = keyring_open(io, NULL);
    return c;
}

static inline void crypt_case_close(CryptCase *c) {
    keyring_close(c->keyring);
    arena_close(c->arena);
}

/* The arguments of a block over its schema's defaults. */
static inline Value crypt_case_config(CryptCase *c, const Schema *schema, const char *json) {
    Value config;
    const char *error;
    JsonReader reader = json_reader_new(str_from_cstr(json), c->arena);
    const Type *type = schema_implied_type(schema);
    JsonToken token = json_next(&reader);
    if (!json_read_typed(&reader, token, type, &config, &error, c->arena))
        fail_msg("%s: %s", json, error);
    return schema_apply_defaults(schema, config, c->arena);
}

/* A list of strings: sh, -c, the script. */
static inline Value crypt_case_words(CryptCase *c, Str script) {
    Value *words = arena_new_array(c->arena, Value, 3);
    words[0] = value_string(STR("sh"), c->arena);
    words[1] = value_string(STR("-c"), c->arena);
    words[2] = value_string(script, c->arena);
    return value_list(&TYPE_STRING, words, 3, c->arena);
}

/* {name = [sh, -c, script]} */
static inline Value crypt_case_command(CryptCase *c, const char *name, Str script) {
    Str *names = arena_new(c->arena, Str);
    Value *value = arena_new(c->arena, Value);
    *names = str_from_cstr(name);
    *value = crypt_case_words(c, script);
    return value_object(names, value, 1, c->arena);
}

static inline KeySource *crypt_case_pbkdf2(CryptCase *c, const char *name, const char *passphrase) {
    Str json = str_format(c->arena,
                          "{\"passphrase\": \"%s\", \"iterations\": 200000, \"hash_function\": "
                          "\"sha256\"}",
                          passphrase);
    KeySourceConfig config = {
        .type = &key_provider_pbkdf2,
        .name = str_from_cstr(name),
        .metadata_key = str_from_cstr(name),
        .config = crypt_case_config(c, &key_provider_pbkdf2.schema, str_to_cstr(json, c->arena)),
    };
    return keyring_add(c->keyring, &config);
}

static inline CipherStep crypt_case_step(CryptCase *c, const char *type, KeySource *keys) {
    Str known;
    const CryptMethodType *method = crypt_method_find(str_from_cstr(type), &known, c->arena);
    return (CipherStep){
        .type = method,
        .name = str_format(c->arena, "method.%s.m", type),
        .config = crypt_case_config(c, &method->schema, "{}"),
        .keys = keys,
    };
}

/* AES-GCM with each of the sources in order; NULL: "unencrypted". */
static inline Cipher *crypt_case_cipher(CryptCase *c, KeySource *const *sources, size_t count) {
    Cipher *cipher = arena_new(c->arena, Cipher);
    *cipher = (Cipher){.keyring = c->keyring, .io = &c->io};
    for (size_t i = 0; i < count; i++) {
        CipherStep step = crypt_case_step(c, sources[i] ? "aes_gcm" : "unencrypted", sources[i]);
        vec_push(c->arena, &cipher->steps, step);
    }
    return cipher;
}

static inline Str crypt_case_errors(const Diags *diags, Arena *arena) {
    StrBuf text = strbuf_new(arena);
    vec_each(diags, diag) {
        strbuf_add_format(&text, "%.*s\n", STR_ARG(diag->summary));
    }
    return strbuf_str(&text);
}
