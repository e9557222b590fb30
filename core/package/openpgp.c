/* Splits armor and packets; OpenSSL verifies. */
#include "openpgp.h"

#include "base64.h"
#include "digest.h"
#include "hex.h"
#include "problem.h"
#include "vec.h"

#include <openssl/core_names.h>
#include <openssl/dsa.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <openssl/rsa.h>

enum {
    TYPE_CERTIFICATION = 0x10, /* up to 0x13: of a user by a key */
    TYPE_CERTIFICATION_LAST = 0x13,
    TYPE_BINDING = 0x18, /* of a subkey */
    TYPE_DIRECT = 0x1f,  /* of a key itself */
    TAG_SIGNATURE = 2,
    TAG_KEY = 6,
    TAG_SUBKEY = 14,
    ALGORITHM_RSA = 1,
    ALGORITHM_RSA_SIGN = 3,
    ALGORITHM_DSA = 17,
    ALGORITHM_ECDSA = 19,
    ALGORITHM_EDDSA = 22,   /* with the curve as an object identifier */
    ALGORITHM_ED25519 = 27, /* RFC 9580 */
    ED25519_SIZE = 32,
    RSA_BITS_MIN = 2048,
    RSA_BITS_MAX = 16384,
    FINGERPRINT_SIZE = 20,
};

/* Bytes that remain to be read. Reading beyond the end sets is_bad. */
typedef struct Bytes {
    Str rest;
    bool is_bad;
} Bytes;

typedef struct Packet {
    int tag;
    Str body;
} Packet;

typedef struct Signature {
    int algorithm;
    const EVP_MD *digest;
    Str hashed; /* from the version to the last hashed subpacket */
    Str issuer; /* key ID, 8 bytes; empty: not named */
    uint32_t created;
    uint32_t lifetime;     /* in seconds; 0: never expires */
    uint32_t key_lifetime; /* of the key that a certification is about; 0: never expires */
    Str values;            /* of the algorithm */
} Signature;

static Str openpgp_take(Bytes *bytes, size_t count) {
    if (bytes->rest.len < count) {
        bytes->is_bad = true;
        bytes->rest = STR_EMPTY;
        return STR_EMPTY;
    }
    Str taken = str_slice(bytes->rest, 0, count);
    bytes->rest = str_after(bytes->rest, count);
    return taken;
}

static uint32_t take_number(Bytes *bytes, size_t count) {
    Str taken = openpgp_take(bytes, count);
    uint32_t number = 0;
    for (size_t i = 0; i < taken.len; i++)
        number = number << 8 | (unsigned char)taken.ptr[i];
    return number;
}

/* Reads a multiprecision integer, as bytes without leading zeros. */
static Str take_integer(Bytes *bytes) {
    return openpgp_take(bytes, ((size_t)take_number(bytes, 2) + 7) / 8);
}

/* Reads the length of a packet in the new format, or of a subpacket. Partial lengths are bad. */
static uint32_t take_length(Bytes *bytes, bool is_subpacket) {
    uint32_t first = take_number(bytes, 1);
    if (first < 192)
        return first;
    if (first == 255)
        return take_number(bytes, 4);
    if (first < 224 || is_subpacket)
        return ((first - 192) << 8) + take_number(bytes, 1) + 192;
    bytes->is_bad = true;
    return 0;
}

static bool next_packet(Bytes *bytes, Packet *out) {
    if (bytes->rest.len == 0 || bytes->is_bad)
        return false;
    uint32_t head = take_number(bytes, 1);
    uint32_t length = 0;
    out->tag = (int)(head & 0x40 ? head & 0x3f : head >> 2 & 0x0f);
    if (head & 0x40)
        length = take_length(bytes, false);
    else if ((head & 3) == 3)
        bytes->is_bad = true;
    else
        length = take_number(bytes, (size_t)1 << (head & 3));
    bytes->is_bad = bytes->is_bad || !(head & 0x80);
    out->body = openpgp_take(bytes, length);
    return !bytes->is_bad;
}

