/* minisign: the texts are decoded here; OpenSSL computes Ed25519, BLAKE2b and scrypt. */
#include "minisign.h"
#include "base64.h"
#include "problem.h"
#include "secret.h"

#include <openssl/evp.h>

#define UNTRUSTED STR("untrusted comment:")
#define TRUSTED   STR("trusted comment: ")

enum {
    SIGNATURE_SIZE = 64,
    MINISIGN_DIGEST_SIZE = 64, /* of BLAKE2b-512 */
    SEED_SIZE = 32,
    SALT_SIZE = 32,
    SUM_SIZE = 32,
    KEY_SIZE = 2 + MINISIGN_ID_SIZE + MINISIGN_PUBLIC_SIZE,
    SIGNED_SIZE = 2 + MINISIGN_ID_SIZE + SIGNATURE_SIZE,
    HIDDEN_SIZE = MINISIGN_ID_SIZE + MINISIGN_SECRET_SIZE + SUM_SIZE,
    HEAD_SIZE = 2 + 2 + 2 + SALT_SIZE + 8 + 8,
    SECRET_FILE_SIZE = HEAD_SIZE + HIDDEN_SIZE,
};

/* Maximum memory in bytes that a key file may require for scrypt: twice the default of minisign. */
#define MEMORY_MAX ((uint64_t)1 << 31)
#define TEXT_MAX   ((size_t)8192)

static bool minisign_next_line(Str *rest, Str *line) {
    if (!str_next_field(rest, '\n', line))
        return false;
    if (str_ends_with(*line, STR("\r")))
        *line = str_slice(*line, 0, line->len - 1);
    return true;
}

/* The unused bits of the last character must be zero; else several texts would be valid. */
static bool decode_exactly(Str line, Str *out, size_t size, Arena *arena) {
    Str text = str_trim(line);
    return base64_decode(text, out, arena) && out->len == size &&
           str_equal(base64_encode(*out, arena), text);
}

/* Decodes the line after the untrusted comment, or the only line. */
static bool decode_first(Str *rest, Str *out, size_t size, Arena *arena) {
    Str line = STR_EMPTY;
    if (!minisign_next_line(rest, &line))
        return false;
    if (str_starts_with(line, UNTRUSTED) && !minisign_next_line(rest, &line))
        return false;
    return decode_exactly(line, out, size, arena);
}

static bool has_algorithm(Str bytes, const char *algorithm) {
    return memcmp(bytes.ptr, algorithm, 2) == 0;
}

bool minisign_read_key(Str text, MinisignKey *out, Str *problem, Arena *arena) {
    Str bytes, rest = text;
    if (text.len > TEXT_MAX || !decode_first(&rest, &bytes, KEY_SIZE, arena) ||
        !has_algorithm(bytes, "Ed"))
        return problem_text(problem, "it is not a public key of minisign");
    memcpy(out->id, bytes.ptr + 2, sizeof out->id);
    memcpy(out->bytes, bytes.ptr + 2 + MINISIGN_ID_SIZE, sizeof out->bytes);
    return true;
}

static bool blake2b(Str message, unsigned char *out) {
    unsigned size = 0;
    return EVP_Digest(message.ptr, message.len, out, &size, EVP_blake2b512(), NULL) == 1 &&
           size == MINISIGN_DIGEST_SIZE;
}

typedef EVP_PKEY *PublicKey;
static void public_key_release(PublicKey *key) {
    EVP_PKEY_free(*key);
}
SCOPED_TYPE(PublicKey, public_key_release);

typedef EVP_MD_CTX *SignContext;
static void sign_context_release(SignContext *context) {
    EVP_MD_CTX_free(*context);
}
SCOPED_TYPE(SignContext, sign_context_release);

static bool minisign_is_valid(const MinisignKey *key, Str message, Str signature) {
    SCOPED(PublicKey)
    pkey = EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, NULL, key->bytes, sizeof key->bytes);
    SCOPED(SignContext) context = EVP_MD_CTX_new();
    return pkey && context && EVP_DigestVerifyInit(context, NULL, NULL, NULL, pkey) == 1 &&
           EVP_DigestVerify(context, (const unsigned char *)signature.ptr, signature.len,
                            (const unsigned char *)message.ptr, message.len) == 1;
}

