/* Loads the root module, then the modules that it calls, then test files. */
#include "config_load.h"

#include "config_block.h"
#include "config_calls.h"
#include "config_directory.h"
#include "config_test_load.h"
#include "static_eval.h"

/* `init` installs the modules that a root module with errors calls, as far as they are known. */
static void install_known(ConfigLoading *loading) {
    Diags *diags = loading->diags;
    Diags ignored = diags_new(loading->arena);
    loading->diags = &ignored;
    bool ok = config_calls_load(loading);
    (void)ok; /* the errors of the root module are reported first */
    loading->diags = diags;
    module_install_set_partial(loading->modules);
}

static bool load_root(ConfigLoading *loading) {
    Module *root = arena_new(loading->arena, Module);
    root->directory = loading->request->directory;
    root->path = STR_EMPTY;
    loading->config->root = root;
    bool ok = config_directory_load(loading, root->directory, root);
    loading->module = root;
    if (!ok && loading->request->install)
        install_known(loading);
    if (!ok)
        return false; /* the module calls may be wrong as well */
    return config_environment_apply(loading) && config_calls_load(loading) &&
           config_import_check_providers(loading);
}

static ModuleInstallOptions install_options(const ConfigRequest *request) {
    return (ModuleInstallOptions){
        .io = request->io,
        .directory = request->directory,
        .data_directory = request->data_directory,
        .install = request->install,
        .upgrade = request->upgrade,
        .keeps_lock = request->keeps_lock,
        .sources = request->sources,
        .cancel = request->cancel,
        .tell = request->tell,
        .payload = request->payload,
    };
}

bool config_load(const ConfigRequest *request, Config **out, Arena *arena, Diags *diags) {
    Config *config = arena_new(arena, Config);
    config->directory = request->directory;
    config->functions = request->functions;
    config->workspace = request->workspace;
    config->moves_counted_modules = request->moves_counted_modules;
    ConfigLoading loading = {
        .request = request,
        .config = config,
        .directories = map_new(arena),
        .imported = map_new(arena),
        .arena = arena,
        .diags = diags,
    };
    *out = NULL;
    config->statics = static_eval_new(request, config, arena);
    ModuleInstallOptions options = install_options(request);
    SCOPED(ModuleInstallRef) modules = NULL;
    if (!module_install_open(&options, &modules, arena, diags))
        return false;
    loading.modules = modules;
    *out = config;
    /* Test files are read even after errors: modules with errors are still in the tree. */
    bool ok = load_root(&loading);
    if (request->test_directory.len)
        ok &= config_test_load(&loading);
    return module_install_finish(modules, diags) && ok;
}
