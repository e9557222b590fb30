#include "host_access.h"

#include "credentials_helper.h"
#include "url.h"

static bool host_access_fail(const PackageQuery *query, const RegistryProblem *failure) {
    Str text = str_clone(failure->text, query->arena);
    *query->problem = str_ends_with(text, STR(".")) ? str_slice(text, 0, text.len - 1) : text;
    return false;
}

bool host_access_refuse(const PackageQuery *query, Str url, const char *format, ...) {
    RegistryProblem failure;
    va_list args;
    va_start(args, format);
    Str what = str_vformat(query->arena, format, args);
    va_end(args);
    return registry_host_refuse(url, str_to_cstr(what, query->arena), &failure, query->arena) ||
           host_access_fail(query, &failure);
}

RegistryHost host_access_open(const PackageQuery *query, Str name) {
    const PackageSources *sources = query->sources;
    const CliHost *known = cli_config_find_host(sources->config, name);
    RegistryHost host = {.io = sources->io, .cancel = sources->cancel, .name = name};
    host.token = registry_host_token(sources->io, name, query->arena);
    if (host.token.len == 0 && known)
        host.token = known->token;
    if (host.token.len == 0)
        host.token = credentials_helper_token(sources, name, query->arena);
    return host;
}

bool host_access_discover(const PackageQuery *query, RegistryHost *host, const char *service) {
    RegistryProblem failure;
    const CliHost *known = cli_config_find_host(query->sources->config, host->name);
    if (!known || !known->has_services)
        return registry_host_discover(host, service, &failure, query->arena) ||
               host_access_fail(query, &failure);
    Str base = str_format(query->arena, "https://%.*s/", STR_ARG(host->name));
    Str place = strcmp(service, "providers.v1") == 0 ? known->providers
                : strcmp(service, "modules.v1") == 0 ? known->modules
                : strcmp(service, "tfe.v2") == 0     ? known->states
                                                     : STR_EMPTY;
    Url url;
    if (place.len == 0)
        return host_access_refuse(query, base, "has no such service, by the CLI configuration");
    host->base = url_resolve(base, place, query->arena);
    if (!str_starts_with(host->base, STR("https://")) &&
        !(url_parse(host->base, &url) && url_is_loopback(&url)))
        return host_access_refuse(query, base, "has a service address without https");
    if (!str_ends_with(host->base, STR("/")))
        host->base = str_concat(host->base, STR("/"), query->arena);
    return true;
}

bool host_access_parse(const PackageQuery *query, Str url, Str body, Value *out) {
    RegistryProblem failure;
    return registry_host_parse(url, body, out, &failure, query->arena) ||
           host_access_fail(query, &failure);
}

bool host_access_get(const PackageQuery *query, const RegistryHost *host, Str url,
                     HttpResponse *out) {
    RegistryProblem failure;
    return registry_host_get(host, url, out, &failure, query->arena) ||
           host_access_fail(query, &failure);
}

bool host_access_read(const PackageQuery *query, const RegistryHost *host, Str url,
                      HttpResponse *response, Value *out) {
    return host_access_get(query, host, url, response) &&
           host_access_parse(query, url, response->body, out);
}
