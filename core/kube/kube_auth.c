#include "kube_auth.h"

static const char *extra_name(Str key, Arena *arena) {
    StrBuf name = strbuf_new(arena);
    strbuf_add_cstr(&name, "Impersonate-Extra-");
    for (size_t i = 0; i < key.len; i++) {
        if (str_has_only(str_slice(key, i, i + 1), "!#$&'*+-.^_`|~")) /* as client-go: no "%" */
            strbuf_add_char(&name, key.ptr[i]);
        else
            strbuf_add_format(&name, "%%%02X", (unsigned char)key.ptr[i]);
    }
    return str_to_cstr(strbuf_str(&name), arena);
}

static void impersonate(const KubeImpersonation *as, HttpRequest *request, Arena *arena) {
    if (as->user.len == 0)
        return;
    http_add_header(&request->headers, "Impersonate-User", as->user, arena);
    if (as->uid.len)
        http_add_header(&request->headers, "Impersonate-Uid", as->uid, arena);
    vec_each(&as->groups, group)
        http_add_header(&request->headers, "Impersonate-Group", *group, arena);
    vec_each(&as->extra, extra) {
        const char *name = extra_name(extra->key, arena);
        vec_each(&extra->values, value)
            http_add_header(&request->headers, name, *value, arena);
    }
}

/* As for kubectl, a SOCKS proxy resolves the name of the server itself. */
static Str auth_proxy_of(Str url, Arena *arena) {
    static const Str local = STR_CONST("socks5://");
    return str_starts_with(url, local)
               ? str_concat(STR("socks5h://"), str_after(url, local.len), arena)
               : url;
}

void kube_auth_apply(const KubeTarget *target, const KubeCredential *credential,
                     HttpRequest *request, Arena *arena) {
    request->ca_certs = target->ca_certs;
    request->skip_verify = target->skip_verify;
    request->server_name = target->server_name;
    request->proxy = auth_proxy_of(target->proxy, arena);
    request->certificate = credential->certificate;
    request->key = credential->key;
    request->accepts_gzip = !target->no_compression;
    if (credential->token.len) {
        http_add_header(&request->headers, "Authorization",
                        str_concat(STR("Bearer "), credential->token, arena), arena);
    } else {
        request->user = target->user;
        request->password = target->password;
    }
    impersonate(&target->impersonation, request, arena);
}
