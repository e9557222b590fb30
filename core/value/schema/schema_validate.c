/* schema_validate: validates a configured object against its schema and collects all errors. Does
 * not repeat the checks of the type (names, types). */
#include "schema.h"
#include "schema_rule.h"

typedef struct Checker {
    Arena *arena;
    Diags *diags;
    TextCheck text_check; /* NULL: none */
    bool is_foreign;
} Checker;

static void schema_validate_check_object(const Checker *checker, const Schema *schema, Value object,
                                         Path path);

static void schema_validate_say(const Checker *checker, Path path, Diag *diag) {
    diag->path = path_to_str(path, checker->diags->arena);
}

static bool is_computed_only(const Attribute *attribute) {
    return (attribute->flags & COMPUTED) && !(attribute->flags & (OPTIONAL | REQUIRED));
}

static void check_elements(const Checker *checker, const Schema *schema, Nesting nesting,
                           Value value, Path path) {
    if (!value_is_present(value))
        return;
    if (nesting == NEST_SINGLE) {
        schema_validate_check_object(checker, schema, value, path);
        return;
    }
    for (size_t i = 0; i < value.count; i++) {
        Value element = value_at(value, i);
        Value key = nesting == NEST_LIST  ? value_int((int64_t)i)
                    : nesting == NEST_MAP ? value_from_str(value_key_at(value, i))
                                          : element;
        schema_validate_check_object(checker, schema, element,
                                     path_index(path, key, checker->arena));
    }
}

/* Returns an error that suggests the nearest allowed value, or lists all of them if none is
 * near. */
static Str check_word(const Attribute *attribute, Str text, Arena *arena) {
    StrVec words = attribute_one_of(attribute, arena);
    if (str_is_among(text, words.items, words.count))
        return STR_EMPTY;
    Str hint = str_did_you_mean(text, words.items, words.count, arena);
    if (hint.len)
        return str_format(arena, "\"%.*s\" is not an allowed value.%.*s", STR_ARG(text),
                          STR_ARG(hint));
    StrBuf all = strbuf_new(arena);
    for (size_t i = 0; i < words.count; i++)
        strbuf_add_format(&all, "%s\"%.*s\"",
                          i == 0                 ? ""
                          : i + 1 == words.count ? " or "
                                                 : ", ",
                          STR_ARG(words.items[i]));
    return str_format(arena, "The value must be %.*s.", STR_ARG(strbuf_str(&all)));
}

static void report_value(const Checker *checker, const Attribute *attribute, Value value, Path path,
                         Str wrong) {
    if (wrong.len == 0)
        return;
    if ((attribute->flags & SENSITIVE) || (value_marks_deep(value) & MARK_SENSITIVE) != 0)
        wrong = STR("The reason is hidden because the value is sensitive.");
    schema_validate_say(checker, path,
                        diags_error(checker->diags, NO_RANGE, "Invalid value",
                                    "The value of \"%s\" is invalid. %.*s", attribute->name,
                                    STR_ARG(wrong)));
}

static void run_check(const Checker *checker, const Attribute *attribute, Value value, Path path) {
    Value plain = value_unmark_deep(value, checker->arena);
    report_value(checker, attribute, value, path,
                 attribute->one_of ? check_word(attribute, value_text(plain), checker->arena)
                                   : attribute->check(plain, checker->arena));
}

static Str schema_validate_check_text(const Checker *checker, const Attribute *attribute, Str text,
                                      bool is_key) {
    bool has_any = (attribute->flags & ANY_TEXT) && !is_key;
    if (!has_any && !checker->is_foreign && str_find_char(text, '\0', 0) != SIZE_MAX)
        return STR("It contains a zero byte, which would end the text.");
    return checker->text_check ? checker->text_check(attribute, text, is_key, checker->arena)
                               : STR_EMPTY;
}

/* Returns the first error of a text in the value, which has no marks; empty if there is none. */
static Str schema_validate_check_texts(const Checker *checker, const Attribute *attribute,
                                       Value value) {
    if (!value_is_present(value) || type_is_primitive(value.type))
        return value_is_present(value) && value.type->kind == KIND_STRING
                   ? schema_validate_check_text(checker, attribute, value_text(value), false)
                   : STR_EMPTY;
    Str wrong = STR_EMPTY;
    for (size_t i = 0; i < value.count && wrong.len == 0; i++) {
        if (value.type->kind == KIND_MAP)
            wrong = schema_validate_check_text(checker, attribute, value_key_at(value, i), true);
        if (wrong.len == 0)
            wrong = schema_validate_check_texts(checker, attribute, value_at(value, i));
    }
    return wrong;
}

