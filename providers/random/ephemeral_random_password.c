/* ephemeral random_password: random characters, new in every run and never stored. */
#include "bcrypt.h"
#include "random_provider.h"
#include "random_text.h"

/* clang-format off */
static const Attribute attributes[] = {
    {"length",           &TYPE_NUMBER, REQUIRED,             "How many characters.", .check = random_text_check_length},
    {"lower",            &TYPE_BOOL,   OPTIONAL | COMPUTED,  "Use a to z.", .default_json = "true"},
    {"upper",            &TYPE_BOOL,   OPTIONAL | COMPUTED,  "Use A to Z.", .default_json = "true"},
    {"numeric",          &TYPE_BOOL,   OPTIONAL | COMPUTED,  "Use digits.", .default_json = "true"},
    {"special",          &TYPE_BOOL,   OPTIONAL | COMPUTED,  "Use special characters.", .default_json = "true"},
    {"override_special", &TYPE_STRING, OPTIONAL,             "The special characters to use."},
    {"min_lower",        &TYPE_NUMBER, OPTIONAL | COMPUTED,  "At least so many of a to z.", .default_json = "0", .check = random_text_check_least},
    {"min_upper",        &TYPE_NUMBER, OPTIONAL | COMPUTED,  "At least so many of A to Z.", .default_json = "0", .check = random_text_check_least},
    {"min_numeric",      &TYPE_NUMBER, OPTIONAL | COMPUTED,  "At least so many digits.", .default_json = "0", .check = random_text_check_least},
    {"min_special",      &TYPE_NUMBER, OPTIONAL | COMPUTED,  "At least so many special characters.", .default_json = "0", .check = random_text_check_least},
    {"result",           &TYPE_STRING, COMPUTED | SENSITIVE, "The password."},
    {"bcrypt_hash",      &TYPE_STRING, COMPUTED | SENSITIVE, "Its bcrypt hash, of cost 10: of the first 72 bytes."},
};
/* clang-format on */

static bool password_open(const Call *call,
                          const OpenRequest *request,
                          OpenResponse *response,
                          Diags *diags) {
    (void)request;
    (void)diags;
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
    .name = "random_password",
    .schema = {SCHEMA_ATTRIBUTES(attributes),
               .description = "Random text that is drawn anew in every run and kept nowhere."},
    .validate = random_text_validate,
    .open = password_open,
};
