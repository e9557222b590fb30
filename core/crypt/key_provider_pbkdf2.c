/* Implements key_provider "pbkdf2": derives a key from a passphrase, or from the key of another
 * provider. Salt and cost are stored beside the encrypted data, so data with an older cost can
 * still be decrypted. */
#include "base64.h"
#include "envelope.h"
#include "key_provider.h"
#include "random.h"
#include "record.h"

#include <openssl/evp.h>

#define PASSPHRASE_BYTES_MIN 16 /* OpenTofu counts bytes, too, but its messages say characters */
#define ITERATIONS_MIN       200000
#define ITERATIONS_MAX       100000000 /* takes more than a minute; limits stored metadata too */
#define LENGTH_MAX           1024      /* bytes of a key or a salt */

typedef struct Derivation {
    Str salt;
    Str salt_text; /* in base64 */
    int64_t iterations;
    Str hash;
    int64_t key_length;
} Derivation;

/* The stored metadata. */
static const RecordRow derivation_rows[] = {
    ROW_TEXT(Derivation, "salt", salt_text),
    ROW_INT64(Derivation, "iterations", iterations),
    ROW_TEXT(Derivation, "hash_function", hash),
    ROW_INT64(Derivation, "key_length", key_length),
};
static const Record derivation_record =
    RECORD(Derivation, derivation_rows, .unknown = "the member is unknown");

static Value argument(Value config, const char *name) {
    return value_attribute(config, str_from_cstr(name));
}

static int64_t pbkdf2_number_of(Value config, const char *name) {
    int64_t number = 0;
    (void)value_to_int(argument(config, name), &number);
    return number;
}

static Str check_range(Value value, int64_t least, int64_t most, const char *why, Arena *arena) {
    int64_t number;
    if (value_to_int(value, &number) && number >= least && number <= most)
        return STR_EMPTY;
    return str_format(arena, "The value must be an integer from %lld to %lld%s.", (long long)least,
                      (long long)most, why);
}

static Str check_iterations(Value value, Arena *arena) {
    return check_range(value, ITERATIONS_MIN, ITERATIONS_MAX,
                       ": fewer iterations make the passphrase easy to guess", arena);
}

static Str pbkdf2_check_length(Value value, Arena *arena) {
    return check_range(value, 1, LENGTH_MAX, "", arena);
}

static const EVP_MD *find_hash(Str name) {
    if (str_equal_cstr(name, "sha512"))
        return EVP_sha512();
    return str_equal_cstr(name, "sha256") ? EVP_sha256() : NULL;
}

/* clang-format off */
static const Attribute pbkdf2_attributes[] = {
    {"passphrase", &TYPE_STRING, OPTIONAL | SENSITIVE,
     "Passphrase of at least 16 bytes in UTF-8, from which the key is derived. Set either this or \"chain\"."},
    {"key_length", &TYPE_NUMBER, OPTIONAL | COMPUTED, "Length of the key in bytes.",
     .default_json = "32", .check = pbkdf2_check_length},
    {"iterations", &TYPE_NUMBER, OPTIONAL | COMPUTED, "Number of iterations; at least 200000.",
     .default_json = "600000", .check = check_iterations},
    {"salt_length", &TYPE_NUMBER, OPTIONAL | COMPUTED, "Length of the random salt in bytes.",
     .default_json = "32", .check = pbkdf2_check_length},
    {"hash_function", &TYPE_STRING, OPTIONAL | COMPUTED, "\"sha512\" or \"sha256\".",
     .default_json = "\"sha512\"", .one_of = "sha512 sha256"},
};
/* clang-format on */

static bool pbkdf2_check(Value config, bool is_chained, SourceRange range, Diags *diags) {
    Value passphrase = argument(config, "passphrase");
    bool has_passphrase = !value_is_null(passphrase);
    if (has_passphrase && value_text(passphrase).len < PASSPHRASE_BYTES_MIN)
        return diags_fail(diags, range, "Invalid key provider",
                          "The passphrase is too short: it must have at least %d bytes in UTF-8.",
                          PASSPHRASE_BYTES_MIN);
    return has_passphrase != is_chained ||
           diags_fail(diags, range, "Invalid key provider",
                      has_passphrase ? "\"passphrase\" and \"chain\" cannot be combined."
                                     : "A key requires a \"passphrase\", or another key provider "
                                       "in \"chain\". Set one of them.");
}