static void report_computed(const Checker *checker, const Attribute *attribute, Path path) {
    schema_validate_say(checker, path,
                        diags_error(checker->diags, NO_RANGE, "Value for unconfigurable attribute",
                                    "The provider sets \"%s\"; remove it from the configuration.",
                                    attribute->name));
}

static void schema_validate_report_missing(const Checker *checker, const Attribute *attribute,
                                           Path path) {
    const char *description = attribute->description ? attribute->description : "";
    schema_validate_say(checker, path,
                        diags_error(checker->diags, NO_RANGE, "Missing required argument",
                                    "The argument \"%s\" must be set and must not be null.%s%s",
                                    attribute->name, *description ? " It is: " : "", description));
}

static void schema_validate_warn_deprecated(const Checker *checker, const Attribute *attribute,
                                            Path path) {
    Diag *diag = diags_warning(checker->diags, NO_RANGE, "Argument is deprecated",
                               "\"%s\" still works but will be removed. %s", attribute->name,
                               attribute->description ? attribute->description : "");
    diag->is_deprecation = true;
    schema_validate_say(checker, path, diag);
}

static void schema_validate_check_attribute(const Checker *checker, const Attribute *attribute,
                                            Value value, Path path) {
    if (value_is_null(value)) {
        if (attribute->flags & REQUIRED)
            schema_validate_report_missing(checker, attribute, path);
        return;
    }
    if (is_computed_only(attribute)) {
        report_computed(checker, attribute, path);
        return;
    }
    if ((attribute->flags & DEPRECATED) && !(attribute->flags & WARNS_ITSELF))
        schema_validate_warn_deprecated(checker, attribute, path);
    if (attribute->nested)
        check_elements(checker, &attribute->nested->schema, attribute->nested->nesting, value,
                       path);
    else if (attribute->type != &TYPE_DYNAMIC || checker->text_check)
        report_value(checker, attribute, value, path,
                     schema_validate_check_texts(checker, attribute,
                                                 value_unmark_deep(value, checker->arena)));
    if ((attribute->check || attribute->one_of) && value_is_wholly_known(value))
        run_check(checker, attribute, value, path);
}

static void check_block_count(const Checker *checker, const Block *block, Value value, Path path) {
    size_t count = !value_is_present(value) ? 0 : block->nesting == NEST_SINGLE ? 1 : value.count;
    if (count < block->min_items) {
        schema_validate_say(checker, path,
                            diags_error(checker->diags, NO_RANGE, "Too few blocks",
                                        "At least %u \"%s\" block%s must be present.",
                                        block->min_items, block->name,
                                        block->min_items == 1 ? "" : "s"));
    }
    if (block->max_items > 0 && count > block->max_items) {
        schema_validate_say(checker, path,
                            diags_error(checker->diags, NO_RANGE, "Too many blocks",
                                        "At most %u \"%s\" block%s may be present; there are %zu.",
                                        block->max_items, block->name,
                                        block->max_items == 1 ? "" : "s", count));
    }
}

static void schema_validate_check_object(const Checker *checker, const Schema *schema, Value object,
                                         Path path) {
    if (!value_is_present(object))
        return;
    for (size_t i = 0; i < schema->attribute_count; i++) {
        const Attribute *attribute = &schema->attributes[i];
        Str name = str_from_cstr(attribute->name);
        Path at = path_attribute(path, name, checker->arena);
        schema_validate_check_attribute(checker, attribute, value_attribute(object, name), at);
    }
    for (size_t i = 0; i < schema->block_count; i++) {
        const Block *block = &schema->blocks[i];
        Str name = str_from_cstr(block->name);
        Path at = path_attribute(path, name, checker->arena);
        Value value = value_attribute(object, name);
        if (!value_is_known(value))
            continue;
        check_block_count(checker, block, value, at);
        check_elements(checker, &block->schema, block->nesting, value, at);
    }
    schema_rule_check(schema, object, path, checker->arena, checker->diags);
}

bool schema_validate(const Schema *schema, Value config, Arena *arena, Diags *diags) {
    Checker checker = {arena, diags, schema->text_check, schema->is_foreign};
    size_t before = diags->error_count;
    if (schema->deprecated && !schema->is_foreign)
        diags_warning(diags, NO_RANGE, "Type is deprecated", "%s", schema->deprecated)
            ->is_deprecation = true;
    schema_validate_check_object(&checker, schema, config, (Path){0});
    return diags->error_count == before;
}
