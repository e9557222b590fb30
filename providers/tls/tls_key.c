/* tls_key: generates key pairs; reads private keys for their public keys. OpenSSL does not support
 * the formats of OpenSSH, so they are written and read here. */
#include "tls_key.h"

#include "base64.h"
#include "digest.h"
#include "log.h"
#include "openssl_pem.h"
#include "random.h"

#include <openssl/core_names.h>
#include <openssl/param_build.h>

typedef struct Curve {
    const char *name;
    const char *group;   /* as OpenSSL names it */
    const char *openssh; /* as OpenSSH names it; NULL: OpenSSH does not support it */
    size_t size;         /* bytes per coordinate */
} Curve;

static const Curve curves[] = {
    {"P224", "secp224r1", NULL, 28},
    {"P256", "prime256v1", "nistp256", 32},
    {"P384", "secp384r1", "nistp384", 48},
    {"P521", "secp521r1", "nistp521", 66},
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
    return openssl_pem_der_sha1(der, size, arena);
}

static EVP_PKEY *key_generate(Value planned) {
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

static void put_u32(StrBuf *buf, uint32_t number) {
    for (int shift = 24; shift >= 0; shift -= 8) {
        strbuf_add_char(buf, (char)(unsigned char)(number >> shift));
    }
}

static void put_string(StrBuf *buf, Str bytes) {
    put_u32(buf, (uint32_t)bytes.len);
    strbuf_add(buf, bytes);
}

/* Adds a positive integer (mpint): big-endian, with a zero byte before a set top bit. */
static void put_number(StrBuf *buf, EVP_PKEY *key, const char *parameter, Arena *arena) {
    BIGNUM *number = NULL;
    CHECK(EVP_PKEY_get_bn_param(key, parameter, &number) == 1);
    size_t size = (size_t)BN_num_bytes(number);
    unsigned char *bytes = arena_alloc(arena, size + 1);
    BN_bn2bin(number, bytes + 1);
    bool pad = size > 0 && (bytes[1] & 0x80) != 0;
    put_string(buf, (Str){(const char *)bytes + (pad ? 0 : 1), size + (pad ? 1 : 0)});
    BN_clear_free(number);
}

static const Curve *curve_of(EVP_PKEY *key) {
    char group[64];
    size_t size = 0;
    if (EVP_PKEY_get_group_name(key, group, sizeof group, &size) != 1)
        return NULL;
    for (size_t i = 0; i < ARRAY_COUNT(curves); i++) {
        if (curves[i].openssh && strcmp(curves[i].group, group) == 0)
            return &curves[i];
    }
    return NULL;
}

/* Returns the uncompressed point. */
static Str ec_point(EVP_PKEY *key, const Curve *curve, Arena *arena) {
    size_t size = 1 + 2 * curve->size;
    unsigned char *point = arena_alloc(arena, size);
    const char *const names[] = {OSSL_PKEY_PARAM_EC_PUB_X, OSSL_PKEY_PARAM_EC_PUB_Y};
    point[0] = 4;
    for (size_t i = 0; i < 2; i++) {
        BIGNUM *number = NULL;
        CHECK(EVP_PKEY_get_bn_param(key, names[i], &number) == 1);
        CHECK(BN_bn2binpad(number, point + 1 + i * curve->size, (int)curve->size) > 0);
        BN_free(number);
    }
    return (Str){(const char *)point, size};
}

static Str raw_public(EVP_PKEY *key, Arena *arena) {
    size_t size = 32;
    unsigned char *bytes = arena_alloc(arena, size);
    CHECK(EVP_PKEY_get_raw_public_key(key, bytes, &size) == 1);
    return (Str){(const char *)bytes, size};
}

static void put_ec_public(StrBuf *buf, EVP_PKEY *key, const Curve *curve, Arena *arena) {
    put_string(buf, str_format(arena, "ecdsa-sha2-%s", curve->openssh));
    put_string(buf, str_from_cstr(curve->openssh));
    put_string(buf, ec_point(key, curve, arena));
}

/* Returns the wire form of the public key, the input of fingerprints. Empty if OpenSSH does not
 * support the key. */
static Str public_blob(EVP_PKEY *key, Arena *arena) {
    StrBuf buf = strbuf_new(arena);
    int kind = EVP_PKEY_get_base_id(key);
    if (kind == EVP_PKEY_RSA) {
        put_string(&buf, STR("ssh-rsa"));
        put_number(&buf, key, OSSL_PKEY_PARAM_RSA_E, arena);
        put_number(&buf, key, OSSL_PKEY_PARAM_RSA_N, arena);
    } else if (kind == EVP_PKEY_ED25519) {
        put_string(&buf, STR("ssh-ed25519"));
        put_string(&buf, raw_public(key, arena));
    } else if (kind == EVP_PKEY_EC && curve_of(key)) {
        put_ec_public(&buf, key, curve_of(key), arena);
    }
    return strbuf_str(&buf);
}

/* Returns the key type, the first field of the blob. */
static Str blob_type(Str blob) {
    CHECK(blob.len > 4);
    return str_slice(blob, 4, 4 + (unsigned char)blob.ptr[3]);
}

static Str public_line(Str blob, Arena *arena) {
    Str type = blob_type(blob), text = base64_encode(blob, arena);
    return str_format(arena, "%.*s %.*s\n", STR_ARG(type), STR_ARG(text));
}

static Str sha256_fingerprint(Str blob, Arena *arena) {
    Str text = base64_encode(digest_bytes(DIGEST_SHA256, blob, arena), arena);
    while (text.len > 0 && text.ptr[text.len - 1] == '=')
        text.len--;
    return str_concat(STR("SHA256:"), text, arena);
}

static Str md5_fingerprint(Str blob, Arena *arena) {
    Str hex = digest_hex(DIGEST_MD5, blob, arena);
    StrBuf buf = strbuf_new(arena);
    for (size_t at = 0; at < hex.len; at += 2) {
        if (at > 0)
            strbuf_add_char(&buf, ':');
        strbuf_add(&buf, str_slice(hex, at, at + 2));
    }
    return strbuf_str(&buf);
}

/* A public key as text; every field is empty if OpenSSH does not support the key. */
typedef struct OpensshPublic {
    Str line;   /* such as "ssh-ed25519 AAAA…\n", of authorized_keys and host key files */
    Str md5;    /* fingerprint "aa:bb:…" */
    Str sha256; /* fingerprint "SHA256:…" */
} OpensshPublic;

static OpensshPublic openssh_public(EVP_PKEY *key, Arena *arena) {
    Str blob = public_blob(key, arena);
    if (blob.len == 0)
        return (OpensshPublic){STR_EMPTY, STR_EMPTY, STR_EMPTY};
    return (OpensshPublic){
        .line = public_line(blob, arena),
        .md5 = md5_fingerprint(blob, arena),
        .sha256 = sha256_fingerprint(blob, arena),
    };
}

static void put_private_fields(StrBuf *buf, EVP_PKEY *key, Arena *arena) {
    static const char *const rsa[] = {
        OSSL_PKEY_PARAM_RSA_N,       OSSL_PKEY_PARAM_RSA_E,
        OSSL_PKEY_PARAM_RSA_D,       OSSL_PKEY_PARAM_RSA_COEFFICIENT1,
        OSSL_PKEY_PARAM_RSA_FACTOR1, OSSL_PKEY_PARAM_RSA_FACTOR2,
    };
    int kind = EVP_PKEY_get_base_id(key);
    if (kind == EVP_PKEY_RSA) {
        put_string(buf, STR("ssh-rsa"));
        for (size_t i = 0; i < ARRAY_COUNT(rsa); i++)
            put_number(buf, key, rsa[i], arena);
    } else if (kind == EVP_PKEY_EC) {
        put_ec_public(buf, key, curve_of(key), arena);
        put_number(buf, key, OSSL_PKEY_PARAM_PRIV_KEY, arena);
    } else {
        Str public_key = raw_public(key, arena);
        unsigned char seed[32];
        size_t size = sizeof seed;
        CHECK(EVP_PKEY_get_raw_private_key(key, seed, &size) == 1);
        put_string(buf, STR("ssh-ed25519"));
        put_string(buf, public_key);
        put_string(buf, str_concat((Str){(const char *)seed, size}, public_key, arena));
    }
}

static Str armour(Str bytes, Arena *arena) {
    StrBuf buf = strbuf_new(arena);
    Str text = base64_encode(bytes, arena);
    strbuf_add_cstr(&buf, "-----BEGIN OPENSSH PRIVATE KEY-----\n");
    for (size_t at = 0; at < text.len; at += 70) {
        strbuf_add(&buf, str_slice(text, at, at + 70));
        strbuf_add_char(&buf, '\n');
    }
    strbuf_add_cstr(&buf, "-----END OPENSSH PRIVATE KEY-----\n");
    return strbuf_str(&buf);
}

/* Returns an unencrypted "OPENSSH PRIVATE KEY" file; empty if OpenSSH does not support the key. */
static Str openssh_private_file(EVP_PKEY *key, Arena *arena) {
    Str blob = public_blob(key, arena);
    if (blob.len == 0)
        return STR_EMPTY;
    StrBuf secret = strbuf_new(arena), file = strbuf_new(arena);
    uint32_t check; /* stored twice, so that a reader can verify the decryption */
    random_fill(&check, sizeof check);
    put_u32(&secret, check);
    put_u32(&secret, check);
    put_private_fields(&secret, key, arena);
    put_string(&secret, STR_EMPTY); /* comment */
    for (char pad = 1; strbuf_str(&secret).len % 8 != 0; pad++)
        strbuf_add_char(&secret, pad);

    strbuf_add(&file, (Str){"openssh-key-v1", sizeof "openssh-key-v1"}); /* with its NUL */
    put_string(&file, STR("none"));                                      /* cipher */
    put_string(&file, STR("none"));                                      /* key derivation */
    put_string(&file, STR_EMPTY);
    put_u32(&file, 1);
    put_string(&file, blob);
    put_string(&file, strbuf_str(&secret));
    return armour(strbuf_str(&file), arena);
}

static bool read_u32(Str *rest, uint32_t *out) {
    if (rest->len < 4)
        return false;
    *out = 0;
    for (size_t i = 0; i < 4; i++)
        *out = *out << 8 | (unsigned char)rest->ptr[i];
    *rest = str_after(*rest, 4);
    return true;
}

static bool key_read_string(Str *rest, Str *out) {
    uint32_t size;
    if (!read_u32(rest, &size) || rest->len < size)
        return false;
    *out = str_slice(*rest, 0, size);
    *rest = str_after(*rest, size);
    return true;
}

/* Decodes the base64 between the two PEM lines. */
static bool unarmour(Str file, Str *out, Arena *arena) {
    static const Str begin = STR_CONST("-----BEGIN OPENSSH PRIVATE KEY-----");
    static const Str end = STR_CONST("-----END OPENSSH PRIVATE KEY-----");
    size_t from = str_find(file, begin, 0);
    size_t to = from == SIZE_MAX ? SIZE_MAX : str_find(file, end, from);
    if (to == SIZE_MAX)
        return false;
    StrBuf text = strbuf_new(arena);
    for (size_t i = from + begin.len; i < to; i++) {
        if (!isspace((unsigned char)file.ptr[i]))
            strbuf_add_char(&text, file.ptr[i]);
    }
    return base64_decode(strbuf_str(&text), out, arena);
}

static EVP_PKEY *from_params(const char *type, OSSL_PARAM_BLD *build) {
    EVP_PKEY *key = NULL;
    OSSL_PARAM *params = OSSL_PARAM_BLD_to_param(build);
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_name(NULL, type, NULL);
    if (!params || !context || EVP_PKEY_fromdata_init(context) != 1 ||
        EVP_PKEY_fromdata(context, &key, EVP_PKEY_PUBLIC_KEY, params) != 1)
        key = NULL;
    EVP_PKEY_CTX_free(context);
    OSSL_PARAM_free(params);
    return key;
}

static EVP_PKEY *rsa_from_blob(Str rest) {
    Str e, n;
    if (!key_read_string(&rest, &e) || !key_read_string(&rest, &n))
        return NULL;
    OSSL_PARAM_BLD *build = OSSL_PARAM_BLD_new();
    BIGNUM *exponent = BN_bin2bn((const unsigned char *)e.ptr, (int)e.len, NULL);
    BIGNUM *modulus = BN_bin2bn((const unsigned char *)n.ptr, (int)n.len, NULL);
    CHECK(build && exponent && modulus);
    CHECK(OSSL_PARAM_BLD_push_BN(build, OSSL_PKEY_PARAM_RSA_E, exponent) == 1);
    CHECK(OSSL_PARAM_BLD_push_BN(build, OSSL_PKEY_PARAM_RSA_N, modulus) == 1);
    EVP_PKEY *key = from_params("RSA", build);
    BN_free(exponent);
    BN_free(modulus);
    OSSL_PARAM_BLD_free(build);
    return key;
}

static EVP_PKEY *ec_from_blob(Str rest) {
    Str name, point;
    if (!key_read_string(&rest, &name) || !key_read_string(&rest, &point))
        return NULL;
    const Curve *curve = NULL;
    for (size_t i = 0; i < ARRAY_COUNT(curves); i++) {
        if (curves[i].openssh && str_equal_cstr(name, curves[i].openssh))
            curve = &curves[i];
    }
    if (!curve)
        return NULL;
    OSSL_PARAM_BLD *build = OSSL_PARAM_BLD_new();
    CHECK(build);
    CHECK(OSSL_PARAM_BLD_push_utf8_string(build, OSSL_PKEY_PARAM_GROUP_NAME, curve->group, 0) == 1);
    CHECK(OSSL_PARAM_BLD_push_octet_string(build, OSSL_PKEY_PARAM_PUB_KEY, point.ptr, point.len) ==
          1);
    EVP_PKEY *key = from_params("EC", build);
    OSSL_PARAM_BLD_free(build);
    return key;
}

static EVP_PKEY *from_blob(Str blob) {
    Str type, bytes;
    if (!key_read_string(&blob, &type))
        return NULL;
    if (str_equal_cstr(type, "ssh-rsa"))
        return rsa_from_blob(blob);
    if (str_starts_with(type, STR("ecdsa-sha2-")))
        return ec_from_blob(blob);
    if (!str_equal_cstr(type, "ssh-ed25519") || !key_read_string(&blob, &bytes) || bytes.len != 32)
        return NULL;
    return EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, NULL, (const unsigned char *)bytes.ptr,
                                       bytes.len);
}

