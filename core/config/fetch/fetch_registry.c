/* Fetches modules from a registry: [HOST/]NAMESPACE/NAME/SYSTEM. Service discovery gives the API
 * of the host. The API lists versions and gives the address of the selected one. */
#include "fetch.h"
#include "fetch_web.h"
#include "json.h"
#include "url.h"
#include "utf8.h"
#include "version_constraint.h"

#define DEFAULT_HOST "registry.opentofu.org"

typedef struct RegistryModule {
    Str host;
    Str path; /* NAMESPACE/NAME/SYSTEM */
} RegistryModule;

static bool is_name(Str text) {
    if (!text.len || text.len > 64 || !isalnum((unsigned char)text.ptr[0]) ||
        !isalnum((unsigned char)text.ptr[text.len - 1]))
        return false;
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        if (!isalnum((unsigned char)c) && c != '-' && c != '_')
            return false;
    }
    return true;
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
static bool is_host(Str text) {
    size_t colon = str_find_char(text, ':', 0);
    Str name = str_slice(text, 0, colon);
    uint64_t port;
    if (colon != SIZE_MAX && (!str_to_uint64(str_after(text, colon + 1), &port) || port > 65535))
        return false;
    if (colon == SIZE_MAX && str_find_char(name, '.', 0) == SIZE_MAX)
        return false;
    for (size_t i = 0; i < name.len; i++) {
        char c = name.ptr[i];
        if (!isalnum((unsigned char)c) && c != '-' && c != '.')
            return false;
    }
    return name.len > 0 && isalnum((unsigned char)name.ptr[0]) &&
           !str_equal(name, STR("github.com")) && !str_equal(name, STR("bitbucket.org"));
}

static bool parse(Str address, RegistryModule *out, Arena *arena) {
    Str parts[5];
    size_t count = 0;
    Str rest = address;
    while (count < ARRAY_COUNT(parts) && str_next_field(&rest, '/', &parts[count]))
        count++;
    if ((count != 3 && count != 4) || str_ends_with(address, STR("/")))
        return false;
    const Str *path = parts + (count - 3);
    if ((count == 4 && !is_host(parts[0])) || !is_name(path[0]) || !is_name(path[1]) ||
        !is_system(path[2]))
        return false;
    out->host = count == 4 ? utf8_lower(parts[0], arena) : STR(DEFAULT_HOST);
    out->path = str_join(path, 3, STR("/"), arena);
    return true;
}

static bool claims(Str address, Str *package, Arena *arena) {
    RegistryModule module;
    if (!parse(address, &module, arena))
        return false;
    *package = str_format(arena, "%.*s/%.*s", STR_ARG(module.host), STR_ARG(module.path));
    return true;
}

typedef struct Registry {
    const SourceRequest *request;
    RegistryModule module;
    Str token_variable;
    Str base; /* URL of the module API, with a trailing slash */
    Arena *arena;
    Diags *diags;
} Registry;

/* Returns the name of the variable with the token for the host, TOKEN_example_com: dots become
 * underscores, dashes two underscores. */
static Str token_variable_of(const Registry *registry) {
    StrBuf name = strbuf_new(registry->arena);
    strbuf_add_cstr(&name, "TOKEN_");
    for (size_t i = 0; i < registry->module.host.len; i++) {
        char c = registry->module.host.ptr[i];
        if (c == '-')
            strbuf_add_cstr(&name, "__");
        else
            strbuf_add_char(&name, isalnum((unsigned char)c) ? c : '_');
    }
    return strbuf_str(&name);
}

static bool ask(Registry *registry, Str url, HttpResponse *out) {
    WebQuestion question = {
        .request = registry->request,
        .url = url,
        .token_variable = registry->token_variable,
        .asker = "the registry",
    };
    return fetch_web_get(&question, out, registry->arena, registry->diags);
}

static bool report_answer(Registry *registry, Str url, const char *what) {
    diags_error(registry->diags, registry->request->range,
                "Invalid response from a module registry",
                "The response at \"%.*s\" %s. Check that \"%.*s\" is a module registry.",
                STR_ARG(url_redact(url, registry->arena)), what, STR_ARG(registry->module.host));
    return false;
}

