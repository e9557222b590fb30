/* Loads called modules: finds their directories, loads their files, checks their arguments. */
#include "config_calls.h"

#include "config_block.h"
#include "config_directory.h"
#include "config_read.h"
#include "front_end.h"
#include "static_eval.h"

#define MODULE_DEPTH_LIMIT 64

/* Evaluates `source` and `version`. Call it when all variables of the calling module are
 * declared. */
static bool calls_read_source(ConfigLoading *loading, ModuleCall *call) {
    StaticEval *statics = loading->config->statics;
    Arena *arena = loading->arena;
    if (!call->source_expr)
        return false; /* reported by the decoder */
    bool ok = static_eval_text(statics, loading->module, call->source_expr, &call->source, arena,
                               loading->diags);
    if (ok && call->version_expr)
        ok = static_eval_text(statics, loading->module, call->version_expr, &call->version, arena,
                              loading->diags);
    if (ok && call->version.len)
        ok = config_requirement_check_version(call->version, call->version_expr->range,
                                              loading->diags);
    return ok && (call->source.len || config_module_report_empty(call, loading->diags));
}

static Str call_key(const Module *parent, const ModuleCall *call, Arena *arena) {
    if (!parent->call)
        return parent->key.len
                   ? str_format(arena, "%.*s.%.*s", STR_ARG(parent->key), STR_ARG(call->name))
                   : call->name;
    Str above = call_key(parent->parent, parent->call, arena);
    return str_format(arena, "%.*s.%.*s", STR_ARG(above), STR_ARG(call->name));
}

static bool find_directory(ConfigLoading *loading, const ModuleCall *call, Str *directory) {
    ModuleWanted wanted = {
        .key = call_key(loading->module, call, loading->arena),
        .name = call->name,
        .source = call->source,
        .version = call->version,
        .parent_directory = loading->module->directory,
        .source_range = call->source_range,
        .version_range = call->version_range,
        .range = call->range,
    };
    return module_install_find(loading->modules, &wanted, directory, loading->diags);
}

static bool calls_check_directory(ConfigLoading *loading, SourceRange range, Str directory) {
    const Disk *disk = loading->request->io->disk;
    DiskStat stat;
    int status = disk->stat(disk->self, directory, &stat);
    if (status >= 0 && stat.kind == DISK_DIRECTORY && !front_end_is_empty_dir(disk, directory))
        return true;
    return diags_fail(loading->diags, range, "Module directory not readable",
                      status < 0 ? "The directory \"%.*s\" cannot be read: %s."
                      : stat.kind != DISK_DIRECTORY
                          ? "\"%.*s\" is not a directory%s."
                          : "The directory \"%.*s\" has no configuration files%s.",
                      STR_ARG(directory), status < 0 ? strerror(-status) : "");
}

/* Rejects calls that lead back to a module that contains them, and calls nested too deeply. */
static bool check_recursion(ConfigLoading *loading, const ModuleCall *call, Str directory) {
    uint32_t depth = 0;
    for (const Module *module = loading->module; module; module = module->parent, depth++) {
        if (!str_equal(module->directory, directory))
            continue;
        return diags_fail(
            loading->diags, call->range, "Module calls itself",
            "The module \"%.*s\" is in the directory \"%.*s\", and the configuration there "
            "leads back to this call.",
            STR_ARG(call->name), STR_ARG(directory));
    }
    if (depth <= MODULE_DEPTH_LIMIT)
        return true;
    return diags_fail(
        loading->diags, call->range, "Modules nested too deeply",
        "The call of the module \"%.*s\" is more than %d calls below the root module. Call "
        "it from a module closer to the root.",
        STR_ARG(call->name), MODULE_DEPTH_LIMIT);
}

static const ProviderConfig *find_provider_block(const Module *module, Arena *arena) {
    map_each(&module->providers, entry) {
        if (!config_provider_is_empty(entry->value, arena))
            return entry->value;
    }
    map_each(&module->calls, entry) {
        const ModuleCall *call = entry->value;
        const ProviderConfig *found =
            call->module ? find_provider_block(call->module, arena) : NULL;
        if (found)
            return found;
    }
    return NULL;
}

/* Rejects non-empty provider blocks in a module called with count, for_each, enabled or
 * depends_on. A provider must be configured before instances are known, and must outlive removed
 * instances. */
