/* Computes hashes and encodings, with OpenSSL where possible. */
#include "digest.h"

#include <errno.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <sys/random.h>

#define UUID_SIZE      16
#define UUID_TEXT_SIZE 36

static const EVP_MD *digest_method(DigestKind kind) {
    switch (kind) {
    case DIGEST_MD5: return EVP_md5();
    case DIGEST_SHA1: return EVP_sha1();
    case DIGEST_SHA256: return EVP_sha256();
    case DIGEST_SHA512: return EVP_sha512();
    }
    CHECK(false); /* all kinds are above */
}

struct Digest {
    Arena *arena; /* holds the digest itself */
    EVP_MD_CTX *context;
};

Digest *digest_open(DigestKind kind) {
    Arena *arena = arena_open("digest");
    Digest *digest = arena_new(arena, Digest);
    digest->arena = arena;
    digest->context = EVP_MD_CTX_new();
    CHECK(digest->context && EVP_DigestInit_ex(digest->context, digest_method(kind), NULL));
    return digest;
}

void digest_update(Digest *digest, Str data) {
    if (data.len)
        CHECK(EVP_DigestUpdate(digest->context, data.ptr, data.len));
}

static Str finish_bytes(Digest *digest, Arena *arena) {
    unsigned char *bytes = arena_alloc(arena, EVP_MAX_MD_SIZE);
    unsigned size = 0;
    CHECK(EVP_DigestFinal_ex(digest->context, bytes, &size));
    EVP_MD_CTX_free(digest->context);
    arena_close(digest->arena);
    return (Str){(const char *)bytes, size};
}

Str digest_finish(Digest *digest, Arena *arena) {
    return digest_to_hex(finish_bytes(digest, arena), arena);
}

Str digest_bytes(DigestKind kind, Str data, Arena *arena) {
    Digest *digest = digest_open(kind);
    digest_update(digest, data);
    return finish_bytes(digest, arena);
}

Str digest_hmac(DigestKind kind, Str key, Str data, Arena *arena) {
    unsigned char *bytes = arena_alloc(arena, EVP_MAX_MD_SIZE);
    unsigned size = 0;
    CHECK(HMAC(digest_method(kind), key.ptr, (int)key.len, (const unsigned char *)data.ptr,
               data.len, bytes, &size));
    return (Str){(const char *)bytes, size};
}

Str digest_hex(DigestKind kind, Str data, Arena *arena) {
    return digest_to_hex(digest_bytes(kind, data, arena), arena);
}

Str digest_to_hex(Str bytes, Arena *arena) {
    static const char digits[] = "0123456789abcdef";
    char *text = arena_alloc(arena, bytes.len * 2 + 1);
    for (size_t i = 0; i < bytes.len; i++) {
        unsigned char byte = (unsigned char)bytes.ptr[i];
        text[2 * i] = digits[byte >> 4];
        text[2 * i + 1] = digits[byte & 15];
    }
    return (Str){text, bytes.len * 2};
}

