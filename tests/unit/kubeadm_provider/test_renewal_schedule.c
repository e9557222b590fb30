/* renewal_schedule: the files of the timer, the report of a machine; renewal_step: its marker.
 * lab/renewal runs the scripts, lab/hardening the timer. */
#include "base64.h"
#include "digest.h"
#include "machine_script.h"
#include "object_builder.h"
#include "renewal_schedule.h"
#include "renewal_step.h"
#include "systemd_units.h"
#include <unistd.h>

#define DAY INT64_C(86400)

static const RenewalSchedule daily = {
    .calendar = STR_CONST("daily"), .before_days = 60, .node = STR_CONST("cp1")};

/* Decodes the text of the line of the path, and checks its mode. */
static Str file_of(Str input, const char *path, const char *mode, Arena *arena) {
    Str head = str_format(arena, "%s %s ", path, mode), line, text;
    while (str_next_field(&input, '\n', &line)) {
        if (!str_starts_with(line, head))
            continue;
        assert_true(base64_decode(str_after(line, head.len), &text, arena));
        return text;
    }
    fail_msg("no %s with the mode %s", path, mode);
    return STR_EMPTY;
}

static const char *const paths[] = {"/etc/loam/renewal", "/etc/systemd/system/loam-renewal.service",
                                    "/etc/systemd/system/loam-renewal.timer"};

/* Writes the schedule to a machine; returns its files. */
static void write_files(const RenewalSchedule *schedule, Str files[3], Arena *arena) {
    static const MachineRow rows[] = {{0}};
    MachineScript machine;
    machine_script_open(&machine, rows, ARRAY_COUNT(rows), arena);
    assert_true(renewal_schedule_write(&machine.link, schedule, &machine.diags));
    assert_true(str_ends_with(machine.commands.items[0], STR(" loam 'write'")));
    for (size_t i = 0; i < ARRAY_COUNT(paths); i++)
        files[i] = file_of(machine.inputs.items[0], paths[i], i ? "0644" : "0755", arena);
    machine_script_close(&machine);
}

static void test_files(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    Str files[3];
    write_files(&daily, files, arena);
    assert_true(str_find(files[0], STR("certs renew all"), 0) != SIZE_MAX);
    assert_true(str_find(files[0], STR("loam-renewal"), 0) != SIZE_MAX);
    assert_true(str_find(files[0], STR(". ./"), 0) == SIZE_MAX);
    assert_true(str_find(files[1], STR("\nExecStart=/bin/sh /etc/loam/renewal cp1 60\n"), 0) !=
                SIZE_MAX);
    assert_true(str_find(files[2], STR("\nOnCalendar=daily\n"), 0) != SIZE_MAX);
}

/* systemd reads the units, if this machine has it. */
static void test_units(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    SystemdUnits units = systemd_units_open(arena);
    Str files[3];
    write_files(&daily, files, arena);
    for (size_t i = 0; i < ARRAY_COUNT(paths); i++)
        systemd_units_add(&units, str_from_cstr(paths[i]), files[i]);
    systemd_units_close(&units, 2);
}

static void test_report(void **) {
    static const struct {
        const char *states; /* after the digest */
        bool has_other_file;
        bool is_current, is_unfinished;
        const char *result, *error;
    } rows[] = {
        {"active\n86400\n100\n200\n\n{\"result\":\"renewed\",\"time\":\"t\",\"error\":\"\"}\n",
         false, true, false, "renewed", ""},
        {"active\n86400\n100\n200\nyes\n{\"result\":\"failed\",\"time\":\"t\",\"error\":\"e\"}\n",
         false, true, true, "failed", "e"},
        {"active\n86400\n100\n200\n\n", false, true, false, "", ""},
        {"inactive\n86400\n100\n200\n\n", false, false, false, "", ""},
        {"active\n86400\n100\n200\n\n", true, false, false, "", ""},
        {"active\n86400\n100\n200\n\n{\"result\":\"other\"}\n", false, true, false, "", ""},
        {"active\n86400\n100\n200\n\n[1]\n", false, true, false, "", ""},
    };
    SCOPED(ArenaRef) arena = arena_open("test");
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        Str files[3];
        StrBuf all = strbuf_new(arena);
        write_files(&daily, files, arena);
        for (size_t k = 0; k < ARRAY_COUNT(files); k++)
            strbuf_add(&all, files[k]);
        if (rows[i].has_other_file)
            strbuf_add(&all, STR("x"));
        Str digest = digest_hex(DIGEST_SHA256, strbuf_str(&all), arena);
        Str out = str_format(arena, "%.*s\n%s", STR_ARG(digest), rows[i].states);
        const MachineRow machine_rows[] = {{.out = str_to_cstr(out, arena)}};
        MachineScript machine;
        RenewalReport report;
        machine_script_open(&machine, machine_rows, ARRAY_COUNT(machine_rows), arena);
        assert_true(renewal_schedule_read(&machine.link, &daily, &report, &machine.diags));
        assert_int_equal(report.is_current, rows[i].is_current);
        assert_int_equal(report.is_unfinished, rows[i].is_unfinished);
        assert_int_equal(report.interval_s, DAY);
        assert_int_equal(report.age_s, 100);
        assert_int_equal(report.certificate_age_s, 200);
        check_str(report.result, rows[i].result);
        check_str(report.error, rows[i].error);
        machine_script_close(&machine);
    }
}