/* Decodes the first block of ASCII armor; returns other bytes unchanged. */
static bool remove_armor(Str *text, Str *after, Arena *arena) {
    StrBuf packed = strbuf_new(arena);
    Str rest = *text;
    Str line;
    bool is_body = false;
    size_t start = str_find(rest, STR("-----BEGIN PGP "), 0);
    *after = STR_EMPTY;
    if (start == SIZE_MAX)
        return true;
    rest = str_after(rest, start);
    for (bool is_first = true; str_next_field(&rest, '\n', &line); is_first = false) {
        line = str_trim(line);
        if (str_starts_with(line, STR("-----END ")))
            break;
        if (line.len == 0)
            is_body = true;
        else if (is_body && line.ptr[0] == '=')
            continue; /* the checksum; it protects against nothing that the signature does not */
        else if (is_body && !is_first)
            strbuf_add(&packed, line);
    }
    *after = rest;
    return base64_decode(strbuf_str(&packed), text, arena);
}

static const EVP_MD *openpgp_digest_of(uint32_t number) {
    switch (number) {
    case 8: return EVP_sha256();
    case 9: return EVP_sha384();
    case 10: return EVP_sha512();
    default: return NULL;
    }
}

/* Reads subpackets for the issuer and the dates. Returns false if one is malformed, or critical and
 * unknown unless `accepts_all`. */
static bool read_subpackets(Str text, bool accepts_all, Signature *out) {
    Bytes bytes = {.rest = text};
    while (bytes.rest.len > 0 && !bytes.is_bad) {
        Bytes packet = {.rest = openpgp_take(&bytes, take_length(&bytes, true))};
        uint32_t type = take_number(&packet, 1);
        switch (type & 0x7f) {
        case 2: out->created = take_number(&packet, 4); break;
        case 3: out->lifetime = take_number(&packet, 4); break;
        case 9: out->key_lifetime = take_number(&packet, 4); break;
        case 26:
        case 28: break; /* policy, user */
        case 16: out->issuer = openpgp_take(&packet, 8); break;
        case 33:
            if (packet.rest.len == 1 + FINGERPRINT_SIZE && packet.rest.ptr[0] == 4)
                out->issuer = str_after(packet.rest, packet.rest.len - 8);
            break;
        default:
            if ((type & 0x80) && !accepts_all)
                return false;
        }
        if (packet.is_bad)
            return false;
    }
    return !bytes.is_bad;
}

static bool parse_signature(Str body, Signature *out, Str *problem) {
    Bytes bytes = {.rest = body};
    uint32_t version = take_number(&bytes, 1);
    uint32_t type = take_number(&bytes, 1);
    if (version != 4 || type != 0)
        return problem_text(problem, "it is not a signature of version 4 for binary data");
    out->algorithm = (int)take_number(&bytes, 1);
    out->digest = openpgp_digest_of(take_number(&bytes, 1));
    if (!out->digest)
        return problem_text(problem, "it does not use SHA-256, SHA-384 or SHA-512");
    Str hashed = openpgp_take(&bytes, take_number(&bytes, 2));
    out->hashed = str_slice(body, 0, 6 + hashed.len);
    Str unhashed = openpgp_take(&bytes, take_number(&bytes, 2));
    (void)openpgp_take(&bytes, 2); /* the first bytes of the digest */
    out->values = bytes.rest;
    bool ok = !bytes.is_bad && read_subpackets(unhashed, false, out);
    out->created = out->lifetime = 0; /* only the hashed dates are signed */
    if (!ok || !read_subpackets(hashed, false, out))
        return problem_text(problem, "it is malformed or has an unknown critical subpacket");
    return true;
}

/* Returns the fingerprint of a key of version 4. */
static Str fingerprint_of(Str body, Arena *arena) {
    char head[] = {(char)0x99, (char)(body.len >> 8), (char)body.len};
    Str whole = str_concat((Str){head, sizeof head}, body, arena);
    return digest_bytes(DIGEST_SHA1, whole, arena);
}

/* Returns NULL if the parameters are no public key of that type. Frees `builder`. */
static EVP_PKEY *key_of_params(const char *type, OSSL_PARAM_BLD *builder) {
    EVP_PKEY *key = NULL;
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_name(NULL, type, NULL);
    OSSL_PARAM *params = OSSL_PARAM_BLD_to_param(builder);
    if (context && params && EVP_PKEY_fromdata_init(context) > 0)
        (void)EVP_PKEY_fromdata(context, &key, EVP_PKEY_PUBLIC_KEY, params);
    OSSL_PARAM_free(params);
    OSSL_PARAM_BLD_free(builder);
    EVP_PKEY_CTX_free(context);
    return key;
}

