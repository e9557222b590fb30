/* jwt: header and claims as base64url, and their RSA signature. */
#include "jwt.h"
#include "base64.h"
#include "json_writer.h"
#include "problem.h"

#include <limits.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#define KEY_BITS_MIN 2048 /* RFC 7518, section 3.3 */

typedef BIO *Bio;
static void jwt_release_bio(Bio *bio) {
    BIO_free(*bio);
}
SCOPED_TYPE(Bio, jwt_release_bio);

typedef EVP_PKEY *JwtKey;
static void release_key(JwtKey *key) {
    EVP_PKEY_free(*key);
}
SCOPED_TYPE(JwtKey, release_key);

typedef EVP_MD_CTX *JwtDigest;
static void release_digest(JwtDigest *digest) {
    EVP_MD_CTX_free(*digest);
}
SCOPED_TYPE(JwtDigest, release_digest);

typedef X509 *JwtCertificate;
static void release_certificate(JwtCertificate *certificate) {
    X509_free(*certificate);
}
SCOPED_TYPE(JwtCertificate, release_certificate);

/* Without it, OpenSSL would ask for a passphrase on the terminal. */
static int refuse_passphrase(char *, int, int, void *) {
    return -1;
}

static BIO *jwt_open_text(Str text) {
    return text.len > INT_MAX ? NULL : BIO_new_mem_buf(text.ptr, (int)text.len);
}

static bool read_key(Str pem, JwtKey *out, Str *problem) {
    SCOPED(Bio) bio = jwt_open_text(pem);
    *out = bio ? PEM_read_bio_PrivateKey(bio, NULL, refuse_passphrase, NULL) : NULL;
    if (!*out)
        return problem_text(problem, "the private key is not a PEM key without a passphrase");
    if (EVP_PKEY_get_base_id(*out) != EVP_PKEY_RSA)
        return problem_text(problem, "the private key is not an RSA key");
    if (EVP_PKEY_get_bits(*out) < KEY_BITS_MIN)
        return problem_text(problem, "the private key has fewer than 2048 bits");
    return true;
}

/* Returns the value of `x5t#S256`: the digest of the certificate in DER. */
static bool jwt_thumbprint(Str pem, Str *out, Str *problem, Arena *arena) {
    SCOPED(Bio) bio = jwt_open_text(pem);
    SCOPED(JwtCertificate)
    certificate = bio ? PEM_read_bio_X509(bio, NULL, refuse_passphrase, NULL) : NULL;
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned size = sizeof digest;
    if (!certificate || X509_digest(certificate, EVP_sha256(), digest, &size) != 1)
        return problem_text(problem, "the certificate is not a PEM certificate");
    *out = base64_url_encode((Str){(const char *)digest, size}, arena);
    return true;
}

static bool jwt_header(const JwtRequest *request, Str *out, Str *problem, Arena *arena) {
    StrBuf text = strbuf_new(arena);
    Str thumbprint = STR_EMPTY;
    JsonWriter writer;
    if (request->certificate.len &&
        !jwt_thumbprint(request->certificate, &thumbprint, problem, arena))
        return false;
    json_writer_init(&writer, &text, 0);
    json_object_start(&writer);
    json_key_string(&writer, "alg", STR("RS256"));
    json_key_string(&writer, "typ", STR("JWT"));
    if (request->key_id.len)
        json_key_string(&writer, "kid", request->key_id);
    if (thumbprint.len)
        json_key_string(&writer, "x5t#S256", thumbprint);
    json_object_end(&writer);
    *out = strbuf_str(&text);
    return true;
}

static bool jwt_signature(EVP_PKEY *key, Str text, Str *out, Str *problem, Arena *arena) {
    SCOPED(JwtDigest) digest = EVP_MD_CTX_new();
    size_t size = (size_t)EVP_PKEY_get_size(key);
    unsigned char *bytes = arena_alloc(arena, size);
    if (!digest || EVP_DigestSignInit(digest, NULL, EVP_sha256(), NULL, key) != 1 ||
        EVP_DigestSign(digest, bytes, &size, (const unsigned char *)text.ptr, text.len) != 1)
        return problem_text(problem, "the private key cannot sign");
    *out = (Str){(const char *)bytes, size};
    return true;
}

bool jwt_sign(const JwtRequest *request, Str *out, Str *problem, Arena *arena) {
    SCOPED(JwtKey) key = NULL;
    Str header, signature;
    if (!read_key(request->key, &key, problem) || !jwt_header(request, &header, problem, arena))
        return false;
    header = base64_url_encode(header, arena);
    Str claims = base64_url_encode(request->claims, arena);
    Str text = str_format(arena, "%.*s.%.*s", STR_ARG(header), STR_ARG(claims));
    if (!jwt_signature(key, text, &signature, problem, arena))
        return false;
    signature = base64_url_encode(signature, arena);
    *out = str_format(arena, "%.*s.%.*s", STR_ARG(text), STR_ARG(signature));
    return true;
}
