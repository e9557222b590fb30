/* sealed_journal: the lines read are the lines appended; damage is reported at its line; a journal
 * in another form is rewritten. */
#include "crypt_case.h"
#include "journal.h"
#include "sealed_journal.h"
#include "state_case.h"

/* A store in memory. */
typedef struct Shelf {
    JournalStore store;
    Arena *arena;
    Str text;
    bool is_there, is_open, fails;
    int replacements;
} Shelf;

static bool shelf_read(JournalStore *store, Str *out, bool *found, Str *problem, Arena *arena) {
    Shelf *shelf = store->self;
    *out = str_clone(shelf->text, arena);
    *found = shelf->is_there;
    *problem = STR("it fails");
    return !shelf->fails;
}

static bool put(Shelf *shelf, Str text, Str *problem) {
    *problem = STR("it fails");
    if (shelf->fails)
        return false;
    shelf->text = text;
    shelf->is_there = true;
    return true;
}

static bool shelf_append(JournalStore *store, Str lines, Str *problem, Arena *arena) {
    Shelf *shelf = store->self;
    (void)arena;
    shelf->is_open = true;
    return put(shelf, str_concat(shelf->text, lines, shelf->arena), problem);
}

static bool shelf_replace(JournalStore *store, Str text, Str *problem, Arena *arena) {
    Shelf *shelf = store->self;
    (void)arena;
    shelf->is_open = false;
    shelf->replacements++;
    return put(shelf, str_clone(text, shelf->arena), problem);
}

/* A sync without new lines is an error of the test. */
static bool shelf_sync(JournalStore *store, Str *problem, Arena *) {
    const Shelf *shelf = store->self;
    *problem = STR("nothing was appended");
    return shelf->is_open;
}

static bool shelf_remove(JournalStore *store, Str *problem, Arena *arena) {
    Shelf *shelf = store->self;
    (void)arena;
    *problem = STR("it fails");
    if (shelf->fails)
        return false;
    shelf->text = STR_EMPTY;
    shelf->is_there = false;
    return true;
}

static void shelf_close(JournalStore *) {
}

typedef struct SealedCase {
    CryptCase c;
    Shelf shelf;
    const Cipher *cipher;   /* accepts one key */
    const Cipher *lenient;  /* also accepts plain text */
    const Cipher *way_back; /* accepts plain text or that key */
} SealedCase;

static void open_case(SealedCase *test) {
    test->c = crypt_case_open();
    CryptCase *c = &test->c;
    test->shelf = (Shelf){.arena = c->arena, .text = STR_EMPTY};
    test->shelf.store =
        (JournalStore){&test->shelf, STR("j"),   NULL,          false,        shelf_read,
                       shelf_append, shelf_sync, shelf_replace, shelf_remove, shelf_close};
    KeySource *key = crypt_case_pbkdf2(c, "k", PASSPHRASE);
    test->cipher = crypt_case_cipher(c, (KeySource *[]){key}, 1);
    test->lenient = crypt_case_cipher(c, (KeySource *[]){key, NULL}, 2);
    test->way_back = crypt_case_cipher(c, (KeySource *[]){NULL, key}, 2);
}

/* The text that a new run reads, or the error. */
static Str read_all(SealedCase *test, const Cipher *cipher) {
    JournalStore *journal = sealed_journal_new(&test->shelf.store, cipher, test->c.arena);
    Str text, problem;
    bool found;
    return journal->read(journal, &text, &found, &problem, test->c.arena) ? text : problem;
}

static void append(SealedCase *test, JournalStore *journal, const char *lines) {
    Str problem;
    assert_true(journal->append(journal, str_from_cstr(lines), &problem, test->c.arena));
    assert_true(journal->sync(journal, &problem, test->c.arena));
}

static JournalStore *open_journal(SealedCase *test, const Cipher *cipher) {
    JournalStore *journal = sealed_journal_new(&test->shelf.store, cipher, test->c.arena);
    Str text, problem;
    bool found;
    assert_true(journal->read(journal, &text, &found, &problem, test->c.arena));
    return journal;
}

