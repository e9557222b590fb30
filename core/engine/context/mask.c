/* Finds secret texts in diagnostics and values, and replaces them. */
#include "mask.h"
#include "str_quote.h"

/* bytes. Messages may quote one line of a multi-line text; shorter lines (brackets) and shorter
 * values of variables are not searched for. */
#define LINE_MIN 8

static void collect_plain(Value value, StrVec *secrets, Arena *arena);

/* Adds the text, its escaped form, and its lines. The lines come last: masking a line first would
 * hide the whole text from the search. */
static void collect_text(Str text, StrVec *secrets, Arena *arena) {
    Str quoted = str_quote(text, arena), line;
    vec_push(arena, secrets, text);
    if (quoted.len != text.len + 2)
        vec_push(arena, secrets, str_slice(quoted, 1, quoted.len - 1));
    if (str_find_char(text, '\n', 0) == SIZE_MAX)
        return;
    while (str_next_field(&text, '\n', &line)) {
        line = str_trim(line);
        if (line.len >= LINE_MIN)
            vec_push(arena, secrets, line);
    }
}

static void collect_parts(Value value, StrVec *secrets, Arena *arena) {
    for (size_t i = 0; i < value.count; i++) {
        if (value.type->kind == KIND_MAP)
            collect_text(value_key_at(value, i), secrets, arena);
        collect_plain(value_at(value, i), secrets, arena);
    }
}

static void collect_plain(Value value, StrVec *secrets, Arena *arena) {
    if (!value_is_present(value))
        return;
    switch (value.type->kind) {
    case KIND_DYNAMIC:
    case KIND_BOOL: return;
    case KIND_NUMBER: vec_push(arena, secrets, value_number_text(value, arena)); return;
    case KIND_STRING: collect_text(value_text(value), secrets, arena); return;
    case KIND_LIST:
    case KIND_SET:
    case KIND_TUPLE:
    case KIND_MAP:
    case KIND_OBJECT: collect_parts(value, secrets, arena); return;
    }
}

void mask_collect(Value value, StrVec *secrets, Arena *arena) {
    if (!(value_marks_deep(value) & MARKS_SECRET))
        return;
    if (value_is_secret(value)) {
        collect_plain(value, secrets, arena);
        return;
    }
    for (size_t i = 0; i < value.count; i++)
        mask_collect(value_at(value, i), secrets, arena);
}

void mask_collect_config(const Schema *schema, Value config, StrVec *secrets, Arena *arena) {
    Paths paths = {0};
    mask_collect(config, secrets, arena);
    schema_sensitive_paths(schema, value_unmark_deep(config, arena), &paths, arena);
    if (paths.count > 0)
        mask_collect(path_mark(config, &paths, MARK_SENSITIVE, arena), secrets, arena);
}

void mask_collect_variables(const Module *root, const Map *values, StrVec *secrets, Arena *arena) {
    if (!values)
        return;
    StrVec found = {0};
    map_each(&root->variables, entry) {
        const Variable *variable = entry->value;
        const Value *value = map_find(values, entry->key);
        if (value && (variable->sensitive || variable->ephemeral))
            mask_collect(value_with_marks(*value, MARK_SENSITIVE), &found, arena);
    }
    vec_each(&found, secret) {
        if (secret->len >= LINE_MIN)
            vec_push(arena, secrets, *secret);
    }
}

static bool is_quoted(Str text, size_t at, size_t len) {
    return at > 0 && at + len < text.len && text.ptr[at - 1] == '"' && text.ptr[at + len] == '"';
}

static Str mask_one(Str text, Str secret, Arena *arena) {
    StrBuf buf = strbuf_new(arena);
    size_t done = 0;
    for (size_t at = 0; secret.len > 0 && at + secret.len <= text.len;) {
        bool is_here = memcmp(text.ptr + at, secret.ptr, secret.len) == 0 &&
                       (secret.len > SECRET_SHORT_MAX || is_quoted(text, at, secret.len));
        if (!is_here) {
            at++;
            continue;
        }
        strbuf_add(&buf, str_slice(text, done, at));
        strbuf_add_cstr(&buf, "(sensitive value)");
        done = at += secret.len;
    }
    if (done == 0)
        return text;
    strbuf_add(&buf, str_after(text, done));
    return strbuf_str(&buf);
}

/* Masks the values that a diagnostic shows: a copy of a secret may have lost its mark. */
static void mask_values(Diag *diag, Str secret, Arena *arena) {
    vec_each(&diag->values, value) {
        value->traversal = mask_one(value->traversal, secret, arena);
        Str masked = mask_one(value->statement, secret, arena);
        if (masked.ptr != value->statement.ptr)
            value->statement = STR("has a sensitive value");
    }
}

/* Hides source lines with a secret: a literal, or a copy of the value of a variable. */
static void hide_lines(Diag *diag, const SecretIndex *secrets) {
    uint32_t start;
    SourceRange range = source_range_resolve(diag->range);
    if (!range.source)
        return;
    Str line = source_text_line(range.source, range.start, &start);
    SourceRange place = diag->noticed.source ? source_range_resolve(diag->noticed) : range;
    if (place.end <= place.start)
        place.end = place.start + 1; /* as an excerpt shows an empty range */
    diag->hides_line |= secret_index_quotes(secrets, line);
    diag->hides_snippet |= secret_index_quotes(secrets, source_range_lines(place, &start));
}

void mask_diags(Diags *diags, const StrVec *secrets) {
    SecretIndex index = secret_index_new(secrets, diags->arena);
    for (size_t i = 0; i < diags->count; i++)
        hide_lines(&diags->items[i], &index);
    vec_each(secrets, secret) {
        for (size_t i = 0; i < diags->count; i++) {
            Diag *diag = &diags->items[i];
            diag->summary = mask_one(diag->summary, *secret, diags->arena);
            diag->detail = mask_one(diag->detail, *secret, diags->arena);
            diag->path = mask_one(diag->path, *secret, diags->arena);
            mask_values(diag, *secret, diags->arena);
        }
    }
}

Str mask_text(Str text, const SecretIndex *secrets, Arena *arena) {
    if (!secret_index_quotes(secrets, text))
        return text;
    vec_each(&secrets->secrets, secret) {
        text = mask_one(text, *secret, arena);
    }
    return text;
}

static bool mask_has_secret_key(Value value, const SecretIndex *secrets) {
    bool has_keys = value.type->kind == KIND_MAP || value.type->kind == KIND_OBJECT;
    for (size_t i = 0; has_keys && i < value.count; i++) {
        if (secret_index_holds(secrets, value_key_at(value, i)))
            return true;
    }
    return false;
}

static Value mask_mark_secret(Value value, void *payload, Arena *arena) {
    const SecretIndex *secrets = payload;
    if (!value_is_present(value))
        return value;
    bool is_text = value.type->kind == KIND_STRING;
    bool is_number = value.type->kind == KIND_NUMBER;
    bool is_secret = is_text     ? secret_index_holds(secrets, value_text(value))
                     : is_number ? secret_index_holds(secrets, value_number_text(value, arena))
                                 : mask_has_secret_key(value, secrets);
    return is_secret ? value_with_marks(value, MARK_SENSITIVE) : value;
}

Value mask_value(Value value, const SecretIndex *secrets, Arena *arena) {
    if (secrets->secrets.count == 0)
        return value;
    return value_transform(value, mask_mark_secret, (void *)(uintptr_t)secrets, arena);
}
