/* sealed_file: files of several pieces; every changed, missing or moved byte is an error. */
#include "crypt_case.h"
#include "quick_derivation.h"
#include "sealed_file.h"

#define PIECE (1 << 20)
#define HEAD  "{\"id\":\"x\"}"

typedef struct FileCase {
    Arena *arena;
    char directory[64];
    Str path;
} FileCase;

static FileCase open_case(void) {
    FileCase c = {.arena = arena_open("test"), .directory = "/tmp/sealed-file-XXXXXX"};
    assert_non_null(mkdtemp(c.directory));
    return c;
}

static void close_case(FileCase *c) {
    assert_int_equal(disk_remove_tree(&disk_real, str_from_cstr(c->directory)), 0);
    arena_close(c->arena);
}

static Str bytes_of(size_t size, Arena *arena) {
    char *bytes = arena_alloc(arena, size);
    for (size_t i = 0; i < size; i++)
        bytes[i] = (char)(i * 7 + i / PIECE);
    return (Str){bytes, size};
}

static void write_file(FileCase *c, Str content) {
    SealedWriter *writer;
    c->path = disk_join(str_from_cstr(c->directory), STR("f"), c->arena);
    check_str(
        sealed_writer_open(&disk_real, c->path, STR(PASSPHRASE), STR(HEAD), &writer, c->arena), "");
    for (size_t at = 0; at < content.len; at += 300000)
        check_str(sealed_writer_add(writer, str_slice(content, at, at + 300000), c->arena), "");
    assert_false(disk_exists(&disk_real, c->path));
    check_str(sealed_writer_finish(writer, c->arena), "");
    sealed_writer_close(writer);
}

/* Returns the problem; *out is the content that was read before it. */
static Str read_file(FileCase *c, Str passphrase, Str *out) {
    SealedReader *reader;
    StrBuf content = strbuf_new(c->arena);
    bool is_end = false;
    Str piece = STR_EMPTY;
    Str problem = sealed_reader_open(&disk_real, c->path, &reader, c->arena);
    if (!problem.len) {
        check_str(sealed_reader_head(reader), HEAD);
        problem = sealed_reader_unlock(reader, passphrase, c->arena);
    }
    while (!problem.len && !is_end) {
        problem = sealed_reader_next(reader, &piece, &is_end, c->arena);
        strbuf_add(&content, piece);
    }
    *out = strbuf_str(&content);
    sealed_reader_close(reader);
    return problem;
}

static void test_sizes(void **) {
    static const size_t sizes[] = {
        0, 1, PIECE - 1, PIECE, PIECE + 1, (size_t)2 * PIECE, (size_t)2 * PIECE + 5};
    for (size_t i = 0; i < ARRAY_COUNT(sizes); i++) {
        FileCase c = open_case();
        Str content = bytes_of(sizes[i], c.arena), found;
        DiskStat stat;
        write_file(&c, content);
        assert_int_equal(disk_real.stat(NULL, c.path, &stat), 0);
        assert_int_equal(stat.mode & 0777, 0600);
        check_str(read_file(&c, STR(PASSPHRASE), &found), "");
        assert_true(str_equal(found, content));
        close_case(&c);
    }
}

/* Replaces the file by one with these bytes, and reads it. */
static void check_damage(FileCase *c, Str bytes) {
    Str found;
    assert_int_equal(disk_real.write_file(NULL, c->path, bytes, 0600), 0);
    assert_true(read_file(c, STR(PASSPHRASE), &found).len > 0);
}