static void test_lines(void **) {
    SealedCase test;
    open_case(&test);
    JournalStore *journal = open_journal(&test, test.cipher);
    append(&test, journal, "one\ntwo\n");
    append(&test, journal, "three\n");
    journal->close(journal);
    assert_int_equal(str_find(test.shelf.text, STR("three"), 0), SIZE_MAX);
    check_str(read_all(&test, test.cipher), "one\ntwo\nthree\n");
    append(&test, open_journal(&test, test.cipher), "four\n");
    assert_int_equal(test.shelf.replacements, 0);
    check_str(read_all(&test, test.cipher), "one\ntwo\nthree\nfour\n");
    check_str(read_all(&test, NULL),
              "The journal \"j\" is encrypted, but neither the configuration nor TF_ENCRYPTION has "
              "an \"encryption\" block to decrypt it");
    crypt_case_close(&test.c);
}

/* Records about parts are encrypted like all others. */
static void test_parts(void **) {
    SealedCase test;
    open_case(&test);
    Arena *arena = test.c.arena;
    Diags diags = diags_new(arena);
    State *before = state_new(arena), *after = state_new(arena);
    before->lineage = after->lineage = STR("l");
    JournalStore *store = sealed_journal_new(&test.shelf.store, test.cipher, arena);
    Journal *journal;
    uint64_t sequence;
    bool found;
    assert_true(journal_open(store, &clock_real, before, &journal, arena, &diags));
    JournalIntent intent = {
        .address = state_case_address("t.a", arena),
        .provider_config.provider = STR("h/n/t"),
        .action = PENDING_CREATE,
    };
    StatePart part = {.key = STR("v1/Secret/web"), .action = PENDING_CREATE, .marker = STR("uid")};
    assert_true(journal_intent(journal, &intent, &sequence, &diags));
    StateParts parts = {.items = &part, .count = 1};
    assert_true(journal_parts(journal, sequence, &parts, &diags));
    journal_close(journal);
    assert_int_equal(str_find(test.shelf.text, part.key, 0), SIZE_MAX);
    store = sealed_journal_new(&test.shelf.store, test.cipher, arena);
    assert_true(journal_replay(store, NULL, after, &found, arena, &diags));
    const StateInstance *instance = state_find_instance(after, intent.address);
    assert_int_equal(instance->pending->parts.count, 1);
    check_str(instance->pending->parts.items[0].key, "v1/Secret/web");
    check_str(instance->pending->parts.items[0].marker, "uid");
    crypt_case_close(&test.c);
}

static void test_replace_and_remove(void **) {
    SealedCase test;
    open_case(&test);
    Str problem;
    JournalStore *journal = open_journal(&test, test.cipher);
    append(&test, journal, "one\n");
    assert_true(journal->replace(journal, STR("two\n"), &problem, test.c.arena));
    append(&test, journal, "three\n");
    check_str(read_all(&test, test.cipher), "two\nthree\n");
    assert_true(journal->replace(journal, STR_EMPTY, &problem, test.c.arena));
    check_str(read_all(&test, test.cipher), "");
    assert_int_equal(test.shelf.text.len, 0);
    assert_true(journal->sync(journal, &problem, test.c.arena)); /* durable already */
    assert_true(journal->replace(journal, STR("\n"), &problem, test.c.arena));
    check_str(read_all(&test, test.cipher), "\n");
    assert_true(journal->replace(journal, STR_EMPTY, &problem, test.c.arena));
    append(&test, journal, "four\n");
    assert_true(journal->remove(journal, &problem, test.c.arena));
    append(&test, journal, "five\n");
    check_str(read_all(&test, test.cipher), "five\n");
    crypt_case_close(&test.c);
}

static void test_failed_append(void **) {
    SealedCase test;
    open_case(&test);
    Str problem;
    JournalStore *journal = open_journal(&test, test.cipher);
    for (int i = 0; i < 2; i++) {
        test.shelf.fails = true;
        assert_false(journal->append(journal, STR("no\n"), &problem, test.c.arena));
        check_str(problem, "it fails");
        test.shelf.fails = false;
        append(&test, journal, "yes\n");
    }
    check_str(read_all(&test, test.cipher), "yes\nyes\n");
    crypt_case_close(&test.c);
}

