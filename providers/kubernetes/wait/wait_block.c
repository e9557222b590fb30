#include "wait_block.h"
#include "object_builder.h"
#include "object_condition.h"
#include "path_error.h"
#include "regex_program.h"
#include "utf8.h"
#include "wait_follow.h"

#include <inttypes.h>

static const Str rollout_kinds[] = {STR_CONST("DaemonSet"), STR_CONST("Deployment"),
                                    STR_CONST("StatefulSet")};

static const Attribute condition_attributes[] = {
    {"status", &TYPE_STRING, REQUIRED, "Status that the condition must have: \"True\"."},
    {"type", &TYPE_STRING, REQUIRED, "Type of the condition: \"Ready\"."},
};

const Attribute wait_block_attributes[WAIT_BLOCK_ATTRIBUTE_COUNT] = {
    {"fields", &TYPE_MAP_OF_STRING, OPTIONAL,
     "Regular expressions by path, such as \"status.phase\" or "
     "\"metadata.annotations[\\\"example.com/a\\\"]\": each must be found in the value there. "
     "\"*\" means any value."},
    {"rollout", &TYPE_BOOL, OPTIONAL,
     "Wait until the rollout of a Deployment, StatefulSet or DaemonSet is complete."},
};

const Block wait_block_blocks[WAIT_BLOCK_BLOCK_COUNT] = {
    {
        .name = "condition",
        .nesting = NEST_LIST,
        .schema = {SCHEMA_ATTRIBUTES(condition_attributes),
                   .description = "A condition in status.conditions that the object must have."},
    },
};

/* Reading. */

static bool block_is_name(Str text) {
    size_t width = 0;
    for (size_t at = 0; at < text.len; at += width) {
        uint32_t c = utf8_decode(text, at, &width);
        bool is_first = at == 0;
        if (!(is_first ? utf8_is_id_start(c) : utf8_is_id_continue(c) || c == '-'))
            return false;
    }
    return text.len > 0;
}

/* Parses `metadata.annotations["a.b/c"]`: names after dots, indices and quoted keys in brackets. */
static bool parse_path(Str text, Path *out, Arena *arena) {
    Str full = str_concat(STR("."), text, arena);
    *out = path_parse(full, arena);
    for (size_t i = 0; i < out->count; i++) {
        if (!out->steps[i].is_index && !block_is_name(out->steps[i].name))
            return false;
    }
    return out->count > 0 && str_equal(path_to_str(*out, arena), full);
}

static bool block_read_field(const Call *call, Str key, Value value, WaitBlock *out, Diags *diags) {
    SCOPED(RegexProgram) program = {0};
    Str problem;
    WaitBlockField field = {.text = key};
    Path place = PATH_AT(call, {"wait"}, {"fields"}, {.key = key});
    if (!parse_path(key, &field.path, call->arena))
        return path_error(call, place, diags, "Invalid field path",
                          "\"%.*s\" is no path of a field. Write it as status.phase, "
                          "status.conditions[0].type or metadata.annotations[\"example.com/a\"].",
                          STR_ARG(key));
    if (!value_is_present(value))
        return true;
    if (!str_equal(value_text(value), STR("*")))
        field.pattern = value_text(value);
    if (!regex_program_compile(field.pattern, &program, &problem, call->arena))
        return path_error(call, place, diags, "Invalid regular expression", "%.*s.",
                          STR_ARG(problem));
    vec_push(call->arena, &out->fields, field);
    return true;
}

static bool block_read_fields(const Call *call, Value block, WaitBlock *out, Diags *diags) {
    Value fields = object_attribute(block, "fields");
    bool ok = true;
    for (size_t i = 0; value_is_present(fields) && i < fields.count; i++)
        ok = block_read_field(call, value_key_at(fields, i), value_at(fields, i), out, diags) && ok;
    return ok;
}

static void block_read_conditions(const Call *call, Value block, WaitBlock *out) {
    Value list = object_attribute(block, "condition");
    for (size_t i = 0; value_is_present(list) && i < list.count; i++) {
        Value one = value_at(list, i);
        WaitBlockCondition condition = {object_text(one, "type", STR_EMPTY),
                                        object_text(one, "status", STR_EMPTY)};
        if (condition.type.len)
            vec_push(call->arena, &out->conditions, condition);
    }
}

static bool has_rollout(Str kind) {
    return str_is_among(kind, rollout_kinds, ARRAY_COUNT(rollout_kinds));
}

bool wait_block_read(const Call *call, Value config, Str kind, WaitBlock *out, Diags *diags) {
    Value block;
    *out = (WaitBlock){0};
    if (!value_find_present(config, STR("wait"), &block))
        return true;
    out->has_rollout = object_bool(block, "rollout", false);
    block_read_conditions(call, block, out);
    bool ok = block_read_fields(call, block, out, diags);
    if (out->has_rollout && kind.len && !has_rollout(kind))
        return path_error(call, PATH_AT(call, {"wait"}, {"rollout"}), diags, "No rollout",
                          "A %.*s has no rollout; a Deployment, a StatefulSet and a DaemonSet have "
                          "one. Use \"condition\" or \"fields\".",
                          STR_ARG(kind));
    return ok;
}

