/* random_pet: a pronounceable name such as "calm-otter". */
#include "map_change.h"
#include "object_builder.h"
#include "random_draw.h"
#include "random_provider.h"
#include "random_words.h"

#define LENGTH_MAX 1000

static Str check_length(Value value, Arena *arena) {
    int64_t length;
    if (value_to_int(value, &length) && length >= 0 && length <= LENGTH_MAX)
        return STR_EMPTY;
    return str_format(arena, "The number of words must be a whole number from 0 to %d.",
                      LENGTH_MAX);
}

/* clang-format off */
static const Attribute attributes[] = {
    {"length",    &TYPE_NUMBER,        OPTIONAL | COMPUTED | FORCES_NEW, "How many words; 0 means two.", .default_json = "2", .check = check_length},
    {"separator", &TYPE_STRING,        OPTIONAL | COMPUTED | FORCES_NEW, "What stands between the words.", .default_json = "\"-\""},
    {"prefix",    &TYPE_STRING,        OPTIONAL | FORCES_NEW, "A word in front."},
    {"keepers",   &TYPE_MAP_OF_STRING, OPTIONAL, "Any values; a change draws anew.", .forces_new = map_change_forces_new},
    {"id",        &TYPE_STRING,        COMPUTED, "The name."},
};
/* clang-format on */

static Str draw_word(RandomWords words) {
    return str_from_cstr(words.items[random_draw_below(words.count)]);
}

/* Returns adverbs up to the length, then an adjective and an animal. */
static Str draw_name(Value planned, Arena *arena) {
    int64_t length = object_int(planned, "length", 2);
    VEC(Str) parts = {0};
    Str prefix = object_text(planned, "prefix", STR_EMPTY);
    if (prefix.len > 0)
        vec_push(arena, &parts, prefix);
    for (int64_t left = length; left > 2; left--) {
        vec_push(arena, &parts, draw_word(random_words_adverbs()));
    }
    if (length != 1)
        vec_push(arena, &parts, draw_word(random_words_adjectives()));
    vec_push(arena, &parts, draw_word(random_words_animals()));
    return str_join(parts.items, parts.count, object_text(planned, "separator", STR("-")), arena);
}

static bool pet_create(const Call *call,
                       const ApplyRequest *request,
                       ApplyResponse *response,
                       Diags *diags) {
    (void)diags;
    ObjectBuilder builder = object_builder_of(request->planned, call->arena);
    object_builder_set_text(&builder, "id", draw_name(request->planned, call->arena), call->arena);
    response->state = object_builder_value(&builder);
    return true;
}

const ResourceType random_pet = {
    .name = "random_pet",
    .schema = {SCHEMA_ATTRIBUTES(attributes), .description = "A name that people can say."},
    .effect = EFFECT_NONE,
    .create = pet_create,
    .update = random_update,
};
