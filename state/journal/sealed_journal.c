/* sealed_journal: tracks the form of the stored journal, which is known from reading it before the
 * first write. */
#include "sealed_journal.h"
#include "base64.h"
#include "gcm.h"
#include "random.h"
#include "secret.h"

#define KEY_BYTES   32
#define EXTRA_BYTES (GCM_NONCE_BYTES + GCM_TAG_BYTES)

typedef enum Form {
    FORM_UNREAD,
    FORM_NOTHING,  /* no journal, or an empty one */
    FORM_CURRENT,  /* already in the form of new lines: plain, or encrypted with `key` */
    FORM_OUTDATED, /* readable, but must be rewritten */
} Form;

typedef struct SealedJournal {
    JournalStore store;
    JournalStore *inner;
    const Cipher *cipher;
    Form form;
    _Atomic bool
        is_appended; /* since the last replacement; atomic, since a sync may run at the same time */
    Str key;         /* for encrypting lines; points to key_bytes */
    char key_bytes[KEY_BYTES];
} SealedJournal;

static void sealed_journal_forget(SealedJournal *journal, Form form) {
    secret_wipe((Str){journal->key_bytes, KEY_BYTES});
    journal->key = (Str){0};
    journal->form = form;
}

/* Returns the first error as the end of a sentence; always false. */
static bool sealed_journal_report(const Diags *diags, Str *problem, Arena *arena) {
    Str detail = diags->items[0].detail;
    *problem = str_clone(str_slice(detail, 0, detail.len - str_ends_with(detail, STR("."))), arena);
    return false;
}

Str sealed_journal_line(Str key, Str line, Arena *arena) {
    return base64_encode(gcm_seal(key, STR_EMPTY, line, arena), arena);
}

static void seal_lines(const SealedJournal *journal, Str lines, StrBuf *out) {
    for (size_t at = 0, end; at < lines.len; at = end + 1) {
        SCOPED(ArenaRef) scratch = arena_open("journal line");
        end = str_find_char(lines, '\n', at);
        end = end == SIZE_MAX ? lines.len : end;
        strbuf_add(out, sealed_journal_line(journal->key, str_slice(lines, at, end), scratch));
        strbuf_add_char(out, '\n');
    }
}

/* Adds an unreadable line of the original length. */
static void add_garbage(StrBuf *out, Str sealed) {
    size_t padding = str_ends_with(sealed, STR("==")) ? 2 : str_ends_with(sealed, STR("="));
    size_t bytes = sealed.len / 4 * 3;
    strbuf_add_repeat(out, '!', bytes > EXTRA_BYTES + padding ? bytes - EXTRA_BYTES - padding : 0);
}

static void open_line(const SealedJournal *journal, Str sealed, StrBuf *out) {
    SCOPED(ArenaRef) scratch = arena_open("journal line");
    Str bytes, line;
    if (envelope_from_base64(sealed, &bytes, scratch) &&
        gcm_open(journal->key, STR_EMPTY, bytes, &line, scratch)) {
        strbuf_add(out, line);
        secret_wipe(line);
    } else {
        add_garbage(out, sealed);
    }
}

static Str open_lines(const SealedJournal *journal, Str text, Arena *arena) {
    StrBuf out = strbuf_new(arena);
    for (size_t at = 0, end; at < text.len; at = end + 1) {
        end = str_find_char(text, '\n', at);
        bool is_whole = end != SIZE_MAX;
        if (!is_whole)
            end = text.len;
        open_line(journal, str_slice(text, at, end), &out);
        if (is_whole)
            strbuf_add_char(&out, '\n');
    }
    return strbuf_str(&out);
}

static void set_key(SealedJournal *journal, Str key) {
    memcpy(journal->key_bytes, key.ptr, KEY_BYTES);
    journal->key = (Str){journal->key_bytes, KEY_BYTES};
}