/* Offsets matter to the journal: an unreadable line is replaced by text of the same length. */
static void test_damage(void **) {
    SealedCase test;
    open_case(&test);
    append(&test, open_journal(&test, test.cipher), "one\nsecond\nlast one\n");
    Str whole = test.shelf.text;
    size_t second = str_find_char(whole, '\n', str_find_char(whole, '\n', 0) + 1) + 1;
    Str changed = str_clone(whole, test.c.arena);
    ((char *)(uintptr_t)changed.ptr)[second + 5] ^= 1;
    test.shelf.text = changed;
    check_str(read_all(&test, test.cipher), "one\n!!!!!!\nlast one\n");
    for (size_t size = 0; size < whole.len; size++) {
        test.shelf.text = str_slice(whole, 0, size);
        Str text = read_all(&test, test.cipher);
        if (size < second || size == whole.len - 1)
            continue; /* at most the key or one line is left; or only the last newline is missing */
        if (!str_starts_with(text, STR("one\n")) ||
            str_find(text, STR("last one\n"), 0) != SIZE_MAX)
            fail_msg("%zu: %.*s", size, STR_ARG(text));
    }
    crypt_case_close(&test.c);
}

/* A run died while it wrote the first line: the next run starts a new journal. */
static void test_torn_first_line(void **) {
    SealedCase test;
    open_case(&test);
    append(&test, open_journal(&test, test.cipher), "one\n");
    Str whole = test.shelf.text;
    size_t header = str_find_char(whole, '\n', 0);
    for (size_t size = 1; size <= header; size += 7) {
        test.shelf.text = str_slice(whole, 0, size);
        append(&test, open_journal(&test, test.cipher), "two\n");
        check_str(read_all(&test, test.cipher), "two\n");
    }
    crypt_case_close(&test.c);
}

static void test_other_forms(void **) {
    SealedCase test;
    open_case(&test);
    append(&test, open_journal(&test, NULL), "plain\n");
    check_str(test.shelf.text, "plain\n");
    check_str(str_slice(read_all(&test, test.cipher), 0, 32), "The journal \"j\" is not encrypted");
    append(&test, open_journal(&test, test.lenient), "two\n");
    assert_int_equal(test.shelf.replacements, 1);
    check_str(read_all(&test, test.cipher), "plain\ntwo\n");
    append(&test, open_journal(&test, test.way_back), "three\n");
    check_str(test.shelf.text, "plain\ntwo\nthree\n");
    crypt_case_close(&test.c);
}

/* Each replacement has another key, so that no line is encrypted twice with one key and nonce. */
static void test_keys(void **) {
    SealedCase test;
    open_case(&test);
    Str keys[2], header, problem;
    for (size_t i = 0; i < ARRAY_COUNT(keys); i++)
        assert_true(
            sealed_journal_make_key(test.cipher, &keys[i], &header, &problem, test.c.arena));
    assert_int_equal(keys[0].len, 32);
    assert_false(str_equal(keys[0], keys[1]));
    crypt_case_close(&test.c);
}

/* A journal under a former key is rewritten under the new one. */
static void test_former_key(void **) {
    SealedCase test;
    open_case(&test);
    CryptCase *c = &test.c;
    KeySource *former = crypt_case_pbkdf2(c, "k", PASSPHRASE);
    KeySource *key = crypt_case_pbkdf2(c, "new", "another passphrase");
    const Cipher *both = crypt_case_cipher(c, (KeySource *[]){key, former}, 2);
    const Cipher *alone = crypt_case_cipher(c, (KeySource *[]){key}, 1);
    append(&test, open_journal(&test, test.cipher), "one\n");
    append(&test, open_journal(&test, both), "two\n");
    assert_int_equal(test.shelf.replacements, 1);
    check_str(read_all(&test, alone), "one\ntwo\n");
    crypt_case_close(&test.c);
}

