/* The example of docs/write-a-provider.md: its tables, the life of a note, and the page itself. */
#include "object_builder.h"
#include "provider_check.h"
#include "resource_life.h"
#include "values.h"

#include <sys/stat.h>
#include <unistd.h>

#define NOTE "{\"title\":\"Welcome\",\"text\":\"The door code\\nis at the desk.\\n\"}"

extern const Provider notes_provider;

typedef struct NotesCase {
    ResourceCase c;
    char directory[32];
} NotesCase;

static void notes_open(NotesCase *notes) {
    *notes = (NotesCase){.c = case_open_object(notes_provider.types[0])};
    ResourceCase *c = &notes->c;
    strncpy(notes->directory, "/tmp/test_notes.XXXXXX", sizeof notes->directory - 1);
    assert_non_null(mkdtemp(notes->directory));
    ObjectBuilder builder = object_builder_empty(&notes_provider.schema, c->arena);
    object_builder_set_copy(&builder, "directory", notes->directory, c->arena);
    ConfigureRequest request = {.config = object_builder_value(&builder), .run = c->arena};
    ConfigureResponse response = {0};
    check_done(c, notes_provider.configure(case_call(c), &request, &response, &c->diags));
    c->call.client = response.client;
}

static void notes_close(NotesCase *notes) {
    const Disk *disk = notes->c.io.disk;
    assert_int_equal(disk_remove_tree(disk, str_from_cstr(notes->directory)), 0);
    case_close(&notes->c);
}

static Str path_of(NotesCase *notes, const char *suffix) {
    Str id = case_text(&notes->c, "id");
    return str_format(notes->c.arena, "%s/%.*s%s", notes->directory, STR_ARG(id), suffix);
}

static void write_file(NotesCase *notes, const char *suffix, const char *text) {
    const Disk *disk = notes->c.io.disk;
    Str path = path_of(notes, suffix);
    assert_int_equal(disk->write_file(disk->self, path, str_from_cstr(text), 0644), 0);
}

static void the_tables_are_sound(void **) {
    check_provider(&notes_provider);
}

static void the_contract_is_kept(void **) {
    NotesCase notes;
    notes_open(&notes);
    check_life(&notes.c, &(ResourceLife){
                             .json = NOTE,
                             .changed = "{\"title\":\"Welcome\",\"text\":\"\"}",
                             .imports_whole = true,
                         });
    notes_close(&notes);
}

static void a_note_lives(void **state) {
    (void)state;
    NotesCase notes;
    notes_open(&notes);
    ResourceCase *c = &notes.c;
    check_done(c, case_apply(c, NOTE));
    assert_int_equal(case_text(c, "id").len, 36);
    check_done(c, case_read(c));
    assert_true(case_is_settled(c, NOTE));
    /* Changed by another program, then restored. */
    write_file(&notes, ".txt", "Goodbye\n");
    check_done(c, case_read(c));
    check_str(case_text(c, "title"), "Goodbye");
    check_str(case_text(c, "text"), "");
    check_done(c, case_apply(c, NOTE));
    Value before = c->state;
    check_done(c, case_read(c));
    assert_true(value_equal(before, c->state));
    /* Deleted by another program. */
    assert_int_equal(unlink(str_to_cstr(path_of(&notes, ".txt"), c->arena)), 0);
    check_done(c, case_delete(c));
    c->state = before;
    check_done(c, case_read(c));
    assert_true(value_is_null(c->state));
    notes_close(&notes);
}

static void a_note_is_imported(void **state) {
    (void)state;
    NotesCase notes;
    notes_open(&notes);
    ResourceCase *c = &notes.c;
    check_done(c, case_apply(c, NOTE));
    Value made = c->state;
    check_done(c, case_import(c, case_text(c, "id")));
    check_done(c, case_read(c));
    assert_true(value_equal(made, c->state));
    check_done(c, case_import(c, STR("none")));
    check_done(c, case_read(c));
    assert_true(value_is_null(c->state));
    notes_close(&notes);
}

