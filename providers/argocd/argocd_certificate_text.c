#include "argocd_certificate_text.h"

#include "argocd_known_hosts.h"
#include "openssl_pem.h"

#include <limits.h>
#include <openssl/err.h>

Str argocd_certificate_text_check_keys(Value keys, Arena *arena) {
    StrVec types = {0};
    for (size_t i = 0; i < keys.count; i++) {
        if (!value_is_present(value_at(keys, i)))
            continue;
        Str key = value_text(value_at(keys, i)), problem = argocd_known_hosts_problem(key, arena);
        Str type = argocd_known_hosts_type(key);
        if (problem.len)
            return problem;
        if (str_is_among(type, types.items, types.count))
            return str_format(arena, "Two keys have the type %.*s. A server has one of each type.",
                              STR_ARG(type));
        vec_push(arena, &types, type);
    }
    return keys.count ? STR_EMPTY : STR("The set has no key. Give the host keys of the server.");
}

/* Counts the certificates of a text; *is_whole is set to whether each of its blocks is one. */
static size_t count_certificates(Str pem, bool *is_whole) {
    SCOPED(BioRef) bio = pem.len <= INT_MAX ? BIO_new_mem_buf(pem.ptr, (int)pem.len) : NULL;
    size_t count = 0, blocks = 0, at = 0;
    while ((at = str_find(pem, STR("-----BEGIN "), at)) != SIZE_MAX) {
        blocks++;
        at++;
    }
    for (;;) {
        SCOPED(CertificateRef) one = bio ? PEM_read_bio_X509(bio, NULL, NULL, NULL) : NULL;
        if (!one)
            break;
        count++;
    }
    ERR_clear_error();
    *is_whole = count == blocks;
    return count;
}

Str argocd_certificate_text_check_pem(Value pem, Arena *) {
    Str text = value_text(pem);
    bool is_whole;
    if (str_find(text, STR("PRIVATE KEY-----"), 0) != SIZE_MAX)
        return STR("The text has a private key, which everyone who reads the ConfigMap would see. "
                   "Give the certificate alone.");
    if (!count_certificates(text, &is_whole))
        return STR("The text has no certificate in PEM. It begins with a line "
                   "\"-----BEGIN CERTIFICATE-----\".");
    return is_whole ? STR_EMPTY
                    : STR("A block of the text is not a certificate in PEM, or is damaged.");
}

static bool text_has_only(Str text, const char *more) {
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        bool is_letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
        if (!is_letter && !(c >= '0' && c <= '9') && !strchr(more, c))
            return false;
    }
    return text.len > 0;
}

Str argocd_certificate_text_host_problem(Str server, Arena *arena) {
    size_t end = str_rfind_char(server, ']');
    Str port = end == SIZE_MAX ? STR_EMPTY : str_after(server, end + 1);
    bool has_port = str_starts_with(server, STR("[")) && str_starts_with(port, STR(":")) &&
                    port.len > 1 && str_skip_digits(port, 1) == port.len;
    bool is_good =
        has_port ? text_has_only(str_slice(server, 1, end), "-._:") : text_has_only(server, "-._:");
    if (is_good)
        return STR_EMPTY;
    return str_format(arena,
                      "\"%.*s\" is not the name or address of a server, such as git.example.com "
                      "or, with a port, [git.example.com]:2222.",
                      STR_ARG(server));
}

Str argocd_certificate_text_server_problem(Str server, Arena *arena) {
    if (text_has_only(server, "-._"))
        return STR_EMPTY;
    return str_format(arena,
                      "\"%.*s\" is not the name of a server, such as git.example.com. A "
                      "certificate counts for all ports, so the name has none.",
                      STR_ARG(server));
}
