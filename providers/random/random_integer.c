/* random_integer: a whole number between two bounds, both included. */
#include "digest.h"
#include "draft.h"
#include "random_draw.h"
#include "random_provider.h"

static Str check_integer(Value value, Arena *arena) {
    int64_t integer;
    if (value_to_int(value, &integer))
        return STR_EMPTY;
    return str_format(arena, "A whole number of at most 64 bits is needed.");
}

/* clang-format off */
static const Attribute attributes[] = {
    {"min",     &TYPE_NUMBER,        REQUIRED | FORCES_NEW, "The smallest number that may come.", .check = check_integer},
    {"max",     &TYPE_NUMBER,        REQUIRED | FORCES_NEW, "The greatest number that may come.", .check = check_integer},
    {"seed",    &TYPE_STRING,        OPTIONAL | FORCES_NEW, "The same seed and bounds give the same number."},
    {"keepers", &TYPE_MAP_OF_STRING, OPTIONAL | FORCES_NEW, "Any values; a change draws anew."},
    {"result",  &TYPE_NUMBER,        COMPUTED, "The number."},
    {"id",      &TYPE_STRING,        COMPUTED, "The number as text."},
};
/* clang-format on */

static bool integer_validate(const Call *call, Value config, Diags *diags) {
    (void)call;
    if (draft_int(config, "min", INT64_MIN) <= draft_int(config, "max", INT64_MAX))
        return true;
    Diag *diag = diags_error(diags, NO_RANGE, "No number to choose from",
                             "\"min\" is greater than \"max\"; there is nothing in between.");
    diag->path = STR(".min");
    return false;
}

/* The first eight bytes of the seed's digest; good enough for a choice that is no secret. */
static uint64_t seeded(Str seed, Arena *arena) {
    Str bytes = digest_bytes(DIGEST_SHA256, seed, arena);
    uint64_t bits = 0;
    for (size_t i = 0; i < 8; i++)
        bits = bits << 8 | (unsigned char)bytes.ptr[i];
    return bits;
}

static int64_t choose(Value planned, Arena *arena) {
    uint64_t min = (uint64_t)draft_int(planned, "min", 0);
    uint64_t span = (uint64_t)draft_int(planned, "max", 0) - min; /* modulo 2^64 */
    Str seed = draft_text(planned, "seed", STR_EMPTY);
    uint64_t offset;
    if (seed.len > 0) {
        offset = span == UINT64_MAX ? seeded(seed, arena) : seeded(seed, arena) % (span + 1);
    } else if (span == UINT64_MAX) {
        digest_random(&offset, sizeof offset);
    } else {
        offset = random_draw_below(span + 1);
    }
    return (int64_t)(min + offset);
}

static Value with_result(Draft *draft, int64_t result, Arena *arena) {
    draft_set(draft, "result", value_int(result));
    draft_set_text(draft, "id", str_format(arena, "%lld", (long long)result), arena);
    return draft_value(draft);
}

static bool integer_create(const Call *call,
                           const ApplyRequest *request,
                           ApplyResponse *response,
                           Diags *diags) {
    (void)diags;
    Draft draft = draft_of(request->planned, call->arena);
    response->state = with_result(&draft, choose(request->planned, call->arena), call->arena);
    return true;
}

/* "RESULT,MIN,MAX" or "RESULT,MIN,MAX,SEED" */
static bool integer_import(const Call *call, Str id, Value *state, Diags *diags) {
    Str rest = id, field;
    int64_t numbers[3];
    for (size_t i = 0; i < ARRAY_COUNT(numbers); i++) {
        if (str_next_field(&rest, ',', &field) && str_to_int64(field, &numbers[i]))
            continue;
        diags_error(diags, NO_RANGE, "Invalid id for import",
                    "\"%.*s\" does not name a number and its bounds. The id is "
                    "\"RESULT,MIN,MAX\" or \"RESULT,MIN,MAX,SEED\".",
                    STR_ARG(id));
        return false;
    }
    Draft draft = draft_empty(&random_integer.schema, call->arena);
    draft_set(&draft, "min", value_int(numbers[1]));
    draft_set(&draft, "max", value_int(numbers[2]));
    if (rest.len > 0)
        draft_set_text(&draft, "seed", rest, call->arena);
    *state = with_result(&draft, numbers[0], call->arena);
    return true;
}

const ResourceType random_integer = {
    .name = "random_integer",
    .schema = {SCHEMA_ATTRIBUTES(attributes), .description = "A random whole number."},
    .effect = EFFECT_NONE,
    .validate = integer_validate,
    .create = integer_create,
    .import = integer_import,
};