bool wait_block_is_set(const WaitBlock *block) {
    return block->has_rollout || block->conditions.count || block->fields.count;
}

/* Testing. */

typedef struct Test {
    const WaitBlock *block;
    RegexProgram *programs; /* one for each field */
} Test;

static Readiness block_in_progress(Str reason) {
    return (Readiness){READINESS_IN_PROGRESS, reason};
}

static Readiness test_condition(const WaitBlockCondition *wanted, Value object, Arena *arena) {
    ObjectCondition is = object_condition_find(object, str_to_cstr(wanted->type, arena));
    Str text = object_condition_text(&is, arena);
    if (is.type.len == 0)
        return block_in_progress(str_format(arena, "no condition %.*s", STR_ARG(wanted->type)));
    if (str_equal(is.status, wanted->status))
        return (Readiness){READINESS_READY};
    return block_in_progress(str_format(arena, "condition %.*s is %.*s%s%.*s", STR_ARG(is.type),
                                        STR_ARG(is.status), text.len ? ", " : "", STR_ARG(text)));
}

/* Returns the text of a field that is compared; false for a list or an object. Numbers as
 * hashicorp/kubernetes writes them: a fraction has six digits. */
static bool field_text(Value value, Str *out, Arena *arena) {
    int64_t integer;
    switch (value.type->kind) {
    case KIND_STRING: *out = value_text(value); return true;
    case KIND_BOOL: *out = value_is_true(value) ? STR("true") : STR("false"); return true;
    case KIND_NUMBER:
        *out = value_to_int(value, &integer) ? str_format(arena, "%" PRId64, integer)
                                             : str_format(arena, "%f", value_to_double(value));
        return true;
    case KIND_DYNAMIC:
    case KIND_LIST:
    case KIND_SET:
    case KIND_MAP:
    case KIND_TUPLE:
    case KIND_OBJECT: break;
    }
    return false;
}

static Readiness test_field(const WaitBlockField *field, RegexProgram *program, Value object,
                            Arena *arena) {
    Value value;
    Str text, problem;
    if (!path_get(object, field->path, &value) || !value_is_present(value))
        return block_in_progress(str_format(arena, "%.*s has no value", STR_ARG(field->text)));
    if (!field_text(value, &text, arena))
        return (Readiness){READINESS_FAILED,
                           str_format(arena,
                                      "%.*s is not a single value, which a regular expression "
                                      "could match",
                                      STR_ARG(field->text))};
    switch (regex_program_search(program, text, 0, &problem)) {
    case REGEX_FOUND: return (Readiness){READINESS_READY};
    case REGEX_FAILED: return (Readiness){READINESS_FAILED, problem};
    case REGEX_NOT_FOUND: break;
    }
    return block_in_progress(
        str_format(arena, "%.*s is \"%.*s\"", STR_ARG(field->text), STR_ARG(text)));
}

/* Returns the first test that does not hold. */
static Readiness block_look(void *payload, Value object, Arena *arena) {
    const Test *test = payload;
    const WaitBlock *block = test->block;
    Readiness result = {READINESS_READY};
    if (block->has_rollout)
        result = readiness_of(object, NULL, arena);
    for (size_t i = 0; result.level == READINESS_READY && i < block->conditions.count; i++)
        result = test_condition(&block->conditions.items[i], object, arena);
    for (size_t i = 0; result.level == READINESS_READY && i < block->fields.count; i++)
        result = test_field(&block->fields.items[i], &test->programs[i], object, arena);
    return result;
}

bool wait_block_until(const WaitObject *wait, const WaitBlock *block, Value *object, Diags *diags) {
    Arena *arena = wait->call->arena;
    size_t count = block->fields.count;
    Test test = {block, arena_new_array(arena, RegexProgram, count)};
    WaitFollow follow = {
        .goal = "as the block \"wait\" requires",
        .hint = "Correct the object or the block, or allow more time in \"timeouts\".",
        .failure_hint = "Correct the object or the block.",
        .look = block_look,
        .payload = &test,
    };
    for (size_t i = 0; i < count; i++) {
        Str problem;
        bool ok = regex_program_compile(block->fields.items[i].pattern, &test.programs[i], &problem,
                                        arena);
        CHECK(ok); /* wait_block_read has compiled it before */
    }
    bool is_done = wait_follow_until(wait, &follow, object, diags);
    for (size_t i = 0; i < count; i++)
        regex_program_release(&test.programs[i]);
    return is_done;
}
