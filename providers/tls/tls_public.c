/* tls_public: public keys of private keys. */
#include "tls_public.h"

#include "tls_key.h"
#include "tls_openssh.h"
#include "tls_openssl.h"

static EVP_PKEY *read_openssh(Str text, Arena *arena, Diags *diags) {
    EVP_PKEY *key = tls_openssh_read_public(text, arena);
    if (!key)
        diags_error(diags, NO_RANGE, "Private key not readable",
                    "The value of \"private_key_openssh\" must be an OpenSSH private key without a "
                    "passphrase, of RSA, ECDSA or Ed25519.");
    return key;
}

static EVP_PKEY *read(Value config, Arena *arena, Diags *diags) {
    static const char summary[] = "Private key not readable";
    if (object_has(config, "private_key_pem"))
        return tls_openssl_read_key(object_text(config, "private_key_pem", STR_EMPTY), summary,
                                    "private_key_pem", diags);
    Str text = object_text(config, "private_key_openssh", STR_EMPTY);
    if (str_find(text, STR("-----BEGIN OPENSSH"), 0) != SIZE_MAX)
        return read_openssh(text, arena, diags);
    return tls_openssl_read_key(text, summary, "private_key_openssh", diags);
}

bool tls_public_describe(const Call *call, Value config, Value *out, Diags *diags) {
    SCOPED(KeyRef) key = read(config, call->arena, diags);
    if (!key)
        return false;
    ObjectBuilder builder = object_builder_of(config, call->arena);
    Str id = tls_key_describe_public(&builder, key, call->arena);
    object_builder_set(&builder, "id", value_from_str(id));
    object_builder_set(&builder, "algorithm", value_from_str(tls_openssl_algorithm(key)));
    *out = object_builder_value(&builder);
    return true;
}