static bool pbkdf2_read_metadata(Str stored, Derivation *out, Arena *arena) {
    const char *ignored;
    *out = (Derivation){0};
    return record_from_json(stored, &derivation_record, out, &ignored, arena) &&
           envelope_from_base64(out->salt_text, &out->salt, arena) && out->salt.len > 0 &&
           out->salt.len <= LENGTH_MAX && out->iterations > 0 &&
           out->iterations <= ITERATIONS_MAX && out->key_length > 0 &&
           out->key_length <= LENGTH_MAX && find_hash(out->hash);
}

static Derivation new_derivation(Value config, Arena *arena) {
    size_t length = (size_t)pbkdf2_number_of(config, "salt_length");
    char *salt = arena_alloc(arena, length);
    random_fill(salt, length);
    return (Derivation){
        .salt = {salt, length},
        .salt_text = base64_encode((Str){salt, length}, arena),
        .iterations = pbkdf2_number_of(config, "iterations"),
        .hash = value_text(argument(config, "hash_function")),
        .key_length = pbkdf2_number_of(config, "key_length"),
    };
}

static bool pbkdf2_is_current(Value config, Str stored) {
    SCOPED(ArenaRef) scratch = arena_open("key metadata");
    Derivation derivation;
    return pbkdf2_read_metadata(stored, &derivation, scratch) &&
           derivation.iterations == pbkdf2_number_of(config, "iterations") &&
           derivation.key_length == pbkdf2_number_of(config, "key_length") &&
           (int64_t)derivation.salt.len == pbkdf2_number_of(config, "salt_length") &&
           str_equal(derivation.hash, value_text(argument(config, "hash_function")));
}

static Str pbkdf2_derive(const Derivation *derivation, Str secret, Arena *arena) {
    unsigned char *key = arena_alloc(arena, (size_t)derivation->key_length);
    int ok =
        PKCS5_PBKDF2_HMAC(secret.ptr, (int)secret.len, (const unsigned char *)derivation->salt.ptr,
                          (int)derivation->salt.len, (int)derivation->iterations,
                          find_hash(derivation->hash), (int)derivation->key_length, key);
    CHECK(ok == 1);
    return (Str){(const char *)key, (size_t)derivation->key_length};
}

static bool is_long_enough(const KeyRequest *request, Str secret, Diags *diags) {
    return secret.len >= PASSPHRASE_BYTES_MIN ||
           diags_fail(diags, request->range, "Invalid key provider",
                      "The key that \"chain\" provides for %.*s is too short: it requires at least "
                      "%d bytes.",
                      STR_ARG(request->name), PASSPHRASE_BYTES_MIN);
}

static bool pbkdf2_provide(const KeyRequest *request, KeyResult *out, Arena *arena, Diags *diags) {
    Derivation derivation;
    Str secret = request->chained.ptr ? request->chained
                                      : value_text(argument(request->config, "passphrase"));
    if (!is_long_enough(request, secret, diags))
        return false;
    if (!request->stored) {
        derivation = new_derivation(request->config, arena);
        out->metadata = record_to_json(&derivation_record, &derivation, 0, arena);
    } else if (!pbkdf2_read_metadata(*request->stored, &derivation, arena)) {
        return key_provider_report_damage(request, diags);
    }
    out->key = pbkdf2_derive(&derivation, secret, arena);
    return true;
}

const KeyProviderType key_provider_pbkdf2 = {
    .name = "pbkdf2",
    .schema = {SCHEMA_ATTRIBUTES(pbkdf2_attributes),
               .description = "A key derived from a passphrase."},
    .reference = "chain",
    .check = pbkdf2_check,
    .provide = pbkdf2_provide,
    .only_computes = true,
    .is_current = pbkdf2_is_current,
};
