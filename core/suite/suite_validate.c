/* Validates test files and the modules of their runs. */
#include "suite_check.h"

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
