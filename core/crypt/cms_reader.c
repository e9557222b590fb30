/* cms_reader: walks the elements of the message with a buffer, and calls OpenSSL for both ciphers.
 */
#include "cms_reader.h"
#include "secret.h"

#include <openssl/pem.h>
#include <openssl/rsa.h>

#define BUFFER_BYTES ((size_t)64 << 10) /* more than the recipients may take */
#define RSA_BITS     2048
#define KEY_BYTES    32
#define NONCE_BYTES  12
#define TAG_BYTES    16
#define INDEFINITE   UINT64_MAX

/* Tags of BER. */
enum {
    TAG_END = 0x00,
    TAG_INTEGER = 0x02,
    TAG_OCTETS = 0x04,
    TAG_OID = 0x06,
    TAG_SEQUENCE = 0x30,
    TAG_SET = 0x31,
    TAG_CONTENT = 0x80, /* in one element */
    TAG_PIECES = 0xa0,  /* several elements; also the body of the message */
};

static const Str oid_message = STR_CONST("\x2a\x86\x48\x86\xf7\x0d\x01\x09\x10\x01\x17");
static const Str oid_data = STR_CONST("\x2a\x86\x48\x86\xf7\x0d\x01\x07\x01");
static const Str oid_oaep = STR_CONST("\x2a\x86\x48\x86\xf7\x0d\x01\x01\x07");
static const Str oid_sha256 = STR_CONST("\x60\x86\x48\x01\x65\x03\x04\x02\x01");
static const Str oid_cipher = STR_CONST("\x60\x86\x48\x01\x65\x03\x04\x01\x2e"); /* aes256-GCM */

static const Str not_message = STR_CONST(
    "it is not a CMS message with AES-256-GCM, as the schedule of kubeadm_etcd_snapshot writes it");
static const Str other_key =
    STR_CONST("it is encrypted for another certificate than that of the private key");
static const Str damaged = STR_CONST("it is damaged: it was changed, or its end is missing");

struct CmsReader {
    Arena *arena;
    const Disk *disk;
    DiskFile file;
    uint64_t size;
    uint64_t at;    /* in the file, after the buffer */
    char *buffer;   /* BUFFER_BYTES */
    size_t start;   /* of the bytes that are not taken yet */
    size_t count;   /* bytes in the buffer */
    uint64_t piece; /* bytes left of the element of content that is read */
    bool in_pieces; /* the content has several elements */
    bool is_end;
    EVP_CIPHER_CTX *cipher;
    char *plain; /* BUFFER_BYTES */
    size_t plain_size;
};

typedef EVP_PKEY *CmsKeyRef;
static void cms_key_release(CmsKeyRef *key) {
    EVP_PKEY_free(*key);
}
SCOPED_TYPE(CmsKeyRef, cms_key_release);

typedef EVP_PKEY_CTX *CmsContextRef;
static void cms_context_release(CmsContextRef *context) {
    EVP_PKEY_CTX_free(*context);
}
SCOPED_TYPE(CmsContextRef, cms_context_release);

typedef BIO *CmsBioRef;
static void cms_bio_release(CmsBioRef *bio) {
    BIO_free(*bio);
}
SCOPED_TYPE(CmsBioRef, cms_bio_release);

/* Keys. */

/* The passphrase is empty, so OpenSSL never asks for one. */
static EVP_PKEY *read_key(Str pem) {
    char none[] = "";
    SCOPED(CmsBioRef) bio = BIO_new_mem_buf(pem.ptr, (int)pem.len);
    CHECK(bio);
    return PEM_read_bio_PrivateKey(bio, NULL, NULL, none);
}

static bool is_rsa(const EVP_PKEY *key) {
    return key && EVP_PKEY_get_base_id(key) == EVP_PKEY_RSA && EVP_PKEY_get_bits(key) >= RSA_BITS;
}

Str cms_reader_check_key(Value pem, Arena *) {
    SCOPED(CmsKeyRef) key = read_key(value_text(pem));
    return is_rsa(key) ? STR_EMPTY
                       : STR("The value must be a private RSA key of at least 2048 bits in PEM, "
                             "without a passphrase.");
}