static bool check_provider_blocks(ConfigLoading *loading, const ModuleCall *call) {
    const Expr *repeated = call->count      ? call->count
                           : call->for_each ? call->for_each
                                            : call->enabled;
    bool has_dependencies = call->depends_on.count > 0;
    const ProviderConfig *provider =
        repeated || has_dependencies ? find_provider_block(call->module, loading->arena) : NULL;
    if (!provider)
        return true;
    Str place = config_read_place(provider->range, loading->arena);
    return diags_fail(
        loading->diags, repeated ? repeated->range : call->depends_on.items[0]->range,
        "Module is incompatible with count, for_each, and depends_on",
        "The module \"%.*s\" configures a provider at %.*s, so it can be called only once "
        "and without repetition. Configure the provider in this module, and pass it with "
        "the argument \"providers\".",
        STR_ARG(call->name), STR_ARG(place));
}

static void calls_warn_deprecated(ConfigLoading *loading, const ModuleCall *call,
                                  const BodyContent *content) {
    vec_each(&content->attributes, attribute) {
        const Variable *variable = map_find(&call->module->variables, attribute->name);
        if (!variable || variable->deprecated.len == 0)
            continue;
        Diag *diag = diags_warning(
            loading->diags, attribute->name_range,
            "Variable marked as deprecated by the module author",
            "The variable \"%.*s\" is marked as deprecated with the following message:\n"
            "%.*s",
            STR_ARG(variable->name), STR_ARG(variable->deprecated));
        diag->is_deprecation = true;
        diag->is_remote = !config_module_is_local(call);
    }
}

/* Arguments for `const` variables must be known while the configuration is loaded. */
static bool calls_check_constants(ConfigLoading *loading, const ModuleCall *call,
                                  const BodyContent *content) {
    bool ok = true;
    vec_each(&content->attributes, attribute) {
        const Variable *variable = map_find(&call->module->variables, attribute->name);
        Value value;
        if (variable && variable->is_const &&
            !static_eval_expr(loading->config->statics, loading->module, attribute->expr, &value,
                              loading->arena, loading->diags))
            ok = false;
    }
    return ok;
}

static bool check_inputs(ConfigLoading *loading, const ModuleCall *call) {
    const Map *variables = &call->module->variables;
    BodyAttributeSchema *inputs =
        arena_new_array(loading->arena, BodyAttributeSchema, variables->count);
    size_t count = 0;
    map_each(variables, entry) {
        const Variable *variable = entry->value;
        inputs[count++] = (BodyAttributeSchema){
            .name = str_to_cstr(variable->name, loading->arena),
            .required = !variable->has_default,
            .form = BODY_EXPRESSION,
        };
    }
    BodySchema wanted = {.attributes = inputs, .attribute_count = count};
    BodyContent content;
    bool ok = body_content(call->body, &wanted, &content, NULL, loading->arena, loading->diags);
    calls_warn_deprecated(loading, call, &content);
    return calls_check_constants(loading, call, &content) && ok;
}

static Module *new_module(ConfigLoading *loading, ModuleCall *call, Str directory) {
    Module *parent = loading->module;
    Module *module = arena_new(loading->arena, Module);
    module->parent = parent;
    module->call = call;
    module->directory = directory;
    module->path = parent->path.len ? str_format(loading->arena, "%.*s.module.%.*s",
                                                 STR_ARG(parent->path), STR_ARG(call->name))
                                    : str_concat(STR("module."), call->name, loading->arena);
    return module;
}

/* A provider's local name in a module, and the source address of that provider. */
typedef struct LocalName {
    const Module *module;
    Str text; /* "name" or "name.alias" */
    Str name;
    Str alias;
    const ProviderRequirement *requirement; /* NULL: not declared in required_providers */
    Str source;                             /* NAMESPACE/TYPE, HOST/NAMESPACE/TYPE */
} LocalName;

static LocalName local_name(const Module *module, Str text, Arena *arena) {
    size_t dot = str_find_char(text, '.', 0);
    LocalName local = {.module = module, .text = text, .name = text};
    if (dot != SIZE_MAX) {
        local.name = str_slice(text, 0, dot);
        local.alias = str_after(text, dot + 1);
    }
    local.requirement = map_find(&module->requirements, local.name);
    Str given = local.requirement ? local.requirement->source : STR_EMPTY;
    local.source = given.len > 0 ? address_without_public_host(given) : local.name;
    if (str_find_char(local.source, '/', 0) == SIZE_MAX)
        local.source = str_concat(STR("hashicorp/"), local.source, arena);
    return local;
}

