/* Fetches modules from a registry: [HOST/]NAMESPACE/NAME/SYSTEM. Service discovery gives the API
 * of the host. The API lists versions and gives the address of the selected one. */
#include "fetch.h"
#include "fetch_web.h"
#include "registry_host.h"
#include "utf8.h"
#include "version_constraint.h"

#define DEFAULT_HOST "registry.opentofu.org"

typedef struct RegistryModule {
    Str host;
    Str path; /* NAMESPACE/NAME/SYSTEM */
} RegistryModule;

static bool fetch_registry_is_name(Str text) {
    return text.len > 0 && text.len <= 64 && isalnum((unsigned char)text.ptr[0]) &&
           isalnum((unsigned char)text.ptr[text.len - 1]) && str_has_only(text, "-_");
}

static bool is_system(Str text) {
    for (size_t i = 0; i < text.len; i++) {
        if (!islower((unsigned char)text.ptr[i]) && !isdigit((unsigned char)text.ptr[i]))
            return false;
    }
    return text.len > 0 && text.len <= 64;
}

/* A host has a dot or a port; otherwise the address would be a path. Hosts that git handles are
 * excluded. */
static bool fetch_registry_is_host(Str text) {
    size_t colon = str_find_char(text, ':', 0);
    Str name = str_slice(text, 0, colon);
    uint64_t port;
    if (colon != SIZE_MAX && (!str_to_uint64(str_after(text, colon + 1), &port) || port > 65535))
        return false;
    if (colon == SIZE_MAX && str_find_char(name, '.', 0) == SIZE_MAX)
        return false;
    return name.len > 0 && isalnum((unsigned char)name.ptr[0]) && str_has_only(name, "-.") &&
           !str_equal(name, STR("github.com")) && !str_equal(name, STR("bitbucket.org"));
}

static bool fetch_registry_parse(Str address, RegistryModule *out, Arena *arena) {
    Str parts[5];
    size_t count = 0;
    Str rest = address;
    while (count < ARRAY_COUNT(parts) && str_next_field(&rest, '/', &parts[count]))
        count++;
    if ((count != 3 && count != 4) || str_ends_with(address, STR("/")))
        return false;
    const Str *path = parts + (count - 3);
    if ((count == 4 && !fetch_registry_is_host(parts[0])) || !fetch_registry_is_name(path[0]) ||
        !fetch_registry_is_name(path[1]) || !is_system(path[2]))
        return false;
    out->host = count == 4 ? utf8_lower(parts[0], arena) : STR(DEFAULT_HOST);
    out->path = str_join(path, 3, STR("/"), arena);
    return true;
}

static bool fetch_registry_claims(Str address, Str *package, Arena *arena) {
    RegistryModule module;
    if (!fetch_registry_parse(address, &module, arena))
        return false;
    *package = str_format(arena, "%.*s/%.*s", STR_ARG(module.host), STR_ARG(module.path));
    return true;
}

typedef struct Registry {
    const SourceRequest *request;
    RegistryModule module;
    RegistryHost host; /* its base is the URL of the module API */
    Arena *arena;
    Diags *diags;
} Registry;

static bool fetch_registry_report(Registry *registry, const RegistryProblem *problem) {
    return diags_fail(
        registry->diags, registry->request->range,
        problem->is_answer ? "Invalid response from a module registry" : "Failed to fetch a module",
        "%.*s%s%.*s%s", STR_ARG(problem->text), problem->is_answer ? " Check that \"" : "",
        STR_ARG(problem->is_answer ? registry->module.host : STR_EMPTY),
        problem->is_answer ? "\" is a module registry." : "");
}

static bool report_answer(Registry *registry, Str url, const char *what) {
    RegistryProblem problem;
    (void)registry_host_refuse(url, what, &problem, registry->arena);
    return fetch_registry_report(registry, &problem);
}

static bool get_object(Registry *registry, Str url, Value *out) {
    RegistryProblem problem;
    HttpResponse response;
    return registry_host_get(&registry->host, url, &response, &problem, registry->arena) &&
                   registry_host_parse(url, response.body, out, &problem, registry->arena)
               ? true
               : fetch_registry_report(registry, &problem);
}