bool sealed_journal_make_key(const Cipher *cipher, Str *key, Str *header, Str *problem,
                             Arena *arena) {
    SCOPED(ArenaRef) scratch = arena_open("journal key");
    Diags diags = diags_new(scratch);
    char *bytes = arena_alloc(arena, KEY_BYTES);
    random_fill(bytes, KEY_BYTES);
    *key = (Str){bytes, KEY_BYTES};
    if (!cipher_seal(cipher, (EnvelopeHead){0}, *key, header, scratch, &diags))
        return sealed_journal_report(&diags, problem, arena);
    *header = str_clone(*header, arena);
    return true;
}

static bool make_key(SealedJournal *journal, StrBuf *out, Str *problem, Arena *arena) {
    SCOPED(ArenaRef) scratch = arena_open("journal key");
    Str key;
    Str header;
    Str reason;
    if (!sealed_journal_make_key(journal->cipher, &key, &header, &reason, scratch)) {
        *problem = str_clone(reason, arena);
        return false;
    }
    set_key(journal, key);
    secret_wipe(key);
    strbuf_add(out, header);
    strbuf_add_char(out, '\n');
    return true;
}

static StoredText stored_text(const SealedJournal *journal, Str bytes, Arena *arena) {
    Str what = str_format(arena, "The journal \"%.*s\"", STR_ARG(journal->inner->name));
    return (StoredText){what, bytes};
}

static bool open_key(SealedJournal *journal, Str header, Diags *diags, Arena *scratch) {
    StoredText stored = stored_text(journal, header, scratch);
    Str key;
    if (!cipher_open(journal->cipher, &stored, &key, scratch, diags))
        return false;
    if (key.len != KEY_BYTES)
        return diags_fail(diags, NO_RANGE, "Damaged encrypted content",
                          "%.*s is encrypted, but its first line has no key for the other lines.",
                          STR_ARG(stored.what));
    set_key(journal, key);
    secret_wipe(key);
    journal->form =
        stored.is_outdated || cipher_is_plain(journal->cipher) ? FORM_OUTDATED : FORM_CURRENT;
    return true;
}

static bool read_plain(SealedJournal *journal, Str *text, Diags *diags, Arena *scratch) {
    StoredText stored = stored_text(journal, *text, scratch);
    if (!cipher_open(journal->cipher, &stored, text, scratch, diags))
        return false;
    journal->form = stored.is_outdated ? FORM_OUTDATED : FORM_CURRENT;
    return true;
}

static bool sealed_read(JournalStore *store, Str *out, bool *found, Str *problem, Arena *arena) {
    SealedJournal *journal = store->self;
    SCOPED(ArenaRef) scratch = arena_open("journal");
    Diags diags = diags_new(scratch);
    Str text = STR_EMPTY;
    sealed_journal_forget(journal, FORM_UNREAD);
    if (!journal->inner->read(journal->inner, &text, found, problem, arena))
        return false;
    *out = text;
    size_t end = str_find_char(text, '\n', 0);
    /* If the first line is incomplete, no record was durable. */
    if (!*found || text.len == 0 || (journal->cipher && end == SIZE_MAX)) {
        journal->form = *found && text.len > 0 ? FORM_OUTDATED : FORM_NOTHING;
        return true;
    }
    Str header = str_slice(text, 0, end);
    if (!envelope_is_sealed(header))
        return read_plain(journal, out, &diags, scratch) ||
               sealed_journal_report(&diags, problem, arena);
    if (!open_key(journal, header, &diags, scratch))
        return sealed_journal_report(&diags, problem, arena);
    *out = open_lines(journal, str_after(text, end + 1), arena);
    return true;
}

static bool sealed_read_stored(JournalStore *store, Str *out, bool *found, Str *problem,
                               Arena *arena) {
    JournalStore *inner = ((SealedJournal *)store->self)->inner;
    return inner->read(inner, out, found, problem, arena);
}

