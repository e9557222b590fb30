/* backend: encrypts writes, decrypts reads, encrypts anew after a fallback. */
#include "backend.h"
#include "crypt_case.h"

#define STATE "{\"version\": 4, \"serial\": 3, \"lineage\": \"l\"}"

typedef struct Memory {
    Backend backend;
    Arena *arena;
    Str stored;
    Str backup;
} Memory;

static bool memory_read(Backend *backend, Str *out, Arena *arena, Diags *) {
    const Memory *memory = backend->self;
    *out = str_clone(memory->stored, arena);
    return true;
}

static bool memory_write(Backend *backend, Str bytes, Diags *) {
    Memory *memory = backend->self;
    memory->backup = str_clone(backend->backup_bytes.ptr ? backend->backup_bytes : memory->stored,
                               memory->arena);
    memory->stored = str_clone(bytes, memory->arena);
    return true;
}

static void open_memory(Memory *memory, const Cipher *cipher, const char *text, CryptCase *c) {
    *memory = (Memory){.arena = c->arena, .stored = str_from_cstr(text)};
    memory->backend = (Backend){
        .self = memory,
        .path = STR("s"),
        .backup_path = STR("s.backup"),
        .cipher = cipher,
        .read = memory_read,
        .write = memory_write,
    };
}

static void test_both_ways(void **) {
    CryptCase c = crypt_case_open();
    Memory memory;
    Str text;
    KeySource *key = crypt_case_pbkdf2(&c, "k", PASSPHRASE);
    open_memory(&memory, crypt_case_cipher(&c, &key, 1), "", &c);
    assert_true(backend_read(&memory.backend, &text, c.arena, &c.diags));
    check_str(text, "");
    assert_true(backend_write(&memory.backend, STR(STATE), &c.diags));
    assert_true(str_starts_with(memory.stored, STR("{\"serial\":3,\"lineage\":\"l\",\"meta\"")));
    assert_true(backend_read(&memory.backend, &text, c.arena, &c.diags));
    check_str(text, STATE);
    assert_false(memory.backend.is_outdated);
    crypt_case_close(&c);
}

static void test_fallback(void **) {
    CryptCase c = crypt_case_open();
    Memory memory;
    Str text;
    KeySource *key = crypt_case_pbkdf2(&c, "k", PASSPHRASE);
    open_memory(&memory, crypt_case_cipher(&c, (KeySource *[]){key, NULL}, 2), STATE, &c);
    assert_true(backend_read(&memory.backend, &text, c.arena, &c.diags));
    assert_true(memory.backend.is_outdated);
    assert_true(backend_write(&memory.backend, text, &c.diags));
    assert_false(memory.backend.is_outdated);
    assert_true(envelope_is_sealed(memory.stored));
    assert_true(envelope_is_sealed(memory.backup)); /* not in plain text */
    crypt_case_close(&c);
}

static void test_without_cipher(void **) {
    CryptCase c = crypt_case_open();
    Memory memory;
    Str text;
    open_memory(&memory, NULL, STATE, &c);
    assert_true(backend_read(&memory.backend, &text, c.arena, &c.diags));
    assert_true(backend_write(&memory.backend, text, &c.diags));
    check_str(memory.stored, STATE);
    memory.stored = STR("{\"encrypted_data\": \"\"}");
    assert_false(backend_read(&memory.backend, &text, c.arena, &c.diags));
    check_str(crypt_case_errors(&c.diags, c.arena), "Encrypted content\n");
    crypt_case_close(&c);
}

UNIT_MAIN(test_backend) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_both_ways),
        cmocka_unit_test(test_fallback),
        cmocka_unit_test(test_without_cipher),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
