/* Writes the commands, and maps the errors of nft to arguments. */
#include "ruleset_text.h"

#include <ctype.h>

/* Commands under construction. */
typedef struct Writer {
    const Call *call;
    StrBuf text;
    RulesetText result;
    Str table; /* "inet loam" */
} Writer;

static void text_end_line(Writer *writer, Path path, size_t start, Str text) {
    RulesetLine line = {.path = path, .start = start, .text = text};
    strbuf_add_char(&writer->text, '\n');
    vec_push(writer->call->arena, &writer->result.lines, line);
}

static Writer new_writer(const Call *call, Value object) {
    Writer writer = {
        .call = call,
        .text = strbuf_new(call->arena),
        .table =
            str_format(call->arena, "%.*s %.*s", STR_ARG(object_text(object, "family", STR_EMPTY)),
                       STR_ARG(object_text(object, "name", STR_EMPTY))),
    };
    /* The first command makes the second one valid if there is no such table. */
    strbuf_add_format(&writer.text, "table %.*s", STR_ARG(writer.table));
    text_end_line(&writer, NO_PATH, 0, STR_EMPTY);
    strbuf_add_format(&writer.text, "delete table %.*s", STR_ARG(writer.table));
    text_end_line(&writer, NO_PATH, 0, STR_EMPTY);
    return writer;
}

static RulesetText text_finish(Writer *writer) {
    writer->result.text = strbuf_str(&writer->text);
    return writer->result;
}

static void add_property(StrBuf *text, const char *name, Str value) {
    if (value.len > 0)
        strbuf_add_format(text, " %s %.*s;", name, STR_ARG(value));
}

/* Returns the joined texts of a list or set. */
static Str text_joined(Value object, const char *name, Str separator, Arena *arena) {
    StrVec texts = nested_list_texts(object, name, arena);
    return str_join(texts.items, texts.count, separator, arena);
}

static void text_write_set(Writer *writer, const char *kind, const char *attribute, Str name,
                           Value set) {
    Arena *arena = writer->call->arena;
    StrBuf *text = &writer->text;
    int64_t size = object_int(set, "size", 0);
    Str elements = text_joined(set, "elements", STR(", "), arena);
    strbuf_add_format(text, "add %s %.*s %.*s {", kind, STR_ARG(writer->table), STR_ARG(name));
    add_property(text, "type", object_text(set, "type", STR_EMPTY));
    add_property(text, "flags", text_joined(set, "flags", STR(","), arena));
    add_property(text, "timeout", object_text(set, "timeout", STR_EMPTY));
    if (size > 0)
        strbuf_add_format(text, " size %lld;", (long long)size);
    if (object_bool(set, "auto_merge", false))
        strbuf_add_cstr(text, " auto-merge;");
    if (elements.len > 0)
        strbuf_add_format(text, " elements = { %.*s };", STR_ARG(elements));
    strbuf_add_cstr(text, " }");
    text_end_line(writer, PATH_AT(writer->call, {attribute}, {.key = name}), 0, STR_EMPTY);
}

static void write_sets(Writer *writer, const char *kind, const char *attribute, Value object) {
    Value sets = object_attribute(object, attribute);
    for (size_t i = 0; value_is_present(sets) && i < sets.count; i++)
        text_write_set(writer, kind, attribute, value_key_at(sets, i), value_at(sets, i));
}

static void write_chain(Writer *writer, Str name, Value chain) {
    Arena *arena = writer->call->arena;
    StrBuf *text = &writer->text;
    Str hook = object_text(chain, "hook", STR_EMPTY);
    Str devices = text_joined(chain, "devices", STR("\", \""), arena);
    strbuf_add_format(text, "add chain %.*s %.*s", STR_ARG(writer->table), STR_ARG(name));
    if (hook.len > 0) {
        strbuf_add_format(text, " { type %.*s hook %.*s",
                          STR_ARG(object_text(chain, "type", STR_EMPTY)), STR_ARG(hook));
        if (devices.len > 0)
            strbuf_add_format(text, " devices = { \"%.*s\" }", STR_ARG(devices));
        strbuf_add_format(text, " priority %.*s;",
                          STR_ARG(object_text(chain, "priority", STR_EMPTY)));
        add_property(text, "policy", object_text(chain, "policy", STR_EMPTY));
        strbuf_add_cstr(text, " }");
    }
    text_end_line(writer, PATH_AT(writer->call, {"chains"}, {.key = name}), 0, STR_EMPTY);
}

