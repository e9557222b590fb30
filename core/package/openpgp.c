/* Splits armor and packets; OpenSSL verifies. */
#include "openpgp.h"

#include "base64.h"
#include "digest.h"
#include "hex.h"
#include "problem.h"
#include "vec.h"

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <openssl/rsa.h>

enum {
    TAG_SIGNATURE = 2,
    TAG_KEY = 6,
    TAG_SUBKEY = 14,
    ALGORITHM_RSA = 1,
    ALGORITHM_RSA_SIGN = 3,
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
    uint32_t lifetime; /* in seconds; 0: never expires */
    Str values;        /* of the algorithm */
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

/* Reads subpackets for the issuer and the dates. Returns false if one is malformed or critical and
 * unknown. */
static bool read_subpackets(Str text, Signature *out) {
    Bytes bytes = {.rest = text};
    while (bytes.rest.len > 0 && !bytes.is_bad) {
        Bytes packet = {.rest = openpgp_take(&bytes, take_length(&bytes, true))};
        uint32_t type = take_number(&packet, 1);
        switch (type & 0x7f) {
        case 2: out->created = take_number(&packet, 4); break;
        case 3: out->lifetime = take_number(&packet, 4); break;
        case 26:
        case 28: break; /* policy, user */
        case 16: out->issuer = openpgp_take(&packet, 8); break;
        case 33:
            if (packet.rest.len == 1 + FINGERPRINT_SIZE && packet.rest.ptr[0] == 4)
                out->issuer = str_after(packet.rest, packet.rest.len - 8);
            break;
        default:
            if (type & 0x80)
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
    bool ok = !bytes.is_bad && read_subpackets(unhashed, out);
    out->created = out->lifetime = 0; /* only the hashed dates are signed */
    if (!ok || !read_subpackets(hashed, out))
        return problem_text(problem, "it is malformed or has an unknown critical subpacket");
    return true;
}

/* Returns the fingerprint of a key of version 4. */
static Str fingerprint_of(Str body, Arena *arena) {
    char head[] = {(char)0x99, (char)(body.len >> 8), (char)body.len};
    Str whole = str_concat((Str){head, sizeof head}, body, arena);
    return digest_bytes(DIGEST_SHA1, whole, arena);
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
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_name(NULL, "RSA", NULL);
    OSSL_PARAM *params = NULL;
    if (modulus && exponent && builder && context &&
        OSSL_PARAM_BLD_push_BN(builder, OSSL_PKEY_PARAM_RSA_N, modulus) &&
        OSSL_PARAM_BLD_push_BN(builder, OSSL_PKEY_PARAM_RSA_E, exponent) &&
        (params = OSSL_PARAM_BLD_to_param(builder)) && EVP_PKEY_fromdata_init(context) > 0)
        (void)EVP_PKEY_fromdata(context, &key, EVP_PKEY_PUBLIC_KEY, params);
    OSSL_PARAM_free(params);
    OSSL_PARAM_BLD_free(builder);
    EVP_PKEY_CTX_free(context);
    BN_free(modulus);
    BN_free(exponent);
    return key;
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

static bool is_rsa(int algorithm) {
    return algorithm == ALGORITHM_RSA || algorithm == ALGORITHM_RSA_SIGN;
}

/* Returns whether the key in this packet made the signature. */
static bool verify_with(Str body, const Signature *signature, Str sum, Arena *arena) {
    Bytes bytes = {.rest = body};
    EVP_PKEY *key = NULL;
    uint32_t version = take_number(&bytes, 1);
    (void)openpgp_take(&bytes, 4); /* time of creation */
    int algorithm = (int)take_number(&bytes, 1);
    bool is_same =
        algorithm == signature->algorithm || (is_rsa(algorithm) && is_rsa(signature->algorithm));
    if (version != 4 || bytes.is_bad || !is_same)
        return false;
    if (is_rsa(algorithm))
        key = openpgp_rsa_key(&bytes);
    else if (algorithm == ALGORITHM_EDDSA || algorithm == ALGORITHM_ED25519)
        key = ed25519_key(&bytes, algorithm);
    bool ok = key && (is_rsa(algorithm) ? verify_rsa(key, signature, sum, arena)
                                        : verify_ed25519(key, signature, sum));
    EVP_PKEY_free(key);
    return ok;
}

static Str upper_hex(Str bytes, Arena *arena) {
    char *text = (char *)str_to_cstr(hex_encode(bytes, arena), arena);
    for (char *c = text; *c; c++)
        *c = (char)toupper((unsigned char)*c);
    return str_from_cstr(text);
}

typedef struct KeySearch {
    const Signature *signature;
    Str sum;
    bool has_issuer; /* a key has the ID that the signature names */
    OpenpgpKey *out;
    Arena *arena;
} KeySearch;

static bool try_keys(KeySearch *search, Str keys) {
    Bytes bytes = {.rest = keys};
    Packet packet;
    while (next_packet(&bytes, &packet)) {
        if (packet.tag != TAG_KEY && packet.tag != TAG_SUBKEY)
            continue;
        Str fingerprint = fingerprint_of(packet.body, search->arena);
        Str id = str_after(fingerprint, fingerprint.len - 8);
        if (search->signature->issuer.len && !str_equal(search->signature->issuer, id))
            continue;
        search->has_issuer = true;
        if (!verify_with(packet.body, search->signature, search->sum, search->arena))
            continue;
        search->out->fingerprint = upper_hex(fingerprint, search->arena);
        search->out->id = str_after(search->out->fingerprint, search->out->fingerprint.len - 16);
        return true;
    }
    return false;
}

/* Tries each block of armor. */
static bool openpgp_try_all(KeySearch *search, Str keys) {
    while (keys.len > 0) {
        Str block = keys;
        Str after;
        if (!remove_armor(&block, &after, search->arena))
            return false;
        if (try_keys(search, block))
            return true;
        keys = after;
    }
    return false;
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
                        .out = out,
                        .arena = arena};
    if (search.sum.len > 0 && openpgp_try_all(&search, input->keys))
        return parsed.lifetime == 0 || (int64_t)parsed.created + (int64_t)parsed.lifetime > now_s ||
               problem_text(problem, "it has expired");
    if (search.has_issuer)
        return problem_text(problem, "the signature does not match the content");
    return problem_set(problem, arena, "none of the registry's keys made it (key ID %.*s)",
                       STR_ARG(upper_hex(parsed.issuer, arena)));
}
