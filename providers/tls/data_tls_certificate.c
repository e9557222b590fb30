/* data tls_certificate: the fields of a given certificate, or of the certificates of a server. */
#include "certificate.h"
#include "digest.h"
#include "hex.h"
#include "http_send.h"
#include "log.h"
#include "nested_list.h"
#include "object_builder.h"
#include "openssl_pem.h"
#include "timestamp.h"
#include "tls_provider.h"
#include "url.h"

#include <openssl/objects.h>
#include <openssl/x509.h>

/* In display order; `is_single`: only the last value is shown. */
static const struct {
    int nid;
    const char *name;
    bool is_single;
} name_parts[] = {
    {NID_serialNumber, "SERIALNUMBER", true},
    {NID_commonName, "CN", true},
    {NID_organizationalUnitName, "OU", false},
    {NID_organizationName, "O", false},
    {NID_postalCode, "POSTALCODE", false},
    {NID_streetAddress, "STREET", false},
    {NID_localityName, "L", false},
    {NID_stateOrProvinceName, "ST", false},
    {NID_countryName, "C", false},
};

static Str entry_text(const X509_NAME_ENTRY *entry, Arena *arena) {
    unsigned char *text = NULL;
    int size = ASN1_STRING_to_UTF8(&text, X509_NAME_ENTRY_get_data(entry));
    if (size < 0)
        return STR_EMPTY;
    Str copy = str_clone((Str){(const char *)text, (size_t)size}, arena);
    OPENSSL_free(text);
    return copy;
}

static void tls_certificate_add_escaped(StrBuf *out, Str text) {
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        bool is_end = i == 0 || i == text.len - 1;
        if (memchr(",+\"\\<>;", c, 7) || (c == ' ' && is_end) || (c == '#' && i == 0))
            strbuf_add_char(out, '\\');
        strbuf_add_char(out, c);
    }
}

static void tls_certificate_add_known(StrBuf *out, const X509_NAME *name, size_t part) {
    int count = X509_NAME_entry_count(name), added = 0;
    for (int i = 0; i < count; i++) {
        const X509_NAME_ENTRY *entry = X509_NAME_get_entry(name, i);
        if (OBJ_obj2nid(X509_NAME_ENTRY_get_object(entry)) != name_parts[part].nid)
            continue;
        bool is_last =
            X509_NAME_get_index_by_NID((X509_NAME *)(uintptr_t)name, name_parts[part].nid, i) < 0;
        if (name_parts[part].is_single && !is_last)
            continue;
        if (out->len > 0)
            strbuf_add_char(out, added > 0 ? '+' : ',');
        strbuf_add_format(out, "%s=", name_parts[part].name);
        tls_certificate_add_escaped(out, entry_text(entry, out->arena));
        added++;
    }
}

static bool tls_certificate_is_known(int nid) {
    for (size_t i = 0; i < ARRAY_COUNT(name_parts); i++) {
        if (name_parts[i].nid == nid)
            return true;
    }
    return false;
}

static bool tls_certificate_is_printable(Str text) {
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.ptr[i];
        if (c >= 0x80 || (!isalnum(c) && !memchr(" '()+,-./:=?", c, 12)))
            return false;
    }
    return true;
}

/* Adds an unknown attribute type: its OID, and its value as hex DER. */
static void tls_certificate_add_unknown(StrBuf *out, const X509_NAME_ENTRY *entry) {
    char number[128];
    Str text = entry_text(entry, out->arena);
    ASN1_STRING *value = ASN1_STRING_type_new(
        tls_certificate_is_printable(text) ? V_ASN1_PRINTABLESTRING : V_ASN1_UTF8STRING);
    unsigned char *der = NULL;
    CHECK(value && ASN1_STRING_set(value, text.ptr, (int)text.len) == 1);
    int size = i2d_ASN1_PRINTABLE(value, &der);
    CHECK(size > 0);
    OBJ_obj2txt(number, sizeof number, X509_NAME_ENTRY_get_object(entry), 1);
    Str hex = hex_encode((Str){(const char *)der, (size_t)size}, out->arena);
    strbuf_add_format(out, "%s%s=#%.*s", out->len > 0 ? "," : "", number, STR_ARG(hex));
    OPENSSL_free(der);
    ASN1_STRING_free(value);
}

