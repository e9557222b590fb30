/* random_shuffle: strings in random order. */
#include "map_change.h"
#include "object_builder.h"
#include "random_draw.h"
#include "random_provider.h"
#include "random_seeded.h"

#define RESULTS_MAX 1000000

static Str check_count(Value value, Arena *arena) {
    int64_t count;
    if (value_to_int(value, &count) && count >= 0 && count <= RESULTS_MAX)
        return STR_EMPTY;
    return str_format(arena, "The count must be an integer from 0 to %d.", RESULTS_MAX);
}

/* clang-format off */
static const Attribute shuffle_attributes[] = {
    {"input",        &TYPE_LIST_OF_STRING, REQUIRED | FORCES_NEW | ANY_TEXT, "Strings to shuffle."},
    {"result_count", &TYPE_NUMBER,         OPTIONAL | FORCES_NEW, "Number of results (default: all). If it exceeds the input, strings repeat.", .check = check_count},
    {"seed",         &TYPE_STRING,         OPTIONAL | FORCES_NEW, "The same seed and strings produce the same order."},
    {"keepers",      &TYPE_MAP_OF_STRING,  OPTIONAL | ANY_TEXT, "Any values; a change generates a new order.", .forces_new = map_change_forces_new},
    {"result",       &TYPE_LIST_OF_STRING, COMPUTED, "Strings in random order."},
    {"id",           &TYPE_STRING,         COMPUTED, "Always \"-\"."},
};
/* clang-format on */

/* Moves a random earlier item to index i and puts item i in its place (inside-out shuffle). */
static void permute(size_t *order, size_t count, RandomSeeded *seeded) {
    for (size_t i = 0; i < count; i++) {
        size_t j = (size_t)(seeded ? random_seeded_below(seeded, i + 1) : random_draw_below(i + 1));
        order[i] = order[j];
        order[j] = i;
    }
}

static Value shuffled(Value planned, Arena *arena) {
    Value input = object_attribute(planned, "input");
    Str seed = object_text(planned, "seed", STR_EMPTY);
    size_t count = input.count > 0 ? (size_t)object_int(planned, "result_count", input.count) : 0;
    RandomSeeded *seeded = seed.len > 0 ? arena_new(arena, RandomSeeded) : NULL;
    size_t *order = arena_new_array(arena, size_t, input.count + 1);
    Value *items = arena_new_array(arena, Value, count + 1);
    if (seeded)
        random_seeded_init(seeded, seed);
    for (size_t i = 0; i < count; i++) {
        if (i % input.count == 0)
            permute(order, input.count, seeded);
        items[i] = value_at(input, order[i % input.count]);
    }
    return value_list(&TYPE_STRING, items, count, arena);
}

static bool shuffle_create(const Call *call, const ApplyRequest *request, ApplyResponse *response,
                           Diags *) {
    ObjectBuilder builder = object_builder_of(request->planned, call->arena);
    object_builder_set(&builder, "result", shuffled(request->planned, call->arena));
    object_builder_set(&builder, "id", value_from_str(STR("-")));
    response->state = object_builder_value(&builder);
    return true;
}

const ResourceType random_shuffle = {
    .name = "random_shuffle",
    .schema = {SCHEMA_ATTRIBUTES(shuffle_attributes), .description = "Strings in random order."},
    .effect = EFFECT_NONE,
    .create = shuffle_create,
    .update = random_update,
};
