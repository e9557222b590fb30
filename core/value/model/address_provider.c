/* address_provider: parses and prints provider configuration addresses. Leading
 * "module.NAME." parts are cut off first, so a module may be named "provider". */
#include "address.h"

#include <ctype.h>

/* Returns true for an identifier of the language: it starts with a letter or "_". Bytes beyond
 * ASCII count as letters. */
static bool address_provider_is_identifier(Str text) {
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.ptr[i];
        bool is_letter = isalpha(c) || c == '_' || c >= 0x80;
        if (!is_letter && (i == 0 || (!isdigit(c) && c != '-')))
            return false;
    }
    return text.len > 0;
}

/* Splits off a leading "module.a.module.b."; *module lacks the last dot. */
static bool cut_module(Str *rest, Str *module) {
    size_t at = 0;
    while (str_starts_with(str_after(*rest, at), STR("module."))) {
        size_t dot = str_find_char(*rest, '.', at + 7);
        if (dot == SIZE_MAX || !address_provider_is_identifier(str_slice(*rest, at + 7, dot)))
            return false;
        at = dot + 1;
    }
    *module = str_slice(*rest, 0, at > 0 ? at - 1 : 0);
    *rest = str_after(*rest, at);
    return true;
}

/* Parses ["key"] as an instance key. Drops integer keys: a provider configuration has none. */
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

/* Parses .alias, .alias["key"] or nothing. Ignores a key without alias. */
static bool cut_alias(Str rest, ProviderConfigAddr *address, Arena *arena) {
    address->alias = STR_EMPTY;
    address->key = STR_EMPTY;
    if (rest.len == 0)
        return true;
    if (rest.ptr[0] == '[')
        return str_ends_with(rest, STR("]"));
    if (rest.ptr[0] != '.')
        return false;
    rest = str_after(rest, 1);
    size_t bracket = str_find_char(rest, '[', 0);
    address->alias = bracket == SIZE_MAX ? rest : str_slice(rest, 0, bracket);
    if (!address_provider_is_identifier(address->alias))
        return false;
    return bracket == SIZE_MAX || cut_key(str_after(rest, bracket), &address->key, arena);
}

/* Rejects names that provider_config_addr_to_str would write in a form that cannot be parsed. */
static bool is_provider_name(Str text) {
    for (size_t i = 0; i < text.len; i++) {
        if (strchr("\"[]/ ", text.ptr[i]))
            return false;
    }
    return text.len > 0;
}

static const Str public_hosts[] = {STR_CONST("registry.terraform.io/"),
                                   STR_CONST("registry.opentofu.org/")};

bool address_is_public_host(Str host) {
    for (size_t i = 0; i < ARRAY_COUNT(public_hosts); i++) {
        if (str_equal(host, str_slice(public_hosts[i], 0, public_hosts[i].len - 1)))
            return true;
    }
    return false;
}

Str address_without_public_host(Str provider) {
    for (size_t i = 0; i < ARRAY_COUNT(public_hosts); i++) {
        if (str_starts_with(provider, public_hosts[i]))
            return str_after(provider, public_hosts[i].len);
    }
    return provider;
}

/* Replaces the namespace "-", which Terraform 0.12 wrote for an unknown namespace. */
static Str without_legacy(Str provider, Arena *arena) {
    Str legacy = STR("registry.terraform.io/-/");
    if (!str_starts_with(provider, legacy))
        return provider;
    return str_concat(STR("registry.terraform.io/hashicorp/"), str_after(provider, legacy.len),
                      arena);
}

bool provider_config_addr_parse(Str text, ProviderConfigAddr *out, Arena *arena) {
    ProviderConfigAddr address;
    Str rest = text;
    if (!cut_module(&rest, &address.module))
        return false;
    if (str_starts_with(rest, STR("provider[\""))) {
        rest = str_after(rest, 10);
        size_t end = str_find(rest, STR("\"]"), 0);
        if (end == SIZE_MAX || end == 0)
            return false;
        address.provider = without_legacy(str_slice(rest, 0, end), arena);
        rest = str_after(rest, end + 2);
    } else if (str_starts_with(rest, STR("provider."))) {
        rest = str_after(rest, 9);
        size_t end = str_find_char(rest, '.', 0);
        Str name = str_slice(rest, 0, end == SIZE_MAX ? rest.len : end);
        if (!is_provider_name(name))
            return false;
        address.provider =
            str_equal(name, STR("terraform"))
                ? STR("terraform.io/builtin/terraform")
                : str_format(arena, "registry.terraform.io/hashicorp/%.*s", STR_ARG(name));
        rest = str_after(rest, name.len);
    } else {
        return false;
    }
    if (!cut_alias(rest, &address, arena))
        return false;
    *out = address;
    return true;
}

Str provider_config_addr_to_str(ProviderConfigAddr address, Arena *arena) {
    StrBuf text = strbuf_new(arena);
    if (address.module.len > 0) {
        strbuf_add(&text, address.module);
        strbuf_add_char(&text, '.');
    }
    strbuf_add(&text, STR("provider[\""));
    strbuf_add(&text, address.provider);
    strbuf_add(&text, STR("\"]"));
    if (address.alias.len > 0) {
        strbuf_add_char(&text, '.');
        strbuf_add(&text, address.alias);
    }
    if (address.key.len > 0)
        strbuf_add(&text, address_key_to_str((InstanceKey){.kind = KEY_STRING, .text = address.key},
                                             arena));
    return strbuf_str(&text);
}

bool provider_config_addr_equal(ProviderConfigAddr a, ProviderConfigAddr b) {
    return str_equal(a.provider, b.provider) && str_equal(a.alias, b.alias) &&
           str_equal(a.module, b.module) && str_equal(a.key, b.key);
}

ProviderConfigAddr provider_config_addr_keep_host(ProviderConfigAddr address,
                                                  ProviderConfigAddr stored) {
    Str path = address_without_public_host(address.provider);
    if (path.len < address.provider.len && stored.provider.len > path.len &&
        str_equal(path, address_without_public_host(stored.provider)))
        address.provider = stored.provider;
    return address;
}

ProviderConfigAddr provider_config_addr_clone(ProviderConfigAddr address, Arena *arena) {
    return (ProviderConfigAddr){
        .provider = str_clone(address.provider, arena),
        .alias = str_clone(address.alias, arena),
        .module = str_clone(address.module, arena),
        .key = str_clone(address.key, arena),
    };
}
