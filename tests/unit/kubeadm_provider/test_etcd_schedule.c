/* etcd_schedule: arguments, and the files of the timer on a machine. */
#include "base64.h"
#include "digest.h"
#include "etcd_schedule.h"
#include "machine_script.h"

static void test_arguments(void **) {
    static const struct {
        Str (*check)(Value value, Arena *arena);
        const char *text;
        bool is_valid;
    } rows[] = {
        {etcd_schedule_check_calendar, "d", true},
        {etcd_schedule_check_calendar, "*-*-* 03:00:00", true},
        {etcd_schedule_check_calendar, "Mon..Fri *-*~1/2,3", true},
        {etcd_schedule_check_calendar, "", false},
        {etcd_schedule_check_calendar, "daily\nx", false},
        {etcd_schedule_check_directory, "/b", true},
        {etcd_schedule_check_directory, "/b.c/d-e_f", true},
        {etcd_schedule_check_directory, "/", false},
        {etcd_schedule_check_directory, "", false},
        {etcd_schedule_check_directory, "b/c", false},
        {etcd_schedule_check_directory, "/b c", false},
    };
    static const struct {
        int64_t keep;
        bool is_valid;
    } counts[] = {{0, false}, {1, true}, {1000, true}, {1001, false}, {-1, false}};
    SCOPED(ArenaRef) arena = arena_open("test");
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        Str problem = rows[i].check(value_from_cstr(rows[i].text), arena);
        if ((problem.len == 0) != rows[i].is_valid)
            fail_msg("%s: %.*s", rows[i].text, STR_ARG(problem));
    }
    for (size_t i = 0; i < ARRAY_COUNT(counts); i++)
        assert_int_equal(etcd_schedule_check_keep(value_int(counts[i].keep), arena).len == 0,
                         counts[i].is_valid);
    Value broken;
    assert_true(value_from_number_text(STR("1.5"), &broken, arena));
    assert_true(etcd_schedule_check_keep(broken, arena).len > 0);
}

static const EtcdSchedule schedule = {
    .calendar = STR_CONST("daily"), .directory = STR_CONST("/b"), .keep = 3};

/* Decodes the text of the line of the path, and checks its mode. */
static Str file_of(Str input, const char *path, const char *mode, Arena *arena) {
    Str head = str_format(arena, "%s %s ", path, mode), line, text;
    while (str_next_field(&input, '\n', &line)) {
        if (!str_starts_with(line, head))
            continue;
        assert_true(base64_decode(str_after(line, head.len), &text, arena));
        return text;
    }
    fail_msg("no %s", path);
    return STR_EMPTY;
}

#define UNITS "/etc/systemd/system/loam-etcd-snapshot"

/* The files that are written are those that a plan compares. */
static void test_files(void **) {
    static const MachineRow written[] = {{0}};
    static const struct {
        const char *end;
        int changed; /* 1: a file differs */
        bool is_current;
    } cases[] = {
        {"\nactive\n", 0, true},
        {"\ninactive\n", 0, false},
        {"\nactive\n", 1, false},
    };
    SCOPED(ArenaRef) arena = arena_open("test");
    MachineScript machine;
    machine_script_open(&machine, written, ARRAY_COUNT(written), arena);
    assert_true(etcd_schedule_write(&machine.link, &schedule, &machine.diags));
    assert_true(str_ends_with(machine.commands.items[0], STR(" loam 'write'")));
    Str input = machine.inputs.items[0];
    Str script = file_of(input, "/etc/loam/etcd-snapshot", "0755", arena);
    Str service = file_of(input, UNITS ".service", "0644", arena);
    Str timer = file_of(input, UNITS ".timer", "0644", arena);
    machine_script_close(&machine);
    assert_true(str_find(script, STR("snapshot save"), 0) != SIZE_MAX);
    assert_true(str_find(service, STR("\nExecStart=/bin/sh /etc/loam/etcd-snapshot /b 3\n"), 0) !=
                SIZE_MAX);
    assert_true(str_find(timer, STR("\nOnCalendar=daily\n"), 0) != SIZE_MAX);
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        const Str files[] = {script, service, cases[i].changed ? STR("other") : timer};
        Str all = str_join(files, ARRAY_COUNT(files), STR_EMPTY, arena);
        Str out = str_format(arena, "%.*s%s", STR_ARG(digest_hex(DIGEST_SHA256, all, arena)),
                             cases[i].end);
        const MachineRow rows[] = {{.out = str_to_cstr(out, arena)}};
        bool is_current = !cases[i].is_current;
        machine_script_open(&machine, rows, ARRAY_COUNT(rows), arena);
        assert_true(
            etcd_schedule_is_current(&machine.link, &schedule, &is_current, &machine.diags));
        assert_int_equal(is_current, cases[i].is_current);
        assert_true(str_ends_with(machine.commands.items[0], STR(" loam 'read'")));
        machine_script_close(&machine);
    }
}

static void test_failures(void **) {
    static const MachineRow rows[] = {
        {.err = "read-only\n", .exit_status = 1},
        {.err = "busy\n", .exit_status = 1},
        {0},
        {.status = SSH_LOGIN_REFUSED},
        {.status = SSH_LOGIN_REFUSED},
        {.status = SSH_LOGIN_REFUSED},
    };
    SCOPED(ArenaRef) arena = arena_open("test");
    MachineScript machine;
    bool is_current;
    machine_script_open(&machine, rows, ARRAY_COUNT(rows), arena);
    assert_false(etcd_schedule_write(&machine.link, &schedule, &machine.diags));
    check_str(vec_last(&machine.diags).summary, "Schedule of snapshots not set");
    assert_false(etcd_schedule_remove(&machine.link, &machine.diags));
    check_str(vec_last(&machine.diags).summary, "Schedule of snapshots not removed");
    assert_true(str_ends_with(machine.commands.items[1], STR(" loam 'remove'")));
    assert_true(etcd_schedule_remove(&machine.link, &machine.diags));
    assert_int_equal(machine.diags.error_count, 2);
    assert_false(etcd_schedule_write(&machine.link, &schedule, &machine.diags));
    assert_false(etcd_schedule_remove(&machine.link, &machine.diags));
    assert_false(etcd_schedule_is_current(&machine.link, &schedule, &is_current, &machine.diags));
    assert_int_equal(machine.diags.error_count, 5);
    machine_script_close(&machine);
}

UNIT_MAIN(test_etcd_schedule) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_arguments),
        cmocka_unit_test(test_files),
        cmocka_unit_test(test_failures),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
