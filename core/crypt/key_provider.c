/* Holds the table of key providers. */
#include "key_provider.h"

static const KeyProviderType *const key_provider_types[] = {
    &key_provider_pbkdf2,  &key_provider_external, &key_provider_openbao,
    &key_provider_aws_kms, &key_provider_gcp_kms,  &key_provider_azure_vault,
};

const KeyProviderType *key_provider_find(Str name, Str *known, Arena *arena) {
    StrBuf names = strbuf_new(arena);
    for (size_t i = 0; i < ARRAY_COUNT(key_provider_types); i++) {
        if (str_equal_cstr(name, key_provider_types[i]->name))
            return key_provider_types[i];
        strbuf_add_format(&names, "%s\"%s\"", i ? ", " : "", key_provider_types[i]->name);
    }
    *known = strbuf_str(&names);
    return NULL;
}

bool key_provider_report_damage(const KeyRequest *request, Diags *diags) {
    return diags_fail(diags, request->range, "Damaged key metadata",
                      "The metadata of %.*s in the encrypted content is damaged, or belongs to "
                      "another kind of key provider.",
                      STR_ARG(request->name));
}
