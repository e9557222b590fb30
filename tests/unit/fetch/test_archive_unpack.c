/* Valid archives, and malicious ones. */
#include "unit.h"

#include "archive_unpack.h"

#include <archive.h>
#include <archive_entry.h>
#include <unistd.h>

typedef struct Item {
    const char *name;
    unsigned type;    /* AE_IFREG … */
    const char *text; /* content, or the target of a link */
    bool is_hard_link;
} Item;

typedef struct Box {
    Arena *arena;
    Io io;
    char directory[32];
    Str problem;
} Box;

static Box box_open(void) {
    Box box = {
        .arena = arena_open("test"), .io = io_real(), .directory = "/tmp/loam-unpack-XXXXXX"};
    assert_non_null(mkdtemp(box.directory));
    assert_int_equal(
        disk_real.make_directories(NULL, str_format(box.arena, "%s/in", box.directory), 0777), 0);
    return box;
}

static void box_close(Box *box) {
    assert_int_equal(disk_remove_tree(&disk_real, str_from_cstr(box->directory)), 0);
    arena_close(box->arena);
}

static Str in(Box *box, const char *name) {
    return str_format(box->arena, "%s/%s", box->directory, name);
}

static void add(struct archive *writer, const Item *item) {
    struct archive_entry *entry = archive_entry_new();
    size_t size = item->type == AE_IFREG && !item->is_hard_link ? strlen(item->text) : 0;
    archive_entry_set_pathname(entry, item->name);
    archive_entry_set_filetype(entry, item->type);
    archive_entry_set_perm(entry, 04755);
    archive_entry_set_size(entry, (la_int64_t)size);
    if (item->type == AE_IFLNK)
        archive_entry_set_symlink(entry, item->text);
    if (item->is_hard_link)
        archive_entry_set_hardlink(entry, item->text);
    assert_int_equal(archive_write_header(writer, entry), ARCHIVE_OK);
    if (size)
        assert_int_equal(archive_write_data(writer, item->text, size), (la_ssize_t)size);
    archive_entry_free(entry);
}

typedef int (*Choose)(struct archive *writer);

static void pack(Box *box, Choose format, Choose filter, const Item *items, size_t count) {
    struct archive *writer = archive_write_new();
    assert_int_equal(format(writer), ARCHIVE_OK);
    if (filter)
        assert_int_equal(filter(writer), ARCHIVE_OK);
    assert_int_equal(
        archive_write_open_filename(writer, str_to_cstr(in(box, "archive"), box->arena)),
        ARCHIVE_OK);
    for (size_t i = 0; i < count; i++)
        add(writer, &items[i]);
    assert_int_equal(archive_write_close(writer), ARCHIVE_OK);
    archive_write_free(writer);
}

static bool unpack(Box *box, UnpackLimits limits) {
    box->problem = STR_EMPTY;
    return archive_unpack(&box->io, in(box, "archive"), in(box, "in"), limits, &box->problem,
                          box->arena);
}

static void check_content(Box *box, const char *name, const char *wanted) {
    Str text;
    assert_int_equal(disk_real.read_file(NULL, in(box, name), &text, box->arena), 0);
    check_str(text, wanted);
}

static void kinds(void **) {
    static const struct {
        Choose format, filter;
    } cases[] = {
        {archive_write_set_format_zip, NULL},
        {archive_write_set_format_ustar, NULL},
        {archive_write_set_format_pax, archive_write_add_filter_gzip},
        {archive_write_set_format_gnutar, archive_write_add_filter_bzip2},
        {archive_write_set_format_pax, archive_write_add_filter_xz},
        {archive_write_set_format_pax, archive_write_add_filter_zstd},
    };
    static const Item items[] = {
        {"./", AE_IFDIR, "", false},  {"a/b/c.txt", AE_IFREG, "hello", false},
        {"./d", AE_IFREG, "", false}, {"a/link", AE_IFLNK, "b/c.txt", false},
        {"e/", AE_IFDIR, "", false},
    };
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        Box box = box_open();
        DiskStat stat;
        pack(&box, cases[i].format, cases[i].filter, items, ARRAY_COUNT(items));
        if (!unpack(&box, UNPACK_LIMITS))
            fail_msg("case %zu: %.*s", i, STR_ARG(box.problem));
        check_content(&box, "in/a/b/c.txt", "hello");
        check_content(&box, "in/a/link", "hello");
        check_content(&box, "in/d", "");
        assert_int_equal(disk_real.stat(NULL, in(&box, "in/e"), &stat), 0);
        assert_int_equal(disk_real.stat(NULL, in(&box, "in/a/b/c.txt"), &stat), 0);
        assert_int_equal(stat.mode & 07100, 0100); /* executable, but without the setuid bit */
        box_close(&box);
    }
}

