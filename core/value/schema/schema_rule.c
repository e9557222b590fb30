/* schema_rule: checks rules across arguments and writes their error messages. */
#include "schema_rule.h"

#define SUMMARY "Invalid combination of arguments"

typedef enum Presence { PRESENCE_NONE, PRESENCE_UNKNOWN, PRESENCE_SET } Presence;

static size_t count_names(const ArgumentRule *rule) {
    size_t count = 0;
    while (count < RULE_NAMES_MAX && rule->names[count])
        count++;
    return count;
}

static Presence presence_at(Value object, Str path);

static Presence presence_of(Value value, Str rest) {
    if (value_is_null(value))
        return PRESENCE_NONE;
    if (!value_is_known(value))
        return PRESENCE_UNKNOWN;
    if (rest.len == 0)
        return PRESENCE_SET;
    if (type_is_mapping(value.type) && value.type->kind == KIND_OBJECT)
        return presence_at(value, rest);
    Presence most = PRESENCE_NONE;
    for (size_t i = 0; i < value.count; i++) {
        Presence one = presence_of(value_at(value, i), rest);
        most = one > most ? one : most;
    }
    return most;
}

static Presence presence_at(Value object, Str path) {
    Str name;
    Value value;
    (void)str_next_field(&path, '.', &name);
    return value_find(object, name, &value) ? presence_of(value, path) : PRESENCE_NONE;
}

/* Returns whether the argument or block is set. An absent block is an empty collection. */
static Presence presence(const Schema *schema, Value object, const char *name) {
    Str text = str_from_cstr(name);
    Value value;
    bool is_empty_block = schema_find_block(schema, text) && value_find(object, text, &value) &&
                          value_is_present(value) && value.type->kind != KIND_OBJECT &&
                          value.count == 0;
    return is_empty_block ? PRESENCE_NONE : presence_at(object, text);
}

/* Returns "disk[0].size". */
static Str rule_place(Path path, const char *name, Arena *arena) {
    Str outer = path_to_str(path, arena);
    if (outer.len > 0 && outer.ptr[0] == '.')
        outer = str_after(outer, 1);
    return outer.len ? str_format(arena, "%.*s.%s", STR_ARG(outer), name) : str_from_cstr(name);
}

static Path rule_path_of(Path path, const char *name, Arena *arena) {
    Str rest = str_from_cstr(name), step;
    while (str_next_field(&rest, '.', &step))
        path = path_attribute(path, step, arena);
    return path;
}

/* Returns "a", "b" and "c". */
static Str list_names(const char *const *names, size_t count, Path path, Arena *arena) {
    StrBuf out = strbuf_new(arena);
    for (size_t i = 0; i < count; i++)
        strbuf_add_format(&out, "%s\"%.*s\"",
                          i == 0           ? ""
                          : i + 1 == count ? " and "
                                           : ", ",
                          STR_ARG(rule_place(path, names[i], arena)));
    return strbuf_str(&out);
}

typedef struct Finding {
    const char *set[RULE_NAMES_MAX];
    size_t set_count;
    size_t unknown_count;
} Finding;

static Finding rule_find(const Schema *schema, const ArgumentRule *rule, Value object) {
    Finding found = {0};
    for (size_t i = 0; i < count_names(rule); i++) {
        Presence one = presence(schema, object, rule->names[i]);
        if (one == PRESENCE_SET)
            found.set[found.set_count++] = rule->names[i];
        found.unknown_count += one == PRESENCE_UNKNOWN;
    }
    return found;
}

static void report_several(const Finding *found, Path path, Arena *arena, Diags *diags) {
    Diag *diag = diags_error(diags, NO_RANGE, SUMMARY,
                             "%.*s cannot be combined: keep one of them and remove the rest.",
                             STR_ARG(list_names(found->set, found->set_count, path, arena)));
    diag->path = path_to_str(rule_path_of(path, found->set[1], arena), diags->arena);
}