/* Two runs may be missed; a certificate that lives shortly is due in its second half. */
static void test_late(void **) {
    static const struct {
        int64_t age_s, interval_s, certificate_days, left_days;
        bool is_late;
    } rows[] = {
        {30 * DAY, DAY, 305, 60, false}, {30 * DAY, DAY, 305, 58, false},
        {30 * DAY, DAY, 308, 57, true},  {30 * DAY, DAY, 370, -5, true},
        {2 * DAY, DAY, 308, 57, false},  {30 * DAY, 0, 308, 57, false},
        {30 * DAY, DAY, 5, 25, false},   {30 * DAY, DAY, 16, 14, false},
        {30 * DAY, DAY, 20, 10, true},   {30 * DAY, 30 * DAY, 308, 57, false},
    };
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        RenewalReport report = {.age_s = rows[i].age_s,
                                .interval_s = rows[i].interval_s,
                                .certificate_age_s = rows[i].certificate_days * DAY};
        bool is_late = renewal_schedule_is_late(&daily, &report, rows[i].left_days * DAY);
        if (is_late != rows[i].is_late)
            fail_msg("row %zu", i);
    }
}

static void test_failures(void **) {
    static const MachineRow rows[] = {
        {.exit_status = 3},
        {.err = "read-only\n", .exit_status = 1},
        {.err = "busy\n", .exit_status = 1},
        {0},
        {.status = SSH_LOGIN_REFUSED},
        {.status = SSH_LOGIN_REFUSED},
        {.status = SSH_LOGIN_REFUSED},
    };
    SCOPED(ArenaRef) arena = arena_open("test");
    MachineScript machine;
    RenewalReport report;
    machine_script_open(&machine, rows, ARRAY_COUNT(rows), arena);
    assert_false(renewal_schedule_write(&machine.link, &daily, &machine.diags));
    check_str(vec_last(&machine.diags).summary, "Program missing");
    assert_false(renewal_schedule_write(&machine.link, &daily, &machine.diags));
    check_str(vec_last(&machine.diags).summary, "Schedule of renewals not set");
    assert_false(renewal_schedule_remove(&machine.link, &machine.diags));
    check_str(vec_last(&machine.diags).summary, "Schedule of renewals not removed");
    assert_true(renewal_schedule_remove(&machine.link, &machine.diags));
    assert_int_equal(machine.diags.error_count, 3);
    assert_false(renewal_schedule_write(&machine.link, &daily, &machine.diags));
    assert_false(renewal_schedule_remove(&machine.link, &machine.diags));
    assert_false(renewal_schedule_read(&machine.link, &daily, &report, &machine.diags));
    assert_int_equal(machine.diags.error_count, 6);
    machine_script_close(&machine);
}

/* The marker goes with the end, so that certificates can be renewed again. */
static void test_step(void **) {
    for (int status = 0; status < 2; status++) {
        SCOPED(ArenaRef) arena = arena_open("test");
        Str out = str_format(arena, "loam-step a1-renew exited %d 0 0\n", status);
        const MachineRow rows[] = {{.out = str_to_cstr(out, arena)}, {0}};
        MachineScript machine;
        machine_script_open(&machine, rows, ARRAY_COUNT(rows), arena);
        assert_int_equal(renewal_step_run(&machine.link, STR("a1"), &machine.diags), status == 0);
        assert_int_equal(machine.diags.error_count, status);
        assert_true(str_ends_with(machine.commands.items[1], STR(" loam 'a1-renew'")));
        machine_script_close(&machine);
    }
}

UNIT_MAIN(test_renewal_schedule) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_files),    cmocka_unit_test(test_units),
        cmocka_unit_test(test_report),   cmocka_unit_test(test_late),
        cmocka_unit_test(test_failures), cmocka_unit_test(test_step),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
