/* rpc_tls: the certificate is what go-plugin makes: self-signed, for the name "localhost". */
#include "rpc_tls.h"

#include "random.h"

#include <errno.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

enum { SERIAL_SIZE = 16, BEFORE_SECONDS = 30, VALID_SECONDS = 365 * 24 * 3600 };

struct RpcTls {
    SSL_CTX *context;
    Str certificate; /* DER */
};

static bool tls_add_extension(X509 *certificate, int id, const char *value) {
    X509V3_CTX context;
    X509V3_set_ctx(&context, certificate, certificate, NULL, NULL, 0);
    X509_EXTENSION *extension = X509V3_EXT_conf_nid(NULL, &context, id, value);
    bool is_added = extension && X509_add_ext(certificate, extension, -1);
    X509_EXTENSION_free(extension);
    return is_added;
}

static bool tls_set_serial(X509 *certificate) {
    unsigned char bytes[SERIAL_SIZE];
    random_fill(bytes, sizeof bytes);
    bytes[0] &= 0x7F;
    BIGNUM *number = BN_bin2bn(bytes, sizeof bytes, NULL);
    bool is_set = number && BN_to_ASN1_INTEGER(number, X509_get_serialNumber(certificate));
    BN_free(number);
    return is_set;
}

static bool fill_certificate(X509 *certificate, EVP_PKEY *key) {
    static const struct {
        int id;
        const char *value;
    } extensions[] = {
        {NID_basic_constraints, "critical,CA:TRUE"},
        {NID_key_usage, "critical,digitalSignature,keyEncipherment,keyAgreement,keyCertSign"},
        {NID_ext_key_usage, "serverAuth,clientAuth"},
        {NID_subject_alt_name, "DNS:localhost"},
    };
    X509_NAME *name = X509_get_subject_name(certificate);
    bool is_made = X509_set_version(certificate, 2) && tls_set_serial(certificate) &&
                   X509_gmtime_adj(X509_getm_notBefore(certificate), -BEFORE_SECONDS) &&
                   X509_gmtime_adj(X509_getm_notAfter(certificate), VALID_SECONDS) &&
                   X509_set_pubkey(certificate, key) &&
                   X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC,
                                              (const unsigned char *)"localhost", -1, -1, 0) &&
                   X509_set_issuer_name(certificate, name);
    for (size_t i = 0; is_made && i < ARRAY_COUNT(extensions); i++)
        is_made = tls_add_extension(certificate, extensions[i].id, extensions[i].value);
    return is_made && X509_sign(certificate, key, EVP_sha256());
}

static Str tls_encode(const X509 *certificate, Arena *arena) {
    int length = i2d_X509(certificate, NULL);
    if (length <= 0)
        return STR_EMPTY;
    unsigned char *bytes = arena_alloc(arena, (size_t)length);
    unsigned char *end = bytes;
    (void)i2d_X509(certificate, &end);
    return (Str){(const char *)bytes, (size_t)length};
}

static bool use_own_certificate(RpcTls *tls, Arena *arena) {
    EVP_PKEY *key = EVP_EC_gen("P-256");
    X509 *certificate = X509_new();
    bool is_used = key && certificate && fill_certificate(certificate, key) &&
                   SSL_CTX_use_certificate(tls->context, certificate) == 1 &&
                   SSL_CTX_use_PrivateKey(tls->context, key) == 1;
    if (is_used)
        tls->certificate = tls_encode(certificate, arena);
    X509_free(certificate);
    EVP_PKEY_free(key);
    return is_used && tls->certificate.len > 0;
}

/* The certificate of the client is the whole chain, so a chain may end at any certificate. */
static bool trust_client(SSL_CTX *context, Str pem) {
    BIO *input = BIO_new_mem_buf(pem.ptr, (int)pem.len);
    X509 *certificate = input ? PEM_read_bio_X509(input, NULL, NULL, NULL) : NULL;
    X509_STORE *store = SSL_CTX_get_cert_store(context);
    bool is_trusted = certificate && X509_STORE_add_cert(store, certificate) == 1 &&
                      X509_STORE_set_flags(store, X509_V_FLAG_PARTIAL_CHAIN) == 1;
    X509_free(certificate);
    BIO_free(input);
    return is_trusted;
}

/* gRPC requires HTTP/2. */
static int choose_protocol(SSL *session, const unsigned char **out, unsigned char *out_length,
                           const unsigned char *offered, unsigned offered_length, void *payload) {
    static const unsigned char wanted[] = "\x02h2";
    (void)session, (void)payload;
    int found = SSL_select_next_proto((unsigned char **)out, out_length, wanted, sizeof wanted - 1,
                                      offered, offered_length);
    return found == OPENSSL_NPN_NEGOTIATED ? SSL_TLSEXT_ERR_OK : SSL_TLSEXT_ERR_ALERT_FATAL;
}

RpcTls *rpc_tls_open(Str client_certificate, Str *problem, Arena *arena) {
    RpcTls *tls = arena_new(arena, RpcTls);
    tls->context = SSL_CTX_new(TLS_server_method());
    bool is_made = tls->context && use_own_certificate(tls, arena);
    *problem = STR("a certificate for this process cannot be made");
    if (is_made && client_certificate.len < INT_MAX &&
        trust_client(tls->context, client_certificate)) {
        SSL_CTX_set_min_proto_version(tls->context, TLS1_2_VERSION);
        SSL_CTX_set_verify(tls->context, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, NULL);
        SSL_CTX_set_session_cache_mode(tls->context, SSL_SESS_CACHE_OFF);
        SSL_CTX_set_alpn_select_cb(tls->context, choose_protocol, NULL);
        SSL_CTX_set_mode(tls->context,
                         SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
        return tls;
    }
    if (is_made)
        *problem = STR("the environment variable PLUGIN_CLIENT_CERT holds no certificate in PEM "
                       "form");
    ERR_clear_error();
    rpc_tls_close(tls);
    return NULL;
}

void rpc_tls_close(RpcTls *tls) {
    if (tls)
        SSL_CTX_free(tls->context);
}

Str rpc_tls_certificate(const RpcTls *tls) {
    return tls->certificate;
}

SSL *rpc_tls_accept(RpcTls *tls, int socket) {
    SSL *session = SSL_new(tls->context);
    if (session && SSL_set_fd(session, socket) != 1) {
        SSL_free(session);
        return NULL;
    }
    if (session)
        SSL_set_accept_state(session);
    return session;
}

static ssize_t tls_result_of(SSL *session, int count) {
    if (count > 0)
        return count;
    int error = SSL_get_error(session, count);
    ERR_clear_error();
    return error == SSL_ERROR_WANT_READ || error == SSL_ERROR_WANT_WRITE ? -EAGAIN : 0;
}

ssize_t rpc_tls_read(SSL *session, void *out, size_t size) {
    return tls_result_of(session, SSL_read(session, out, (int)size));
}

ssize_t rpc_tls_write(SSL *session, const void *bytes, size_t size) {
    return tls_result_of(session, SSL_write(session, bytes, (int)size));
}
