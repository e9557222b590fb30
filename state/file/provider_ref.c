/* provider_ref: cuts the text at "provider", which no module is called without its "module.". */
#include "provider_ref.h"

#include "address.h"

#include <ctype.h>

/* As the language has names: no digit or hyphen in front. Letters beyond ASCII count as such. */
static bool is_identifier(Str text) {
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.ptr[i];
        bool is_letter = isalpha(c) || c == '_' || c >= 0x80;
        if (!is_letter && (i == 0 || (!isdigit(c) && c != '-')))
            return false;
    }
    return text.len > 0;
}

/* "module.a.module.b." in front, without its last dot. */
static bool cut_module(Str *rest, Str *module) {
    size_t at = 0;
    while (str_starts_with(str_after(*rest, at), STR("module."))) {
        size_t dot = str_find_char(*rest, '.', at + 7);
        if (dot == SIZE_MAX || !is_identifier(str_slice(*rest, at + 7, dot)))
            return false;
        at = dot + 1;
    }
    *module = str_slice(*rest, 0, at > 0 ? at - 1 : 0);
    *rest = str_after(*rest, at);
    return true;
}

/* ["key"], read as the key of an instance is; a number is no key of a provider. */
static bool cut_key(Str rest, Str *key, Arena *arena) {
    *key = STR_EMPTY;
    if (rest.len == 0)
        return true;
    Diags ignored = diags_new(arena);
    AddressTarget target;
    Str text = str_format(arena, "module.m%.*s", STR_ARG(rest));
    if (!address_parse_target(text, &target, arena, &ignored) || target.is_resource)
        return false;
    if (target.module->key.kind == KEY_STRING)
        *key = target.module->key.text;
    return target.module->parent == NULL;
}

/* .alias, .alias["key"] or nothing. */
static bool cut_alias(Str rest, ProviderRef *ref, Arena *arena) {
    ref->alias = STR_EMPTY;
    ref->key = STR_EMPTY;
    if (rest.len == 0)
        return true;
    if (rest.ptr[0] == '[')
        return str_ends_with(rest, STR("]"));
    if (rest.ptr[0] != '.')
        return false;
    rest = str_after(rest, 1);
    size_t bracket = str_find_char(rest, '[', 0);
    ref->alias = bracket == SIZE_MAX ? rest : str_slice(rest, 0, bracket);
    if (!is_identifier(ref->alias))
        return false;
    return bracket == SIZE_MAX || cut_key(str_after(rest, bracket), &ref->key, arena);
}

/* Else what is written anew would not be read again. */
static bool is_name(Str text) {
    for (size_t i = 0; i < text.len; i++) {
        if (strchr("\"[]/ ", text.ptr[i]))
            return false;
    }
    return text.len > 0;
}

/* "-" stood for a namespace that was not known yet. */
static Str without_legacy(Str address, Arena *arena) {
    Str legacy = STR("registry.terraform.io/-/");
    if (!str_starts_with(address, legacy))
        return address;
    return str_concat(STR("registry.terraform.io/hashicorp/"), str_after(address, legacy.len),
                      arena);
}

bool provider_ref_parse(Str text, ProviderRef *out, Arena *arena) {
    ProviderRef ref;
    Str rest = text;
    if (!cut_module(&rest, &ref.module))
        return false;
    if (str_starts_with(rest, STR("provider[\""))) {
        rest = str_after(rest, 10);
        size_t end = str_find(rest, STR("\"]"), 0);
        if (end == SIZE_MAX || end == 0)
            return false;
        ref.address = without_legacy(str_slice(rest, 0, end), arena);
        rest = str_after(rest, end + 2);
    } else if (str_starts_with(rest, STR("provider."))) {
        rest = str_after(rest, 9);
        size_t end = str_find_char(rest, '.', 0);
        Str name = str_slice(rest, 0, end == SIZE_MAX ? rest.len : end);
        if (!is_name(name))
            return false;
        ref.address =
            str_equal(name, STR("terraform"))
                ? STR("terraform.io/builtin/terraform")
                : str_format(arena, "registry.terraform.io/hashicorp/%.*s", STR_ARG(name));
        rest = str_after(rest, name.len);
    } else {
        return false;
    }
    if (!cut_alias(rest, &ref, arena))
        return false;
    *out = ref;
    return true;
}

Str provider_ref_to_str(ProviderRef ref, Arena *arena) {
    StrBuf text = strbuf_new(arena);
    if (ref.module.len > 0) {
        strbuf_add(&text, ref.module);
        strbuf_add_char(&text, '.');
    }
    strbuf_add(&text, STR("provider[\""));
    strbuf_add(&text, ref.address);
    strbuf_add(&text, STR("\"]"));
    if (ref.alias.len > 0) {
        strbuf_add_char(&text, '.');
        strbuf_add(&text, ref.alias);
    }
    if (ref.key.len > 0)
        strbuf_add(&text,
                   address_key_to_str((InstanceKey){.kind = KEY_STRING, .text = ref.key}, arena));
    return strbuf_str(&text);
}
