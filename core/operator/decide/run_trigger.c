#include "run_trigger.h"

#include "digest.h"

#define NAME_MAX_BYTES 52 /* a Job adds "-apply", a pod eleven more: 63 is the limit of a label */
#define HASH_DIGITS    10

/* Members of a spec with another value give another plan. */
static const Str planned[] = {
    STR_CONST("backend"),   STR_CONST("env"),       STR_CONST("path"),
    STR_CONST("planFor"),   STR_CONST("runner"),    STR_CONST("serviceAccountName"),
    STR_CONST("variables"), STR_CONST("workspace"),
};
/* Those that a preview shares with the Stack that it plans for. */
static const Str shared[] = {STR_CONST("env"), STR_CONST("variables"), STR_CONST("workspace")};

static void digest_field(Digest *digest, Str text) {
    char length[24];
    snprintf(length, sizeof length, "%zu:", text.len); /* so that fields cannot run together */
    digest_update(digest, str_from_cstr(length));
    digest_update(digest, text);
}

/* The API server sends the members of an object in the order of their names. */
static void digest_spec(Digest *digest, Str spec, bool is_shared, Arena *arena) {
    JsonReader reader = json_reader_new(spec, arena);
    Str key, value;
    if (json_next(&reader) != JSON_OBJECT_START)
        return;
    while (json_next_member(&reader, &key, &value)) {
        if (is_shared ? str_is_among(key, shared, ARRAY_COUNT(shared))
                      : str_is_among(key, planned, ARRAY_COUNT(planned))) {
            digest_field(digest, key);
            digest_field(digest, value);
        }
    }
}

Str run_trigger_new(const Stack *stack, const RunTriggerInputs *inputs, Arena *arena) {
    Digest *digest = digest_open(DIGEST_SHA256);
    digest_spec(digest, inputs->spec.len > 0 ? inputs->spec : stack->spec.text, false, arena);
    digest_field(digest, inputs->revision);
    vec_each(&inputs->outputs, output)
        digest_field(digest, *output);
    digest_field(digest, stack->meta.annotations.requested_at);
    return digest_finish(digest, arena);
}

static Str digest_inputs(const RunTriggerInputs *inputs, bool is_shared, Arena *arena) {
    Digest *digest = digest_open(DIGEST_SHA256);
    digest_spec(digest, inputs->spec, is_shared, arena);
    vec_each(&inputs->outputs, output)
        digest_field(digest, *output);
    return digest_finish(digest, arena);
}

Str run_trigger_inputs(const RunTriggerInputs *inputs, Arena *arena) {
    return digest_inputs(inputs, true, arena);
}

Str run_trigger_settings(const RunTriggerInputs *inputs, Arena *arena) {
    return digest_inputs(inputs, false, arena);
}

Str run_trigger_name(const Stack *stack, Str trigger, uint32_t retries, int64_t tick_ms,
                     Arena *arena) {
    Str text = str_format(arena, "%.*s %.*s %u %lld", STR_ARG(stack->meta.uid), STR_ARG(trigger),
                          retries, (long long)tick_ms);
    Str hash = digest_hex(DIGEST_SHA256, text, arena);
    Str name = str_slice(stack->meta.name, 0, NAME_MAX_BYTES - HASH_DIGITS - 1);
    while (name.len > 0 && (name.ptr[name.len - 1] == '-' || name.ptr[name.len - 1] == '.'))
        name.len--;
    return str_format(arena, "%.*s-%.*s", STR_ARG(name), HASH_DIGITS, hash.ptr);
}