/* Returns text such as "CN=a.example,O=Loam": the attributes in name_parts in its order, then the
 * others by OID and hex value, the last one first. */
static Str name_text(const X509_NAME *name, Arena *arena) {
    StrBuf out = strbuf_new(arena);
    for (size_t i = 0; i < ARRAY_COUNT(name_parts); i++)
        tls_certificate_add_known(&out, name, i);
    for (int i = X509_NAME_entry_count(name); i > 0; i--) {
        const X509_NAME_ENTRY *entry = X509_NAME_get_entry(name, i - 1);
        if (!tls_certificate_is_known(OBJ_obj2nid(X509_NAME_ENTRY_get_object(entry))))
            tls_certificate_add_unknown(&out, entry);
    }
    return strbuf_str(&out);
}

static const struct {
    int nid;
    const char *name;
} signatures[] = {
    {NID_md5WithRSAEncryption, "MD5-RSA"},       {NID_sha1WithRSAEncryption, "SHA1-RSA"},
    {NID_sha256WithRSAEncryption, "SHA256-RSA"}, {NID_sha384WithRSAEncryption, "SHA384-RSA"},
    {NID_sha512WithRSAEncryption, "SHA512-RSA"}, {NID_dsaWithSHA1, "DSA-SHA1"},
    {NID_dsa_with_SHA256, "DSA-SHA256"},         {NID_ecdsa_with_SHA1, "ECDSA-SHA1"},
    {NID_ecdsa_with_SHA256, "ECDSA-SHA256"},     {NID_ecdsa_with_SHA384, "ECDSA-SHA384"},
    {NID_ecdsa_with_SHA512, "ECDSA-SHA512"},     {NID_ED25519, "Ed25519"},
};

static const char *pss_name(const X509 *certificate) {
    int digest = 0;
    X509_get_signature_info((X509 *)(uintptr_t)certificate, &digest, NULL, NULL, NULL);
    switch (digest) {
    case NID_sha256: return "SHA256-RSAPSS";
    case NID_sha384: return "SHA384-RSAPSS";
    case NID_sha512: return "SHA512-RSAPSS";
    default: return "0";
    }
}

/* Returns "SHA256-RSA", "ECDSA-SHA384", "Ed25519"; "0" if unknown. */
static const char *signature_name(const X509 *certificate) {
    int nid = X509_get_signature_nid(certificate);
    if (nid == NID_rsassaPss)
        return pss_name(certificate);
    for (size_t i = 0; i < ARRAY_COUNT(signatures); i++) {
        if (signatures[i].nid == nid)
            return signatures[i].name;
    }
    return "0";
}

/* Returns "RSA", "ECDSA", "Ed25519", "DSA"; "0" if unknown. */
static const char *key_name(const X509 *certificate) {
    const EVP_PKEY *key = X509_get0_pubkey(certificate);
    switch (key ? EVP_PKEY_get_base_id(key) : EVP_PKEY_NONE) {
    case EVP_PKEY_RSA: return "RSA";
    case EVP_PKEY_DSA: return "DSA";
    case EVP_PKEY_EC: return "ECDSA";
    case EVP_PKEY_ED25519: return "Ed25519";
    default: return "0";
    }
}

static Str tls_certificate_check_url(Value value, Arena *arena) {
    Url url;
    if (url_parse(value_text(value), &url) &&
        (str_equal_cstr(url.scheme, "https") || str_equal_cstr(url.scheme, "tls")) &&
        url.host.len > 0)
        return STR_EMPTY;
    return str_format(arena, "The address must begin with \"https://\" or \"tls://\".");
}

