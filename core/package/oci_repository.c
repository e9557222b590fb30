/* Sends requests to an OCI registry, with its two schemes of authentication. */
#include "oci_repository.h"

#include "base64.h"
#include "host_access.h"
#include "oci_credentials.h"
#include "problem.h"
#include "url.h"

enum { PAGES_MAX = 1000 };

static bool repository_is_name_char(char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '_' || c == '-';
}

/* Each part of a name begins and ends with a letter or digit, so none is ".." or empty. */
static bool repository_is_name(Str name) {
    Str part;
    bool ok = name.len > 0 && !str_ends_with(name, STR("/"));
    while (ok && str_next_field(&name, '/', &part)) {
        ok = part.len > 0 && isalnum((unsigned char)part.ptr[0]) &&
             isalnum((unsigned char)part.ptr[part.len - 1]);
        for (size_t i = 0; ok && i < part.len; i++)
            ok = repository_is_name_char(part.ptr[i]);
    }
    return ok;
}

bool oci_repository_open(const PackageSources *sources, Str text, OciRepository *out) {
    size_t slash = str_find_char(text, '/', 0);
    *out = (OciRepository){.sources = sources, .host = str_slice(text, 0, slash)};
    out->name = slash == SIZE_MAX ? STR_EMPTY : str_after(text, slash + 1);
    return out->host.len > 0 && isalnum((unsigned char)out->host.ptr[0]) &&
           str_has_only(out->host, ".-:") && repository_is_name(out->name);
}

Str oci_repository_url(const OciRepository *repository, Str path, Arena *arena) {
    return str_format(arena, "https://%.*s/v2/%.*s/%.*s", STR_ARG(repository->host),
                      STR_ARG(repository->name), STR_ARG(path));
}

static WebQuestion repository_question_of(const OciRepository *repository, Str url) {
    return (WebQuestion){
        .io = repository->sources->io,
        .cancel = repository->sources->cancel,
        .url = url,
        .asker = "the registry",
        .needs_https = true,
    };
}

static Str basic(const OciCredentials *credentials, Arena *arena) {
    Str pair =
        str_format(arena, "%.*s:%.*s", STR_ARG(credentials->user), STR_ARG(credentials->password));
    Str encoded = base64_encode(pair, arena);
    return str_format(arena, "Basic %.*s", STR_ARG(encoded));
}

/* Returns the value of NAME="VALUE" in a challenge; empty if it has none. */
static Str parameter(Str challenge, const char *name, Arena *arena) {
    Str wanted = str_format(arena, "%s=\"", name);
    size_t at = str_find(challenge, wanted, 0);
    if (at == SIZE_MAX)
        return STR_EMPTY;
    Str rest = str_after(challenge, at + wanted.len);
    return str_slice(rest, 0, str_find_char(rest, '"', 0));
}

/* Asks the server of tokens, with an identity token in a form, else with user and password. */
static bool repository_ask_token(const OciRepository *repository, Str challenge,
                                 const OciCredentials *credentials, Str *token, Str *problem,
                                 Arena *arena) {
    RegistryProblem failure;
    HttpResponse response;
    Value answer;
    Str realm = parameter(challenge, "realm", arena);
    Str service = url_encode(parameter(challenge, "service", arena), false, arena);
    Str scope = url_encode(str_format(arena, "repository:%.*s:pull", STR_ARG(repository->name)),
                           false, arena);
    Str query = str_format(arena, "service=%.*s&scope=%.*s", STR_ARG(service), STR_ARG(scope));
    WebQuestion question = repository_question_of(repository, realm);
    if (credentials->identity_token.len) {
        Str encoded = url_encode(credentials->identity_token, false, arena);
        question.body =
            str_format(arena, "grant_type=refresh_token&client_id=loam&refresh_token=%.*s&%.*s",
                       STR_ARG(encoded), STR_ARG(query));
    } else {
        question.url =
            str_format(arena, "%.*s%s%.*s", STR_ARG(realm),
                       str_find_char(realm, '?', 0) == SIZE_MAX ? "?" : "&", STR_ARG(query));
        if (credentials->user.len)
            question.authorization = basic(credentials, arena);
    }
    if (!fetch_web_send(&question, &response, problem, arena))
        return false;
    if (registry_host_parse(realm, response.body, &answer, &failure, arena) &&
        (value_find_text(answer, STR("token"), token) ||
         value_find_text(answer, STR("access_token"), token)))
        return true;
    (void)registry_host_refuse(realm, "has no token", &failure, arena);
    *problem = failure.text;
    return false;
}

