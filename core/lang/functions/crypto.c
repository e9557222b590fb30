/* crypto: functions for UUIDs, password hashes and RSA. */
#include "functions.h"

#include "base64.h"
#include "bcrypt.h"
#include "scope.h"
#include "str_quote.h"
#include "uuid.h"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>

/* Returns true while planning: random results are then unknown, because apply computes them
 * again. */
static bool is_planning(const FunctionCall *call) {
    return call->scope && call->scope->is_planning;
}

static bool crypto_uuid(FunctionCall *call, Value *out, Str *) {
    return function_give(is_planning(call) ? function_unknown(call, &TYPE_STRING)
                                           : value_from_str(uuid_v4(call->arena)),
                         out);
}

typedef struct UuidNamespace {
    const char *name;
    const char *uuid;
} UuidNamespace;

static const UuidNamespace uuid_namespaces[] = {
    {"dns", "6ba7b810-9dad-11d1-80b4-00c04fd430c8"},
    {"url", "6ba7b811-9dad-11d1-80b4-00c04fd430c8"},
    {"oid", "6ba7b812-9dad-11d1-80b4-00c04fd430c8"},
    {"x500", "6ba7b814-9dad-11d1-80b4-00c04fd430c8"},
};

static bool crypto_uuidv5(FunctionCall *call, Value *out, Str *error) {
    Str space = function_text(call, 0);
    for (size_t i = 0; i < ARRAY_COUNT(uuid_namespaces); i++)
        if (str_equal_cstr(space, uuid_namespaces[i].name))
            space = str_from_cstr(uuid_namespaces[i].uuid);
    Str uuid = uuid_v5(space, function_text(call, 1), call->arena);
    if (!uuid.len)
        return function_fail(
            call, 0, error,
            "uuidv5() doesn't support namespace %.*s: it must be dns, url, oid, x500 or a "
            "UUID",
            STR_ARG(str_quote(space, call->arena)));
    return function_give(value_from_str(uuid), out);
}

static bool crypto_bcrypt(FunctionCall *call, Value *out, Str *error) {
    int64_t cost = BCRYPT_COST_USUAL;
    Str hash;
    Str text = function_text(call, 0);
    if (call->count > 2)
        return function_fail(call, SIZE_MAX, error, "bcrypt() takes no more than two arguments");
    if (call->count == 2 && !value_to_int(call->arguments[1], &cost))
        return function_fail(call, 1, error, "an integer is required");
    if (cost > BCRYPT_COST_MAX)
        return function_fail(call, 1, error, "the cost must be at most %d", BCRYPT_COST_MAX);
    if (cost < BCRYPT_COST_MIN)
        cost = BCRYPT_COST_USUAL;
    if (text.len > BCRYPT_TEXT_MAX)
        return function_fail(call, 0, error, "bcrypt accepts at most %zu bytes", BCRYPT_TEXT_MAX);
    if (str_find_char(text, '\0', 0) != SIZE_MAX)
        return function_fail(call, 0, error, "bcrypt accepts no NUL characters");
    if (is_planning(call))
        return function_give(function_unknown(call, &TYPE_STRING), out);
    if (!bcrypt_hash(text, cost, &hash, call->arena))
        return function_fail(call, SIZE_MAX, error, "the string cannot be hashed");
    return function_give(value_from_str(hash), out);
}

typedef EVP_PKEY *Key;
static void key_release(Key *key) {
    EVP_PKEY_free(*key);
}
SCOPED_TYPE(Key, key_release);

typedef EVP_PKEY_CTX *KeyContext;
static void key_context_release(KeyContext *context) {
    EVP_PKEY_CTX_free(*context);
}
SCOPED_TYPE(KeyContext, key_context_release);

static bool crypto_read_key(FunctionCall *call, EVP_PKEY **out, Str *error) {
    Str pem = function_text(call, 1);
    if (str_find(pem, STR("-----BEGIN "), 0) == SIZE_MAX)
        return function_fail(call, 1, error, "invalid private key: ssh: no key found");
    BIO *bio = BIO_new_mem_buf(pem.ptr, (int)pem.len);
    *out = PEM_read_bio_PrivateKey(bio, NULL, NULL, (void *)(uintptr_t) "");
    BIO_free(bio);
    if (*out && EVP_PKEY_base_id(*out) == EVP_PKEY_RSA)
        return true;
    return function_fail(call, 1, error,
                         "invalid private key: an unencrypted RSA key in PEM format is required");
}

static bool crypto_rsadecrypt(FunctionCall *call, Value *out, Str *error) {
    SCOPED(Key) key = NULL;
    SCOPED(KeyContext) context = NULL;
    Str cipher;
    size_t size = 0;
    if (!base64_decode(function_text(call, 0), &cipher, call->arena))
        return function_fail(call, 0, error,
                             "failed to decode input: the ciphertext must be base64 text");
    if (!crypto_read_key(call, &key, error))
        return false;
    context = EVP_PKEY_CTX_new(key, NULL);
    const unsigned char *in = (const unsigned char *)cipher.ptr;
    bool is_good = EVP_PKEY_decrypt_init(context) > 0 &&
                   EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PADDING) > 0 &&
                   EVP_PKEY_decrypt(context, NULL, &size, in, cipher.len) > 0;
    unsigned char *plain = arena_alloc(call->arena, size);
    if (!is_good || EVP_PKEY_decrypt(context, plain, &size, in, cipher.len) <= 0)
        return function_fail(call, SIZE_MAX, error,
                             "failed to decrypt: the key does not fit the ciphertext");
    return function_give(value_string((Str){(const char *)plain, size}, call->arena), out);
}

/* clang-format off */
static const Function crypto_functions[] = {
    {
        .name = "bcrypt",
        PARAMETERS({"str", &TYPE_STRING}),
        VARIADIC({"cost", &TYPE_NUMBER, 0, "Rounds as a power of two (default 10)."}),
        .type = &TYPE_STRING,
        .run = crypto_bcrypt,
        .description = "A bcrypt hash of the string, different at each call.",
        .example = "startswith(bcrypt(\"a\", 4), \"$2a$04$\") = true",
    },
    {
        .name = "rsadecrypt",
        PARAMETERS({"ciphertext", &TYPE_STRING}, {"privatekey", &TYPE_STRING}),
        .type = &TYPE_STRING,
        .run = crypto_rsadecrypt,
        .description = "The text that was encrypted for an RSA key.",
        .example = "can(rsadecrypt(\"AAAA\", \"no key\")) = false",
    },
    {
        .name = "uuid",
        .type = &TYPE_STRING,
        .run = crypto_uuid,
        .description = "A random UUID, different at each call.",
        .example = "length(uuid()) = 36",
    },
    {
        .name = "uuidv5", .blames_call = true,
        PARAMETERS({"namespace", &TYPE_STRING}, {"name", &TYPE_STRING}),
        .type = &TYPE_STRING,
        .run = crypto_uuidv5,
        .description = "The UUID of a name in a namespace: dns, url, oid, x500 or a UUID.",
        .example = "uuidv5(\"dns\", \"www.example.com\") = "
                   "\"2ed6657d-e927-568b-95e1-2665a8aea6a2\"",
    },
};
/* clang-format on */

const FunctionFamily functions_crypto = {crypto_functions, ARRAY_COUNT(crypto_functions)};