/* After a failed replacement the stored form is unknown, so it is read again. */
static void test_failed_calls(void **) {
    SealedCase test;
    open_case(&test);
    Str problem = STR_EMPTY, text;
    bool found;
    JournalStore *journal = open_journal(&test, test.cipher);
    append(&test, journal, "one\n");
    test.shelf.fails = true;
    assert_false(journal->remove(journal, &problem, test.c.arena));
    check_str(problem, "it fails");
    assert_false(journal->replace(journal, STR("no\n"), &problem, test.c.arena));
    assert_false(journal->append(journal, STR("no\n"), &problem, test.c.arena));
    assert_false(journal->read(journal, &text, &found, &problem, test.c.arena));
    check_str(problem, "it fails");
    test.shelf.fails = false;
    append(&test, journal, "two\n");
    check_str(read_all(&test, test.cipher), "one\ntwo\n");
    journal->close(journal);
    append(&test, journal, "three\n");
    check_str(read_all(&test, test.cipher), "one\ntwo\nthree\n");
    crypt_case_close(&test.c);
}

/* A first line that is encrypted, but has no key of the right length. */
static void test_no_key(void **) {
    SealedCase test;
    open_case(&test);
    Str header;
    assert_true(cipher_seal(test.cipher, (EnvelopeHead){0}, STR("short"), &header, test.c.arena,
                            &test.c.diags));
    test.shelf.text = str_concat(header, STR("\n"), test.c.arena);
    test.shelf.is_there = true;
    check_str(read_all(&test, test.cipher),
              "The journal \"j\" is encrypted, but its first line has no "
              "key for the other lines");
    crypt_case_close(&test.c);
}

/* Without a key, nothing is written. */
static void test_failing_key(void **) {
    SealedCase test;
    open_case(&test);
    CryptCase *c = &test.c;
    KeySourceConfig config = {
        .type = &key_provider_external,
        .name = STR("x"),
        .metadata_key = STR("x"),
        .config = crypt_case_command(c, "command", STR("exit 1")),
    };
    const Cipher *cipher =
        crypt_case_cipher(c, (KeySource *[]){keyring_add(c->keyring, &config)}, 1);
    JournalStore *journal = open_journal(&test, cipher);
    Str problem = STR_EMPTY;
    assert_false(journal->append(journal, STR("no\n"), &problem, c->arena));
    assert_true(problem.len > 0);
    problem = STR_EMPTY;
    assert_false(journal->replace(journal, STR("no\n"), &problem, c->arena));
    assert_true(problem.len > 0);
    assert_false(test.shelf.is_there);
    crypt_case_close(c);
}

/* Damaged lines of every length keep it. */
static void test_lengths(void **) {
    for (size_t length = 0; length < 7; length++) {
        SealedCase test;
        open_case(&test);
        Arena *arena = test.c.arena;
        Str line = str_slice(STR("abcdef\n"), 6 - length, 7);
        append(&test, open_journal(&test, test.cipher), str_to_cstr(line, arena));
        Str changed = str_clone(test.shelf.text, arena);
        ((char *)(uintptr_t)changed.ptr)[str_find_char(changed, '\n', 0) + 3] ^= 1;
        test.shelf.text = changed;
        check_str_equal(read_all(&test, test.cipher), str_slice(STR("!!!!!!\n"), 6 - length, 7));
        crypt_case_close(&test.c);
    }
}

/* An empty journal has no form yet: the first line needs no rewrite. */
static void test_empty(void **) {
    SealedCase test;
    open_case(&test);
    test.shelf.is_there = true;
    append(&test, open_journal(&test, test.cipher), "one\n");
    assert_int_equal(test.shelf.replacements, 0);
    check_str(read_all(&test, test.cipher), "one\n");
    crypt_case_close(&test.c);
}

UNIT_MAIN(test_sealed_journal) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_lines),
        cmocka_unit_test(test_parts),
        cmocka_unit_test(test_replace_and_remove),
        cmocka_unit_test(test_failed_append),
        cmocka_unit_test(test_damage),
        cmocka_unit_test(test_torn_first_line),
        cmocka_unit_test(test_other_forms),
        cmocka_unit_test(test_keys),
        cmocka_unit_test(test_former_key),
        cmocka_unit_test(test_failed_calls),
        cmocka_unit_test(test_no_key),
        cmocka_unit_test(test_failing_key),
        cmocka_unit_test(test_lengths),
        cmocka_unit_test(test_empty),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