static Str calls_provider_type(Str source) {
    size_t at = source.len;
    while (at > 0 && source.ptr[at - 1] != '/')
        at--;
    return str_after(source, at);
}

/* Returns whether a name that its module does not declare means this declared provider, because
 * the provider is built into loam. */
static bool is_built_in(const LocalName *undeclared, const LocalName *declared) {
    return !undeclared->requirement && str_starts_with(declared->source, STR("loam.internal/")) &&
           str_equal(undeclared->name, calls_provider_type(declared->source));
}

/* Returns whether both names mean the same provider. */
static bool calls_are_same(const LocalName *a, const LocalName *b) {
    return str_equal(a->source, b->source) || is_built_in(a, b) || is_built_in(b, a);
}

static bool takes_alias(const LocalName *child) {
    const StrVec *aliases = &child->requirement->aliases;
    return str_is_among(child->text, aliases->items, aliases->count);
}

static Str calls_path_of(const Module *module) {
    return module->path.len > 0 ? module->path : STR("the root module");
}

/* Checks that the called module declares the name that a provider configuration is passed as. */
static bool calls_check_name(const LocalName *child, const ProviderRef *passed, Diags *diags) {
    if (map_has(&child->module->providers, child->text))
        return true;
    if (!child->requirement) {
        diags_warning(diags, passed->passed_range, "Reference to undefined provider",
                      "%.*s does not declare the provider name \"%.*s\", so loam assumes \"%.*s\". "
                      "Declare it there, in required_providers.",
                      STR_ARG(calls_path_of(child->module)), STR_ARG(child->name),
                      STR_ARG(child->source));
        return true;
    }
    if (child->alias.len == 0 || takes_alias(child))
        return true;
    return diags_fail(diags, passed->passed_range, "Reference to undefined provider",
                      "%.*s does not declare a provider configuration \"%.*s\". Add it there to "
                      "configuration_aliases, in required_providers.",
                      STR_ARG(calls_path_of(child->module)), STR_ARG(child->text));
}

/* Returns whether the module declares the name, or has a block that uses it. */
static bool is_in_use(const LocalName *local) {
    if (local->requirement || map_has(&local->module->providers, local->text))
        return true;
    map_each(&local->module->resources, entry) {
        const Resource *resource = entry->value;
        if (str_equal(resource->provider.name, local->name))
            return true;
    }
    return false;
}

static bool calls_check_type(const LocalName *child, const LocalName *parent,
                             const ProviderRef *passed, Diags *diags) {
    if (calls_are_same(child, parent) || !is_in_use(child))
        return true;
    return diags_fail(
        diags, passed->range, "Provider type mismatch",
        "\"%.*s\" in %.*s is a configuration of \"%.*s\", but \"%.*s\" in %.*s is a configuration "
        "of \"%.*s\". Declare both names in required_providers, with the same source.",
        STR_ARG(parent->text), STR_ARG(calls_path_of(parent->module)), STR_ARG(parent->source),
        STR_ARG(child->text), STR_ARG(calls_path_of(child->module)), STR_ARG(child->source));
}

/* Warns if the caller does not declare the name of the passed provider configuration. */
static void warn_of_undeclared(const LocalName *parent, const ProviderRef *passed, Diags *diags) {
    if (parent->requirement || parent->alias.len ||
        map_has(&parent->module->providers, parent->text))
        return;
    diags_warning(diags, passed->range, "Reference to undefined provider",
                  "%.*s does not declare the provider name \"%.*s\", so loam assumes \"%.*s\". "
                  "Declare it there, in required_providers.",
                  STR_ARG(calls_path_of(parent->module)), STR_ARG(parent->name),
                  STR_ARG(parent->source));
}

