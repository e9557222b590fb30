/* random_integer: an integer between two bounds, inclusive. */
#include "map_change.h"
#include "object_builder.h"
#include "path_error.h"
#include "random.h"
#include "random_draw.h"
#include "random_provider.h"
#include "random_seeded.h"

static Str integer_check_integer(Value value, Arena *arena) {
    int64_t integer;
    if (value_to_int(value, &integer))
        return STR_EMPTY;
    return str_format(arena, "The value must be an integer of at most 64 bits.");
}

/* clang-format off */
static const Attribute integer_attributes[] = {
    {"min",     &TYPE_NUMBER,        REQUIRED | FORCES_NEW, "Smallest possible number.", .check = integer_check_integer},
    {"max",     &TYPE_NUMBER,        REQUIRED | FORCES_NEW, "Greatest possible number.", .check = integer_check_integer},
    {"seed",    &TYPE_STRING,        OPTIONAL | FORCES_NEW, "The same seed and bounds produce the same number."},
    {"keepers", &TYPE_MAP_OF_STRING, OPTIONAL | ANY_TEXT, "Any values; a change generates a new number.", .forces_new = map_change_forces_new},
    {"result",  &TYPE_NUMBER,        COMPUTED, "Number."},
    {"id",      &TYPE_STRING,        COMPUTED, "Number as text."},
};
/* clang-format on */

static bool integer_validate(const Call *call, const ValidateRequest *request, Diags *diags) {
    Value config = request->config;
    return object_int(config, "min", INT64_MIN) <= object_int(config, "max", INT64_MAX) ||
           path_error(call, PATH_AT(call, {"min"}), diags, "No number to choose from",
                      "\"min\" must not be greater than \"max\".");
}

/* Returns 0 … last, for ranges beyond those of random_seeded_below. */
static uint64_t seeded_up_to(RandomSeeded *seeded, uint64_t last) {
    uint64_t number;
    do {
        number = random_seeded_below(seeded, UINT64_C(1) << 32) << 32;
        number |= random_seeded_below(seeded, UINT64_C(1) << 32);
    } while (number > last);
    return number;
}

static int64_t integer_choose(Value planned, Arena *arena) {
    uint64_t min = (uint64_t)object_int(planned, "min", 0);
    uint64_t span = (uint64_t)object_int(planned, "max", 0) - min; /* modulo 2^64 */
    Str seed = object_text(planned, "seed", STR_EMPTY);
    uint64_t offset;
    if (seed.len > 0) {
        RandomSeeded *seeded = arena_new(arena, RandomSeeded);
        random_seeded_init(seeded, seed);
        offset =
            span < INT64_MAX ? random_seeded_below(seeded, span + 1) : seeded_up_to(seeded, span);
    } else if (span == UINT64_MAX) {
        random_fill(&offset, sizeof offset);
    } else {
        offset = random_draw_below(span + 1);
    }
    return (int64_t)(min + offset);
}

static Value integer_with_result(ObjectBuilder *builder, int64_t result, Arena *arena) {
    object_builder_set(builder, "result", value_int(result));
    object_builder_set_text(builder, "id", str_format(arena, "%lld", (long long)result), arena);
    return object_builder_value(builder);
}

static bool integer_create(const Call *call, const ApplyRequest *request, ApplyResponse *response,
                           Diags *) {
    ObjectBuilder builder = object_builder_of(request->planned, call->arena);
    response->state =
        integer_with_result(&builder, integer_choose(request->planned, call->arena), call->arena);
    return true;
}

/* The import ID is "RESULT,MIN,MAX" or "RESULT,MIN,MAX,SEED". */
static bool integer_import(const Call *call, const ImportRequest *request, ImportResponse *response,
                           Diags *diags) {
    Str id = request->id;
    Value *state = &response->state;
    Str rest = id, field;
    int64_t numbers[3];
    for (size_t i = 0; i < ARRAY_COUNT(numbers); i++) {
        if (str_next_field(&rest, ',', &field) && str_to_int64(field, &numbers[i]))
            continue;
        return diags_fail(diags, NO_RANGE, "Invalid import ID",
                          "\"%.*s\" does not contain a number and its bounds. The ID must be "
                          "\"RESULT,MIN,MAX\" or \"RESULT,MIN,MAX,SEED\".",
                          STR_ARG(id));
    }
    ObjectBuilder builder = object_builder_empty(&random_integer.schema, call->arena);
    object_builder_set(&builder, "min", value_int(numbers[1]));
    object_builder_set(&builder, "max", value_int(numbers[2]));
    if (rest.len > 0)
        object_builder_set_text(&builder, "seed", rest, call->arena);
    *state = integer_with_result(&builder, numbers[0], call->arena);
    return true;
}

const ResourceType random_integer = {
    .name = "random_integer",
    .schema = {SCHEMA_ATTRIBUTES(integer_attributes), .description = "A random integer."},
    .effect = EFFECT_NONE,
    .validate = integer_validate,
    .create = integer_create,
    .update = random_update,
    .import = integer_import,
    .import_id = "RESULT,MIN,MAX or RESULT,MIN,MAX,SEED, such as 7,1,10",
};