static EVP_PKEY *openpgp_rsa_key(Bytes *bytes) {
    Str n = take_integer(bytes);
    Str e = take_integer(bytes);
    EVP_PKEY *key = NULL;
    if (bytes->is_bad || n.len * 8 < RSA_BITS_MIN || n.len * 8 > RSA_BITS_MAX || e.len == 0 ||
        e.len > 8)
        return NULL;
    BIGNUM *modulus = BN_bin2bn((const unsigned char *)n.ptr, (int)n.len, NULL);
    BIGNUM *exponent = BN_bin2bn((const unsigned char *)e.ptr, (int)e.len, NULL);
    OSSL_PARAM_BLD *builder = OSSL_PARAM_BLD_new();
    if (modulus && exponent && builder &&
        OSSL_PARAM_BLD_push_BN(builder, OSSL_PKEY_PARAM_RSA_N, modulus) &&
        OSSL_PARAM_BLD_push_BN(builder, OSSL_PKEY_PARAM_RSA_E, exponent))
        key = key_of_params("RSA", builder);
    else
        OSSL_PARAM_BLD_free(builder);
    BN_free(modulus);
    BN_free(exponent);
    return key;
}

static size_t bits_of(Str number) {
    return number.len == 0
               ? 0
               : (size_t)BN_num_bits_word((unsigned char)number.ptr[0]) + 8 * (number.len - 1);
}

/* FIPS 186-3 defines these sizes; sizes with a smaller prime are too weak. */
static bool is_dsa_size(size_t p_bits, size_t q_bits) {
    return (p_bits == 2048 && (q_bits == 224 || q_bits == 256)) ||
           (p_bits == 3072 && q_bits == 256);
}

/* Sets *cut to the size of q, to which the digest is cut. */
static EVP_PKEY *dsa_key(Bytes *bytes, size_t *cut) {
    static const char *const names[] = {OSSL_PKEY_PARAM_FFC_P, OSSL_PKEY_PARAM_FFC_Q,
                                        OSSL_PKEY_PARAM_FFC_G, OSSL_PKEY_PARAM_PUB_KEY};
    BIGNUM *numbers[ARRAY_COUNT(names)] = {0};
    Str texts[ARRAY_COUNT(names)];
    EVP_PKEY *key = NULL;
    for (size_t i = 0; i < ARRAY_COUNT(names); i++)
        texts[i] = take_integer(bytes);
    *cut = texts[1].len;
    if (bytes->is_bad || !is_dsa_size(bits_of(texts[0]), bits_of(texts[1])) ||
        texts[2].len > texts[0].len || texts[3].len > texts[0].len)
        return NULL;
    OSSL_PARAM_BLD *builder = OSSL_PARAM_BLD_new();
    bool ok = builder != NULL;
    for (size_t i = 0; i < ARRAY_COUNT(names) && ok; i++) {
        numbers[i] = BN_bin2bn((const unsigned char *)texts[i].ptr, (int)texts[i].len, NULL);
        ok = numbers[i] && OSSL_PARAM_BLD_push_BN(builder, names[i], numbers[i]);
    }
    if (ok)
        key = key_of_params("DSA", builder);
    else
        OSSL_PARAM_BLD_free(builder);
    for (size_t i = 0; i < ARRAY_COUNT(names); i++)
        BN_free(numbers[i]);
    return key;
}

static EVP_PKEY *ecdsa_key(Bytes *bytes) {
    static const struct {
        Str identifier;
        const char *name;
    } curves[] = {
        {STR_CONST("\x2a\x86\x48\xce\x3d\x03\x01\x07"), "P-256"},
        {STR_CONST("\x2b\x81\x04\x00\x22"), "P-384"},
        {STR_CONST("\x2b\x81\x04\x00\x23"), "P-521"},
    };
    Str identifier = openpgp_take(bytes, take_number(bytes, 1));
    Str point = take_integer(bytes);
    if (bytes->is_bad || point.len == 0 || point.ptr[0] != 4)
        return NULL;
    for (size_t i = 0; i < ARRAY_COUNT(curves); i++) {
        OSSL_PARAM_BLD *builder =
            str_equal(identifier, curves[i].identifier) ? OSSL_PARAM_BLD_new() : NULL;
        if (!builder)
            continue;
        if (OSSL_PARAM_BLD_push_utf8_string(builder, OSSL_PKEY_PARAM_GROUP_NAME, curves[i].name,
                                            0) &&
            OSSL_PARAM_BLD_push_octet_string(builder, OSSL_PKEY_PARAM_PUB_KEY, point.ptr,
                                             point.len))
            return key_of_params("EC", builder);
        OSSL_PARAM_BLD_free(builder);
    }
    return NULL;
}

