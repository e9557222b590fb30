#include "quick_derivation.h"

#include <assert.h>
#include <dlfcn.h>
#include <openssl/evp.h>
#include <stdbool.h>

typedef int (*Derive)(const char *, int, const unsigned char *, int, int, const EVP_MD *, int,
                      unsigned char *);

static bool is_quick;

void quick_derivation_begin(void) {
    is_quick = true;
}

/* Stands before the function of OpenSSL. */
int PKCS5_PBKDF2_HMAC(const char *pass, int passlen, const unsigned char *salt, int saltlen,
                      int iter, const EVP_MD *digest, int keylen, unsigned char *out) {
    Derive derive = (Derive)dlsym(RTLD_NEXT, "PKCS5_PBKDF2_HMAC");
    assert(derive);
    return derive(pass, passlen, salt, saltlen, is_quick ? iter / 1000 : iter, digest, keylen, out);
}