/* Returns the public key of an "OPENSSH PRIVATE KEY" file without passphrase, owned by the caller;
 * NULL if the text is no such file. */
static EVP_PKEY *openssh_read_public(Str file, Arena *arena) {
    static const Str magic = {"openssh-key-v1", sizeof "openssh-key-v1"}; /* with its NUL */
    Str rest, cipher, derivation, options, blob;
    uint32_t count;
    if (!unarmour(file, &rest, arena) || !str_starts_with(rest, magic))
        return NULL;
    rest = str_after(rest, magic.len);
    if (!key_read_string(&rest, &cipher) || !key_read_string(&rest, &derivation) ||
        !key_read_string(&rest, &options) || !read_u32(&rest, &count) ||
        !key_read_string(&rest, &blob))
        return NULL;
    return str_equal_cstr(cipher, "none") && count == 1 ? from_blob(blob) : NULL;
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
    return openssl_pem_text(bio, arena);
}

static void describe_private(ObjectBuilder *builder, EVP_PKEY *key, Arena *arena) {
    bool is_ed25519 = EVP_PKEY_get_base_id(key) == EVP_PKEY_ED25519;
    Str pkcs8 = pem(key, write_pkcs8, arena);
    Str traditional = is_ed25519 ? pkcs8 : pem(key, write_traditional, arena);
    Str openssh = openssh_private_file(key, arena);
    log_debug("tls key written", log_text("algorithm", openssl_pem_algorithm(key)),
              log_number("bits", EVP_PKEY_get_bits(key)),
              log_number("pem_bytes", (int64_t)traditional.len),
              log_number("pkcs8_bytes", (int64_t)pkcs8.len),
              log_number("openssh_bytes", (int64_t)openssh.len));
    object_builder_set(builder, "private_key_pem", value_from_str(traditional));
    object_builder_set(builder, "private_key_pem_pkcs8", value_from_str(pkcs8));
    object_builder_set(builder, "private_key_openssh", value_from_str(openssh));
}

