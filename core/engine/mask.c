/* mask: secret texts, looked for in what diagnostics say. */
#include "mask.h"

#define SHORT_MAX 3 /* bytes */

static void collect_plain(Value value, StrVec *secrets, Arena *arena);

static void collect_parts(Value value, StrVec *secrets, Arena *arena) {
    for (size_t i = 0; i < value.count; i++) {
        if (value.type->kind == KIND_MAP)
            vec_push(arena, secrets, value_key_at(value, i));
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
    case KIND_STRING: vec_push(arena, secrets, value_text(value)); return;
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

static bool is_quoted(Str text, size_t at, size_t len) {
    return at > 0 && at + len < text.len && text.ptr[at - 1] == '"' && text.ptr[at + len] == '"';
}

static Str mask_text(Str text, Str secret, Arena *arena) {
    StrBuf buf = strbuf_new(arena);
    size_t done = 0;
    for (size_t at = 0; secret.len > 0 && at + secret.len <= text.len;) {
        bool is_here = memcmp(text.ptr + at, secret.ptr, secret.len) == 0 &&
                       (secret.len > SHORT_MAX || is_quoted(text, at, secret.len));
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

void mask_diags(Diags *diags, const StrVec *secrets) {
    vec_each(secrets, secret) {
        for (size_t i = 0; i < diags->count; i++) {
            Diag *diag = &diags->items[i];
            diag->summary = mask_text(diag->summary, *secret, diags->arena);
            diag->detail = mask_text(diag->detail, *secret, diags->arena);
            diag->path = mask_text(diag->path, *secret, diags->arena);
        }
    }
}