/* Sets `authorization` as the challenge demands. Returns false with an empty *problem if there are
 * no credentials to try. */
static bool authorize(OciRepository *repository, Str challenge, Str *problem, Arena *arena) {
    OciCredentials credentials;
    Str token;
    Str text = str_format(arena, "%.*s/%.*s", STR_ARG(repository->host), STR_ARG(repository->name));
    bool is_bearer = challenge.len > 7 && strncasecmp(challenge.ptr, "Bearer ", 7) == 0;
    if (!oci_credentials_find(repository->sources, text, &credentials, problem, arena))
        return false;
    if (!is_bearer && credentials.user.len) {
        repository->authorization = basic(&credentials, arena);
        return true;
    }
    token = credentials.access_token;
    if (token.len == 0 && !is_bearer)
        return false;
    if (token.len == 0 &&
        !repository_ask_token(repository, challenge, &credentials, &token, problem, arena))
        return false;
    for (size_t i = 0; i < token.len; i++) {
        if (token.ptr[i] <= ' ' || token.ptr[i] >= 127)
            return false;
    }
    repository->authorization = str_format(arena, "Bearer %.*s", STR_ARG(token));
    return true;
}

static bool get_once(const OciRepository *repository, Str url, const char *accept,
                     HttpResponse *out, Str *problem, Arena *arena) {
    WebQuestion question = repository_question_of(repository, url);
    question.accept = accept;
    question.authorization = repository->authorization;
    return fetch_web_send(&question, out, problem, arena);
}

static bool get_url(OciRepository *repository, Str url, const char *accept, HttpResponse *out,
                    Str *problem, Arena *arena) {
    bool was_authorized = repository->authorization.len > 0;
    bool ok = get_once(repository, url, accept, out, problem, arena);
    Str first = *problem;
    if (!ok && out->code == 401 && !was_authorized) {
        *problem = STR_EMPTY;
        ok = authorize(repository, http_header(out, "www-authenticate"), problem, arena) &&
             get_once(repository, url, accept, out, problem, arena);
        if (!ok && problem->len == 0)
            *problem = first;
    }
    if (!ok && str_ends_with(*problem, STR(".")))
        *problem = str_slice(*problem, 0, problem->len - 1);
    return ok;
}

bool oci_repository_get(OciRepository *repository, Str path, const char *accept, HttpResponse *out,
                        Str *problem, Arena *arena) {
    return get_url(repository, oci_repository_url(repository, path, arena), accept, out, problem,
                   arena);
}

static bool add_tags(Str url, Str body, StrVec *out, Str *problem, Arena *arena) {
    RegistryProblem failure;
    Value document, tags;
    if (!registry_host_parse(url, body, &document, &failure, arena))
        return host_access_fail(&failure, problem, arena);
    if (!value_find_tuple(document, STR("tags"), &tags))
        return host_access_refuse(url, "lists no tags", problem, arena);
    json_add_texts(document, STR("tags"), out, arena);
    return true;
}

/* Returns the address of the next page by the header Link: <ADDRESS>; rel="next". Empty if there is
 * none, or it is on another host. */
static Str next_page(const OciRepository *repository, const HttpResponse *response, Arena *arena) {
    Url parts;
    Str link = http_header(response, "link");
    if (!str_starts_with(link, STR("<")) || str_find(link, STR("next"), 0) == SIZE_MAX)
        return STR_EMPTY;
    Str url = str_slice(link, 1, str_find_char(link, '>', 0));
    url = url_resolve(response->url, url, arena);
    bool ok = url_parse(url, &parts) && str_equal(parts.host, repository->host);
    return ok ? url : STR_EMPTY;
}

bool oci_repository_tags(OciRepository *repository, StrVec *out, Str *problem, Arena *arena) {
    HttpResponse response;
    Str url = oci_repository_url(repository, STR("tags/list"), arena);
    for (int i = 0; url.len; i++) {
        if (i == PAGES_MAX)
            return problem_text(problem, "the list of tags does not end");
        if (!get_url(repository, url, NULL, &response, problem, arena))
            return response.code == 404;
        if (!add_tags(url, response.body, out, problem, arena))
            return false;
        url = next_page(repository, &response, arena);
    }
    return true;
}