static EVP_PKEY *ed25519_key(Bytes *bytes, int algorithm) {
    static const unsigned char curve[] = {9, 0x2b, 6, 1, 4, 1, 0xda, 0x47, 0x0f, 1};
    Str point;
    if (algorithm == ALGORITHM_ED25519) {
        point = openpgp_take(bytes, ED25519_SIZE);
    } else {
        Str identifier = openpgp_take(bytes, sizeof curve);
        point = take_integer(bytes);
        if (bytes->is_bad || memcmp(identifier.ptr, curve, sizeof curve) != 0 ||
            point.len != ED25519_SIZE + 1 || point.ptr[0] != 0x40)
            return NULL;
        point = str_after(point, 1);
    }
    return bytes->is_bad ? NULL
                         : EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, NULL,
                                                       (const unsigned char *)point.ptr, point.len);
}

/* Copies a number to the end of a zeroed field. */
static bool put_right(char *field, size_t size, Str number) {
    if (number.len > size)
        return false;
    memcpy(field + (size - number.len), number.ptr, number.len);
    return true;
}

static Str digest_of_signed(const Signature *signature, Str data, Arena *arena) {
    unsigned char *sum = arena_alloc(arena, EVP_MAX_MD_SIZE);
    unsigned length = 0;
    size_t size = signature->hashed.len;
    unsigned char trailer[] = {4,
                               0xff,
                               (unsigned char)(size >> 24),
                               (unsigned char)(size >> 16),
                               (unsigned char)(size >> 8),
                               (unsigned char)size};
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    bool ok = context && EVP_DigestInit_ex(context, signature->digest, NULL) &&
              EVP_DigestUpdate(context, data.ptr, data.len) &&
              EVP_DigestUpdate(context, signature->hashed.ptr, signature->hashed.len) &&
              EVP_DigestUpdate(context, trailer, sizeof trailer) &&
              EVP_DigestFinal_ex(context, sum, &length);
    EVP_MD_CTX_free(context);
    return ok ? (Str){(const char *)sum, length} : STR_EMPTY;
}

static bool verify_rsa(EVP_PKEY *key, const Signature *signature, Str sum, Arena *arena) {
    Bytes bytes = {.rest = signature->values};
    Str number = take_integer(&bytes);
    size_t size = (size_t)EVP_PKEY_get_size(key);
    char *field = arena_alloc(arena, size);
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new(key, NULL);
    bool ok = context && !bytes.is_bad && put_right(field, size, number) &&
              EVP_PKEY_verify_init(context) > 0 &&
              EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PADDING) > 0 &&
              EVP_PKEY_CTX_set_signature_md(context, signature->digest) > 0 &&
              EVP_PKEY_verify(context, (const unsigned char *)field, size,
                              (const unsigned char *)sum.ptr, sum.len) == 1;
    EVP_PKEY_CTX_free(context);
    return ok;
}

static bool verify_ed25519(EVP_PKEY *key, const Signature *signature, Str sum) {
    Bytes bytes = {.rest = signature->values};
    char field[2 * ED25519_SIZE] = {0};
    if (signature->algorithm == ALGORITHM_ED25519) {
        Str raw = openpgp_take(&bytes, sizeof field);
        if (bytes.is_bad)
            return false;
        memcpy(field, raw.ptr, sizeof field);
    } else if (!put_right(field, ED25519_SIZE, take_integer(&bytes)) ||
               !put_right(field + ED25519_SIZE, ED25519_SIZE, take_integer(&bytes)) ||
               bytes.is_bad) {
        return false;
    }
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    bool ok = context && EVP_DigestVerifyInit(context, NULL, NULL, NULL, key) > 0 &&
              EVP_DigestVerify(context, (const unsigned char *)field, sizeof field,
                               (const unsigned char *)sum.ptr, sum.len) == 1;
    EVP_MD_CTX_free(context);
    return ok;
}