static int hex_digit(char c) {
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

bool digest_from_hex(Str text, Str *out, Arena *arena) {
    if (text.len % 2)
        return false;
    char *bytes = arena_alloc(arena, text.len / 2 + 1);
    for (size_t i = 0; i < text.len / 2; i++) {
        int high = hex_digit(text.ptr[2 * i]);
        int low = hex_digit(text.ptr[2 * i + 1]);
        if (high < 0 || low < 0)
            return false;
        bytes[i] = (char)(high << 4 | low);
    }
    *out = (Str){bytes, text.len / 2};
    return true;
}

/* OpenSSL counts in int, so long input is encoded in pieces of whole groups. */
#define BASE64_PIECE ((size_t)3 << 20)

Str digest_to_base64(Str bytes, Arena *arena) {
    size_t size = (bytes.len + 2) / 3 * 4;
    unsigned char *text = arena_alloc(arena, size + 1);
    unsigned char *next = text;
    for (size_t i = 0; i < bytes.len; i += BASE64_PIECE) {
        Str piece = str_slice(bytes, i, i + BASE64_PIECE);
        next += EVP_EncodeBlock(next, (const unsigned char *)piece.ptr, (int)piece.len);
    }
    return (Str){(const char *)text, size};
}

Str digest_to_base64url(Str bytes, Arena *arena) {
    Str standard = digest_to_base64(bytes, arena);
    char *text = arena_alloc(arena, standard.len + 1);
    size_t size = 0;
    for (size_t i = 0; i < standard.len && standard.ptr[i] != '='; i++) {
        char c = standard.ptr[i];
        text[size++] = (char)(c == '+' ? '-' : c == '/' ? '_' : c);
    }
    return (Str){text, size};
}

static bool is_base64_digit(char c) {
    bool letter = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
    return letter || (c >= '0' && c <= '9') || c == '+' || c == '/';
}

/* OpenSSL accepts blanks and padding in the middle, so this function checks the form first. */
bool digest_from_base64(Str text, Str *out, Arena *arena) {
    if (text.len % 4)
        return false;
    size_t padding = 0;
    while (padding < 2 && padding < text.len && text.ptr[text.len - 1 - padding] == '=')
        padding++;
    for (size_t i = 0; i < text.len - padding; i++) {
        if (!is_base64_digit(text.ptr[i]))
            return false;
    }
    unsigned char *bytes = arena_alloc(arena, text.len / 4 * 3 + 1);
    unsigned char *next = bytes;
    for (size_t i = 0; i < text.len; i += BASE64_PIECE / 3 * 4) {
        Str piece = str_slice(text, i, i + BASE64_PIECE / 3 * 4);
        int got = EVP_DecodeBlock(next, (const unsigned char *)piece.ptr, (int)piece.len);
        CHECK(got >= 0);
        next += got;
    }
    *out = (Str){(const char *)bytes, text.len / 4 * 3 - padding};
    return true;
}

/* Polynomial 0x1edc6f41, reflected. */
static const uint32_t crc32c_table[256] = {
    /* clang-format off */
    0x00000000, 0xf26b8303, 0xe13b70f7, 0x1350f3f4, 0xc79a971f, 0x35f1141c, 0x26a1e7e8, 0xd4ca64eb,
    0x8ad958cf, 0x78b2dbcc, 0x6be22838, 0x9989ab3b, 0x4d43cfd0, 0xbf284cd3, 0xac78bf27, 0x5e133c24,
    0x105ec76f, 0xe235446c, 0xf165b798, 0x030e349b, 0xd7c45070, 0x25afd373, 0x36ff2087, 0xc494a384,
    0x9a879fa0, 0x68ec1ca3, 0x7bbcef57, 0x89d76c54, 0x5d1d08bf, 0xaf768bbc, 0xbc267848, 0x4e4dfb4b,
    0x20bd8ede, 0xd2d60ddd, 0xc186fe29, 0x33ed7d2a, 0xe72719c1, 0x154c9ac2, 0x061c6936, 0xf477ea35,
    0xaa64d611, 0x580f5512, 0x4b5fa6e6, 0xb93425e5, 0x6dfe410e, 0x9f95c20d, 0x8cc531f9, 0x7eaeb2fa,
    0x30e349b1, 0xc288cab2, 0xd1d83946, 0x23b3ba45, 0xf779deae, 0x05125dad, 0x1642ae59, 0xe4292d5a,
    0xba3a117e, 0x4851927d, 0x5b016189, 0xa96ae28a, 0x7da08661, 0x8fcb0562, 0x9c9bf696, 0x6ef07595,
    0x417b1dbc, 0xb3109ebf, 0xa0406d4b, 0x522bee48, 0x86e18aa3, 0x748a09a0, 0x67dafa54, 0x95b17957,
    0xcba24573, 0x39c9c670, 0x2a993584, 0xd8f2b687, 0x0c38d26c, 0xfe53516f, 0xed03a29b, 0x1f682198,
    0x5125dad3, 0xa34e59d0, 0xb01eaa24, 0x42752927, 0x96bf4dcc, 0x64d4cecf, 0x77843d3b, 0x85efbe38,
    0xdbfc821c, 0x2997011f, 0x3ac7f2eb, 0xc8ac71e8, 0x1c661503, 0xee0d9600, 0xfd5d65f4, 0x0f36e6f7,
    0x61c69362, 0x93ad1061, 0x80fde395, 0x72966096, 0xa65c047d, 0x5437877e, 0x4767748a, 0xb50cf789,
    0xeb1fcbad, 0x197448ae, 0x0a24bb5a, 0xf84f3859, 0x2c855cb2, 0xdeeedfb1, 0xcdbe2c45, 0x3fd5af46,
    0x7198540d, 0x83f3d70e, 0x90a324fa, 0x62c8a7f9, 0xb602c312, 0x44694011, 0x5739b3e5, 0xa55230e6,
    0xfb410cc2, 0x092a8fc1, 0x1a7a7c35, 0xe811ff36, 0x3cdb9bdd, 0xceb018de, 0xdde0eb2a, 0x2f8b6829,
    0x82f63b78, 0x709db87b, 0x63cd4b8f, 0x91a6c88c, 0x456cac67, 0xb7072f64, 0xa457dc90, 0x563c5f93,
    0x082f63b7, 0xfa44e0b4, 0xe9141340, 0x1b7f9043, 0xcfb5f4a8, 0x3dde77ab, 0x2e8e845f, 0xdce5075c,
    0x92a8fc17, 0x60c37f14, 0x73938ce0, 0x81f80fe3, 0x55326b08, 0xa759e80b, 0xb4091bff, 0x466298fc,
    0x1871a4d8, 0xea1a27db, 0xf94ad42f, 0x0b21572c, 0xdfeb33c7, 0x2d80b0c4, 0x3ed04330, 0xccbbc033,
    0xa24bb5a6, 0x502036a5, 0x4370c551, 0xb11b4652, 0x65d122b9, 0x97baa1ba, 0x84ea524e, 0x7681d14d,
    0x2892ed69, 0xdaf96e6a, 0xc9a99d9e, 0x3bc21e9d, 0xef087a76, 0x1d63f975, 0x0e330a81, 0xfc588982,
    0xb21572c9, 0x407ef1ca, 0x532e023e, 0xa145813d, 0x758fe5d6, 0x87e466d5, 0x94b49521, 0x66df1622,
    0x38cc2a06, 0xcaa7a905, 0xd9f75af1, 0x2b9cd9f2, 0xff56bd19, 0x0d3d3e1a, 0x1e6dcdee, 0xec064eed,
    0xc38d26c4, 0x31e6a5c7, 0x22b65633, 0xd0ddd530, 0x0417b1db, 0xf67c32d8, 0xe52cc12c, 0x1747422f,
    0x49547e0b, 0xbb3ffd08, 0xa86f0efc, 0x5a048dff, 0x8ecee914, 0x7ca56a17, 0x6ff599e3, 0x9d9e1ae0,
    0xd3d3e1ab, 0x21b862a8, 0x32e8915c, 0xc083125f, 0x144976b4, 0xe622f5b7, 0xf5720643, 0x07198540,
    0x590ab964, 0xab613a67, 0xb831c993, 0x4a5a4a90, 0x9e902e7b, 0x6cfbad78, 0x7fab5e8c, 0x8dc0dd8f,
    0xe330a81a, 0x115b2b19, 0x020bd8ed, 0xf0605bee, 0x24aa3f05, 0xd6c1bc06, 0xc5914ff2, 0x37faccf1,
    0x69e9f0d5, 0x9b8273d6, 0x88d28022, 0x7ab90321, 0xae7367ca, 0x5c18e4c9, 0x4f48173d, 0xbd23943e,
    0xf36e6f75, 0x0105ec76, 0x12551f82, 0xe03e9c81, 0x34f4f86a, 0xc69f7b69, 0xd5cf889d, 0x27a40b9e,
    0x79b737ba, 0x8bdcb4b9, 0x988c474d, 0x6ae7c44e, 0xbe2da0a5, 0x4c4623a6, 0x5f16d052, 0xad7d5351,
    /* clang-format on */
};

uint32_t digest_crc32c(Str data) {
    uint32_t crc = UINT32_MAX;
    for (size_t i = 0; i < data.len; i++) {
        crc = crc >> 8 ^ crc32c_table[(crc ^ (unsigned char)data.ptr[i]) & 0xff];
    }
    return ~crc;
}

void digest_random(void *out, size_t size) {
    char *bytes = out;
    while (size) {
        ssize_t got = getrandom(bytes, size, 0);
        CHECK(got > 0 || errno == EINTR);
        if (got <= 0)
            continue;
        bytes += got;
        size -= (size_t)got;
    }
}

static Str uuid_text(unsigned char bytes[UUID_SIZE], unsigned version, Arena *arena) {
    bytes[6] = (unsigned char)((bytes[6] & 0x0f) | version << 4);
    bytes[8] = (unsigned char)((bytes[8] & 0x3f) | 0x80);
    Str hex = digest_to_hex((Str){(const char *)bytes, UUID_SIZE}, arena);
    return str_format(arena, "%.8s-%.4s-%.4s-%.4s-%.12s", hex.ptr, hex.ptr + 8, hex.ptr + 12,
                      hex.ptr + 16, hex.ptr + 20);
}

Str digest_uuid4(Arena *arena) {
    unsigned char bytes[UUID_SIZE];
    digest_random(bytes, sizeof bytes);
    return uuid_text(bytes, 4, arena);
}

static bool is_hyphen_place(size_t i) {
    return i == 8 || i == 13 || i == 18 || i == 23;
}

static bool uuid_to_bytes(Str text, Str *out, Arena *arena) {
    if (text.len != UUID_TEXT_SIZE)
        return false;
    StrBuf hex = strbuf_new(arena);
    for (size_t i = 0; i < text.len; i++) {
        if (is_hyphen_place(i) != (text.ptr[i] == '-'))
            return false;
        if (!is_hyphen_place(i))
            strbuf_add_char(&hex, text.ptr[i]);
    }
    return digest_from_hex(strbuf_str(&hex), out, arena);
}

Str digest_uuid5(Str namespace_uuid, Str name, Arena *arena) {
    Str prefix;
    if (!uuid_to_bytes(namespace_uuid, &prefix, arena))
        return STR_EMPTY;
    Str hash = digest_bytes(DIGEST_SHA1, str_concat(prefix, name, arena), arena);
    unsigned char bytes[UUID_SIZE];
    memcpy(bytes, hash.ptr, sizeof bytes);
    return uuid_text(bytes, 5, arena);
}
