/* cms_reader: messages of OpenSSL, of several sizes; every changed or missing byte is an error. */
#include "cms_reader.h"
#include "crypt_case.h"

#include <openssl/cms.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>

#define STREAMED (CMS_BINARY | CMS_PARTIAL | CMS_STREAM)
#define WHOLE    (CMS_BINARY | CMS_PARTIAL)

typedef struct MessageCase {
    Arena *arena;
    char directory[64];
    Str path;
    EVP_PKEY *key;
    X509 *certificate;
} MessageCase;

static Str bio_text(BIO *bio, Arena *arena) {
    char *bytes;
    long size = BIO_get_mem_data(bio, &bytes);
    Str text = str_clone((Str){bytes, (size_t)size}, arena);
    BIO_free(bio);
    return text;
}

static X509 *sign_certificate(EVP_PKEY *key) {
    X509 *certificate = X509_new();
    ASN1_INTEGER_set(X509_get_serialNumber(certificate), 7);
    X509_gmtime_adj(X509_getm_notBefore(certificate), 0);
    X509_gmtime_adj(X509_getm_notAfter(certificate), 3600);
    assert_int_equal(X509_NAME_add_entry_by_txt(X509_get_subject_name(certificate), "CN",
                                                MBSTRING_ASC, (const unsigned char *)"snapshots",
                                                -1, -1, 0),
                     1);
    X509_set_issuer_name(certificate, X509_get_subject_name(certificate));
    X509_set_pubkey(certificate, key);
    assert_true(X509_sign(certificate, key, EVP_sha256()) > 0);
    return certificate;
}

static MessageCase message_open(void) {
    MessageCase c = {.arena = arena_open("test"), .directory = "/tmp/cms-reader-XXXXXX"};
    assert_non_null(mkdtemp(c.directory));
    c.path = disk_join(str_from_cstr(c.directory), STR("f"), c.arena);
    c.key = EVP_RSA_gen(2048);
    c.certificate = sign_certificate(c.key);
    return c;
}

static void message_close(MessageCase *c) {
    EVP_PKEY_free(c->key);
    X509_free(c->certificate);
    assert_int_equal(disk_remove_tree(&disk_real, str_from_cstr(c->directory)), 0);
    arena_close(c->arena);
}

static Str key_pem(EVP_PKEY *key, const char *passphrase, Arena *arena) {
    BIO *bio = BIO_new(BIO_s_mem());
    const EVP_CIPHER *cipher = passphrase ? EVP_aes_128_cbc() : NULL;
    assert_int_equal(
        PEM_write_bio_PrivateKey(bio, key, cipher, NULL, 0, NULL, (void *)(uintptr_t)passphrase),
        1);
    return bio_text(bio, arena);
}

static Str certificate_pem(X509 *certificate, Arena *arena) {
    BIO *bio = BIO_new(BIO_s_mem());
    assert_int_equal(PEM_write_bio_X509(bio, certificate), 1);
    return bio_text(bio, arena);
}

/* Encrypts as the program openssl does. `padding` is that of the key. */
static Str message_of(const MessageCase *c, Str content, unsigned flags, int padding) {
    CMS_ContentInfo *cms = CMS_encrypt(NULL, NULL, EVP_aes_256_gcm(), flags);
    CMS_RecipientInfo *recipient = CMS_add1_recipient_cert(cms, c->certificate, CMS_KEY_PARAM);
    EVP_PKEY_CTX *context = CMS_RecipientInfo_get0_pkey_ctx(recipient);
    assert_int_equal(EVP_PKEY_CTX_set_rsa_padding(context, padding), 1);
    if (padding == RSA_PKCS1_OAEP_PADDING)
        assert_int_equal(EVP_PKEY_CTX_set_rsa_oaep_md(context, EVP_sha256()), 1);
    BIO *in = BIO_new_mem_buf(content.ptr, (int)content.len), *out = BIO_new(BIO_s_mem());
    if (flags & CMS_STREAM) {
        assert_int_equal(i2d_CMS_bio_stream(out, cms, in, (int)flags), 1);
    } else {
        assert_int_equal(CMS_final(cms, in, NULL, flags), 1);
        assert_int_equal(i2d_CMS_bio(out, cms), 1);
    }
    BIO_free(in);
    CMS_ContentInfo_free(cms);
    return bio_text(out, c->arena);
}

static Str bytes_of(size_t size, Arena *arena) {
    char *bytes = arena_alloc(arena, size + 1);
    for (size_t i = 0; i < size; i++)
        bytes[i] = (char)(i * 7 + i / 5000);
    return (Str){bytes, size};
}

/* Decrypts the bytes; *out is the content before the problem. */
static Str read_message(const MessageCase *c, Str bytes, Str key, Str *out) {
    CmsReader *reader;
    StrBuf content = strbuf_new(c->arena);
    bool is_end = false;
    Str piece;
    assert_int_equal(disk_real.write_file(NULL, c->path, bytes, 0600), 0);
    Str problem = cms_reader_open(&disk_real, c->path, key, &reader, c->arena);
    while (!problem.len && !is_end) {
        problem = cms_reader_next(reader, &piece, &is_end, c->arena);
        strbuf_add(&content, piece);
    }
    cms_reader_close(reader);
    *out = strbuf_str(&content);
    return problem;
}