static bool parse_object(Registry *registry, Str url, Str body, Value *out) {
    const char *why;
    size_t offset;
    if (json_parse_any(body, out, &why, &offset, registry->arena) && value_is_present(*out) &&
        out->type->kind == KIND_OBJECT)
        return true;
    return report_answer(registry, url, "is not a JSON object");
}

static bool discover(Registry *registry) {
    Str url = str_format(registry->arena, "https://%.*s/.well-known/terraform.json",
                         STR_ARG(registry->module.host));
    HttpResponse response;
    Value services;
    Str base;
    if (!ask(registry, url, &response) || !parse_object(registry, url, response.body, &services))
        return false;
    if (!value_find_text(services, STR("modules.v1"), &base))
        return report_answer(registry, url, "has no service \"modules.v1\"");
    registry->base = url_resolve(response.url, base, registry->arena);
    if (!str_starts_with(registry->base, STR("https://")))
        return report_answer(registry, url, "has a service address without https");
    if (!str_ends_with(registry->base, STR("/")))
        registry->base = str_concat(registry->base, STR("/"), registry->arena);
    return true;
}

static bool report_versions(Registry *registry, Str newest) {
    const SourceRequest *request = registry->request;
    Str hint = newest.len ? str_format(registry->arena, " The newest is %.*s.", STR_ARG(newest))
                          : STR(" It has no versions.");
    diags_error(registry->diags, request->range, "No matching version of the module",
                "The registry \"%.*s\" has no version of \"%.*s\" that \"%.*s\" allows.%.*s",
                STR_ARG(registry->module.host), STR_ARG(registry->module.path),
                STR_ARG(request->constraint.len ? request->constraint : STR(">= 0")),
                STR_ARG(hint));
    return false;
}

static bool choose(Registry *registry, Value versions, Str *out) {
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

static bool find_version(Registry *registry, Str *out) {
    Str url = str_format(registry->arena, "%.*s%.*s/versions", STR_ARG(registry->base),
                         STR_ARG(registry->module.path));
    HttpResponse response;
    Value answer;
    Value modules;
    Value versions;
    if (!ask(registry, url, &response) || !parse_object(registry, url, response.body, &answer))
        return false;
    if (!value_find_tuple(answer, STR("modules"), &modules) || modules.count == 0 ||
        !value_find_tuple(value_at(modules, 0), STR("versions"), &versions))
        return report_answer(registry, url, "lists no versions");
    return choose(registry, versions, out);
}

static bool find_place(Registry *registry, Str version, Str *out) {
    Str url = str_format(registry->arena, "%.*s%.*s/%.*s/download", STR_ARG(registry->base),
                         STR_ARG(registry->module.path), STR_ARG(version));
    HttpResponse response;
    Value answer;
    if (!ask(registry, url, &response))
        return false;
    *out = fetch_web_location(&response, registry->arena);
    if (out->len)
        return true;
    if (!response.body.len || !parse_object(registry, url, response.body, &answer) ||
        !value_find_text(answer, STR("location"), out))
        return report_answer(registry, url, "has no address of the module");
    *out = module_source_resolve(response.url, utf8_strip_controls(*out, registry->arena),
                                 registry->arena);
    return true;
}

static bool fetch(const SourceRequest *request, SourceFound *out, Arena *arena, Diags *diags) {
    Registry registry = {.request = request, .arena = arena, .diags = diags};
    bool is_address = parse(request->package, &registry.module, arena);
    CHECK(is_address);
    registry.token_variable = token_variable_of(&registry);
    out->version = request->version;
    return discover(&registry) && (out->version.len || find_version(&registry, &out->version)) &&
           find_place(&registry, out->version, &out->elsewhere);
}

const ModuleSource fetch_registry = {
    .name = "registry",
    .forms = "[HOST/]NAMESPACE/NAME/SYSTEM",
    .has_versions = true,
    .claims = claims,
    .fetch = fetch,
};
