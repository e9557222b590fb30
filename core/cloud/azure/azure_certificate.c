/* azure_certificate: OpenSSL decrypts the file. */
#include "azure_certificate.h"
#include "problem.h"

#include <limits.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/pkcs12.h>

typedef struct Pfx {
    BIO *bio;
    PKCS12 *file;
    EVP_PKEY *key;
    X509 *certificate;
} Pfx;

static void certificate_release_pfx(Pfx *pfx) {
    BIO_free(pfx->bio);
    PKCS12_free(pfx->file);
    EVP_PKEY_free(pfx->key);
    X509_free(pfx->certificate);
    ERR_clear_error();
}
SCOPED_TYPE(Pfx, certificate_release_pfx);

/* Moves the bytes of the BIO to a text. */
static Str certificate_take(BIO *bio, Arena *arena) {
    char *text = NULL;
    long size = BIO_get_mem_data(bio, &text);
    Str out = str_clone((Str){text, size > 0 ? (size_t)size : 0}, arena);
    if (size > 0)
        OPENSSL_cleanse(text, (size_t)size);
    (void)BIO_reset(bio);
    return out;
}

bool azure_certificate_read(Str bytes, Str password, AzureCertificate *out, Str *problem,
                            Arena *arena) {
    SCOPED(Pfx) pfx = {.bio = BIO_new(BIO_s_mem())};
    const unsigned char *start = (const unsigned char *)bytes.ptr;
    pfx.file = bytes.len > LONG_MAX ? NULL : d2i_PKCS12(NULL, &start, (long)bytes.len);
    if (!pfx.bio || !pfx.file)
        return problem_text(problem, "the client certificate is not a PKCS #12 file");
    if (PKCS12_parse(pfx.file, str_to_cstr(password, arena), &pfx.key, &pfx.certificate, NULL) != 1)
        return problem_text(problem,
                            "the client certificate cannot be decrypted: the password is wrong, or "
                            "the file uses an old cipher. Write it anew with \"openssl pkcs12\"");
    if (!pfx.key || !pfx.certificate)
        return problem_text(problem, "the PKCS #12 file lacks the private key or the certificate");
    if (PEM_write_bio_PrivateKey(pfx.bio, pfx.key, NULL, NULL, 0, NULL, NULL) != 1)
        return problem_text(problem, "the private key of the client certificate cannot be used");
    out->key = certificate_take(pfx.bio, arena);
    if (PEM_write_bio_X509(pfx.bio, pfx.certificate) != 1)
        return problem_text(problem, "the client certificate cannot be used");
    out->certificate = certificate_take(pfx.bio, arena);
    return true;
}
