/* Finds the services of a registry host. */
#include "registry_host.h"

#include "url.h"

Str registry_host_token(const Io *io, Str host, Arena *arena) {
    StrBuf name = strbuf_new(arena);
    /* Other characters would become "_", too, so a host could get the token of another one whose
     * name looks like it. */
    if (!str_has_only(host, "-.:"))
        return STR_EMPTY;
    strbuf_add_cstr(&name, "TOKEN_");
    for (size_t i = 0; i < host.len; i++) {
        char c = host.ptr[i];
        if (c == '-')
            strbuf_add_cstr(&name, "__");
        else
            strbuf_add_char(&name, isalnum((unsigned char)c) ? c : '_');
    }
    return fetch_web_variable(io, strbuf_str(&name), arena);
}

bool registry_host_refuse(Str url, const char *what, RegistryProblem *problem, Arena *arena) {
    *problem = (RegistryProblem){.is_answer = true};
    problem->text =
        str_format(arena, "The response at \"%.*s\" %s.", STR_ARG(url_redact(url, arena)), what);
    return false;
}

bool registry_host_parse(Str url, Str body, Value *out, RegistryProblem *problem, Arena *arena) {
    return json_parse_object(body, out, arena) ||
           registry_host_refuse(url, "is not a JSON object", problem, arena);
}

/* A token is for its host alone. */
static bool is_on_host(const RegistryHost *host, Str url) {
    Url parts;
    return url_parse(url, &parts) && str_equal(parts.host, host->name);
}

bool registry_host_get(const RegistryHost *host, Str url, HttpResponse *out,
                       RegistryProblem *problem, Arena *arena) {
    WebQuestion question = {
        .io = host->io,
        .cancel = host->cancel,
        .url = url,
        .token = is_on_host(host, url) ? host->token : STR_EMPTY,
        .asker = "the registry",
    };
    *problem = (RegistryProblem){0};
    if (fetch_web_send(&question, out, &problem->text, arena))
        return true;
    problem->code = out->code;
    return false;
}

bool registry_host_discover(RegistryHost *host, const char *service, RegistryProblem *problem,
                            Arena *arena) {
    Str url = str_format(arena, "https://%.*s/.well-known/terraform.json", STR_ARG(host->name));
    HttpResponse response;
    Value services;
    Str base;
    if (!registry_host_get(host, url, &response, problem, arena) ||
        !registry_host_parse(url, response.body, &services, problem, arena))
        return false;
    if (!value_find_text(services, str_from_cstr(service), &base))
        return registry_host_refuse(
            url, str_to_cstr(str_format(arena, "has no service \"%s\"", service), arena), problem,
            arena);
    host->base = url_resolve(response.url, base, arena);
    if (!str_starts_with(host->base, STR("https://")))
        return registry_host_refuse(url, "has a service address without https", problem, arena);
    if (!str_ends_with(host->base, STR("/")))
        host->base = str_concat(host->base, STR("/"), arena);
    return true;
}