static void test_sizes(void **) {
    static const size_t sizes[] = {1, 4096, 65535, 65536, 65537, 300000};
    static const unsigned forms[] = {STREAMED, WHOLE};
    MessageCase c = message_open();
    Str key = key_pem(c.key, NULL, c.arena), found;
    for (size_t i = 0; i < ARRAY_COUNT(sizes) * ARRAY_COUNT(forms); i++) {
        Str content = bytes_of(sizes[i / 2], c.arena);
        Str message = message_of(&c, content, forms[i % 2], RSA_PKCS1_OAEP_PADDING);
        check_str(read_message(&c, message, key, &found), "");
        assert_true(str_equal(found, content));
    }
    message_close(&c);
}

/* No changed byte of the content, of the key or of the tag, and no missing end, is accepted. A
 * changed name of the certificate is harmless. */
static void test_damage(void **) {
    MessageCase c = message_open();
    Str key = key_pem(c.key, NULL, c.arena), found;
    Str content = bytes_of(9000, c.arena);
    Str message = message_of(&c, content, STREAMED, RSA_PKCS1_OAEP_PADDING);
    size_t accepted = 0;
    for (size_t i = 0; i < message.len; i += i < 600 ? 1 : 37) {
        char *copy = (char *)(uintptr_t)str_clone(message, c.arena).ptr;
        copy[i] ^= 1;
        Str problem = read_message(&c, (Str){copy, message.len}, key, &found);
        assert_true(problem.len || str_equal(found, content));
        accepted += !problem.len;
    }
    assert_true(accepted < 100);
    for (size_t i = 0; i < message.len - 8; i += 13)
        assert_true(read_message(&c, str_slice(message, 0, i), key, &found).len > 0);
    char *copy = (char *)(uintptr_t)str_clone(message, c.arena).ptr;
    copy[message.len - 1000] ^= 1;
    check_str(read_message(&c, (Str){copy, message.len}, key, &found),
              "it is damaged: it was changed, or its end is missing");
    message_close(&c);
}

static void test_other_keys(void **) {
    MessageCase c = message_open();
    EVP_PKEY *other = EVP_RSA_gen(2048);
    Str found;
    Str message = message_of(&c, STR("content"), STREAMED, RSA_PKCS1_OAEP_PADDING);
    Str old = message_of(&c, STR("content"), STREAMED, RSA_PKCS1_PADDING);
    check_str(read_message(&c, message, key_pem(other, NULL, c.arena), &found),
              "it is encrypted for another certificate than that of the private key");
    check_str(read_message(&c, old, key_pem(c.key, NULL, c.arena), &found),
              "it is encrypted for another certificate than that of the private key");
    check_str(read_message(&c, message, key_pem(c.key, "passphrase", c.arena), &found),
              "the private key is not an RSA key in PEM without a passphrase");
    check_str(read_message(&c, STR("text"), key_pem(c.key, NULL, c.arena), &found),
              "it is not a CMS message with AES-256-GCM, as the schedule of kubeadm_etcd_snapshot "
              "writes it");
    EVP_PKEY_free(other);
    message_close(&c);
}

static void test_checks(void **) {
    MessageCase c = message_open();
    EVP_PKEY *weak = EVP_RSA_gen(1024), *curve = EVP_EC_gen("P-256");
    X509 *of_curve = sign_certificate(curve);
    Str good = key_pem(c.key, NULL, c.arena);
    check_str(cms_reader_check_key(value_from_str(good), c.arena), "");
    assert_true(cms_reader_check_key(value_from_str(key_pem(weak, NULL, c.arena)), c.arena).len >
                0);
    assert_true(cms_reader_check_key(value_from_str(key_pem(curve, NULL, c.arena)), c.arena).len >
                0);
    assert_true(
        cms_reader_check_key(value_from_str(key_pem(c.key, "secret", c.arena)), c.arena).len > 0);
    check_str(cms_reader_check_certificate(value_from_str(certificate_pem(c.certificate, c.arena)),
                                           c.arena),
              "");
    assert_true(
        cms_reader_check_certificate(value_from_str(certificate_pem(of_curve, c.arena)), c.arena)
            .len > 0);
    assert_true(cms_reader_check_certificate(value_from_str(good), c.arena).len > 0);
    cms_reader_close(NULL);
    X509_free(of_curve);
    EVP_PKEY_free(weak);
    EVP_PKEY_free(curve);
    message_close(&c);
}

UNIT_MAIN(test_cms_reader) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sizes),
        cmocka_unit_test(test_damage),
        cmocka_unit_test(test_other_keys),
        cmocka_unit_test(test_checks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