/* DSA and ECDSA. OpenSSL expects the two numbers as DER, which has the same form for both. */
static bool verify_pair(EVP_PKEY *key, const Signature *signature, Str sum) {
    Bytes bytes = {.rest = signature->values};
    Str r = take_integer(&bytes);
    Str s = take_integer(&bytes);
    unsigned char *der = NULL;
    BIGNUM *first = BN_bin2bn((const unsigned char *)r.ptr, (int)r.len, NULL);
    BIGNUM *second = BN_bin2bn((const unsigned char *)s.ptr, (int)s.len, NULL);
    DSA_SIG *pair = DSA_SIG_new();
    if (!pair || !first || !second || DSA_SIG_set0(pair, first, second) != 1) {
        BN_free(first);
        BN_free(second);
        DSA_SIG_free(pair);
        return false;
    }
    int size = i2d_DSA_SIG(pair, &der);
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new(key, NULL);
    bool ok =
        context && !bytes.is_bad && size > 0 && EVP_PKEY_verify_init(context) > 0 &&
        EVP_PKEY_verify(context, der, (size_t)size, (const unsigned char *)sum.ptr, sum.len) == 1;
    EVP_PKEY_CTX_free(context);
    OPENSSL_free(der);
    DSA_SIG_free(pair);
    return ok;
}

static bool is_rsa(int algorithm) {
    return algorithm == ALGORITHM_RSA || algorithm == ALGORITHM_RSA_SIGN;
}

/* Returns whether the key in this packet made the signature. Sets *is_usable if the key is of an
 * accepted kind and size. */
static bool verify_with(Str body, const Signature *signature, Str sum, bool *is_usable,
                        Arena *arena) {
    Bytes bytes = {.rest = body};
    EVP_PKEY *key = NULL;
    uint32_t version = take_number(&bytes, 1);
    (void)openpgp_take(&bytes, 4); /* time of creation */
    int algorithm = (int)take_number(&bytes, 1);
    bool is_same =
        algorithm == signature->algorithm || (is_rsa(algorithm) && is_rsa(signature->algorithm));
    if (version != 4 || bytes.is_bad || !is_same)
        return false;
    size_t cut = sum.len;
    if (is_rsa(algorithm))
        key = openpgp_rsa_key(&bytes);
    else if (algorithm == ALGORITHM_EDDSA || algorithm == ALGORITHM_ED25519)
        key = ed25519_key(&bytes, algorithm);
    else if (algorithm == ALGORITHM_DSA)
        key = dsa_key(&bytes, &cut);
    else if (algorithm == ALGORITHM_ECDSA)
        key = ecdsa_key(&bytes);
    if (!key)
        return false;
    *is_usable = true;
    bool is_pair = algorithm == ALGORITHM_DSA || algorithm == ALGORITHM_ECDSA;
    bool ok = is_rsa(algorithm) ? verify_rsa(key, signature, sum, arena)
              : is_pair         ? verify_pair(key, signature, str_slice(sum, 0, cut))
                                : verify_ed25519(key, signature, sum);
    EVP_PKEY_free(key);
    return ok;
}

static Str upper_hex(Str bytes, Arena *arena) {
    char *text = (char *)str_to_cstr(hex_encode(bytes, arena), arena);
    for (char *c = text; *c; c++)
        *c = (char)toupper((unsigned char)*c);
    return str_from_cstr(text);
}

/* A key with the newest statement about its lifetime. */
typedef struct KeyPacket {
    Str body;
    Str id;
    bool is_subkey;
    uint32_t stated;   /* time of that statement */
    uint32_t lifetime; /* in seconds since the key was made; 0: never expires */
} KeyPacket;

typedef VEC(KeyPacket) KeyPackets;

typedef struct KeySearch {
    const Signature *signature;
    Str sum;
    int64_t now_s;
    bool has_issuer; /* a key has the ID that the signature names */
    bool is_usable;  /* such a key is of an accepted kind and size */
    bool is_found;
    OpenpgpKey *out;
    Arena *arena;
} KeySearch;

/* Reads a signature that a primary key made about itself, its users or its subkeys. The statement
 * is about the last key of that kind before it. */
static void read_statement(Str body, KeyPackets *keys) {
    Bytes bytes = {.rest = body};
    Signature statement = {0};
    Signature unhashed = {0};
    uint32_t version = take_number(&bytes, 1);
    uint32_t type = take_number(&bytes, 1);
    (void)openpgp_take(&bytes, 2); /* algorithms */
    Str hashed = openpgp_take(&bytes, take_number(&bytes, 2));
    Str rest = openpgp_take(&bytes, take_number(&bytes, 2));
    bool is_of_primary =
        (type >= TYPE_CERTIFICATION && type <= TYPE_CERTIFICATION_LAST) || type == TYPE_DIRECT;
    if (version != 4 || bytes.is_bad || (!is_of_primary && type != TYPE_BINDING) ||
        !read_subpackets(hashed, true, &statement) || !read_subpackets(rest, true, &unhashed))
        return;
    size_t at = keys->count;
    while (at > 0 && keys->items[at - 1].is_subkey == is_of_primary)
        at--;
    if (at == 0)
        return;
    size_t primary = at - 1;
    while (primary > 0 && keys->items[primary].is_subkey)
        primary--;
    Str issuer = statement.issuer.len ? statement.issuer : unhashed.issuer;
    KeyPacket *key = &keys->items[at - 1];
    if (!str_equal(issuer, keys->items[primary].id) || statement.created < key->stated)
        return;
    key->stated = statement.created;
    key->lifetime = statement.key_lifetime;
}