static bool sealed_replace(JournalStore *store, Str text, Str *problem, Arena *arena) {
    SealedJournal *journal = store->self;
    SCOPED(ArenaRef) scratch = arena_open("journal");
    StrBuf sealed = strbuf_new(scratch);
    bool is_plain = cipher_is_plain(journal->cipher);
    if (!is_plain && text.len > 0 && !make_key(journal, &sealed, problem, arena))
        return false;
    if (!is_plain)
        seal_lines(journal, text, &sealed);
    Str bytes = is_plain ? text : strbuf_str(&sealed);
    if (!journal->inner->replace(journal->inner, bytes, problem, arena)) {
        sealed_journal_forget(journal, FORM_UNREAD);
        return false;
    }
    journal->form = text.len > 0 ? FORM_CURRENT : FORM_NOTHING;
    journal->is_appended = false; /* and durable */
    return true;
}

/* Rewrites all whole lines, and the new ones, in the current form. */
static bool rewrite(SealedJournal *journal, Str lines, Str *problem, Arena *arena) {
    Str before;
    bool found;
    if (!sealed_read(&journal->store, &before, &found, problem, arena))
        return false;
    before = str_slice(before, 0, str_rfind_char(before, '\n') + 1);
    return sealed_replace(&journal->store, str_concat(before, lines, arena), problem, arena);
}

static bool append_inner(SealedJournal *journal, Str lines, Str *problem, Arena *arena) {
    bool ok = journal->inner->append(journal->inner, lines, problem, arena);
    if (ok)
        journal->is_appended = true;
    return ok;
}

static bool sealed_append(JournalStore *store, Str lines, Str *problem, Arena *arena) {
    SealedJournal *journal = store->self;
    SCOPED(ArenaRef) scratch = arena_open("journal");
    StrBuf sealed = strbuf_new(scratch);
    bool was_nothing = journal->form == FORM_NOTHING;
    if (journal->form == FORM_UNREAD || journal->form == FORM_OUTDATED)
        return rewrite(journal, lines, problem, arena);
    if (cipher_is_plain(journal->cipher)) {
        bool ok = append_inner(journal, lines, problem, arena);
        journal->form = ok ? FORM_CURRENT : journal->form;
        return ok;
    }
    if (was_nothing && !make_key(journal, &sealed, problem, arena))
        return false;
    seal_lines(journal, lines, &sealed);
    bool ok = append_inner(journal, strbuf_str(&sealed), problem, arena);
    journal->form = ok || !was_nothing ? FORM_CURRENT : FORM_NOTHING;
    return ok;
}

static bool sealed_sync(JournalStore *store, Str *problem, Arena *arena) {
    SealedJournal *journal = store->self;
    return !journal->is_appended || journal->inner->sync(journal->inner, problem, arena);
}

static bool sealed_remove(JournalStore *store, Str *problem, Arena *arena) {
    SealedJournal *journal = store->self;
    if (!journal->inner->remove(journal->inner, problem, arena))
        return false;
    sealed_journal_forget(journal, FORM_NOTHING);
    return true;
}

static void sealed_close(JournalStore *store) {
    SealedJournal *journal = store->self;
    sealed_journal_forget(journal, FORM_UNREAD);
    journal->inner->close(journal->inner);
}

JournalStore *sealed_journal_new(JournalStore *inner, const Cipher *cipher, Arena *arena) {
    SealedJournal *journal = arena_new(arena, SealedJournal);
    journal->inner = inner;
    journal->cipher = cipher;
    journal->store = (JournalStore){
        .self = journal,
        .name = inner->name,
        .setting = inner->setting,
        .is_buffered = inner->is_buffered,
        .read = sealed_read,
        .read_stored = sealed_read_stored,
        .append = sealed_append,
        .sync = sealed_sync,
        .replace = sealed_replace,
        .remove = sealed_remove,
        .close = sealed_close,
    };
    return &journal->store;
}
