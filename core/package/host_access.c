#include "host_access.h"

#include "credentials_helper.h"
#include "url.h"

Str host_access_token(const PackageSources *sources, Str host, Arena *arena) {
    const CliHost *known = cli_config_find_host(sources->config, host);
    Str token = registry_host_token(sources->io, host, arena);
    if (token.len == 0 && known)
        token = known->token;
    return token.len ? token : credentials_helper_token(sources, host, arena);
}

bool host_access_open(const PackageSources *sources, Str name, const char *service,
                      RegistryHost *out, RegistryProblem *problem, Arena *arena) {
    const CliHost *known = cli_config_find_host(sources->config, name);
    *out = (RegistryHost){.io = sources->io, .cancel = sources->cancel, .name = name};
    out->token = host_access_token(sources, name, arena);
    if (!known || !known->has_services)
        return registry_host_discover(out, service, problem, arena);
    Str base = str_format(arena, "https://%.*s/", STR_ARG(name));
    Str place = strcmp(service, "providers.v1") == 0 ? known->providers
                : strcmp(service, "modules.v1") == 0 ? known->modules
                                                     : STR_EMPTY;
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

bool host_access_fail(const RegistryProblem *failure, Str *problem, Arena *arena) {
    Str text = str_clone(failure->text, arena);
    *problem = str_ends_with(text, STR(".")) ? str_slice(text, 0, text.len - 1) : text;
    return false;
}

bool host_access_refuse(Str url, const char *what, Str *problem, Arena *arena) {
    RegistryProblem failure;
    return registry_host_refuse(url, what, &failure, arena) ||
           host_access_fail(&failure, problem, arena);
}