/* clang-format off */
static const Attribute certificate_attributes[] = {
    {"signature_algorithm",  &TYPE_STRING, COMPUTED, "Algorithm of the signature, as \"SHA256-RSA\"."},
    {"public_key_algorithm", &TYPE_STRING, COMPUTED, "Algorithm of the key, as \"RSA\"."},
    {"serial_number",        &TYPE_STRING, COMPUTED, "Serial number, in decimal."},
    {"is_ca",                &TYPE_BOOL,   COMPUTED, "Whether the certificate is that of a certificate authority."},
    {"max_path_length",      &TYPE_NUMBER, COMPUTED, "Maximum number of intermediate authorities below this one; -1: no limit."},
    {"version",              &TYPE_NUMBER, COMPUTED, "Version of the format, usually 3."},
    {"issuer",               &TYPE_STRING, COMPUTED, "Name of the issuer."},
    {"subject",              &TYPE_STRING, COMPUTED, "Name of the subject."},
    {"not_before",           &TYPE_STRING, COMPUTED, "Start of the validity, in RFC 3339."},
    {"not_after",            &TYPE_STRING, COMPUTED, "End of the validity, in RFC 3339."},
    {"sha1_fingerprint",     &TYPE_STRING, COMPUTED, "SHA-1 of the certificate in DER, in hex."},
    {"cert_pem",             &TYPE_STRING, COMPUTED, "The certificate in PEM."},
};
static const Attribute data_certificate_attributes[] = {
    {"url",          &TYPE_STRING, OPTIONAL, "Address of the server: https://HOST, or tls://HOST:PORT.", .check = tls_certificate_check_url},
    {"content",      &TYPE_STRING, OPTIONAL, "The certificate in PEM."},
    {"verify_chain", &TYPE_BOOL,   OPTIONAL, "Whether to verify the server's certificate (default true)."},
    {"certificates", NULL,         COMPUTED, "Certificates, with the root of the chain first.", NESTED(NEST_LIST, certificate_attributes)},
    {"id",           &TYPE_STRING, COMPUTED, "SHA-1 of the certificates, in hex."},
};
/* clang-format on */

/* The first rule is in both orders, so that each argument gets an error at its own range. */
static const ArgumentRule data_certificate_rules[] = {
    {RULE_EXACTLY_ONE, {"content", "url"}},
    {RULE_EXACTLY_ONE, {"url", "content"}},
    {RULE_CONFLICTS, {"content", "verify_chain"}},
};

static Str moment_text(const ASN1_TIME *moment, Arena *arena) {
    struct tm parts = {0};
    if (ASN1_TIME_to_tm(moment, &parts) != 1)
        return STR_EMPTY;
    return timestamp_to_str((Timestamp){.seconds = (int64_t)timegm(&parts)}, arena);
}

static void tls_certificate_set_constraints(ObjectBuilder *builder, X509 *certificate) {
    BASIC_CONSTRAINTS *constraints =
        X509_get_ext_d2i(certificate, NID_basic_constraints, NULL, NULL);
    int64_t length = constraints ? -1 : 0;
    if (constraints && constraints->pathlen)
        (void)ASN1_INTEGER_get_int64(&length, constraints->pathlen);
    object_builder_set(builder, "is_ca", value_bool(constraints && constraints->ca));
    object_builder_set(builder, "max_path_length", value_int(length));
    BASIC_CONSTRAINTS_free(constraints);
}

static Value certificate_value(X509 *certificate, const Type *type, Arena *arena) {
    ObjectBuilder builder = object_builder_null(type, arena);
    unsigned char *der = NULL;
    int size = i2d_X509(certificate, &der);
    const struct {
        const char *name;
        Str text;
    } rows[] = {
        {"signature_algorithm", str_from_cstr(signature_name(certificate))},
        {"public_key_algorithm", str_from_cstr(key_name(certificate))},
        {"serial_number", certificate_serial(certificate, arena)},
        {"issuer", name_text(X509_get_issuer_name(certificate), arena)},
        {"subject", name_text(X509_get_subject_name(certificate), arena)},
        {"not_before", moment_text(X509_get0_notBefore(certificate), arena)},
        {"not_after", moment_text(X509_get0_notAfter(certificate), arena)},
        {"sha1_fingerprint", openssl_pem_der_sha1(der, size, arena)},
        {"cert_pem", openssl_pem_certificate_pem(certificate, arena)},
    };
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++)
        object_builder_set_text(&builder, rows[i].name, rows[i].text, arena);
    tls_certificate_set_constraints(&builder, certificate);
    object_builder_set(&builder, "version", value_int(X509_get_version(certificate) + 1));
    return object_builder_value(&builder);
}

