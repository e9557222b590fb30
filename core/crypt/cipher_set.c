/* cipher_set: finds ciphers of remote states by OpenTofu's names. */
#include "cipher_set.h"

void cipher_set_close(CipherSet *set) {
    keyring_close(set->keyring);
    *set = (CipherSet){0};
}

const Cipher *cipher_set_remote(const CipherSet *set, Str address) {
    SCOPED(ArenaRef) scratch = arena_open("remote state");
    Str type = STR("data.terraform_remote_state."), module = STR("module.");
    size_t at = str_find(address, type, 0);
    if (!set || !set->keyring)
        return NULL;
    Str name = at == SIZE_MAX ? address
                              : str_concat(str_slice(address, 0, at),
                                           str_after(address, at + type.len), scratch);
    if (str_starts_with(name, module))
        name = str_after(name, module.len);
    const Cipher *named = map_find(&set->remotes, name);
    return named ? named : set->remote_default;
}