Str cms_reader_check_certificate(Value pem, Arena *) {
    Str text = value_text(pem);
    SCOPED(CmsBioRef) bio = BIO_new_mem_buf(text.ptr, (int)text.len);
    CHECK(bio);
    X509 *certificate = PEM_read_bio_X509(bio, NULL, NULL, NULL);
    bool is_good = certificate && is_rsa(X509_get0_pubkey(certificate));
    X509_free(certificate);
    return is_good ? STR_EMPTY
                   : STR("The value must be a certificate in PEM with an RSA key of at least 2048 "
                         "bits.");
}

/* Elements in memory. */

/* Takes the first element of *text, whose length is definite. */
static bool take_element(Str *text, unsigned char *tag, Str *content) {
    const unsigned char *bytes = (const unsigned char *)text->ptr;
    size_t head = 2, length;
    if (text->len < head)
        return false;
    *tag = bytes[0];
    length = bytes[1];
    if (length & 0x80) {
        size_t digits = length & 0x7f;
        if (digits == 0 || digits > 4 || text->len < head + digits)
            return false;
        length = 0;
        for (size_t i = 0; i < digits; i++)
            length = length << 8 | bytes[head + i];
        head += digits;
    }
    if (text->len - head < length)
        return false;
    *content = str_slice(*text, head, head + length);
    *text = str_after(*text, head + length);
    return true;
}

static bool take_tagged(Str *text, unsigned char wanted, Str *content) {
    unsigned char tag;
    return take_element(text, &tag, content) && tag == wanted;
}

/* Decrypts the key of a KeyTransRecipientInfo. Returns false if it is for another certificate. */
static bool decrypt_key(EVP_PKEY *pkey, Str recipient, unsigned char *out) {
    unsigned char tag, key[1024];
    Str version, identifier, algorithm, oid, sealed;
    size_t size = sizeof key;
    SCOPED(CmsContextRef) context = EVP_PKEY_CTX_new(pkey, NULL);
    CHECK(context);
    bool is_key =
        take_tagged(&recipient, TAG_INTEGER, &version) &&
        take_element(&recipient, &tag, &identifier) &&
        take_tagged(&recipient, TAG_SEQUENCE, &algorithm) &&
        take_tagged(&recipient, TAG_OCTETS, &sealed) && take_tagged(&algorithm, TAG_OID, &oid) &&
        str_equal(oid, oid_oaep) && str_find(algorithm, oid_sha256, 0) != SIZE_MAX &&
        EVP_PKEY_decrypt_init(context) == 1 &&
        EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_OAEP_PADDING) == 1 &&
        EVP_PKEY_CTX_set_rsa_oaep_md(context, EVP_sha256()) == 1 &&
        EVP_PKEY_CTX_set_rsa_mgf1_md(context, EVP_sha256()) == 1 &&
        (size_t)EVP_PKEY_get_size(pkey) <= sizeof key &&
        EVP_PKEY_decrypt(context, key, &size, (const unsigned char *)sealed.ptr, sealed.len) == 1 &&
        size == KEY_BYTES;
    if (is_key)
        memcpy(out, key, KEY_BYTES);
    secret_wipe((Str){(const char *)key, sizeof key});
    return is_key;
}

/* Other kinds of recipients are skipped. */
static bool find_key(EVP_PKEY *pkey, Str recipients, unsigned char *out) {
    unsigned char tag;
    Str recipient;
    while (take_element(&recipients, &tag, &recipient)) {
        if (tag == TAG_SEQUENCE && decrypt_key(pkey, recipient, out))
            return true;
    }
    return false;
}

/* Returns the nonce of the algorithm; empty if it is another one than AES-256-GCM with a whole tag.
 */
static Str nonce_of(Str algorithm) {
    Str oid, parameters, nonce, tag_size;
    bool is_good = take_tagged(&algorithm, TAG_OID, &oid) && str_equal(oid, oid_cipher) &&
                   take_tagged(&algorithm, TAG_SEQUENCE, &parameters) &&
                   take_tagged(&parameters, TAG_OCTETS, &nonce) && nonce.len == NONCE_BYTES &&
                   take_tagged(&parameters, TAG_INTEGER, &tag_size) && tag_size.len == 1 &&
                   tag_size.ptr[0] == TAG_BYTES;
    return is_good ? nonce : STR_EMPTY;
}

/* Elements of the file. */

