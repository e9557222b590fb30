/* Finds tokens and services of registry hosts. */
#include "host_access.h"

#include "url.h"

#define HELPER_TIMEOUT_MS 60000

/* Returns the path of the credentials helper in a directory for plugins of the user. */
static Str helper_path(const PackageSources *sources, Arena *arena) {
    Str home = process_variable(sources->io->process, "HOME");
    Str name = str_format(arena, "terraform-credentials-%.*s", STR_ARG(sources->config->helper));
    Str path = disk_join(disk_join(home, STR(".terraform.d/plugins"), arena), name, arena);
    return str_starts_with(path, STR("/")) ? path : STR_EMPTY;
}

/* Runs HELPER ARGUMENTS get HOST, which prints {"token": "…"}. */
static Str token_of_helper(const PackageSources *sources, Str host, Arena *arena) {
    const CliConfig *config = sources->config;
    ProcessResult result;
    const char *error;
    size_t offset;
    Value answer;
    Str token = STR_EMPTY;
    Str path = config->helper.len ? helper_path(sources, arena) : STR_EMPTY;
    if (path.len == 0 || !disk_exists(sources->io->disk, path))
        return token;
    VEC(const char *) argv = {0};
    vec_push(arena, &argv, str_to_cstr(path, arena));
    vec_each(&config->helper_arguments, argument) {
        vec_push(arena, &argv, str_to_cstr(*argument, arena));
    }
    vec_push(arena, &argv, "get");
    vec_push(arena, &argv, str_to_cstr(host, arena));
    vec_push(arena, &argv, NULL);
    ProcessRequest request = {
        .argv = argv.items, .timeout_ms = HELPER_TIMEOUT_MS, .cancel = sources->cancel};
    const Process *process = sources->io->process;
    if (process->run(process->self, &request, &result, arena) == 0 && result.exit_status == 0 &&
        json_parse_any(result.out, &answer, &error, &offset, arena))
        (void)value_find_text(answer, STR("token"), &token);
    return token;
}

Str host_access_token(const PackageSources *sources, Str host, Arena *arena) {
    const CliHost *known = cli_config_find_host(sources->config, host);
    Str token = registry_host_token(sources->io, host, arena);
    if (token.len == 0 && known)
        token = known->token;
    return token.len ? token : token_of_helper(sources, host, arena);
}

static Str service_of(const CliHost *host, const char *service) {
    if (strcmp(service, "providers.v1") == 0)
        return host->providers;
    return strcmp(service, "modules.v1") == 0 ? host->modules : STR_EMPTY;
}

bool host_access_open(const PackageSources *sources,
                      Str name,
                      const char *service,
                      RegistryHost *out,
                      RegistryProblem *problem,
                      Arena *arena) {
    const CliHost *known = cli_config_find_host(sources->config, name);
    *out = (RegistryHost){.io = sources->io, .cancel = sources->cancel, .name = name};
    out->token = host_access_token(sources, name, arena);
    if (!known || !known->has_services)
        return registry_host_discover(out, service, problem, arena);
    Str base = str_format(arena, "https://%.*s/", STR_ARG(name));
    Str place = service_of(known, service);
    if (place.len == 0)
        return registry_host_refuse(base, "has no such service, by the CLI configuration", problem,
                                    arena);
    out->base = url_resolve(base, place, arena);
    if (!str_starts_with(out->base, STR("https://")))
        return registry_host_refuse(base, "has a service address without https", problem, arena);
    if (!str_ends_with(out->base, STR("/")))
        out->base = str_concat(out->base, STR("/"), arena);
    return true;
}

Str host_access_reason(const RegistryProblem *problem, Arena *arena) {
    Str text = str_clone(problem->text, arena);
    return str_ends_with(text, STR(".")) ? str_slice(text, 0, text.len - 1) : text;
}