/* Verifies "trusted comment: TEXT" by the second signature, which covers the first one and TEXT. */
static bool check_comment(const MinisignKey *key, Str rest, Str signature, Str *comment,
                          Arena *arena) {
    Str line, global;
    if (!minisign_next_line(&rest, &line) || !str_starts_with(line, TRUSTED))
        return false;
    Str text = str_after(line, TRUSTED.len);
    if (!minisign_next_line(&rest, &line) ||
        !decode_exactly(line, &global, SIGNATURE_SIZE, arena) || str_trim(rest).len > 0 ||
        !minisign_is_valid(key, str_concat(signature, text, arena), global))
        return false;
    *comment = str_clone(text, arena);
    return true;
}

Str minisign_key_id(const MinisignKey *key, Arena *arena) {
    StrBuf text = strbuf_new(arena);
    for (size_t i = sizeof key->id; i-- > 0;)
        strbuf_add_format(&text, "%02X", key->id[i]);
    return strbuf_str(&text);
}

/* Decodes the first signature and moves *rest behind its line. */
static bool decode_signature(Str *rest, Str *bytes, Arena *arena) {
    return rest->len <= TEXT_MAX && decode_first(rest, bytes, SIGNED_SIZE, arena) &&
           (has_algorithm(*bytes, "ED") || has_algorithm(*bytes, "Ed"));
}

static bool is_signed_by(const MinisignKey *key, Str bytes) {
    return memcmp(bytes.ptr + 2, key->id, sizeof key->id) == 0;
}

bool minisign_names_key(const MinisignKey *key, Str signature, Arena *arena) {
    Str bytes;
    return decode_signature(&signature, &bytes, arena) && is_signed_by(key, bytes);
}

bool minisign_verify(const MinisignKey *key, Str message, Str signature, Str *comment, Str *problem,
                     Arena *arena) {
    unsigned char digest[MINISIGN_DIGEST_SIZE];
    Str bytes, rest = signature;
    if (!decode_signature(&rest, &bytes, arena))
        return problem_text(problem, "the signature is not one of minisign");
    if (!is_signed_by(key, bytes))
        return problem_text(problem, "another key signed it");
    if (has_algorithm(bytes, "ED")) {
        if (!blake2b(message, digest))
            return problem_text(problem, "OpenSSL has no BLAKE2b");
        message = (Str){(const char *)digest, sizeof digest};
    }
    Str plain = str_after(bytes, 2 + MINISIGN_ID_SIZE);
    if (!minisign_is_valid(key, message, plain))
        return problem_text(problem, "the signature is not valid");
    return check_comment(key, rest, plain, comment, arena) ||
           problem_text(problem, "the signature of the trusted comment is not valid");
}

/* Secret keys. */

static uint64_t minisign_read_number(const char *bytes) {
    uint64_t number = 0;
    for (size_t i = 8; i-- > 0;)
        number = number << 8 | (unsigned char)bytes[i];
    return number;
}

typedef struct ScryptCost {
    uint64_t n;
    uint64_t r;
    uint64_t p;
} ScryptCost;

/* Returns the cost parameters that libsodium derives from these limits. */
static ScryptCost choose_cost(uint64_t operations, uint64_t memory) {
    ScryptCost cost = {.n = 2, .r = 8, .p = 1};
    if (operations < 32768)
        operations = 32768;
    bool is_by_operations = operations < memory / 32;
    uint64_t n_max = is_by_operations ? operations / (cost.r * 4) : memory / (cost.r * 128);
    while (cost.n <= n_max / 2)
        cost.n *= 2;
    if (is_by_operations)
        return cost;
    uint64_t product = operations / 4 / cost.n;
    cost.p = (product > 0x3fffffff ? 0x3fffffff : product) / cost.r;
    return cost;
}

/* Decrypts the hidden part of a key file in place. */
static bool decrypt(Str head, Str password, unsigned char *hidden) {
    unsigned char mask[HIDDEN_SIZE];
    uint64_t operations = minisign_read_number(head.ptr + 6 + SALT_SIZE);
    uint64_t memory = minisign_read_number(head.ptr + 6 + SALT_SIZE + 8);
    if (memory > MEMORY_MAX || operations > MEMORY_MAX)
        return false;
    ScryptCost cost = choose_cost(operations, memory);
    if (EVP_PBE_scrypt(password.ptr, password.len, (const unsigned char *)head.ptr + 6, SALT_SIZE,
                       cost.n, cost.r, cost.p, MEMORY_MAX + (MEMORY_MAX >> 2), mask,
                       sizeof mask) != 1)
        return false;
    for (size_t i = 0; i < HIDDEN_SIZE; i++)
        hidden[i] ^= mask[i];
    secret_wipe((Str){(const char *)mask, sizeof mask});
    return true;
}

