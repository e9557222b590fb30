/* tls_issue: certificates as OpenSSL reads them, and their renewal. */
#include "openssl_pem.h"
#include "resource_case.h"
#include "str_quote.h"
#include "tls_provider.h"

static Str quoted(ResourceCase *c, const char *name) {
    return str_quote(case_text(c, name), c->arena);
}

typedef struct Keys {
    ResourceCase key;
    Str pem;
} Keys;

static Keys new_key(const char *json) {
    Keys keys = {.key = case_open(&tls_private_key)};
    check_done(&keys.key, case_apply(&keys.key, json));
    keys.pem = quoted(&keys.key, "private_key_pem");
    return keys;
}

static X509 *certificate_of(ResourceCase *c) {
    Diags diags = diags_new(c->arena);
    return openssl_pem_read_certificate(case_text(c, "cert_pem"), "bad", "cert_pem", &diags);
}

static void check_self_signed(const char *key_json) {
    Keys keys = new_key(key_json);
    ResourceCase c = case_open(&tls_self_signed_cert);
    Str json = str_format(
        c.arena,
        "{\"private_key_pem\":%.*s,\"validity_period_hours\":12,\"allowed_uses\":[\"server_auth\","
        "\"cert_signing\"],\"is_ca_certificate\":true,\"max_path_length\":0,"
        "\"set_authority_key_id\":true,\"dns_names\":[\"a.example\"],\"ip_addresses\":[\"::1\"],"
        "\"subject\":[{\"common_name\":\"a.example\"}]}",
        STR_ARG(keys.pem));
    check_done(&c, case_validate(&c, str_to_cstr(json, c.arena)));
    check_done(&c, case_apply(&c, str_to_cstr(json, c.arena)));
    assert_true(case_is_settled(&c, str_to_cstr(json, c.arena)));
    SCOPED(CertificateRef) certificate = certificate_of(&c);
    assert_non_null(certificate);
    assert_int_equal(X509_verify(certificate, X509_get0_pubkey(certificate)), 1);
    assert_int_equal(X509_check_host(certificate, "a.example", 0, 0, NULL), 1);
    assert_int_equal(X509_check_ip_asc(certificate, "::1", 0), 1);
    assert_int_equal(X509_check_ca(certificate), 1);
    assert_int_equal(X509_get_pathlen(certificate), 0);
    assert_non_null(X509_get0_authority_key_id(certificate));
    assert_int_equal(X509_get_key_usage(certificate), KU_KEY_CERT_SIGN);
    case_close(&c);
    case_close(&keys.key);
}

static void test_self_signed(void **) {
    check_self_signed("{\"algorithm\":\"RSA\"}");
    check_self_signed("{\"algorithm\":\"ED25519\"}");
    check_self_signed("{\"algorithm\":\"ECDSA\"}");
    check_self_signed("{\"algorithm\":\"ECDSA\",\"ecdsa_curve\":\"P521\"}");
}

static int64_t now_ms;

static int64_t fixed_now(void *) {
    return now_ms;
}

static void test_renewal(void **) {
    Keys keys = new_key("{\"algorithm\":\"ED25519\"}");
    ResourceCase c = case_open(&tls_self_signed_cert);
    Clock clock = clock_real;
    clock.now_ms = fixed_now;
    c.io.clock = &clock;
    now_ms = INT64_C(1700000000000);
    Str text = str_format(c.arena,
                          "{\"private_key_pem\":%.*s,\"validity_period_hours\":12,"
                          "\"allowed_uses\":[],\"early_renewal_hours\":2}",
                          STR_ARG(keys.pem));
    const char *json = str_to_cstr(text, c.arena);
    check_done(&c, case_apply(&c, json));
    assert_true(case_is_settled(&c, json));
    now_ms += INT64_C(10) * 3600 * 1000 - 1000;
    assert_true(case_is_settled(&c, json));
    now_ms += 1000;
    check_done(&c, case_plan(&c, json));
    assert_int_equal(c.plan.requires_replace.count, 1);
    check_done(&c, case_read(&c));
    assert_true(value_is_true(case_attribute(&c, "ready_for_renewal")));
    case_close(&c);
    case_close(&keys.key);
}

static void test_locally_signed(void **state) {
    (void)state;
    Keys keys = new_key("{\"algorithm\":\"ED25519\"}"), others = new_key("{\"algorithm\":\"RSA\"}");
    ResourceCase ca = case_open(&tls_self_signed_cert), request = case_open(&tls_cert_request),
                 c = case_open(&tls_locally_signed_cert);
    Str json = str_format(c.arena,
                          "{\"private_key_pem\":%.*s,\"validity_period_hours\":1,\"allowed_uses\":["
                          "],\"is_ca_certificate\":true,\"subject\":[{\"organization\":\"o\"}]}",
                          STR_ARG(keys.pem));
    check_done(&ca, case_apply(&ca, str_to_cstr(json, c.arena)));
    json = str_format(c.arena,
                      "{\"private_key_pem\":%.*s,\"dns_names\":[\"b.example\"],\"subject\":[{"
                      "\"common_name\":\"b\"}]}",
                      STR_ARG(others.pem));
    check_done(&request, case_apply(&request, str_to_cstr(json, c.arena)));
    const char *form =
        "{\"cert_request_pem\":%.*s,\"ca_cert_pem\":%.*s,\"ca_private_key_pem\":%.*s,"
        "\"validity_period_hours\":1,\"allowed_uses\":[\"client_auth\"]}";
    Str request_pem = quoted(&request, "cert_request_pem"), ca_pem = quoted(&ca, "cert_pem");
    json = str_format(c.arena, form, STR_ARG(request_pem), STR_ARG(ca_pem), STR_ARG(keys.pem));
    check_done(&c, case_apply(&c, str_to_cstr(json, c.arena)));
    SCOPED(CertificateRef) made = certificate_of(&c);
    SCOPED(CertificateRef) issuer = certificate_of(&ca);
    assert_int_equal(X509_verify(made, X509_get0_pubkey(issuer)), 1);
    assert_int_equal(X509_check_issued(issuer, made), X509_V_OK);
    assert_int_equal(X509_check_host(made, "b.example", 0, 0, NULL), 1);
    c.state = value_null(c.state.type);
    json = str_format(c.arena, form, STR_ARG(request_pem), STR_ARG(ca_pem), STR_ARG(others.pem));
    assert_false(case_apply(
        &c, str_to_cstr(json, c.arena))); /* the key is not the certificate authority's */
    case_close(&c);
    case_close(&request);
    case_close(&ca);
    case_close(&others.key);
    case_close(&keys.key);
}

UNIT_MAIN(test_tls_issue) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_self_signed),
        cmocka_unit_test(test_renewal),
        cmocka_unit_test(test_locally_signed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
