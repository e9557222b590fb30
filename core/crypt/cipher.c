/* cipher: encrypts with the method. Decryption tries the method, then the fallbacks in order; their
 * errors are reported only if all of them fail. */
#include "cipher.h"

static bool cipher_is_unencrypted(const CipherStep *step) {
    return !step->type->seal;
}

bool cipher_is_plain(const Cipher *cipher) {
    return !cipher || cipher_is_unencrypted(&cipher->steps.items[0]);
}

static MethodRequest cipher_request_of(const Cipher *cipher, const CipherStep *step, Str key) {
    return (MethodRequest){
        .io = cipher->io,
        .cancel = cipher->cancel,
        .name = step->name,
        .config = step->config,
        .key = key,
        .range = step->range,
    };
}

bool cipher_seal(const Cipher *cipher, EnvelopeHead head, Str plain, Str *out, Arena *arena,
                 Diags *diags) {
    if (cipher_is_plain(cipher)) {
        *out = plain;
        return true;
    }
    const CipherStep *step = &cipher->steps.items[0];
    Envelope envelope = {.head = head};
    Str key = {0};
    if (step->keys &&
        !keyring_seal_key(cipher->keyring, step->keys, &key, &envelope.metas, arena, diags))
        return false;
    MethodRequest request = cipher_request_of(cipher, step, key);
    if (!step->type->seal(&request, plain, &envelope.data, arena, diags))
        return false;
    *out = envelope_encode(&envelope, arena);
    return true;
}

void cipher_begin(const Cipher *cipher) {
    if (!cipher_is_plain(cipher) && cipher->steps.items[0].keys)
        keyring_derive_early(cipher->keyring, cipher->steps.items[0].keys);
}

bool cipher_prepare(const Cipher *cipher, Diags *diags) {
    SCOPED(ArenaRef) scratch = arena_open("cipher");
    Str ignored;
    return cipher_seal(cipher, (EnvelopeHead){0}, STR("{}"), &ignored, scratch, diags);
}

static bool pass_plain(const Cipher *cipher, StoredText *stored, Str *out, Diags *diags) {
    bool is_allowed = stored->bytes.len == 0;
    vec_each(&cipher->steps, step) {
        is_allowed |= cipher_is_unencrypted(step);
    }
    if (!is_allowed)
        return diags_fail(
            diags, cipher->steps.items[0].range, "Unencrypted content",
            "%.*s is not encrypted (or is damaged), but the configuration requires encryption. If "
            "it was written before encryption was introduced, add a fallback with the method "
            "\"unencrypted\", apply once, and remove the fallback.",
            STR_ARG(stored->what));
    stored->is_outdated = stored->bytes.len > 0 && !cipher_is_plain(cipher);
    *out = stored->bytes;
    return true;
}

static bool cipher_open_with(const Cipher *cipher, const CipherStep *step, const Envelope *envelope,
                             Str *out, Arena *arena, Diags *diags) {
    Str key = {0};
    if (step->keys && !keyring_open_key(cipher->keyring, step->keys, &envelope->metas, &key, diags))
        return false;
    MethodRequest request = cipher_request_of(cipher, step, key);
    if (!step->type->open(&request, envelope->data, out, arena, diags))
        return false;
    if (step->keys)
        keyring_trust(cipher->keyring, step->keys, &envelope->metas);
    return true;
}

static bool cipher_report_failure(Str what, const Diags *reasons, Diags *diags) {
    SCOPED(ArenaRef) scratch = arena_open("cipher");
    StrBuf text = strbuf_new(scratch);
    DiagClass class = DIAG_OTHER; /* another one: a key server denied a key, or did not respond */
    vec_each(reasons, reason) {
        strbuf_add_format(&text, "\n  - %.*s", STR_ARG(reason->detail));
        class = class == DIAG_OTHER ? reason->class : class;
    }
    SourceRange range = reasons->count > 0 ? reasons->items[0].range : NO_RANGE;
    return diags_fail(diags_as(class, diags), range, "Failed to decrypt",
                      "%.*s cannot be decrypted: %s.%.*s", STR_ARG(what),
                      class == DIAG_OTHER
                          ? "the passphrase or key is wrong, or the content was changed"
                          : "a key is not available",
                      STR_ARG(strbuf_str(&text)));
}

static bool cipher_try_all(const Cipher *cipher, StoredText *stored, const Envelope *envelope,
                           Str *out, Arena *arena, Diags *diags) {
    Diags reasons = diags_new(arena);
    vec_each(&cipher->steps, step) {
        if (cipher_is_unencrypted(step) ||
            !cipher_open_with(cipher, step, envelope, out, arena, &reasons))
            continue;
        stored->is_outdated = step != cipher->steps.items;
        return true;
    }
    return cipher_report_failure(stored->what, &reasons, diags);
}

/* A writer of the storage without the key must not make a state look older or newer than it is. */
static bool check_head(Str what, const Envelope *envelope, Str plain, Arena *arena, Diags *diags) {
    const EnvelopeHead *outer = &envelope->head;
    EnvelopeHead inner = envelope_read_head(plain, arena);
    if (outer->is_given == inner.is_given && inner.serial == outer->serial &&
        str_equal(inner.lineage, outer->lineage))
        return true;
    return diags_fail(diags, NO_RANGE, "Changed state",
                      "%.*s was changed: its outer serial and lineage (%llu, %.*s) differ from the "
                      "encrypted ones (%llu, %.*s). Restore a copy of it.",
                      STR_ARG(what), (unsigned long long)outer->serial, STR_ARG(outer->lineage),
                      (unsigned long long)inner.serial, STR_ARG(inner.lineage));
}

static bool open_envelope(const Cipher *cipher, StoredText *stored, Str *out, Arena *arena,
                          Diags *diags) {
    Envelope envelope;
    const char *error;
    if (!cipher)
        return diags_fail(diags, NO_RANGE, "Encrypted content",
                          "%.*s is encrypted, but neither the configuration nor TF_ENCRYPTION has "
                          "an \"encryption\" block to decrypt it.",
                          STR_ARG(stored->what));
    if (!envelope_decode(stored->bytes, &envelope, &error, arena))
        return diags_fail(
            diags, NO_RANGE, "Damaged encrypted content",
            "%.*s is encrypted, but its envelope is damaged. %s Restore a copy of it.",
            STR_ARG(stored->what), error);
    return cipher_try_all(cipher, stored, &envelope, out, arena, diags) &&
           check_head(stored->what, &envelope, *out, arena, diags);
}

bool cipher_open(const Cipher *cipher, StoredText *stored, Str *out, Arena *arena, Diags *diags) {
    stored->is_outdated = false;
    if (envelope_is_sealed(stored->bytes))
        return open_envelope(cipher, stored, out, arena, diags);
    if (cipher)
        return pass_plain(cipher, stored, out, diags);
    *out = stored->bytes;
    return true;
}