static void report_none(const ArgumentRule *rule, Path path, Arena *arena, Diags *diags) {
    const char *how = rule->kind == RULE_EXACTLY_ONE ? "Exactly" : "At least";
    Diag *diag = diags_error(diags, NO_RANGE, SUMMARY, "%s one of %.*s must be set.", how,
                             STR_ARG(list_names(rule->names, count_names(rule), path, arena)));
    diag->path = path_to_str(path, diags->arena);
}

static void check_required_with(const Schema *schema, const ArgumentRule *rule, Value object,
                                Path path, Diags *diags) {
    Arena *arena = diags->arena;
    if (presence(schema, object, rule->names[0]) != PRESENCE_SET)
        return;
    for (size_t i = 1; i < count_names(rule); i++) {
        if (presence(schema, object, rule->names[i]) != PRESENCE_NONE)
            continue;
        Diag *diag =
            diags_error(diags, NO_RANGE, SUMMARY,
                        "\"%.*s\" requires \"%.*s\", which is not set: set both, or neither.",
                        STR_ARG(rule_place(path, rule->names[0], arena)),
                        STR_ARG(rule_place(path, rule->names[i], arena)));
        diag->path = path_to_str(rule_path_of(path, rule->names[0], arena), arena);
    }
}

void schema_rule_check(const Schema *schema, Value object, Path path, Arena *arena, Diags *diags) {
    for (size_t i = 0; i < schema->rule_count; i++) {
        const ArgumentRule *rule = &schema->rules[i];
        if (rule->kind == RULE_REQUIRED_WITH) {
            check_required_with(schema, rule, object, path, diags);
            continue;
        }
        Finding found = rule_find(schema, rule, object);
        bool wants_one = rule->kind != RULE_CONFLICTS;
        if (wants_one && found.set_count + found.unknown_count == 0)
            report_none(rule, path, arena, diags);
        if (rule->kind != RULE_AT_LEAST_ONE && found.set_count > 1)
            report_several(&found, path, arena, diags);
    }
}

static Str quoted_names(const ArgumentRule *rule, size_t from, const char *last, Arena *arena) {
    StrBuf out = strbuf_new(arena);
    size_t count = count_names(rule);
    for (size_t i = from; i < count; i++)
        strbuf_add_format(&out, "%s`%s`",
                          i == from        ? ""
                          : i + 1 == count ? last
                                           : ", ",
                          rule->names[i]);
    return strbuf_str(&out);
}

Str schema_rule_text(const ArgumentRule *rule, Arena *arena) {
    Str all = quoted_names(rule, 0, " and ", arena);
    switch (rule->kind) {
    case RULE_CONFLICTS: return str_format(arena, "At most one of %.*s may be set.", STR_ARG(all));
    case RULE_EXACTLY_ONE:
        return str_format(arena, "Exactly one of %.*s must be set.", STR_ARG(all));
    case RULE_AT_LEAST_ONE:
        return str_format(arena, "At least one of %.*s must be set.", STR_ARG(all));
    case RULE_REQUIRED_WITH:
        return str_format(arena, "`%s` needs %.*s.", rule->names[0],
                          STR_ARG(quoted_names(rule, 1, " and ", arena)));
    }
    return STR_EMPTY;
}

static bool rule_has_name(const Schema *schema, Str path) {
    Str name;
    (void)str_next_field(&path, '.', &name);
    SchemaMember member;
    if (!schema_find_member(schema, name, &member))
        return false;
    return path.len == 0 || (member.nested && rule_has_name(member.nested, path));
}

const char *schema_rule_unknown_name(const Schema *schema, const ArgumentRule *rule) {
    for (size_t i = 0; i < count_names(rule); i++) {
        if (!rule_has_name(schema, str_from_cstr(rule->names[i])))
            return rule->names[i];
    }
    return NULL;
}
