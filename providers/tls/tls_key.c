/* tls_key: generates key pairs. */
#include "tls_key.h"

#include "tls_openssh.h"
#include "tls_openssl.h"

typedef struct Curve {
    const char *name;
    const char *group;
} Curve;

static const Curve curves[] = {
    {"P224", "secp224r1" },
    {"P256", "prime256v1"},
    {"P384", "secp384r1" },
    {"P521", "secp521r1" },
};

Str tls_key_check_bits(Value value, Arena *arena) {
    int64_t bits;
    if (value_to_int(value, &bits) && bits >= 1024 && bits <= 16384)
        return STR_EMPTY;
    return str_format(arena, "An RSA key must have 1024 to 16384 bits.");
}

static Str public_der_digest(EVP_PKEY *key, Arena *arena) {
    unsigned char *der = NULL;
    int size = i2d_PUBKEY(key, &der);
    return tls_openssl_der_sha1(der, size, arena);
}

static EVP_PKEY *generate(Value planned) {
    Str algorithm = object_text(planned, "algorithm", STR_EMPTY);
    if (str_equal_cstr(algorithm, "RSA")) {
        return EVP_PKEY_Q_keygen(NULL, NULL, "RSA", (size_t)object_int(planned, "rsa_bits", 2048));
    }
    if (str_equal_cstr(algorithm, "ED25519"))
        return EVP_PKEY_Q_keygen(NULL, NULL, "ED25519");
    Str curve = object_text(planned, "ecdsa_curve", STR("P224"));
    for (size_t i = 0; i < ARRAY_COUNT(curves); i++) {
        if (!str_equal_cstr(curve, curves[i].name))
            continue;
        return EVP_PKEY_Q_keygen(NULL, NULL, "EC", curves[i].group);
    }
    return NULL;
}

typedef int (*PemWriter)(BIO *bio, EVP_PKEY *key);

static int write_traditional(BIO *bio, EVP_PKEY *key) {
    return PEM_write_bio_PrivateKey_traditional(bio, key, NULL, NULL, 0, NULL, NULL);
}

static int write_pkcs8(BIO *bio, EVP_PKEY *key) {
    return PEM_write_bio_PKCS8PrivateKey(bio, key, NULL, NULL, 0, NULL, NULL);
}

static int write_public(BIO *bio, EVP_PKEY *key) {
    return PEM_write_bio_PUBKEY(bio, key);
}

static Str pem(EVP_PKEY *key, PemWriter writer, Arena *arena) {
    SCOPED(BioRef) bio = BIO_new(BIO_s_mem());
    CHECK(bio && writer(bio, key) == 1);
    return tls_openssl_text(bio, arena);
}

static void describe_private(ObjectBuilder *builder, EVP_PKEY *key, Arena *arena) {
    bool is_ed25519 = EVP_PKEY_get_base_id(key) == EVP_PKEY_ED25519;
    Str pkcs8 = pem(key, write_pkcs8, arena);
    Str traditional = is_ed25519 ? pkcs8 : pem(key, write_traditional, arena);
    Str openssh = tls_openssh_private_file(key, arena);
    object_builder_set(builder, "private_key_pem", value_from_str(traditional));
    object_builder_set(builder, "private_key_pem_pkcs8", value_from_str(pkcs8));
    object_builder_set(builder, "private_key_openssh", value_from_str(openssh));
}

Str tls_key_describe_public(ObjectBuilder *builder, EVP_PKEY *key, Arena *arena) {
    TlsOpensshPublic openssh = tls_openssh_public(key, arena);
    object_builder_set(builder, "public_key_pem", value_from_str(pem(key, write_public, arena)));
    object_builder_set(builder, "public_key_openssh", value_from_str(openssh.line));
    object_builder_set(builder, "public_key_fingerprint_md5", value_from_str(openssh.md5));
    object_builder_set(builder, "public_key_fingerprint_sha256", value_from_str(openssh.sha256));
    return public_der_digest(key, arena);
}

bool tls_key_make(Value settings, ObjectBuilder *builder, Str *id, Arena *arena, Diags *diags) {
    SCOPED(KeyRef) key = generate(settings);
    if (!key) {
        diags_error(diags, NO_RANGE, "Key not created",
                    "OpenSSL rejected the key; its policy on this machine may forbid the "
                    "algorithm, the curve or the size.");
        return false;
    }
    describe_private(builder, key, arena);
    *id = tls_key_describe_public(builder, key, arena);
    return true;
}

bool tls_key_complete(ObjectBuilder *builder, Str *id, Arena *arena, Diags *diags) {
    Value stored = object_builder_get(builder, "private_key_pem");
    Str text = value_is_present(stored) ? value_text(stored) : STR_EMPTY;
    SCOPED(KeyRef)
    key = tls_openssl_read_key(text, "Stored key not read", "private_key_pem", diags);
    if (!key)
        return false;
    describe_private(builder, key, arena);
    object_builder_set(builder, "private_key_pem", stored);
    *id = tls_key_describe_public(builder, key, arena);
    return true;
}