static void hostile(void **) {
    static const struct {
        Item items[3];
        const char *said;
    } cases[] = {
        {{{"../x", AE_IFREG, "", false}}, "has a path that leads out of the directory"},
        {{{"a/../../x", AE_IFREG, "", false}}, "has a path that leads out of the directory"},
        {{{"a/..", AE_IFDIR, "", false}}, "has a path that leads out of the directory"},
        {{{"/x", AE_IFREG, "", false}}, "an invalid path"},
        {{{"a\\..\\x", AE_IFREG, "", false}}, "an invalid path"},
        {{{".", AE_IFREG, "", false}}, "has an invalid path"},
        {{{"a", AE_IFREG, "", false}, {"a", AE_IFREG, "", false}}, "occurs twice"},
        {{{"a", AE_IFREG, "", false}, {"a/b", AE_IFREG, "", false}}, "cannot be written"},
        {{{"a", AE_IFLNK, "..", false}, {"a/x", AE_IFREG, "", false}}, "cannot be created"},
        {{{"a", AE_IFREG, "x", false}, {"b", AE_IFREG, "a", true}}, "hard link"},
        {{{"a", AE_IFIFO, "", false}}, "not a file, directory or link"},
        {{{"a", AE_IFCHR, "", false}}, "not a file, directory or link"},
        {{{"a", AE_IFBLK, "", false}}, "not a file, directory or link"},
    };
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        Box box = box_open();
        size_t count = 0;
        while (count < 3 && cases[i].items[count].name)
            count++;
        pack(&box, archive_write_set_format_pax, NULL, cases[i].items, count);
        if (unpack(&box, UNPACK_LIMITS))
            fail_msg("case %zu is taken", i);
        if (str_find(box.problem, str_from_cstr(cases[i].said), 0) == SIZE_MAX)
            fail_msg("case %zu: %.*s", i, STR_ARG(box.problem));
        assert_false(disk_exists(&disk_real, in(&box, "x")));
        box_close(&box);
    }
}

static void bombs(void **) {
    static const Item items[] = {{"a", AE_IFREG, "1234567890", false},
                                 {"b", AE_IFREG, "1234567890", false},
                                 {"c", AE_IFLNK, "a", false}};
    static const struct {
        UnpackLimits limits;
        const char *said; /* NULL: no error */
    } cases[] = {
        {{3, 20}, NULL},
        {{2, 20}, "it has 3 entries; the maximum for a package is 2"},
        {{3, 19}, "exceeds the maximum size of a package"},
    };
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        Box box = box_open();
        pack(&box, archive_write_set_format_zip, NULL, items, ARRAY_COUNT(items));
        assert_int_equal(unpack(&box, cases[i].limits), cases[i].said == NULL);
        if (cases[i].said && str_find(box.problem, str_from_cstr(cases[i].said), 0) == SIZE_MAX)
            fail_msg("%.*s", STR_ARG(box.problem));
        box_close(&box);
    }
}

static void noise(void **) {
    static const char *const texts[] = {"", "not an archive", "PK\x03\x04 and so on",
                                        "\x1f\x8b\x08 and so on"};
    for (size_t i = 0; i < ARRAY_COUNT(texts); i++) {
        Box box = box_open();
        assert_int_equal(
            disk_real.write_file(NULL, in(&box, "archive"), str_from_cstr(texts[i]), 0600), 0);
        if (unpack(&box, UNPACK_LIMITS))
            fail_msg("taken: %s", texts[i]);
        assert_true(box.problem.len > 0);
        box_close(&box);
    }
    Box box = box_open();
    assert_false(unpack(&box, UNPACK_LIMITS));
    box_close(&box);
}

UNIT_MAIN(test_archive_unpack) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(kinds), cmocka_unit_test(hostile),
                                       cmocka_unit_test(bombs), cmocka_unit_test(noise)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
