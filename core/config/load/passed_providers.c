/* Compares passed provider configurations with the called module's required_providers and
 * provider blocks. */
#include "passed_providers.h"

/* A provider's local name in a module, and the source address of that provider. */
typedef struct LocalName {
    const Module *module;
    Str text; /* "name" or "name.alias" */
    Str name;
    Str alias;
    const ProviderRequirement *requirement; /* NULL: not declared in required_providers */
    Str source;                             /* NAMESPACE/TYPE, HOST/NAMESPACE/TYPE */
} LocalName;

static Str without_default_host(Str source) {
    static const Str host = STR_CONST("registry.terraform.io/");
    return str_starts_with(source, host) ? str_after(source, host.len) : source;
}

static LocalName local_name(const Module *module, Str text, Arena *arena) {
    size_t dot = str_find_char(text, '.', 0);
    LocalName local = {.module = module, .text = text, .name = text};
    if (dot != SIZE_MAX) {
        local.name = str_slice(text, 0, dot);
        local.alias = str_after(text, dot + 1);
    }
    local.requirement = map_find(&module->requirements, local.name);
    Str given = local.requirement ? local.requirement->source : STR_EMPTY;
    local.source = given.len > 0 ? without_default_host(given) : local.name;
    if (str_find_char(local.source, '/', 0) == SIZE_MAX)
        local.source = str_concat(STR("hashicorp/"), local.source, arena);
    return local;
}

static Str provider_type(Str source) {
    size_t at = source.len;
    while (at > 0 && source.ptr[at - 1] != '/')
        at--;
    return str_after(source, at);
}

/* Returns whether both names mean the same provider. If either module does not declare its name,
 * only the types are compared: such a name may mean a provider built into loam. An undeclared
 * "terraform" is excluded, because it is not the built-in provider. */
static bool are_same(const LocalName *a, const LocalName *b) {
    if (str_equal(a->source, b->source))
        return true;
    bool is_declared = a->requirement && b->requirement;
    if (is_declared || str_equal_cstr(a->name, "terraform") || str_equal_cstr(b->name, "terraform"))
        return false;
    return str_equal(provider_type(a->source), provider_type(b->source));
}

static bool takes_alias(const LocalName *child) {
    const StrVec *aliases = &child->requirement->aliases;
    return str_is_among(child->text, aliases->items, aliases->count);
}

static Str path_of(const Module *module) {
    return module->path.len > 0 ? module->path : STR("the root module");
}

/* Checks that the called module declares the name that a provider configuration is passed as. */
static bool check_name(const LocalName *child, const ProviderRef *passed, Diags *diags) {
    if (map_has(&child->module->providers, child->text))
        return true;
    if (!child->requirement) {
        diags_warning(
            diags, passed->passed_range, "Reference to undefined provider",
            "%.*s does not declare the provider name \"%.*s\", so \"%.*s\" is taken to be "
            "meant. Declare it there, in required_providers.",
            STR_ARG(path_of(child->module)), STR_ARG(child->name), STR_ARG(child->source));
        return true;
    }
    if (child->alias.len == 0 || takes_alias(child))
        return true;
    diags_error(diags, passed->passed_range, "Reference to undefined provider",
                "%.*s does not say that it takes a provider configuration under the name "
                "\"%.*s\". Add it there to configuration_aliases, in required_providers.",
                STR_ARG(path_of(child->module)), STR_ARG(child->text));
    return false;
}

static bool check_type(const LocalName *child,
                       const LocalName *parent,
                       const ProviderRef *passed,
                       Diags *diags) {
    if (are_same(child, parent))
        return true;
    diags_error(diags, passed->range, "Provider type mismatch",
                "\"%.*s\" in %.*s is a configuration of \"%.*s\", but \"%.*s\" in %.*s is one of "
                "\"%.*s\". The names of both must be declared in required_providers, with the same "
                "source.",
                STR_ARG(parent->text), STR_ARG(path_of(parent->module)), STR_ARG(parent->source),
                STR_ARG(child->text), STR_ARG(path_of(child->module)), STR_ARG(child->source));
    return false;
}

/* Warns if the caller does not declare the name of the passed provider configuration. */
static void warn_of_undeclared(const LocalName *parent, const ProviderRef *passed, Diags *diags) {
    if (parent->requirement || parent->alias.len ||
        map_has(&parent->module->providers, parent->text))
        return;
    diags_warning(diags, passed->range, "Reference to undefined provider",
                  "%.*s does not declare the provider name \"%.*s\", so \"%.*s\" is taken to be "
                  "meant. Declare it there, in required_providers.",
                  STR_ARG(path_of(parent->module)), STR_ARG(parent->name), STR_ARG(parent->source));
}

static bool check_passed(ConfigLoading *loading, const ModuleCall *call) {
    Arena *arena = loading->arena;
    bool ok = true;
    map_each(&call->providers, entry) {
        const ProviderRef *passed = entry->value;
        Str text = config_provider_key(passed->name, passed->alias, arena);
        LocalName child = local_name(call->module, entry->key, arena);
        LocalName parent = local_name(loading->module, text, arena);
        ok = check_name(&child, passed, loading->diags) && ok;
        ok = check_type(&child, &parent, passed, loading->diags) && ok;
        warn_of_undeclared(&parent, passed, loading->diags);
    }
    return ok;
}

static bool check_needed(ConfigLoading *loading, const ModuleCall *call) {
    bool ok = true;
    map_each(&call->module->requirements, entry) {
        const ProviderRequirement *requirement = entry->value;
        vec_each(&requirement->aliases, alias) {
            if (map_has(&call->providers, *alias))
                continue;
            diags_error(loading->diags, call->range, "Missing required provider configuration",
                        "The called module needs a provider configuration under the name "
                        "\"%.*s\": pass one by the argument \"providers\".",
                        STR_ARG(*alias));
            ok = false;
        }
    }
    return ok;
}

bool passed_providers_check(ConfigLoading *loading, const ModuleCall *call) {
    bool ok = check_needed(loading, call);
    return check_passed(loading, call) && ok;
}