/* Fills the buffer, so that it has `needed` bytes if the file has them. */
static Str fill(CmsReader *reader, size_t needed) {
    const Disk *disk = reader->disk;
    size_t have = reader->count - reader->start, got = 0;
    if (have >= needed || reader->at == reader->size)
        return STR_EMPTY;
    memmove(reader->buffer, reader->buffer + reader->start, have);
    reader->start = 0;
    reader->count = have;
    int error = disk->read(disk->self, reader->file, reader->at, reader->buffer + have,
                           BUFFER_BYTES - have, &got);
    if (error)
        return str_format(reader->arena, "cannot read it: %s", strerror(-error));
    reader->at = got ? reader->at + got : reader->size;
    reader->count += got;
    return STR_EMPTY;
}

static Str take_bytes(CmsReader *reader, size_t size, Str *out) {
    Str problem = size <= BUFFER_BYTES ? fill(reader, size) : not_message;
    if (problem.len)
        return problem;
    if (reader->count - reader->start < size)
        return damaged;
    *out = (Str){reader->buffer + reader->start, size};
    reader->start += size;
    return STR_EMPTY;
}

/* Takes tag and length. */
static Str take_head(CmsReader *reader, unsigned char *tag, uint64_t *length) {
    Str head, digits;
    Str problem = take_bytes(reader, 2, &head);
    if (problem.len)
        return problem;
    *tag = (unsigned char)head.ptr[0];
    *length = (unsigned char)head.ptr[1];
    if (*length == 0x80)
        *length = INDEFINITE;
    if (*length == INDEFINITE || *length < 0x80)
        return STR_EMPTY;
    size_t count = *length & 0x7f;
    problem = count <= 7 ? take_bytes(reader, count, &digits) : not_message;
    *length = 0;
    for (size_t i = 0; !problem.len && i < count; i++)
        *length = *length << 8 | (unsigned char)digits.ptr[i];
    return problem;
}

/* Enters an element, whatever its length. */
static Str enter(CmsReader *reader, unsigned char wanted) {
    unsigned char tag;
    uint64_t length;
    Str problem = take_head(reader, &tag, &length);
    return problem.len || tag == wanted ? problem : not_message;
}

/* Takes an element with its content. */
static Str take_whole(CmsReader *reader, unsigned char wanted, Str *out) {
    unsigned char tag;
    uint64_t length;
    Str problem = take_head(reader, &tag, &length);
    if (problem.len)
        return problem;
    return tag == wanted && length <= BUFFER_BYTES ? take_bytes(reader, (size_t)length, out)
                                                   : not_message;
}

static Str expect(CmsReader *reader, unsigned char wanted, Str content) {
    Str found;
    Str problem = take_whole(reader, wanted, &found);
    return problem.len || str_equal(found, content) ? problem : not_message;
}

/* The message. */

static Str enter_message(CmsReader *reader) {
    Str problem = enter(reader, TAG_SEQUENCE);
    if (!problem.len)
        problem = expect(reader, TAG_OID, oid_message);
    if (!problem.len)
        problem = enter(reader, TAG_PIECES);
    if (!problem.len)
        problem = enter(reader, TAG_SEQUENCE);
    return problem.len ? problem : expect(reader, TAG_INTEGER, (Str){"\0", 1});
}

static Str enter_content(CmsReader *reader, Str *nonce) {
    unsigned char tag = 0;
    Str algorithm;
    Str problem = enter(reader, TAG_SEQUENCE);
    if (!problem.len)
        problem = expect(reader, TAG_OID, oid_data);
    if (!problem.len)
        problem = take_whole(reader, TAG_SEQUENCE, &algorithm);
    if (problem.len)
        return problem;
    *nonce = str_clone(nonce_of(algorithm), reader->arena);
    problem = take_head(reader, &tag, &reader->piece);
    if (problem.len)
        return problem;
    reader->in_pieces = tag == TAG_PIECES && reader->piece == INDEFINITE;
    if (reader->in_pieces)
        reader->piece = 0;
    return nonce->len && (reader->in_pieces || (tag == TAG_CONTENT && reader->piece != INDEFINITE))
               ? STR_EMPTY
               : not_message;
}

static Str begin(CmsReader *reader, Str key_pem) {
    unsigned char key[KEY_BYTES];
    Str recipients, nonce;
    SCOPED(CmsKeyRef) pkey = read_key(key_pem);
    if (!is_rsa(pkey))
        return STR("the private key is not an RSA key in PEM without a passphrase");
    Str problem = enter_message(reader);
    if (!problem.len)
        problem = take_whole(reader, TAG_SET, &recipients);
    if (problem.len)
        return problem;
    bool has_key = find_key(pkey, recipients, key);
    problem = has_key ? enter_content(reader, &nonce) : other_key;
    if (!problem.len) {
        reader->cipher = EVP_CIPHER_CTX_new();
        CHECK(reader->cipher && EVP_DecryptInit_ex(reader->cipher, EVP_aes_256_gcm(), NULL, key,
                                                   (const unsigned char *)nonce.ptr) == 1);
    }
    if (has_key)
        secret_wipe((Str){(const char *)key, sizeof key});
    return problem;
}

