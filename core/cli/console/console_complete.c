/* Finds the last word of a line, and its completions. */
#include "console.h"

#include "config.h"
#include "eval.h"
#include "lexer.h"

typedef struct Search {
    const ConsoleWords *words;
    Str head; /* text before the last dot; empty: no dot */
    Str tail; /* text after it */
    StrVec *out;
    Arena *arena;
} Search;

static void offer(Search *search, Str name, const char *behind) {
    if (!str_starts_with(name, search->tail))
        return;
    Str dot = search->head.len ? STR(".") : STR_EMPTY;
    Str word = str_format(search->arena, "%.*s%.*s%.*s%s", STR_ARG(search->head), STR_ARG(dot),
                          STR_ARG(name), behind);
    vec_push(search->arena, search->out, word);
}

static void offer_names(Search *search, const Map *map) {
    map_each(map, entry) {
        offer(search, entry->key, "");
    }
}

static void offer_all(Search *search, const char *const *names, size_t count, const char *behind) {
    for (size_t i = 0; i < count; i++)
        offer(search, str_from_cstr(names[i]), behind);
}

/* Offers the types of a mode's resources, or the names of one `type`: the first or second part of
 * "T.N". */
static void offer_resources(Search *search, ResourceMode mode, Str type) {
    map_each(&search->words->module->resources, entry) {
        const Resource *resource = entry->value;
        if (resource->mode != mode)
            continue;
        if (type.len == 0)
            offer(search, resource->type, ".");
        else if (str_equal(resource->type, type))
            offer(search, resource->name, "");
    }
}

static void offer_roots(Search *search) {
    static const char *const roots[] = {"data", "local", "module", "path", "terraform", "var"};
    map_each(&search->words->functions->by_name, entry) {
        offer(search, entry->key, "(");
    }
    if (!search->words->module)
        return;
    offer_all(search, roots, ARRAY_COUNT(roots), ".");
    offer_resources(search, MODE_MANAGED, STR_EMPTY);
}

/* Offers the names that the module declares after this word. Returns false if there are none. */
static bool offer_declared(Search *search) {
    static const char *const paths[] = {"cwd", "module", "root"};
    static const char *const settings[] = {"workspace"};
    static const char *const own_settings[] = {"environment", "workspace"};
    const Module *module = search->words->module;
    Str data = STR("data.");
    size_t before = search->out->count;
    if (!module)
        return false;
    if (str_equal_cstr(search->head, "var"))
        offer_names(search, &module->variables);
    else if (str_equal_cstr(search->head, "local"))
        offer_names(search, &module->locals);
    else if (str_equal_cstr(search->head, "module"))
        offer_names(search, &module->calls);
    else if (str_equal_cstr(search->head, "path"))
        offer_all(search, paths, ARRAY_COUNT(paths), "");
    else if (str_equal_cstr(search->head, "terraform"))
        offer_all(search, settings, ARRAY_COUNT(settings), "");
    else if (str_equal_cstr(search->head, "loam"))
        offer_all(search, own_settings, ARRAY_COUNT(own_settings), "");
    else if (str_equal_cstr(search->head, "data"))
        offer_resources(search, MODE_DATA, STR_EMPTY);
    else if (str_starts_with(search->head, data))
        offer_resources(search, MODE_DATA, str_after(search->head, data.len));
    else
        offer_resources(search, MODE_MANAGED, search->head);
    return search->out->count > before;
}

/* Evaluates the text before the dot, and offers the attributes of its value. Ignores errors. */
static void offer_attributes(Search *search) {
    Diags ignored = diags_new(search->arena);
    const SourceText *source = source_text_new(STR("<completion>"), search->head, search->arena);
    const Expr *expr;
    Value value;
    if (!parser_parse_expression(source, search->words->functions, &expr, search->arena,
                                 &ignored) ||
        !eval_expr(expr, search->words->scope, &value, search->arena, &ignored))
        return;
    if (value.type->kind == KIND_OBJECT) {
        for (size_t i = 0; i < value.type->count; i++)
            offer(search, value.type->names[i], "");
    } else if (value.type->kind == KIND_MAP && value_is_known(value) && !value_is_null(value)) {
        for (size_t i = 0; i < value.count; i++) {
            if (lexer_is_identifier(value_key_at(value, i)))
                offer(search, value_key_at(value, i), "");
        }
    }
}

/* A word consists of names, dots, and closed brackets. */
static size_t word_start(Str text) {
    size_t at = text.len;
    while (at > 0) {
        unsigned char c = (unsigned char)text.ptr[at - 1];
        if (c == ']') {
            size_t open = str_rfind_char(str_slice(text, 0, at), '[');
            if (open == SIZE_MAX)
                return at;
            at = open;
            continue;
        }
        if (!isalnum(c) && c < 0x80 && !strchr("_-.:", c))
            return at;
        at--;
    }
    return at;
}

static void sort_unique(StrVec *words) {
    size_t kept = 0;
    if (words->count == 0)
        return;
    str_sort(words->items, words->count);
    for (size_t i = 0; i < words->count; i++) {
        if (i == 0 || !str_equal(words->items[i], words->items[kept - 1]))
            words->items[kept++] = words->items[i];
    }
    words->count = kept;
}

void console_complete(const ConsoleWords *words, Str before, size_t *start, StrVec *out,
                      Arena *arena) {
    *start = word_start(before);
    Str word = str_after(before, *start);
    size_t dot = str_rfind_char(word, '.');
    Search search = {.words = words, .tail = word, .out = out, .arena = arena};
    if (dot != SIZE_MAX) {
        search.head = str_slice(word, 0, dot);
        search.tail = str_after(word, dot + 1);
    }
    if (dot == SIZE_MAX)
        offer_roots(&search);
    else if (search.head.len > 0 && !offer_declared(&search))
        offer_attributes(&search);
    sort_unique(out);
}
