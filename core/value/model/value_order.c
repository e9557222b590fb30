/* value_order: orders the members of a set. Strings, numbers and bools have a natural order. The
 * order of others is arbitrary but visible (tolist, jsonencode, state), so it is Terraform's: by
 * bytes of the spelling built below. */
#include "str_quote.h"
#include "value.h"

/* Digits of a number in its spelling, as in Terraform. */
enum { DIGITS = 10 };

static void spell(StrBuf *out, Value v, Arena *arena);

static void spell_parts(StrBuf *out, Value v, char open, char close, Arena *arena) {
    size_t count =
        v.type->kind == KIND_TUPLE || v.type->kind == KIND_OBJECT ? v.type->count : v.count;
    strbuf_add_char(out, open);
    for (size_t i = 0; i < count; i++) {
        if (v.type->kind == KIND_MAP) {
            strbuf_add(out, str_quote(value_key_at(v, i), arena));
            strbuf_add_char(out, ':');
        }
        spell(out, value_at(v, i), arena);
        strbuf_add_char(out, ';');
    }
    strbuf_add_char(out, close);
}

static void spell(StrBuf *out, Value v, Arena *arena) {
    if (!value_is_present(v)) {
        strbuf_add_char(out, value_is_null(v) ? '~' : '?');
        return;
    }
    switch (v.type->kind) {
    case KIND_DYNAMIC: return;
    case KIND_BOOL: strbuf_add_char(out, v.as.boolean ? 'T' : 'F'); return;
    case KIND_NUMBER:
        strbuf_add(out, number_to_rounded_text(value_to_number(v, arena), DIGITS, arena));
        return;
    case KIND_STRING: strbuf_add(out, str_quote(value_text(v), arena)); return;
    case KIND_LIST:
    case KIND_SET: spell_parts(out, v, '[', ']', arena); return;
    case KIND_MAP: spell_parts(out, v, '{', '}', arena); return;
    case KIND_TUPLE:
    case KIND_OBJECT: spell_parts(out, v, '<', '>', arena); return;
    }
}

typedef struct Member {
    Str spelling;
    Value value;
} Member;

/* Orders known before unknown before null. Different members with the same spelling are ordered by
 * value. */
static int order_compare_members(const void *a, const void *b) {
    const Member *left = a, *right = b;
    int by_value = value_compare(left->value, right->value);
    bool is_spelled = value_is_present(left->value) && value_is_present(right->value);
    int order = is_spelled ? str_compare(left->spelling, right->spelling) : by_value;
    return order != 0 ? order : by_value;
}

static int order_compare_values(const void *a, const void *b) {
    return value_compare(*(const Value *)a, *(const Value *)b);
}

static bool order_is_sorted(const Value *items, size_t count) {
    for (size_t i = 1; i < count; i++) {
        if (value_compare(items[i - 1], items[i]) > 0)
            return false;
    }
    return true;
}

void value_sort_members(Value *items, size_t count, Arena *arena) {
    if (count < 2)
        return;
    if (type_is_primitive(items[0].type)) {
        if (!order_is_sorted(items, count))
            qsort(items, count, sizeof(*items), order_compare_values);
        return;
    }
    Member *members = arena_new_array(arena, Member, count);
    for (size_t i = 0; i < count; i++) {
        StrBuf spelling = strbuf_new(arena);
        spell(&spelling, items[i], arena);
        members[i] = (Member){strbuf_str(&spelling), items[i]};
    }
    qsort(members, count, sizeof(*members), order_compare_members);
    for (size_t i = 0; i < count; i++)
        items[i] = members[i].value;
}
