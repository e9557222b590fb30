/* Loads called modules: finds their directories, loads their files, checks their arguments. */
#include "config_calls.h"

#include "config_directory.h"
#include "config_read.h"
#include "config_requirement.h"
#include "front_end.h"
#include "passed_providers.h"
#include "static_eval.h"

#define MODULE_DEPTH_LIMIT 64

/* Evaluates `source` and `version`. Call it when all variables of the calling module are
 * declared. */
static bool read_source(ConfigLoading *loading, ModuleCall *call) {
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
    return ok && (call->source.len || config_module_refuse_empty(call, loading->diags));
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

static bool check_directory(ConfigLoading *loading, SourceRange range, Str directory) {
    const Disk *disk = loading->request->io->disk;
    DiskStat stat;
    int status = disk->stat(disk->self, directory, &stat);
    if (status >= 0 && stat.kind == DISK_FOLDER && !front_end_is_empty_dir(disk, directory))
        return true;
    diags_error(loading->diags, range, "Unreadable module folder",
                status < 0                 ? "The folder \"%.*s\" cannot be read: %s."
                : stat.kind != DISK_FOLDER ? "\"%.*s\" is no folder%s."
                                           : "The folder \"%.*s\" holds no configuration files%s.",
                STR_ARG(directory), status < 0 ? strerror(-status) : "");
    return false;
}

/* Rejects calls that lead back to a module that contains them, and calls nested too deeply. */
static bool check_recursion(ConfigLoading *loading, const ModuleCall *call, Str directory) {
    uint32_t depth = 0;
    for (const Module *module = loading->module; module; module = module->parent, depth++) {
        if (!str_equal(module->directory, directory))
            continue;
        diags_error(loading->diags, call->range, "Module calls itself",
                    "The module \"%.*s\" is in the folder \"%.*s\", whose own configuration "
                    "leads to this call.",
                    STR_ARG(call->name), STR_ARG(directory));
        return false;
    }
    if (depth <= MODULE_DEPTH_LIMIT)
        return true;
    diags_error(loading->diags, call->range, "Modules nested too deeply",
                "The call of the module \"%.*s\" stands in one that %d calls lead to, and more "
                "are not followed. Call it from a module that is nearer to the root.",
                STR_ARG(call->name), MODULE_DEPTH_LIMIT);
    return false;
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
    diags_error(loading->diags, repeated ? repeated->range : call->depends_on.items[0]->range,
                "Module is incompatible with count, for_each, and depends_on",
                "The module \"%.*s\" configures a provider itself, at %.*s, so it can be called "
                "once and unconditionally only. Configure the provider here, and pass it by the "
                "argument \"providers\".",
                STR_ARG(call->name), STR_ARG(place));
    return false;
}

static void warn_deprecated(ConfigLoading *loading,
                            const ModuleCall *call,
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
static bool check_constants(ConfigLoading *loading,
                            const ModuleCall *call,
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
    warn_deprecated(loading, call, &content);
    return check_constants(loading, call, &content) && ok;
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

static bool load_call(ConfigLoading *loading, ModuleCall *call) {
    Module *parent = loading->module;
    bool is_install = loading->request->install;
    Str directory;
    if (!read_source(loading, call))
        return false;
    if (loading->request->is_single)
        return true;
    if (!find_directory(loading, call, &directory))
        return false;
    if (!check_recursion(loading, call, directory) ||
        !check_directory(loading, call->range, directory))
        return false;
    Module *module = new_module(loading, call, directory);
    bool ok = config_directory_load(loading, directory, module);
    call->module = module;
    loading->module = module;
    ok &= config_calls_load(loading);
    loading->module = parent;
    ok = ok && passed_providers_check(loading, call) && check_provider_blocks(loading, call);
    return ok && (is_install || check_inputs(loading, call));
}

bool config_calls_load(ConfigLoading *loading) {
    Module *module = loading->module;
    bool ok = config_provider_check_keys(loading);
    map_each(&module->calls, entry) {
        ok &= load_call(loading, entry->value);
    }
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
        !check_directory(loading, wanted->source_range, directory))
        return false;
    *request = *loading->request;
    request->input = NULL;
    Config *config = arena_new(arena, Config);
    *config = (Config){.directory = outer->directory, .functions = outer->functions};
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