/* Sets the encodings of the public key. Returns the hex SHA-1 of the public key in DER. */
static Str describe_public(ObjectBuilder *builder, EVP_PKEY *key, Arena *arena) {
    OpensshPublic openssh = openssh_public(key, arena);
    object_builder_set(builder, "public_key_pem", value_from_str(pem(key, write_public, arena)));
    object_builder_set(builder, "public_key_openssh", value_from_str(openssh.line));
    object_builder_set(builder, "public_key_fingerprint_md5", value_from_str(openssh.md5));
    object_builder_set(builder, "public_key_fingerprint_sha256", value_from_str(openssh.sha256));
    return public_der_digest(key, arena);
}

bool tls_key_make(Value settings, ObjectBuilder *builder, Str *id, Arena *arena, Diags *diags) {
    SCOPED(KeyRef) key = key_generate(settings);
    if (!key)
        return diags_fail(diags, NO_RANGE, "Key not created",
                          "OpenSSL rejected the key; its policy on this machine may forbid the "
                          "algorithm, the curve or the size.");
    describe_private(builder, key, arena);
    *id = describe_public(builder, key, arena);
    return true;
}

bool tls_key_complete(ObjectBuilder *builder, Str *id, Arena *arena, Diags *diags) {
    Value stored = object_builder_get(builder, "private_key_pem");
    Str text = value_is_present(stored) ? value_text(stored) : STR_EMPTY;
    SCOPED(KeyRef)
    key = openssl_pem_read_key(text, "Stored key not read", "private_key_pem", diags);
    if (!key)
        return false;
    describe_private(builder, key, arena);
    object_builder_set(builder, "private_key_pem", stored);
    *id = describe_public(builder, key, arena);
    return true;
}