static void text_write_rules(Writer *writer, Str name, Value chain) {
    for (size_t i = 0; i < nested_list_count(chain, "rules"); i++) {
        Str rule = str_trim(value_text(nested_list_at(chain, "rules", i)));
        size_t start = writer->text.len;
        strbuf_add_format(&writer->text, "add rule %.*s %.*s ", STR_ARG(writer->table),
                          STR_ARG(name));
        start = writer->text.len - start;
        strbuf_add(&writer->text, rule);
        text_end_line(writer,
                      PATH_AT(writer->call, {"chains"}, {.key = name}, {"rules"}, {.index = i}),
                      start, rule);
    }
}

RulesetText ruleset_text_of(const Call *call, Value object) {
    Writer writer = new_writer(call, object);
    Value chains = object_attribute(object, "chains");
    strbuf_add_format(&writer.text, "add table %.*s", STR_ARG(writer.table));
    text_end_line(&writer, NO_PATH, 0, STR_EMPTY);
    /* Chains come first: elements of maps and rules refer to them. */
    for (size_t i = 0; value_is_present(chains) && i < chains.count; i++)
        write_chain(&writer, value_key_at(chains, i), value_at(chains, i));
    write_sets(&writer, "set", "sets", object);
    write_sets(&writer, "map", "maps", object);
    for (size_t i = 0; value_is_present(chains) && i < chains.count; i++)
        text_write_rules(&writer, value_key_at(chains, i), value_at(chains, i));
    return text_finish(&writer);
}

RulesetText ruleset_text_deletion(const Call *call, Value object) {
    Writer writer = new_writer(call, object);
    return text_finish(&writer);
}

static const char *const contents[] = {"family", "name", "sets", "maps", "chains"};

bool ruleset_text_is_same(Value a, Value b) {
    for (size_t i = 0; i < ARRAY_COUNT(contents); i++) {
        if (object_differs(a, b, contents[i]))
            return false;
    }
    return true;
}

bool ruleset_text_is_known(Value object) {
    for (size_t i = 0; i < ARRAY_COUNT(contents); i++) {
        if (!value_is_wholly_known(object_attribute(object, contents[i])))
            return false;
    }
    return true;
}

/* Reads "PATH:LINE:FROM-TO: Error: MESSAGE". */
static bool parse_position(Str line, size_t *number, size_t *from, Str *message) {
    static const Str mark = STR_CONST(": Error: ");
    size_t end = str_find(line, mark, 0);
    uint64_t values[3];
    if (end == SIZE_MAX)
        return false;
    *message = str_after(line, end + mark.len);
    Str place = str_slice(line, 0, end);
    for (size_t i = ARRAY_COUNT(values); i-- > 0;) {
        size_t at = str_rfind_char(place, i == 2 ? '-' : ':');
        if (at == SIZE_MAX || !str_to_uint64(str_after(place, at + 1), &values[i]))
            return false;
        place = str_slice(place, 0, at);
    }
    *number = (size_t)values[0];
    *from = (size_t)values[1];
    return true;
}

static void report_line(const Call *call, const RulesetLine *line, size_t column, Str message,
                        Diags *diags) {
    if (line->start == 0 || column <= line->start || column > line->start + line->text.len + 1) {
        (void)path_error(call, line->path, diags, "Table rejected by nft", "%.*s",
                         STR_ARG(message));
        return;
    }
    Str before = str_slice(line->text, 0, column - line->start - 1);
    Str rest = str_after(line->text, before.len);
    (void)path_error(call, line->path, diags, "Rule rejected by nft",
                     "%.*s\n\n  %.*s\n  %*s^\n\nThe error is at \"%.*s\".", STR_ARG(message),
                     STR_ARG(line->text), (int)before.len, "", STR_ARG(str_slice(rest, 0, 40)));
}

bool ruleset_text_report(const Call *call, const RulesetText *text, Str output, Diags *diags) {
    Str rest = output, line, message;
    size_t number, column, errors = diags->error_count;
    while (str_next_field(&rest, '\n', &line)) {
        if (parse_position(line, &number, &column, &message) && number > 0 &&
            number <= text->lines.count)
            report_line(call, &text->lines.items[number - 1], column, message, diags);
    }
    return diags->error_count > errors ? false
                                       : path_error(call, NO_PATH, diags, "Table rejected by nft",
                                                    "%.*s", STR_ARG(str_trim(output)));
}
