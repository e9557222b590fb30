/* Checks a test file against the configuration under test. */
#include "suite_check.h"

static const Module *suite_check_find_module(const Config *config, const ModuleAddr *address) {
    if (!address)
        return config->root;
    const Module *parent = suite_check_find_module(config, address->parent);
    const ModuleCall *call = parent ? map_find(&parent->calls, address->name) : NULL;
    return call ? call->module : NULL;
}

static bool suite_check_is_there(const Config *config, const TestOverride *override, Arena *arena) {
    const AddressTarget *target = &override->target;
    const ResourceAddr *resource = &target->resource;
    const Module *module =
        suite_check_find_module(config, target->is_resource ? resource->module : target->module);
    if (!module || !target->is_resource)
        return module != NULL;
    Str key = str_format(arena, "%s%.*s.%.*s", resource->mode == MODE_DATA ? "data." : "",
                         STR_ARG(resource->type), STR_ARG(resource->name));
    return map_has(&module->resources, key);
}

void suite_check_overrides(const Config *config, const TestOverrides *overrides, Diags *diags) {
    vec_each(overrides, override) {
        if (!suite_check_is_there(config, *override, diags->arena))
            diags_warning(diags, (*override)->target_range, "Invalid override target",
                          "The configuration under test has no object with this address, so "
                          "nothing is overridden. Correct the address, or remove the block.");
    }
}

void suite_check_file(const Config *config, const TestFile *file, Diags *diags) {
    map_each(&file->providers, entry) {
        const ProviderConfig *provider = entry->value;
        if (provider->mock)
            suite_check_overrides(config, &provider->mock->overrides, diags);
    }
    suite_check_overrides(config, &file->overrides, diags);
}

bool suite_check_expected(const TestRun *run, Diags *diags) {
    bool ok = true;
    vec_each(&run->expected, expected) {
        if (expected->is_checkable)
            continue;
        diags_error(diags, expected->range, "Invalid `expect_failures` reference",
                    "\"%.*s\" has no conditions that could fail. Only variables, outputs, check "
                    "blocks, resources and data sources have conditions.",
                    STR_ARG(expected->text));
        ok = false;
    }
    return ok;
}

/* Validates a module once, even if several runs use it. A run without `config` has no module of its
 * own. */
static bool validate_module(const Engine *engine, const TestRun *run, Map *seen, Diags *diags) {
    if (!run->config || map_has(seen, run->source))
        return true;
    Engine own = *engine;
    own.config = run->config;
    map_set(seen, run->source, own.config->root);
    return engine_validate(&own, diags);
}

bool suite_validate(const Engine *engine, Arena *arena, Diags *diags) {
    Map seen = map_new(arena);
    bool ok = true;
    vec_each(&engine->config->tests->files, file) {
        suite_check_file(engine->config, *file, diags);
        vec_each(&(*file)->runs, run) {
            const Config *config = (*run)->config ? (*run)->config : engine->config;
            suite_check_overrides(config, &(*run)->overrides, diags);
            ok &= validate_module(engine, *run, &seen, diags);
            ok &= suite_check_expected(*run, diags);
        }
    }
    return ok;
}