static void test_damage(void **) {
    FileCase c = open_case();
    Str file, found;
    write_file(&c, bytes_of(2 * PIECE + 5, c.arena));
    assert_int_equal(disk_real.read_file(NULL, c.path, &file, c.arena), 0);
    size_t start = str_find_char(file, '\n', 0) + 1, piece = PIECE + 28;
    static const size_t changed[] = {0, 5, 11, 12, PIECE, PIECE + 27, PIECE + 28, 2 * PIECE + 60};
    for (size_t i = 0; i < ARRAY_COUNT(changed); i++) {
        char *copy = (char *)(uintptr_t)str_clone(file, c.arena).ptr;
        copy[start + changed[i]] ^= 1;
        check_damage(&c, (Str){copy, file.len});
    }
    /* The head is authenticated. */
    char *copy = (char *)(uintptr_t)str_clone(file, c.arena).ptr;
    copy[str_find(file, STR("\"x\""), 0) + 1] = 'x';
    copy[str_find(file, STR("salt"), 0) + 8] ^= 1;
    check_damage(&c, (Str){copy, file.len});
    /* Missing ends, also at the end of a piece; more bytes; pieces in another order. */
    check_damage(&c, STR_EMPTY);
    check_damage(&c, str_slice(file, 0, start - 1));
    check_damage(&c, str_slice(file, 0, start));
    check_damage(&c, str_slice(file, 0, start + piece));
    check_damage(&c, str_slice(file, 0, start + 2 * piece));
    check_damage(&c, str_slice(file, 0, file.len - 1));
    check_damage(&c, str_concat(file, STR("x"), c.arena));
    Str first = str_slice(file, start, start + piece);
    Str second = str_slice(file, start + piece, start + 2 * piece);
    const Str parts[] = {str_slice(file, 0, start), second, first,
                         str_after(file, start + 2 * piece)};
    check_damage(&c, str_join(parts, ARRAY_COUNT(parts), STR_EMPTY, c.arena));
    assert_int_equal(disk_real.write_file(NULL, c.path, file, 0600), 0);
    check_str(read_file(&c, STR("another passphrase"), &found),
              "the passphrase is wrong, or it is damaged");
    check_str(read_file(&c, STR(PASSPHRASE), &found), "");
    close_case(&c);
}

static void test_changed_head(void **) {
    FileCase c = open_case();
    SealedReader *reader;
    Str file, piece;
    bool is_end;
    write_file(&c, STR("content"));
    assert_int_equal(disk_real.read_file(NULL, c.path, &file, c.arena), 0);
    ((char *)(uintptr_t)file.ptr)[str_find(file, STR("\"x\""), 0) + 1] = 'y';
    assert_int_equal(disk_real.write_file(NULL, c.path, file, 0600), 0);
    check_str(sealed_reader_open(&disk_real, c.path, &reader, c.arena), "");
    check_str(sealed_reader_head(reader), "{\"id\":\"y\"}");
    check_str(sealed_reader_unlock(reader, STR(PASSPHRASE), c.arena), "");
    assert_true(sealed_reader_next(reader, &piece, &is_end, c.arena).len > 0);
    sealed_reader_close(reader);
    close_case(&c);
}

/* A writer that does not finish leaves neither a file nor a temporary one. */
static void test_discarded(void **) {
    FileCase c = open_case();
    SealedWriter *writer;
    DiskEntries entries = {0};
    write_file(&c, STR("former"));
    check_str(sealed_writer_open(&disk_real, c.path, STR(PASSPHRASE), STR(HEAD), &writer, c.arena),
              "");
    check_str(sealed_writer_add(writer, bytes_of((size_t)3 * PIECE, c.arena), c.arena), "");
    sealed_writer_close(writer);
    assert_int_equal(disk_real.list(NULL, str_from_cstr(c.directory), &entries, c.arena), 0);
    assert_int_equal(entries.count, 1);
    Str found;
    check_str(read_file(&c, STR(PASSPHRASE), &found), "");
    check_str(found, "former");
    Str missing = disk_join(str_from_cstr(c.directory), STR("no/f"), c.arena);
    assert_true(
        sealed_writer_open(&disk_real, missing, STR(PASSPHRASE), STR(HEAD), &writer, c.arena).len);
    sealed_writer_close(writer);
    assert_true(
        sealed_writer_open(&disk_real, c.path, STR("short"), STR(HEAD), &writer, c.arena).len);
    sealed_writer_close(writer);
    sealed_writer_close(NULL);
    sealed_reader_close(NULL);
    close_case(&c);
}

static void test_passphrase(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    check_str(sealed_file_check_passphrase(value_from_cstr(PASSPHRASE), arena), "");
    assert_true(sealed_file_check_passphrase(value_from_cstr("fifteen bytes.."), arena).len > 0);
}

UNIT_MAIN(test_sealed_file) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sizes),        cmocka_unit_test(test_damage),
        cmocka_unit_test(test_changed_head), cmocka_unit_test(test_discarded),
        cmocka_unit_test(test_passphrase),
    };
    quick_derivation_begin();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
