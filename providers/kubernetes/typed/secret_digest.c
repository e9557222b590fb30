/* secret_digest: digests and their text: a JSON object of salt and arguments, with a digest for
 * each key, in base64. */
#include "secret_digest.h"

#include "base64.h"
#include "digest.h"
#include "json.h"
#include "random.h"

#define SALT_SIZE 16

static Str secret_digest_of(Str salt, Str key, Str value, Arena *arena) {
    return digest_scrypt(value, str_concat(salt, key, arena), arena);
}

SecretDigests secret_digests_new(Arena *arena) {
    char *salt = arena_alloc(arena, SALT_SIZE);
    random_fill(salt, SALT_SIZE);
    return (SecretDigests){.salt = {salt, SALT_SIZE}};
}

void secret_digests_add(SecretDigests *digests, Str argument, Str key, Str value, Arena *arena) {
    SecretDigest digest = {.argument = argument,
                           .key = key,
                           .digest = secret_digest_of(digests->salt, key, value, arena)};
    vec_push(arena, &digests->items, digest);
}

static void secret_digest_read_argument(SecretDigests *out, Str argument, Value keys,
                                        Arena *arena) {
    for (size_t i = 0; i < keys.count; i++) {
        SecretDigest digest = {.argument = argument, .key = value_key_at(keys, i)};
        if (base64_decode(value_text_at(keys, digest.key), &digest.digest, arena) &&
            digest.digest.len)
            vec_push(arena, &out->items, digest);
    }
}

SecretDigests secret_digests_read(Str text, Arena *arena) {
    Value object, arguments;
    SecretDigests digests = {0};
    if (text.len == 0 || !json_parse_object(text, &object, arena) ||
        !base64_decode(value_text_at(object, STR("salt")), &digests.salt, arena) ||
        !value_find_present(object, STR("arguments"), &arguments) ||
        !type_is_mapping(arguments.type))
        return (SecretDigests){0};
    digests.version = value_text_at(object, STR("version"));
    for (size_t i = 0; i < arguments.count; i++) {
        Value keys = value_at(arguments, i);
        if (value_is_present(keys) && type_is_mapping(keys.type))
            secret_digest_read_argument(&digests, value_key_at(arguments, i), keys, arena);
    }
    return digests;
}

Str secret_digests_text(const SecretDigests *digests, Arena *arena) {
    StrBuf text = strbuf_new(arena);
    JsonWriter writer;
    Str argument = STR_EMPTY;
    json_writer_init(&writer, &text, 0);
    json_object_start(&writer);
    json_key_string(&writer, "salt", base64_encode(digests->salt, arena));
    json_key_string(&writer, "version", digests->version);
    json_key_object(&writer, "arguments");
    vec_each(&digests->items, digest) {
        if (!str_equal(argument, digest->argument)) {
            if (argument.len)
                json_object_end(&writer);
            argument = digest->argument;
            json_key(&writer, argument);
            json_object_start(&writer);
        }
        json_key(&writer, digest->key);
        json_write_string(&writer, base64_encode(digest->digest, arena));
    }
    if (argument.len)
        json_object_end(&writer);
    json_object_end(&writer);
    json_object_end(&writer);
    return strbuf_str(&text);
}

bool secret_digests_match(const SecretDigests *digests, const SecretDigest *digest, Str value,
                          Arena *arena) {
    return str_equal(digest->digest, secret_digest_of(digests->salt, digest->key, value, arena));
}
