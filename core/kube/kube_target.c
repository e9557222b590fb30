/* Validates what kubeconfig files and arguments say about a server and a user. */
#include "kube_target.h"
#include "url.h"

static bool has_control(Str text, bool with_space) {
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.ptr[i];
        if (c < ' ' || c == 0x7f || (with_space && c == ' '))
            return true;
    }
    return false;
}

Str kube_target_complete_server(Str url, Arena *arena) {
    url = str_trim(url);
    while (str_ends_with(url, STR("/")) && !str_ends_with(url, STR("://")))
        url = str_slice(url, 0, url.len - 1);
    bool has_scheme = str_find(url, STR("://"), 0) != SIZE_MAX;
    return url.len == 0 || has_scheme ? url : str_concat(STR("https://"), url, arena);
}

Str kube_target_check_server(Str url) {
    static const Str schemes[] = {STR_CONST("https"), STR_CONST("http")};
    Url parts;
    if (has_control(url, true))
        return STR("must not contain spaces or control characters");
    if (!url_parse(url, &parts) || url_host_name(&parts).len == 0 ||
        !str_is_among(parts.scheme, schemes, ARRAY_COUNT(schemes)))
        return STR("must be a URL such as \"https://host:6443\"");
    if (parts.userinfo.len)
        return STR("must not contain a user or a password; they are arguments of the user");
    if (parts.query.len || parts.fragment.len)
        return STR("must not contain a query (\"?\") or a fragment (\"#\")");
    return STR_EMPTY;
}

Str kube_target_check_proxy(Str url) {
    static const Str schemes[] = {STR_CONST("http"), STR_CONST("https"), STR_CONST("socks5"),
                                  STR_CONST("socks5h")};
    Url parts;
    if (has_control(url, true))
        return STR("must not contain spaces or control characters");
    bool is_url = url_parse(url, &parts) && url_host_name(&parts).len > 0;
    return is_url && str_is_among(parts.scheme, schemes, ARRAY_COUNT(schemes))
               ? STR_EMPTY
               : STR("must be a URL whose scheme is http, https or socks5");
}

static Str check_pem(Str pem, Str label, Str problem) {
    bool is_pem =
        str_find(pem, STR("-----BEGIN "), 0) != SIZE_MAX && str_find(pem, label, 0) != SIZE_MAX;
    return pem.len == 0 || is_pem ? STR_EMPTY : problem;
}

Str kube_target_check_certificate(Str pem) {
    return check_pem(pem, STR("CERTIFICATE-----"), STR("does not hold a certificate as PEM text"));
}

Str kube_target_check_key(Str pem) {
    return check_pem(pem, STR("PRIVATE KEY-----"), STR("does not hold a private key as PEM text"));
}

static bool target_reject(Str *problem, const char *what, Str why, Arena *arena) {
    if (why.len)
        *problem = str_format(arena, "%s %.*s.", what, STR_ARG(why));
    return why.len == 0;
}

/* A value with a line break would add headers of its own to the request. */
static bool target_check_header(Str value, const char *what, Str *problem, Arena *arena) {
    return target_reject(
        problem, what,
        has_control(value, false) ? STR("must not contain control characters") : STR_EMPTY, arena);
}

static bool check_impersonation(const KubeImpersonation *as, Str *problem, Arena *arena) {
    bool has_more = as->uid.len || as->groups.count || as->extra.count;
    if (has_more && as->user.len == 0)
        return target_reject(
            problem, "Impersonation",
            STR("of a uid, of groups or of extra fields needs a user name (\"as\")"), arena);
    if (!target_check_header(as->user, "The impersonated user", problem, arena) ||
        !target_check_header(as->uid, "The impersonated uid", problem, arena))
        return false;
    vec_each(&as->groups, group) {
        if (!target_check_header(*group, "An impersonated group", problem, arena))
            return false;
    }
    vec_each(&as->extra, extra) {
        vec_each(&extra->values, value) {
            if (!target_check_header(*value, "An extra field of the impersonated user", problem,
                                     arena))
                return false;
        }
    }
    return true;
}

static bool target_check_pair(const KubeTarget *target, Str *problem, Arena *arena) {
    bool has_both = (target->certificate.len > 0) == (target->key.len > 0);
    return has_both || target_reject(problem, "The client certificate",
                                     target->key.len ? STR("is missing; there is only its key")
                                                     : STR("has no key"),
                                     arena);
}

static const Str versions[] = {STR_CONST("client.authentication.k8s.io/v1"),
                               STR_CONST("client.authentication.k8s.io/v1beta1")};

static bool has_unnamed_variable(const KubeExec *exec) {
    vec_each(&exec->env, variable) {
        if (str_find_char(*variable, '=', 0) == 0)
            return true;
    }
    return false;
}

Str kube_target_check_exec(const KubeExec *exec, Arena *arena) {
    bool is_absent = exec->command.len == 0 && exec->api_version.len == 0 && exec->args.count == 0;
    if (is_absent)
        return STR_EMPTY;
    if (exec->command.len == 0)
        return STR("The credential plugin (\"exec\") has no \"command\".");
    if (!str_is_among(exec->api_version, versions, ARRAY_COUNT(versions)))
        return str_format(arena,
                          "The credential plugin (\"exec\") has the API version \"%.*s\"; "
                          "supported are \"%.*s\" and \"%.*s\".",
                          STR_ARG(exec->api_version), STR_ARG(versions[0]), STR_ARG(versions[1]));
    if (has_unnamed_variable(exec))
        return STR("An environment variable of the credential plugin (\"exec\") has no name.");
    if (exec->interactive == KUBE_INTERACTIVE_ALWAYS)
        return STR("The credential plugin (\"exec\") needs a terminal (interactiveMode: Always), "
                   "which loam does not give it. Log in with it first, then use a token or a "
                   "plugin that asks no questions.");
    return STR_EMPTY;
}

bool kube_target_finish(KubeTarget *target, Str *problem, Arena *arena) {
    target->server = kube_target_complete_server(target->server, arena);
    target->token = str_trim(target->token);
    Str server = target->server.len ? kube_target_check_server(target->server) : STR_EMPTY;
    Str proxy = target->proxy.len ? kube_target_check_proxy(target->proxy) : STR_EMPTY;
    Str exec = kube_target_check_exec(&target->exec, arena);
    if (exec.len)
        *problem = exec;
    return exec.len == 0 &&
           target_reject(problem, "The address of the API server", server, arena) &&
           target_reject(problem, "The URL of the proxy", proxy, arena) &&
           target_reject(problem, "The certificate authority",
                         kube_target_check_certificate(target->ca_certs), arena) &&
           target_reject(problem, "The client certificate",
                         kube_target_check_certificate(target->certificate), arena) &&
           target_reject(problem, "The client key", kube_target_check_key(target->key), arena) &&
           target_check_pair(target, problem, arena) &&
           target_check_header(target->token, "The token", problem, arena) &&
           target_check_header(target->server_name, "The server name (\"tls-server-name\")",
                               problem, arena) &&
           check_impersonation(&target->impersonation, problem, arena);
}