/* Reads a server's certificate chain, in PEM, its own certificate last. */
static bool tls_certificate_ask(const Call *call, Value config, StrVec *out, Diags *diags) {
    Url url;
    Str text = object_text(config, "url", STR_EMPTY), problem = STR_EMPTY;
    CHECK(url_parse(text, &url));
    bool is_tls = str_equal_cstr(url.scheme, "tls");
    if (is_tls && url_host_name(&url).len == url.host.len)
        return diags_fail(diags, NO_RANGE, "Address without a port",
                          "\"%.*s\" must contain a port, as in \"tls://example.com:636\".",
                          STR_ARG(url_redact(text, call->arena)));
    HttpResponse received = {0};
    Url target = {.scheme = STR("https"), .host = url.host, .path = STR("/")};
    HttpRequest request = {
        .url = url_to_str(&target, call->arena),
        .only_connects = true,
        .skip_verify = !object_bool(config, "verify_chain", true),
        .cancel = call->cancel,
    };
    tls_provider_set_proxy(call->client, is_tls, &request);
    Str shown = url_redact(text, call->arena);
    call_progress(call, 0, 0, "waiting for the server");
    HttpStatus status = http_send(call->io, &request, &received, &problem, call->arena);
    log_debug("tls handshake", log_text("url", shown), log_number("done", status == HTTP_DONE),
              log_number("certificates", (int64_t)received.certificates.count));
    if (status != HTTP_DONE || received.certificates.count == 0) {
        problem = status == HTTP_DONE ? STR("the server sent no certificate") : problem;
        return diags_fail(diags, NO_RANGE, "Certificates not read", "%.*s: %.*s.", STR_ARG(shown),
                          STR_ARG(problem));
    }
    for (size_t i = received.certificates.count; i > 0; i--)
        vec_push(call->arena, out, received.certificates.items[i - 1]);
    return true;
}

static bool tls_certificate_read_one(Str pem, const Type *type, ValueVec *out, StrBuf *ids,
                                     Diags *diags) {
    SCOPED(CertificateRef)
    certificate = openssl_pem_read_certificate(pem, "Certificate not readable", "content", diags);
    if (!certificate) {
        diags->items[diags->count - 1].path = STR(".content");
        return false;
    }
    Value value = certificate_value(certificate, type, ids->arena);
    strbuf_add(ids, value_text(value_attribute(value, STR("sha1_fingerprint"))));
    vec_push(ids->arena, out, value);
    return true;
}

static bool certificate_read(const Call *call, const DataReadRequest *request,
                             DataReadResponse *response, Diags *diags) {
    Value config = request->config;
    const Type *list = object_attribute_type(config.type, "certificates");
    StrBuf ids = strbuf_new(call->arena);
    StrVec pems = {0};
    ValueVec values = {0};
    if (object_has(config, "content"))
        vec_push(call->arena, &pems, object_text(config, "content", STR_EMPTY));
    else if (!tls_certificate_ask(call, config, &pems, diags))
        return false;
    vec_each(&pems, pem) {
        if (!tls_certificate_read_one(*pem, list->element, &values, &ids, diags))
            return false;
    }
    Str id = digest_hex(DIGEST_SHA1, strbuf_str(&ids), call->arena);
    ObjectBuilder builder = object_builder_of(config, call->arena);
    object_builder_set(&builder, "certificates", nested_list_value(list, &values, call->arena));
    object_builder_set(&builder, "id", value_from_str(id));
    object_builder_set(&builder, "verify_chain",
                       value_bool(object_bool(config, "verify_chain", true)));
    response->state = object_builder_value(&builder);
    return true;
}

const DataSourceType data_tls_certificate = {
    .mode = MODE_DATA,
    .name = "tls_certificate",
    .schema = {SCHEMA_ATTRIBUTES(data_certificate_attributes), SCHEMA_RULES(data_certificate_rules),
               .description =
                   "The properties of a given certificate, or of a server's certificates."},
    .read = certificate_read,
};