static bool report_versions(Registry *registry, Str newest) {
    const SourceRequest *request = registry->request;
    Str hint = newest.len ? str_format(registry->arena, " The newest is %.*s.", STR_ARG(newest))
                          : STR(" It has no versions.");
    return diags_fail(registry->diags, request->range, "No matching version of the module",
                      "The registry \"%.*s\" has no version of \"%.*s\" that \"%.*s\" allows.%.*s",
                      STR_ARG(registry->module.host), STR_ARG(registry->module.path),
                      STR_ARG(request->constraint.len ? request->constraint : STR(">= 0")),
                      STR_ARG(hint));
}

static bool fetch_registry_choose(Registry *registry, Value versions, Str *out) {
    Str best = STR_EMPTY;
    Str newest = STR_EMPTY;
    for (size_t i = 0; i < versions.count; i++) {
        Str version;
        bool is_selected;
        if (!value_find_text(value_at(versions, i), STR("version"), &version) ||
            !version_constraint_selects(registry->request->constraint, version, &is_selected))
            continue;
        if (!newest.len || version_constraint_compare(version, newest) > 0)
            newest = version;
        if (is_selected && (!best.len || version_constraint_compare(version, best) > 0))
            best = version;
    }
    *out = best;
    return best.len > 0 || report_versions(registry, newest);
}

static bool fetch_registry_find_version(Registry *registry, Str *out) {
    Str url = str_format(registry->arena, "%.*s%.*s/versions", STR_ARG(registry->host.base),
                         STR_ARG(registry->module.path));
    Value answer;
    Value modules;
    Value versions;
    if (!get_object(registry, url, &answer))
        return false;
    if (!value_find_tuple(answer, STR("modules"), &modules) || modules.count == 0 ||
        !value_find_tuple(value_at(modules, 0), STR("versions"), &versions))
        return report_answer(registry, url, "lists no versions");
    return fetch_registry_choose(registry, versions, out);
}

static bool fetch_registry_find_place(Registry *registry, Str version, Str *out) {
    Str url = str_format(registry->arena, "%.*s%.*s/%.*s/download", STR_ARG(registry->host.base),
                         STR_ARG(registry->module.path), STR_ARG(version));
    HttpResponse response;
    RegistryProblem problem;
    Value answer;
    if (!registry_host_get(&registry->host, url, &response, &problem, registry->arena))
        return fetch_registry_report(registry, &problem);
    *out = fetch_web_location(&response, registry->arena);
    if (out->len)
        return true;
    if (!response.body.len)
        return report_answer(registry, url, "has no address of the module");
    if (!registry_host_parse(url, response.body, &answer, &problem, registry->arena))
        return fetch_registry_report(registry, &problem);
    if (!value_find_text(answer, STR("location"), out))
        return report_answer(registry, url, "has no address of the module");
    *out = module_source_resolve(response.url, utf8_strip_controls(*out, registry->arena),
                                 registry->arena);
    return true;
}

static bool fetch_registry_fetch(const SourceRequest *request, SourceFound *out, Arena *arena,
                                 Diags *diags) {
    Registry registry = {.request = request, .arena = arena, .diags = diags};
    RegistryProblem problem;
    bool is_address = fetch_registry_parse(request->package, &registry.module, arena);
    CHECK(is_address);
    registry.host =
        (RegistryHost){.io = request->io, .cancel = request->cancel, .name = registry.module.host};
    registry.host.token = registry_host_token(request->io, registry.module.host, arena);
    out->version = request->version;
    if (!registry_host_discover(&registry.host, "modules.v1", &problem, arena))
        return fetch_registry_report(&registry, &problem);
    return (out->version.len || fetch_registry_find_version(&registry, &out->version)) &&
           fetch_registry_find_place(&registry, out->version, &out->elsewhere);
}

const ModuleSource fetch_registry = {
    .name = "registry",
    .forms = "[HOST/]NAMESPACE/NAME/SYSTEM",
    .has_versions = true,
    .default_host = DEFAULT_HOST,
    .claims = fetch_registry_claims,
    .fetch = fetch_registry_fetch,
};
