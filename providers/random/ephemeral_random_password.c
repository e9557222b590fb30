/* ephemeral random_password: random characters, new in every run and never stored. */
#include "bcrypt.h"
#include "random_provider.h"
#include "random_text.h"

/* clang-format off */
static const Attribute ephemeral_password_attributes[] = {
    {"length",           &TYPE_NUMBER, REQUIRED,             "Number of characters.", .check = random_text_check_length},
    {"lower",            &TYPE_BOOL,   OPTIONAL | COMPUTED,  "Whether to use a to z.", .default_json = "true"},
    {"upper",            &TYPE_BOOL,   OPTIONAL | COMPUTED,  "Whether to use A to Z.", .default_json = "true"},
    {"numeric",          &TYPE_BOOL,   OPTIONAL | COMPUTED,  "Whether to use digits.", .default_json = "true"},
    {"special",          &TYPE_BOOL,   OPTIONAL | COMPUTED,  "Whether to use special characters.", .default_json = "true"},
    {"override_special", &TYPE_STRING, OPTIONAL | ANY_TEXT,             "Special characters to use."},
    {"min_lower",        &TYPE_NUMBER, OPTIONAL | COMPUTED,  "Minimum number of characters a to z.", .default_json = "0", .check = random_text_check_least},
    {"min_upper",        &TYPE_NUMBER, OPTIONAL | COMPUTED,  "Minimum number of characters A to Z.", .default_json = "0", .check = random_text_check_least},
    {"min_numeric",      &TYPE_NUMBER, OPTIONAL | COMPUTED,  "Minimum number of digits.", .default_json = "0", .check = random_text_check_least},
    {"min_special",      &TYPE_NUMBER, OPTIONAL | COMPUTED,  "Minimum number of special characters.", .default_json = "0", .check = random_text_check_least},
    {"result",           &TYPE_STRING, COMPUTED | SENSITIVE, "Password."},
    {"bcrypt_hash",      &TYPE_STRING, COMPUTED | SENSITIVE, "bcrypt hash of the first 72 bytes, with cost 10."},
};
/* clang-format on */

static bool password_open(const Call *call, const OpenRequest *, OpenResponse *response, Diags *) {
    ObjectBuilder builder = object_builder_of(response->result, call->arena);
    Str text = random_text_draw(response->result, call->arena);
    Str hash;
    object_builder_set(&builder, "result", value_from_str(text));
    if (bcrypt_hash(text, BCRYPT_COST_USUAL, &hash, call->arena))
        object_builder_set(&builder, "bcrypt_hash", value_from_str(hash));
    response->result = object_builder_value(&builder);
    return true;
}

const EphemeralType ephemeral_random_password = {
    .mode = MODE_EPHEMERAL,
    .name = "random_password",
    .schema = {SCHEMA_ATTRIBUTES(ephemeral_password_attributes),
               .description = "Random text, generated in every run and not stored."},
    .validate = random_text_validate,
    .open = password_open,
};