static bool check_passed(ConfigLoading *loading, const ModuleCall *call) {
    Arena *arena = loading->arena;
    bool ok = true;
    map_each(&call->providers, entry) {
        const ProviderRef *passed = entry->value;
        Str text = config_provider_key(passed->name, passed->alias, arena);
        LocalName child = local_name(call->module, entry->key, arena);
        LocalName parent = local_name(loading->module, text, arena);
        ok &= calls_check_name(&child, passed, loading->diags);
        ok &= calls_check_type(&child, &parent, passed, loading->diags);
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
            ok =
                diags_fail(loading->diags, call->range, "Missing required provider configuration",
                           "The called module requires a provider configuration \"%.*s\". Pass one "
                           "with the argument \"providers\".",
                           STR_ARG(*alias));
        }
    }
    return ok;
}

/* Compares passed provider configurations with the called module's required_providers and
 * provider blocks. */
static bool check_passed_providers(ConfigLoading *loading, const ModuleCall *call) {
    bool ok = check_needed(loading, call);
    return check_passed(loading, call) && ok;
}

static bool load_call(ConfigLoading *loading, ModuleCall *call) {
    Module *parent = loading->module;
    bool is_install = loading->request->install;
    Str directory;
    if (!calls_read_source(loading, call))
        return false;
    if (loading->request->is_single)
        return true;
    if (!find_directory(loading, call, &directory))
        return false;
    if (!check_recursion(loading, call, directory) ||
        !calls_check_directory(loading, call->range, directory))
        return false;
    Module *module = new_module(loading, call, directory);
    bool ok = config_directory_load(loading, directory, module);
    call->module = module;
    loading->module = module;
    ok &= config_calls_load(loading);
    loading->module = parent;
    ok = ok && check_passed_providers(loading, call) && check_provider_blocks(loading, call);
    return ok && (is_install || check_inputs(loading, call));
}

static bool calls_check_keys(ConfigLoading *loading, const ProviderConfig *provider) {
    const Expr *expr = provider->for_each;
    Value keys;
    if (!static_eval_expr(loading->config->statics, loading->module, expr, &keys, loading->arena,
                          loading->diags))
        return false;
    bool is_set =
        keys.type->kind == KIND_SET && (!keys.count || keys.type->element == &TYPE_STRING);
    if (!value_is_null(keys) && (type_is_mapping(keys.type) || is_set))
        return true;
    return diags_fail(
        loading->diags, expr->range, "Invalid for_each argument",
        "The \"for_each\" of a provider configuration must be a map or a set of strings. "
        "To convert a list to a set, use toset().");
}

/* Checks that the for_each of provider configurations in the decoded module is known and has
 * valid keys. */
static bool check_provider_keys(ConfigLoading *loading) {
    bool ok = true;
    map_each(&loading->module->providers, entry) {
        const ProviderConfig *provider = entry->value;
        ok &= !provider->for_each || calls_check_keys(loading, provider);
    }
    return ok;
}

bool config_calls_load(ConfigLoading *loading) {
    const Map *calls = &loading->module->calls;
    bool ok = check_provider_keys(loading);
    Str *names = arena_new_array(loading->arena, Str, calls->count);
    size_t count = 0;
    map_each(calls, entry) {
        names[count++] = entry->key;
    }
    str_sort(names, count);
    for (size_t i = 0; i < count; i++)
        ok &= load_call(loading, map_find(calls, names[i]));
    return ok;
}

/* Loads without input values: the variables of the module get values only when the run starts. */
bool config_calls_load_tested(ConfigLoading *loading, const ModuleWanted *wanted, Config **out) {
    Arena *arena = loading->arena;
    ConfigRequest *request = arena_new(arena, ConfigRequest);
    Config *outer = loading->config;
    Module *before = loading->module;
    Str directory;
    if (!module_install_find(loading->modules, wanted, &directory, loading->diags) ||
        !calls_check_directory(loading, wanted->source_range, directory))
        return false;
    *request = *loading->request;
    request->input = NULL;
    Config *config = arena_new(arena, Config);
    *config = (Config){
        .directory = outer->directory,
        .functions = outer->functions,
        .moves_counted_modules = outer->moves_counted_modules,
    };
    config->root = arena_new(arena, Module);
    config->root->directory = directory;
    config->root->key = wanted->key;
    config->statics = static_eval_new(request, config, arena);
    loading->config = config;
    bool ok = config_directory_load(loading, directory, config->root);
    loading->module = config->root;
    ok &= config_calls_load(loading);
    loading->module = before;
    loading->config = outer;
    *out = config;
    return ok;
}