static bool is_key_expired(const KeyPacket *key, int64_t now_s) {
    Bytes bytes = {.rest = str_after(key->body, 1)};
    int64_t created = take_number(&bytes, 4);
    return key->lifetime > 0 && created + (int64_t)key->lifetime <= now_s;
}

static KeyPackets key_packets(Str block, Arena *arena) {
    Bytes bytes = {.rest = block};
    KeyPackets keys = {0};
    Packet packet;
    while (next_packet(&bytes, &packet)) {
        if (packet.tag == TAG_KEY || packet.tag == TAG_SUBKEY) {
            Str fingerprint = fingerprint_of(packet.body, arena);
            vec_push(arena, &keys,
                     (KeyPacket){.body = packet.body,
                                 .id = str_after(fingerprint, fingerprint.len - 8),
                                 .is_subkey = packet.tag == TAG_SUBKEY});
        } else if (packet.tag == TAG_SIGNATURE) {
            read_statement(packet.body, &keys);
        }
    }
    return keys;
}

/* Sets is_found if a key made the signature; one that has not expired takes precedence. */
static void try_keys(KeySearch *search, Str block) {
    KeyPackets keys = key_packets(block, search->arena);
    const KeyPacket *primary = NULL;
    vec_each(&keys, key) {
        if (!key->is_subkey)
            primary = key;
        if (search->signature->issuer.len && !str_equal(search->signature->issuer, key->id))
            continue;
        search->has_issuer = true;
        if (!verify_with(key->body, search->signature, search->sum, &search->is_usable,
                         search->arena))
            continue;
        search->is_found = true;
        search->out->fingerprint =
            upper_hex(fingerprint_of(key->body, search->arena), search->arena);
        search->out->id = str_after(search->out->fingerprint, search->out->fingerprint.len - 16);
        search->out->is_expired = is_key_expired(key, search->now_s) ||
                                  (primary && is_key_expired(primary, search->now_s));
        if (!search->out->is_expired)
            return;
    }
}

/* Tries each block of armor. */
static bool openpgp_try_all(KeySearch *search, Str keys) {
    while (keys.len > 0) {
        Str block = keys;
        Str after;
        if (!remove_armor(&block, &after, search->arena))
            return search->is_found;
        try_keys(search, block);
        if (search->is_found && !search->out->is_expired)
            return true;
        keys = after;
    }
    return search->is_found;
}

bool openpgp_verify(const OpenpgpSigned *input, int64_t now_s, OpenpgpKey *out, Str *problem,
                    Arena *arena) {
    Signature parsed = {0};
    Str signature = input->signature;
    Packet packet;
    Str after;
    if (!remove_armor(&signature, &after, arena))
        return problem_text(problem, "its armor is malformed");
    Bytes bytes = {.rest = signature};
    if (!next_packet(&bytes, &packet) || packet.tag != TAG_SIGNATURE)
        return problem_text(problem, "it is not an OpenPGP signature");
    if (!parse_signature(packet.body, &parsed, problem))
        return false;
    KeySearch search = {.signature = &parsed,
                        .sum = digest_of_signed(&parsed, input->data, arena),
                        .now_s = now_s,
                        .out = out,
                        .arena = arena};
    if (search.sum.len > 0 && openpgp_try_all(&search, input->keys))
        return parsed.lifetime == 0 || (int64_t)parsed.created + (int64_t)parsed.lifetime > now_s ||
               problem_text(problem, "it has expired");
    if (search.has_issuer && !search.is_usable)
        return problem_text(problem, "its key is too weak, or of an unknown kind");
    if (search.has_issuer)
        return problem_text(problem, "the signature does not match the content");
    return problem_set(problem, arena, "none of the registry's keys made it (key ID %.*s)",
                       STR_ARG(upper_hex(parsed.issuer, arena)));
}