static bool decode_secret(Str text, Str *bytes, Arena *arena) {
    Str rest = text;
    return text.len <= TEXT_MAX && decode_first(&rest, bytes, SECRET_FILE_SIZE, arena) &&
           has_algorithm(*bytes, "Ed");
}

bool minisign_needs_password(Str text, Arena *arena) {
    Str bytes;
    return decode_secret(text, &bytes, arena) && memcmp(bytes.ptr + 2, "Sc", 2) == 0;
}

static PublicKey open_secret(const MinisignSecret *secret) {
    return EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, NULL, secret->bytes, SEED_SIZE);
}

/* Returns false if the public half does not belong to the seed, as after a wrong password. */
static bool minisign_is_consistent(const MinisignSecret *secret) {
    unsigned char derived[MINISIGN_PUBLIC_SIZE];
    size_t size = sizeof derived;
    SCOPED(PublicKey) pkey = open_secret(secret);
    return pkey && EVP_PKEY_get_raw_public_key(pkey, derived, &size) == 1 &&
           memcmp(derived, secret->bytes + SEED_SIZE, sizeof derived) == 0;
}

bool minisign_read_secret(Str text, Str password, MinisignSecret *out, Str *problem, Arena *arena) {
    Str bytes;
    unsigned char hidden[HIDDEN_SIZE];
    if (!decode_secret(text, &bytes, arena))
        return problem_text(problem, "it is not a secret key of minisign");
    bool is_encrypted = memcmp(bytes.ptr + 2, "Sc", 2) == 0;
    if (!is_encrypted && memcmp(bytes.ptr + 2, "\0\0", 2) != 0)
        return problem_text(problem, "its encryption is not supported");
    memcpy(hidden, bytes.ptr + HEAD_SIZE, sizeof hidden);
    secret_wipe(str_after(bytes, HEAD_SIZE));
    bool is_open = !is_encrypted || decrypt(bytes, password, hidden);
    memcpy(out->id, hidden, sizeof out->id);
    memcpy(out->bytes, hidden + MINISIGN_ID_SIZE, sizeof out->bytes);
    secret_wipe((Str){(const char *)hidden, sizeof hidden});
    if (!is_open)
        return problem_text(problem, "the derivation of its key needs too much memory");
    return minisign_is_consistent(out) ||
           problem_text(problem, is_encrypted ? "the password is wrong" : "the key is damaged");
}

static Str bundle_minisign_sign(const MinisignSecret *secret, Str message, Arena *arena) {
    unsigned char *out = arena_alloc(arena, SIGNATURE_SIZE);
    size_t size = SIGNATURE_SIZE;
    SCOPED(PublicKey) pkey = open_secret(secret);
    SCOPED(SignContext) context = EVP_MD_CTX_new();
    CHECK(pkey && context && EVP_DigestSignInit(context, NULL, NULL, NULL, pkey) == 1 &&
          EVP_DigestSign(context, out, &size, (const unsigned char *)message.ptr, message.len) ==
              1);
    return (Str){(const char *)out, size};
}

Str minisign_sign(const MinisignSecret *secret, Str message, Str comment, Arena *arena) {
    unsigned char digest[MINISIGN_DIGEST_SIZE];
    CHECK(blake2b(message, digest));
    Str plain = bundle_minisign_sign(secret, (Str){(const char *)digest, sizeof digest}, arena);
    StrBuf bytes = strbuf_new(arena);
    strbuf_add_cstr(&bytes, "ED");
    strbuf_add(&bytes, (Str){(const char *)secret->id, sizeof secret->id});
    strbuf_add(&bytes, plain);
    Str global = bundle_minisign_sign(secret, str_concat(plain, comment, arena), arena);
    return str_format(arena, "%.*s signature by loam\n%.*s\n%.*s%.*s\n%.*s\n", STR_ARG(UNTRUSTED),
                      STR_ARG(base64_encode(strbuf_str(&bytes), arena)), STR_ARG(TRUSTED),
                      STR_ARG(comment), STR_ARG(base64_encode(global, arena)));
}
