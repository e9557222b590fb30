/* tls_name: names and algorithms of certificates. */
#include "tls_name.h"

#include "digest.h"

#include <openssl/objects.h>

/* In display order; `is_single`: only the last value is shown. */
static const struct {
    int nid;
    const char *name;
    bool is_single;
} parts[] = {
    {NID_serialNumber,           "SERIALNUMBER", true },
    {NID_commonName,             "CN",           true },
    {NID_organizationalUnitName, "OU",           false},
    {NID_organizationName,       "O",            false},
    {NID_postalCode,             "POSTALCODE",   false},
    {NID_streetAddress,          "STREET",       false},
    {NID_localityName,           "L",            false},
    {NID_stateOrProvinceName,    "ST",           false},
    {NID_countryName,            "C",            false},
};

static Str entry_text(const X509_NAME_ENTRY *entry, Arena *arena) {
    unsigned char *text = NULL;
    int size = ASN1_STRING_to_UTF8(&text, X509_NAME_ENTRY_get_data(entry));
    if (size < 0)
        return STR_EMPTY;
    Str copy = str_clone((Str){(const char *)text, (size_t)size}, arena);
    OPENSSL_free(text);
    return copy;
}

static void add_escaped(StrBuf *out, Str text) {
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        bool is_end = i == 0 || i == text.len - 1;
        if (memchr(",+\"\\<>;", c, 7) || (c == ' ' && is_end) || (c == '#' && i == 0))
            strbuf_add_char(out, '\\');
        strbuf_add_char(out, c);
    }
}

static void add_known(StrBuf *out, const X509_NAME *name, size_t part) {
    int count = X509_NAME_entry_count(name), added = 0;
    for (int i = 0; i < count; i++) {
        const X509_NAME_ENTRY *entry = X509_NAME_get_entry(name, i);
        if (OBJ_obj2nid(X509_NAME_ENTRY_get_object(entry)) != parts[part].nid)
            continue;
        bool is_last =
            X509_NAME_get_index_by_NID((X509_NAME *)(uintptr_t)name, parts[part].nid, i) < 0;
        if (parts[part].is_single && !is_last)
            continue;
        if (out->len > 0)
            strbuf_add_char(out, added > 0 ? '+' : ',');
        strbuf_add_format(out, "%s=", parts[part].name);
        add_escaped(out, entry_text(entry, out->arena));
        added++;
    }
}

static bool is_known(int nid) {
    for (size_t i = 0; i < ARRAY_COUNT(parts); i++) {
        if (parts[i].nid == nid)
            return true;
    }
    return false;
}

static bool is_printable(Str text) {
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.ptr[i];
        if (c >= 0x80 || (!isalnum(c) && !memchr(" '()+,-./:=?", c, 12)))
            return false;
    }
    return true;
}

/* Adds an unknown attribute type: its OID, and its value as hex DER. */
static void add_unknown(StrBuf *out, const X509_NAME_ENTRY *entry) {
    char number[128];
    Str text = entry_text(entry, out->arena);
    ASN1_STRING *value =
        ASN1_STRING_type_new(is_printable(text) ? V_ASN1_PRINTABLESTRING : V_ASN1_UTF8STRING);
    unsigned char *der = NULL;
    CHECK(value && ASN1_STRING_set(value, text.ptr, (int)text.len) == 1);
    int size = i2d_ASN1_PRINTABLE(value, &der);
    CHECK(size > 0);
    OBJ_obj2txt(number, sizeof number, X509_NAME_ENTRY_get_object(entry), 1);
    Str hex = digest_to_hex((Str){(const char *)der, (size_t)size}, out->arena);
    strbuf_add_format(out, "%s%s=#%.*s", out->len > 0 ? "," : "", number, STR_ARG(hex));
    OPENSSL_free(der);
    ASN1_STRING_free(value);
}

Str tls_name_text(const X509_NAME *name, Arena *arena) {
    StrBuf out = strbuf_new(arena);
    for (size_t i = 0; i < ARRAY_COUNT(parts); i++)
        add_known(&out, name, i);
    for (int i = X509_NAME_entry_count(name); i > 0; i--) {
        const X509_NAME_ENTRY *entry = X509_NAME_get_entry(name, i - 1);
        if (!is_known(OBJ_obj2nid(X509_NAME_ENTRY_get_object(entry))))
            add_unknown(&out, entry);
    }
    return strbuf_str(&out);
}

static const struct {
    int nid;
    const char *name;
} signatures[] = {
    {NID_md5WithRSAEncryption,    "MD5-RSA"     },
    {NID_sha1WithRSAEncryption,   "SHA1-RSA"    },
    {NID_sha256WithRSAEncryption, "SHA256-RSA"  },
    {NID_sha384WithRSAEncryption, "SHA384-RSA"  },
    {NID_sha512WithRSAEncryption, "SHA512-RSA"  },
    {NID_dsaWithSHA1,             "DSA-SHA1"    },
    {NID_dsa_with_SHA256,         "DSA-SHA256"  },
    {NID_ecdsa_with_SHA1,         "ECDSA-SHA1"  },
    {NID_ecdsa_with_SHA256,       "ECDSA-SHA256"},
    {NID_ecdsa_with_SHA384,       "ECDSA-SHA384"},
    {NID_ecdsa_with_SHA512,       "ECDSA-SHA512"},
    {NID_ED25519,                 "Ed25519"     },
};

static const char *pss_name(const X509 *certificate) {
    int digest = 0;
    X509_get_signature_info((X509 *)(uintptr_t)certificate, &digest, NULL, NULL, NULL);
    switch (digest) {
    case NID_sha256: return "SHA256-RSAPSS";
    case NID_sha384: return "SHA384-RSAPSS";
    case NID_sha512: return "SHA512-RSAPSS";
    default: return "0";
    }
}

const char *tls_name_signature(const X509 *certificate) {
    int nid = X509_get_signature_nid(certificate);
    if (nid == NID_rsassaPss)
        return pss_name(certificate);
    for (size_t i = 0; i < ARRAY_COUNT(signatures); i++) {
        if (signatures[i].nid == nid)
            return signatures[i].name;
    }
    return "0";
}

const char *tls_name_key(const X509 *certificate) {
    const EVP_PKEY *key = X509_get0_pubkey(certificate);
    switch (key ? EVP_PKEY_get_base_id(key) : EVP_PKEY_NONE) {
    case EVP_PKEY_RSA: return "RSA";
    case EVP_PKEY_DSA: return "DSA";
    case EVP_PKEY_EC: return "ECDSA";
    case EVP_PKEY_ED25519: return "Ed25519";
    default: return "0";
    }
}
