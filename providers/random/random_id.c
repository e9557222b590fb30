/* random_id: random bytes in several encodings. */
#include "base64.h"
#include "hex.h"
#include "map_change.h"
#include "object_builder.h"
#include "random.h"
#include "random_provider.h"

#include <openssl/bn.h>
#include <openssl/crypto.h>

static Str id_check_length(Value value, Arena *arena) {
    int64_t length;
    if (value_to_int(value, &length) && length >= 0 && length <= 65536)
        return STR_EMPTY;
    return str_format(arena, "The number of bytes must be an integer from 0 to 65536.");
}

/* clang-format off */
static const Attribute id_attributes[] = {
    {"byte_length", &TYPE_NUMBER,        REQUIRED | FORCES_NEW, "Number of random bytes.", .check = id_check_length},
    {"prefix",      &TYPE_STRING,        OPTIONAL | FORCES_NEW, "Prefix of every form except id."},
    {"keepers",     &TYPE_MAP_OF_STRING, OPTIONAL | ANY_TEXT, "Any values; a change generates new bytes.", .forces_new = map_change_forces_new},
    {"b64_std",     &TYPE_STRING,        COMPUTED, "The bytes in base64."},
    {"b64_url",     &TYPE_STRING,        COMPUTED, "The bytes in URL-safe base64."},
    {"hex",         &TYPE_STRING,        COMPUTED, "The bytes in hex, two digits each."},
    {"dec",         &TYPE_STRING,        COMPUTED, "The bytes as a decimal number."},
    {"id",          &TYPE_STRING,        COMPUTED, "The bytes in URL-safe base64, without the prefix."},
};
/* clang-format on */

static Str to_decimal(Str bytes, Arena *arena) {
    BIGNUM *number = BN_bin2bn((const unsigned char *)bytes.ptr, (int)bytes.len, NULL);
    char *text = number ? BN_bn2dec(number) : NULL;
    CHECK(text);
    Str decimal = str_clone(str_from_cstr(text), arena);
    OPENSSL_free(text);
    BN_free(number);
    return decimal;
}

static Value id_describe(ObjectBuilder *builder, Str bytes, Arena *arena) {
    Value prefix_value = object_builder_get(builder, "prefix");
    Str prefix = value_is_present(prefix_value) ? value_text(prefix_value) : STR_EMPTY;
    Str url = base64_url_encode(bytes, arena);
    const struct {
        const char *name;
        Str text;
    } rows[] = {
        {"b64_std", base64_encode(bytes, arena)},
        {"b64_url", url},
        {"hex", hex_encode(bytes, arena)},
        {"dec", to_decimal(bytes, arena)},
    };
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        object_builder_set_text(builder, rows[i].name, str_concat(prefix, rows[i].text, arena),
                                arena);
    }
    object_builder_set(builder, "id", value_from_str(url));
    return object_builder_value(builder);
}

static bool id_create(const Call *call, const ApplyRequest *request, ApplyResponse *response,
                      Diags *) {
    size_t count = (size_t)object_int(request->planned, "byte_length", 1);
    char *bytes = arena_alloc(call->arena, count);
    random_fill(bytes, count);
    ObjectBuilder builder = object_builder_of(request->planned, call->arena);
    response->state = id_describe(&builder, (Str){bytes, count}, call->arena);
    return true;
}

/* The import ID is "BYTES" or "PREFIX,BYTES", with the bytes as in b64_url. */
static bool id_import(const Call *call, const ImportRequest *request, ImportResponse *response,
                      Diags *diags) {
    Str id = request->id;
    Value *state = &response->state;
    size_t comma = str_rfind_char(id, ',');
    Str text = comma == SIZE_MAX ? id : str_after(id, comma + 1);
    Str bytes;
    if (text.len == 0 || !base64_url_decode(text, &bytes, call->arena))
        return diags_fail(diags, NO_RANGE, "Invalid import ID",
                          "\"%.*s\" is not a value of \"b64_url\". The ID must be \"BYTES\" or "
                          "\"PREFIX,BYTES\", with the bytes in URL-safe base64 without padding.",
                          STR_ARG(id));
    ObjectBuilder builder = object_builder_empty(&random_id.schema, call->arena);
    object_builder_set(&builder, "byte_length", value_int((int64_t)bytes.len));
    if (comma != SIZE_MAX) {
        object_builder_set_text(&builder, "prefix", str_slice(id, 0, comma), call->arena);
    }
    *state = id_describe(&builder, bytes, call->arena);
    return true;
}

const ResourceType random_id = {
    .name = "random_id",
    .schema = {SCHEMA_ATTRIBUTES(id_attributes), .description = "Random bytes in several forms."},
    .effect = EFFECT_NONE,
    .create = id_create,
    .update = random_update,
    .import = id_import,
    .import_id = "BYTES or PREFIX,BYTES, with the bytes in URL-safe base64 without padding",
};