/* Recovers the creation of a killed run, before and after it wrote the file. */
static void a_note_is_recovered(void **state) {
    (void)state;
    NotesCase notes;
    notes_open(&notes);
    ResourceCase *c = &notes.c;
    RecoverOutcome outcome;
    check_done(c, case_recover(c, NOTE, &outcome));
    assert_int_equal(outcome, RECOVER_ABSENT);
    check_done(c, case_apply(c, NOTE));
    Value made = c->state;
    check_done(c, case_recover(c, NOTE, &outcome));
    assert_int_equal(outcome, RECOVER_COMPLETE);
    assert_true(value_equal(made, c->state));
    c->call.generation++; /* the replacement is another object */
    check_done(c, case_recover(c, NOTE, &outcome));
    assert_int_equal(outcome, RECOVER_ABSENT);
    notes_close(&notes);
}

static void a_receipt_is_waited_for(void **state) {
    (void)state;
    NotesCase notes;
    notes_open(&notes);
    ResourceCase *c = &notes.c;
    const char *json = "{\"title\":\"a\",\"text\":\"b\",\"wait_for_receipt\":true,"
                       "\"timeouts\":{\"create\":\"60ms\",\"update\":\"60ms\"}}";
    check_refused(c, case_apply(c, json), "Timed out");
    assert_true(value_is_present(c->state)); /* kept, and so tainted */
    write_file(&notes, ".read", "");
    ObjectBuilder builder = object_builder_of(c->state, c->arena);
    object_builder_set_text(&builder, "text", STR("other"), c->arena);
    c->state = object_builder_value(&builder);
    check_done(c, case_apply(c, json));
    notes_close(&notes);
}

static void errors_have_a_place(void **state) {
    (void)state;
    NotesCase notes;
    notes_open(&notes);
    ResourceCase *c = &notes.c;
    assert_false(case_validate(c, "{\"title\":\"two\\nlines\",\"text\":\"b\"}"));
    check_str(c->diags.items[0].path, ".title");
    assert_int_equal(rmdir(notes.directory), 0);
    check_refused(c, case_apply(c, NOTE), "Note not written");
    assert_true(value_is_null(c->state));
    assert_int_equal(mkdir(notes.directory, 0700), 0);
    notes_close(&notes);
}

static Str source(const char *name, Arena *arena) {
    Str path = str_format(arena, "%s/%s", LOAM_SOURCE_DIR, name), text;
    assert_int_equal(disk_real.read_file(disk_real.self, path, &text, arena), 0);
    return text;
}

/* The code block in the page is the file that is compiled here. */
static void the_page_shows_this_source(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    Str code = source("tests/guide/notes_provider.c", arena);
    Str block = str_format(arena, "```c\n%.*s```\n", STR_ARG(code));
    if (str_find(source("docs/write-a-provider.md", arena), block, 0) == SIZE_MAX)
        fail_msg("docs/write-a-provider.md does not have tests/guide/notes_provider.c as a block");
    size_t lines = 0;
    for (size_t i = 0; i < code.len; i++)
        lines += code.ptr[i] == '\n';
    assert_true(lines <= 150);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_tables_are_sound),
        cmocka_unit_test(the_contract_is_kept),
        cmocka_unit_test(a_note_lives),
        cmocka_unit_test(a_note_is_imported),
        cmocka_unit_test(a_note_is_recovered),
        cmocka_unit_test(a_receipt_is_waited_for),
        cmocka_unit_test(errors_have_a_place),
        cmocka_unit_test(the_page_shows_this_source),
        cmocka_unit_test(values_have_three_states),
        cmocka_unit_test(values_have_types),
        cmocka_unit_test(attributes_have_fallbacks),
        cmocka_unit_test(objects_are_built),
        cmocka_unit_test(lists_are_read_and_made),
        cmocka_unit_test(paths_name_places),
        cmocka_unit_test(diagnostics_are_data),
        cmocka_unit_test(the_page_of_values_shows_this_source),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