static EVP_PKEY *read_private_openssh(Str text, Arena *arena, Diags *diags) {
    EVP_PKEY *key = openssh_read_public(text, arena);
    if (!key)
        diags_error(diags, NO_RANGE, "Private key not readable",
                    "The value of \"private_key_openssh\" must be an OpenSSH private key without a "
                    "passphrase, of RSA, ECDSA or Ed25519.");
    return key;
}

static EVP_PKEY *key_read_private(Value config, Arena *arena, Diags *diags) {
    static const char summary[] = "Private key not readable";
    if (object_has(config, "private_key_pem"))
        return openssl_pem_read_key(object_text(config, "private_key_pem", STR_EMPTY), summary,
                                    "private_key_pem", diags);
    Str text = object_text(config, "private_key_openssh", STR_EMPTY);
    if (str_find(text, STR("-----BEGIN OPENSSH"), 0) != SIZE_MAX)
        return read_private_openssh(text, arena, diags);
    return openssl_pem_read_key(text, summary, "private_key_openssh", diags);
}

bool tls_key_read_public(const Call *call, Value config, Value *out, Diags *diags) {
    SCOPED(KeyRef) key = key_read_private(config, call->arena, diags);
    if (!key)
        return false;
    ObjectBuilder builder = object_builder_of(config, call->arena);
    Str id = describe_public(&builder, key, call->arena);
    object_builder_set(&builder, "id", value_from_str(id));
    object_builder_set(&builder, "algorithm", value_from_str(openssl_pem_algorithm(key)));
    *out = object_builder_value(&builder);
    return true;
}