Str cms_reader_open(const Disk *disk, Str path, Str key_pem, CmsReader **out, Arena *arena) {
    Arena *own = arena_open("cms message");
    CmsReader *reader = *out = arena_new(own, CmsReader);
    *reader = (CmsReader){.arena = own,
                          .disk = disk,
                          .buffer = arena_alloc(own, BUFFER_BYTES),
                          .plain = arena_alloc(own, BUFFER_BYTES)};
    int error = disk->open(disk->self, path, DISK_READ, 0, &reader->file);
    if (!error)
        error = disk->size(disk->self, reader->file, &reader->size);
    return error ? str_format(arena, "cannot open it: %s", strerror(-error))
                 : str_clone(begin(reader, key_pem), arena);
}

/* After the content: the tag. Attributes beside it are not supported. */
static Str finish(CmsReader *reader) {
    unsigned char last[TAG_BYTES], tag[TAG_BYTES];
    int made;
    Str found;
    reader->is_end = true;
    Str problem = take_whole(reader, TAG_OCTETS, &found);
    if (problem.len || found.len != TAG_BYTES)
        return problem.len ? problem : damaged;
    memcpy(tag, found.ptr, sizeof tag);
    CHECK(EVP_CIPHER_CTX_ctrl(reader->cipher, EVP_CTRL_GCM_SET_TAG, TAG_BYTES, tag) == 1);
    return EVP_DecryptFinal_ex(reader->cipher, last, &made) == 1 ? STR_EMPTY : damaged;
}

/* Goes to the next bytes of content, or past its end. */
static Str next_element(CmsReader *reader, bool *has_more) {
    unsigned char tag = TAG_END;
    Str problem = STR_EMPTY;
    *has_more = reader->piece > 0;
    while (reader->in_pieces && !reader->piece && !problem.len) {
        problem = take_head(reader, &tag, &reader->piece);
        if (problem.len || tag == TAG_END)
            break;
        if (tag != TAG_OCTETS || reader->piece == INDEFINITE)
            return damaged;
        *has_more = reader->piece > 0;
    }
    /* The content and the sequence around it, which openssl writes with an indefinite length. */
    if (!problem.len && !*has_more && reader->in_pieces)
        problem = enter(reader, TAG_END);
    return problem;
}

/* Decrypts the next part of an element. */
static Str decrypt(CmsReader *reader, Str *out) {
    int made = 0;
    Str sealed;
    size_t size = reader->piece < BUFFER_BYTES ? (size_t)reader->piece : BUFFER_BYTES;
    Str problem = take_bytes(reader, size, &sealed);
    if (problem.len)
        return problem;
    reader->piece -= size;
    CHECK(EVP_DecryptUpdate(reader->cipher, (unsigned char *)reader->plain, &made,
                            (const unsigned char *)sealed.ptr, (int)size) == 1);
    reader->plain_size = (size_t)made;
    *out = (Str){reader->plain, reader->plain_size};
    return STR_EMPTY;
}

Str cms_reader_next(CmsReader *reader, Str *out, bool *is_end, Arena *arena) {
    bool has_more = false;
    *out = STR_EMPTY;
    *is_end = reader->is_end;
    secret_wipe((Str){reader->plain, reader->plain_size});
    reader->plain_size = 0;
    if (reader->is_end)
        return STR_EMPTY;
    Str problem = next_element(reader, &has_more);
    if (!problem.len && has_more)
        problem = decrypt(reader, out);
    if (!problem.len && !has_more) {
        *is_end = true;
        problem = finish(reader);
    }
    return str_equal(problem, not_message) ? damaged : str_clone(problem, arena);
}

void cms_reader_close(CmsReader *reader) {
    if (!reader)
        return;
    if (reader->file.handle)
        reader->disk->close(reader->disk->self, reader->file);
    EVP_CIPHER_CTX_free(reader->cipher);
    secret_wipe((Str){reader->plain, BUFFER_BYTES});
    arena_close(reader->arena);
}
