/* secret: uses OpenSSL's cleanse, which the compiler cannot remove. */
#include "secret.h"

#include <openssl/crypto.h>

void secret_wipe(Str secret) {
    OPENSSL_cleanse((char *)(uintptr_t)secret.ptr, secret.len);
}
